"""The walls around the chat's frame: whom it listens to, what may run in it, and how it is served."""

import json
import re
import socket

import pytest
from playwright.sync_api import Frame, expect
from support.chat_page import ChatPage

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
SIBLING = """() => {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const { port1, port2 } = new frame.contentWindow.MessageChannel();
  port1.postMessage({ name: "setOptions", args: [{ startScreen: { greeting: "Taken over" } }] });
  const send = new frame.contentWindow.Function("target", "port",
    "target.postMessage({ type: 'chatkit-mock.connect' }, '*', [port])");
  send(chat.shadowRoot.querySelector("iframe").contentWindow, port2);
}"""
LISTEN = """() => new Promise((done) => addEventListener("message", ({ source, ports: [port] }) =>
  done({ fromParent: source === parent, taken: port?.onmessage !== null }), { once: true }))"""


def inside(chat: ChatPage) -> Frame:
    """Return the chat's document, once it is ready."""
    chat.wait_for("ready")
    frame = chat.page.frame(name="chatkit")
    assert frame
    return frame


def raw(mock: ChatKitMock, path: str, host: str) -> tuple[dict[str, str], str]:
    """What is answered to a request with this Host, be it one or not: the headers and the body."""
    address, port = mock.url.removeprefix("http://").split(":")
    with socket.create_connection((address, int(port)), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in head.split("\r\n")[1:])}, body


@pytest.mark.browser
def test_the_frame_listens_to_the_page_alone(chat: ChatPage) -> None:
    chat.open()
    frame = inside(chat)
    messages = ["{ type: 'other' }", "null", "'text'"]
    for asked, data in enumerate(["{ type: 'chatkit-mock.connect' }", *messages], start=1):
        frame.evaluate(f"window.heard = ({LISTEN})(); undefined")
        chat.page.evaluate(SIBLING.replace("{ type: 'chatkit-mock.connect' }", data))
        heard = frame.evaluate("heard")
        assert heard == {"fromParent": False, "taken": False}, f"A sibling's {data} is passed over"
        chat.ask("Hi")
        expect(chat.items("assistant_message"), f"The chat goes on after a sibling's {data}").to_have_count(asked)

    target = "chat.shadowRoot.querySelector('iframe').contentWindow"
    for data in [*messages, "[1]"]:
        frame.evaluate(f"window.heard = ({LISTEN})(); undefined")
        chat.page.evaluate(f"{target}.postMessage({data}, '*', [new MessageChannel().port2])")
        heard = frame.evaluate("heard")
        assert heard == {"fromParent": True, "taken": False}, f"The page's {data} is passed over"


@pytest.mark.browser
def test_nothing_foreign_runs_in_the_document(chat: ChatPage) -> None:
    chat.open()
    frame = inside(chat)
    script = "Object.assign(document.createElement('script'), { textContent: 'window.ran = true' })"
    style = "Object.assign(document.createElement('style'), { textContent: 'body { opacity: 0 !important }' })"
    load = """() => new Promise((done) => document.head.append(Object.assign(document.createElement("script"),
      { src: "https://canary.test/x.js", onload: () => done("ran"), onerror: () => done("blocked") })))"""
    click = "document.body.setAttribute('onclick', 'window.ran = true'), document.body.click()"
    attempts: dict[str, tuple[str, object]] = {
        "a script within the document": (f"document.body.append({script}), window.ran === undefined", True),
        "a listener in an attribute": (f"{click}, window.ran === undefined", True),
        "a style within the document": (f"document.head.append({style}), getComputedStyle(document.body).opacity", "1"),
        "a script of another host": (load, "blocked"),
    }
    for name, (attempt, outcome) in attempts.items():
        chat.complaints.clear()
        assert frame.evaluate(attempt) == outcome, name
        assert "Content Security Policy" in chat.complaints.pop(), name
        assert chat.complaints == [], name

    run = """() => new Promise((done) => setTimeout(() => {
      try {
        done(new Function("return 'ran'")());
      } catch (error) {
        done(error.name);
      }
    }))"""
    assert frame.evaluate(run) == "EvalError", "Text is not run"


@pytest.mark.browser
def test_page_and_frame_reach_no_further_than_they_must(chat: ChatPage) -> None:
    chat.open()
    inside(chat)
    document = chat.page.evaluate("chat.shadowRoot.querySelector('iframe').contentDocument")
    assert document is None, "The page can't reach into the frame"
    call = """async ([address, place]) => {
      const { callAt } = await import(address);
      try {
        return typeof callAt(options(), place, ["1"]);
      } catch (error) {
        return error.message;
      }
    }"""
    address = f"{chat.mock.url}{BASE}/page/functions.js"
    for place in ("constructor.constructor", "api.getClientSecret.constructor", "toString", "api.x"):
        outcome = chat.page.evaluate(call, [address, place])
        assert outcome == f"The options have no function {place} any more.", "Only functions of the options are called"


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
