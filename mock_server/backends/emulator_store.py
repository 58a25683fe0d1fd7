"""A Store of `openai-chatkit` that keeps everything in the emulator's project."""
