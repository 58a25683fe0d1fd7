"""Files that people write: seeds, snapshots, fault sets, and how a place in one is named."""
