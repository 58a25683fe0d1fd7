"""The sessions, as a person sees them."""

from typing import Any

import pytest
from openai import OpenAI
from playwright.sync_api import Locator, expect
from support.axe import violations
from support.dashboard_page import Dashboard

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>\u202e\u200f" + "long" * 200


def create(dashboard: Dashboard, user: str = "ada", **options: Any) -> Any:
    """Create a session through the official client."""
    return dashboard.client.beta.chatkit.sessions.create(user=user, **{"workflow": {"id": "wf_1"}, **options})


def status(dashboard: Dashboard) -> Locator:
    """Find the status of the session shown."""
    return dashboard.main.get_by_role("status")


def meter(dashboard: Dashboard, name: str) -> Locator:
    """Find a meter of the session shown."""
    return dashboard.main.get_by_role("meter", name=name)


def test_sessions_are_listed_as_they_begin_and_end(dashboard: Dashboard) -> None:
    dashboard.open()
    made = create(
        dashboard, "grace", workflow={"id": "wf_1", "version": "3"}, rate_limits={"max_requests_per_1_minute": 5}
    )
    row = dashboard.row(made.id)
    for said in ("active", "grace", "wf_1 @ 3", "5 of 5"):
        expect(row, f"A new session shows {said}").to_contain_text(said)
    link = dashboard.page.get_by_role("link", name="Sessions 4")
    expect(link, "The link to the view counts the sessions").to_be_visible()
    dashboard.mock.secret(made).send("Hello")
    expect(row, "Requests that are left are counted").to_contain_text("4 of 5")
    dashboard.client.beta.chatkit.sessions.cancel(made.id)
    expect(row, "A cancelled session stays listed").to_contain_text("cancelled")
    expect(row, "A cancelled session has no requests left").not_to_contain_text("4 of 5")

    dashboard.clock.freeze("2026-01-01T00:00:00Z")
    other = create(dashboard, "eve")
    expect(dashboard.row(other.id), "The time left is the project's").to_contain_text("10:00")
    dashboard.clock.tick(545)
    expect(dashboard.row(other.id), "The time left follows the clock").to_contain_text("0:55")
    dashboard.clock.tick(55)
    expect(dashboard.row(other.id), "The session expires").to_contain_text("expired")


def test_filters(dashboard: Dashboard) -> None:
    dashboard.open()
    rows, page = dashboard.row("cksess_demo"), dashboard.page
    expect(rows).to_have_count(3)
    page.get_by_label("Status").select_option("cancelled")
    expect(rows, "Others are left out by status").to_have_count(1)
    expect(page, "The status is in the address").to_have_url(f"{dashboard.mock.url}/dashboard?status=cancelled")
    made = create(dashboard)
    dashboard.client.beta.chatkit.sessions.cancel(made.id)
    expect(dashboard.row(made.id), "A session is listed once its status fits").to_be_visible()

    page.get_by_label("Status").select_option("")
    expect(rows, "No filter, all rows").to_have_count(3)
    page.get_by_label("User").fill("grace")
    expect(rows, "Others are left out by user").to_have_count(1)
    expect(page, "The user is in the address").to_have_url(f"{dashboard.mock.url}/dashboard?user=grace")
    made = create(dashboard, "grace")
    expect(dashboard.row(made.id), "A new session of the user is listed").to_be_visible()

    dashboard.go("dashboard/sessions?user=nobody")
    none = dashboard.main.get_by_role("heading", name="No matching sessions")
    expect(none, "A filter from the address may fit nothing").to_be_visible()


def test_one_session_with_its_settings_and_its_history(dashboard: Dashboard) -> None:
    made = create(
        dashboard,
        "grace",
        workflow={"id": "wf_1", "state_variables": {"plan": "pro"}},
        expires_after={"anchor": "created_at", "seconds": 300},
        chatkit_configuration={"file_upload": {"enabled": True, "max_files": 3}},
    )
    dashboard.open(f"dashboard/sessions/default/{made.id}")
    main, row = dashboard.main, dashboard.row
    expect(main.get_by_role("heading", level=1)).to_have_text(made.id)
    expect(row("Expires after")).to_have_text("Expires after300 s changed600 s")
    expect(row("Requests per minute")).to_have_text("Requests per minute1010")
    expect(row("Uploads")).to_have_text("Uploadson changedoff")
    expect(main.get_by_label("State variables")).to_contain_text('"plan": "pro"')
    expect(meter(dashboard, "Uploads left")).to_have_attribute("aria-valuetext", "3 of 3")

    link = main.get_by_role("link", name="sessions.create")
    link.focus()
    dashboard.mock.secret(made).send("Hello")
    history = main.get_by_role("listitem")
    expect(history, "A request joins the history").to_have_count(3)
    expect(history.first).to_contain_text("conversation.threads.create 200")
    expect(history.nth(1)).to_contain_text("Created")
    expect(history.last).to_contain_text("sessions.create 200")
    expect(meter(dashboard, "Requests left")).to_have_attribute("aria-valuetext", "9 of 10")
    expect(link, "A new entry leaves the focus where it is").to_be_focused()
    history.first.get_by_role("link").click()
    expect(main.get_by_role("heading", level=1)).to_contain_text("/v1/chatkit/conversation")

    other = create(dashboard)
    dashboard.go(f"dashboard/sessions/default/{other.id}")
    expect(row("Expires after"), "A usual lifetime is unmarked").to_have_text("Expires after600 s600 s")
    dashboard.mock.sessions.expire(other.id)
    expired = "Expires afterforced to expire changed600 s"
    expect(row("Expires after"), "A forced expiry shows in the settings").to_have_text(expired)
    expect(meter(dashboard, "Time left"), "No time is left").to_have_attribute("aria-valuetext", "0:00")


def test_ends_a_session(dashboard: Dashboard) -> None:
    one, other = create(dashboard), create(dashboard)
    cancel = dashboard.main.get_by_role("button", name="Cancel")
    dialog = dashboard.page.get_by_role("dialog")
    dashboard.open(f"dashboard/sessions/default/{one.id}")
    dashboard.main.get_by_role("button", name="Expire now").click()
    expect(dashboard.main.get_by_role("listitem").first).to_contain_text("Forced to expire")
    expect(cancel, "A session that is over can't be cancelled").to_have_count(0)
    assert dashboard.mock.sessions.get(one.id).status == "expired"

    dashboard.go(f"dashboard/sessions/default/{other.id}")
    cancel.click()
    dialog.get_by_role("button", name="Keep").click()
    assert dashboard.mock.sessions.get(other.id).status == "active", "The session can be kept"
    cancel.click()
    dialog.get_by_role("button", name="Cancel session").click()
    expect(status(dashboard)).to_have_text("cancelled")
    assert dashboard.mock.sessions.get(other.id).status == "cancelled"


def test_time_passes_over_an_open_session(dashboard: Dashboard) -> None:
    dashboard.clock.freeze("2026-01-01T00:00:00Z")
    made = create(dashboard)
    dashboard.open(f"dashboard/sessions/default/{made.id}")
    left = meter(dashboard, "Time left")
    expect(left).to_have_attribute("aria-valuetext", "10:00")
    dashboard.clock.tick("9m")
    expect(left, "The time left follows the clock").to_have_attribute("aria-valuetext", "1:00")
    dashboard.clock.tick("1m")
    expect(status(dashboard)).to_have_text("expired")
    expect(dashboard.main.get_by_role("listitem").first).to_contain_text("Expired expired")
    dashboard.clock.shift("-5m")
    expect(status(dashboard), "It lives again when the clock moves back").to_have_text("active")
    expect(left).to_have_attribute("aria-valuetext", "5:00")


def test_leads_to_its_secret_its_chat_and_the_other_sessions(dashboard: Dashboard) -> None:
    dashboard.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made = create(dashboard)
    dashboard.open(f"dashboard/sessions/default/{made.id}")
    copy = dashboard.main.get_by_role("button", name="Copy")
    expect(copy).to_be_visible()
    assert made.client_secret not in dashboard.page.content(), "The secret is masked"
    copy.click()
    expect(dashboard.main.get_by_role("button", name="Copied")).to_be_visible()
    copied = dashboard.page.evaluate("navigator.clipboard.readText()")
    assert copied == made.client_secret, "The secret can be copied"

    dashboard.go("dashboard/sessions/default/cksess_none")
    expect(dashboard.main.get_by_role("alert"), "An unknown session is reported").to_contain_text("cksess_none")
    dashboard.main.get_by_role("link", name="All sessions").click()
    expect(dashboard.row("cksess_demo_cancelled"), "There is a way to all sessions").to_be_visible()

    others = OpenAI(base_url=f"{dashboard.mock.url}/p/other/v1", api_key="sk-test").beta.chatkit.sessions
    made = others.create(user="ada", workflow={"id": "wf_1"})
    dashboard.go(f"dashboard/sessions/other/{made.id}")
    chat = dashboard.main.get_by_role("link", name="Open in chat")
    address = f"{dashboard.mock.url}/demo?session={made.id}&of=other"
    expect(chat, "It opens in the chat of its project").to_have_attribute("href", address)
    dashboard.forgive()  # of the 404


def test_hostile_and_long_text_is_only_text(dashboard: Dashboard) -> None:
    dashboard.tab.listen("dialog", lambda dialog: dashboard.complaints.append(dialog.message))
    variables = {"<b>x</b>": "<script>alert(1)</script>"}
    made = create(dashboard, HOSTILE, workflow={"id": HOSTILE, "state_variables": variables})
    dashboard.open()
    expect(dashboard.row(made.id)).to_contain_text("<img src=x onerror=alert(1)>")
    dashboard.page.get_by_role("link", name=made.id).click()
    expect(dashboard.main.get_by_label("State variables")).to_contain_text("<script>alert(1)</script>")
    expect(dashboard.main.locator("img, script, b"), "No text becomes an element").to_have_count(0)
    assert not dashboard.overflows(), "Long text fits into the window"

    made = create(dashboard, "x" * 10_000)
    dashboard.go(f"dashboard/sessions/default/{made.id}")
    user = dashboard.main.get_by_text("x" * 10_000)
    expect(user).to_be_visible()
    box = user.bounding_box()
    assert box is not None
    assert box["height"] < 200, "A very long user is scrolled"
    assert violations(dashboard.page) == [], "Everybody can scroll it"
    assert not dashboard.overflows(), "A very long user fits into the window"


@pytest.mark.exhaustive
def test_looks(dashboard: Dashboard) -> None:
    made = create(dashboard, expires_after={"anchor": "created_at", "seconds": 40})
    dashboard.mock.secret(made).send("Hello")
    dashboard.open()
    expect(dashboard.row(made.id)).to_be_visible()
    dashboard.check_looks("The list")
    dashboard.page.get_by_role("link", name=made.id).click()
    expect(dashboard.main.get_by_role("listitem")).to_have_count(3)
    dashboard.check_looks("A session")
