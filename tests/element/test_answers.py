"""What can be done with an answer: judge it, ask for another, copy it."""

import threading

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage
from support.open_chat import change, new_chat, play
from support.own_server import OwnServer, answered, done

pytestmark = pytest.mark.browser

ACTIONS = "{ threadItemActions: { feedback: true, retry: true } }"


def judge(chat: ChatPage, name: str) -> None:
    """Press a button of judgement, and wait until the server responds."""
    with chat.page.expect_response(lambda response: "items.feedback" in (response.request.post_data or "")):
        chat.button(name).click()


def test_an_answer_can_be_copied_and_judged(chat: ChatPage) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.open(script={"default": [{"message": "**One**"}, {"message": "Two"}]})
    chat.ask("Hi")
    expect(chat.log.get_by_role("button", name="Copy")).to_be_visible()
    expect(chat.log.get_by_role("button"), "An answer has only the buttons that are wanted").to_have_count(1)
    chat.button("Copy").click()
    chat.page.wait_for_function("navigator.clipboard.readText().then((text) => text === '**One**\\n\\nTwo')")

    change(chat, ACTIONS)
    pressed = chat.frame.get_by_role("button", name="Good response", pressed=True)
    judge(chat, "Good response")
    expect(pressed, "The judgement is shown").to_be_visible()
    judge(chat, "Bad response")
    expect(pressed, "The judgement can be changed").to_have_count(0)
    ids = [chat.items("assistant_message").nth(place).get_attribute("data-item-id") for place in range(2)]
    sent = [(body["item_ids"], body["kind"]) for body in chat.bodies("items.feedback")]
    assert sent == [(ids, "positive"), (ids, "negative")]

    chat.mock.faults.add("conversation.items.feedback", error=500)
    judge(chat, "Good response")
    expect(chat.frame.get_by_role("alert")).to_have_text("Something went wrong. Please try again later.")
    expect(pressed, "A judgement that is not taken is not shown").to_have_count(0)


def test_an_answer_can_be_asked_for_again(chat: ChatPage) -> None:
    chat.open(ACTIONS, script={"default": [{"message": "Hello"}]})
    answers, retry = chat.items("assistant_message"), chat.button("Retry")
    chat.ask("Hi")
    chat.ask("Again")
    retry.first.click()
    expect(chat.items("user_message"), "What came after the answer is dropped").to_have_count(1)
    expect(answers, "Another answer comes instead").to_have_count(1)
    chat.settle()

    new_chat(chat)
    chat.ask("Hi")
    chat.mock.faults.add("conversation.threads.retry_after_item", error=429, times=1)
    retry.click()
    expect(chat.frame.get_by_role("alert")).to_be_visible()
    expect(answers, "An answer stays when another is refused").to_contain_text("Hello")

    new_chat(chat)
    play(chat, {"message": "Bye"}, {"close": "Solved."})
    chat.ask("Hi")
    expect(chat.frame.get_by_text("Solved.")).to_be_visible()
    retries = chat.bodies("threads.retry_after_item")
    if retry.count():
        retry.click()
    chat.settle()
    expect(answers, "A closed thread's answer stays").to_have_count(1)
    assert chat.bodies("threads.retry_after_item") == retries, "A closed thread's answer is not asked for again"


def test_an_answer_is_not_dropped_while_another_streams(chat: ChatPage, own: OwnServer) -> None:
    gate = threading.Event()
    own.plays(done(answered("First", "it_1")))
    own.plays(done(answered("Second", "it_2")), gate)
    chat.open(ACTIONS, api=own.api)
    chat.ask("Hi")
    chat.say("Again")
    expect(chat.items("assistant_message")).to_have_count(2)
    if chat.button("Retry").first.is_enabled():
        chat.button("Retry").first.click()
    expect(chat.items("assistant_message")).to_have_count(2)
    gate.set()
    chat.settle()
    expect(chat.items("assistant_message")).to_have_count(2)
