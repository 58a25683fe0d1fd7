"""Documents that people write or save: seeds, snapshots and fault sets, and how places in them are named."""
