"""A React app talks, in hosted and in custom mode, as its user sees it."""

from playwright.sync_api import expect
from support.node import NEEDS, in_both_modes, only_custom
from support.patience import eventually
from support.shop_chat import CDN, GREETING, Chat

from mock_server.testing.clients import Mock

pytestmark = NEEDS

TEXT = "One word comes after another, and so it goes slowly"
SLOW = {"message": {"text": TEXT, "stream": {"by": "words", "every": "300ms"}}}
FORM = {
    "type": "Card",
    "asForm": True,
    "children": [
        {"type": "Title", "value": "Where to?"},
        {"type": "Label", "value": "Street", "fieldName": "street"},
        {"type": "Input", "name": "street", "required": True},
    ],
    "confirm": {"label": "Order", "action": {"type": "order.send", "payload": {"id": 7}}},
}
SENT = {"type": "Card", "children": [{"type": "Text", "value": "On its way to {{action.payload.street}}"}]}


# The page.


@in_both_modes
def test_greets(chat: Chat) -> None:
    chat.open()
    expect(chat.frame.get_by_role("heading", name=GREETING)).to_be_visible()
    expect(chat.button("Where is my order?")).to_be_visible()
    expect(chat.frame.get_by_role("textbox")).to_have_count(1)
    expect(chat.frame.get_by_test_id("chatkit-emulator-badge")).to_have_text("Emulator")
    expect(chat.page.locator("openai-chatkit iframe")).to_have_attribute("title", "Chat")


def test_mounted_twice_it_is_there_once(chat: Chat) -> None:
    chat.open()  # React's strict mode sets the options twice
    expect(chat.page.locator("openai-chatkit iframe")).to_have_count(1)
    chat.ask("Hello", "Hello")
    assert chat.names("onReady") == ["onReady"]
    assert chat.names("onError") == []


def test_its_script_may_be_loaded_twice(chat: Chat) -> None:
    chat.open()
    chat.page.add_script_tag(url=f"{CDN}chatkit.js")
    chat.ask("Hello", "Hello")
    expect(chat.page.locator("openai-chatkit iframe")).to_have_count(1)


# Messages.


@in_both_modes
def test_sends_by_enter(chat: Chat, chatkit_mock: Mock) -> None:
    chatkit_mock.reply("refund", "It is on its way.")
    chat.open().say("A refund, please")
    expect(chat.questions).to_contain_text("A refund, please")
    expect(chat.questions.get_by_role("heading", name="You said:")).to_have_count(1)
    expect(chat.answers).to_contain_text("It is on its way.")
    expect(chat.answers.get_by_role("heading", name="The assistant said:")).to_have_count(1)
    expect(chat.composer).to_have_value("")
    expect(chat.frame.get_by_role("heading", name=GREETING)).to_have_count(0)
    sent = chatkit_mock.journal.last("conversation.threads.create")
    content = [{"type": "input_text", "text": "A refund, please"}]
    assert sent.request.body["params"]["input"]["content"] == content
    assert sent.user == "ada" if chat.mode == "hosted" else sent.request.headers["x-mock-user"] == "ada"


def test_sends_by_its_button(chat: Chat) -> None:
    chat.open()
    expect(chat.button("Send message")).to_be_disabled()
    chat.composer.fill("By mouse")
    chat.button("Send message").click()
    expect(chat.answers).to_contain_text("By mouse")


def test_breaks_the_line_by_shift_and_enter(chat: Chat) -> None:
    chat.open()
    chat.composer.press_sequentially("One")
    chat.composer.press("Shift+Enter")
    chat.composer.press_sequentially("Two")
    expect(chat.composer).to_have_value("One\nTwo")
    assert chat.sent == []


def test_sends_what_a_prompt_says(chat: Chat) -> None:
    chat.open()
    chat.button("Talk to somebody").click()
    expect(chat.questions).to_contain_text("Somebody, please")
    chat.settle()
    content = [{"type": "input_text", "text": "Somebody, please"}]
    assert [body["input"]["content"] for body in chat.bodies("threads.create")] == [content]


def test_streams_the_answer(chat: Chat, chatkit_mock: Mock) -> None:
    chatkit_mock.reply("slowly", SLOW)
    chat.open().say("Slowly")
    expect(chat.log).to_have_attribute("aria-busy", "true")
    expect(chat.answers).to_contain_text("One word")
    assert "slowly" not in chat.answers.inner_text()
    expect(chat.answers).to_contain_text("slowly")
    chat.settle()


@in_both_modes
def test_goes_on_in_the_same_thread(chat: Chat) -> None:
    chat.open().ask("First", "First")
    chat.ask("Second", "Second")
    assert chat.operations() == ["threads.create", "threads.add_user_message"]
    (changed,) = chat.events("onThreadChange")
    assert chat.bodies("threads.add_user_message")[0]["thread_id"] == changed["detail"]["threadId"]


@in_both_modes
def test_stops_where_the_server_allows_it(chat: Chat, chatkit_mock: Mock) -> None:
    chatkit_mock.reply("slowly", SLOW)
    chat.open().say("Slowly")
    expect(chat.answers).to_contain_text("One word")
    if chat.mode == "hosted":
        expect(chat.button("Stop")).to_have_count(0)
        return
    chat.button("Stop").click()
    chat.settle()
    eventually(lambda: chatkit_mock.journal.last("conversation.threads.create").outcome == "abandoned")
    chat.ask("And again", "And again")
    assert "slowly" not in chat.answers.first.inner_text()


def test_begins_a_new_thread(chat: Chat) -> None:
    chat.open().ask("First", "First")
    chat.button("New chat").click()
    expect(chat.frame.get_by_role("heading", name=GREETING)).to_be_visible()
    assert chat.events("onThreadChange")[-1]["detail"] == {"threadId": None}
    chat.ask("Second", "Second")
    assert chat.operations() == ["threads.create", "threads.create"]


@in_both_modes
def test_tells_the_page_what_happens(chat: Chat) -> None:
    chat.open().ask("Hello", "Hello")
    told = chat.events("onReady", "onLog", "onResponseStart", "onThreadChange", "onResponseEnd")
    names = [each["name"] for each in told if each["name"] != "onLog" or each["detail"]["name"] == "composer.submit"]
    assert names == ["onReady", "onLog", "onResponseStart", "onThreadChange", "onResponseEnd"]
    (submitted,) = (each for each in told if each["detail"] and each["detail"].get("name") == "composer.submit")
    assert submitted["detail"]["data"]["text"] == "Hello"


@in_both_modes
def test_gives_feedback_and_answers_again(chat: Chat) -> None:
    chat.open().ask("Hello", "Hello")
    answer = chat.answers.get_attribute("data-item-id")
    chat.button("Good response").click()
    expect(chat.button("Good response")).to_have_attribute("aria-pressed", "true")
    question = chat.questions.get_attribute("data-item-id")
    chat.button("Retry").click()
    expect(chat.log.locator(f'[data-item-id="{answer}"]')).to_have_count(0)
    expect(chat.answers).to_have_count(1)
    chat.settle()
    (feedback,) = chat.bodies("items.feedback")
    assert (feedback["kind"], feedback["item_ids"]) == ("positive", [answer])
    assert [body["item_id"] for body in chat.bodies("threads.retry_after_item")] == [question]


# Tools and widgets.


@in_both_modes
def test_answers_a_client_tool(chat: Chat, chatkit_mock: Mock) -> None:
    chatkit_mock.reply("dark", {"client_tool": {"name": "get_theme", "arguments": {"of": "page"}}})
    chatkit_mock.reply({"tool": "get_theme"}, "It is {{output.theme}}.")
    chat.open().ask("Is it dark?", "It is light.")
    assert chat.seen("toolCalls") == [{"name": "get_theme", "params": {"of": "page"}}]
    assert chat.operations() == ["threads.create", "threads.add_client_tool_output"]
    assert chat.names("onResponseStart", "onResponseEnd") == ["onResponseStart", "onResponseEnd"]


@in_both_modes
def test_submits_a_form(chat: Chat, chatkit_mock: Mock) -> None:
    chatkit_mock.reply("form", {"widget": FORM})
    chatkit_mock.reply({"action": "order.send"}, {"update_widget": {"root": SENT}}, "Thank you.")
    chat.open().say("The form")
    card = chat.items("widget")
    expect(card.get_by_text("Where to?")).to_be_visible()
    item = card.get_attribute("data-item-id")
    card.get_by_label("Street").fill("Elm Street 1")
    card.get_by_role("button", name="Order").click()
    expect(card).to_contain_text("On its way to Elm Street 1")
    expect(chat.answers).to_contain_text("Thank you.")
    chat.settle()
    (asked,) = chat.bodies("threads.custom_action")
    assert asked["item_id"] == item
    assert asked["action"]["type"] == "order.send"
    assert asked["action"]["payload"] == {"id": 7, "street": "Elm Street 1"}


def test_leaves_an_action_to_the_page(chat: Chat, chatkit_mock: Mock) -> None:
    action = {"type": "look", "payload": {"at": 1}, "handler": "client"}
    button = {"type": "Button", "label": "Look", "onClickAction": action}
    chatkit_mock.reply("button", {"widget": {"type": "Card", "children": [button]}})
    chat.open().say("A button")
    chat.items("widget").get_by_role("button", name="Look").click()
    chat.page.wait_for_function("window.actions.length")
    (seen,) = chat.seen("actions")
    assert (seen["action"]["type"], seen["action"]["payload"]) == ("look", {"at": 1})
    assert seen["item"] == chat.items("widget").get_attribute("data-item-id")
    chat.settle()
    assert chat.operations() == ["threads.create"]


# Around it.


@only_custom
def test_custom_mode_needs_no_secret(chat: Chat, chatkit_mock: Mock) -> None:
    chat.open().ask("Hello", "Hello")
    assert chat.seen("secrets") == []
    chatkit_mock.journal.assert_not_called("sessions.create")
    headers = chatkit_mock.journal.last("conversation").request.headers
    assert headers["content-type"] == "application/json"
    assert "authorization" not in headers


def test_fits_a_narrow_page(chat: Chat) -> None:
    chat.page.set_viewport_size({"width": 320, "height": 600})
    chat.open().ask("Hello", "Hello")
    frame = chat.page.frame(name="chatkit")
    assert frame is not None
    assert frame.evaluate("document.documentElement.scrollWidth") <= 320


def test_tells_the_page_of_effects_and_deep_links(chat: Chat, chatkit_mock: Mock) -> None:
    ring = {"effect": {"name": "ring", "data": {"times": 2}}}
    chatkit_mock.reply("ring", ring, "Open [the order](chatkit-link://order?id=7).")
    chat.open().ask("Ring", "Open the order.")
    chat.answers.get_by_role("link", name="the order").click()
    chat.wait_for_event("onDeeplink")
    told = [each["detail"] for each in chat.events("onEffect", "onDeeplink")]
    assert told == [{"name": "ring", "data": {"times": 2}}, {"name": "order", "data": {"id": "7"}}]


def test_may_be_taken_out_and_put_back(chat: Chat) -> None:
    chat.open().ask("Before", "Before")
    chat.page.evaluate("""() => {
      const element = document.querySelector("openai-chatkit");
      const parent = element.parentElement;
      element.remove();
      parent.append(element);
    }""")
    expect(chat.frame.get_by_role("heading", name=GREETING)).to_be_visible()
    chat.ask("After", "After")
    expect(chat.page.locator("openai-chatkit iframe")).to_have_count(1)
