"""Workflows: the list, files in error, one of them, and a message tried."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from support.dashboard_page import Dashboard
from support.hostile import HTML

from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.browser

SHOP = """\
description: A shop.
versions: ["1", "2"]
turns:
  - when: {text: order}
    reply:
      - progress: Looking it up ...
      - client_tool: {name: get_order, arguments: {customer: "{{user}}"}}
  - when: {tool: get_order, output: {status: lost}}
    reply:
      - message: It is lost.
  - when: {text: {regex: "^bye"}, turn: 2}
    reply:
      - message: "Goodbye, {{user}}."
      - close: Solved
default:
  - message: "You said: {{text}}"
"""
BROKEN = SHOP.replace("message: It is lost", "mesage: It is lost")
RTL = "\u202eevil"
LATER = 20_000  # milliseconds that a busy machine may take to look at the files again


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a workflow."""
    (tmp_path / "wf_shop.yaml").write_text(SHOP)
    return tmp_path


@pytest.fixture
def mock(folder: Path) -> Iterator[ChatKitMock]:
    """An emulator that reads this folder."""
    with ChatKitMock(load=["demo"], workflows=[folder]) as started:
        yield started


def row(dashboard: Dashboard, workflow: str) -> Locator:
    """Find a workflow in the list."""
    heading = dashboard.page.get_by_role("heading", name=workflow, exact=True)
    return dashboard.main.get_by_role("list", name="Workflows").get_by_role("listitem").filter(has=heading)


def turn(dashboard: Dashboard, name: str) -> Locator:
    """Find a turn of the workflow shown."""
    heading = dashboard.page.get_by_role("heading", name=name, exact=True)
    return dashboard.main.get_by_role("list", name="Turns").locator("> li").filter(has=heading)


def errors(dashboard: Dashboard) -> Locator:
    """Find what is said about files in error."""
    return dashboard.main.get_by_role("status", name="Files with errors")


def verdict(dashboard: Dashboard, words: str) -> Locator:
    """Find what is said about the message that is tried."""
    return dashboard.main.get_by_text(words)


def test_lists_what_is_loaded_and_leads_to_it(dashboard: Dashboard, folder: Path) -> None:
    dashboard.open("dashboard/workflows")
    shop, main, page = row(dashboard, "wf_shop"), dashboard.main, dashboard.page
    for text in ("A shop.", "3 turns", "Versions 1, 2", str(folder / "wf_shop.yaml")):
        expect(shop, f"A workflow shows {text}").to_contain_text(text)
    chat = shop.get_by_role("link", name="Open in chat")
    expect(chat, "It leads to a chat").to_have_attribute("href", f"{dashboard.mock.url}/demo?workflow=wf_shop")
    shop.click(position={"x": 300, "y": 60})
    expect(page, "It leads to the workflow").to_have_url(f"{dashboard.mock.url}/dashboard/workflows/wf_shop")
    expect(main.get_by_role("heading", level=1)).to_have_text("wf_shop")
    page.keyboard.press("u")
    demo = row(dashboard, "wf_demo")
    expect(demo, "A key leads back").to_be_visible()
    page.keyboard.press("j")
    expect(demo.get_by_role("link", name="wf_demo", exact=True), "A key leads to the first").to_be_focused()

    expect(row(dashboard, "wf_support")).to_be_visible()
    page.get_by_role("searchbox").fill("a shop")
    expect(row(dashboard, "wf_support"), "Others are left out by a search").to_have_count(0)
    expect(main.get_by_text("1 workflow", exact=True)).to_be_visible()
    expect(page, "The search is in the address").to_have_url(f"{dashboard.mock.url}/dashboard/workflows?search=a+shop")
    page.get_by_role("searchbox").fill("nothing like it")
    expect(main.get_by_role("heading", name="No matching workflows")).to_be_visible()
    expect(main.get_by_text("chatkit-mock serve --workflows workflows"), "It shows a command").to_be_visible()


def test_workflows_come_and_go_in_an_open_page(dashboard: Dashboard, folder: Path) -> None:
    dashboard.open("dashboard/workflows")
    expect(row(dashboard, "wf_shop")).to_be_visible(timeout=LATER)
    (folder / "wf_later.yaml").write_text("default:\n  - message: Hello\n")
    (folder / "wf_new.yaml").write_text("turns: [1\n")
    dashboard.mock.workflows.add("wf_added", {"description": "By a test.", "default": []})
    expect(row(dashboard, "wf_later"), "A new file").to_be_visible(timeout=LATER)
    added = row(dashboard, "wf_added")
    expect(added, "A workflow without a file").to_contain_text("Added at runtime", timeout=LATER)
    for said in (f"{folder / 'wf_new.yaml'}:2", "No workflow was loaded from this file."):
        expect(errors(dashboard), "A new file that is in error").to_contain_text(said, timeout=LATER)
    (folder / "wf_later.yaml").unlink()
    (folder / "wf_new.yaml").write_text("turns: []\n")
    dashboard.mock.workflows.remove("wf_added")
    expect(row(dashboard, "wf_later"), "A file that is gone").to_have_count(0, timeout=LATER)
    expect(added, "A workflow that was removed").to_have_count(0, timeout=LATER)
    expect(row(dashboard, "wf_new"), "A file that was mended").to_be_visible(timeout=LATER)
    expect(errors(dashboard), "No file is in error any more").to_have_text("", timeout=LATER)


def test_an_error_in_a_file_is_shown_in_place_until_it_is_mended(dashboard: Dashboard, folder: Path) -> None:
    dashboard.open("dashboard/workflows")
    expect(row(dashboard, "wf_shop")).to_be_visible(timeout=LATER)
    file = folder / "wf_shop.yaml"
    file.write_text(BROKEN)
    for said in (
        f"{file}:10",
        "turns[1].reply[0]",
        "unknown field 'mesage'; did you mean 'message'?",
        "The last valid script of wf_shop stays in use.",
    ):
        expect(errors(dashboard), "The list says what is wrong").to_contain_text(said, timeout=LATER)
    expect(row(dashboard, "wf_shop")).to_contain_text("Error in file", timeout=LATER)
    errors(dashboard).get_by_role("link", name="wf_shop").click()
    expect(dashboard.main.get_by_role("heading", level=1)).to_have_text("wf_shop", timeout=LATER)
    text = dashboard.main.get_by_label("File contents")
    blamed = text.locator(".bad")
    expect(blamed, "The line is marked").to_have_text("      - mesage: It is lost.\n", timeout=LATER)
    expect(blamed).to_have_attribute("data-number", "10")
    expect(text).to_contain_text("Line 10: turns[1].reply[0] Object contains", timeout=LATER)
    expect(turn(dashboard, "Turn 2"), "The last valid script").to_contain_text("It is lost.", timeout=LATER)

    dashboard.main.get_by_label("Text", exact=True).fill("refund")
    expect(verdict(dashboard, "No turn matches: the default is used.")).to_be_visible(timeout=LATER)
    file.write_text(SHOP.replace("It is lost", "It is found").replace("text: order", "text: refund"))
    expect(errors(dashboard), "The error ends").to_have_text("", timeout=LATER)
    expect(blamed, "No line is marked").to_have_count(0, timeout=LATER)
    expect(turn(dashboard, "Turn 2"), "The new script").to_contain_text("It is found.", timeout=LATER)
    again = verdict(dashboard, "Turn 1 matches.")
    expect(again, "The message is tried again with the new script").to_be_visible(timeout=LATER)


def test_turns_are_put_into_words(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/workflows/wf_shop")
    expect(turn(dashboard, "Turn 1")).to_contain_text("When the text contains 'order'")
    expect(turn(dashboard, "Turn 1")).to_contain_text("get_order {customer: {{user}}}")
    expect(turn(dashboard, "Turn 2")).to_contain_text("When the tool get_order returns {status: lost}")
    expect(turn(dashboard, "Turn 3")).to_contain_text("When the text matches ^bye and it is the user's 2nd message")
    expect(turn(dashboard, "Default")).to_contain_text("You said: {{text}}")
    expect(dashboard.main.get_by_label("File contents")).to_contain_text("description: A shop.")

    for shipped in ("wf_demo", "wf_error", "wf_files", "wf_mock_empty", "wf_reasoning", "wf_support"):
        dashboard.go(f"dashboard/workflows/{shipped}")
        expect(turn(dashboard, "Default"), f"{shipped} has a default").to_be_visible()
        words = dashboard.main.get_by_role("list", name="Turns").inner_text()
        odd = [word for word in ("undefined", "[object", "NaN") if word in words]
        assert odd == [], f"{shipped} is put into words"

    conditions = {
        "the user is ada": {"user": "ada"},
        "the state includes {plan: pro}": {"state": {"plan": "pro"}},
        "no file is attached": {"attachment": False},
    }
    turns = [{"when": condition, "reply": [{"message": "Yes"}]} for condition in conditions.values()]
    dashboard.mock.workflows.add("wf_conditions", {"turns": turns, "default": [{"message": "No"}]})
    dashboard.go("dashboard/workflows/wf_conditions")
    for number, words in enumerate(conditions, start=1):
        expect(turn(dashboard, f"Turn {number}"), "A condition is put into words").to_contain_text(f"When {words}")


def test_a_tried_message_says_which_turn_answers_and_why_the_others_do_not(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/workflows/wf_shop")
    text = dashboard.main.get_by_label("Text", exact=True)
    text.fill("Where is my ORDER?")
    expect(dashboard.main.get_by_text("Turn 1 matches."), "It is tried while it is typed").to_be_visible()
    expect(turn(dashboard, "Turn 1")).to_contain_text("Used")
    why = turn(dashboard, "Turn 3").get_by_role("row", name="text matches")
    expect(why).to_contain_text("^bye")
    expect(why).to_contain_text("Where is my ORDER?")
    expect(why.get_by_role("img", name="Does not match")).to_be_visible()
    expect(turn(dashboard, "Turn 2").get_by_role("row", name="tool")).to_contain_text("get_ordernone")
    expect(dashboard.main.get_by_role("article").filter(has_text="client_tool_call")).to_contain_text('"ada"')
    text.fill("bye")
    expect(dashboard.main.get_by_text("No turn matches: the default is used.")).to_be_visible()
    expect(turn(dashboard, "Default")).to_contain_text("Used")
    number = turn(dashboard, "Turn 3").get_by_role("row", name="turn")
    expect(number).to_contain_text("2")
    expect(number.get_by_role("img", name="Does not match")).to_be_visible()
    dashboard.main.get_by_label("User").fill("grace")
    dashboard.main.get_by_label("Message number").fill("2")
    dashboard.main.get_by_label("Message number").press("Enter")
    expect(dashboard.main.get_by_text("Turn 3 matches.")).to_be_visible()
    expect(turn(dashboard, "Turn 3").get_by_role("img", name="Does not match")).to_have_count(0)
    expect(dashboard.main.get_by_role("article").filter(has_text="Goodbye, grace.")).to_be_visible()
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/workflows/wf_shop?text=bye&user=grace&turn=2")
    dashboard.page.reload()
    expect(dashboard.main.get_by_text("Turn 3 matches.")).to_be_visible()
    assert all(each.title != "bye" for each in dashboard.mock.threads.list()), "A trial makes no thread"


def test_a_tool_an_action_and_answers_can_be_tried(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/workflows/wf_support")
    dashboard.main.get_by_text("More", exact=True).click()
    dashboard.main.get_by_label("Client tool").fill("get_order")
    dashboard.main.get_by_label("Output (JSON)").fill('{"status": "on its way"}')
    expect(dashboard.main.get_by_text("Turn 3 matches.")).to_be_visible()
    turn(dashboard, "Turn 4").get_by_role("button", name="Try it").click()
    expect(dashboard.main.get_by_text("Turn 4 matches.")).to_be_visible()
    expect(dashboard.main.get_by_label("Action")).to_have_value("claim.send")
    expect(dashboard.main.get_by_label("Client tool")).to_have_value("")
    turn(dashboard, "Turn 7").get_by_role("button", name="Try it").click()
    expect(dashboard.main.get_by_text("Turn 7 matches.")).to_be_visible()
    expect(turn(dashboard, "Turn 8")).to_contain_text("Matches, but an earlier turn is used")
    dashboard.main.get_by_role("button", name="call me", exact=True).click()
    expect(dashboard.main.get_by_text("Turn 6 matches.")).to_be_visible()
    expect(dashboard.main.get_by_role("article").filter(has_text="Your number?")).to_be_visible()

    dashboard.go("dashboard/workflows/wf_support?text=bye")
    expect(verdict(dashboard, "Turn 9 matches."), "What the address says is tried").to_be_visible()
    expect(turn(dashboard, "Turn 9").get_by_role("heading"), "The turn comes into sight").to_be_in_viewport()
    expect(dashboard.main.get_by_label("Text", exact=True), "The form stays in sight").to_be_in_viewport()


def test_what_can_not_be_tried_is_reported_at_the_form(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/workflows/wf_support?text=order")
    expect(dashboard.main.get_by_text("Turn 1 matches.")).to_be_visible()
    dashboard.main.get_by_text("More", exact=True).click()
    dashboard.main.get_by_label("State (JSON)").fill("{plan")
    expect(dashboard.main.get_by_role("alert")).to_contain_text("Invalid JSON in state")
    expect(dashboard.main.get_by_text("Turn 1 matches.")).to_be_hidden()
    dashboard.main.get_by_label("State (JSON)").fill("")
    expect(dashboard.main.get_by_role("alert")).to_have_count(0)
    dashboard.main.get_by_label("Action").fill("x")
    dashboard.main.get_by_label("Client tool").fill("y")
    expect(dashboard.main.get_by_role("alert")).to_have_text("A dry run takes one kind of input, not action and tool.")
    dashboard.forgive()


def test_a_workflow_without_a_file_and_without_a_script(dashboard: Dashboard) -> None:
    dashboard.mock.workflows.add("wf_added", {"turns": [{"when": {}, "reply": [{"message": "Hi"}]}]})
    dashboard.open("dashboard/workflows/wf_added")
    expect(turn(dashboard, "Turn 1")).to_contain_text("For any input", timeout=LATER)
    expect(dashboard.main.get_by_label("Script")).to_contain_text('"message": "Hi"', timeout=LATER)
    dashboard.mock.workflows.remove("wf_added")
    expect(dashboard.main.get_by_role("heading", name="This workflow has no script")).to_be_visible(timeout=LATER)
    expect(turn(dashboard, "Turn 1")).to_be_hidden(timeout=LATER)
    dashboard.mock.workflows.add("wf_added", {"default": []})
    expect(turn(dashboard, "Default")).to_contain_text("Sends no reply", timeout=LATER)
    dashboard.forgive()  # the answers to asking for it


def test_hostile_text_stays_text(dashboard: Dashboard) -> None:
    hostile = [*HTML, RTL, "x" * 10_000]
    turns = [{"when": {"text": text}, "reply": [{"progress": text}, {"title": text}]} for text in hostile]
    dashboard.mock.workflows.add("wf_hostile", {"description": hostile[0], "turns": turns, "default": []})
    dashboard.open("dashboard/workflows")
    expect(row(dashboard, "wf_hostile")).to_contain_text(hostile[0][:60])
    dashboard.go("dashboard/workflows/wf_hostile")
    dashboard.main.get_by_label("Text", exact=True).fill(hostile[0])
    expect(dashboard.main.get_by_text("Turn 1 matches.")).to_be_visible()
    expect(turn(dashboard, f"Turn {len(hostile)}")).to_contain_text("xxxxxxxx")
    assert dashboard.main.locator("img:not([alt='']), script, iframe").count() == 0
    assert not dashboard.overflows()


@pytest.mark.exhaustive
def test_looks(dashboard: Dashboard, folder: Path) -> None:
    (folder / "wf_shop.yaml").write_text(BROKEN)
    dashboard.open("dashboard/workflows")
    expect(row(dashboard, "wf_shop")).to_contain_text("Error in file", timeout=LATER)
    dashboard.check_looks("The list")
    dashboard.go("dashboard/workflows/wf_shop?text=my+order&state={}")
    expect(verdict(dashboard, "Turn 1 matches.")).to_be_visible(timeout=LATER)
    expect(dashboard.main.get_by_label("File contents")).to_contain_text("Line 10", timeout=LATER)
    dashboard.check_looks("A workflow")
