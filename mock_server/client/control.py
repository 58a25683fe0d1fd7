"""The control plane of one project, as methods: the basis of every part of a handle."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from mock_server.client.transport import ControlError, Transport

__tracebackhide__ = True  # pytest shows the line of the test
T = TypeVar("T")
PAGE = 1000  # entries per list, the most that `/_mock` returns


class ControlClient:
    """One project of a running emulator, over `/_mock`. Every method raises ControlError, Unreachable."""

    def __init__(self, transport: Transport, *, project: str | None = None) -> None:
        """Use `project`, by default the emulator's own default project."""
        self.transport, self.project = transport, project

    def ask(
        self,
        method: str,
        path: str,
        answer: type[T],
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        of_project: bool = True,
    ) -> T:
        """Send a request to a path below `/_mock`, and return the response decoded as the type `answer`."""
        received = self.raw(method, path, body=body, query=query, of_project=of_project)
        try:
            return msgspec.json.decode(received, type=answer)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise ControlError("the server does not respond as an emulator does; check the URL", status=200) from None

    def raw(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        of_project: bool = True,
    ) -> bytes:
        """Send a request to a path below `/_mock`, and return the response's body."""
        try:
            encoded = None if body is None else msgspec.json.encode(body)
        except TypeError as error:
            raise TypeError(f"a value can't be sent as JSON: {error}") from None
        return self.transport.call(method, self._path(path, query or {}, of_project=of_project), encoded)

    def lines(self, path: str) -> Iterator[bytes]:
        """Return an iterator over the lines of an endless response."""
        return self.transport.lines(self._path(path, {}))

    def _path(self, path: str, query: Mapping[str, Any], *, of_project: bool = True) -> str:
        given = {"project": self.project, **query} if of_project else dict(query)
        pairs = urlencode({name: value for name, value in given.items() if value is not None})
        return f"/_mock{path}?{pairs}" if pairs else f"/_mock{path}"
