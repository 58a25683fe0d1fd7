"""Readings of the journal: records, verification, findings, exports, tests to replay."""
