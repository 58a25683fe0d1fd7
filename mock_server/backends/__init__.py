"""Whoever answers a conversation: today the scripts of the workflows."""
