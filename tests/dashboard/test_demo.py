"""The chat: a live session without a click, its settings, its code, and what can be done to it."""

import json
import re
import shutil
import subprocess
import sys
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Dialog, FrameLocator, Locator, expect
from support.dashboard_page import Dashboard, dashboard_page
from support.tabs import Tabs

from mock_server.testing import ChatKitMock, connect

pytestmark = pytest.mark.browser

SLOW = 15_000  # milliseconds: what the page reads anew, it reads the later the slower the answers are
HOSTILE = '<img src=x onerror="alert(1)"> javascript:alert(2) \u202egnirts ' + "long " * 2000


def frame(dashboard: Dashboard) -> FrameLocator:
    """The element's document."""
    return dashboard.page.frame_locator("openai-chatkit iframe")


def say(dashboard: Dashboard, text: str) -> None:
    """Send a message by Enter."""
    field = frame(dashboard).locator("textarea[name=message]")
    field.fill(text)
    field.press("Enter")


def answer(dashboard: Dashboard) -> Locator:
    """The newest answer."""
    return frame(dashboard).locator("[data-item-type=assistant_message]").last


def opened(dashboard: Dashboard, **settings: Any) -> str:
    """Show the chat with settings in the address, once it can be talked with; the session's id."""
    dashboard.open(f"demo?{urlencode(settings)}" if settings else "demo")
    return ready(dashboard)


def ready(dashboard: Dashboard) -> str:
    """Wait until the chat can be talked with; the session's id."""
    expect(frame(dashboard).get_by_role("textbox").first).to_be_visible()
    return session_link(dashboard).inner_text()


def session_link(dashboard: Dashboard) -> Locator:
    return dashboard.main.get_by_role("link", name=re.compile("^cksess_"))


def button(dashboard: Dashboard, name: str) -> Locator:
    return dashboard.main.get_by_role("button", name=name, exact=True)


def workflows(dashboard: Dashboard) -> Locator:
    """The choice of a workflow."""
    return dashboard.main.get_by_role("combobox", name="Workflow", exact=True)


def event(dashboard: Dashboard, text: str | re.Pattern[str]) -> Locator:
    """The entries of the list of events that have this text."""
    return dashboard.main.get_by_role("list", name="Events").get_by_role("listitem").filter(has_text=text)


def shown_request(dashboard: Dashboard) -> Any:
    """The request that created the session, as it is shown."""
    dashboard.main.get_by_role("tab", name="JSON").click()
    return json.loads(code(dashboard))


def code(dashboard: Dashboard) -> str:
    return dashboard.main.get_by_role("tabpanel").locator("pre").inner_text()


def test_chats_without_a_click(dashboard: Dashboard) -> None:
    session = opened(dashboard)
    assert dashboard.mock.sessions.get(session).workflow == "wf_demo"
    frame(dashboard).get_by_role("button", name="Show me a flight").click()
    expect(answer(dashboard)).to_contain_text("Here is your flight.")
    expect(event(dashboard, "chatkit.ready")).to_be_visible()
    expect(event(dashboard, "chatkit.response.end")).to_be_visible()
    told = event(dashboard, "conversation.threads.create")
    expect(told).to_contain_text("200")
    told.locator("summary").click()
    expect(told.get_by_label("Details")).to_contain_text(session)
    told.get_by_role("link").click()
    expect(dashboard.page).to_have_url(re.compile("/dashboard/requests/default/req_"))


def test_a_session_is_created_as_a_server_does_it(dashboard: Dashboard) -> None:
    session = opened(dashboard)
    dashboard.mock.journal.assert_called("sessions.create", times=1, session=session)
    expect(event(dashboard, "sessions.create")).to_contain_text("200")


def test_the_card_is_live(dashboard: Dashboard) -> None:
    clock = connect(dashboard.mock.url).clock  # the server's alone, not this process's
    clock.freeze()
    opened(dashboard)
    expect(dashboard.main.get_by_role("timer")).to_have_text("10:00")
    expect(dashboard.main.get_by_text("10 of 10 requests left")).to_be_visible()
    clock.shift(seconds=90)
    expect(dashboard.main.get_by_role("timer")).to_have_text("8:30")
    say(dashboard, "Chart our sales")
    expect(dashboard.main.get_by_text("9 of 10 requests left")).to_be_visible(timeout=SLOW)
    button(dashboard, "+1 min").click()
    expect(dashboard.main.get_by_role("timer")).to_have_text("7:30")
    before = clock.now()
    button(dashboard, "Resume").click()
    expect(button(dashboard, "Freeze")).to_be_visible()
    assert not clock.state().frozen
    assert clock.now() - before < 60  # it goes on, and does not jump
    button(dashboard, "Cancel").click()
    expect(dashboard.main.get_by_text("cancelled", exact=True)).to_be_visible()
    expect(button(dashboard, "Expire")).to_be_hidden()


def test_an_expired_session_is_renewed(dashboard: Dashboard) -> None:
    first = opened(dashboard, user="grace", expires=120)
    button(dashboard, "+10 min").click()
    expect(dashboard.main.get_by_text("expired", exact=True)).to_be_visible()
    say(dashboard, "Show me a flight")
    expect(answer(dashboard)).to_contain_text("Here is your flight.")
    expect(session_link(dashboard)).not_to_have_text(first)
    expect(dashboard.main.get_by_text("active", exact=True)).to_be_visible()
    expect(event(dashboard, "The element asked for another secret")).to_be_visible()
    second = dashboard.mock.sessions.get(session_link(dashboard).inner_text())
    assert second.user == "grace"
    assert second.expires_at - second.created_at == pytest.approx(120, abs=1)
    dashboard.forgive()  # the browser tells of the 401


def test_the_next_message_breaks_and_can_be_sent_again(dashboard: Dashboard) -> None:
    opened(dashboard)
    cut = button(dashboard, "Cut stream")
    cut.click()
    expect(cut).to_have_attribute("aria-pressed", "true")
    say(dashboard, "Show me a flight")
    failure = frame(dashboard).get_by_role("alert")
    expect(failure).to_contain_text("The connection was lost.")
    expect(cut).to_have_attribute("aria-pressed", "false")
    expect(event(dashboard, "struck by demo-cut")).to_be_visible()
    failure.get_by_role("button", name="Retry").click()
    expect(answer(dashboard)).to_contain_text("Here is your flight.")
    dashboard.forgive()


@pytest.mark.parametrize(("name", "status"), [("429", 429), ("500", 500)])
def test_the_next_message_is_refused(dashboard: Dashboard, name: str, status: int) -> None:
    session = opened(dashboard)
    button(dashboard, name).click()
    expect(button(dashboard, name)).to_have_attribute("aria-pressed", "true")
    say(dashboard, "Show me a flight")
    expect(event(dashboard, f"struck by demo-{status}")).to_contain_text(str(status))
    dashboard.mock.journal.assert_called("conversation.threads.create", status=status, session=session)
    dashboard.forgive()


def test_a_fault_can_be_taken_back(dashboard: Dashboard) -> None:
    opened(dashboard)
    slow = button(dashboard, "Slow")
    slow.click()
    expect(dashboard.main.get_by_text("Answered three seconds late.")).to_be_visible()
    assert [rule.name for rule in dashboard.mock.faults.list()] == ["demo-slow"]
    slow.click()
    expect(slow).to_have_attribute("aria-pressed", "false")
    assert dashboard.mock.faults.list() == []
    slow.click()
    expect(slow).to_have_attribute("aria-pressed", "true")
    dashboard.mock.faults.clear()
    expect(slow).to_have_attribute("aria-pressed", "false")


def test_settings_make_another_session(dashboard: Dashboard) -> None:
    first = opened(dashboard)
    assert shown_request(dashboard) == {"user": "ada", "workflow": {"id": "wf_demo"}}
    main = dashboard.main
    workflows(dashboard).select_option("wf_support")
    main.get_by_label("Version").fill("2")
    main.get_by_label("Requests a minute").fill("3")
    main.get_by_label("Expires after (s)").fill("600")  # as it is anyway
    main.get_by_text("More settings").click()
    main.get_by_label("Uploads").check()
    main.get_by_label("Titles").uncheck()
    main.get_by_label("State variables").fill('{"plan": "pro"}')
    button(dashboard, "Apply: new session").click()
    expect(session_link(dashboard)).not_to_have_text(first)
    request = {
        "user": "ada",
        "workflow": {"id": "wf_support", "version": "2", "state_variables": {"plan": "pro"}},
        "rate_limits": {"max_requests_per_1_minute": 3},
        "chatkit_configuration": {"automatic_thread_titling": {"enabled": False}, "file_upload": {"enabled": True}},
    }
    assert shown_request(dashboard) == request
    dashboard.mock.journal.assert_called("sessions.create", body=request, times=1)
    expect(frame(dashboard).get_by_role("button", name="Attach files")).to_be_visible()
    expect(main.get_by_text("3 of 3 requests left")).to_be_visible()
    second = session_link(dashboard).inner_text()
    dashboard.page.reload()  # the settings are in the address
    expect(session_link(dashboard)).not_to_have_text(second)
    assert shown_request(dashboard) == request


def test_any_id_can_be_typed(dashboard: Dashboard) -> None:
    opened(dashboard)
    workflows(dashboard).select_option("Another id …")
    dashboard.main.get_by_label("Workflow id").fill("wf_68df4b13b3588190a09d19288d4610ec0df388c3983f58d1")
    button(dashboard, "Apply: new session").click()
    expect(dashboard.main.get_by_title("Workflow", exact=True)).to_contain_text("wf_68df4b13b")
    ready(dashboard)
    say(dashboard, "Hello there")
    expect(answer(dashboard)).to_contain_text("Hello there")


def test_client_tools_are_answered_from_the_field(dashboard: Dashboard) -> None:
    opened(dashboard, workflow="wf_support")
    dashboard.main.get_by_label("Client tools answer with").fill('{"status": "on its way"}')
    say(dashboard, "order")
    expect(frame(dashboard).get_by_text("It is on its way.")).to_be_visible()
    expect(event(dashboard, "Client tool get_order")).to_be_visible()
    expect(dashboard.page).to_have_url(re.compile("tool="))


def test_the_tour_uses_the_browser(dashboard: Dashboard) -> None:
    opened(dashboard)
    frame(dashboard).get_by_role("button", name="Use my browser").click()
    expect(frame(dashboard).get_by_text(re.compile(r"says that it is \d\d:\d\d:\d\d"))).to_be_visible()


SETTINGS = {
    "workflow": "wf_echo",
    "user": 'o\'hara "quoted" \\ \u202e',
    "expires": "30",
    "tracing": "off",
    "history": "on",
    "recent": "3",
    "state": json.dumps({"plan": "pro", "seats": 2, "trial": True}),
}


def test_the_python_code_does_what_it_says(dashboard: Dashboard) -> None:
    session = opened(dashboard, **SETTINGS)
    dashboard.main.get_by_role("tab", name="Python").click()
    ran = subprocess.run([sys.executable, "-c", code(dashboard)], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("ek_")
    newest, before = dashboard.mock.sessions.list()[:2]
    assert before.id == session
    assert dashboard.mock.sessions.get(newest.id).settings == dashboard.mock.sessions.get(session).settings
    assert newest.user == before.user == SETTINGS["user"].strip()


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("sh"), reason="needs curl")
def test_the_shell_code_does_what_it_says(dashboard: Dashboard) -> None:
    session = opened(dashboard, **SETTINGS)
    dashboard.main.get_by_role("tab", name="curl").click()
    ran = subprocess.run(["sh", "-c", code(dashboard)], capture_output=True, text=True, check=True)
    made = dashboard.mock.sessions.get(json.loads(ran.stdout)["id"])
    assert made.settings == dashboard.mock.sessions.get(session).settings


def test_the_other_code_is_there(dashboard: Dashboard) -> None:
    opened(dashboard, **SETTINGS)
    dashboard.main.get_by_role("tab", name="TypeScript").click()
    expect(dashboard.main.get_by_role("tabpanel")).to_contain_text('workflow: { id: "wf_echo"')
    page = dashboard.main.get_by_text("In the page").locator("xpath=following-sibling::*[1]")
    expect(page).to_contain_text(f'<script src="{dashboard.mock.url}/deployments/chatkit/chatkit.js"></script>')
    expect(page).to_contain_text("getClientSecret")


def test_opens_a_session_that_is_there(dashboard: Dashboard) -> None:
    made = dashboard.client.beta.chatkit.sessions.create(
        user="grace",
        workflow={"id": "wf_support"},
        chatkit_configuration={"file_upload": {"enabled": True}},
        rate_limits={"max_requests_per_1_minute": 7},
    )
    assert opened(dashboard, session=made.id, of="default") == made.id
    expect(dashboard.main.get_by_text("7 of 7 requests left")).to_be_visible()
    expect(dashboard.main.get_by_label("User", exact=True)).to_have_value("grace")
    expect(event(dashboard, "sessions.create")).to_contain_text("200")  # its earlier requests
    assert shown_request(dashboard)["rate_limits"] == {"max_requests_per_1_minute": 7}
    say(dashboard, "call me")
    expect(frame(dashboard).get_by_text("When?")).to_be_visible()
    dashboard.mock.journal.assert_called("conversation.threads.create", session=made.id, user="grace")


def test_a_session_that_is_gone_is_replaced(dashboard: Dashboard) -> None:
    session = opened(dashboard, session="cksess_nowhere", of="default")
    assert session != "cksess_nowhere"
    expect(event(dashboard, "cksess_nowhere is not there any more")).to_be_visible()
    dashboard.forgive()


def test_talks_in_the_chosen_project(dashboard: Dashboard) -> None:
    dashboard.open("demo?project=worker-1")
    session = ready(dashboard)
    say(dashboard, "Show me a flight")
    expect(answer(dashboard)).to_contain_text("Here is your flight.")
    expect(event(dashboard, "conversation.threads.create")).to_be_visible()
    assert session not in [each.id for each in dashboard.mock.sessions.list()]
    dashboard.main.get_by_role("tab", name="Python").click()
    assert f'base_url="{dashboard.mock.url}/p/worker-1/v1"' in code(dashboard)


def test_comes_back_to_the_conversation(dashboard: Dashboard) -> None:
    session = opened(dashboard)
    frame(dashboard).get_by_role("button", name="Show me a flight").click()
    expect(answer(dashboard)).to_contain_text("Here is your flight.")
    ways = dashboard.page.get_by_role("navigation", name="Views")
    ways.get_by_role("link", name="Requests").click()
    expect(dashboard.main.get_by_role("heading", level=1)).to_have_text("Requests")
    ways.get_by_role("link", name="Chat").click()
    expect(answer(dashboard)).to_contain_text("Here is your flight.")
    expect(session_link(dashboard)).to_have_text(session)
    expect(event(dashboard, "conversation.threads.create")).to_be_visible()
    button(dashboard, "New session").click()
    expect(session_link(dashboard)).not_to_have_text(session)
    expect(frame(dashboard).get_by_role("button", name="Show me a flight")).to_be_visible()


def test_events_can_be_cleared(dashboard: Dashboard) -> None:
    opened(dashboard)
    expect(event(dashboard, "chatkit.ready")).to_be_visible()
    expect(event(dashboard, "sessions.create")).to_be_visible()
    button(dashboard, "Clear").click()
    expect(dashboard.main.get_by_text("Nothing yet.")).to_be_visible()
    frame(dashboard).get_by_role("button", name="Chart our sales").click()
    expect(event(dashboard, "chatkit.response.end")).to_be_visible()
    expect(event(dashboard, "chatkit.ready")).to_have_count(0)


def test_keeps_two_hundred_events(dashboard: Dashboard) -> None:
    session = opened(dashboard, requests=1000)
    secret = dashboard.mock.secret(dashboard.client.beta.chatkit.sessions.create(user="a", workflow={"id": "wf_1"}))
    secret.send("elsewhere")  # of another session: not told here
    dashboard.page.evaluate(
        """() => { for (let count = 0; count < 230; count += 1) document.querySelector("openai-chatkit")
          .dispatchEvent(new CustomEvent("chatkit.log", { detail: { name: `entry ${count}`, data: {} } })); }"""
    )
    expect(event(dashboard, "entry 229")).to_be_visible()
    expect(event(dashboard, "")).to_have_count(200)
    expect(event(dashboard, re.compile(r"entry \d\b"))).to_have_count(0)
    assert session_link(dashboard).inner_text() == session


def test_shows_the_real_words_of_a_refusal(dashboard: Dashboard) -> None:
    dashboard.open("demo?workflow=wf_mock_missing")
    refusal = dashboard.main.get_by_role("alert")
    expect(refusal).to_contain_text("Workflow with id 'wf_mock_missing' not found.")
    expect(refusal).to_contain_text("404")
    expect(refusal).to_contain_text('"type": "invalid_request_error"')
    expect(workflows(dashboard)).to_have_value("wf_mock_missing")
    refusal.get_by_role("button", name="Try again").click()
    expect(event(dashboard, "not found")).to_have_count(2)
    workflows(dashboard).select_option("wf_demo")
    button(dashboard, "Apply: new session").click()
    ready(dashboard)
    dashboard.forgive()  # the browser tells of each 404


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"expires": "601"}, "Expected a value <= 600"),
        ({"expires": "soon"}, "expected an integer, but got a string"),
        ({"state": "{plan"}, "workflow.state_variables"),
    ],
)
def test_what_is_wrong_is_refused_by_the_server(dashboard: Dashboard, settings: dict[str, str], words: str) -> None:
    dashboard.open(f"demo?{urlencode(settings)}")
    refusal = dashboard.main.get_by_role("alert")
    expect(refusal).to_contain_text("400")
    expect(refusal).to_contain_text(words)
    dashboard.forgive()


def test_a_fault_strikes_the_creation_once(dashboard: Dashboard) -> None:
    dashboard.mock.faults.add("sessions.create", error=500, times=1)
    dashboard.open("demo")
    expect(dashboard.main.get_by_role("alert")).to_contain_text("500")
    button(dashboard, "Try again").click()
    ready(dashboard)
    dashboard.forgive()


def test_asks_for_the_key_that_the_server_wants(tabs: Tabs) -> None:
    with ChatKitMock(load=["demo"], api_key="sk-only-this") as mock, dashboard_page(tabs, mock) as dashboard:
        dashboard.open("demo")
        refusal = dashboard.main.get_by_role("alert")
        expect(refusal).to_contain_text("401")
        refusal.get_by_label("API key").fill("sk-only-this")
        refusal.get_by_role("button", name="Use this key").click()
        ready(dashboard)
        dashboard.main.get_by_role("tab", name="Python").click()
        assert "sk-only-this" not in dashboard.page.content()
        assert "sk-only-this" not in dashboard.page.url
        kept = dashboard.page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
        assert "sk-only-this" not in kept
        dashboard.forgive()  # the browser tells of the 401


def test_hostile_text_stays_text(dashboard: Dashboard) -> None:
    dialogs: list[str] = []

    def hear(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    dashboard.tab.listen("dialog", hear)
    dashboard.open(f"demo?user={quote(HOSTILE[:4000])}&workflow={quote('<b>wf</b>')}")
    ready(dashboard)
    say(dashboard, HOSTILE)
    expect(answer(dashboard)).to_contain_text("javascript:alert(2)")
    assert dashboard.main.locator("img, b").count() == 0
    assert not dashboard.overflows()
    assert dialogs == []


def test_the_colours_follow_the_page(dashboard: Dashboard) -> None:
    opened(dashboard)
    expect(frame(dashboard).locator("html")).to_have_attribute("data-scheme", "light")
    dashboard.page.emulate_media(color_scheme="dark")
    expect(frame(dashboard).locator("html")).to_have_attribute("data-scheme", "dark")
    dashboard.page.get_by_role("button", name="Colours: system").click()
    expect(frame(dashboard).locator("html")).to_have_attribute("data-scheme", "light")
    frame(dashboard).get_by_role("button", name="Show me a flight").click()
    dashboard.page.get_by_role("button", name="Colours: light").click()
    expect(frame(dashboard).locator("html")).to_have_attribute("data-scheme", "dark")
    expect(answer(dashboard)).to_contain_text("Here is your flight.")


def test_looks(looks: Dashboard) -> None:
    looks.open("demo?uploads=on")
    expect(frame(looks).get_by_role("textbox").first).to_be_visible()
    is_phone = bool(looks.page.evaluate("innerWidth < 500"))
    if is_phone:
        box = looks.page.locator("openai-chatkit").bounding_box()
        assert box is not None
        assert box["width"] == 390
        assert box["height"] > 600
    for part in ["Code", "Session"] if is_phone else []:
        looks.main.get_by_role("button", name=part, exact=True).click()
        expect(looks.page.locator("openai-chatkit")).to_be_hidden()
        assert looks.violations() == []
        assert not looks.overflows()
    expect(event(looks, "sessions.create")).to_be_visible()
    event(looks, "sessions.create").locator("summary").click()
    assert looks.violations() == []
    assert not looks.overflows()


@pytest.mark.parametrize("width", [360, 700, 900, 1210, 1600])
def test_fits_every_width(dashboard: Dashboard, width: int) -> None:
    dashboard.page.set_viewport_size({"width": width, "height": 800})
    dashboard.open("demo")
    expect(frame(dashboard).get_by_role("textbox").first).to_be_visible()
    assert not dashboard.overflows()
    assert dashboard.page.evaluate("document.querySelector('main').scrollHeight <= innerHeight")
