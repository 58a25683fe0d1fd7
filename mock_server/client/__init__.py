"""Handles for a running emulator, over `/_mock`."""
