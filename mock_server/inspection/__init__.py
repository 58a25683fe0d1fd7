"""What the journal can tell: records, verification, findings, exports, and tests that repeat a request."""
