"""`/_mock`: what steers the emulator."""

from mock_server.control.routes import resources

__all__ = ["resources"]
