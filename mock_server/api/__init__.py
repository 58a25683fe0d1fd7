"""The ChatKit API. A handler decodes, asks the state and encodes; nothing else."""

from mock_server.api.routes import resources

__all__ = ["resources"]
