"""The element's contract with the page: options, methods, events, and the frame that comes and goes."""

from typing import Any

import pytest
from playwright.sync_api import expect
from support.chat_page import HTML, SCRIPT, ChatPage

pytestmark = pytest.mark.browser

STRICT = (
    "default-src 'none'; script-src {emulator} 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src {emulator}; base-uri 'none'"
)


def test_asks_for_a_secret_at_once(chat: ChatPage) -> None:
    chat.open()
    chat.wait_for("ready")
    chat.page.wait_for_function("secrets.length === 1")
    assert chat.page.evaluate("secrets") == [None]


def test_greets_with_the_documented_defaults(chat: ChatPage) -> None:
    chat.open()
    expect(chat.frame.get_by_role("heading", name="What can I help with today?")).to_be_visible()
    expect(chat.frame.get_by_role("textbox")).to_have_count(1)
    expect(chat.frame.get_by_placeholder("Message the AI")).to_be_visible()
    expect(chat.frame.get_by_test_id("chatkit-emulator-badge")).to_have_text("Emulator")
    assert chat.page.locator("openai-chatkit iframe").get_attribute("title") == "Chat"
    chat.button("Chat history").wait_for()


def test_a_strict_policy_of_the_page_does_not_matter(chat: ChatPage) -> None:
    chat.open("{ theme: 'dark' }", policy=STRICT.format(emulator=chat.mock.url))
    chat.ask("Hello there")
    expect(chat.items("assistant_message")).to_contain_text("Hello there")
    assert chat.page.locator("openai-chatkit iframe").bounding_box() == {"x": 0, "y": 0, "width": 760, "height": 820}


def test_events_come_in_this_order(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    chat.ask("Again")
    thread = chat.events("thread.change")[0][1]["threadId"]
    assert thread.startswith("cthr_")
    assert chat.events("thread.change") == [["thread.change", {"threadId": thread}]]
    assert chat.events("log")[0] == ["log", {"name": "composer.submit", "data": {"text": "Hi", "attachmentsCount": 0}}]
    once = ["log", "response.start", "response.end"]
    assert chat.names() == ["ready", "log", "response.start", "thread.change", "response.end", *once]


def test_options_are_replaced_not_merged(chat: ChatPage) -> None:
    chat.open("{ composer: { placeholder: 'Ask away' }, startScreen: { greeting: 'Hello' }, frameTitle: 'Help' }")
    chat.frame.get_by_placeholder("Ask away").fill("a draft")
    chat.page.evaluate("chat.setOptions({ api: { getClientSecret } })")
    expect(chat.frame.get_by_placeholder("Message the AI")).to_have_value("a draft")
    expect(chat.frame.get_by_role("heading", name="What can I help with today?")).to_be_visible()
    assert chat.page.locator("openai-chatkit iframe").get_attribute("title") == "Chat"
    assert chat.page.evaluate("secrets.length") == 1


def test_options_may_come_before_the_document_has_it(chat: ChatPage) -> None:
    app = (
        "document.querySelector('openai-chatkit').remove(); window.secrets = []; window.events = [];"
        "window.getClientSecret = async () => (await fetch('/session', { method: 'POST' })).text();"
        "window.chat = document.createElement('openai-chatkit');"
        "chat.setOptions({ api: { getClientSecret } }); document.body.append(chat); // %(api)s %(options)s"
    )
    chat.open(app=app)
    expect(chat.frame.get_by_role("heading", name="What can I help with today?")).to_be_visible()


def test_begins_anew_when_it_is_moved(chat: ChatPage) -> None:
    chat.open(script={"stream": {"every": "200ms"}, "default": [{"message": "one two three four five"}]})
    chat.say("Hi")
    expect(chat.items("assistant_message")).to_contain_text("one")
    chat.page.evaluate("document.body.append(document.body.appendChild(document.createElement('div')), chat)")
    expect(chat.frame.get_by_role("heading", name="What can I help with today?")).to_be_visible()
    chat.ask("Once more")
    expect(chat.page.locator("openai-chatkit iframe")).to_have_count(1)


def test_is_defined_once_however_often_it_is_loaded(chat: ChatPage) -> None:
    twice = HTML.replace("</head>", '<script src="{script}"></script></head>')
    chat.open(html=twice)
    chat.ask("Hi")
    chat.page.evaluate("(address) => import(address)", chat.script)  # as a module, which knows no address of its own
    assert chat.page.evaluate("document.querySelector('openai-chatkit') === chat")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("{ api: { getClientSecret, domainKey: 'key' } }", "✖ Invalid input\n  → at api"),
        ("{ api: { url: '/chatkit' } }", "✖ Invalid input\n  → at api"),
        ("{ api: {} }", "✖ Invalid input\n  → at api"),
        ("{ theme: 'blue' }", '✖ Invalid option: expected one of "light"|"dark"\n  → at theme.colorScheme'),
        ("{ colour: 'red' }", '✖ Unrecognized key: "colour"'),
        ("{ composer: { tools: [{ id: 'a', icon: 'bolt' }] } }", "received undefined\n  → at composer.tools[0].label"),
        ("{ header: { title: { text: 7 } } }", "expected string, received number\n  → at header.title.text"),
        ("{ startScreen: { prompts: {} } }", "expected array, received object\n  → at startScreen.prompts"),
    ],
)  # fmt: skip
def test_wrong_options_are_told_of(chat: ChatPage, options: str, words: str) -> None:
    chat.open(options)
    error = chat.wait_for("error")
    assert error["error"].startswith("Invalid frame params: ChatKit.create():\n")
    assert words in error["error"]
    assert error["isError"]
    expect(chat.frame.get_by_role("alert")).to_contain_text("Invalid frame params")


def test_wrong_options_later_leave_it_as_it_was(chat: ChatPage) -> None:
    chat.open("{ startScreen: { greeting: 'Hello' } }")
    expect(chat.frame.get_by_role("heading", name="Hello")).to_be_visible()
    chat.page.evaluate("chat.setOptions({ api: { getClientSecret }, colour: 'red' })")
    assert "colour" in chat.wait_for("error")["error"]
    expect(chat.frame.get_by_role("heading", name="Hello")).to_be_visible()


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("'ek_test_123'", 'Unsupported token version: "12"'),
        ("undefined", "Invalid client secret format"),
        (f"'ek_{'0' * 48}_00'+btoa('{{}}')", "was not issued by the emulator"),
        (f"'ek_{'0' * 32}0facade{'0' * 9}_00'+btoa('{{}}')", "Invalid client secret format"),
        ("Promise.reject(new Error('my backend is down'))", "my backend is down"),
    ],
)
def test_a_secret_that_is_none_is_sent_nowhere(chat: ChatPage, secret: str, words: str) -> None:
    chat.open(api=f"{{ getClientSecret: async () => {secret} }}")
    assert words in chat.wait_for("error")["error"]
    chat.say("Hi")
    expect(chat.frame.get_by_role("alert")).to_be_visible()
    assert chat.sent == []


def test_a_secret_is_renewed_before_it_ends(chat: ChatPage) -> None:
    chat.open(expires_after={"anchor": "created_at", "seconds": 30})
    chat.ask("Hi")
    chat.ask("Again")
    assert len(chat.page.evaluate("secrets")) == 3  # 30 s before its end is at once
    assert all("401" not in str(record.status) for record in chat.mock.journal.requests())


def test_an_expired_secret_is_renewed_and_the_request_repeated(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    chat.mock.clock.shift(minutes=11)
    chat.ask("Again")
    old, new = chat.page.evaluate("secrets")
    assert old is None
    assert new.startswith("ek_")
    expect(chat.items("user_message")).to_have_count(2)


def test_the_same_secret_again_is_an_error(chat: ChatPage) -> None:
    kept = "{ getClientSecret: () => (window.kept ??= getClientSecret(null)) }"
    chat.open(api=kept)
    chat.ask("Hi")
    chat.mock.clock.shift(minutes=11)
    chat.say("Again")
    expect(chat.frame.get_by_role("alert")).to_contain_text("Your session is over")
    assert "getClientSecret gave the secret again" in chat.wait_for("error")["error"]


METHODS: list[tuple[str, list[Any], str]] = [
    (
        "setThreadId",
        ["cthr_unknown"],
        "Request failed with status 404 - Chatkit Thread with id 'cthr_unknown' not found.",
    ),
    ("sendUserMessage", [{}], "sendUserMessage() needs text, content or attachments."),
    ("sendCustomAction", [{"type": "go"}], "sendCustomAction() needs a thread: send a message first."),
    ("setComposerValue", [{"selectedToolId": "none"}], 'composer.tools has no tool "none".'),
    ("setComposerValue", [{"selectedModelId": "none"}], 'composer.models has no model "none".'),
]


@pytest.mark.parametrize(("method", "arguments", "words"), METHODS)
def test_methods_reject_with_what_hinders_them(chat: ChatPage, method: str, arguments: list[Any], words: str) -> None:
    chat.open()
    assert chat.refusal(method, *arguments).endswith(words)


def test_methods_need_options_and_a_document(chat: ChatPage) -> None:
    chat.open()
    chat.wait_for("ready")
    assert "came before setOptions()" in chat.page.evaluate(
        "document.createElement('openai-chatkit').focusComposer().catch((error) => error.message)"
    )
    assert "needs the element to be in the document" in chat.page.evaluate(
        "chat.remove(), chat.focusComposer().catch((error) => error.message)"
    )


def test_methods_wait_until_it_is_ready(chat: ChatPage) -> None:
    chat.open(app=SCRIPT + "chat.sendUserMessage({ text: 'At once' });")
    expect(chat.items("assistant_message")).to_contain_text("At once")


def test_a_message_can_be_sent_for_the_user(chat: ChatPage) -> None:
    models = "models: [{ id: 'fast', label: 'Fast' }, { id: 'deep', label: 'Deep' }]"
    chat.open(f"{{ composer: {{ {models} }} }}")
    chat.call("sendUserMessage", {"text": "Hi", "reply": "what you said", "toolChoice": {"id": "t"}, "model": "deep"})
    chat.settle()
    (sent,) = chat.bodies("threads.create")
    assert sent["input"]["quoted_text"] == "what you said"
    assert sent["input"]["inference_options"] == {"tool_choice": {"id": "t"}, "model": "deep"}
    expect(chat.frame.get_by_role("button", name="Choose model: Fast")).to_be_visible()
    chat.call("sendUserMessage", {"text": "Anew", "newThread": True})
    chat.settle()
    assert len(chat.bodies("threads.create")) == 2
    assert [detail["threadId"] is None for _, detail in chat.events("thread.change")] == [False, True, False]


def test_nothing_is_sent_while_a_response_streams(chat: ChatPage) -> None:
    chat.open(script={"default": [{"progress": "Wait"}, {"pause": "1s"}, {"message": "Done"}]})
    chat.call("sendUserMessage", {"text": "Hi"})
    assert chat.refusal("sendUserMessage", {"text": "Hi"}) == "This can't be sent now: a response is streaming."
    assert "a response is streaming" in chat.refusal("setThreadId", None)
    expect(chat.button("Send message")).to_be_disabled()
    expect(chat.log).to_have_attribute("aria-busy", "true")
    chat.settle()


def test_a_thread_is_loaded_and_told_of(chat: ChatPage) -> None:
    thread = chat.elsewhere("Hi")
    chat.open(f"{{ initialThread: '{thread}' }}")
    chat.wait_for("thread.load.end")
    assert chat.events("thread.load.start", "thread.load.end", "thread.change") == [
        ["thread.change", {"threadId": thread}],
        ["thread.load.start", {"threadId": thread}],
        ["thread.load.end", {"threadId": thread}],
    ]
    expect(chat.items("user_message").first).to_be_visible()


def test_updates_are_fetched(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    thread = chat.events("thread.change")[0][1]["threadId"]
    chat.elsewhere("From elsewhere", thread=thread)
    expect(chat.items("user_message")).to_have_count(1)
    chat.call("fetchUpdates")
    expect(chat.items("user_message")).to_have_count(2)


def test_focus_goes_to_the_composer(chat: ChatPage) -> None:
    chat.open()
    chat.call("focusComposer")
    chat.page.keyboard.type("typed")
    expect(chat.field).to_have_value("typed")


def test_effects_and_deeplinks_are_told_of(chat: ChatPage) -> None:
    link = "[Open](chatkit-link://order?id=7&tab=items)"
    chat.open(script={"default": [{"message": link}, {"effect": {"name": "paint", "data": {"colour": "red"}}}]})
    chat.ask("Hi")
    chat.frame.get_by_role("link", name="Open").click()
    assert chat.wait_for("deeplink") == {"name": "order", "data": {"id": "7", "tab": "items"}}
    assert chat.wait_for("effect") == {"name": "paint", "data": {"colour": "red"}}


def test_history_is_told_of(chat: ChatPage) -> None:
    chat.open()
    chat.call("showHistory")
    expect(chat.frame.get_by_role("dialog", name="History")).to_contain_text("No conversations yet")
    chat.call("hideHistory")
    expect(chat.frame.get_by_role("dialog")).to_have_count(0)
    chat.wait_for("history.close")
    assert chat.names()[-2:] == ["history.open", "history.close"]
    chat.page.evaluate("chat.setOptions({ ...options(), history: { enabled: false } })")
    assert chat.refusal("showHistory") == "The history is not enabled: history.enabled."
