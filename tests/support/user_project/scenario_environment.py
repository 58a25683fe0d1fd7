"""The environment leads to the emulator, as long as the test runs."""

import os

from openai import OpenAI

from mock_server.testing import ChatKitMock


def test_app(chatkit_mock_env: ChatKitMock) -> None:
    with OpenAI() as client:
        client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    chatkit_mock_env.journal.assert_called("sessions.create", times=1)
    assert os.environ["CHATKIT_API_BASE"] == chatkit_mock_env.url


def test_left_no_trace() -> None:
    assert "CHATKIT_API_BASE" not in os.environ
