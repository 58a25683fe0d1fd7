"""httptools' parser, with what it lacks: a limit, stricter rules, and offers to upgrade that are ignored."""

from typing import Protocol

import httptools

from mock_server.errors import HeadTooLarge, MockServerError, RequestMalformed
from mock_server.wire.headers import Headers, encode_headers

HEAD_BYTES = 64 * 1024  # of a request's first line and headers, as in h11
_CHECKED = {b"host", b"transfer-encoding", b"expect"}
_VERSIONS = {"1.0", "1.1"}


class Reader(Protocol):
    """Whoever is told what was parsed."""

    def on_request(self, parser: "RequestParser") -> None:
        """Take the head of a request, which the parser's attributes hold."""

    def on_body(self, body: bytes) -> None:
        """Take a piece of its body."""

    def on_end(self) -> None:
        """Take note that it is whole."""


class RequestParser:
    """A parser of the requests on one connection.

    method, target, version, headers: of the request whose head is complete.
    keep_alive, expects_continue: whether its client wants to stay, and to be told to go on.
    is_between: whether a request was read to its end, and no other one has begun.
    """

    # A client may offer another protocol, as Java's HttpClient does with `Upgrade: h2c`. A server may ignore the offer
    # (RFC 9110, 7.8), but httptools stops after the headers and skips the body. So such a head is parsed once more
    # without that header, which is then put back.

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.is_between = False
        self._offered: bytes | None = None
        self._refusal: MockServerError | None = None  # as a cause, it would be lost while another error is handled
        self._untold = self._fed = 0
        self._is_split = False  # whether the head has arrived in several parts
        self.on_message_begin()
        self._restart()

    def feed(self, data: bytes) -> None:
        """Parse what has arrived. Raises RequestMalformed, HeadTooLarge; nothing more can be parsed then."""
        self._fed = len(data)
        self._untold += self._fed
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            raise self._refusal or RequestMalformed(str(error)) from None
        self._is_split = True
        if self._untold > HEAD_BYTES:
            raise HeadTooLarge(limit=HEAD_BYTES)

    def _feed(self, data: bytes | memoryview) -> None:
        while data:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as error:
                if self._offered is None:
                    return  # behind CONNECT is what nobody reads
                data = memoryview(data)[error.args[0] :]
                self._parse_again()
            else:
                return

    def _parse_again(self) -> None:
        start = b"%b %b HTTP/%b\r\n" % (self._parser.get_method(), self.target, self.version.encode())
        head = start + encode_headers([pair for pair in self.headers if pair[0] != b"upgrade"]) + b"\r\n"
        self._restart()
        self._parser.feed_data(head)

    def _restart(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        # What follows a request that wants to close is nobody's, rather than a reason to refuse that request.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)

    # What httptools calls.

    def on_message_begin(self) -> None:
        """Forget the request before."""
        self.is_between = self.expects_continue = self._is_split = False
        self.target = b""
        self.headers: Headers = []
        self._hosts = self._codings = 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        name = name.lower()
        self.headers.append((name, value))
        if name in _CHECKED:
            self._check(name, value)

    def _check(self, name: bytes, value: bytes) -> None:
        if name == b"host":
            self._hosts += 1
        elif name == b"expect":
            self.expects_continue = value.lower() == b"100-continue"
        elif name == b"transfer-encoding":
            self._codings += 1
            if value.lower() != b"chunked" or self._codings > 1:
                raise self._refused(RequestMalformed("The only Transfer-Encoding is 'chunked', once"))

    def on_headers_complete(self) -> None:
        """Pass the head on, unless it has to be parsed once more."""
        parser = self._parser
        self.version = version = parser.get_http_version()
        method = parser.get_method()
        if parser.should_upgrade() and method != b"CONNECT":
            self._offered = b", ".join(value for name, value in self.headers if name == b"upgrade")
            return
        if self._offered is not None:
            self.headers.append((b"upgrade", self._offered))
            self._offered = None
        self._refuse_wrong_head()
        self._untold = 0
        self.method = method.decode("ascii")
        self.expects_continue = self.expects_continue and version == "1.1"
        # Chunks in 1.0 are to be read and never trusted (RFC 9112, 6.1); behind CONNECT is no HTTP.
        self.keep_alive = parser.should_keep_alive() and not (version == "1.0" and self._codings)
        self.keep_alive = self.keep_alive and method != b"CONNECT"
        try:
            self._reader.on_request(self)
        except MockServerError as error:
            raise self._refused(error) from None
        self.headers = []  # trailers are no headers

    def _refuse_wrong_head(self) -> None:
        if self._is_split or self._fed > HEAD_BYTES:
            lines = sum(len(name) + len(value) + 4 for name, value in self.headers)
            if lines + len(self._parser.get_method()) + len(self.target) + len("  HTTP/1.1\r\n\r\n") > HEAD_BYTES:
                raise self._refused(HeadTooLarge(limit=HEAD_BYTES))
        if self.version not in _VERSIONS:
            raise self._refused(RequestMalformed("The version has to be HTTP/1.1 or HTTP/1.0"))
        if self._hosts > 1 or (not self._hosts and self.version == "1.1"):
            raise self._refused(RequestMalformed("There has to be one Host header"))

    def _refused(self, error: MockServerError) -> MockServerError:
        self._refusal = error
        return error

    def on_body(self, body: bytes) -> None:
        """Pass a piece of the body on."""
        self._untold = 0
        self._reader.on_body(body)

    def on_message_complete(self) -> None:
        """Pass on that the request is whole."""
        if self._offered is None:
            self._untold = 0
            self.is_between = True
            self._reader.on_end()
