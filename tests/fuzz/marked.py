"""Requests of many forms, each with a mark that its response shows, and shapes that would smuggle one in another."""

import json
import re
from collections.abc import Callable
from typing import NamedTuple

from fuzz.cases import Random
from fuzz.responses import Response

MARK = re.compile(rb"m\d+x\d+z")
_KEY = b"sk-test"
_FORM = b'--b\r\ncontent-disposition: form-data; name="file"; filename="%b.png"\r\ncontent-type: image/png\r\n\r\n'


class Request(NamedTuple):
    """A request. `status` is what it gets; `closes` says whether the connection ends with its response."""

    mark: bytes
    data: bytes
    method: str
    status: int
    closes: bool

    def wrong_with(self, response: Response) -> str | None:
        """What shows that this response is another request's, or None."""
        found = set(MARK.findall(response.head + response.body))
        if response.status == self.status and found == {self.mark}:
            return None
        told = response.head + response.body[:2000]
        return f"the request with {self.mark!r} should get {self.status}; it got {sorted(found)} in {told!r}"


class Maker:
    """Makes the requests of one case; `secret` is a client secret for conversations."""

    def __init__(self, chance: Random, number: int, secret: bytes) -> None:
        self._chance, self._number, self._secret, self._made = chance, number, secret, 0

    def make(self) -> Request:
        """Make one of any kind."""
        self._made += 1
        mark = b"m%dx%dz" % (self._number, self._made)
        return self._chance.choice(_KINDS)(self, mark)

    def post(self, target: bytes, body: object, mark: bytes, *, status: int = 200, key: bytes = _KEY) -> Request:
        """A request with a JSON body."""
        data = json.dumps(body).encode()
        return self.framed(b"POST " + target, mark, [b"content-type: application/json"], data, status=status, key=key)

    def framed(
        self,
        start: bytes,
        mark: bytes,
        headers: list[bytes],
        body: bytes | None = None,
        *,
        status: int = 200,
        key: bytes = _KEY,
    ) -> Request:
        """Frame a request in one of the ways that there are."""
        chance, version, closes = self._chance, b"1.1", chance_of(self._chance, 0.03)
        lines = [b"host: 127.0.0.1", b"authorization: Bearer " + key, b"openai-beta: chatkit_beta=v1", *headers]
        if body is not None and chance_of(chance, 0.3):
            lines.append(b"transfer-encoding: chunked")
            body = _chunked(chance, body)
        elif body is not None:
            lines.append(b"content-length: %d" % len(body))
        if closes:
            lines.append(b"connection: close")
        elif b"transfer-encoding: chunked" not in lines and key == _KEY and chance_of(chance, 0.03):
            version = b"1.0"
            lines.append(b"connection: keep-alive")
        elif chance_of(chance, 0.05):
            lines += [b"connection: upgrade", b"upgrade: h2c"]
        if body is not None and version == b"1.1" and chance_of(chance, 0.03):
            lines.append(b"expect: 100-continue")
        lines += [b"x-%d: %b" % (nth, b"y" * chance.randrange(300)) for nth in range(chance.choice([0, 0, 1, 30]))]
        chance.shuffle(lines)
        head = b"".join(_cased(chance, line) + b"\r\n" for line in [start + b" HTTP/" + version, *lines])
        method = start.partition(b" ")[0].decode()
        return Request(mark, head + b"\r\n" + (body or b""), method, status, closes)

    def create(self, mark: bytes) -> Request:
        """A session for a user of this name, sometimes where a fault delays it."""
        target = self._chance.choice([b"", b"", b"/p/late"]) + b"/v1/chatkit/sessions"
        return self.post(target, {"user": mark.decode(), "workflow": {"id": "wf_1"}}, mark)

    def refused(self, mark: bytes) -> Request:
        """A key that no session has."""
        body = {"user": "ada", "workflow": {"id": "wf_1"}, mark.decode(): 1}
        return self.post(b"/v1/chatkit/sessions", body, mark, status=400)

    def turn(self, mark: bytes) -> Request:
        """A message to the echo, whose reply is streamed."""
        message = {"content": [{"type": "input_text", "text": mark.decode()}], "attachments": []}
        body = {"type": "threads.create", "params": {"input": message}}
        return self.post(b"/v1/chatkit/conversation", body, mark, key=self._secret)

    def upload(self, mark: bytes) -> Request:
        """A file of this name."""
        content = self._chance.randbytes(self._chance.choice([0, 100, 70_000, 300_000]))
        form = _FORM % mark + content + b"\r\n--b--\r\n"
        return self.framed(b"POST /v1/chatkit/files", mark, [b"content-type: multipart/form-data; boundary=b"], form)

    def lost(self, mark: bytes) -> Request:
        """A path that nothing is at."""
        return self.framed(b"GET /v1/" + mark, mark, [], status=404)

    def missing(self, mark: bytes) -> Request:
        """A session that is not there."""
        return self.framed(b"GET /_mock/sessions/" + mark, mark, [], status=404)

    def listed(self, mark: bytes) -> Request:
        """A list of a project of this name."""
        method = self._chance.choice([b"GET", b"HEAD", b"OPTIONS"])
        return self.framed(method + b" /p/" + mark + b"/v1/chatkit/threads", mark, [])


_KINDS: list[Callable[[Maker, bytes], Request]] = [
    Maker.create,
    Maker.refused,
    Maker.turn,
    Maker.upload,
    Maker.lost,
    Maker.missing,
    Maker.listed,
]


def chance_of(chance: Random, part: float) -> bool:
    """Say yes in this part of all cases."""
    return chance.random() < part


def _cased(chance: Random, line: bytes) -> bytes:
    name, colon, value = line.partition(b": ")
    return line if not colon or b"/" in name or chance_of(chance, 0.8) else name.title() + b":" + value


def _chunked(chance: Random, body: bytes) -> bytes:
    made, extension = b"", chance.choice([b"", b"", b";a=b", b';a="b c"'])
    while body:
        size = chance.choice([1, 10, 1000, 100_000])
        piece, body = body[:size], body[size:]
        made += b"%x%b\r\n%b\r\n" % (len(piece), extension, piece)
        if len(made) > 100_000 or size < 1000 < len(body):
            made += b"%X\r\n%b\r\n" % (len(body), body) if body else b""
            break
    return made + b"0\r\n" + chance.choice([b"", b"", b"x-late: 1\r\n"]) + b"\r\n"


# Heads of which two servers in a row might disagree where the request ends; `inner` is a request within the body.
_DISAGREEMENTS: list[Callable[[bytes], bytes]] = [
    lambda inner: b"content-length: %d\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" % (len(inner) + 5) + inner,
    lambda inner: b"transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n" + inner,
    lambda inner: b"content-length: 0\r\ncontent-length: %d\r\n\r\n" % len(inner) + inner,
    lambda inner: b"content-length: %d\r\ncontent-length: 0\r\n\r\n" % len(inner) + inner,
    lambda inner: b"content-length: 0, %d\r\n\r\n" % len(inner) + inner,
    lambda inner: b"content-length: +%d\r\n\r\n" % len(inner) + inner,
    lambda inner: b"content-length: 0x%x\r\n\r\n" % len(inner) + inner,
    lambda inner: b"content-length: -1\r\n\r\n" + inner,
    lambda inner: b"content-length: %d %d\r\n\r\n" % (len(inner), len(inner)) + inner,
    lambda inner: b"content-length : %d\r\n\r\n" % len(inner) + inner,
    lambda inner: b"content-length: 99999999999999999999999\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding : chunked\r\n\r\n0\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n" + inner,
    lambda inner: b"x: y\r\n transfer-encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
    lambda inner: b"x: y\0transfer-encoding: chunked\r\n\r\n" + inner,
    lambda inner: b"x: y\rtransfer-encoding: chunked\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: chunked\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: chunked\r\n\r\n1\r\nabcde\r\n0\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: chunked\r\n\r\n5\nabcde\r\n0\r\n\r\n" + inner,
    lambda inner: b"transfer-encoding: chunked\r\n\r\n1" + b"0" * 16 + b"\r\nabcde\r\n0\r\n\r\n" + inner,
    lambda inner: b"host: evil\r\n\r\n" + inner,
    lambda inner: b": y\r\n\r\n" + inner,
    lambda inner: b"nonsense\r\n\r\n" + inner,
]


# What would be done, and the statuses that it may get: what needs no body is answered before one is looked at.
_TARGETS: list[tuple[bytes, set[int]]] = [
    (b"POST /v1/chatkit/sessions", {400}),
    (b"POST /_mock/reset", {400}),
    (b"GET /v1/nothing", {400, 404}),
    (b"PUT /health", {400, 405}),
]


def smuggling(chance: Random, path: str) -> tuple[bytes, set[int]]:
    """A request that holds another one, to this path, that nobody may serve; and the statuses that it may get."""
    inner = b"GET /v1/%b HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" % path.encode()
    start, statuses = chance.choice(_TARGETS)
    head = start + b" HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer sk-test\r\n"
    return head + chance.choice(_DISAGREEMENTS)(inner), statuses
