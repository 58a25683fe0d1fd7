"""Attachments: the three ways of uploading, what hinders it, and what a person sees of it."""

import base64
from collections.abc import Iterator

import pytest
from msgspec import to_builtins
from playwright.sync_api import FilePayload, Locator, expect
from support.chat_page import ChatPage, Json

from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.browser

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF: FilePayload = {"name": "notes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 notes"}
PNG: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": PIXEL}
TEXT: FilePayload = {"name": "words.txt", "mimeType": "text/plain", "buffer": b"words"}
ENABLED = "{ composer: { attachments: { enabled: true } } }"
# Lets a file fall onto an element, or be pasted into it, as a browser would.
TRANSFER = """(target, [kind, name, type]) => {
  const data = new DataTransfer();
  if (name) data.items.add(new File(["%PDF"], name, { type }));
  const more = { bubbles: true, cancelable: true };
  target.dispatchEvent(kind === "drop"
    ? new DragEvent("drop", { ...more, dataTransfer: data })
    : new ClipboardEvent("paste", { ...more, clipboardData: data }));
}"""


@pytest.fixture(scope="module")
def mock() -> Iterator[ChatKitMock]:
    """An emulator that serves custom mode too."""
    with ChatKitMock(custom_mode=True) as started:
        yield started


def limited(limits: str) -> str:
    """Options with limits."""
    return f"{{ composer: {{ attachments: {{ enabled: true, {limits} }} }} }}"


def custom(chat: ChatPage, strategy: str = "", *, fetch: str = "") -> str:
    """The API of custom mode at the emulator."""
    return f"{{ url: '{chat.mock.url}/v1/chatkit/conversation', domainKey: 'key', {strategy} {fetch} }}"


def attach(chat: ChatPage, *files: FilePayload) -> None:
    """Choose files."""
    chat.frame.locator("input[type=file]").set_input_files(list(files))


def chips(chat: ChatPage) -> Locator:
    """The files in the composer."""
    return chat.frame.locator("form.composer").get_by_role("list", name="Attachments").get_by_role("listitem")


def sent_files(chat: ChatPage) -> list[str]:
    """The ids that went with the first message."""
    (sent,) = chat.bodies("threads.create")
    found: list[str] = sent["input"]["attachments"]
    return found


def kept_files(chat: ChatPage) -> list[str]:
    """The ids of the files that the server keeps with the first message."""
    thread = chat.mock.threads.get(chat.wait_for("thread.change")["threadId"])
    return [each["id"] for each in to_builtins(thread.items[0])["attachments"]]


def test_there_is_no_button_unless_uploads_are_enabled(chat: ChatPage) -> None:
    chat.open()
    expect(chat.button("Send message")).to_be_visible()
    expect(chat.button("Attach files")).to_have_count(0)


def test_the_button_lets_one_choose_files(chat: ChatPage) -> None:
    chat.open(ENABLED)
    with chat.page.expect_file_chooser() as asked:
        chat.button("Attach files").click()
    assert asked.value.is_multiple()
    asked.value.set_files([PDF, PNG])
    expect(chips(chat)).to_have_text(["notes.pdf", "photo.png"])


def test_a_file_is_uploaded_and_goes_with_the_message(chat: ChatPage) -> None:
    chat.open(ENABLED)
    attach(chat, PDF)
    expect(chat.button("Remove notes.pdf")).to_be_visible()
    chat.ask("Read this")
    expect(chips(chat)).to_have_count(0)
    expect(chat.items("user_message").get_by_role("listitem")).to_contain_text("notes.pdf")
    assert kept_files(chat) == sent_files(chat) != []
    assert chat.events("log")[0][1]["data"] == {"text": "Read this", "attachmentsCount": 1}


def test_a_file_alone_is_a_message(chat: ChatPage) -> None:
    chat.open(ENABLED)
    attach(chat, PDF)
    expect(chat.button("Send message")).to_be_enabled()
    chat.button("Send message").click()
    expect(chat.items("user_message")).to_contain_text("notes.pdf")
    assert chat.bodies("threads.create")[0]["input"]["content"] == []


def test_an_image_is_shown(chat: ChatPage) -> None:
    chat.open(ENABLED)
    attach(chat, PNG)
    assert str(chips(chat).locator("img").get_attribute("src")).startswith("blob:")
    chat.ask("Look")
    picture = chat.items("user_message").get_by_role("img", name="photo.png")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1)


def test_an_upload_takes_its_time(chat: ChatPage) -> None:
    chat.open(ENABLED)
    with chat.mock.faults.add("files.upload", delay="20s"):
        attach(chat, PDF)
        expect(chat.frame.get_by_role("progressbar", name="Uploading notes.pdf")).to_be_visible()
        chat.field.fill("Wait for it")
        expect(chat.button("Send message")).to_be_disabled()
        chat.field.press("Enter")
        expect(chat.field).to_have_value("Wait for it")
        chat.button("Remove notes.pdf").click()
        expect(chips(chat)).to_have_count(0)
        expect(chat.button("Send message")).to_be_enabled()
    assert chat.bodies("attachments.delete") == []


def test_a_file_that_is_removed_is_deleted(chat: ChatPage) -> None:
    chat.open(ENABLED)
    attach(chat, PDF, PNG)
    expect(chat.frame.get_by_role("progressbar")).to_have_count(0)
    chat.button("Remove notes.pdf").click()
    expect(chips(chat)).to_have_text(["photo.png"])
    chat.ask("Look")
    (deleted,) = chat.bodies("attachments.delete")
    assert deleted["attachment_id"] not in sent_files(chat)
    assert len(sent_files(chat)) == 1


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ("maxSize: 5", "notes.pdf is too large."),
        ("maxSize: { 'application/*': 5 }", "notes.pdf is too large."),
        ("maxSize: { 'image/*': 5000, '*': 5 }", "notes.pdf is too large."),
        ("maxSize: { 'image/*': 5000, '': 5 }", "notes.pdf is too large."),
        ("maxCount: 0", "You can attach up to 0 files."),
        ("accept: { 'image/*': ['.png'] }", "Files like notes.pdf"),
    ],
)
def test_a_file_beyond_the_limits_is_told_of(chat: ChatPage, limits: str, words: str) -> None:
    chat.open(limited(limits))
    attach(chat, PDF)
    expect(chat.frame.get_by_role("alert")).to_contain_text(words)
    expect(chips(chat)).to_have_count(0)
    assert "files.upload" not in {record.operation for record in chat.mock.journal.requests()}


@pytest.mark.parametrize(
    "limits",
    [
        "maxSize: 14",
        "maxSize: { 'application/pdf': 14, '*': 1 }",
        "maxSize: { 'image/*': 1 }",
        "maxCount: 1",
        "accept: { 'application/pdf': [] }",
        "accept: { 'application/*': [] }",
        "accept: { 'text/x-notes': ['.PDF'] }",
        "accept: { '*/*': [] }",
    ],
)
def test_a_file_within_the_limits_is_taken(chat: ChatPage, limits: str) -> None:
    chat.open(limited(limits))
    attach(chat, PDF)
    expect(chips(chat)).to_have_text(["notes.pdf"])
    expect(chat.frame.get_by_role("alert")).to_have_count(0)
    expect(chat.button("Send message")).to_be_enabled()


def test_files_are_counted_together(chat: ChatPage) -> None:
    chat.open(limited("maxCount: 2"))
    attach(chat, PDF)
    attach(chat, PNG, TEXT)
    expect(chat.frame.get_by_role("alert")).to_have_text("You can attach up to 2 files.")
    expect(chips(chat)).to_have_text(["notes.pdf", "photo.png"])


def test_the_file_chooser_knows_what_is_accepted(chat: ChatPage) -> None:
    chat.open(limited("accept: { 'image/*': ['.png', '.jpg'], 'application/pdf': ['.pdf'] }"))
    field = chat.frame.locator("input[type=file]")
    expect(field).to_have_attribute("accept", "image/*,.png,.jpg,application/pdf,.pdf")


def test_a_type_the_server_refuses_is_told_of_at_the_file(chat: ChatPage) -> None:
    chat.open(ENABLED)
    attach(chat, TEXT)
    expect(chips(chat).get_by_role("alert")).to_contain_text("be uploaded here.")
    assert "Request failed with status 400" in chat.wait_for("error")["error"]
    chat.ask("Without it")
    assert sent_files(chat) == []


def test_uploads_that_the_session_does_not_allow_are_told_of(chat: ChatPage) -> None:
    chat.open(ENABLED, chatkit_configuration={})
    attach(chat, PDF)
    expect(chips(chat).get_by_role("alert")).to_contain_text("be uploaded here.")


@pytest.mark.parametrize("fault", [{"error": 500}, {"drop": True}, {"malformed": 0}])
def test_an_upload_that_fails_is_told_of(chat: ChatPage, fault: Json) -> None:
    chat.open(ENABLED)
    chat.mock.faults.add("files.upload", **fault)
    attach(chat, PDF)
    expect(chips(chat).get_by_role("alert")).to_be_visible()
    chat.wait_for("error")
    chat.button("Remove notes.pdf").click()
    expect(chips(chat)).to_have_count(0)
    chat.ask("Go on")
    assert chat.bodies("attachments.delete") == []


def test_an_expired_secret_is_renewed_for_an_upload(chat: ChatPage) -> None:
    chat.open(ENABLED)
    chat.wait_for("ready")
    chat.page.wait_for_function("secrets.length === 1")
    chat.mock.clock.shift(minutes=11)
    attach(chat, PDF)
    expect(chat.button("Send message")).to_be_enabled()
    assert len(chat.page.evaluate("secrets")) == 2


def test_a_file_can_be_dropped(chat: ChatPage) -> None:
    chat.open(ENABLED)
    chat.frame.get_by_role("heading", name="What can I help with today?").evaluate(
        TRANSFER, ["drop", "dropped.pdf", "application/pdf"]
    )
    expect(chips(chat)).to_have_text(["dropped.pdf"])


def test_a_file_can_be_pasted(chat: ChatPage) -> None:
    chat.open(ENABLED)
    chat.field.evaluate(TRANSFER, ["paste", "pasted.pdf", "application/pdf"])
    expect(chips(chat)).to_have_text(["pasted.pdf"])


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_without_uploads_files_are_left_alone(chat: ChatPage, kind: str) -> None:
    chat.open()
    chat.field.evaluate(TRANSFER, [kind, "a.pdf", "application/pdf"])
    chat.field.fill("Still here")
    expect(chips(chat)).to_have_count(0)
    expect(chat.frame.get_by_role("alert")).to_have_count(0)


def test_files_are_given_back_with_a_refused_draft(chat: ChatPage) -> None:
    chat.open(ENABLED)
    attach(chat, PNG)
    chat.field.fill("Look")
    expect(chat.button("Send message")).to_be_enabled()
    with chat.mock.faults.add("conversation.threads.create", error=429):
        chat.field.press("Enter")
        expect(chat.frame.get_by_role("alert")).to_be_visible()
    expect(chips(chat)).to_have_text(["photo.png"])
    chat.field.press("Enter")
    expect(chat.items("user_message").get_by_role("img", name="photo.png")).to_be_visible()
    assert len(chat.bodies("threads.create")) == 2


def test_custom_mode_uploads_directly(chat: ChatPage) -> None:
    strategy = f"uploadStrategy: {{ type: 'direct', uploadUrl: '{chat.mock.url}/v1/chatkit/files' }},"
    fetching = "fetch: (url, init) => { (window.fetched ??= []).push([url, init.method]); return fetch(url, init); }"
    chat.open(ENABLED, api=custom(chat, strategy, fetch=fetching))
    attach(chat, PNG)
    expect(chat.button("Send message")).to_be_enabled()
    chat.ask("Look")
    assert kept_files(chat) == sent_files(chat) != []
    assert [f"{chat.mock.url}/v1/chatkit/files", "POST"] in chat.page.evaluate("fetched")


def test_custom_mode_uploads_in_two_phases(chat: ChatPage) -> None:
    chat.open(ENABLED, api=custom(chat, "uploadStrategy: { type: 'two_phase' },"))
    attach(chat, PDF)
    expect(chat.button("Send message")).to_be_enabled()
    chat.ask("Read")
    (made,) = chat.bodies("attachments.create")
    assert made == {"name": "notes.pdf", "size": 14, "mime_type": "application/pdf"}
    assert kept_files(chat) == sent_files(chat) != []
    chat.mock.journal.assert_order("conversation.attachments.create", "files.put", "conversation.threads.create")


@pytest.mark.parametrize("operation", ["conversation.attachments.create", "files.put"])
def test_either_phase_may_fail(chat: ChatPage, operation: str) -> None:
    chat.open(ENABLED, api=custom(chat, "uploadStrategy: { type: 'two_phase' },"))
    chat.mock.faults.add(operation, error=500)
    attach(chat, PDF)
    expect(chips(chat).get_by_role("alert")).to_be_visible()
    chat.wait_for("error")


def test_an_announced_file_that_is_removed_is_deleted(chat: ChatPage) -> None:
    chat.open(ENABLED, api=custom(chat, "uploadStrategy: { type: 'two_phase' },"))
    chat.mock.faults.add("files.put", delay="20s")
    with chat.page.expect_request(lambda asked: asked.method == "PUT"):
        attach(chat, PDF)
    with chat.page.expect_request(lambda asked: "attachments.delete" in (asked.post_data or "")):
        chat.button("Remove notes.pdf").click()
    expect(chips(chat)).to_have_count(0)


def test_a_direct_upload_can_be_removed_midway(chat: ChatPage) -> None:
    strategy = f"uploadStrategy: {{ type: 'direct', uploadUrl: '{chat.mock.url}/v1/chatkit/files' }},"
    chat.open(ENABLED, api=custom(chat, strategy))
    chat.mock.faults.add("files.upload", delay="20s")
    with chat.page.expect_event("requestfailed"):
        attach(chat, PDF)
        expect(chat.frame.get_by_role("progressbar", name="Uploading notes.pdf")).to_be_visible()
        chat.button("Remove notes.pdf").click()
    expect(chips(chat)).to_have_count(0)
    assert chat.events("error") == []


def test_custom_mode_needs_a_strategy(chat: ChatPage) -> None:
    chat.open(ENABLED, api=custom(chat))
    attach(chat, PDF)
    expect(chips(chat).get_by_role("alert")).to_have_text("Uploads are not set up here.")
    assert chat.wait_for("error")["error"] == "api.uploadStrategy is missing."
