"""A handle on a running emulator, over `/_mock`."""
