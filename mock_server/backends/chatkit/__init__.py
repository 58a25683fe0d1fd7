"""A `ChatKitServer` of the user's own, with its Store and its context."""
