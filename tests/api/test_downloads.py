"""Downloads: what was opened is sent whole, and ranges are as browsers and PDF viewers ask for them."""

import socket
from contextlib import suppress
from pathlib import Path

import pytest
from support.patience import eventually

from mock_server.testing import ChatKitMock

FDS = Path("/proc/self/fd")
CONTENT = bytes(range(256)) * 40_000  # ten megabytes: more than sockets hold
UPLOADS = {"file_upload": {"enabled": True}}


def uploaded(mock: ChatKitMock, content: bytes = CONTENT, name: str = "a.png") -> str:
    """Upload a file; its path."""
    session = mock.create_session(chatkit_configuration=UPLOADS)
    with mock.http_client() as web:
        files = {"file": (name, content, "image/png")}
        headers = {"authorization": f"Bearer {session.client_secret}"}
        made = web.post("/v1/chatkit/files", files=files, headers=headers).json()
    return f"/v1/chatkit/files/{made['id']}"


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("bytes=0-9", 206, CONTENT[:10], "bytes 0-9/10240000"),
        ("bytes=10-", 206, CONTENT[10:], "bytes 10-10239999/10240000"),
        ("bytes=-5", 206, CONTENT[-5:], "bytes 10239995-10239999/10240000"),
        ("bytes=10239999-99999999", 206, CONTENT[-1:], "bytes 10239999-10239999/10240000"),
        ("bytes=0-1, 4-5", 200, CONTENT, None),
        ("bytes=5-1", 200, CONTENT, None),
        ("bytes=-", 200, CONTENT, None),
        ("lines=0-1", 200, CONTENT, None),
        ("bytes=" + "9" * 5000 + "-", 200, CONTENT, None),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, str) else "",
)
def test_ranges(asked: str, status: int, part: bytes, told: str | None) -> None:
    with ChatKitMock() as mock, mock.http_client() as web:
        found = web.get(uploaded(mock), headers={"range": asked})
        assert (found.status_code, found.headers.get("content-range")) == (status, told)
        assert found.content == part


@pytest.mark.parametrize("asked", ["bytes=10240000-", "bytes=99999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_refused_in_the_apis_envelope(asked: str) -> None:
    with ChatKitMock() as mock, mock.http_client() as web:
        found = web.get(uploaded(mock), headers={"range": asked})
        assert (found.status_code, found.headers["content-range"]) == (416, "bytes */10240000")
        assert found.json()["error"]["type"] == "invalid_request_error"


def test_a_head_has_the_length_and_no_body() -> None:
    with ChatKitMock() as mock, mock.http_client() as web:
        found = web.head(uploaded(mock))
        assert (found.status_code, found.headers["content-length"], found.content) == (200, "10240000", b"")


@pytest.mark.parametrize("name", ["ä.png", 'a"b.png', "a\r\nx: y.png", "a;b.png", "😀.png"])
def test_any_name_is_one_header(name: str) -> None:
    with ChatKitMock() as mock, mock.http_client() as web:
        found = web.get(uploaded(mock, b"1", name))
        assert found.status_code == 200
        assert found.headers["content-disposition"].startswith("inline; filename*=utf-8''")
        assert "x" not in found.headers


@pytest.mark.parametrize("how", ["reset", "restore", "delete"])
def test_what_was_begun_ends_whatever_happens_to_the_file(how: str) -> None:
    with ChatKitMock() as mock, mock.http_client() as web:
        path = uploaded(mock)
        before = mock.snapshot()
        with web.stream("GET", path) as found:
            pieces = found.iter_bytes()
            first = next(pieces)
            match how:
                case "reset":
                    mock.reset()
                case "restore":
                    mock.restore(before)
                case "delete":
                    delete(mock, path)
            assert first + b"".join(pieces) == CONTENT
        if how != "restore":
            assert web.get(path).status_code == 404
        mock.raise_failures()


def delete(mock: ChatKitMock, path: str) -> None:
    session = mock.create_session(chatkit_configuration=UPLOADS)
    mock.secret(session).ask("attachments.delete", attachment_id=path.rpartition("/")[2])


@pytest.mark.skipif(not FDS.exists(), reason="only Linux tells which files are open")
def test_a_client_that_leaves_leaves_no_file_open() -> None:
    with ChatKitMock() as mock:
        path = uploaded(mock)
        before = open_files()
        host, port = mock.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())
            assert client.recv(10)
            assert len(open_files() - before) == 1
        eventually(lambda: open_files() <= before)


def open_files() -> set[Path]:
    found = set()
    for fd in FDS.iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.add(fd.readlink())
    return {link for link in found if "chatkit-mock-" in str(link.parent)}
