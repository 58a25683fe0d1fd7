"""What the assistant does: scripts, where they come from, and the engine that plays their turns."""
