"""The clocks, as a person moves them."""

import pytest
from dashboard.dashboard_page import Dashboard
from openai import OpenAI
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser


def clock(dashboard: Dashboard, project: str = "default") -> Locator:
    return dashboard.main.get_by_role("region", name=f"Clock of {project}")


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
