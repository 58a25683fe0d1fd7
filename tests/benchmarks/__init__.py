"""Benchmarks: ratios against a baseline run in the same minutes, never timed tests. `make bench` runs them all."""
