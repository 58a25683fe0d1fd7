"""The same app's history, attachments and methods."""

from typing import Any

import pytest
from playwright.sync_api import expect
from support.node import NEEDS, in_both_modes, only_custom
from support.shop_chat import GREETING, Chat

from mock_server.testing.clients import Mock
from mock_server.wire.chat.items import UserMessageItem

pytestmark = NEEDS

REPORT: Any = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a report"}


def thread(name: str, title: str, said: str) -> dict[str, Any]:
    """A thread of ada's in a seed, as old as it stands first."""
    items = [
        {"type": "user_message", "content": [{"type": "input_text", "text": said}]},
        {"type": "assistant_message", "content": [{"type": "output_text", "text": f"{said}? Indeed."}]},
    ]
    return {"id": name, "user": "ada", "title": title, "items": items}


@pytest.fixture(autouse=True)
def threads(chatkit_mock: Mock) -> None:
    """Two threads of the user's, and one of somebody else's."""
    chatkit_mock.load({"threads": [thread("cthr_tea", "About tea", "Tea"), thread("cthr_rain", "About rain", "Rain")]})
    chatkit_mock.load({"threads": [{**thread("cthr_eve", "A secret", "Hush"), "user": "eve"}]})


# History.


@in_both_modes
def test_opens_an_older_thread(chat: Chat) -> None:
    chat.open()
    chat.button("Chat history").click()
    expect(chat.history).to_be_visible()
    expect(chat.history.get_by_text("A secret")).to_have_count(0)
    chat.history.get_by_role("button", name="About tea", exact=True).click()
    expect(chat.answers).to_contain_text("Tea? Indeed.")
    expect(chat.history).to_have_count(0)
    expect(chat.frame.get_by_role("heading", name="About tea", level=1)).to_be_visible()
    chat.ask("And milk", "And milk")
    assert chat.bodies("threads.add_user_message")[0]["thread_id"] == "cthr_tea"
    names = ["onHistoryOpen", "onThreadLoadStart", "onThreadLoadEnd", "onThreadChange", "onHistoryClose"]
    assert sorted(chat.names(*names)) == sorted(names)
    assert chat.events("onThreadLoadEnd")[0]["detail"] == {"threadId": "cthr_tea"}
    assert chat.names("onThreadLoadStart", "onThreadLoadEnd") == ["onThreadLoadStart", "onThreadLoadEnd"]


@in_both_modes
def test_renames_a_thread(chat: Chat, chatkit_mock: Mock) -> None:
    chat.open()
    chat.button("Chat history").click()
    row = chat.history.get_by_role("listitem").filter(has_text="About tea")
    row.get_by_role("button", name="Rename thread").click()
    title = chat.history.get_by_role("textbox")
    title.fill("About milk")
    title.press("Enter")
    expect(chat.history.get_by_role("button", name="About milk", exact=True)).to_be_visible()
    assert chatkit_mock.threads.get("cthr_tea").title == "About milk"
    assert chat.bodies("threads.update") == [{"thread_id": "cthr_tea", "title": "About milk"}]


@in_both_modes
def test_deletes_a_thread(chat: Chat, chatkit_mock: Mock) -> None:
    chat.open()
    chat.button("Chat history").click()
    row = chat.history.get_by_role("listitem").filter(has_text="About tea")
    row.get_by_role("button", name="Delete thread").click()
    row.get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)
    expect(chat.history.get_by_role("button", name="About rain", exact=True)).to_be_visible()
    assert [each.id for each in chatkit_mock.threads.list(user="ada")] == ["cthr_rain"]
    assert chat.bodies("threads.delete") == [{"thread_id": "cthr_tea"}]


def test_closes_the_history(chat: Chat) -> None:
    chat.open()
    chat.call("showHistory")
    expect(chat.history).to_be_visible()
    chat.call("hideHistory")
    expect(chat.history).to_have_count(0)
    chat.button("Chat history").click()
    chat.button("Close history").click()
    expect(chat.history).to_have_count(0)
    chat.page.wait_for_function("window.events.filter((each) => each.name === 'onHistoryClose').length === 2")
    assert chat.names("onHistoryOpen", "onHistoryClose") == ["onHistoryOpen", "onHistoryClose"] * 2
    expect(chat.frame.get_by_role("heading", name=GREETING)).to_be_visible()


def test_begins_with_a_thread(chat: Chat) -> None:
    chat.open(thread="cthr_rain")
    expect(chat.answers).to_contain_text("Rain? Indeed.")
    chat.wait_for_event("onThreadLoadEnd")
    told = chat.events("onThreadLoadStart", "onThreadLoadEnd")
    assert [each["detail"] for each in told] == [{"threadId": "cthr_rain"}] * 2


def test_leaves_a_thread_that_still_loads(chat: Chat, chatkit_mock: Mock) -> None:
    chatkit_mock.faults.add("conversation.threads.get_by_id", delay=1, times=1)
    chat.open()
    chat.button("Chat history").click()
    chat.history.get_by_role("button", name="About tea", exact=True).click()
    expect(chat.history).to_have_count(0)
    chat.button("New chat").click()
    expect(chat.frame.get_by_role("heading", name=GREETING)).to_be_visible()
    chat.wait_for_event("onThreadLoadEnd")
    expect(chat.answers).to_have_count(0)
    assert [each["detail"]["threadId"] for each in chat.events("onThreadChange")] == ["cthr_tea", None]


# Attachments.


def attach(chat: Chat) -> None:
    """Choose a file, as a user does."""
    with chat.page.expect_file_chooser() as chosen:
        chat.button("Attach files").click()
    chosen.value.set_files(REPORT)


def uploads_and_sends(chat: Chat, mock: Mock) -> None:
    """A file goes up, slowly enough to be seen, and along with a message."""
    mock.faults.add("files", delay=0.5, times=1)
    mock.reply({"attachment": True}, "I have read {{#attachments}}{{name}}{{/attachments}}.")
    attach(chat)
    progress = chat.frame.get_by_role("progressbar", name="Uploading report.pdf")
    expect(progress).to_be_visible()
    expect(progress).to_have_count(0)
    attachments = chat.frame.get_by_role("list", name="Attachments")
    expect(attachments.get_by_role("listitem")).to_contain_text("report.pdf")
    expect(chat.button("Remove report.pdf")).to_be_visible()
    chat.ask("Read it", "I have read report.pdf.")
    expect(chat.questions).to_contain_text("report.pdf")
    expect(attachments).to_have_count(0)
    (file_id,) = mock.journal.last("conversation.threads.create").request.body["params"]["input"]["attachments"]
    message = mock.threads.get(chat.events("onThreadChange")[-1]["detail"]["threadId"]).items[0]
    assert isinstance(message, UserMessageItem)
    assert [(each.id, each.name) for each in message.attachments] == [(file_id, "report.pdf")]


@in_both_modes
def test_uploads_a_file_and_sends_it(chat: Chat, chatkit_mock: Mock) -> None:
    chat.open()
    uploads_and_sends(chat, chatkit_mock)
    assert ("attachments.create" in chat.operations()) == (chat.mode == "custom")
    chatkit_mock.journal.assert_called("files.upload" if chat.mode == "hosted" else "files.put", times=1)


@only_custom
def test_uploads_a_file_in_one_step(chat: Chat, chatkit_mock: Mock) -> None:
    chat.open(upload="direct")
    uploads_and_sends(chat, chatkit_mock)
    sent = chatkit_mock.journal.last("files.upload").request
    assert sent.headers["x-mock-user"] == "ada"


@in_both_modes
def test_removes_an_attachment(chat: Chat) -> None:
    chat.open()
    attach(chat)
    chat.button("Remove report.pdf").click()
    expect(chat.frame.get_by_role("list", name="Attachments")).to_have_count(0)
    chat.ask("Nothing", "Nothing")
    assert chat.bodies("threads.create")[0]["input"]["attachments"] == []


# Methods.


def test_does_what_the_page_asks_for(chat: Chat, chatkit_mock: Mock) -> None:
    chatkit_mock.reply({"action": "ping"}, "Pong.")
    chat.open()
    chat.call("setThreadId", "cthr_tea")
    expect(chat.answers).to_contain_text("Tea? Indeed.")
    chat.call("sendUserMessage", {"text": "From the page"})
    expect(chat.answers.filter(has_text="From the page")).to_be_visible()
    chat.settle()
    chat.call("sendCustomAction", {"type": "ping", "payload": {"n": 1}})
    expect(chat.answers.filter(has_text="Pong.")).to_be_visible()
    chat.settle()
    chat.call("setThreadId", None)
    expect(chat.frame.get_by_role("heading", name=GREETING)).to_be_visible()
    assert [each["detail"]["threadId"] for each in chat.events("onThreadChange")] == ["cthr_tea", None]
    (action,) = chat.bodies("threads.custom_action")
    assert (action["thread_id"], action["action"]["payload"]) == ("cthr_tea", {"n": 1})


def test_fills_and_focuses_the_composer(chat: Chat) -> None:
    chat.open()
    chat.call("setComposerValue", {"text": "A draft"})
    expect(chat.composer).to_have_value("A draft")
    chat.call("focusComposer")
    chat.page.keyboard.press("Enter")
    expect(chat.questions).to_contain_text("A draft")
    chat.settle()


@in_both_modes
def test_fetches_what_happened_elsewhere(chat: Chat, chatkit_mock: Mock) -> None:
    chat.open(thread="cthr_tea")
    expect(chat.answers).to_have_count(1)
    with chatkit_mock.openai() as client:
        session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    elsewhere = chatkit_mock.secret(session)
    elsewhere.thread_id = "cthr_tea"
    elsewhere.send("From elsewhere")
    chat.call("fetchUpdates")
    expect(chat.answers.filter(has_text="From elsewhere")).to_be_visible()
