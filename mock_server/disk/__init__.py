"""Files on the disk: whole or not at all, temporary, locked, and written by one process."""
