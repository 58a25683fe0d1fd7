"""The chat: a live session without a click, its settings, its code, and what can be done to it."""

import io
import json
import re
import shutil
import subprocess
from contextlib import redirect_stdout
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Dialog, FrameLocator, Locator, expect
from support.axe import violations
from support.dashboard_page import PHONE, Dashboard, dashboard_page
from support.tabs import Tabs

from mock_server.testing import ChatKitMock, connect

pytestmark = pytest.mark.browser

SLOW = 15_000  # milliseconds: the page reads the rarer, the slower the answers are
HOSTILE = '<img src=x onerror="alert(1)"> javascript:alert(2) \u202egnirts ' + "long " * 2000


def frame(dashboard: Dashboard) -> FrameLocator:
    """Find the element's document."""
    return dashboard.page.frame_locator("openai-chatkit iframe")


def say(dashboard: Dashboard, text: str) -> None:
    """Send a message by Enter."""
    field = frame(dashboard).locator("textarea[name=message]")
    field.fill(text)
    field.press("Enter")


def answer(dashboard: Dashboard) -> Locator:
    """Find the newest answer."""
    return frame(dashboard).locator("[data-item-type=assistant_message]").last


def opened(dashboard: Dashboard, **settings: Any) -> str:
    """Open the chat with settings in the address, and return the session's id once it can be talked with."""
    dashboard.open(f"demo?{urlencode(settings)}" if settings else "demo")
    return ready(dashboard)


def moved(dashboard: Dashboard, **settings: Any) -> str:
    """Show the chat with other settings in the open page, and return the session's id."""
    dashboard.go(f"demo?{urlencode(settings)}")
    return ready(dashboard)


def new_session(dashboard: Dashboard) -> str:
    """Begin another session with the same settings, and return its id once it can be talked with."""
    before = session_link(dashboard).inner_text()
    button(dashboard, "New session").click()
    expect(session_link(dashboard), "There is another session").not_to_have_text(before)
    return ready(dashboard)


def ready(dashboard: Dashboard) -> str:
    """Wait until the chat can be talked with, and return the session's id."""
    expect(frame(dashboard).get_by_role("textbox").first, "The chat can be talked with").to_be_visible()
    return session_link(dashboard).inner_text()


def session_link(dashboard: Dashboard) -> Locator:
    """Find the session's id."""
    return dashboard.main.get_by_role("link", name=re.compile("^cksess_"))


def button(dashboard: Dashboard, name: str) -> Locator:
    """Find a button of the view."""
    return dashboard.main.get_by_role("button", name=name, exact=True)


def prompt(dashboard: Dashboard, name: str) -> Locator:
    """Find a prompt of the start screen."""
    return frame(dashboard).get_by_role("button", name=name)


def workflows(dashboard: Dashboard) -> Locator:
    """Find the choice of a workflow."""
    return dashboard.main.get_by_role("combobox", name="Workflow", exact=True)


def event(dashboard: Dashboard, text: str | re.Pattern[str]) -> Locator:
    """Find the entries of the list of events that have this text."""
    return dashboard.main.get_by_role("list", name="Events").get_by_role("listitem").filter(has_text=text)


def shown_request(dashboard: Dashboard) -> Any:
    """Return the request that created the session, as it is shown."""
    dashboard.main.get_by_role("tab", name="JSON").click()
    return json.loads(code(dashboard))


def code(dashboard: Dashboard) -> str:
    """Return the code that is shown."""
    return dashboard.main.get_by_role("tabpanel").locator("pre").inner_text()


# The session


def test_chats_without_a_click_and_comes_back_to_the_conversation(dashboard: Dashboard) -> None:
    session = opened(dashboard)
    assert dashboard.mock.sessions.get(session).workflow == "wf_demo", "The session has the workflow of the demo"
    dashboard.mock.journal.assert_called("sessions.create", times=1, session=session)
    expect(event(dashboard, "sessions.create"), "It was created by a request, as a server does it").to_contain_text(
        "200"
    )
    prompt(dashboard, "Show me a flight").click()
    expect(answer(dashboard), "A prompt is answered").to_contain_text("Here is your flight.")
    expect(event(dashboard, "chatkit.ready"), "An event of the element is listed").to_be_visible()
    expect(event(dashboard, "chatkit.response.end"), "The end of the answer is listed").to_be_visible()
    told = event(dashboard, "conversation.threads.create")
    expect(told, "A request is listed with its status").to_contain_text("200")
    told.locator("summary").click()
    expect(told.get_by_label("Details"), "A request has details").to_contain_text(session)
    told.get_by_role("link").click()
    expect(dashboard.page, "A request is linked").to_have_url(re.compile("/dashboard/requests/default/req_"))

    ways = dashboard.page.get_by_role("navigation", name="Views")
    ways.get_by_role("link", name="Requests").click()
    expect(dashboard.main.get_by_role("heading", level=1), "Another view is shown").to_have_text("Requests")
    ways.get_by_role("link", name="Chat").click()
    expect(answer(dashboard), "The conversation is shown again").to_contain_text("Here is your flight.")
    expect(session_link(dashboard), "The session is the same").to_have_text(session)
    expect(told, "The events are still there").to_be_visible()
    assert new_session(dashboard) != session, "A new session is another"
    expect(prompt(dashboard, "Show me a flight"), "A new session has a new conversation").to_be_visible()


def test_events_can_be_cleared_and_are_limited(dashboard: Dashboard) -> None:
    session = opened(dashboard)
    expect(event(dashboard, "chatkit.ready")).to_be_visible()
    expect(event(dashboard, "sessions.create")).to_be_visible()
    button(dashboard, "Clear").click()
    expect(dashboard.main.get_by_text("Nothing yet."), "Clear empties the list").to_be_visible()
    prompt(dashboard, "Chart our sales").click()
    expect(event(dashboard, "chatkit.response.end"), "What happens next is listed").to_be_visible()
    expect(event(dashboard, "chatkit.ready"), "What was cleared stays away").to_have_count(0)

    other = dashboard.client.beta.chatkit.sessions.create(user="a", workflow={"id": "wf_1"})
    dashboard.mock.secret(other).send("elsewhere")  # of another session: not listed here
    dashboard.page.evaluate(
        """() => { for (let count = 0; count < 230; count += 1) document.querySelector("openai-chatkit")
          .dispatchEvent(new CustomEvent("chatkit.log", { detail: { name: `entry ${count}`, data: {} } })); }"""
    )
    expect(event(dashboard, "entry 229"), "The newest event is listed").to_be_visible()
    expect(event(dashboard, ""), "Two hundred events are kept").to_have_count(200)
    expect(event(dashboard, re.compile(r"entry \d\b")), "The oldest events are left out").to_have_count(0)
    assert session_link(dashboard).inner_text() == session, "The session is the same"


def test_the_card_is_live_and_an_expired_session_is_renewed(dashboard: Dashboard) -> None:
    clock = connect(dashboard.mock.url).clock  # the server's alone, not this process's
    clock.freeze()
    main = dashboard.main
    opened(dashboard)
    expect(main.get_by_role("timer"), "The whole time is left").to_have_text("10:00")
    expect(main.get_by_text("10 of 10 requests left"), "All requests are left").to_be_visible()
    clock.shift(seconds=90)
    expect(main.get_by_role("timer"), "The card follows the clock").to_have_text("8:30")
    say(dashboard, "Chart our sales")
    expect(main.get_by_text("9 of 10 requests left"), "A request is counted").to_be_visible(timeout=SLOW)
    button(dashboard, "+1 min").click()
    expect(main.get_by_role("timer"), "A button moves the clock").to_have_text("7:30")
    before = clock.now()
    button(dashboard, "Resume").click()
    expect(button(dashboard, "Freeze"), "The clock can be stopped again").to_be_visible()
    assert not clock.state().frozen, "The clock goes on"
    assert clock.now() - before < 60, "The clock does not jump"
    button(dashboard, "Cancel").click()
    expect(main.get_by_text("cancelled", exact=True), "The session is cancelled").to_be_visible()
    expect(button(dashboard, "Expire"), "A session ends once").to_be_hidden()
    assert dashboard.complaints == [], "The console is silent so far"

    first = moved(dashboard, user="grace", expires=120)
    button(dashboard, "+10 min").click()
    expect(main.get_by_text("expired", exact=True), "The session expires").to_be_visible()
    say(dashboard, "Show me a flight")
    expect(answer(dashboard), "The message is answered").to_contain_text("Here is your flight.")
    expect(session_link(dashboard), "The session is a new one").not_to_have_text(first)
    expect(main.get_by_text("active", exact=True), "The new session is active").to_be_visible()
    expect(event(dashboard, "The element requested a new client secret"), "The renewal is listed").to_be_visible()
    second = dashboard.mock.sessions.get(session_link(dashboard).inner_text())
    assert second.user == "grace", "The new session has the same user"
    assert second.expires_at - second.created_at == pytest.approx(120, abs=1), "It lasts as long"
    dashboard.forgive()  # the browser reports the 401


def test_opens_a_session_that_is_there_or_a_new_one(dashboard: Dashboard) -> None:
    made = dashboard.client.beta.chatkit.sessions.create(
        user="grace",
        workflow={"id": "wf_support"},
        chatkit_configuration={"file_upload": {"enabled": True}},
        rate_limits={"max_requests_per_1_minute": 7},
    )
    assert opened(dashboard, session=made.id, of="default") == made.id, "The session is the one in the address"
    expect(dashboard.main.get_by_text("7 of 7 requests left"), "Its limit is shown").to_be_visible()
    expect(dashboard.main.get_by_label("User", exact=True), "Its user is shown").to_have_value("grace")
    expect(event(dashboard, "sessions.create"), "Its earlier requests are listed").to_contain_text("200")
    assert shown_request(dashboard)["rate_limits"] == {"max_requests_per_1_minute": 7}, "Its request is shown"
    say(dashboard, "call me")
    expect(frame(dashboard).get_by_text("When?"), "Its workflow answers").to_be_visible()
    dashboard.mock.journal.assert_called("conversation.threads.create", session=made.id, user="grace")

    session = moved(dashboard, project="worker-1")
    say(dashboard, "Show me a flight")
    expect(answer(dashboard), "Another project answers").to_contain_text("Here is your flight.")
    expect(event(dashboard, "conversation.threads.create"), "Its requests are listed").to_be_visible()
    assert session not in [each.id for each in dashboard.mock.sessions.list()], "The session is in the other project"
    dashboard.main.get_by_role("tab", name="Python").click()
    base = f'base_url="{dashboard.mock.url}/p/worker-1/v1"'
    assert base in code(dashboard), "The code names the project"
    assert dashboard.complaints == [], "The console is silent so far"

    assert moved(dashboard, session="cksess_nowhere", of="default") != "cksess_nowhere", "A new session replaces it"
    gone = event(dashboard, "Session cksess_nowhere no longer exists")
    expect(gone, "The list says that the session is gone").to_be_visible()
    dashboard.forgive()  # the browser reports each 404


# What breaks it


def test_a_fault_can_be_taken_back_or_hits_the_next_message(dashboard: Dashboard) -> None:
    opened(dashboard)
    slow = button(dashboard, "Slow")
    slow.click()
    expect(dashboard.main.get_by_text("The response is delayed by 3 s."), "The fault is explained").to_be_visible()
    assert [rule.name for rule in dashboard.mock.faults.list()] == ["demo-slow"], "The server has the fault"
    slow.click()
    expect(slow, "The fault is taken back").to_have_attribute("aria-pressed", "false")
    assert dashboard.mock.faults.list() == [], "The server has no fault"
    slow.click()
    expect(slow, "The fault is chosen again").to_have_attribute("aria-pressed", "true")
    dashboard.mock.faults.clear()
    expect(slow, "A fault that is removed elsewhere is not chosen").to_have_attribute("aria-pressed", "false")
    assert dashboard.complaints == [], "The console is silent so far"

    for status in (429, 500):
        session = new_session(dashboard)
        button(dashboard, str(status)).click()
        expect(button(dashboard, str(status)), f"{status} is chosen").to_have_attribute("aria-pressed", "true")
        say(dashboard, "Show me a flight")
        struck = event(dashboard, f"fault: demo-{status}")
        expect(struck, f"The request is refused with {status}").to_contain_text(str(status))
        dashboard.mock.journal.assert_called("conversation.threads.create", status=status, session=session)

    new_session(dashboard)
    cut = button(dashboard, "Cut stream")
    cut.click()
    expect(cut, "A cut is chosen").to_have_attribute("aria-pressed", "true")
    say(dashboard, "Show me a flight")
    failure = frame(dashboard).get_by_role("alert")
    expect(failure, "The answer breaks off").to_contain_text("The connection was lost.")
    expect(cut, "A fault hits one message").to_have_attribute("aria-pressed", "false")
    expect(event(dashboard, "fault: demo-cut"), "The cut is listed").to_be_visible()
    failure.get_by_role("button", name="Retry").click()
    expect(answer(dashboard), "The message can be sent again").to_contain_text("Here is your flight.")
    dashboard.forgive()  # the browser reports each failure


def test_a_refusal_is_shown_in_the_words_of_the_server(dashboard: Dashboard) -> None:
    dashboard.open("demo?workflow=wf_mock_missing")
    refusal = dashboard.main.get_by_role("alert")
    expect(refusal, "The message is shown").to_contain_text("Workflow with id 'wf_mock_missing' not found.")
    expect(refusal, "The status is shown").to_contain_text("404")
    expect(refusal, "The whole answer is shown").to_contain_text('"type": "invalid_request_error"')
    expect(workflows(dashboard), "The workflow is kept").to_have_value("wf_mock_missing")
    refusal.get_by_role("button", name="Try again").click()
    expect(event(dashboard, "not found"), "Each refusal is listed").to_have_count(2)
    workflows(dashboard).select_option("wf_demo")
    button(dashboard, "Apply to a new session").click()
    ready(dashboard)

    for settings, words in (
        ({"expires": "601"}, "Expected a value <= 600"),
        ({"expires": "soon"}, "expected an integer, but got a string"),
        ({"state": "{plan"}, "workflow.state_variables"),
    ):
        dashboard.go(f"demo?{urlencode(settings)}")
        expect(refusal, f"{settings}: the status is shown").to_contain_text("400")
        expect(refusal, f"{settings}: the message is shown").to_contain_text(words)

    dashboard.mock.faults.add("sessions.create", error=500, times=1)
    dashboard.go("demo?user=hedy")
    expect(refusal, "A fault hits the creation").to_contain_text("500")
    button(dashboard, "Try again").click()
    ready(dashboard)
    refusals = re.compile(r"\b(400|404|500)\b")
    assert all(refusals.search(each) for each in dashboard.complaints), "The console says nothing else"
    dashboard.forgive()


def test_asks_for_the_key_that_the_server_wants(tabs: Tabs) -> None:
    with ChatKitMock(load=["demo"], api_key="sk-only-this") as mock, dashboard_page(tabs, mock) as dashboard:
        dashboard.open("demo")
        refusal = dashboard.main.get_by_role("alert")
        expect(refusal, "The server wants a key").to_contain_text("401")
        refusal.get_by_label("API key").fill("sk-only-this")
        refusal.get_by_role("button", name="Use this key").click()
        ready(dashboard)
        dashboard.main.get_by_role("tab", name="Python").click()
        assert "sk-only-this" not in dashboard.page.content(), "The key is not shown"
        assert "sk-only-this" not in dashboard.page.url, "The key is not in the address"
        kept = dashboard.page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
        assert "sk-only-this" not in kept, "The key is not stored"
        dashboard.forgive()  # the browser reports the 401


def test_hostile_text_stays_text(dashboard: Dashboard) -> None:
    dialogs: list[str] = []

    def hear(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    dashboard.tab.listen("dialog", hear)
    dashboard.open(f"demo?user={quote(HOSTILE[:4000])}&workflow={quote('<b>wf</b>')}")
    ready(dashboard)
    say(dashboard, HOSTILE)
    expect(answer(dashboard), "The echo is whole").to_contain_text("javascript:alert(2)")
    assert dashboard.main.locator("img, b").count() == 0, "Text makes no element"
    assert not dashboard.overflows(), "Long text fits"
    assert dialogs == [], "No script runs"


# Settings and code


def test_settings_make_another_session(dashboard: Dashboard) -> None:
    first = opened(dashboard)
    usual = {"user": "ada", "workflow": {"id": "wf_demo"}}
    assert shown_request(dashboard) == usual, "The request says what differs from the defaults"
    main = dashboard.main
    workflows(dashboard).select_option("wf_support")
    main.get_by_label("Version").fill("2")
    main.get_by_label("Requests per minute").fill("3")
    main.get_by_label("Expires after (s)").fill("600")  # as it is anyway
    main.get_by_text("More settings").click()
    main.get_by_label("Uploads").check()
    main.get_by_label("Titles").uncheck()
    main.get_by_label("State variables").fill('{"plan": "pro"}')
    button(dashboard, "Apply to a new session").click()
    expect(session_link(dashboard), "The session is another").not_to_have_text(first)
    request = {
        "user": "ada",
        "workflow": {"id": "wf_support", "version": "2", "state_variables": {"plan": "pro"}},
        "rate_limits": {"max_requests_per_1_minute": 3},
        "chatkit_configuration": {"automatic_thread_titling": {"enabled": False}, "file_upload": {"enabled": True}},
    }
    assert shown_request(dashboard) == request, "The request has the settings"
    dashboard.mock.journal.assert_called("sessions.create", body=request, times=1)
    expect(frame(dashboard).get_by_role("button", name="Attach files"), "Uploads are on").to_be_visible()
    expect(main.get_by_text("3 of 3 requests left"), "The limit is set").to_be_visible()
    second = session_link(dashboard).inner_text()
    dashboard.page.reload()
    expect(session_link(dashboard), "There is a third session").not_to_have_text(second)
    assert shown_request(dashboard) == request, "The settings are in the address"

    ready(dashboard)
    workflows(dashboard).select_option("Other ID…")
    main.get_by_label("Workflow ID").fill("wf_68df4b13b3588190a09d19288d4610ec0df388c3983f58d1")
    button(dashboard, "Apply to a new session").click()
    expect(main.get_by_title("Workflow", exact=True), "Any id can be typed").to_contain_text("wf_68df4b13b")
    ready(dashboard)
    say(dashboard, "Hello there")
    expect(answer(dashboard), "A workflow without a script echoes").to_contain_text("Hello there")


def test_client_tools_use_the_browser_or_the_field(dashboard: Dashboard) -> None:
    opened(dashboard)
    prompt(dashboard, "Use my browser").click()
    time = re.compile(r"says that it is \d\d:\d\d:\d\d")
    expect(frame(dashboard).get_by_text(time), "The tour asks the browser for the time").to_be_visible()

    moved(dashboard, workflow="wf_support")
    dashboard.main.get_by_label("Client tool result").fill('{"status": "on its way"}')
    say(dashboard, "order")
    expect(frame(dashboard).get_by_text("It is on its way."), "The field answers").to_be_visible()
    expect(event(dashboard, "Client tool get_order"), "The call is listed").to_be_visible()
    expect(dashboard.page, "The field is in the address").to_have_url(re.compile("tool="))


SETTINGS = {
    "workflow": "wf_echo",
    "user": 'o\'hara "quoted" \\ \u202e',
    "expires": "30",
    "tracing": "off",
    "history": "on",
    "recent": "3",
    "state": json.dumps({"plan": "pro", "seats": 2, "trial": True}),
}


def test_the_code_does_what_it_says(dashboard: Dashboard) -> None:
    session = opened(dashboard, **SETTINGS)
    settings = dashboard.mock.sessions.get(session).settings
    main = dashboard.main
    main.get_by_role("tab", name="Python").click()
    with redirect_stdout(io.StringIO()) as said:
        exec(code(dashboard), {})
    assert said.getvalue().startswith("ek_"), "Python prints the secret"
    newest, before = dashboard.mock.sessions.list()[:2]
    assert before.id == session, "Python makes one session"
    assert dashboard.mock.sessions.get(newest.id).settings == settings, "Python makes such a session"
    assert newest.user == before.user == SETTINGS["user"].strip(), "Python names the user"

    main.get_by_role("tab", name="TypeScript").click()
    expect(main.get_by_role("tabpanel"), "There is TypeScript").to_contain_text('workflow: { id: "wf_echo"')
    page = main.get_by_text("In your page").locator("xpath=following-sibling::*[1]")
    script = f'<script src="{dashboard.mock.url}/deployments/chatkit/chatkit.js"></script>'
    expect(page, "The page loads the element").to_contain_text(script)
    expect(page, "The page asks for a secret").to_contain_text("getClientSecret")

    if not shutil.which("curl") or not shutil.which("sh"):
        pytest.skip("needs curl")
    main.get_by_role("tab", name="curl").click()
    ran = subprocess.run(["sh", "-c", code(dashboard)], capture_output=True, text=True, check=True)
    made = dashboard.mock.sessions.get(json.loads(ran.stdout)["id"])
    assert made.settings == settings, "curl makes such a session"


# What it looks like


def test_the_colours_follow_the_page(dashboard: Dashboard) -> None:
    opened(dashboard)
    html = frame(dashboard).locator("html")
    expect(html, "The browser wants light").to_have_attribute("data-scheme", "light")
    dashboard.page.emulate_media(color_scheme="dark")
    expect(html, "The browser wants dark").to_have_attribute("data-scheme", "dark")
    dashboard.page.get_by_role("button", name="Colour scheme: system").click()
    expect(html, "Light is chosen").to_have_attribute("data-scheme", "light")
    prompt(dashboard, "Show me a flight").click()
    dashboard.page.get_by_role("button", name="Colour scheme: light").click()
    expect(html, "Dark is chosen").to_have_attribute("data-scheme", "dark")
    expect(answer(dashboard), "The answer goes on").to_contain_text("Here is your flight.")


@pytest.mark.exhaustive
def test_fits_every_window_and_everybody_can_use_it(dashboard: Dashboard) -> None:
    page, window = dashboard.page, dashboard.page.viewport_size
    assert window
    opened(dashboard)
    for width in (360, 700, 900, 1210, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        expect(frame(dashboard).get_by_role("textbox").first, f"The chat is there at {width}").to_be_visible()
        assert not dashboard.overflows(), f"The page is as wide as its window at {width}"
        is_low = page.evaluate("document.querySelector('main').scrollHeight <= innerHeight")
        assert is_low, f"The page is as high as its window at {width}"

    moved(dashboard, uploads="on")
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    chat = page.locator("openai-chatkit")
    box = chat.bounding_box()
    assert box, "A phone shows the chat"
    assert box["width"] == 390, "The chat is as wide as a phone"
    assert box["height"] > 600, "The chat is nearly as high as a phone"
    button(dashboard, "Code").click()
    expect(chat, "A phone shows the code alone").to_be_hidden()
    assert violations(page) == [], "Everybody can use the code on a phone"
    assert not dashboard.overflows(), "The code is as wide as a phone"
    button(dashboard, "Session").click()
    expect(chat, "A phone shows the session alone").to_be_hidden()
    page.set_viewport_size(window)
    event(dashboard, "sessions.create").locator("summary").click()
    dashboard.check_looks("The chat; on a phone, the session")
