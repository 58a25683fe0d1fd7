"""Fuzzers of a running emulator. What they do follows from a seed; `make fuzz` runs them for long."""
