"""What the tests of this project share."""

from typing import Any

from openai.types.beta.chatkit import ChatSession

from mock_server.testing.clients import Mock


def create(mock: Mock, user: str = "ada", **more: Any) -> ChatSession:
    """Create a session by the official client."""
    with mock.openai(max_retries=0) as client:
        return client.beta.chatkit.sessions.create(user=user, workflow={"id": "wf_1"}, **more)
