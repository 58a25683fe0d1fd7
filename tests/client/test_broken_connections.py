"""An emulator that goes away while it responds is reported in a sentence."""

import socketserver
import threading
from collections.abc import Iterator

import pytest

from mock_server.client.transport import ControlError, HttpTransport
from mock_server.testing import connect

CUT = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
CUT_CHUNK = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n100\r\ndata: {"


class Cutting(socketserver.StreamRequestHandler):
    answer = b""

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(self.server.answer)  # type: ignore[attr-defined]


@pytest.fixture(params=[b"", CUT, CUT_CHUNK, b"nonsense\r\n\r\n"], ids=["nothing", "length", "chunk", "nonsense"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with socketserver.TCPServer(("127.0.0.1", 0), Cutting) as server:
        server.answer = request.param  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_response_that_is_cut_off(url: str) -> None:
    with pytest.raises(ControlError, match=f"(no emulator responds at|the response from) {url} "):
        connect(url).health()


@pytest.mark.parametrize("url", [b"", CUT_CHUNK], ids=["nothing", "chunk"], indirect=True)
def test_a_feed_that_is_cut_off(url: str) -> None:
    with pytest.raises(ControlError, match=f"(no emulator responds at|the response from) {url} "):
        list(HttpTransport(url).lines("/_mock/events"))
