"""How the chat's frame is served: headers, files, and hosts that are none."""

import json
import re
import socket

import pytest

from mock_server.testing import ChatKitMock

BASE = "/deployments/chatkit"
HOSTS = [
    '"><script>alert(1)</script>',
    "</script><script>alert(1)</script>",
    "a';alert(1)//",
    '"+alert(1)+"',
    "a; script-src *",
    "a, default-src *",
    "${alert(1)}",
    "a\\",
    "é",
]


def raw(mock: ChatKitMock, path: str, host: str) -> tuple[dict[str, str], str]:
    """What is answered to a request with this Host, be it one or not: the headers and the body."""
    address, port = mock.url.removeprefix("http://").split(":")
    with socket.create_connection((address, int(port)), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in head.split("\r\n")[1:])}, body


def test_headers_of_the_document(mock: ChatKitMock) -> None:
    headers, _ = raw(mock, f"{BASE}/frame.html", "127.0.0.1:1")
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "http://127.0.0.1:1",
        "style-src": "http://127.0.0.1:1",
        "connect-src": "*",
        "img-src": "* data: blob:",
        "font-src": "* data:",
        "media-src": "blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["cross-origin-embedder-policy"] == "credentialless"  # else an isolated page does not show it
    assert "x-frame-options" not in headers  # any app may show the chat


@pytest.mark.parametrize("path", ["chatkit.js", "frame/main.js", "frame/base.css", "vendor/lucide.json"])
def test_headers_of_scripts_and_styles(mock: ChatKitMock, path: str) -> None:
    headers, _ = raw(mock, f"{BASE}/{path}", "127.0.0.1:1")
    kinds = {"js": "text/javascript", "css": "text/css", "json": "application/json"}
    assert headers["content-type"].split(";")[0] == kinds[path.rsplit(".", 1)[1]]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] in {"no-store", "no-cache"}
    assert headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path", ["frame/../../../../pyproject.toml", "%2e%2e/routes.py", "frame/%2e%2e%2f%2e%2e%2froutes.py"]
)
def test_nothing_beside_it_is_served(mock: ChatKitMock, path: str) -> None:
    _, body = raw(mock, f"{BASE}/{path}", "127.0.0.1:1")
    assert "_POLICY" not in body
    assert "[project]" not in body


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_none_is_no_markup(mock: ChatKitMock, host: str) -> None:
    headers, body = raw(mock, f"{BASE}/frame.html", host)
    assert len(re.findall("<script", body)) <= 1
    assert "alert(1)</script>" not in body
    policy = headers.get("content-security-policy", "")
    assert [part.split(" ")[0] for part in policy.split("; ") if part].count("script-src") <= 1
    assert "*;" not in policy.partition("connect-src")[0]
    assert "," not in policy


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_none_is_no_script(mock: ChatKitMock, host: str) -> None:
    _, body = raw(mock, f"{BASE}/chatkit.js", host)
    found = re.search(r'const FRAME = new URL\("frame.html", document.currentScript\?.src \|\| (".*?(?<!\\)")\);', body)
    assert found is None or isinstance(json.loads(found[1]), str)
    assert "<" not in (found[1] if found else "")
