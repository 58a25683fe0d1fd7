"""What surrounds every view: ways, projects, keys, colours, and a server that comes and goes."""

import pytest
from openai import OpenAI
from playwright.sync_api import Browser, Route, expect
from support.dashboard_page import Dashboard

from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.browser

VIEWS = {
    "demo": "Chat",
    "dashboard/sessions": "Sessions",
    "dashboard/threads": "Threads",
    "dashboard/requests": "Requests",
    "dashboard/time": "Time",
    "dashboard/faults": "Faults",
    "dashboard/workflows": "Workflows",
}


def test_begins_with_the_sessions(dashboard: Dashboard) -> None:
    dashboard.open("")
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard")
    expect(dashboard.main.get_by_role("heading", level=1)).to_have_text("Sessions")
    expect(dashboard.row("cksess_demo_cancelled")).to_be_visible()


@pytest.mark.parametrize("path", VIEWS)
def test_every_view_has_an_address_and_a_way(dashboard: Dashboard, path: str) -> None:
    dashboard.open(path)
    way = dashboard.page.get_by_role("navigation", name="Views").get_by_role("link", name=VIEWS[path])
    expect(way).to_have_attribute("aria-current", "page")
    expect(dashboard.page).to_have_title(f"{VIEWS[path]} | ChatKit, emulated")
    expect(dashboard.main.get_by_role("heading", level=1)).to_be_visible()
    dashboard.page.reload()
    expect(way).to_have_attribute("aria-current", "page")


def test_goes_back_and_forth(dashboard: Dashboard) -> None:
    dashboard.open()
    dashboard.page.get_by_role("link", name="Threads").click()
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/threads")
    dashboard.page.go_back()
    expect(dashboard.main.get_by_role("heading", level=1)).to_have_text("Sessions")


def test_shows_all_projects_and_lets_one_be_chosen(dashboard: Dashboard) -> None:
    dashboard.open()
    make = OpenAI(base_url=f"{dashboard.mock.url}/p/other/v1", api_key="sk-test").beta.chatkit.sessions.create
    made = make(user="grace", workflow={"id": "wf_1"})  # in a project that was not there when the page came
    expect(dashboard.row(made.id)).to_contain_text("other")
    dashboard.page.get_by_label("Project").select_option("default")
    expect(dashboard.row("cksess_demo_cancelled")).to_be_visible()
    expect(dashboard.row(made.id)).to_have_count(0)
    dashboard.page.get_by_label("Project").select_option("other")
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard?project=other")
    expect(dashboard.row(made.id)).to_be_visible()
    dashboard.page.get_by_role("link", name="Threads").click()
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/threads?project=other")


@pytest.mark.parametrize("path", ["", "dashboard", "dashboard/threads", "demo"])
def test_a_project_in_the_path_is_the_chosen_one(dashboard: Dashboard, path: str) -> None:
    dashboard.open(f"p/worker-1/{path}")
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/{path or 'dashboard'}?project=worker-1")
    expect(dashboard.page.get_by_label("Project")).to_have_value("worker-1")


def test_the_keyboard_does_it_all(dashboard: Dashboard) -> None:
    dashboard.open()
    press = dashboard.page.keyboard.press
    expect(dashboard.row("cksess_demo_cancelled")).to_be_visible()
    press("j")
    press("j")
    press("Enter")
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/sessions/default/cksess_demo_cancelled")
    press("u")
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/sessions")
    press("/")
    expect(dashboard.page.get_by_role("searchbox")).to_be_focused()
    press("g")  # typed, not obeyed
    press("t")
    expect(dashboard.page.get_by_role("searchbox")).to_have_value("gt")
    press("Escape")
    press("g")
    press("r")
    expect(dashboard.main.get_by_role("heading", level=1)).to_have_text("Requests")
    press("?")
    expect(dashboard.page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Next and previous row")
    press("Escape")
    expect(dashboard.page.get_by_role("dialog")).to_have_count(0)
    press("p")
    expect(dashboard.page.get_by_label("Project")).to_be_focused()


def test_searches_and_keeps_it_in_the_address(dashboard: Dashboard) -> None:
    dashboard.open()
    dashboard.page.get_by_role("searchbox").fill("GRACE")
    expect(dashboard.row("cksess_demo_expired")).to_be_visible()
    expect(dashboard.row("cksess_demo_cancelled")).to_have_count(0)
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard?search=GRACE")
    dashboard.page.reload()
    expect(dashboard.main.get_by_text("1 session", exact=True)).to_be_visible()
    dashboard.page.get_by_role("searchbox").fill("nobody")
    expect(dashboard.main.get_by_role("heading", name="No session is like that")).to_be_visible()


def test_colours_are_kept(dashboard: Dashboard) -> None:
    dashboard.open()
    toggle = dashboard.page.get_by_role("button", name="Colours: system")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert dashboard.page.evaluate(ground) == "rgb(255, 255, 255)"
    toggle.click()
    dashboard.page.get_by_role("button", name="Colours: light").click()
    expect(dashboard.page.get_by_role("button", name="Colours: dark")).to_be_visible()
    dashboard.page.reload()
    expect(dashboard.page.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert dashboard.page.evaluate(ground) == "rgb(16, 18, 22)"


def test_says_when_the_server_is_gone_and_goes_on_when_it_is_back(dashboard: Dashboard) -> None:
    mock = ChatKitMock(load=["demo"])
    with mock:
        port = int(mock.url.rpartition(":")[2])
        dashboard.page.goto(f"{mock.url}/dashboard")
        expect(dashboard.page.get_by_text("Live", exact=True)).to_be_visible()
        expect(dashboard.row("cksess_demo_cancelled")).to_be_visible()
    alarm = dashboard.page.get_by_text("The server is gone.")
    expect(alarm).to_be_visible()
    expect(dashboard.page.get_by_text("Server gone")).to_be_visible()
    with ChatKitMock(port=port) as again:
        expect(dashboard.page.get_by_text("The server is back.")).to_be_visible()
        expect(alarm).to_have_count(0)
        expect(dashboard.main.get_by_role("heading", name="No session yet")).to_be_visible()
        made = again.openai().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        expect(dashboard.row(made.id)).to_be_visible()
        dashboard.forgive()  # the browser tells of the server that was gone


def test_a_list_of_thousands_draws_what_is_in_sight(dashboard: Dashboard) -> None:
    sessions = [{"id": f"cksess_{number:04}", "user": "ada", "workflow": {"id": "wf_1"}} for number in range(1500)]
    dashboard.mock.load({"sessions": sessions})
    dashboard.open()
    expect(dashboard.row("cksess_1499")).to_be_visible()
    expect(dashboard.main.get_by_text("1,503 sessions")).to_be_visible()
    scroller = dashboard.page.locator(".scroller")
    for _ in range(40):
        scroller.evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
        if dashboard.row("cksess_demo_cancelled").count():
            break
        dashboard.page.wait_for_timeout(50)
    expect(dashboard.row("cksess_0000")).to_be_visible()
    assert dashboard.main.get_by_role("row").count() < 100

    made = dashboard.client.beta.chatkit.sessions.create(user="eve", workflow={"id": "wf_1"})
    expect(dashboard.page.get_by_role("button", name="1 newer")).to_be_visible()
    expect(dashboard.row("cksess_0000")).to_be_visible()  # what one reads stays where it is
    dashboard.page.get_by_role("button", name="1 newer").click()
    expect(dashboard.row(made.id)).to_be_visible()


def test_looks(looks: Dashboard) -> None:
    looks.open()
    expect(looks.row("cksess_demo_cancelled")).to_be_visible()
    looks.page.keyboard.press("?")
    assert looks.violations() == []
    assert not looks.overflows()


def test_a_policy_keeps_foreign_code_out(dashboard: Dashboard) -> None:
    answer = dashboard.page.goto(f"{dashboard.mock.url}/dashboard")
    assert answer is not None
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    foreign = {url for url in _requested(dashboard) if not url.startswith(dashboard.mock.url)}
    assert foreign == set()


def _requested(dashboard: Dashboard) -> list[str]:
    entries = "performance.getEntriesByType('resource').map(({ name }) => name)"
    urls: list[str] = dashboard.page.evaluate(entries)
    return urls


def test_says_why_it_is_closed_to_another_host_name(browser: Browser, mock: ChatKitMock) -> None:
    name = "http://emulator.example"
    page = browser.new_page()

    def serve(route: Route) -> None:
        headers = {**route.request.headers, "host": "emulator.example"}
        route.fulfill(response=route.fetch(url=mock.url + route.request.url.removeprefix(name), headers=headers))

    page.route(f"{name}/**", serve)
    page.goto(f"{name}/dashboard")
    said = "/_mock does not answer to the host name 'emulator.example'; start with --allow-host to let it."
    expect(page.get_by_role("main").get_by_role("alert")).to_have_text(said)
    page.context.close()
