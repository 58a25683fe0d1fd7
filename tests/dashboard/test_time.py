"""The clocks, as a person moves them."""

import re

import pytest
from openai import OpenAI
from playwright.sync_api import Locator, expect
from support.dashboard_page import PHONE, Dashboard

pytestmark = pytest.mark.browser

NOTHING = "No active sessions."


def clock(dashboard: Dashboard, project: str = "default") -> Locator:
    """Find the clock of a project."""
    return dashboard.main.get_by_role("region", name=f"Clock of {project}")


def press(dashboard: Dashboard, name: str, project: str = "default") -> None:
    """Press a button of a clock."""
    clock(dashboard, project).get_by_role("button", name=name).click()


def create(dashboard: Dashboard, user: str) -> str:
    """Create a session through the official client, and return its id."""
    return dashboard.client.beta.chatkit.sessions.create(user=user, workflow={"id": "wf_1"}).id


def test_freezes_moves_and_resumes(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    own = clock(dashboard)
    at = own.get_by_label("Jump to")
    expect(own, "A clock begins with real time").to_contain_text("running real time")
    at.fill("2030-01-01T12:00:00Z")
    press(dashboard, "Go")
    expect(own, "It jumps").to_contain_text("2030-01-01 12:00:")
    press(dashboard, "Freeze")
    expect(own, "It stands still").to_contain_text("frozen")
    press(dashboard, "+10 min")
    expect(own, "A frozen clock moves").to_contain_text("2030-01-01 12:10:")
    assert dashboard.mock.clock.state().frozen, "The server's clock stands still too"

    for text, shown in (
        ("2030-01-01T12:00", "2030-01-01 12:00:00Z"),
        ("2030-01-01 12:00:30", "2030-01-01 12:00:30Z"),
        ("2030-01-01", "2030-01-01 00:00:00Z"),
        ("2030-01-01T12:00+02:00", "2030-01-01 10:00:00Z"),
        ("1893456000", "2030-01-01 00:00:00Z"),
    ):
        at.fill(text)
        at.press("Enter")
        expect(own, f"It jumps to {text}").to_contain_text(shown)
    own.locator("input[type=datetime-local]").fill("2030-01-01T12:00")
    expect(at, "The calendar fills the field").to_have_value("2030-01-01T12:00Z")
    press(dashboard, "Go")
    expect(own, "It jumps to a moment from the calendar").to_contain_text("2030-01-01 12:00:00Z")
    press(dashboard, "Resume")
    expect(own, "It goes on with real time").to_contain_text("running real time")


def test_says_why_a_move_is_refused(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    clock(dashboard).get_by_label("Jump to").fill("<b>tomorrow</b>")
    press(dashboard, "Go")
    expect(clock(dashboard).get_by_role("alert")).to_contain_text("Invalid 'travel_to'")
    expect(clock(dashboard).locator("b"), "What was typed is no markup").to_have_count(0)
    expect(clock(dashboard), "The clock did not move").to_contain_text("running real time")
    dashboard.forgive()  # of the 400


def test_follows_a_clock_that_others_move(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    own, speed = clock(dashboard), clock(dashboard).get_by_label("Speed")
    dashboard.clock.freeze("2001-02-03T04:05:06Z")
    expect(own, "The time is the server's").to_contain_text("2001-02-03 04:05:06Z")
    expect(own, "It is compared with real time").to_contain_text("behind real time")
    expect(speed, "A frozen clock has no speed to choose").to_have_value("other")
    expect(speed.locator("option:checked"), "A frozen clock has its own words").to_have_text("Stopped")
    dashboard.clock.scale(60)
    expect(own, "The speed is the server's").to_contain_text("60\u00d7 speed")
    expect(speed, "A speed that is offered is chosen").to_have_value("60")
    dashboard.clock.scale(7)
    expect(speed.locator("option:checked"), "A speed that is not offered is shown").to_have_text("7\u00d7 speed")
    speed.select_option("1 minute per second")
    expect(own, "A speed can be chosen").to_contain_text("60\u00d7 speed")
    assert dashboard.mock.clock.state().factor == 60, "The server's clock has the chosen speed"


def test_each_project_has_its_own(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    OpenAI(base_url=f"{dashboard.mock.url}/p/other/v1", api_key="sk-test").beta.chatkit.sessions.create(
        user="ada", workflow={"id": "wf_1"}
    )
    press(dashboard, "Freeze", "other")
    expect(clock(dashboard, "other"), "The clock of the other project stands still").to_contain_text("frozen")
    expect(clock(dashboard), "The default project's clock goes on").to_contain_text("running")
    dashboard.page.get_by_label("Project").select_option("other")
    expect(clock(dashboard, "other"), "The chosen project's clock is shown").to_contain_text("frozen")
    expect(clock(dashboard), "No other clock is shown").to_have_count(0)


def test_sessions_expire_in_sight(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    main = dashboard.main
    expect(main.get_by_text("1 active session expires within 10 min.")).to_be_visible()
    expect(main.get_by_role("img")).to_be_visible()
    dashboard.check_looks("The clock and the session to expire")

    link = main.get_by_role("link", name="cksess_demo")
    link.focus()
    made, other = create(dashboard, "grace"), create(dashboard, "x" * 10_000)
    line = main.get_by_role("listitem").filter(has_text=made)
    expect(line, "A new session comes with its user").to_contain_text("grace")
    expect(main.get_by_role("link", name=other), "A very long user does no harm").to_be_visible()
    expect(link, "New sessions leave the focus where it is").to_be_focused()
    assert not dashboard.overflows(), "A very long user is cut"
    words = main.get_by_text("3 active sessions expire within")
    expect(main.get_by_role("img"), "The axis says what the words say").to_have_accessible_name(words.inner_text())

    for _ in range(10):
        press(dashboard, "+1 min")
    expect(main.get_by_text(NOTHING), "All sessions are over").to_be_visible()
    expect(line, "A session that is over is no longer listed").to_have_count(0)
    assert dashboard.mock.sessions.get(made).status == "expired"


def test_the_axis_has_round_times_and_follows_the_time(dashboard: Dashboard) -> None:
    dashboard.clock.freeze("2100-01-01T00:00:00Z")  # all sessions of the seed are over by then
    for _ in range(3):
        create(dashboard, "ada")
    window = dashboard.page.viewport_size
    assert window
    dashboard.open("dashboard/time")
    axis = dashboard.main.get_by_role("img")
    labels = axis.locator("text")
    expect(labels, "The labels are round").to_have_text(["3", "now", "+2 min", "+4 min", "+6 min", "+8 min", "+10 min"])
    dashboard.main.get_by_text("Show as table").click()
    expect(dashboard.row("9:50 to 10:00"), "The table has the same").to_have_text("9:50 to 10:003")
    press(dashboard, "+1 min")
    expect(dashboard.row("8:51 to 9:00"), "The table moves on with the clock").to_have_text("8:51 to 9:003")
    dashboard.page.set_viewport_size(PHONE)
    expect(labels, "A narrow axis has fewer labels").to_have_text(["3", "now", "+5 min", "+10 min"])
    assert not dashboard.overflows(), "The axis fits a phone"
    dashboard.page.set_viewport_size(window)

    dashboard.clock.shift(seconds=40)
    dashboard.clock.scale(20)  # half a minute until they expire, in which only time passes
    nearer = dashboard.main.get_by_role("img", name=re.compile("3 active sessions expire within [2-8] min"))
    expect(nearer, "The axis follows the time").to_be_visible(timeout=20_000)
    press(dashboard, "+10 min")
    expect(dashboard.main.get_by_text(NOTHING)).to_be_visible()
    code = dashboard.main.get_by_label("Code")
    expect(code, "It shows how to create a session").to_contain_text("client.beta.chatkit.sessions.create(")
