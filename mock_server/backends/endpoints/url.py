"""A server of the user's own, in any language, at a URL."""

from collections import deque
from collections.abc import Awaitable

from mock_server.backends.backend import Call, Frames, OwnResponse
from mock_server.backends.endpoints.address import address_of
from mock_server.backends.endpoints.frame_splitter import FrameSplitter, is_event_stream
from mock_server.backends.endpoints.header_templates import HeaderTemplates
from mock_server.backends.endpoints.upstream import BrokenOff, Upstream
from mock_server.errors import BackendFailed, Dropped
from mock_server.wire.headers import Headers
from mock_server.wording import printable

_FORWARDED = b"x-mock-forwarded"
_MOST = 64 * 1024 * 1024  # bytes of a whole response
_PLAIN = {b"", b"identity"}


class UrlBackend:
    """Forwards every operation to one address, and to no other: no proxies, no redirects."""

    def __init__(self, url: str, headers: HeaderTemplates | None = None) -> None:
        """Raises BackendUnusable for a URL that can't be used."""
        self._address, self._headers = address_of(url), headers or HeaderTemplates(())

    def respond(self, call: Call) -> Awaitable[OwnResponse | Frames]:
        """Perform one operation. Raises BackendFailed, Dropped."""
        headers = call.headers()
        if any(name == _FORWARDED for name, _ in headers):
            told = f"This request comes from an emulator, which would forward it again to {self._address.url}"
            raise BackendFailed(508, told, hint="Name the address of your server, not that of an emulator.")
        return self._respond(call, self._request_headers(call, headers))

    def stop(self) -> None:
        """There is nothing to end: each connection belongs to a request."""

    async def _respond(self, call: Call, headers: Headers) -> OwnResponse | Frames:
        upstream = Upstream(self._address)
        try:
            await upstream.ask(headers, bytes(call.body))
            media_type = upstream.headers.get(b"content-type", b"").decode("latin-1")
            self._refuse(upstream)
            if is_event_stream(upstream.status, media_type):
                return UrlFrames(upstream, call)
            answer = await self._whole(upstream, media_type, call)
        except BaseException:
            upstream.close()
            raise
        upstream.close()
        return answer

    def _request_headers(self, call: Call, headers: Headers) -> Headers:
        ours = [(b"host", self._address.authority.encode()), (b"accept-encoding", b"identity")]
        own = self._headers.apply(call, [*ours, *headers])
        return [*own, (_FORWARDED, b"1"), (b"content-length", b"%d" % len(call.body)), (b"connection", b"close")]

    def _refuse(self, upstream: Upstream) -> None:
        """Raise BackendFailed for what can't be passed on."""
        url = self._address.url
        if upstream.status < 400 and upstream.status >= 300:
            place = printable(upstream.headers.get(b"location", b"nowhere").decode("latin-1"))[:500]
            told = f"Your server at {url} redirected to {place}; name that address if it is meant"
            raise BackendFailed(502, told)
        encoding = upstream.headers.get(b"content-encoding", b"").strip().lower()
        if encoding not in _PLAIN:
            told = f"Your server at {url} compressed its response, which was not asked for; turn that off"
            raise BackendFailed(502, told)

    async def _whole(self, upstream: Upstream, media_type: str, call: Call) -> OwnResponse:
        body = bytearray()
        try:
            while piece := await upstream.piece():
                body += piece
                if len(body) > _MOST:
                    told = f"The response of your server at {self._address.url} is longer than {_MOST // 1024**2} MiB"
                    raise BackendFailed(502, told)
        except BrokenOff as error:
            raise _dropped(call, error) from error
        hint = f"Your server was asked for POST {self._address.url}."
        return OwnResponse(upstream.status, bytes(body), media_type, hint=hint if upstream.status == 404 else None)


class UrlFrames:
    """The frames of a server at a URL; a stream that breaks off drops the connection to the client too."""

    def __init__(self, upstream: Upstream, call: Call) -> None:
        self._upstream, self._call = upstream, call
        self._splitter, self._frames = FrameSplitter(), deque[bytes]()
        self._error: BrokenOff | None = None
        self._is_over = False

    async def take(self) -> list[bytes]:
        """Return the next frames, at least one; none at the end. Raises Dropped."""
        while not self._frames and not self._is_over:
            await self._read()
        if not self._frames and self._error is not None:
            raise _dropped(self._call, self._error)
        most = 1 if self._call.one_by_one else len(self._frames)
        return [self._frames.popleft() for _ in range(min(most, len(self._frames)))]

    async def leave(self) -> None:
        """Close the connection at once."""
        self._is_over = True
        self._upstream.close()

    async def _read(self) -> None:
        try:
            piece = await self._upstream.piece()
        except BrokenOff as error:
            self._error, piece = error, b""
        self._frames += self._splitter.feed(piece) if piece else self._splitter.rest()
        self._is_over = not piece


def _dropped(call: Call, error: BrokenOff) -> Dropped:
    call.entry.note("stream-broken-off", str(error))
    return Dropped(str(error))
