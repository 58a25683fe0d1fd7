"""The keyboard alone is enough."""

import pytest
from playwright.sync_api import expect
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


def focused(chat: ChatPage) -> str:
    """What has the focus, by its name."""
    return str(inside(chat).evaluate(FOCUSED))


def tabs(chat: ChatPage, count: int) -> list[str]:
    """What the next tabs lead to."""
    found = []
    for _ in range(count):
        chat.page.keyboard.press("Tab")
        found.append(focused(chat))
    return found


def press(chat: ChatPage, *keys: str) -> None:
    """Press one key after the other."""
    for key in keys:
        chat.page.keyboard.press(key)


def load(chat: ChatPage, own: OwnServer, *items: Json, options: str = "") -> None:
    """Show a thread."""
    own.answers["threads.get_by_id"] = [{**THREAD, "items": {"data": list(items), "has_more": False}}]
    chat.open(f"{{ initialThread: 'thr_1', {options} }}", api=own.api)
    chat.wait_for("thread.load.end")
    chat.log.locator("article").first.wait_for()


def test_the_order_of_a_new_chat(chat: ChatPage, own: OwnServer) -> None:
    chat.open("{ startScreen: { prompts: [{ label: 'A hotel', prompt: 'Find one' }] } }", api=own.api)
    chat.wait_for("ready")
    assert tabs(chat, 4) == ["Chat history", "New chat", "A hotel", "Message the AI"]
    chat.page.keyboard.type("Hi")
    assert tabs(chat, 1) == ["Send message"]


def test_the_order_of_a_conversation(chat: ChatPage, own: OwnServer) -> None:
    own.plays(done(answered("Hello, [there](https://example.com)")))
    chat.open("{ threadItemActions: { feedback: true, retry: true } }", api=own.api)
    chat.wait_for("ready")
    chat.call("focusComposer")
    chat.page.keyboard.type("Hi")
    press(chat, "Tab", "Enter")
    expect(chat.items("assistant_message")).to_be_visible()
    chat.settle()
    chat.button("New chat").focus()
    press(chat, "Tab")
    assert inside(chat).evaluate("document.activeElement.className") == "log"
    assert tabs(chat, 6) == ["there", "Copy", "Good response", "Bad response", "Retry", "Message the AI"]


def test_the_focus_is_seen_everywhere(chat: ChatPage, own: OwnServer) -> None:
    start(chat, own, theme())
    for _ in range(16):
        press(chat, "Tab")
        if inside(chat).evaluate("document.hasFocus() && document.activeElement !== document.body"):
            assert inside(chat).evaluate(SHOWN), focused(chat)


@pytest.mark.parametrize(("menu", "first", "chosen"), [("Tools", "Search the web", "Draw"), ("Models", "Fast", "Deep")])
def test_a_menu_is_gone_through_by_arrows(chat: ChatPage, own: OwnServer, menu: str, first: str, chosen: str) -> None:
    start(chat, own, theme())
    button = chat.button("Tools") if menu == "Tools" else chat.frame.get_by_role("button", name="Choose model")
    button.focus()
    press(chat, "Enter")
    choices = chat.frame.get_by_role("menu", name=menu).get_by_role("menuitemradio")
    expect(choices.filter(has_text=first)).to_be_focused()
    press(chat, "ArrowDown")
    expect(choices.filter(has_text=chosen)).to_be_focused()
    press(chat, "ArrowDown")
    expect(choices.filter(has_text=first)).to_be_focused()
    press(chat, "End", "Enter")
    name = f"Remove tool: {chosen}" if menu == "Tools" else f"Choose model: {chosen}"
    expect(chat.frame.get_by_role("button", name=name)).to_be_visible()


@pytest.mark.parametrize("menu", ["Tools", "Choose model: Fast"])
def test_escape_leads_from_a_menu_to_its_button(chat: ChatPage, own: OwnServer, menu: str) -> None:
    start(chat, own, theme())
    chat.button(menu).focus()
    press(chat, "Enter", "Escape")
    expect(chat.button(menu)).to_be_focused()
    expect(chat.frame.get_by_role("menu")).to_have_count(0)


@pytest.mark.parametrize("pick", ["Tools", "Choose model: Fast"])
def test_the_focus_is_not_lost_when_something_is_chosen(chat: ChatPage, own: OwnServer, pick: str) -> None:
    start(chat, own, theme())
    chat.button(pick).focus()
    press(chat, "Enter", "ArrowDown", "Enter")
    assert inside(chat).evaluate("document.activeElement !== document.body")


def test_the_focus_is_not_lost_when_a_tool_is_removed(chat: ChatPage, own: OwnServer) -> None:
    start(chat, own, theme())
    chat.call("setComposerValue", {"selectedToolId": "search"})
    chat.button("Remove tool: Search the web").focus()
    press(chat, "Enter")
    expect(chat.button("Remove tool: Search the web")).to_have_count(0)
    assert inside(chat).evaluate("document.activeElement !== document.body")


def test_the_focus_is_not_lost_when_a_file_is_removed(chat: ChatPage, own: OwnServer) -> None:
    SCENES["written"](chat, own, theme())
    chat.button("Remove picture.png").focus()
    press(chat, "Enter")
    expect(chat.button("Remove picture.png")).to_have_count(0)
    assert inside(chat).evaluate("document.activeElement !== document.body")


def test_the_focus_is_not_lost_when_a_quotation_is_removed(chat: ChatPage, own: OwnServer) -> None:
    SCENES["written"](chat, own, theme())
    chat.button("Remove quotation").focus()
    press(chat, "Enter")
    expect(chat.button("Remove quotation")).to_have_count(0)
    assert inside(chat).evaluate("document.activeElement !== document.body")


@pytest.mark.parametrize("name", ["A hotel", "Retry", "Submit"])
def test_the_focus_is_not_lost_when_something_is_sent(chat: ChatPage, own: OwnServer, name: str) -> None:
    failed = {"type": "error", "code": "custom", "message": "It failed.", "allow_retry": True}
    own.plays(done(item("structured_input", "ask_1", inputs=QUESTIONS, status="pending")), failed)
    own.turns(done(item("structured_input", "ask_1", inputs=QUESTIONS, status="skipped")), done(answered("Hello")))
    chat.open("{ startScreen: { prompts: [{ label: 'A hotel', prompt: 'Find one' }] } }", api=own.api)
    chat.button("A hotel").focus()
    press(chat, "Enter")
    chat.button("Retry").wait_for()
    if name != "A hotel":
        chat.button(name).focus()
        press(chat, "Enter")
        expect(chat.items("assistant_message")).to_contain_text("Hello")
    expect(chat.frame.locator(".log")).to_be_focused()


def test_the_history_leads_back_to_its_button(chat: ChatPage, own: OwnServer) -> None:
    SCENES["history"](chat, own, theme())
    press(chat, "Escape")
    expect(chat.frame.get_by_role("dialog")).to_have_count(0)
    expect(chat.button("Chat history")).to_be_focused()


def test_the_history_is_opened_and_a_thread_chosen(chat: ChatPage, own: OwnServer) -> None:
    own.answers["threads.list"] = [{"data": [THREAD], "has_more": False}]
    own.answers["threads.get_by_id"] = [{**THREAD, "items": {"data": [answered("Hello")], "has_more": False}}]
    start(chat, own, theme())
    chat.button("Chat history").focus()
    press(chat, "Enter")
    thread = chat.frame.get_by_role("dialog").get_by_role("button", name="Talk")
    thread.wait_for()
    assert focused(chat) == "Close history"
    press(chat, "Tab")
    expect(thread).to_be_focused()
    press(chat, "Enter")
    expect(chat.items("assistant_message")).to_contain_text("Hello")


@pytest.mark.parametrize("name", ["Rename thread", "Delete thread"])
def test_what_is_begun_with_a_thread_can_be_left(chat: ChatPage, own: OwnServer, name: str) -> None:
    SCENES["history"](chat, own, theme())
    chat.button(name).first.focus()
    press(chat, "Enter")
    chat.button("Cancel").focus()
    press(chat, "Enter")
    expect(chat.button(name).first).to_be_focused()


def test_a_thread_is_renamed(chat: ChatPage, own: OwnServer) -> None:
    SCENES["history"](chat, own, theme())
    own.answers["threads.update"] = [{**THREAD, "title": "Other"}]
    chat.button("Rename thread").first.focus()
    press(chat, "Enter")
    chat.page.keyboard.type("Other")
    press(chat, "Enter")
    expect(chat.frame.get_by_label("New title")).to_have_count(0)
    assert own.asked[-2]["params"] == {"thread_id": "thr_0", "title": "Other"}
    assert inside(chat).evaluate("document.activeElement.closest('dialog') !== null")


def test_questions_are_answered(chat: ChatPage, own: OwnServer) -> None:
    load(chat, own, item("structured_input", inputs=QUESTIONS, status="pending"))
    own.turns(done(answered("Thank you", "it_2")))
    chat.frame.get_by_role("radio", name="Now").focus()
    press(chat, "ArrowDown", "ArrowUp", "Tab", "Tab", "Space", "Tab", "Tab", "Tab")
    chat.page.keyboard.type("+44 1")
    press(chat, "Tab")
    assert focused(chat) == "Submit"
    press(chat, "Enter")
    expect(chat.items("assistant_message")).to_contain_text("Thank you")
    sent = own.asked[-1]["params"]["input"]["answers"]
    assert {name: answer["values"] for name, answer in sent.items()} == {
        "when": ["Now"],
        "how": ["Mail"],
        "number": ["+44 1"],
    }


def test_a_form_of_a_widget_is_filled_in(chat: ChatPage, own: OwnServer) -> None:
    confirm = {"label": "Create task", "action": {"type": "create", "handler": "client"}}
    said = "widgets: { onAction: async (action) => { window.action = action; } }"
    load(chat, own, item("widget", widget={**FORM, "confirm": confirm}), options=said)
    chat.frame.get_by_label("Notes").focus()
    chat.page.keyboard.type("Twice")
    press(chat, "Tab")
    chat.page.keyboard.type("Ada")
    expect(chat.frame.get_by_role("combobox")).to_have_value("ada")
    chat.frame.get_by_label("Remind me the day before").focus()
    press(chat, "Space", "Tab", "ArrowLeft")
    expect(chat.frame.get_by_role("radio", name="Small")).to_be_checked()
    press(chat, "Tab", "Tab")
    assert focused(chat) == "Create task"
    press(chat, "Enter")
    chat.page.wait_for_function("window.action")
    payload = chat.page.evaluate("action.payload")
    assert (payload["task"]["notes"], payload["who"], payload["remind"], payload["size"]) == (
        "Twice",
        "ada",
        False,
        "s",
    )
