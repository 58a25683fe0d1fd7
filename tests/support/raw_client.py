"""A client on a bare socket: what no HTTP library would send, and every byte that comes back."""

import json
import socket
import struct
import time
from types import TracebackType
from typing import Any, NamedTuple, Self

KEYS = b"host: 127.0.0.1\r\nauthorization: Bearer sk-test\r\nopenai-beta: chatkit_beta=v1\r\n"
CREATE_BODY = b'{"user": "ada", "workflow": {"id": "wf_1"}}'


def request(method: str, path: str, body: bytes | None = None, *, version: str = "1.1", extra: bytes = b"") -> bytes:
    """A request with a key; `extra` holds header lines."""
    head = f"{method} {path} HTTP/{version}\r\n".encode() + KEYS + extra
    if body is not None:
        head += b"content-type: application/json\r\ncontent-length: %d\r\n" % len(body)
    return head + b"\r\n" + (body or b"")


CREATE = request("POST", "/v1/chatkit/sessions", CREATE_BODY)
LIST = request("GET", "/v1/chatkit/threads")


class Answer(NamedTuple):
    """A response: its head line by line, and its body as it was framed and as it was meant."""

    status: int
    head: bytes
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The headers by name in lower case."""
        pairs = (line.partition(":") for line in self.head.decode("latin-1").split("\r\n")[1:])
        return {name.lower(): value.strip() for name, _, value in pairs}

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class RawClient:
    """One connection; a context manager."""

    def __init__(self, origin: str, *, timeout: float = 5) -> None:
        host, _, port = origin.rpartition("//")[2].rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, *packets: bytes) -> Self:
        """Send each of these in a packet of its own."""
        for nth, packet in enumerate(packets):
            if nth:
                time.sleep(0.02)
            self.socket.sendall(packet)
        return self

    def half_close(self) -> Self:
        """Say that nothing more will be sent."""
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def reset(self) -> None:
        """Leave without a goodbye."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def until(self, mark: bytes) -> bytes:
        """Read up to and with a mark. Raises EOFError if the server closes before."""
        while mark not in self._read:
            arrived = self.socket.recv(65536)
            if not arrived:
                raise EOFError(self._read)
            self._read += arrived
        before, _, self._read = self._read.partition(mark)
        return before + mark

    def answer(self, *, method: str = "GET") -> Answer:
        """The next response that is no interim one."""
        head = self.until(b"\r\n\r\n")[:-4]
        status = int(head.split(b" ", 2)[1])
        if status < 200:
            return self.answer(method=method)
        answer = Answer(status, head, b"")
        return answer._replace(body=b"" if method == "HEAD" else self._body(answer.headers))

    def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return self._exactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return self.rest()
        body = b""
        while size := int(self.until(b"\r\n"), 16):
            body += self._exactly(size)
            assert self.until(b"\r\n") == b"\r\n"
        assert self.until(b"\r\n") == b"\r\n"
        return body

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            arrived = self.socket.recv(65536)
            if not arrived:
                raise EOFError(self._read)
            self._read += arrived
        body, self._read = self._read[:size], self._read[size:]
        return body

    def rest(self) -> bytes:
        """Everything until the server closes."""
        while arrived := self.socket.recv(65536):
            self._read += arrived
        rest, self._read = self._read, b""
        return rest

    def is_closed(self) -> bool:
        """Whether the server closes, with nothing more to say."""
        try:
            return self.rest() == b""
        except TimeoutError:
            return False
