"""The journal live, and one request with its stream: as seen by one whose app is calling."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead

import pytest
from openai import APIStatusError
from playwright.sync_api import Dialog, Locator, Request, expect
from support.dashboard_page import Dashboard, dashboard_page
from support.tabs import Tabs

from mock_server.clock import stopwatch
from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.browser

BAD = "<img src=x onerror=alert(1)>"
RTL = "\u202egnp.exe\u202c"
HOSTILE = [
    BAD,
    "javascript:alert(1)",
    RTL,
    "w" * 10_000,
    "</script><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
]


def create(dashboard: Dashboard, user: str = "ada", workflow: str = "wf_1") -> str:
    """A session by the official client; its id."""
    return dashboard.client.beta.chatkit.sessions.create(user=user, workflow={"id": workflow}).id


def say(dashboard: Dashboard, text: str, workflow: str = "wf_1") -> None:
    """A message in a session and a thread of their own."""
    session = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": workflow})
    dashboard.mock.secret(session).send(text)


def newest(dashboard: Dashboard) -> str:
    """The id of the request that came last."""
    kept = dashboard.mock.journal.last()
    return kept.id


def open_newest(dashboard: Dashboard, query: str = "") -> None:
    """The page of the request that came last."""
    dashboard.open(f"dashboard/requests/default/{newest(dashboard)}{query}")


def total(dashboard: Dashboard, words: str) -> Locator:
    """How many requests it says there are."""
    return dashboard.main.get_by_role("status").get_by_text(words, exact=True)


def first_row(dashboard: Dashboard) -> Locator:
    """The row on top of the list."""
    return dashboard.main.locator('[role=row][aria-rowindex="2"]')


@pytest.fixture
def alarms(dashboard: Dashboard) -> Iterator[list[str]]:
    """The dialogs that foreign code opened: none in the end."""
    opened: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    dashboard.tab.listen("dialog", dismiss)
    yield opened
    assert opened == []


# The list.


def test_teaches_how_to_make_a_request(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    expect(dashboard.main.get_by_role("heading", name="No request yet")).to_be_visible()
    expect(dashboard.main.get_by_label("Code")).to_contain_text(f"curl '{dashboard.mock.base_url}/chatkit/sessions'")


def test_lists_what_the_app_calls_while_it_calls(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    session = create(dashboard)
    row = dashboard.row("POST /v1/chatkit/sessions")
    for said in ("sessions.create", "200", " ms", session, "ada", "default"):
        expect(row).to_contain_text(said)
    with pytest.raises(APIStatusError):
        dashboard.client.beta.chatkit.threads.retrieve("cthr_none")
    expect(first_row(dashboard)).to_contain_text("GET /v1/chatkit/threads/cthr_none")
    expect(first_row(dashboard).get_by_text("404", exact=True)).to_have_attribute("data-tone", "warn")
    expect(total(dashboard, "2 requests")).to_be_visible()


def test_says_what_struck_and_what_was_cut(dashboard: Dashboard) -> None:
    dashboard.mock.faults.add("sessions.create", error=500, times=1, name="outage")
    with pytest.raises(APIStatusError):
        create(dashboard)
    dashboard.mock.faults.add("conversation.threads.create", cut=3, name="scissors")
    with pytest.raises(IncompleteRead):
        say(dashboard, "hello")
    dashboard.open("dashboard/requests")
    struck = dashboard.row("outage")
    expect(struck.get_by_text("500", exact=True)).to_have_attribute("data-tone", "bad")
    expect(dashboard.row("scissors").get_by_text("dropped", exact=True)).to_be_visible()


def test_a_request_says_how_long_ago_it_was_by_its_projects_clock(dashboard: Dashboard) -> None:
    create(dashboard)
    dashboard.open("dashboard/requests")
    expect(first_row(dashboard)).to_contain_text("ago")
    dashboard.mock.clock.shift(hours=3)
    expect(first_row(dashboard)).to_contain_text("3 h ago")


def test_filters_are_in_the_address(dashboard: Dashboard) -> None:
    session = create(dashboard, user="grace")
    create(dashboard, user="eve")
    with pytest.raises(APIStatusError):
        dashboard.client.beta.chatkit.threads.retrieve("cthr_none")
    dashboard.mock.faults.add("sessions.create", error=503, times=1, name="outage")
    with pytest.raises(APIStatusError):
        create(dashboard)
    dashboard.open("dashboard/requests")
    main, url = dashboard.main, f"{dashboard.mock.url}/dashboard/requests"
    for label, value, query, found in [
        ("Search", "GRACE", "search=GRACE", 1),
        ("Path", "*/threads/*", "path=*%2Fthreads%2F*", 1),
        ("Path", "/v1/chatkit/sessions", "path=%2Fv1%2Fchatkit%2Fsessions", 3),
        ("Session", session, f"session={session}", 1),
        ("Fault", "*", "fault=*", 1),
    ]:
        main.get_by_label(label, exact=True).fill(value)
        expect(total(dashboard, f"{found} request{'s' * (found != 1)}")).to_be_visible()
        expect(dashboard.page).to_have_url(f"{url}?{query}")
        main.get_by_label(label, exact=True).fill("")
        expect(total(dashboard, "4 requests")).to_be_visible()
    for status, words in [("2xx", "2 requests"), ("4xx", "1 request"), ("5xx", "1 request")]:
        main.get_by_label("Status").select_option(status)
        expect(total(dashboard, words)).to_be_visible()
    dashboard.page.reload()
    expect(dashboard.row("outage")).to_be_visible()
    expect(main.get_by_label("Status")).to_have_value("5xx")
    main.get_by_label("Outcome").select_option("dropped")
    expect(main.get_by_role("heading", name="No request is like that")).to_be_visible()
    expect(dashboard.page).to_have_url(f"{url}?status_class=5xx&outcome=dropped")


def test_what_does_not_fit_stays_out_while_it_comes(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests?search=grace")
    create(dashboard, user="eve")
    create(dashboard, user="grace")
    expect(dashboard.row("grace")).to_be_visible()
    expect(total(dashboard, "1 request")).to_be_visible()


def test_a_filter_that_is_none_is_told_in_the_servers_words(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests?outcome=lost")
    expect(dashboard.main.get_by_role("alert")).to_contain_text("Invalid")
    dashboard.forgive()  # the browser's own word on a 400


def test_pausing_holds_the_list_still(dashboard: Dashboard) -> None:
    create(dashboard, user="ada")
    dashboard.open("dashboard/requests")
    expect(total(dashboard, "1 request")).to_be_visible()
    dashboard.main.get_by_role("button", name="Pause").click()
    create(dashboard, user="grace")
    link = dashboard.page.get_by_role("navigation", name="Views").get_by_role("link", name="Requests")
    expect(link).to_contain_text("2")  # the page has heard of it
    expect(total(dashboard, "1 request")).to_be_visible()
    expect(dashboard.row("grace")).to_have_count(0)
    dashboard.main.get_by_role("button", name="Resume live").click()
    expect(first_row(dashboard)).to_contain_text("grace")
    create(dashboard, user="eve")
    expect(first_row(dashboard)).to_contain_text("eve")


def test_clearing_asks_first_and_is_of_one_project(dashboard: Dashboard) -> None:
    create(dashboard)
    with dashboard.mock.http_client() as web:
        web.post("/p/other/v1/chatkit/sessions", json={})
    dashboard.open("dashboard/requests")
    expect(total(dashboard, "2 requests")).to_be_visible()
    dashboard.main.get_by_role("button", name="Clear").click()
    dialog = dashboard.page.get_by_role("dialog", name="Forget all requests of the project default?")
    dialog.get_by_role("button", name="Keep").click()
    expect(total(dashboard, "2 requests")).to_be_visible()
    dashboard.main.get_by_role("button", name="Clear").click()
    dialog.get_by_role("button", name="Forget").click()
    expect(total(dashboard, "1 request")).to_be_visible()
    expect(dashboard.row("other")).to_be_visible()
    dashboard.page.get_by_label("Project").select_option("other")
    dashboard.main.get_by_role("button", name="Clear").click()
    dashboard.page.get_by_role("dialog").get_by_role("button", name="Forget").click()
    expect(dashboard.main.get_by_role("heading", name="No request yet")).to_be_visible()
    expect(dashboard.main.get_by_label("Code")).to_contain_text("/p/other/v1/chatkit/sessions")


def test_a_reset_empties_it(dashboard: Dashboard) -> None:
    create(dashboard)
    dashboard.open("dashboard/requests")
    expect(total(dashboard, "1 request")).to_be_visible()
    dashboard.mock.reset()
    expect(dashboard.main.get_by_role("heading", name="No request yet")).to_be_visible()


# Under load.


def test_keeps_up_with_hundreds_of_calls(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    asked: list[str] = []
    dashboard.tab.listen("request", lambda sent: _note(asked, sent))
    began = stopwatch()
    with ThreadPoolExecutor(4) as pool:
        sessions = list(pool.map(lambda number: create(dashboard, user=f"user {number}"), range(300)))
    last = create(dashboard, user="the last")
    expect(total(dashboard, "301 requests")).to_be_visible()
    expect(first_row(dashboard)).to_contain_text("the last")
    expect(first_row(dashboard)).to_contain_text(last)
    assert len(asked) <= 2 * (stopwatch() - began) + 2  # never more than two looks a second
    assert dashboard.main.get_by_role("row").count() < 100
    assert len(set(sessions)) == 300


def _note(asked: list[str], sent: Request) -> None:
    if "/_mock/requests/summaries" in sent.url:
        asked.append(sent.url)


@pytest.fixture
def short(tabs: Tabs) -> Iterator[Dashboard]:
    """The dashboard of an emulator that remembers 150 requests."""
    with ChatKitMock(journal_entries=150) as mock, dashboard_page(tabs, mock) as page:
        yield page


def test_says_how_many_were_forgotten(short: Dashboard) -> None:
    short.open("dashboard/requests")
    for number in range(160):
        create(short, user=f"user {number}")
    expect(total(short, "150 requests, 10 older forgotten")).to_be_visible()
    expect(first_row(short)).to_contain_text("user 159")


def test_one_who_reads_older_ones_is_not_moved_nor_shown_newer_ones_below(short: Dashboard) -> None:
    for number in range(150):
        create(short, user=f"old {number}")
    short.open("dashboard/requests")
    expect(first_row(short)).to_contain_text("old 149")
    scroller = short.page.locator(".scroller")
    scroller.evaluate("(list) => { list.scrollTop = 600; }")
    for number in range(200):
        create(short, user=f"new {number}")
    expect(short.page.get_by_role("button", name="100+ newer")).to_be_visible()
    scroller.evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    expect(short.row("old 50")).to_be_visible()  # the last of those that were read; those behind it are forgotten
    scroller.evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    expect(short.row("old 50")).to_be_visible()
    expect(short.row("new ")).to_have_count(0)
    short.page.get_by_role("button", name="100+ newer").click()
    expect(first_row(short)).to_contain_text("new 199")


# One request.


def test_shows_all_of_a_request(dashboard: Dashboard) -> None:
    session = create(dashboard, user="grace")
    dashboard.open("dashboard/requests")
    dashboard.row(session).get_by_role("link").click()
    main = dashboard.main
    expect(main.get_by_role("heading", level=1)).to_have_text("POST /v1/chatkit/sessions")
    expect(main.get_by_text("200", exact=True)).to_have_attribute("data-tone", "good")
    way = main.get_by_role("link", name=session)
    expect(way).to_have_attribute("href", f"{dashboard.mock.url}/dashboard/sessions/default/{session}")
    expect(main.get_by_label("Request: body")).to_contain_text('"user": "grace"')
    expect(main.get_by_label("Answer: body")).to_contain_text('"status": "active"')
    sent = main.get_by_role("table", name="Request: headers")
    expect(sent.get_by_role("row").filter(has_text="authorization")).not_to_contain_text(dashboard.mock.api_key)
    expect(sent.get_by_role("rowheader", name="openai-beta")).to_be_visible()
    expect(main.get_by_role("table", name="Answer: headers")).to_contain_text("x-request-id")
    main.get_by_role("link", name="Requests").click()
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/requests")


def test_shows_faults_and_hints(dashboard: Dashboard) -> None:
    session = create(dashboard)
    dashboard.mock.faults.add("sessions.create", error=500, times=1, name="outage")
    with pytest.raises(APIStatusError):
        create(dashboard)
    open_newest(dashboard)
    expect(dashboard.main.get_by_text("Fault: outage")).to_be_visible()
    headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
    with dashboard.mock.http_client() as web:
        web.post(f"/p/other/v1/chatkit/sessions/{session}/cancel", headers=headers)
    dashboard.open("dashboard/requests?project=other")
    dashboard.row("404").get_by_role("link").click()
    expect(dashboard.main.get_by_role("term").filter(has_text="Hint")).to_be_visible()
    expect(dashboard.main.get_by_role("definition").filter(has_text="default").first).to_be_visible()


def test_shows_a_stream_on_a_time_axis(dashboard: Dashboard) -> None:
    say(dashboard, "hello", workflow="wf_1")
    kept = dashboard.mock.journal.last("conversation")
    assert kept.events is not None
    assert kept.thread is not None
    open_newest(dashboard)
    main, count = dashboard.main, len(kept.events)
    expect(main.get_by_role("heading", name=f"Stream of {count} events")).to_be_visible()
    expect(main.locator(".lane .dots circle")).to_have_count(count)
    expect(main.get_by_role("img", name=f"{count} events from ")).to_contain_text("0 ms")
    way = main.get_by_role("link", name=kept.thread)
    expect(way).to_have_attribute("href", f"{dashboard.mock.url}/dashboard/threads/default/{kept.thread}")
    entries = main.get_by_role("list", name="Events").get_by_role("listitem")
    expect(entries).to_have_count(count)
    expect(entries.first).to_contain_text("thread.created")
    expect(entries.first).to_contain_text(" ms")
    entries.first.locator("summary").click()
    expect(main.get_by_label("Event 1", exact=True)).to_contain_text(f'"id": "{kept.thread}"')


def test_an_entry_of_the_stream_marks_its_dot(dashboard: Dashboard) -> None:
    say(dashboard, "hello")
    open_newest(dashboard)
    entries, marked = dashboard.main.locator(".events summary"), dashboard.main.locator(".lane .marked")
    expect(entries.first).to_be_visible()
    expect(marked).to_have_attribute("visibility", "hidden")
    dots = dashboard.main.locator(".lane .dots circle")
    for at in (0, 2):
        entries.nth(at).hover()
        expect(marked).to_have_attribute("visibility", "visible")
        place = dots.nth(at).get_attribute("cx")
        assert place is not None
        expect(marked.locator("circle")).to_have_attribute("cx", place)
    dashboard.page.mouse.move(0, 0)
    expect(marked).to_have_attribute("visibility", "hidden")
    entries.nth(1).focus()
    expect(marked).to_have_attribute("data-at", "1")


def test_the_axis_can_begin_at_the_first_event(dashboard: Dashboard) -> None:
    say(dashboard, "hello")
    open_newest(dashboard)
    lane = dashboard.main.locator(".lane")
    expect(lane.get_by_text("0 ms", exact=True)).to_have_count(1)
    dashboard.main.get_by_role("switch", name="Begin the axis at the first event").check()
    expect(lane.get_by_text("0 ms", exact=True)).to_have_count(0)
    expect(lane.locator(".dots circle").first).to_have_attribute("cx", "3.000%")
    dashboard.page.reload()
    expect(dashboard.main.get_by_role("switch")).to_be_checked()


def test_thousands_of_events_are_listed_when_asked_for(dashboard: Dashboard) -> None:
    dashboard.mock.workflows.add("wf_long", {"default": [{"message": "word " * 5000}]})
    say(dashboard, "hello", workflow="wf_long")
    events = dashboard.mock.journal.last("conversation").events
    assert events is not None
    assert len(events) > 1000
    open_newest(dashboard)
    entries = dashboard.main.locator(".events li")
    expect(entries).to_have_count(200)
    expect(dashboard.main.locator(".lane .dots circle")).to_have_count(len(events))
    dashboard.main.get_by_role("button", name=f"Show all {len(events):,}").click()
    expect(entries).to_have_count(len(events), timeout=30_000)
    expect(entries.nth(200).locator("summary")).to_be_focused()
    expect(dashboard.main.get_by_role("button", name="Show all")).to_have_count(0)


def test_an_open_request_is_followed_until_it_ended(dashboard: Dashboard) -> None:
    dashboard.mock.workflows.add("wf_slow", {"default": [{"progress": "waiting"}, {"pause": "60s"}]})
    session = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_slow"})
    content = [{"type": "input_text", "text": "hi"}]
    message = {"content": content, "attachments": [], "inference_options": {}}
    body = {"type": "threads.create", "params": {"input": message}}
    dashboard.open("dashboard/requests")
    headers = {"authorization": f"Bearer {session.client_secret}"}
    with dashboard.mock.http_client(timeout=20) as web:
        with web.stream("POST", "/v1/chatkit/conversation", json=body, headers=headers) as answer:
            lines = answer.iter_lines()
            next(lines)
            expect(first_row(dashboard).get_by_text("open", exact=True)).to_be_visible()
            first_row(dashboard).get_by_role("link").click()
            expect(dashboard.main.get_by_text("still running")).to_be_visible()
            waiting = dashboard.main.locator(".events summary").filter(has_text="progress_update")
            waiting.click()
            expect(dashboard.main.locator(".events").get_by_text('"waiting"')).to_be_visible()
        expect(dashboard.main.get_by_text("abandoned", exact=True)).to_be_visible()
    expect(dashboard.main.get_by_text("still running")).to_have_count(0)
    expect(dashboard.main.locator(".events").get_by_text('"waiting"')).to_be_visible()  # what was unfolded stays so


def test_copies_it_in_three_ways(dashboard: Dashboard) -> None:
    dashboard.context.grant_permissions(["clipboard-read", "clipboard-write"])
    create(dashboard, user="grace")
    open_newest(dashboard)
    for name, begins in [
        ("curl", "curl -g -X POST "),
        ("test", "def test_sessions_create(chatkit_mock):"),
        ("JSON", "{"),
    ]:
        dashboard.main.get_by_role("button", name=f"Copy as {name}").click()
        expect(dashboard.main.get_by_role("button", name="Copied")).to_be_visible()
        expect(dashboard.main.get_by_role("button", name="Copied")).to_have_count(0)
        copied: str = dashboard.page.evaluate("navigator.clipboard.readText()")
        assert begins in copied
        assert "grace" in copied
        assert f"Bearer {dashboard.mock.api_key}" not in copied
    assert json.loads(copied)["id"] == newest(dashboard)


@pytest.mark.parametrize("place", ["default/req_none", "nowhere/req_none", "req_none"])
def test_what_is_not_there_is_told_in_the_servers_words(dashboard: Dashboard, place: str) -> None:
    dashboard.open(f"dashboard/requests/{place}")
    expect(dashboard.main.get_by_role("heading", level=1)).to_have_text("No such request")
    expect(dashboard.main.get_by_text("Request with id 'req_none' not found.")).to_be_visible()
    dashboard.main.get_by_role("link", name="See the requests that are there").click()
    expect(dashboard.main.get_by_role("heading", level=1)).to_have_text("Requests")
    dashboard.forgive()  # the browser's own word on a 404


# Whatever is sent is text.


@pytest.mark.usefixtures("alarms")
def test_users_and_bodies_are_text(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    for hostile in HOSTILE:
        create(dashboard, user=hostile)
        expect(first_row(dashboard)).to_contain_text(hostile)
        dashboard.page.goto(f"{dashboard.mock.url}/dashboard/requests/default/{newest(dashboard)}")
        body = dashboard.main.get_by_label("Request: body")
        expect(body).to_contain_text(json.dumps(hostile, ensure_ascii=False)[1:-1])
        assert not dashboard.overflows()
        _assert_inert(dashboard)
        dashboard.page.go_back()
        expect(first_row(dashboard)).to_be_visible()
        _assert_inert(dashboard)


@pytest.mark.usefixtures("alarms")
@pytest.mark.parametrize("hostile", [each[:3000] for each in HOSTILE])
def test_paths_and_headers_are_text(dashboard: Dashboard, hostile: str) -> None:
    with dashboard.mock.http_client() as web:
        raw = hostile.encode().decode("latin-1")
        web.get(f"/v1/chatkit/{hostile}", headers={b"x-odd": raw.encode("latin-1")}, params={"q": hostile})
    dashboard.open("dashboard/requests")
    expect(first_row(dashboard)).to_contain_text(f"GET /v1/chatkit/{hostile}")
    _assert_inert(dashboard)
    first_row(dashboard).get_by_role("link").click()
    expect(dashboard.main.get_by_role("heading", level=1)).to_contain_text(f"GET /v1/chatkit/{hostile[:200]}")
    odd = dashboard.main.get_by_role("table", name="Request: headers").get_by_role("row").filter(has_text="x-odd")
    expect(odd).to_contain_text(raw[:1000])
    assert not dashboard.overflows()
    _assert_inert(dashboard)


@pytest.mark.usefixtures("alarms")
def test_what_a_stream_says_is_text(dashboard: Dashboard) -> None:
    dashboard.mock.workflows.add("wf_bad", {"default": [{"message": each[:200]} for each in HOSTILE]})
    say(dashboard, BAD, workflow="wf_bad")
    open_newest(dashboard)
    expect(dashboard.main.locator(".events li").first).to_be_visible()
    for line in dashboard.main.locator(".events summary").all():
        line.click()
    _assert_inert(dashboard)
    assert not dashboard.overflows()


def _assert_inert(dashboard: Dashboard) -> None:
    """Nothing that was sent has become an element or a link."""
    main = dashboard.main
    assert main.locator("img, script, iframe, svg[onload], [onerror], [onload]").count() == 0
    assert main.locator("a:not([href^='http://127.0.0.1:'])").count() == 0


# How it looks.


def test_looks(looks: Dashboard) -> None:
    say(looks, "hello")
    with pytest.raises(APIStatusError):
        looks.client.beta.chatkit.threads.retrieve("cthr_none")
    looks.open("dashboard/requests")
    expect(looks.row("404")).to_be_visible()
    assert looks.violations() == []
    assert not looks.overflows()
    looks.open(f"dashboard/requests/default/{looks.mock.journal.last('conversation').id}")
    expect(looks.main.locator(".lane")).to_be_visible()
    looks.main.locator(".events summary").first.click()
    assert looks.violations() == []
    assert not looks.overflows()


def test_looks_when_empty(looks: Dashboard) -> None:
    looks.open("dashboard/requests")
    expect(looks.main.get_by_role("heading", name="No request yet")).to_be_visible()
    assert looks.violations() == []
    assert not looks.overflows()
