"""Which requests may change the state, as `--state` sees it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.emulator import HEADERS, MINIMAL, Client, make_app

from mock_server.server.changes import ChangesNoted


@pytest.mark.parametrize(
    ("method", "path", "is_noted"),
    [
        ("POST", "/v1/chatkit/sessions", True),
        ("GET", "/v1/chatkit/threads", True),
        ("GET", "/p/other/v1/chatkit/threads", True),
        ("POST", "/_mock/reset", True),
        ("PUT", "/p/other/_mock/clock", True),
        ("DELETE", "/_mock/faults", True),
        ("POST", "/_mock/no/such/thing", True),
        ("GET", "/_mock/sessions", False),
        ("GET", "/_mock/snapshot", False),
        ("GET", "/health", False),
        ("HEAD", "/", False),
        ("OPTIONS", "/_mock/clock", False),
        ("POST", "/_mock/snapshot/save", False),
    ],
)
def test_what_may_change_something_is_noted_while_it_lasts_and_when_it_ends(
    method: str, path: str, is_noted: bool
) -> None:
    noted: list[str] = []

    @contextmanager
    def changing() -> Iterator[None]:
        noted.append("begins")
        yield
        noted.append("ends")

    app = ChangesNoted(make_app(), changing=changing, unless="/_mock/snapshot/save")
    Client(app).request(method, path, headers=HEADERS, json=MINIMAL if method == "POST" else None)
    assert noted == (["begins", "ends"] if is_noted else [])
