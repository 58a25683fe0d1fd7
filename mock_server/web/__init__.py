"""What the pages share: their scripts, joined."""
