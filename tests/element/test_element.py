"""The element's contract with the page: options, methods, events, and the frame that comes and goes."""

import threading
from typing import Any

import pytest
from playwright.sync_api import expect
from support.chat_page import HTML, SCRIPT, ChatPage
from support.own_server import OwnServer, answered, done

pytestmark = pytest.mark.browser

STRICT = (
    "default-src 'none'; script-src {emulator} 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src {emulator}; base-uri 'none'"
)
WITHOUT_OPTIONS = SCRIPT.replace("chat.setOptions(options());", "")
WRONG_OPTIONS = [
    ("{ api: { getClientSecret, domainKey: 'key' } }", "✖ Invalid input\n  → at api"),
    ("{ api: { url: '/chatkit' } }", "✖ Invalid input\n  → at api"),
    ("{ api: {} }", "✖ Invalid input\n  → at api"),
    ("{ theme: 'blue' }", '✖ Invalid option: expected one of "light"|"dark"\n  → at theme.colorScheme'),
    ("{ colour: 'red' }", '✖ Unrecognized key: "colour"'),
    ("{ composer: { tools: [{ id: 'a', icon: 'bolt' }] } }", "received undefined\n  → at composer.tools[0].label"),
    ("{ header: { title: { text: 7 } } }", "expected string, received number\n  → at header.title.text"),
    ("{ startScreen: { prompts: {} } }", "expected array, received object\n  → at startScreen.prompts"),
]
# Each has its own locale: another locale makes another connection, which asks for a secret at once.
WRONG_SECRETS = {
    "en": ("'ek_test_123'", 'Unsupported token version: "12"'),
    "de": ("undefined", "Invalid client secret format"),
    "fr": (f"'ek_{'0' * 48}_00'+btoa('{{}}')", "was not issued by the emulator"),
    "it": (f"'ek_{'0' * 32}0facade{'0' * 9}_00'+btoa('{{}}')", "Invalid client secret format"),
    "es": ("Promise.reject(new Error('my backend is down'))", "my backend is down"),
}
WRONG_CALLS: list[tuple[str, list[Any], str]] = [
    (
        "setThreadId",
        ["cthr_unknown"],
        "Request failed with status 404 - Chatkit Thread with id 'cthr_unknown' not found.",
    ),
    ("sendUserMessage", [{}], "sendUserMessage() requires text, content or attachments."),
    ("sendCustomAction", [{"type": "go"}], "sendCustomAction() requires a thread: send a message first."),
    ("setComposerValue", [{"selectedToolId": "none"}], 'composer.tools has no tool "none".'),
    ("setComposerValue", [{"selectedModelId": "none"}], 'composer.models has no model "none".'),
]


def set_options(chat: ChatPage, options: str) -> None:
    """Replace the options in the open page, and forget the events so far."""
    chat.page.evaluate(f"events.length = 0, chat.setOptions({{ api: {{ getClientSecret }}, ...{options} }})")


def test_begins_with_a_secret_and_the_documented_defaults(chat: ChatPage) -> None:
    chat.open()
    chat.wait_for("ready")
    chat.page.wait_for_function("secrets.length === 1")
    assert chat.page.evaluate("secrets") == [None], "It asks for a secret at once"
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


def test_may_be_defined_twice_given_options_early_and_moved(chat: ChatPage) -> None:
    html = HTML.replace("<openai-chatkit></openai-chatkit>", "")
    twice = html.replace("</head>", '<script src="{script}"></script></head>')
    app = SCRIPT.replace('document.querySelector("openai-chatkit")', 'document.createElement("openai-chatkit")')
    words = {"text": "one " + "two " * 99, "stream": {"every": "100ms"}}
    chat.open(html=twice, app=app + "document.body.append(chat);", script={"default": [{"message": words}]})
    greeting = chat.frame.get_by_role("heading", name="What can I help with today?")
    expect(greeting, "Options may come before the document has the element").to_be_visible()

    chat.page.evaluate("(address) => import(address)", chat.script)  # as a module, which knows no address of its own
    assert chat.page.evaluate("document.querySelector('openai-chatkit') === chat"), "It is defined only once"

    chat.say("Hi")
    expect(chat.items("assistant_message")).to_contain_text("one")
    chat.page.evaluate("document.body.append(document.body.appendChild(document.createElement('div')), chat)")
    expect(greeting, "It begins anew when it is moved").to_be_visible()
    chat.mock.workflows.add("wf_scripted", {"default": [{"message": "Hello"}]})
    chat.ask("Once more")
    expect(chat.page.locator("openai-chatkit iframe")).to_have_count(1)


def test_wrong_options_are_reported(chat: ChatPage) -> None:
    chat.open(app=WITHOUT_OPTIONS)
    for options, words in WRONG_OPTIONS:
        set_options(chat, options)
        error = chat.wait_for("error")
        assert error["error"].startswith("Invalid frame params: ChatKit.create():\n"), options
        assert words in error["error"], options
        assert error["isError"], options
        alert = chat.frame.get_by_role("alert")
        expect(alert, f"The frame says what is wrong with {options}").to_contain_text(error["error"])

    set_options(chat, "{ startScreen: { greeting: 'Hello' } }")
    greeting = chat.frame.get_by_role("heading", name="Hello")
    expect(greeting, "Right options open the chat").to_be_visible()
    set_options(chat, "{ colour: 'red' }")
    assert "colour" in chat.wait_for("error")["error"]
    expect(greeting, "Wrong options leave an open chat as it was").to_be_visible()


def test_a_wrong_secret_is_sent_nowhere(chat: ChatPage) -> None:
    chat.open(app=WITHOUT_OPTIONS)
    alert = chat.frame.get_by_role("alert")
    for locale, (secret, words) in WRONG_SECRETS.items():
        set_options(chat, f"{{ api: {{ getClientSecret: async () => {secret} }}, locale: '{locale}' }}")
        error = chat.wait_for("error")["error"]
        assert words in error, f"The page is told of {secret} at once"
        chat.button("New chat").click()
        expect(alert).to_have_count(0)
        chat.say("Hi")
        expect(alert, f"The user is told of {secret} when a message is sent").to_be_visible()
        assert chat.sent == [], f"Nothing is sent with {secret}"


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

    set_options(chat, "{ api: { getClientSecret: async (current) => current } }")
    chat.mock.clock.shift(minutes=11)
    chat.say("Once more")
    expect(chat.frame.get_by_role("alert")).to_contain_text("Your session has ended")
    error = chat.wait_for("error")["error"]
    assert "getClientSecret returned the same secret" in error, "The same secret again is an error"


def test_methods_reject_with_what_hinders_them(chat: ChatPage) -> None:
    chat.open()
    for method, arguments, words in WRONG_CALLS:
        refusal = chat.refusal(method, *arguments)
        assert refusal.endswith(words), f"{method}({arguments}) is rejected with {refusal}"

    assert "was called before setOptions()" in chat.page.evaluate(
        "document.createElement('openai-chatkit').focusComposer().catch((error) => error.message)"
    ), "Methods need options"
    assert "requires the element to be in the document" in chat.page.evaluate(
        "chat.remove(), chat.focusComposer().catch((error) => error.message)"
    ), "Methods need a document"


def test_methods_wait_until_it_is_ready_and_refuse_while_a_response_streams(chat: ChatPage, own: OwnServer) -> None:
    gate = threading.Event()
    own.plays(gate, done(answered("Done")))
    chat.open(api=own.api, app=SCRIPT + "window.sending = chat.sendUserMessage({ text: 'At once' });")
    chat.page.evaluate("sending")
    (sent,) = [request["params"] for request in chat.sent]
    assert sent["input"]["content"] == [{"type": "input_text", "text": "At once"}], "A method waits until it is ready"

    assert chat.refusal("sendUserMessage", {"text": "Hi"}) == "Cannot send now: a response is streaming."
    assert "a response is streaming" in chat.refusal("setThreadId", None)
    expect(chat.button("Send message")).to_be_disabled()
    expect(chat.log).to_have_attribute("aria-busy", "true")
    gate.set()
    chat.settle()
    expect(chat.items("assistant_message")).to_contain_text("Done")


def test_a_message_can_be_sent_for_the_user(chat: ChatPage) -> None:
    models = "models: [{ id: 'fast', label: 'Fast' }, { id: 'deep', label: 'Deep' }]"
    chat.open(f"{{ composer: {{ {models} }} }}")
    chat.call("sendUserMessage", {"text": "Hi", "reply": "what you said", "toolChoice": {"id": "t"}, "model": "deep"})
    expect(chat.items("assistant_message")).to_have_count(1)
    chat.settle()
    (sent,) = chat.bodies("threads.create")
    assert sent["input"]["quoted_text"] == "what you said"
    assert sent["input"]["inference_options"] == {"tool_choice": {"id": "t"}, "model": "deep"}
    expect(chat.frame.get_by_role("button", name="Choose model: Fast")).to_be_visible()
    chat.call("sendUserMessage", {"text": "Anew", "newThread": True})
    expect(chat.items("assistant_message")).to_contain_text("Anew")
    chat.settle()
    assert len(chat.bodies("threads.create")) == 2
    assert [detail["threadId"] is None for _, detail in chat.events("thread.change")] == [False, True, False]


def test_a_thread_is_loaded_and_its_updates_are_fetched(chat: ChatPage) -> None:
    thread = chat.elsewhere("Hi")
    chat.open(f"{{ initialThread: '{thread}' }}")
    chat.wait_for("thread.load.end")
    assert chat.events("thread.load.start", "thread.load.end", "thread.change") == [
        ["thread.change", {"threadId": thread}],
        ["thread.load.start", {"threadId": thread}],
        ["thread.load.end", {"threadId": thread}],
    ]
    expect(chat.items("user_message").first).to_be_visible()

    chat.elsewhere("From elsewhere", thread=thread)
    expect(chat.items("user_message")).to_have_count(1)
    chat.call("fetchUpdates")
    expect(chat.items("user_message"), "Updates are fetched").to_have_count(2)


def test_effects_and_deeplinks_are_passed_on(chat: ChatPage) -> None:
    link = "[Open](chatkit-link://order?id=7&tab=items)"
    chat.open(script={"default": [{"message": link}, {"effect": {"name": "paint", "data": {"colour": "red"}}}]})
    chat.ask("Hi")
    chat.frame.get_by_role("link", name="Open").click()
    assert chat.wait_for("deeplink") == {"name": "order", "data": {"id": "7", "tab": "items"}}
    assert chat.wait_for("effect") == {"name": "paint", "data": {"colour": "red"}}


def test_the_page_focuses_the_composer_and_shows_the_history(chat: ChatPage) -> None:
    chat.open()
    chat.call("focusComposer")
    chat.page.keyboard.type("typed")
    expect(chat.field, "The composer has the focus").to_have_value("typed")

    chat.call("showHistory")
    expect(chat.frame.get_by_role("dialog", name="History")).to_contain_text("No conversations yet")
    chat.call("hideHistory")
    expect(chat.frame.get_by_role("dialog")).to_have_count(0)
    chat.wait_for("history.close")
    assert chat.names()[-2:] == ["history.open", "history.close"], "The page is told of the history"
    chat.page.evaluate("chat.setOptions({ ...options(), history: { enabled: false } })")
    assert chat.refusal("showHistory") == "The history is disabled: set history.enabled to true."
