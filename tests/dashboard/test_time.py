"""The clocks, as a person moves them."""

import re

import pytest
from openai import OpenAI
from playwright.sync_api import Locator, expect
from support.dashboard_page import Dashboard

from mock_server.testing import connect
from mock_server.testing.handle import ClockHandle

pytestmark = pytest.mark.browser


def clock(dashboard: Dashboard, project: str = "default") -> Locator:
    return dashboard.main.get_by_role("region", name=f"Clock of {project}")


def server_clock(dashboard: Dashboard) -> ClockHandle:
    """The server's own clock: the fixture's moves this process's time beneath it instead."""
    return connect(dashboard.mock.url).clock


def test_freezes_moves_and_resumes(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    own = clock(dashboard)
    expect(own).to_contain_text("running real time")
    own.get_by_label("Jump to").fill("2030-01-01T12:00:00Z")
    own.get_by_role("button", name="Go").click()
    expect(own).to_contain_text("2030-01-01 12:00:")
    own.get_by_role("button", name="Freeze").click()
    expect(own).to_contain_text("frozen")
    own.get_by_role("button", name="+10 min").click()
    expect(own).to_contain_text("2030-01-01 12:10:")
    assert dashboard.mock.clock.state().frozen
    own.get_by_role("button", name="Resume").click()
    expect(own).to_contain_text("running real time")


def test_sessions_expire_in_sight(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    made = dashboard.client.beta.chatkit.sessions.create(user="grace", workflow={"id": "wf_1"})
    line = dashboard.main.get_by_role("listitem").filter(has_text=made.id)
    expect(line).to_contain_text("grace")
    expect(dashboard.main.get_by_role("img")).to_have_accessible_name(
        dashboard.main.get_by_text("2 active sessions expire within").inner_text()
    )
    for _ in range(10):
        clock(dashboard).get_by_role("button", name="+1 min").click()
    expect(dashboard.main.get_by_text("No session is active: there is nothing to expire.")).to_be_visible()
    expect(line).to_have_count(0)
    assert dashboard.mock.sessions.get(made.id).status == "expired"


def test_follows_a_clock_that_others_move(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    dashboard.mock.clock.freeze("2001-02-03T04:05:06Z")
    expect(clock(dashboard)).to_contain_text("2001-02-03 04:05:06Z")
    expect(clock(dashboard)).to_contain_text("behind real time")
    dashboard.mock.clock.scale(60)
    expect(clock(dashboard)).to_contain_text("60 times as fast")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2030-01-01T12:00", "2030-01-01 12:00:"),
        ("2030-01-01 12:00:30", "2030-01-01 12:00:3"),
        ("2030-01-01", "2030-01-01 00:00:"),
        ("2030-01-01T12:00+02:00", "2030-01-01 10:00:"),
        ("1893456000", "2030-01-01 00:00:"),
    ],
)
def test_jumps_to_a_moment_however_it_is_written(dashboard: Dashboard, text: str, told: str) -> None:
    dashboard.open("dashboard/time")
    clock(dashboard).get_by_label("Jump to").fill(text)
    clock(dashboard).get_by_label("Jump to").press("Enter")
    expect(clock(dashboard)).to_contain_text(told)


def test_jumps_to_a_moment_from_the_calendar(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    clock(dashboard).locator("input[type=datetime-local]").fill("2030-01-01T12:00")
    expect(clock(dashboard).get_by_label("Jump to")).to_have_value("2030-01-01T12:00Z")
    clock(dashboard).get_by_role("button", name="Go").click()
    expect(clock(dashboard)).to_contain_text("2030-01-01 12:00:")


def test_the_axis_tells_now_and_round_times(dashboard: Dashboard) -> None:
    server_clock(dashboard).freeze("2100-01-01T00:00:00Z")  # all that the seed has is over by then
    for _ in range(3):
        dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    dashboard.open("dashboard/time")
    labels = dashboard.main.get_by_role("img").locator("text")
    expect(labels).to_have_text(["3", "now", "+2 min", "+4 min", "+6 min", "+8 min", "+10 min"])
    dashboard.main.get_by_text("As a table").click()
    expect(dashboard.row("9:50 to 10:00")).to_have_text("9:50 to 10:003")
    clock(dashboard).get_by_role("button", name="+1 min").click()
    expect(dashboard.row("8:51 to 9:00")).to_have_text("8:51 to 9:003")
    dashboard.page.set_viewport_size({"width": 390, "height": 844})
    expect(labels).to_have_text(["3", "now", "+5 min", "+10 min"])
    assert not dashboard.overflows()


def test_the_axis_follows_the_time(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    expect(dashboard.main.get_by_text("1 active session expires within 10 min.")).to_be_visible()
    server_clock(dashboard).scale(20)  # it is told of for half a minute, in which nothing happens but time
    nearer = dashboard.main.get_by_role("img", name=re.compile("1 active session expires within [2-8] min"))
    expect(nearer).to_be_visible(timeout=20_000)
    clock(dashboard).get_by_role("button", name="+10 min").click()
    expect(dashboard.main.get_by_text("No session is active: there is nothing to expire.")).to_be_visible()
    expect(dashboard.main.get_by_label("Code")).to_contain_text("client.beta.chatkit.sessions.create(")


def test_live_news_leaves_the_focus_where_it_is(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    link = dashboard.main.get_by_role("link", name="cksess_demo")
    link.focus()
    made = dashboard.client.beta.chatkit.sessions.create(user="x" * 10_000, workflow={"id": "wf_1"})
    expect(dashboard.main.get_by_role("link", name=made.id)).to_be_visible()
    expect(link).to_be_focused()
    assert not dashboard.overflows()


def test_the_speed_is_told_however_it_was_set(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    speed = clock(dashboard).get_by_label("Speed")
    speed.select_option("A minute a second")
    expect(clock(dashboard)).to_contain_text("60 times as fast")
    assert dashboard.mock.clock.state().factor == 60
    server_clock(dashboard).freeze()
    expect(speed).to_have_value("other")
    expect(speed.locator("option:checked")).to_have_text("Standing still")
    server_clock(dashboard).scale(7)
    expect(speed.locator("option:checked")).to_have_text("7 times")


def test_says_why_a_move_is_refused(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/time")
    clock(dashboard).get_by_label("Jump to").fill("<b>tomorrow</b>")
    clock(dashboard).get_by_role("button", name="Go").click()
    expect(clock(dashboard).get_by_role("alert")).to_contain_text("Invalid 'travel_to'")
    expect(clock(dashboard).locator("b")).to_have_count(0)
    expect(clock(dashboard)).to_contain_text("running real time")
    dashboard.forgive()  # of the 400


def test_each_project_has_its_own(dashboard: Dashboard) -> None:
    OpenAI(base_url=f"{dashboard.mock.url}/p/other/v1", api_key="sk-test").beta.chatkit.threads.list()
    dashboard.open("dashboard/time")
    clock(dashboard, "other").get_by_role("button", name="Freeze").click()
    expect(clock(dashboard, "other")).to_contain_text("frozen")
    expect(clock(dashboard)).to_contain_text("running")
    dashboard.page.get_by_label("Project").select_option("other")
    expect(clock(dashboard, "other")).to_contain_text("frozen")
    expect(clock(dashboard)).to_have_count(0)


def test_looks(looks: Dashboard) -> None:
    looks.open("dashboard/time")
    expect(looks.main.get_by_role("img")).to_be_visible()
    assert looks.violations() == []
    assert not looks.overflows()
