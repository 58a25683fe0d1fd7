"""One argument is enough."""

from support.user_project.sessions import create

from mock_server.testing import ChatKitMock


def test_create(chatkit_mock: ChatKitMock) -> None:
    session = create(chatkit_mock)
    chatkit_mock.clock.shift(minutes=10)
    assert chatkit_mock.sessions.get(session.id).status == "expired"
