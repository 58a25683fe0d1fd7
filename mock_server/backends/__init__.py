"""Backends, which reply in conversations; at present, only the workflow scripts."""
