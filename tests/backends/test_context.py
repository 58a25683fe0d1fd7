"""What a server of the user's own gets as its context where no function of theirs makes it."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response

from mock_server.testing import ChatKitMock

Json = dict[str, Any]
LIST: Json = {"type": "threads.list", "params": {}}


class Result:
    """A document."""

    json = b'{"data": [], "has_more": false}'


def asking(look: Callable[[Any], Any]) -> type:
    """A server that looks at its context."""

    class Server:
        respond = None

        async def process(self, body: bytes, context: Any) -> Result:
            look(context)
            return Result()

    return Server


def post(mock: ChatKitMock) -> Response:
    session = mock.create_session(user="ann", workflow={"id": "wf_x", "state_variables": {"plan": "pro"}})
    with mock.http_client(timeout=30) as http:
        headers = {"authorization": f"Bearer {session.client_secret}", "x-shop": "1"}
        return http.post("/v1/chatkit/conversation", json=LIST, headers=headers)


def test_entries_are_attributes_and_keys() -> None:
    seen: list[Any] = []

    def look(context: Any) -> None:
        context.mine = "kept"
        seen.extend([context["mine"], context.user, context["workflow"], context.state_variables])
        seen.extend([context.session.user, context.request.headers["x-shop"], hasattr(context, "__fspath__")])

    with ChatKitMock(backend=asking(look)) as mock:
        assert post(mock).status_code == 200
    assert seen == ["kept", "ann", "wf_x", {"plan": "pro"}, "ann", "1", False]


@pytest.mark.parametrize("look", [lambda context: context.locale, lambda context: context["locale"]], ids=["as", "in"])
def test_what_is_missing_names_the_way_out(look: Callable[[Any], Any]) -> None:
    with ChatKitMock(backend=asking(look)) as mock:
        answer = post(mock)
        assert answer.status_code == 500
        assert "the emulator's context has no 'locale'" in answer.json()["error"]["message"]
        assert "--backend-context module:function" in answer.json()["error"]["message"]
        assert len(mock.take_failures()) == 1


def test_custom_mode_has_no_session() -> None:
    seen: list[Any] = []
    look = lambda context: seen.extend([context.user, context.session, context.workflow])  # noqa: E731
    with ChatKitMock(backend=asking(look)) as mock, mock.http_client(timeout=30) as http:
        http.post("/v1/chatkit/conversation", json=LIST, headers={"X-Mock-User": "bob"})
    assert seen == ["bob", None, None]
