"""The walls around the chat's frame: whom it listens to, and what may run in it."""

import pytest
from playwright.sync_api import Frame, expect
from support.chat_page import ChatPage

pytestmark = pytest.mark.browser

BASE = "/deployments/chatkit"
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
        assert outcome == f"The options no longer have a function {place}.", "Only functions of the options are called"
