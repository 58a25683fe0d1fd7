"""A request of the journal as Python that sends it again."""
