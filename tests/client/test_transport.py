"""The handle's way to a running emulator leaves nothing open."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.error import HTTPError

import pytest

from mock_server.client.transport import ControlError, HttpTransport
from mock_server.server.thread import ServerThread

REFUSED: list[Any] = [
    pytest.param("GET", "/_mock/sessions/cksess_none", None, id="not found"),
    pytest.param("POST", "/_mock/faults", b'{"do": {}}', id="invalid"),
    pytest.param("POST", "/v1/chatkit/conversation", b"{}", id="unauthorized, with a hint"),
    pytest.param("PUT", "/health", None, id="no such method"),
]


def was_closed(error: ControlError) -> bool:
    """Return whether the response that said no was closed; Python 3.14 warns of one that was not."""
    response = error.__context__
    assert isinstance(response, HTTPError)
    return response.closed


@pytest.mark.parametrize(("method", "path", "body"), REFUSED)
def test_a_refusal_is_closed(served: ServerThread, method: str, path: str, body: bytes | None) -> None:
    with pytest.raises(ControlError) as refused:
        HttpTransport(served.origin).call(method, path, body)
    assert was_closed(refused.value)


def test_a_refused_stream_is_closed(served: ServerThread) -> None:
    with pytest.raises(ControlError) as refused:
        next(HttpTransport(served.origin).lines("/_mock/events?every=never"))
    assert was_closed(refused.value)


def test_the_refusal_of_another_server_is_closed() -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(503)

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        Thread(target=server.handle_request, daemon=True).start()
        with pytest.raises(ControlError, match="not as an emulator does") as refused:
            HttpTransport(f"http://127.0.0.1:{server.server_port}").call("GET", "/health")
    assert was_closed(refused.value)
