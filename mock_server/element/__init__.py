"""The stand-in `<openai-chatkit>`: a script for the page and a document for its frame."""

from mock_server.element.routes import routes

__all__ = ["routes"]
