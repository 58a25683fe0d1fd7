"""The journal live, and one request with its stream, as seen while an app is calling."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from openai import APIStatusError
from playwright.sync_api import Dialog, Locator, Request, expect
from support.dashboard_page import Dashboard, dashboard_page
from support.tabs import Tabs

from mock_server.client.transport import ControlError
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
    """Create a session through the official client, and return its id."""
    return dashboard.client.beta.chatkit.sessions.create(user=user, workflow={"id": workflow}).id


def say(dashboard: Dashboard, text: str, workflow: str = "wf_1") -> None:
    """Send a message in a session and a thread of their own."""
    session = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": workflow})
    dashboard.mock.secret(session).send(text)


def newest(dashboard: Dashboard) -> str:
    """Return the id of the request that came last."""
    kept = dashboard.mock.journal.last()
    return kept.id


def open_newest(dashboard: Dashboard) -> None:
    """Open the page of the request that came last."""
    dashboard.open(f"dashboard/requests/default/{newest(dashboard)}")


def fail(dashboard: Dashboard) -> None:
    """Ask for a thread that is not there."""
    with pytest.raises(APIStatusError):
        dashboard.client.beta.chatkit.threads.retrieve("cthr_none")


def break_one(dashboard: Dashboard, error: int) -> None:
    """Create a session while a fault, called outage, answers with an error."""
    dashboard.mock.faults.add("sessions.create", error=error, times=1, name="outage")
    with pytest.raises(APIStatusError):
        create(dashboard)


def total(dashboard: Dashboard, words: str) -> Locator:
    """Find what says how many requests there are."""
    return dashboard.main.get_by_role("status").get_by_text(words, exact=True)


def first_row(dashboard: Dashboard) -> Locator:
    """Find the row on top of the list."""
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


def no_request(dashboard: Dashboard) -> Locator:
    """Find what is shown while there is no request."""
    return dashboard.main.get_by_role("heading", name="No requests yet")


def clear(dashboard: Dashboard, answer: str) -> None:
    """Press Clear, and answer the question."""
    dashboard.main.get_by_role("button", name="Clear").click()
    dashboard.page.get_by_role("dialog").get_by_role("button", name=answer).click()


# The list.


def test_shows_how_to_make_a_request_while_there_is_none(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    expect(no_request(dashboard)).to_be_visible()
    curl = f"curl '{dashboard.mock.base_url}/chatkit/sessions'"
    expect(dashboard.main.get_by_label("Code"), "It shows a command").to_contain_text(curl)
    dashboard.check_looks("No request")
    create(dashboard)
    expect(total(dashboard, "1 request"), "A request is listed").to_be_visible()
    dashboard.mock.reset()
    expect(no_request(dashboard), "A reset empties the list").to_be_visible()


def test_clearing_asks_first_and_is_of_one_project(dashboard: Dashboard) -> None:
    create(dashboard)
    with dashboard.mock.http_client() as web:
        web.post("/p/other/_mock/reset")
        web.post("/p/other/v1/chatkit/sessions", json={})
    dashboard.open("dashboard/requests")
    expect(total(dashboard, "2 requests")).to_be_visible()
    clear(dashboard, "Keep")
    expect(total(dashboard, "2 requests"), "Requests can be kept").to_be_visible()
    dashboard.main.get_by_role("button", name="Clear").click()
    dialog = dashboard.page.get_by_role("dialog", name="Clear all requests of project default?")
    dialog.get_by_role("button", name="Clear").click()
    expect(total(dashboard, "1 request"), "The default project is cleared").to_be_visible()
    expect(dashboard.row("other"), "The other project is not").to_be_visible()
    dashboard.page.get_by_label("Project").select_option("other")
    clear(dashboard, "Clear")
    expect(no_request(dashboard), "The chosen project is cleared").to_be_visible()
    code = dashboard.main.get_by_label("Code")
    expect(code, "The command is for the project").to_contain_text("/p/other/v1/chatkit/sessions")


def test_lists_what_the_app_calls_while_it_calls(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    session = create(dashboard)
    row = dashboard.row("POST /v1/chatkit/sessions")
    for said in ("sessions.create", "200", " ms", session, "ada", "default", "ago"):
        expect(row, f"A request shows {said}").to_contain_text(said)
    fail(dashboard)
    expect(first_row(dashboard)).to_contain_text("GET /v1/chatkit/threads/cthr_none")
    expect(first_row(dashboard).get_by_text("404", exact=True)).to_have_attribute("data-tone", "warn")
    expect(total(dashboard, "2 requests")).to_be_visible()

    break_one(dashboard, 500)
    failed = dashboard.row("outage")
    expect(failed.get_by_text("500", exact=True), "A fault is named").to_have_attribute("data-tone", "bad")
    dashboard.mock.faults.add("conversation.threads.create", cut=3, name="scissors")
    with pytest.raises(ControlError, match="broke off"):
        say(dashboard, "hello")
    cut = dashboard.row("scissors").get_by_text("dropped", exact=True)
    expect(cut, "It says what was cut").to_be_visible()
    dashboard.check_looks("The list")
    dashboard.clock.shift(hours=3)
    expect(first_row(dashboard), "The project's clock says how long ago").to_contain_text("3 h ago")


def test_filters_are_in_the_address(dashboard: Dashboard) -> None:
    session = create(dashboard, user="grace")
    create(dashboard, user="eve")
    fail(dashboard)
    break_one(dashboard, 503)
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
        expect(total(dashboard, f"{found} request{'s' * (found != 1)}"), query).to_be_visible()
        expect(dashboard.page, query).to_have_url(f"{url}?{query}")
        main.get_by_label(label, exact=True).fill("")
        expect(total(dashboard, "4 requests"), f"Without {query}").to_be_visible()
    for status, words in [("2xx", "2 requests"), ("4xx", "1 request"), ("5xx", "1 request")]:
        main.get_by_label("Status").select_option(status)
        expect(total(dashboard, words), status).to_be_visible()
    dashboard.page.reload()
    expect(dashboard.row("outage"), "The filter survives a reload").to_be_visible()
    expect(main.get_by_label("Status")).to_have_value("5xx")
    main.get_by_label("Outcome").select_option("dropped")
    expect(main.get_by_role("heading", name="No matching requests")).to_be_visible()
    expect(dashboard.page).to_have_url(f"{url}?status_class=5xx&outcome=dropped")
    dashboard.go("dashboard/requests?outcome=lost")
    expect(main.get_by_role("alert"), "The server says what is no filter").to_contain_text("Invalid")
    dashboard.forgive()  # of the 400


def test_pausing_and_filters_hold_requests_back(dashboard: Dashboard) -> None:
    create(dashboard, user="ada")
    dashboard.open("dashboard/requests")
    expect(total(dashboard, "1 request")).to_be_visible()
    dashboard.main.get_by_role("button", name="Pause").click()
    create(dashboard, user="grace")
    link = dashboard.page.get_by_role("navigation", name="Views").get_by_role("link", name="Requests")
    expect(link, "The page knows of the new request").to_contain_text("2")
    expect(total(dashboard, "1 request"), "A paused list does not count it").to_be_visible()
    expect(dashboard.row("grace"), "A paused list does not show it").to_have_count(0)
    dashboard.main.get_by_role("button", name="Resume").click()
    expect(first_row(dashboard), "It shows once the list goes on").to_contain_text("grace")
    create(dashboard, user="eve")
    expect(first_row(dashboard), "The list is live again").to_contain_text("eve")

    dashboard.go("dashboard/requests?search=linus")
    expect(dashboard.main.get_by_role("heading", name="No matching requests")).to_be_visible()
    create(dashboard, user="eve")
    create(dashboard, user="linus")
    expect(dashboard.row("linus"), "A new request that fits is shown").to_be_visible()
    expect(total(dashboard, "1 request"), "One that does not fit is left out").to_be_visible()


# Under load.


def test_keeps_up_with_hundreds_of_calls(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    asked: list[str] = []
    dashboard.tab.listen("request", lambda sent: _note(asked, sent))
    began = stopwatch()
    with ThreadPoolExecutor(4) as pool:
        sessions = list(pool.map(lambda number: create(dashboard, user=f"user {number}"), range(200)))
    last = create(dashboard, user="the last")
    expect(total(dashboard, "201 requests")).to_be_visible()
    expect(first_row(dashboard)).to_contain_text("the last")
    expect(first_row(dashboard)).to_contain_text(last)
    assert len(asked) <= 2 * (stopwatch() - began) + 2, "It never looks more than twice a second"
    assert dashboard.main.get_by_role("row").count() < 100, "Rows out of sight are not drawn"
    assert len(set(sessions)) == 200


def _note(asked: list[str], sent: Request) -> None:
    if "/_mock/requests/summaries" in sent.url:
        asked.append(sent.url)


@pytest.fixture
def short(tabs: Tabs) -> Iterator[Dashboard]:
    """The dashboard of an emulator that remembers 110 requests."""
    with ChatKitMock(journal_entries=110) as mock, dashboard_page(tabs, mock) as page:
        yield page


def test_new_requests_do_not_move_the_older_ones_that_are_read(short: Dashboard) -> None:
    short.open("dashboard/requests")
    for number in range(120):
        create(short, user=f"old {number}")
    expect(total(short, "110 requests, 10 older discarded")).to_be_visible()
    expect(first_row(short)).to_contain_text("old 119")
    short.go("dashboard/requests")  # to read the newest hundred, and no more
    expect(first_row(short)).to_contain_text("old 119")
    scroller = short.page.locator(".scroller")
    scroller.evaluate("(list) => { list.scrollTop = 600; }")
    for number in range(120):
        create(short, user=f"new {number}")
    newer = short.page.get_by_role("button", name="100+ newer")
    expect(newer).to_be_visible()
    last = short.row("old 20")  # the last of the hundred that were read; those behind it are forgotten
    for _ in range(2):
        scroller.evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
        expect(last, "The rows that were read stay").to_be_visible()
        expect(short.row("old 19"), "Rows that were not read are forgotten").to_have_count(0)
    expect(short.row("new "), "Newer ones do not follow below").to_have_count(0)
    newer.click()
    expect(first_row(short)).to_contain_text("new 119")


# One request.


def test_shows_all_of_a_request(dashboard: Dashboard) -> None:
    session = create(dashboard, user="grace")
    dashboard.open("dashboard/requests")
    dashboard.row(session).get_by_role("link").click()
    main = dashboard.main
    expect(main.get_by_role("heading", level=1)).to_have_text("POST /v1/chatkit/sessions")
    expect(main.get_by_text("200", exact=True)).to_have_attribute("data-tone", "good")
    link = main.get_by_role("link", name=session)
    expect(link).to_have_attribute("href", f"{dashboard.mock.url}/dashboard/sessions/default/{session}")
    expect(main.get_by_label("Request: body")).to_contain_text('"user": "grace"')
    expect(main.get_by_label("Response: body")).to_contain_text('"status": "active"')
    sent = main.get_by_role("table", name="Request: headers")
    key = sent.get_by_role("row").filter(has_text="authorization")
    expect(key, "The API key is masked").not_to_contain_text(dashboard.mock.api_key)
    expect(sent.get_by_role("rowheader", name="openai-beta")).to_be_visible()
    expect(main.get_by_role("table", name="Response: headers")).to_contain_text("x-request-id")
    main.get_by_role("link", name="Requests").click()
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/requests")

    break_one(dashboard, 500)
    dashboard.row("outage").get_by_role("link").click()
    expect(main.get_by_text("Fault: outage"), "The fault is named").to_be_visible()
    headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
    with dashboard.mock.http_client() as web:
        web.post(f"/p/other/v1/chatkit/sessions/{session}/cancel", headers=headers)
    dashboard.go("dashboard/requests?project=other")
    dashboard.row("404").get_by_role("link").click()
    expect(main.get_by_role("term").filter(has_text="Hint"), "There is a hint").to_be_visible()
    expect(main.get_by_role("definition").filter(has_text="default").first).to_be_visible()


def test_copies_it_in_three_ways(dashboard: Dashboard) -> None:
    dashboard.context.grant_permissions(["clipboard-read", "clipboard-write"])
    create(dashboard, user="grace")
    open_newest(dashboard)
    buttons = dashboard.main.get_by_role("button", name=re.compile("^(Copy as (curl|test|JSON)|Copied)$"))
    for place, (name, part) in enumerate(
        [("curl", "curl -g -X POST "), ("test", "def test_sessions_create(chatkit_mock):"), ("JSON", "{")]
    ):
        dashboard.main.get_by_role("button", name=f"Copy as {name}").click()
        expect(buttons.nth(place), f"{name} is copied").to_have_accessible_name("Copied")
        copied: str = dashboard.page.evaluate("navigator.clipboard.readText()")
        assert part in copied, name
        assert "grace" in copied, name
        assert f"Bearer {dashboard.mock.api_key}" not in copied, f"{name} does not have the API key"
    assert json.loads(copied)["id"] == newest(dashboard)
    done = dashboard.main.get_by_role("button", name="Copied")
    expect(done, "The buttons get their words back").to_have_count(0)


def test_what_is_not_there_is_reported_in_the_servers_words(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    heading = dashboard.main.get_by_role("heading", level=1)
    for place in ("default/req_none", "nowhere/req_none", "req_none"):
        dashboard.go(f"dashboard/requests/{place}")
        expect(heading, place).to_have_text("Request not found")
        expect(dashboard.main.get_by_text("Request with id 'req_none' not found."), place).to_be_visible()
        dashboard.main.get_by_role("link", name="View all requests").click()
        expect(heading, f"There is a way out of {place}").to_have_text("Requests")
    dashboard.forgive()  # of the 404s


# Its stream.


def test_shows_a_stream_on_a_time_axis(dashboard: Dashboard) -> None:
    say(dashboard, "hello", workflow="wf_1")
    kept = dashboard.mock.journal.last("conversation")
    assert kept.events is not None
    assert kept.thread is not None
    open_newest(dashboard)
    main, count = dashboard.main, len(kept.events)
    expect(main.get_by_role("heading", name=f"Stream of {count} events")).to_be_visible()
    expect(main.locator(".lane .dots circle"), "Each event has a dot").to_have_count(count)
    expect(main.get_by_role("img", name=f"{count} events from ")).to_contain_text("0 ms")
    link = main.get_by_role("link", name=kept.thread)
    expect(link).to_have_attribute("href", f"{dashboard.mock.url}/dashboard/threads/default/{kept.thread}")
    entries = main.get_by_role("list", name="Events").get_by_role("listitem")
    expect(entries, "Each event has an entry").to_have_count(count)
    expect(entries.first).to_contain_text("thread.created")
    expect(entries.first).to_contain_text(" ms")
    entries.first.locator("summary").click()
    expect(main.get_by_label("Event 1", exact=True)).to_contain_text(f'"id": "{kept.thread}"')
    dashboard.check_looks("A stream with an event that is unfolded")

    lane = main.locator(".lane")
    expect(lane.get_by_text("0 ms", exact=True), "The axis begins at the request").to_have_count(1)
    main.get_by_role("switch", name="Start the axis at the first event").check()
    expect(lane.get_by_text("0 ms", exact=True), "The axis begins at the first event").to_have_count(0)
    expect(lane.locator(".dots circle").first).to_have_attribute("cx", "3.000%")
    dashboard.page.reload()
    expect(main.get_by_role("switch"), "The choice survives a reload").to_be_checked()


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
        expect(marked.locator("circle"), f"Entry {at} marks its dot").to_have_attribute("cx", place)
    dashboard.page.mouse.move(0, 0)
    expect(marked, "Without the pointer no dot is marked").to_have_attribute("visibility", "hidden")
    entries.nth(1).focus()
    expect(marked, "The focus marks a dot too").to_have_attribute("data-at", "1")


def test_more_than_a_thousand_events_are_listed_when_asked_for(dashboard: Dashboard) -> None:
    dashboard.mock.workflows.add("wf_long", {"default": [{"message": "word " * 1200}]})
    say(dashboard, "hello", workflow="wf_long")
    events = dashboard.mock.journal.last("conversation").events
    assert events is not None
    assert len(events) > 1000
    open_newest(dashboard)
    entries = dashboard.main.locator(".events li")
    expect(entries).to_have_count(200)
    expect(dashboard.main.locator(".lane .dots circle"), "The axis has them all").to_have_count(len(events))
    dashboard.main.get_by_role("button", name=f"Show all {len(events):,}").click()
    expect(entries).to_have_count(len(events), timeout=30_000)
    expect(entries.nth(200).locator("summary"), "The focus is on the first new entry").to_be_focused()
    expect(dashboard.main.get_by_role("button", name="Show all")).to_have_count(0)


def test_an_open_request_is_followed_until_it_ends(dashboard: Dashboard) -> None:
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
    unfolded = dashboard.main.locator(".events").get_by_text('"waiting"')
    expect(unfolded, "What was unfolded stays so").to_be_visible()


# Whatever is sent is text.


@pytest.mark.usefixtures("alarms")
def test_users_and_bodies_are_text(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    for hostile in HOSTILE:
        create(dashboard, user=hostile)
        expect(first_row(dashboard)).to_contain_text(hostile)
        _assert_inert(dashboard, hostile)
        first_row(dashboard).get_by_role("link").click()
        body = dashboard.main.get_by_label("Request: body")
        expect(body).to_contain_text(json.dumps(hostile, ensure_ascii=False)[1:-1])
        _assert_inert(dashboard, hostile)
        dashboard.main.get_by_role("link", name="Requests").click()


@pytest.mark.usefixtures("alarms")
def test_paths_and_headers_are_text(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/requests")
    for hostile in [each[:3000] for each in HOSTILE]:
        raw = hostile.encode().decode("latin-1")
        with dashboard.mock.http_client() as web:
            web.get(f"/v1/chatkit/{hostile}", headers={b"x-odd": raw.encode("latin-1")}, params={"q": hostile})
        expect(first_row(dashboard)).to_contain_text(f"GET /v1/chatkit/{hostile}")
        _assert_inert(dashboard, hostile)
        first_row(dashboard).get_by_role("link").click()
        expect(dashboard.main.get_by_role("heading", level=1)).to_contain_text(f"GET /v1/chatkit/{hostile[:200]}")
        headers = dashboard.main.get_by_role("table", name="Request: headers")
        expect(headers.get_by_role("row").filter(has_text="x-odd")).to_contain_text(raw[:1000])
        _assert_inert(dashboard, hostile)
        dashboard.main.get_by_role("link", name="Requests").click()


@pytest.mark.usefixtures("alarms")
def test_what_a_stream_says_is_text(dashboard: Dashboard) -> None:
    dashboard.mock.workflows.add("wf_bad", {"default": [{"message": each[:200]} for each in HOSTILE]})
    say(dashboard, BAD, workflow="wf_bad")
    open_newest(dashboard)
    lines = dashboard.main.locator(".events summary")
    expect(lines.first).to_be_visible()
    lines.evaluate_all("(lines) => lines.forEach((line) => line.click())")
    unfolded = dashboard.main.locator(".events details[open] pre")
    expect(unfolded, "Each event is unfolded").to_have_count(lines.count())
    _assert_inert(dashboard, "A stream")


def _assert_inert(dashboard: Dashboard, scene: str) -> None:
    """Check that nothing that was sent has become an element or a link, and that all fits into the window."""
    main = dashboard.main
    assert main.locator("img, script, iframe, svg[onload], [onerror], [onload]").count() == 0, scene[:100]
    assert main.locator("a:not([href^='http://127.0.0.1:'])").count() == 0, scene[:100]
    assert not dashboard.overflows(), scene[:100]


def test_the_calls_of_a_store_are_shown_as_text(tabs: Tabs) -> None:
    from support.official_server import OfficialServer  # noqa: PLC0415 - its import takes two seconds

    body = {"type": "threads.get_by_id", "params": {"thread_id": BAD}}
    with ChatKitMock(backend=OfficialServer) as mock, mock.http_client() as http:
        http.post("/v1/chatkit/conversation", json=body)
        with dashboard_page(tabs, mock) as dashboard:
            open_newest(dashboard)
            row = dashboard.main.get_by_role("table").filter(has_text="Began after").locator("tbody tr")
            expect(row).to_have_count(1)
            expect(row).to_contain_text(f"load_thread({BAD})")
            expect(row).to_contain_text("raised NotFoundError")
            dashboard.complaints.clear()


def test_what_a_server_raised_is_shown_with_its_traceback(tabs: Tabs) -> None:
    class Broken:
        async def process(self, body: bytes, context: Any) -> None:
            raise OSError(f"out of order {BAD}")

        respond = None

    body = {"type": "threads.list", "params": {}}
    with ChatKitMock(backend=Broken) as mock, mock.http_client() as http:
        http.post("/v1/chatkit/conversation", json=body)
        with dashboard_page(tabs, mock) as dashboard:
            open_newest(dashboard)
            raised = dashboard.main.locator("section").filter(has_text="What your server raised")
            expect(raised).to_contain_text(f"OSError: out of order {BAD}")
            expect(raised).to_contain_text("Traceback")
            dashboard.complaints.clear()
