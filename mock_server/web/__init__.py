"""What the pages share: the bundling of their scripts."""
