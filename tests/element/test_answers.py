"""What can be done with an answer: judge it, ask for another, copy it."""

import threading

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage
from support.own_server import OwnServer, answered, done

pytestmark = pytest.mark.browser

ACTIONS = "{ threadItemActions: { feedback: true, retry: true } }"


def test_an_answer_can_be_judged(chat: ChatPage) -> None:
    chat.open(ACTIONS, script={"default": [{"message": "One"}, {"message": "Two"}]})
    chat.ask("Hi")
    chat.button("Good response").click()
    expect(chat.frame.get_by_role("button", name="Good response", pressed=True)).to_be_visible()
    chat.button("Bad response").click()
    expect(chat.frame.get_by_role("button", name="Good response", pressed=True)).to_have_count(0)
    ids = [chat.items("assistant_message").nth(place).get_attribute("data-item-id") for place in range(2)]
    told = [(sent["item_ids"], sent["kind"]) for sent in chat.bodies("items.feedback")]
    assert told == [(ids, "positive"), (ids, "negative")]


def test_a_judgement_that_is_not_taken_is_not_shown(chat: ChatPage) -> None:
    chat.open(ACTIONS, script={"default": [{"message": "One"}]})
    chat.ask("Hi")
    chat.mock.faults.add("conversation.items.feedback", error=500)
    chat.button("Good response").click()
    expect(chat.frame.get_by_role("alert")).to_have_text("Something went wrong. Please try again later.")
    expect(chat.frame.get_by_role("button", name="Good response", pressed=True)).to_have_count(0)


def test_an_answer_can_be_asked_for_again(chat: ChatPage) -> None:
    chat.open(ACTIONS, script={"default": [{"message": "Hello"}]})
    chat.ask("Hi")
    chat.ask("Again")
    chat.button("Retry").first.click()
    expect(chat.items("user_message")).to_have_count(1)
    expect(chat.items("assistant_message")).to_have_count(1)


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


def test_an_answer_stays_when_another_is_refused(chat: ChatPage) -> None:
    chat.open(ACTIONS, script={"default": [{"message": "Hello"}]})
    chat.ask("Hi")
    chat.mock.faults.add("conversation.threads.retry_after_item", error=429, times=1)
    chat.button("Retry").click()
    expect(chat.frame.get_by_role("alert")).to_be_visible()
    expect(chat.items("assistant_message")).to_contain_text("Hello")


def test_an_answer_can_be_copied(chat: ChatPage) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.open(script={"default": [{"message": "**One**"}, {"message": "Two"}]})
    chat.ask("Hi")
    chat.button("Copy").click()
    chat.page.wait_for_function("navigator.clipboard.readText().then((text) => text === '**One**\\n\\nTwo')")


def test_answers_have_only_the_buttons_that_are_wanted(chat: ChatPage) -> None:
    chat.open(script={"default": [{"message": "Hello"}]})
    chat.ask("Hi")
    expect(chat.log.get_by_role("button")).to_have_count(1)
    expect(chat.log.get_by_role("button", name="Copy")).to_be_visible()


def test_a_closed_threads_answers_stay_when_retried(chat: ChatPage) -> None:
    chat.open(ACTIONS, script={"default": [{"message": "Bye"}, {"close": "Solved."}]})
    chat.ask("Hi")
    expect(chat.frame.get_by_text("Solved.")).to_be_visible()
    if chat.button("Retry").count():
        chat.button("Retry").click()
    expect(chat.items("assistant_message")).to_have_count(1)
    assert chat.bodies("threads.retry_after_item") == []
