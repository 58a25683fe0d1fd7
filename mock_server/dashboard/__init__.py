"""Static pages, with no build step and nothing loaded from other hosts."""

from mock_server.dashboard.routes import resources, routes

__all__ = ["resources", "routes"]
