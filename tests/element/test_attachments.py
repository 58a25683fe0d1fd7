"""Attachments: the three ways of uploading, what hinders it, and what a person sees of it."""

import base64
from collections.abc import Iterator

import pytest
from msgspec import to_builtins
from playwright.sync_api import FilePayload, Locator, expect
from support.chat_page import ChatPage, Json
from support.open_chat import change, forget_events, new_chat

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
    """Make options with limits."""
    return f"{{ composer: {{ attachments: {{ enabled: true, {limits} }} }} }}"


def custom(chat: ChatPage, strategy: str = "", *, fetch: str = "") -> str:
    """Make the API of custom mode at the emulator."""
    return f"{{ url: '{chat.mock.url}/v1/chatkit/conversation', domainKey: 'key', {strategy} {fetch} }}"


def attach(chat: ChatPage, *files: FilePayload) -> None:
    """Choose files."""
    chat.frame.locator("input[type=file]").set_input_files(list(files))


def remove(chat: ChatPage, name: str) -> None:
    """Remove the only file from the composer."""
    chat.button(f"Remove {name}").click()
    expect(chips(chat), f"{name} is removed").to_have_count(0)


def chips(chat: ChatPage) -> Locator:
    """Find the files in the composer."""
    return chat.frame.locator("form.composer").get_by_role("list", name="Attachments").get_by_role("listitem")


def sent_files(chat: ChatPage) -> list[str]:
    """Return the ids that went with the message of the only conversation."""
    (sent,) = chat.bodies("threads.create")
    found: list[str] = sent["input"]["attachments"]
    return found


def kept_files(chat: ChatPage) -> list[str]:
    """Return the ids of the files that the server keeps with the first message."""
    thread = chat.mock.threads.get(chat.wait_for("thread.change")["threadId"])
    return [each["id"] for each in to_builtins(thread.items[0])["attachments"]]


def test_files_are_chosen_dropped_or_pasted_once_uploads_are_enabled(chat: ChatPage) -> None:
    chat.open()
    expect(chat.button("Send message")).to_be_visible()
    expect(chat.button("Attach files"), "There is no button while uploads are off").to_have_count(0)
    for kind in ("drop", "paste"):
        chat.field.evaluate(TRANSFER, [kind, "a.pdf", "application/pdf"])
        chat.field.fill("Still here")
        expect(chips(chat), f"A {kind} attaches nothing while uploads are off").to_have_count(0)
        expect(chat.frame.get_by_role("alert"), f"A {kind} fails silently while uploads are off").to_have_count(0)

    change(chat, ENABLED)
    with chat.page.expect_file_chooser() as asked:
        chat.button("Attach files").click()
    assert asked.value.is_multiple(), "The button lets the user choose several files"
    asked.value.set_files([PDF, PNG])
    expect(chips(chat), "The files are those that were chosen").to_have_text(["notes.pdf", "photo.png"])
    chat.frame.get_by_role("heading", name="What can I help with today?").evaluate(
        TRANSFER, ["drop", "dropped.pdf", "application/pdf"]
    )
    expect(chips(chat), "A file can be dropped").to_have_text(["notes.pdf", "photo.png", "dropped.pdf"])
    chat.field.evaluate(TRANSFER, ["paste", "pasted.pdf", "application/pdf"])
    expect(chips(chat), "A file can be pasted").to_have_text(["notes.pdf", "photo.png", "dropped.pdf", "pasted.pdf"])


def test_files_go_with_the_message(chat: ChatPage) -> None:
    chat.open(ENABLED)
    attach(chat, PDF)
    expect(chat.button("Remove notes.pdf")).to_be_visible()
    expect(chat.button("Send message")).to_be_enabled()
    chat.ask("Read this")
    expect(chips(chat), "The composer lets go of a file that was sent").to_have_count(0)
    expect(chat.items("user_message").get_by_role("listitem")).to_contain_text("notes.pdf")
    assert kept_files(chat) == sent_files(chat) != [], "The uploaded file goes with the message"
    assert chat.events("log")[0][1]["data"] == {"text": "Read this", "attachmentsCount": 1}

    new_chat(chat)
    attach(chat, PNG)
    assert str(chips(chat).locator("img").get_attribute("src")).startswith("blob:"), "The composer shows the image"
    expect(chat.button("Send message")).to_be_enabled()
    chat.ask("Look")
    picture = chat.items("user_message").get_by_role("img", name="photo.png")
    expect(picture, "The message shows the image").to_be_visible()
    expect(picture, "The image in the message is whole").to_have_js_property("naturalWidth", 1)

    new_chat(chat)
    attach(chat, PDF)
    expect(chat.button("Send message"), "A file alone can be sent").to_be_enabled()
    chat.button("Send message").click()
    expect(chat.items("user_message"), "A file alone is a message").to_contain_text("notes.pdf")
    assert chat.bodies("threads.create")[2]["input"]["content"] == [], "A file alone is sent without text"


def test_a_file_can_be_removed_during_its_upload_and_after(chat: ChatPage) -> None:
    chat.open(ENABLED)
    with chat.mock.faults.add("files.upload", delay="20s"):
        attach(chat, PDF)
        expect(chat.frame.get_by_role("progressbar", name="Uploading notes.pdf")).to_be_visible()
        chat.field.fill("Wait for it")
        expect(chat.button("Send message"), "Nothing can be sent during an upload").to_be_disabled()
        chat.field.press("Enter")
        expect(chat.field, "Enter sends nothing during an upload").to_have_value("Wait for it")
        remove(chat, "notes.pdf")
        expect(chat.button("Send message")).to_be_enabled()
    assert chat.bodies("attachments.delete") == [], "A file that never arrived is not deleted"

    attach(chat, PDF, PNG)
    expect(chat.frame.get_by_role("progressbar")).to_have_count(0)
    chat.button("Remove notes.pdf").click()
    expect(chips(chat)).to_have_text(["photo.png"])
    chat.ask("Look")
    (deleted,) = chat.bodies("attachments.delete")
    assert deleted["attachment_id"] not in sent_files(chat), "The file that was removed is deleted, and not sent"
    assert len(sent_files(chat)) == 1, "The file that stayed is sent"


def test_files_beyond_the_limits_are_refused(chat: ChatPage) -> None:
    chat.open()
    for limits, words in (
        ("maxSize: 5", "notes.pdf is too large."),
        ("maxSize: { 'application/*': 5 }", "notes.pdf is too large."),
        ("maxSize: { 'image/*': 5000, '*': 5 }", "notes.pdf is too large."),
        ("maxSize: { 'image/*': 5000, '': 5 }", "notes.pdf is too large."),
        ("maxCount: 0", "You can attach up to 0 files."),
        ("accept: { 'image/*': ['.png'] }", "notes.pdf has a file type that"),
    ):
        change(chat, limited(limits))
        attach(chat, PDF)
        expect(chat.frame.get_by_role("alert"), limits).to_contain_text(words)
        expect(chips(chat), limits).to_have_count(0)
        chat.frame.locator(".toasts").evaluate("(toasts) => toasts.replaceChildren()")
    assert "files.upload" not in {record.operation for record in chat.mock.journal.requests()}

    change(chat, limited("maxCount: 2"))
    attach(chat, PDF)
    attach(chat, PNG, TEXT)
    alert = chat.frame.get_by_role("alert")
    expect(alert, "Files are counted together").to_have_text("You can attach up to 2 files.")
    expect(chips(chat), "As many files are taken as may be").to_have_text(["notes.pdf", "photo.png"])


def test_files_within_the_limits_are_taken(chat: ChatPage) -> None:
    chat.open()
    for limits in (
        "maxSize: 14",
        "maxSize: { 'application/pdf': 14, '*': 1 }",
        "maxSize: { 'image/*': 1 }",
        "maxCount: 1",
        "accept: { 'application/pdf': [] }",
        "accept: { 'application/*': [] }",
        "accept: { 'text/x-notes': ['.PDF'] }",
        "accept: { '*/*': [] }",
    ):
        change(chat, limited(limits))
        attach(chat, PDF)
        expect(chips(chat), limits).to_have_text(["notes.pdf"])
        expect(chat.frame.get_by_role("alert"), limits).to_have_count(0)
        expect(chat.button("Send message"), limits).to_be_enabled()
        remove(chat, "notes.pdf")

    change(chat, limited("accept: { 'image/*': ['.png', '.jpg'], 'application/pdf': ['.pdf'] }"))
    field = chat.frame.locator("input[type=file]")
    expect(field, "The file chooser knows what is accepted").to_have_attribute(
        "accept", "image/*,.png,.jpg,application/pdf,.pdf"
    )


def test_a_failed_upload_is_reported_at_the_file(chat: ChatPage) -> None:
    chat.open(ENABLED)
    attach(chat, TEXT)
    expect(chips(chat).get_by_role("alert"), "The server refuses the type").to_contain_text("be uploaded.")
    assert "Request failed with status 400" in chat.wait_for("error")["error"]
    chat.ask("Without it")
    assert sent_files(chat) == [], "A message goes without a file that was refused"

    faults: list[Json] = [{"error": 500}, {"drop": True}, {"malformed": 0}]
    for fault in faults:
        forget_events(chat)
        with chat.mock.faults.add("files.upload", **fault):
            attach(chat, PDF)
            expect(chips(chat).get_by_role("alert"), f"The upload fails by {fault}").to_be_visible()
            chat.wait_for("error")
        remove(chat, "notes.pdf")
        chat.ask("Go on")
        assert chat.bodies("attachments.delete") == [], f"Nothing is deleted after {fault}"


def test_uploads_that_are_not_allowed_or_not_set_up_are_refused(chat: ChatPage) -> None:
    chat.open(ENABLED, chatkit_configuration={})
    attach(chat, PDF)
    alert = chips(chat).get_by_role("alert")
    expect(alert, "The session allows no uploads").to_contain_text("be uploaded.")
    chat.wait_for("error")
    remove(chat, "notes.pdf")

    forget_events(chat)
    change(chat, f"{{ api: {custom(chat)} }}")
    attach(chat, PDF)
    expect(alert, "Custom mode needs a strategy").to_have_text("File uploads are not configured.")
    assert chat.wait_for("error")["error"] == "api.uploadStrategy is missing."


def test_an_expired_secret_is_renewed_for_an_upload(chat: ChatPage) -> None:
    chat.open(ENABLED)
    chat.wait_for("ready")
    chat.page.wait_for_function("secrets.length === 1")
    chat.mock.clock.shift(minutes=11)
    attach(chat, PDF)
    expect(chat.button("Send message")).to_be_enabled()
    assert len(chat.page.evaluate("secrets")) == 2


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
    assert kept_files(chat) == sent_files(chat) != [], "The uploaded file goes with the message"
    assert [f"{chat.mock.url}/v1/chatkit/files", "POST"] in chat.page.evaluate("fetched"), "The app's fetch uploads"

    change(chat, f"{{ api: {custom(chat, strategy)} }}")
    chat.mock.faults.add("files.upload", delay="20s")
    with chat.page.expect_event("requestfailed"):
        attach(chat, PDF)
        expect(chat.frame.get_by_role("progressbar", name="Uploading notes.pdf")).to_be_visible()
        chat.button("Remove notes.pdf").click()
    expect(chips(chat), "The file can be removed during its upload").to_have_count(0)
    assert chat.events("error") == [], "A file that the user removes is no failure"


def test_custom_mode_uploads_in_two_phases(chat: ChatPage) -> None:
    chat.open(ENABLED, api=custom(chat, "uploadStrategy: { type: 'two_phase' },"))
    attach(chat, PDF)
    expect(chat.button("Send message")).to_be_enabled()
    chat.ask("Read")
    (made,) = chat.bodies("attachments.create")
    assert made == {"name": "notes.pdf", "size": 14, "mime_type": "application/pdf"}
    assert kept_files(chat) == sent_files(chat) != [], "The uploaded file goes with the message"
    chat.mock.journal.assert_order("conversation.attachments.create", "files.put", "conversation.threads.create")

    with chat.mock.faults.add("files.put", delay="20s"):
        with chat.page.expect_request(lambda asked: asked.method == "PUT"):
            attach(chat, PDF)
        with chat.page.expect_request(lambda asked: "attachments.delete" in (asked.post_data or "")):
            chat.button("Remove notes.pdf").click()
        expect(chips(chat), "An announced file can be removed").to_have_count(0)

    for operation in ("conversation.attachments.create", "files.put"):
        forget_events(chat)
        with chat.mock.faults.add(operation, error=500):
            attach(chat, PDF)
            expect(chips(chat).get_by_role("alert"), f"{operation} fails").to_be_visible()
            chat.wait_for("error")
        remove(chat, "notes.pdf")
