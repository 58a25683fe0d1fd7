"""What the same app shows when things go wrong."""

import re

from playwright.sync_api import expect
from support.node import NEEDS, in_both_modes
from support.shop import Shop
from support.shop_chat import TOLD, Chat

from mock_server.testing import connect
from mock_server.testing.clients import Mock
from mock_server.workflows.catalog import ANY

pytestmark = NEEDS

TOO_MANY = re.compile("You.ve sent too many requests. Please try again later.")
SLOW = {"message": {"text": "One word and another in the end", "stream": {"by": "words", "every": "200ms"}}}
# What browsers say of a connection that breaks; Chromium blames the permission to get here, which is there.
LOST = "net::ERR_|address space|CORS request did not succeed"


# Errors that the server tells of.


@in_both_modes
def test_offers_to_try_again(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = [TOLD]
    chatkit_mock.reply("break", "One moment.", {"error": {"message": "Out of order.", "allow_retry": True}})
    chat.open().say("Break")
    alert = chat.frame.get_by_role("alert").filter(has_text="Out of order.")
    expect(alert).to_be_visible()
    chat.settle()
    assert chat.names("onResponseEnd") == ["onResponseEnd"]
    chatkit_mock.workflows.add(ANY, {"default": [{"message": "Now it works."}]})
    alert.get_by_role("button", name="Retry").click()
    expect(chat.answers).to_contain_text("Now it works.")
    expect(alert).to_have_count(0)
    assert chat.operations() == ["threads.create", "threads.retry_after_item"]


def test_an_error_without_retry_offers_none(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = [TOLD]
    chatkit_mock.reply("break", {"error": {"message": "Out of order.", "allow_retry": False}})
    chat.open().say("Break")
    alert = chat.frame.get_by_role("alert").filter(has_text="Out of order.")
    expect(alert).to_be_visible()
    expect(alert.get_by_role("button", name="Retry")).to_have_count(0)


@in_both_modes
def test_says_when_there_are_too_many_requests(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = ["status of 429", TOLD]
    chatkit_mock.faults.add("conversation.threads.create", error=429, retry_after=1, times=1)
    chat.open().say("Hello")
    expect(chat.frame.get_by_role("alert").filter(has_text=TOO_MANY)).to_be_visible()
    expect(chat.composer).to_have_value("Hello")
    chat.ask("Once more", "Once more")


def test_says_when_a_session_is_used_up(chat: Chat, shop: Shop) -> None:
    chat.expected = ["status of 429", TOLD]
    shop.session["rate_limits"] = {"max_requests_per_1_minute": 2}
    chat.open().ask("First", "First")
    chat.ask("Second", "Second")
    chat.say("Third")
    expect(chat.frame.get_by_role("alert").filter(has_text=TOO_MANY)).to_be_visible()


def test_asks_for_another_secret_when_one_runs_out(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = ["status of 401"]
    chat.open().ask("Before", "Before")
    before = chat.seen("secrets")
    connect(chatkit_mock.url).clock.shift(minutes=11)  # of the server alone
    chat.ask("After", "After")
    (current,) = chat.seen("secrets")[len(before) :]
    assert current.startswith("ek_")
    assert set(before) == {None}
    assert chat.names("onError") == []
    chatkit_mock.journal.assert_order(
        {"operation": "conversation.threads.create", "status": 200},
        "sessions.create",
        {"operation": "conversation.threads.add_user_message", "status": 200},
    )


def test_says_when_the_same_secret_comes_back(chat: Chat, shop: Shop, chatkit_mock: Mock) -> None:
    chat.expected = ["status of 401", TOLD]
    shop.session["expires_after"] = {"anchor": "created_at", "seconds": 600}
    shop.keeps_its_session = True
    chat.open().ask("Before", "Before")
    connect(chatkit_mock.url).clock.shift(minutes=11)
    chat.say("After")
    expect(chat.frame.get_by_role("alert")).to_be_visible()
    chat.wait_for_event("onError")
    chatkit_mock.journal.assert_called("sessions.create", times=1)


def test_says_when_the_backend_gives_no_secret(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = ["status of 500", TOLD]
    chatkit_mock.faults.add("sessions.create", error=401)
    chat.open()
    chat.wait_for_event("onError")
    chat.say("Hello")
    expect(chat.frame.get_by_role("alert")).to_be_visible()
    chatkit_mock.faults.clear()
    chat.frame.get_by_role("alert").get_by_role("button", name="Retry").click()
    expect(chat.answers).to_contain_text("Hello")
    chat.settle()


def test_sends_no_secret_of_the_real_api(chat: Chat, shop: Shop) -> None:
    chat.expected = [TOLD]
    shop.secret = "ek_68f1d2c3a4b58190a1b2c3d4e5f60718_00eyJleHBpcmVzX2F0IjogOTk5OTk5OTk5OX0="
    chat.open().say("Hello")
    expect(chat.frame.get_by_role("alert")).to_contain_text("emulator")
    assert chat.sent == []


# Connections that break.


@in_both_modes
def test_answers_again_after_a_stream_that_broke_off(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = [TOLD, LOST]
    chatkit_mock.reply("slowly", SLOW)
    chatkit_mock.faults.add("conversation.threads.create", cut=8, times=1)
    chat.open().say("Slowly")
    expect(chat.answers).to_contain_text("One word")
    alert = chat.frame.get_by_role("alert")
    alert.get_by_role("button", name="Retry").click()
    expect(chat.answers).to_contain_text("in the end")
    expect(chat.answers).to_have_count(1)
    expect(alert).to_have_count(0)
    chat.settle()
    assert chat.operations() == ["threads.create", "threads.retry_after_item"]


def test_sends_again_what_broke_off_at_once(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = [TOLD, LOST]
    chat.open().ask("First", "First")
    chatkit_mock.faults.add("conversation.threads.add_user_message", cut=0, times=1)
    chat.say("Second")
    chat.frame.get_by_role("alert").get_by_role("button", name="Retry").click()
    expect(chat.answers.filter(has_text="Second")).to_be_visible()
    expect(chat.answers.filter(has_text="First")).to_be_visible()
    expect(chat.questions.filter(has_text="Second")).to_have_count(1)
    chat.settle()


@in_both_modes
def test_offers_to_try_again_when_the_server_is_gone(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = [TOLD, LOST]
    fault = chatkit_mock.faults.add("conversation.threads.create", drop=True)
    chat.open().say("Hello")
    retry = chat.frame.get_by_role("alert").get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    fault.remove()
    retry.click()
    expect(chat.answers).to_contain_text("Hello")
    chat.settle()
    expect(chat.questions).to_have_count(1)


def test_goes_on_after_a_message_that_was_lost(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = [TOLD, LOST]
    with chatkit_mock.faults.add("conversation.threads.create", drop=True):
        chat.open().say("Lost")
        expect(chat.frame.get_by_role("alert")).to_be_visible()
    chat.ask("Found", "Found")
    expect(chat.questions.filter(has_text="Found")).to_have_count(1)
    chat.ask("Next", "Next")
    expect(chat.questions.filter(has_text="Next")).to_have_count(1)
    expect(chat.questions.last).to_contain_text("Next")
    expect(chat.frame.get_by_role("alert")).to_have_count(0)


@in_both_modes
def test_tries_again_by_itself_after_a_passing_failure(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = ["status of 500"]
    chatkit_mock.faults.add("conversation.threads.create", error=500, times=1)
    chat.open().ask("Hello", "Hello")
    assert chat.operations() == ["threads.create", "threads.create"]
    expect(chat.questions).to_have_count(1)
    assert chat.names("onError") == []


def test_a_refused_prompt_is_no_error_of_the_page(chat: Chat, chatkit_mock: Mock) -> None:
    chat.expected = ["status of 429", TOLD]
    chatkit_mock.faults.add("conversation.threads.create", error=429, times=1)
    chat.open().button("Where is my order?").click()
    expect(chat.frame.get_by_role("alert").filter(has_text=TOO_MANY)).to_be_visible()
    chat.ask("By hand", "By hand")


# What an earlier page left behind.


def test_leaves_a_tool_alone_that_was_called_long_ago(chat: Chat, chatkit_mock: Mock) -> None:
    chatkit_mock.reply("dark", {"client_tool": {"name": "get_theme"}})
    chatkit_mock.reply("mind", "Good.")
    with chatkit_mock.openai() as client:
        session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    before = chatkit_mock.secret(session)
    before.send("Is it dark?")
    chat.open(thread=str(before.thread_id))
    expect(chat.questions).to_have_count(1)
    chat.ask("Never mind", "Good.")
    assert chat.seen("toolCalls") == []
    assert chat.operations() == ["threads.get_by_id", "threads.add_user_message"]


@in_both_modes
def test_says_what_is_wrong_with_the_options(chat: Chat) -> None:
    chat.expected = [TOLD, "InvalidFrameParamsError"]
    chat.page.clock.install()
    chat.open().page.evaluate("""() => {
      const element = document.createElement("openai-chatkit");
      const keep = ({ detail }) => window.events.push({ name: "told", detail: `${detail.error}` });
      element.addEventListener("chatkit.error", keep);
      element.setOptions({ api: { url: "/chatkit" } });
      document.body.append(element);
    }""")
    chat.wait_for_event("told")
    chat.page.clock.fast_forward("01:00")
    (told,) = chat.events("told")  # and of nothing else later on
    assert told["detail"].startswith("InvalidFrameParamsError: Invalid frame params: ChatKit.create():")
    assert told["detail"].endswith("at api")
