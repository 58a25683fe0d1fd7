"""Servers for the application: in the foreground, in a thread, or around a command."""
