"""The control plane of one project, as calls: what every part of a handle is made of."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from mock_server.client.transport import Transport

T = TypeVar("T")
PAGE = 1000  # entries per list, the most that `/_mock` gives


class ControlClient:
    """One project of a running emulator, reached below `/_mock`. Every method raises ControlError, Unreachable."""

    def __init__(self, transport: Transport, *, project: str | None = None) -> None:
        """`project` is the one to act on, by default the server's own default."""
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
        """Call the control plane below `/_mock`, and read the answer as a type."""
        return msgspec.json.decode(self.raw(method, path, body=body, query=query, of_project=of_project), type=answer)

    def raw(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        of_project: bool = True,
    ) -> bytes:
        """Call the control plane below `/_mock`."""
        encoded = None if body is None else msgspec.json.encode(body)
        return self.transport.call(method, self._path(path, query or {}, of_project=of_project), encoded)

    def lines(self, path: str) -> Iterator[bytes]:
        """Read the lines of a response that does not end."""
        return self.transport.lines(self._path(path, {}))

    def _path(self, path: str, query: Mapping[str, Any], *, of_project: bool = True) -> str:
        given = {"project": self.project, **query} if of_project else dict(query)
        pairs = urlencode({name: value for name, value in given.items() if value is not None})
        return f"/_mock{path}?{pairs}" if pairs else f"/_mock{path}"
