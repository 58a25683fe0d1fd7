"""Endpoints of the user's own: an ASGI application, or a URL."""
