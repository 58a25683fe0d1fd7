"""Faults: sets, magic ids and rules, switched in the page and felt by the official client."""

import json
import re
from typing import Any

import pytest
from openai import APIStatusError, InternalServerError, OpenAI, RateLimitError
from playwright.sync_api import Locator, expect
from support.dashboard_page import Dashboard
from support.hostile import HTML

from mock_server.testing import connect
from mock_server.wire.chat.operations import OPERATIONS

pytestmark = pytest.mark.browser

RTL = "\u202eevil"


def create(client: OpenAI, workflow: str = "wf_1") -> Any:
    """Create a session, as an app does."""
    return client.beta.chatkit.sessions.create(user="ada", workflow={"id": workflow})


def switch(dashboard: Dashboard, name: str) -> Locator:
    """Find a switch of the page."""
    return dashboard.main.get_by_role("switch", name=name, exact=True)


def rule(dashboard: Dashboard, name: str) -> Locator:
    """Find a rule at work."""
    return dashboard.main.get_by_role("listitem").filter(
        has=dashboard.page.get_by_role("button", name=f"Remove {name}", exact=True)
    )


def open_form(dashboard: Dashboard, query: str = "") -> Locator:
    """Open the page, and find the form for a rule."""
    dashboard.open(f"dashboard/faults{query}")
    expect(switch(dashboard, "outage")).to_be_visible()
    return dashboard.main.locator("form")


def box(form: Locator, name: str) -> Locator:
    """Find a field for text."""
    return form.get_by_role("textbox", name=name, exact=True)


def pick(form: Locator, name: str) -> Locator:
    """Find a field with a choice."""
    return form.get_by_role("combobox", name=name, exact=True)


def submit(form: Locator) -> None:
    """Add the fault."""
    form.get_by_role("button", name="Add fault").click()


def posted(form: Locator) -> Any:
    """Return what the form says it will post."""
    return json.loads(form.get_by_label("Fault as JSON").inner_text())


def clear(form: Locator) -> None:
    """Empty the form."""
    form.get_by_role("button", name="Clear").click()


def test_a_shipped_set_breaks_calls_until_it_is_switched_off(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/faults")
    expect(dashboard.main).to_contain_text("of project default")
    slow = "Every request is delayed by 2 s and is limited to 20,000 bytes per second."
    expect(dashboard.main, "A set says what it does").to_contain_text(slow)
    expect(dashboard.main.get_by_text("No faults are active.")).to_be_visible()
    switch(dashboard, "outage").check()
    expect(rule(dashboard, "outage"), "No request yet").to_contain_text("Applied to 0 of 0 matching requests")
    with pytest.raises(APIStatusError) as failed:
        create(dashboard.client)
    assert failed.value.status_code == 503, "The set breaks a call"
    expect(rule(dashboard, "outage"), "The hit is counted").to_contain_text("Applied to 1 of 1 matching request")
    switch(dashboard, "outage").uncheck()
    expect(dashboard.main.get_by_text("No faults are active.")).to_be_visible()
    assert create(dashboard.client).status == "active", "Calls work again"


def test_rules_of_others_are_shown_counted_and_removed(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/faults")
    expect(switch(dashboard, "flaky")).not_to_be_checked()
    dashboard.mock.faults.use("flaky")
    expect(switch(dashboard, "flaky"), "A set that others switch on is on").to_be_checked()
    dashboard.mock.reset("faults")
    expect(switch(dashboard, "flaky"), "A set that others switch off is off").not_to_be_checked()

    dashboard.mock.faults.use("broken_streams")
    link = dashboard.page.get_by_role("navigation", name="Views").get_by_role("link", name="Faults")
    expect(link, "The link to this view counts the rules").to_contain_text("3")
    remove = dashboard.main.get_by_role("button", name="Remove all")
    remove.click()
    dialog = dashboard.page.get_by_role("dialog", name="Remove 3 faults from project default?")
    dialog.get_by_role("button", name="Keep").click()
    expect(rule(dashboard, "cut_stream"), "Rules can be kept").to_be_visible()
    remove.click()
    dialog.get_by_role("button", name="Remove all").click()
    expect(dashboard.main.get_by_text("No faults are active."), "All rules can be removed").to_be_visible()
    expect(remove, "There is nothing left to remove").to_be_disabled()
    assert dashboard.mock.faults.list() == [], "The server has no rule left"


def test_a_magic_id_counts_and_is_switched_on_for_every_workflow(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/faults")
    row = dashboard.main.get_by_role("listitem").filter(has_text="wf_mock_ratelimited")
    expect(row).to_contain_text("Creating a session returns 429, with a 'retry-after' of one second. Applied 0 times.")
    with pytest.raises(RateLimitError):
        create(dashboard.client, "wf_mock_ratelimited")
    expect(row, "The hit is counted").to_contain_text("Applied 1 time.")
    create(dashboard.client)
    every = switch(dashboard, "For every workflow: wf_mock_ratelimited")
    every.check()
    expect(rule(dashboard, "wf_mock_ratelimited"), "It becomes a rule").to_be_visible()
    with pytest.raises(RateLimitError):
        create(dashboard.client)
    expect(rule(dashboard, "wf_mock_ratelimited"), "The fault's hit is counted").to_contain_text(
        "Applied to 1 of 1 matching request"
    )
    every.uncheck()
    expect(rule(dashboard, "wf_mock_ratelimited"), "The rule is gone").to_have_count(0)
    create(dashboard.client)


def test_a_rule_from_the_form_breaks_calls_and_its_hits_count_up(dashboard: Dashboard) -> None:
    form = open_form(dashboard)
    pick(form, "Operation").select_option("sessions.create")
    box(form, "User").fill("ada")
    box(form, "Status").fill("429")
    box(form, "Retry-After (seconds)").fill("1")
    box(form, "Maximum times").fill("2")
    box(form, "Name").fill("busy")
    said = "Every request to sessions.create by user ada fails with status 429 and retry-after 1 s, at most 2 times."
    expect(form, "The form says in words what the rule does").to_contain_text(said)
    submit(form)
    expect(form.get_by_role("status")).to_have_text("busy is active.")
    busy = rule(dashboard, "busy")
    expect(busy).to_contain_text("2 times left")
    for hits, left in (("1 of 1 matching request", "1 time left"), ("2 of 2 matching requests", "0 times left")):
        with pytest.raises(RateLimitError) as failed:
            create(dashboard.client)
        assert failed.value.response.headers["retry-after"] == "1"
        expect(busy).to_contain_text(hits)
        expect(busy).to_contain_text(left)
    expect(busy, "It says that the rule does no more").to_contain_text("Used up")
    create(dashboard.client)
    busy.get_by_role("button", name="Remove busy").click()
    expect(busy, "The rule can be removed").to_have_count(0)


def test_the_form_shows_what_it_posts_as_json_and_as_python(dashboard: Dashboard) -> None:
    form = open_form(dashboard)
    pick(form, "Operation").select_option("Other…")
    box(form, "Operation or prefix").fill("sessions")
    box(form, "Workflow").fill("wf_*")
    box(form, "Nth request").fill("1, 3")
    box(form, "Probability").fill("0.5")
    box(form, "Status").fill("400")
    box(form, "Message").fill('No "way"')
    box(form, "Delay").fill("200ms")
    box(form, "Active for").fill("10m")
    body = {
        "match": {"operation": "sessions", "workflow": "wf_*", "nth": [1, 3], "probability": 0.5},
        "do": {"delay": "200ms", "error": {"status": 400, "message": 'No "way"'}},
        "lasts": "10m",
    }
    assert posted(form) == body
    form.get_by_role("tab", name="Python").click()
    python = form.get_by_label("Fault in Python").inner_text()
    submit(form)
    expect(rule(dashboard, "fault_1")).to_contain_text("The 1st and 3rd request to sessions for workflow wf_*")
    exec(python, {})
    made, pasted = dashboard.mock.faults.list()
    assert (made.match, made.do, made.times) == (pasted.match, pasted.do, pasted.times), "Both make the same rule"
    assert made.until is not None
    assert pasted.until is not None


def test_every_ending_can_be_chosen(dashboard: Dashboard) -> None:
    form = open_form(dashboard)
    endings: dict[str, dict[str, Any]] = {
        "drop": {"drop": True},
        "cut": {"cut": 2},
        "malformed": {"malformed": 2},
        "truncated": {"truncated": 2},
    }
    for number, (ending, deed) in enumerate(endings.items(), 1):
        clear(form)
        expect(box(form, "Status"), "An empty form has a status").to_be_visible()
        pick(form, "Effect").select_option(ending)
        expect(box(form, "Status"), f"{ending} has no status").to_be_hidden()
        if ending != "drop":
            box(form, "Events sent before").fill("2")
        assert posted(form) == {"match": {}, "do": deed}, f"{ending} alone"
        pick(form, "End the session first").select_option("expired")
        box(form, "Bytes per second").fill("100")
        assert posted(form)["do"] == {**deed, "end_session": "expired", "bandwidth": 100}, f"{ending} with others"
        submit(form)
        expect(rule(dashboard, f"fault_{number}"), f"{ending} is added").to_contain_text("100 bytes per second")


def test_the_form_is_filled_by_a_link_and_offers_every_operation(dashboard: Dashboard) -> None:
    form = open_form(dashboard, "?operation=conversation.threads.create&session=cksess_1")
    assert posted(form)["match"] == {"operation": "conversation.threads.create", "session": "cksess_1"}
    dashboard.go("dashboard/faults?operation=threads.some")
    assert posted(form)["match"] == {"operation": "threads.some"}, "An operation that is not offered is filled in too"
    offered = {each.get_attribute("value") for each in pick(form, "Operation").locator("option").all()}
    paths = dashboard.page.request.get(f"{dashboard.mock.url}/openapi.json").json()["paths"]
    rest = {
        operation["operationId"]
        for path, methods in paths.items()
        if path.startswith("/v1/")
        for method, operation in methods.items()
        if method != "parameters"
    }
    talked = {f"conversation.{name}" for name in OPERATIONS}
    assert rest | talked <= offered, "Every operation can be chosen"

    box(form, "User").fill("gra")
    box(form, "User").focus()
    switches = dashboard.mock.faults.use("outage")
    expect(rule(dashboard, switches[0].name)).to_be_visible()
    expect(box(form, "User"), "A new rule leaves the focus where it is").to_be_focused()
    dashboard.page.keyboard.type("ce")
    expect(box(form, "User"), "A new rule leaves what is typed").to_have_value("grace")


def test_a_refusal_is_shown_at_the_form_in_the_servers_words(dashboard: Dashboard) -> None:
    form = open_form(dashboard)
    refusals = (
        ("Name", "a b", "Invalid 'name'"),
        ("Nth request", "often", "nth"),
        ("Status", "200", "Invalid 'do.error'"),
        ("Active for", "soon", "'soon' is not a duration"),
        ("Status", "", "The rule does nothing"),
    )
    for number, (label, text, refusal) in enumerate(refusals, 1):
        case = f"{label} {text!r}"
        clear(form)
        box(form, label).fill(text)
        submit(form)
        expect(form.get_by_role("alert"), case).to_contain_text(refusal)
        expect(box(form, label), f"{case} stays in the field").to_have_value(text)
        assert all("400" in said for said in dashboard.complaints), case
        dashboard.complaints.clear()
        box(form, label).fill("500" if label == "Status" else "")
        expect(form.get_by_role("alert"), f"{case}: the alert ends with a change").to_have_count(0)
        submit(form)
        expect(rule(dashboard, f"fault_{number}"), f"{case} can be corrected").to_be_visible()


def test_rules_are_in_order_and_end_in_the_time_of_the_project(dashboard: Dashboard) -> None:
    for name in ("first", "second", "third"):
        dashboard.mock.faults.add("sessions", error=500, name=name)
    dashboard.open("dashboard/faults")
    names = dashboard.main.get_by_role("button", name=re.compile("^Remove (first|second|third)$"))
    expect(names).to_have_count(3)
    labels = [each.get_attribute("aria-label") for each in names.all()]
    assert labels == ["Remove first", "Remove second", "Remove third"], "Rules are in the order of their making"
    names.nth(1).press("Enter")
    expect(rule(dashboard, "second")).to_have_count(0)
    third = dashboard.main.get_by_role("button", name="Remove third")
    expect(third, "The next rule takes the focus of one that is removed").to_be_focused()

    dashboard.mock.reset("faults")
    expect(dashboard.main.get_by_text("No faults are active.")).to_be_visible()
    dashboard.clock.freeze()
    dashboard.mock.faults.add("sessions.create", error=500, lasts="10m", name="short")
    expect(rule(dashboard, "short"), "The time left is shown").to_contain_text("10:00 left")
    dashboard.clock.shift(minutes=9)
    expect(rule(dashboard, "short"), "The time left is the project's").to_contain_text("1:00 left")
    with pytest.raises(InternalServerError):
        create(dashboard.client)
    dashboard.clock.shift(minutes=1)
    expect(rule(dashboard, "short"), "It says that the rule does no more").to_contain_text("Expired")
    create(dashboard.client)


def test_each_project_has_its_own(dashboard: Dashboard) -> None:
    other = connect(dashboard.mock.url, project="other")
    form = open_form(dashboard, "?project=other")
    expect(dashboard.main).to_contain_text("of project other")
    submit(form)
    expect(rule(dashboard, "fault_1")).to_be_visible()
    assert len(other.faults.list()) == 1, "The chosen project has the rule"
    assert dashboard.mock.faults.list() == [], "The default project does not have the rule"
    form.get_by_role("tab", name="Python").click()
    expect(form.get_by_label("Fault in Python")).to_contain_text('project="other"')
    dashboard.page.get_by_label("Project").select_option("*")
    expect(dashboard.main).to_contain_text("of project default")
    expect(dashboard.main.get_by_text("No faults are active.")).to_be_visible()


def test_long_and_hostile_rules(dashboard: Dashboard) -> None:
    dashboard.mock.faults.use("slow")
    dashboard.mock.faults.add("sessions.create", error=500, times=2, lasts="10m", name="n" * 64)
    dashboard.open("dashboard/faults")
    expect(dashboard.main.get_by_text("2 times left")).to_be_visible()
    dashboard.check_looks("A set and a rule")

    names = [
        dashboard.mock.faults.add("sessions", user=text, error={"status": 400, "message": text}).name
        for text in [*HTML, RTL, "x" * 10_000]
    ]
    expect(dashboard.main.get_by_role("button", name=re.compile("Remove fault_"))).to_have_count(len(names))
    expect(rule(dashboard, names[0]), "Text stays text").to_contain_text(HTML[0][:60])
    assert dashboard.main.locator("img, script, iframe").count() == 0, "No text becomes an element"
    assert not dashboard.overflows(), "Long texts fit into the window"
