"""Static pages: no build step, nothing from the network."""

from mock_server.dashboard.routes import resources, routes

__all__ = ["resources", "routes"]
