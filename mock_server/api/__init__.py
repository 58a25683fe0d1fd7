"""The ChatKit API. Handlers only translate between requests, the state and responses."""

from mock_server.api.routes import resources

__all__ = ["resources"]
