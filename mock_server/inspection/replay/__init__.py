"""Turns a request from the journal into a Python test that sends it again."""
