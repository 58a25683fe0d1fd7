"""What surrounds every view: links, projects, keys, colours, and a server that comes and goes."""

import pytest
from openai import OpenAI
from playwright.sync_api import Route, expect
from support.dashboard_page import Dashboard

from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.browser

VIEWS = {
    "dashboard/sessions": "Sessions",
    "dashboard/threads": "Threads",
    "dashboard/requests": "Requests",
    "dashboard/time": "Time",
    "dashboard/faults": "Faults",
    "dashboard/workflows": "Workflows",
    "demo": "Chat",
}
# Scrolls a list to its end, again and again as more rows are read, until it has drawn a row.
SCROLL_TO = """async (list, id) => {
  for (let frame = 0; frame < 1000 && !list.querySelector(`[data-id="${id}"]`); frame += 1) {
    list.scrollTop = list.scrollHeight;
    await new Promise(requestAnimationFrame);
  }
}"""


def see_view(dashboard: Dashboard, path: str, how: str) -> None:
    """Check that a view is shown; `how` says how it was reached."""
    link = dashboard.page.get_by_role("navigation", name="Views").get_by_role("link", name=VIEWS[path])
    expect(link, f"{path} is the current view {how}").to_have_attribute("aria-current", "page")
    expect(dashboard.page, f"{path} has a title {how}").to_have_title(f"{VIEWS[path]} | ChatKit emulator")
    expect(dashboard.main.get_by_role("heading", level=1), f"{path} has a heading {how}").to_be_visible()


def test_every_view_has_an_address_and_a_link(dashboard: Dashboard) -> None:
    dashboard.open("")
    page, views = dashboard.page, dashboard.page.get_by_role("navigation", name="Views")
    expect(page, "It begins with the sessions").to_have_url(f"{dashboard.mock.url}/dashboard")
    expect(dashboard.main.get_by_role("heading", level=1)).to_have_text("Sessions")
    expect(dashboard.row("cksess_demo_cancelled")).to_be_visible()
    document = page.request.get(f"{dashboard.mock.url}/dashboard").text()
    for path, words in VIEWS.items():
        views.get_by_role("link", name=words).click()
        expect(page).to_have_url(f"{dashboard.mock.url}/{path}")
        see_view(dashboard, path, "by its link")
        served = page.request.get(f"{dashboard.mock.url}/{path}").text()
        assert served == document, f"{path} is answered with the document that shows every view"
        if path in {"demo", "dashboard/faults"}:
            page.reload()
            see_view(dashboard, path, "after a reload")

    views.get_by_role("link", name="Sessions").click()
    views.get_by_role("link", name="Threads").click()
    expect(page).to_have_url(f"{dashboard.mock.url}/dashboard/threads")
    page.go_back()
    expect(dashboard.main.get_by_role("heading", level=1), "The browser goes back").to_have_text("Sessions")


def test_a_policy_keeps_foreign_code_out(dashboard: Dashboard) -> None:
    answer = dashboard.page.goto(f"{dashboard.mock.url}/dashboard")
    assert answer is not None
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    urls = dashboard.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert urls, "The page loads resources"
    assert [url for url in urls if not url.startswith(dashboard.mock.url)] == [], "Nothing comes from elsewhere"


def test_shows_all_projects_or_a_chosen_one(dashboard: Dashboard) -> None:
    dashboard.open()
    page, url = dashboard.page, dashboard.mock.url
    create = OpenAI(base_url=f"{url}/p/other/v1", api_key="sk-test").beta.chatkit.sessions.create
    made = create(user="grace", workflow={"id": "wf_1"})
    expect(dashboard.row(made.id), "A project that is new to the page is shown").to_contain_text("other")
    page.get_by_label("Project").select_option("default")
    expect(dashboard.row("cksess_demo_cancelled")).to_be_visible()
    expect(dashboard.row(made.id), "Other projects are left out").to_have_count(0)
    page.get_by_label("Project").select_option("other")
    expect(page, "The project is in the address").to_have_url(f"{url}/dashboard?project=other")
    expect(dashboard.row(made.id)).to_be_visible()
    page.get_by_role("link", name="Threads").click()
    expect(page, "Links stay in the project").to_have_url(f"{url}/dashboard/threads?project=other")

    dashboard.open("p/worker-1/dashboard/threads")
    expect(page, "A project in the path is chosen").to_have_url(f"{url}/dashboard/threads?project=worker-1")
    expect(page.get_by_label("Project")).to_have_value("worker-1")
    for path in ("", "dashboard", "demo"):
        address = page.request.get(f"{url}/p/worker-1/{path}").url
        assert address == f"{url}/{path or 'dashboard'}?project=worker-1", f"p/worker-1/{path}"
        page.get_by_label("Project").select_option("*")
        dashboard.go(address.removeprefix(f"{url}/"))
        expect(page.get_by_label("Project"), f"{address} chooses the project").to_have_value("worker-1")


def test_the_keyboard_does_it_all(dashboard: Dashboard) -> None:
    dashboard.open()
    press = dashboard.page.keyboard.press
    search = dashboard.page.get_by_role("searchbox")
    expect(dashboard.row("cksess_demo_cancelled")).to_be_visible()
    press("?")
    expect(dashboard.page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Next and previous row")
    dashboard.check_looks("The list behind the shortcuts")
    press("Escape")
    expect(dashboard.page.get_by_role("dialog")).to_have_count(0)
    press("j")
    press("j")
    press("Enter")
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/sessions/default/cksess_demo_cancelled")
    press("u")
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/sessions")
    press("/")
    expect(search).to_be_focused()
    press("g")
    press("t")
    expect(search, "Keys in a field are typed, not obeyed").to_have_value("gt")
    press("Escape")
    press("g")
    press("r")
    expect(dashboard.main.get_by_role("heading", level=1)).to_have_text("Requests")
    press("p")
    expect(dashboard.page.get_by_label("Project")).to_be_focused()


def test_a_search_and_the_colours_survive_a_reload(dashboard: Dashboard) -> None:
    dashboard.open()
    page, search = dashboard.page, dashboard.page.get_by_role("searchbox")
    search.fill("GRACE")
    expect(dashboard.row("cksess_demo_expired"), "Case does not matter").to_be_visible()
    expect(dashboard.row("cksess_demo_cancelled"), "Other sessions are left out").to_have_count(0)
    expect(page, "The search is in the address").to_have_url(f"{dashboard.mock.url}/dashboard?search=GRACE")

    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)", "The system's colours are light"
    page.get_by_role("button", name="Colour scheme: system").click()
    page.get_by_role("button", name="Colour scheme: light").click()
    expect(page.get_by_role("button", name="Colour scheme: dark")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Colour scheme: dark")).to_be_visible()
    assert page.evaluate(ground) == "rgb(16, 18, 22)", "The colours stay dark"
    expect(dashboard.main.get_by_text("1 session", exact=True), "The search stays").to_be_visible()
    search.fill("nobody")
    expect(dashboard.main.get_by_role("heading", name="No matching sessions")).to_be_visible()


def test_says_when_the_server_is_gone_and_goes_on_when_it_is_back(dashboard: Dashboard) -> None:
    mock = ChatKitMock(load=["demo"])
    with mock:
        port = int(mock.url.rpartition(":")[2])
        dashboard.page.goto(f"{mock.url}/dashboard")
        expect(dashboard.page.get_by_text("Live", exact=True)).to_be_visible()
        expect(dashboard.row("cksess_demo_cancelled")).to_be_visible()
    alarm = dashboard.page.get_by_text("The emulator is not responding.")
    expect(alarm).to_be_visible()
    expect(dashboard.page.get_by_text("Disconnected")).to_be_visible()
    with ChatKitMock(port=port) as again:
        expect(dashboard.page.get_by_text("Reconnected to the emulator.")).to_be_visible()
        expect(alarm).to_have_count(0)
        expect(dashboard.main.get_by_role("heading", name="No sessions yet")).to_be_visible()
        made = again.openai().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        expect(dashboard.row(made.id)).to_be_visible()
        dashboard.forgive()  # the browser complains about the server that was gone


def test_a_list_of_thousands_draws_what_is_in_sight(dashboard: Dashboard) -> None:
    sessions = [{"id": f"cksess_{number:04}", "user": "ada", "workflow": {"id": "wf_1"}} for number in range(1500)]
    dashboard.mock.load({"sessions": sessions})
    dashboard.open()
    expect(dashboard.row("cksess_1499")).to_be_visible()
    expect(dashboard.main.get_by_text("1,503 sessions")).to_be_visible()
    dashboard.page.locator(".scroller").evaluate(SCROLL_TO, "cksess_demo_cancelled")
    expect(dashboard.row("cksess_0000"), "The end can be reached").to_be_visible()
    assert dashboard.main.get_by_role("row").count() < 100, "Rows out of sight are not drawn"

    made = dashboard.client.beta.chatkit.sessions.create(user="eve", workflow={"id": "wf_1"})
    expect(dashboard.page.get_by_role("button", name="1 newer")).to_be_visible()
    expect(dashboard.row("cksess_0000"), "A new row leaves the others in their places").to_be_visible()
    dashboard.page.get_by_role("button", name="1 newer").click()
    expect(dashboard.row(made.id)).to_be_visible()


def test_says_why_it_is_closed_to_another_host_name(dashboard: Dashboard) -> None:
    name, page = "http://emulator.example", dashboard.page

    def serve(route: Route) -> None:
        headers = {**route.request.headers, "host": "emulator.example"}
        url = dashboard.mock.url + route.request.url.removeprefix(name)
        route.fulfill(response=route.fetch(url=url, headers=headers))

    page.route(f"{name}/**", serve)
    page.goto(f"{name}/dashboard")
    said = "/_mock refuses the host name 'emulator.example'; start the server with --allow-host to accept it."
    expect(dashboard.main.get_by_role("alert")).to_have_text(said)
    dashboard.forgive()  # of the 403s
