"""How a handle reaches the control plane."""

import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from mock_server.config import PORT
from mock_server.wire.errors import ErrorBody

__tracebackhide__ = True  # pytest shows the line of the test
DEFAULT_URL = f"http://127.0.0.1:{PORT}"
TIMEOUT = 30.0  # seconds without a byte

_BROKEN = (OSError, ValueError, HTTPException)


class ControlError(Exception):
    """`/_mock` refused a request: the message, the HTTP status, the error code and the parameter or place."""

    def __init__(self, message: str, *, status: int, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


class Unreachable(ControlError):
    """No emulator responds at the URL."""

    def __init__(self, url: str, reason: object) -> None:
        super().__init__(
            f"no emulator responds at {url} ({reason}); start one with 'chatkit-mock serve', or set its URL "
            "with --url or CHATKIT_MOCK_URL",
            status=0,
        )
        self.reason = reason


class UrlInvalid(ControlError):
    """The URL is not that of an emulator."""

    def __init__(self, url: str) -> None:
        super().__init__(f"'{url}' is not the URL of an emulator; write one such as {DEFAULT_URL}", status=0)


class Transport(Protocol):
    """Sends requests to the emulator."""

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Send a request, and return the response's body. Raises ControlError, Unreachable."""

    def lines(self, path: str) -> Iterator[bytes]:
        """Yield the lines of an endless response. Raises ControlError, Unreachable."""


class HttpTransport:
    """A transport over HTTP that bypasses the environment's proxies, since the emulator is nearby."""

    def __init__(self, url: str | None = None, *, timeout: float = TIMEOUT) -> None:
        """Use the emulator at `url`, by default `$CHATKIT_MOCK_URL`, else DEFAULT_URL; a trailing `/v1` is ignored.

        The key of `$CHATKIT_MOCK_CONTROL_KEY` is sent along. `timeout` is in seconds without a byte. Raises UrlInvalid.
        """
        self.url = _complete(url or os.environ.get("CHATKIT_MOCK_URL") or DEFAULT_URL)
        self._timeout = timeout
        key = os.environ.get("CHATKIT_MOCK_CONTROL_KEY")
        self._own_headers = {"authorization": f"Bearer {key}"} if key else {}
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Send a request, and return the response's body. Raises ControlError, Unreachable."""
        with self._answer(method, path, body, headers or {}) as answer:
            try:
                content: bytes = answer.read()
            except _BROKEN as error:
                raise self._broken_off(error) from None
            return content

    def lines(self, path: str) -> Iterator[bytes]:
        """Yield the whole lines of an endless response. Raises ControlError, Unreachable."""
        with self._answer("GET", path, None, {}) as answer:
            try:
                yield from (line for line in answer if line.endswith(b"\n"))
            except _BROKEN as error:
                raise self._broken_off(error) from None

    def _answer(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> "urllib.request._UrlopenRet":
        try:
            sent = {**self._own_headers, **headers}
            if body is not None:
                sent["content-type"] = "application/json"
            request = urllib.request.Request(self.url + path, body, sent, method=method)  # noqa: S310
            return self._open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            with error:
                raise refusal(error.code, error.read(), hint=error.headers.get("x-mock-hint")) from None
        except _BROKEN as error:
            raise self._unreachable(error) from None

    def _broken_off(self, error: Exception) -> ControlError:
        return ControlError(f"the response from {self.url} broke off ({_reason(error)})", status=0)

    def _unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(self.url, _reason(getattr(error, "reason", error)))


def _complete(given: str) -> str:
    """Return a URL with what people leave out: the scheme, or all but the port. Raises UrlInvalid."""
    address = f"127.0.0.1:{given.removeprefix(':')}" if re.fullmatch(r":?\d+", given) else given
    url = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or re.search(r"[\s@?#\\]", url):
        raise UrlInvalid(given)
    return url.rstrip("/").removesuffix("/v1")


def _reason(error: object) -> str:
    reason = " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())
    return reason[:1].lower() + reason[1:]


def refusal(status: int, body: bytes, *, hint: str | None) -> ControlError:
    """Return an error response as an exception, with the text of `X-Mock-Hint` added."""
    try:
        detail = msgspec.json.decode(body, type=ErrorBody).error
    except msgspec.MsgspecError:
        return ControlError(
            f"the server returned status {status}, but not as an emulator does; check the URL", status=status
        )
    message = f"{detail.message} {hint or ''}".strip()
    return ControlError(message, status=status, code=detail.code, param=detail.param)
