"""The keyboard alone is enough."""

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.gallery import FORM
from support.own_server import THREAD, OwnServer, answered, done, item
from support.scenes import QUESTIONS, SCENES, inside, start, theme

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const { activeElement: element } = document;
  return element.getAttribute("aria-label") ?? element.textContent.trim() ?? element.localName;
}"""
SHOWN = """() => {
  const style = getComputedStyle(document.activeElement);
  const holder = getComputedStyle(document.activeElement.closest("form") ?? document.body);
  return style.outlineStyle !== "none" || style.boxShadow !== "none" || holder.boxShadow !== "none";
}"""


# Of each menu: its button, its choices, and the button once the last is chosen.
MENUS = [
    ("Tools", "Tools", ("Search the web", "Draw"), "Remove tool: Draw"),
    ("Models", "Choose model: Fast", ("Fast", "Deep"), "Choose model: Deep"),
]
REMOVALS = ["Remove tool: Search the web", "Remove picture.png", "Remove quote"]


def focused(chat: ChatPage) -> str:
    """Read the name of what has the focus."""
    return str(inside(chat).evaluate(FOCUSED))


def lost(chat: ChatPage) -> bool:
    """Tell whether nothing has the focus."""
    return bool(inside(chat).evaluate("document.activeElement === document.body"))


def tabs(chat: ChatPage, count: int) -> list[str]:
    """Press Tab `count` times; what each led to."""
    found = []
    for _ in range(count):
        chat.page.keyboard.press("Tab")
        found.append(focused(chat))
    return found


def press(chat: ChatPage, *keys: str) -> None:
    """Press one key after the other."""
    for key in keys:
        chat.page.keyboard.press(key)


def choose(chat: ChatPage, button: str | Locator) -> None:
    """Press a button, given by its name or found already, with the Enter key."""
    (chat.button(button) if isinstance(button, str) else button).focus()
    press(chat, "Enter")


def show(chat: ChatPage, own: OwnServer, thread: str, shown: Json) -> None:
    """Show a thread with one item in the open page."""
    items = {"data": [{**shown, "id": thread}], "has_more": False}
    own.answers["threads.get_by_id"] = [{**THREAD, "id": thread, "items": items}]
    chat.call("setThreadId", thread)
    assert chat.wait_for("thread.load.end") == {"threadId": thread}
    chat.log.locator(f'[data-item-id="{thread}"]').wait_for()


def test_tab_leads_through_the_chat_in_order(chat: ChatPage, own: OwnServer) -> None:
    own.plays(done(answered("Hello, [there](https://example.com)")))
    prompts = "startScreen: { prompts: [{ label: 'A hotel', prompt: 'Find one' }] }"
    chat.open(f"{{ {prompts}, threadItemActions: {{ feedback: true, retry: true }} }}", api=own.api)
    chat.wait_for("ready")
    order = ["Chat history", "New chat", "A hotel", "Message the AI"]
    assert tabs(chat, 4) == order, "Tab leads through a new chat"
    chat.page.keyboard.type("Hi")
    assert tabs(chat, 1) == ["Send message"], "Tab leads from the message to its button"

    chat.call("focusComposer")
    press(chat, "Tab", "Enter")
    expect(chat.items("assistant_message"), "Enter sends the message").to_be_visible()
    chat.settle()
    chat.button("New chat").focus()
    press(chat, "Tab")
    assert inside(chat).evaluate("document.activeElement.className") == "log", "Tab leads to the conversation"
    order = ["there", "Copy", "Good response", "Bad response", "Retry", "Message the AI"]
    assert tabs(chat, 6) == order, "Tab leads through an answer"


def test_the_focus_is_seen_everywhere(chat: ChatPage, own: OwnServer) -> None:
    start(chat, own, theme())
    for _ in range(16):
        press(chat, "Tab")
        if inside(chat).evaluate("document.hasFocus() && document.activeElement !== document.body"):
            assert inside(chat).evaluate(SHOWN), f"The focus is seen on {focused(chat)}"


def test_a_menu_is_used_by_keys(chat: ChatPage, own: OwnServer) -> None:
    start(chat, own, theme())
    for menu, button, (first, second), chosen in MENUS:
        choices = chat.frame.get_by_role("menu", name=menu).get_by_role("menuitemradio")
        choose(chat, button)
        expect(choices.filter(has_text=first), f"{menu}: the first choice has the focus").to_be_focused()
        press(chat, "Escape")
        expect(chat.button(button), f"{menu}: Escape leads back to the button").to_be_focused()
        expect(chat.frame.get_by_role("menu"), f"{menu}: Escape closes the menu").to_have_count(0)

        press(chat, "Enter")
        expect(choices.filter(has_text=first), f"{menu}: the first choice has the focus again").to_be_focused()
        press(chat, "ArrowDown")
        expect(choices.filter(has_text=second), f"{menu}: an arrow leads to the second choice").to_be_focused()
        press(chat, "ArrowDown")
        expect(choices.filter(has_text=first), f"{menu}: an arrow leads from the end to the start").to_be_focused()
        press(chat, "End", "Enter")
        expect(chat.frame.get_by_role("button", name=chosen), f"{menu}: Enter picks the last choice").to_be_visible()
        assert not lost(chat), f"{menu}: something has the focus after a choice"


def test_the_focus_is_not_lost_when_something_is_removed(chat: ChatPage, own: OwnServer) -> None:
    SCENES["written"](chat, own, theme())
    for removal in REMOVALS:
        choose(chat, removal)
        expect(chat.button(removal), f"{removal}: it is removed").to_have_count(0)
        assert not lost(chat), f"{removal}: something has the focus"


def test_the_focus_is_on_the_conversation_when_something_is_sent(chat: ChatPage, own: OwnServer) -> None:
    failed = {"type": "error", "code": "custom", "message": "It failed.", "allow_retry": True}
    conversation = chat.frame.locator(".log")
    chat.open("{ startScreen: { prompts: [{ label: 'A hotel', prompt: 'Find one' }] } }", api=own.api)
    for name in ("Retry", "Submit"):
        own.plays(done(item("structured_input", "ask_1", inputs=QUESTIONS, status="pending")), failed)
        own.turns(done(item("structured_input", "ask_1", inputs=QUESTIONS, status="skipped")), done(answered("Hello")))
        choose(chat, "A hotel")
        chat.button("Retry").wait_for()
        expect(conversation, "A prompt leads to the conversation").to_be_focused()
        choose(chat, name)
        expect(chat.items("assistant_message"), f"{name}: it is answered").to_contain_text("Hello")
        expect(conversation, f"{name}: it leads to the conversation").to_be_focused()
        chat.settle()
        chat.button("New chat").click()
        expect(chat.log.locator("article"), "A new chat is empty").to_have_count(0)


def test_the_history_is_used_by_keys(chat: ChatPage, own: OwnServer) -> None:
    SCENES["history"](chat, own, theme())
    for name in ("Rename thread", "Delete thread"):
        choose(chat, chat.button(name).first)
        choose(chat, "Cancel")
        expect(chat.button(name).first, f"{name}: Cancel leads back to the button").to_be_focused()

    own.answers["threads.update"] = [{**THREAD, "title": "Other"}]
    choose(chat, chat.button("Rename thread").first)
    chat.page.keyboard.type("Other")
    press(chat, "Enter")
    expect(chat.frame.get_by_label("New title"), "Enter saves the title").to_have_count(0)
    assert own.asked[-2]["params"] == {"thread_id": "thr_0", "title": "Other"}, "The typed title is sent"
    assert inside(chat).evaluate("document.activeElement.closest('dialog') !== null"), "The focus stays in the history"

    press(chat, "Escape")
    expect(chat.frame.get_by_role("dialog"), "Escape closes the history").to_have_count(0)
    expect(chat.button("Chat history"), "Escape leads back to the button").to_be_focused()

    own.answers["threads.list"] = [{"data": [THREAD], "has_more": False}]
    own.answers["threads.get_by_id"] = [{**THREAD, "items": {"data": [answered("Hello")], "has_more": False}}]
    choose(chat, "Chat history")
    thread = chat.frame.get_by_role("dialog").get_by_role("button", name="Talk", exact=True)
    thread.wait_for()
    assert focused(chat) == "Close history", "The history begins at the button that closes it"
    press(chat, "Tab")
    expect(thread, "Tab leads to the first thread").to_be_focused()
    press(chat, "Enter")
    expect(chat.items("assistant_message"), "Enter shows the thread").to_contain_text("Hello")


def test_questions_and_a_form_are_filled_in(chat: ChatPage, own: OwnServer) -> None:
    chat.open("{ widgets: { onAction: async (action) => { window.action = action; } } }", api=own.api)
    show(chat, own, "questions", item("structured_input", inputs=QUESTIONS, status="pending"))
    own.turns(done(answered("Thank you", "it_2")))
    chat.frame.get_by_role("radio", name="Now").focus()
    press(chat, "ArrowDown", "ArrowUp", "Tab", "Tab", "Space", "Tab", "Tab", "Tab")
    chat.page.keyboard.type("+44 1")
    press(chat, "Tab")
    assert focused(chat) == "Submit", "Tab leads from the questions to Submit"
    press(chat, "Enter")
    expect(chat.items("assistant_message"), "Enter sends the answers").to_contain_text("Thank you")
    sent = own.asked[-1]["params"]["input"]["answers"]
    values = {name: answer["values"] for name, answer in sent.items()}
    assert values == {"when": ["Now"], "how": ["Mail"], "number": ["+44 1"]}, "The answers are those of the keys"

    confirm = {"label": "Create task", "action": {"type": "create", "handler": "client"}}
    show(chat, own, "form", item("widget", widget={**FORM, "confirm": confirm}))
    chat.frame.get_by_label("Notes").focus()
    chat.page.keyboard.type("Twice")
    press(chat, "Tab")
    chat.page.keyboard.type("Ada")
    expect(chat.frame.get_by_role("combobox"), "A letter selects").to_have_value("ada")
    chat.frame.get_by_label("Remind me the day before").focus()
    press(chat, "Space", "Tab", "ArrowLeft")
    expect(chat.frame.get_by_role("radio", name="Small"), "An arrow checks").to_be_checked()
    press(chat, "Tab", "Tab")
    assert focused(chat) == "Create task", "Tab leads from the form to its button"
    press(chat, "Enter")
    chat.page.wait_for_function("window.action")
    payload = chat.page.evaluate("action.payload")
    filled = (payload["task"]["notes"], payload["who"], payload["remind"], payload["size"])
    assert filled == ("Twice", "ada", False, "s"), "The form is sent as the keys filled it in"
