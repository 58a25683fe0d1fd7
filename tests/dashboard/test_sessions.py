"""The sessions, as a person sees them."""

import pytest
from openai import OpenAI
from playwright.sync_api import expect
from support.dashboard_page import Dashboard

from mock_server.testing import connect

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>\u202e\u200f" + "long" * 200


def test_a_session_shows_up_the_moment_it_is_created(dashboard: Dashboard) -> None:
    dashboard.open()
    made = dashboard.client.beta.chatkit.sessions.create(
        user="grace", workflow={"id": "wf_1", "version": "3"}, rate_limits={"max_requests_per_1_minute": 5}
    )
    row = dashboard.row(made.id)
    expect(row).to_contain_text("active")
    expect(row).to_contain_text("grace")
    expect(row).to_contain_text("wf_1 @ 3")
    expect(row).to_contain_text("5 of 5")
    expect(dashboard.page.get_by_role("link", name="Sessions 4")).to_be_visible()
    dashboard.mock.secret(made).send("Hello")
    expect(row).to_contain_text("4 of 5")
    dashboard.client.beta.chatkit.sessions.cancel(made.id)
    expect(row).to_contain_text("cancelled")
    expect(row).not_to_contain_text("4 of 5")


def test_time_is_the_projects(dashboard: Dashboard) -> None:
    dashboard.mock.clock.freeze("2026-01-01T00:00:00Z")
    dashboard.open()
    made = dashboard.client.beta.chatkit.sessions.create(user="eve", workflow={"id": "wf_1"})
    expect(dashboard.row(made.id)).to_contain_text("10:00")
    dashboard.mock.clock.tick(545)
    expect(dashboard.row(made.id)).to_contain_text("0:55")
    dashboard.mock.clock.tick(55)
    expect(dashboard.row(made.id)).to_contain_text("expired")


@pytest.mark.parametrize(("field", "value"), [("Status", "cancelled"), ("User", "grace")])
def test_filters(dashboard: Dashboard, field: str, value: str) -> None:
    dashboard.open()
    expect(dashboard.row("cksess_demo")).to_have_count(3)
    if field == "Status":
        dashboard.page.get_by_label(field).select_option(value)
    else:
        dashboard.page.get_by_label(field).fill(value)
    expect(dashboard.row("cksess_demo")).to_have_count(1)
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard?{field.lower()}={value}")
    name = value if field == "User" else "ada"
    made = dashboard.client.beta.chatkit.sessions.create(user=name, workflow={"id": "wf_1"})
    if field == "User":
        expect(dashboard.row(made.id)).to_be_visible()
        return
    dashboard.client.beta.chatkit.sessions.cancel(made.id)
    expect(dashboard.row(made.id)).to_be_visible()  # fits now


def test_teaches_where_there_is_none(dashboard: Dashboard) -> None:
    dashboard.open("dashboard?project=fresh")
    dashboard.mock.reset()
    dashboard.open("dashboard/sessions?user=nobody")
    expect(dashboard.main.get_by_role("heading", name="No session is like that")).to_be_visible()


def test_one_session_with_its_settings_and_its_history(dashboard: Dashboard) -> None:
    made = dashboard.client.beta.chatkit.sessions.create(
        user="grace",
        workflow={"id": "wf_1", "state_variables": {"plan": "pro"}},
        expires_after={"anchor": "created_at", "seconds": 300},
        chatkit_configuration={"file_upload": {"enabled": True, "max_files": 3}},
    )
    dashboard.open(f"dashboard/sessions/default/{made.id}")
    main, row = dashboard.main, dashboard.row
    expect(main.get_by_role("heading", level=1)).to_have_text(made.id)
    expect(row("Expires after")).to_have_text("Expires after300 s changed600 s")
    expect(row("Requests a minute")).to_have_text("Requests a minute1010")
    expect(row("Uploads")).to_have_text("Uploadson changedoff")
    expect(main.get_by_label("State variables")).to_contain_text('"plan": "pro"')
    expect(main.get_by_role("meter", name="Uploads left")).to_have_attribute("aria-valuetext", "3 of 3")

    dashboard.mock.secret(made).send("Hello")
    history = main.get_by_role("listitem")
    expect(history.first).to_contain_text("conversation.threads.create 200")
    expect(history.nth(1)).to_contain_text("Created")
    expect(history.last).to_contain_text("sessions.create 200")
    expect(main.get_by_role("meter", name="Requests left")).to_have_attribute("aria-valuetext", "9 of 10")
    history.first.get_by_role("link").click()
    expect(main.get_by_role("heading", level=1)).to_contain_text("/v1/chatkit/conversation")


def test_its_secret_is_masked_and_can_be_copied(dashboard: Dashboard) -> None:
    made = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    dashboard.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dashboard.open(f"dashboard/sessions/default/{made.id}")
    copy = dashboard.main.get_by_role("button", name="Copy")
    expect(copy).to_be_visible()
    assert made.client_secret not in dashboard.page.content()
    copy.click()
    expect(dashboard.main.get_by_role("button", name="Copied")).to_be_visible()
    assert dashboard.page.evaluate("navigator.clipboard.readText()") == made.client_secret


def test_ends_a_session(dashboard: Dashboard) -> None:
    sessions = dashboard.client.beta.chatkit.sessions
    one, other = (sessions.create(user="ada", workflow={"id": "wf_1"}) for _ in range(2))
    dashboard.open(f"dashboard/sessions/default/{one.id}")
    dashboard.main.get_by_role("button", name="Expire now").click()
    expect(dashboard.main.get_by_role("listitem").first).to_contain_text("Made to expire")
    expect(dashboard.main.get_by_role("button", name="Cancel")).to_have_count(0)
    assert dashboard.mock.sessions.get(one.id).status == "expired"

    dashboard.open(f"dashboard/sessions/default/{other.id}")
    dashboard.main.get_by_role("button", name="Cancel").click()
    dashboard.page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    assert dashboard.mock.sessions.get(other.id).status == "active"
    dashboard.main.get_by_role("button", name="Cancel").click()
    dashboard.page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    expect(dashboard.main.get_by_role("status")).to_have_text("cancelled")
    assert dashboard.mock.sessions.get(other.id).status == "cancelled"


def test_an_unknown_session_is_told_of(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/sessions/default/cksess_none")
    expect(dashboard.main.get_by_role("alert")).to_contain_text("cksess_none")
    dashboard.main.get_by_role("link", name="All sessions").click()
    expect(dashboard.row("cksess_demo_cancelled")).to_be_visible()
    dashboard.forgive()  # of the 404


def test_hostile_text_is_only_text(dashboard: Dashboard) -> None:
    dashboard.tab.listen("dialog", lambda dialog: dashboard.complaints.append(dialog.message))
    made = dashboard.client.beta.chatkit.sessions.create(
        user=HOSTILE, workflow={"id": HOSTILE, "state_variables": {"<b>x</b>": "<script>alert(1)</script>"}}
    )
    dashboard.open()
    expect(dashboard.row(made.id)).to_contain_text("<img src=x onerror=alert(1)>")
    dashboard.page.get_by_role("link", name=made.id).click()
    expect(dashboard.main.get_by_label("State variables")).to_contain_text("<script>alert(1)</script>")
    expect(dashboard.main.locator("img, script, b")).to_have_count(0)
    assert not dashboard.overflows()


def test_live_news_leaves_the_focus_where_it_is(dashboard: Dashboard) -> None:
    made = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    dashboard.open(f"dashboard/sessions/default/{made.id}")
    link = dashboard.main.get_by_role("link", name="sessions.create")
    link.focus()
    dashboard.mock.secret(made).send("Hello")
    expect(dashboard.main.get_by_role("listitem")).to_have_count(3)
    expect(link).to_be_focused()


def test_a_forced_expiry_shows_in_the_settings(dashboard: Dashboard) -> None:
    made = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    dashboard.open(f"dashboard/sessions/default/{made.id}")
    expect(dashboard.row("Expires after")).to_have_text("Expires after600 s600 s")
    dashboard.mock.sessions.expire(made.id)
    expect(dashboard.row("Expires after")).to_have_text("Expires aftermade to expire changed600 s")
    expect(dashboard.main.get_by_role("meter", name="Time left")).to_have_attribute("aria-valuetext", "0:00")


def test_time_passes_over_an_open_session(dashboard: Dashboard) -> None:
    clock = connect(dashboard.mock.url).clock
    clock.freeze("2026-01-01T00:00:00Z")
    made = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    dashboard.open(f"dashboard/sessions/default/{made.id}")
    left = dashboard.main.get_by_role("meter", name="Time left")
    expect(left).to_have_attribute("aria-valuetext", "10:00")
    clock.tick("9m")
    expect(left).to_have_attribute("aria-valuetext", "1:00")
    clock.tick("1m")
    expect(dashboard.main.get_by_role("status")).to_have_text("expired")
    expect(dashboard.main.get_by_role("listitem").first).to_contain_text("Expired expired")
    clock.shift("-5m")  # and it lives again
    expect(dashboard.main.get_by_role("status")).to_have_text("active")
    expect(left).to_have_attribute("aria-valuetext", "5:00")


def test_opens_in_the_chat_of_its_project(dashboard: Dashboard) -> None:
    base = f"{dashboard.mock.url}/p/other/v1"
    made = OpenAI(base_url=base, api_key="sk-test").beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    dashboard.open(f"dashboard/sessions/other/{made.id}")
    address = f"{dashboard.mock.url}/demo?session={made.id}&of=other"
    expect(dashboard.main.get_by_role("link", name="Open in chat")).to_have_attribute("href", address)


def test_a_very_long_user_is_scrolled(dashboard: Dashboard) -> None:
    made = dashboard.client.beta.chatkit.sessions.create(user="x" * 10_000, workflow={"id": "wf_1"})
    dashboard.open(f"dashboard/sessions/default/{made.id}")
    user = dashboard.main.get_by_text("x" * 10_000)
    expect(user).to_be_visible()
    box = user.bounding_box()
    assert box is not None
    assert box["height"] < 200
    assert dashboard.violations() == []
    assert not dashboard.overflows()


def test_looks(looks: Dashboard) -> None:
    made = looks.client.beta.chatkit.sessions.create(
        user="ada", workflow={"id": "wf_1"}, expires_after={"anchor": "created_at", "seconds": 40}
    )
    looks.mock.secret(made).send("Hello")
    looks.open()
    expect(looks.row(made.id)).to_be_visible()
    assert looks.violations() == []
    assert not looks.overflows()
    looks.open(f"dashboard/sessions/default/{made.id}")
    expect(looks.main.get_by_role("listitem")).to_have_count(3)
    assert looks.violations() == []
    assert not looks.overflows()
