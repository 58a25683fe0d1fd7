"""The environment leads to the emulator, as long as the test runs."""

import os
from collections.abc import Iterator

import pytest
from openai import OpenAI

from mock_server.testing import ChatKitMock


@pytest.fixture(autouse=True, scope="module")
def account() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_ADMIN_KEY", "OPENAI_ORG_ID"):
            patch.setenv(name, "of production")
        yield


def test_app(chatkit_mock_env: ChatKitMock) -> None:
    with OpenAI() as client:
        client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    chatkit_mock_env.journal.assert_called("sessions.create", times=1)
    assert os.environ["CHATKIT_API_BASE"] == chatkit_mock_env.url
    assert not {"OPENAI_ADMIN_KEY", "OPENAI_ORG_ID"} & {*os.environ}


def test_left_no_trace() -> None:
    assert "CHATKIT_API_BASE" not in os.environ
    assert os.environ["OPENAI_ORG_ID"] == "of production"
