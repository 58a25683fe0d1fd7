"""The shipped tour, `wf_demo`: every turn of it is played, and what it shows is as the official types want it."""

from collections.abc import Iterator
from typing import Any

import pytest
from chatkit.widgets import Card, StrictWidgetComponent
from pydantic import TypeAdapter
from starlette.testclient import TestClient
from support.emulator import MINIMAL
from support.talk import Json, Talk, kinds, text_of

from mock_server.documents.shipped import fixtures_folder
from mock_server.ids import IdFactory
from mock_server.state.threads import StoredThread
from mock_server.state.timeline import Timeline
from mock_server.workflows.catalog import read_script
from mock_server.workflows.engine import Pause, TurnEngine
from mock_server.workflows.matching import TurnInput

PATH = fixtures_folder() / "workflows/wf_demo.yaml"
SCRIPT = read_script(PATH)
REPLIES = [turn.reply for turn in SCRIPT.turns]
COMPONENT: TypeAdapter[Any] = TypeAdapter(Card | StrictWidgetComponent)
SECONDS = 5.0  # that an answer takes at most
TOUR = [
    "Plan a weekend in Lisbon",
    "Show me a flight",
    "Chart our sales",
    "Run a job",
    "Ask me something",
    "Use my browser",
]


def hurried(part: Any) -> Any:
    """A part of a script without its pauses."""
    if isinstance(part, list):
        return [hurried(entry) for entry in part if not (isinstance(entry, dict) and "pause" in entry)]
    if isinstance(part, dict):
        return {key: hurried(value) for key, value in part.items() if key != "every"}
    return part


@pytest.fixture
def tour(client: TestClient) -> Talk:
    """A conversation with the tour, which takes no time."""
    script = client.get("/_mock/workflows/wf_demo").json()["script"]
    added = client.post("/_mock/workflows", json={**hurried(script), "id": "wf_demo"})
    assert added.status_code == 200
    return Talk.begin(client, workflow="wf_demo", rate_limits={"max_requests_per_1_minute": 1000})


def item_of(events: list[Json], kind: str) -> Json:
    item: Json = next(e["item"] for e in reversed(events) if e.get("item", {}).get("type") == kind)
    return item


def press(tour: Talk, widget: Json, action: Json, **form: Any) -> list[Json]:
    """What a widget's action is answered with; `form` are the fields the user filled in."""
    sent = {"type": action["type"], "payload": {**action.get("payload", {}), **form}}
    return tour.stream("threads.custom_action", thread_id=tour.thread_id, item_id=widget["id"], action=sent)


def test_its_prompts_are_offered_in_the_order_of_the_tour(client: TestClient) -> None:
    assert client.get("/_mock/workflows/wf_demo").json()["prompts"] == TOUR


@pytest.mark.parametrize("text", [*TOUR, "What can you do?", "anything", "Close this thread"])
def test_every_prompt_streams_to_its_end(tour: Talk, text: str) -> None:
    events = tour.say(text)
    assert "error" not in kinds(events)
    assert len(events) > 10


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("i want to TRAVEL", TOUR[0]),
        ("Got any widgets?", TOUR[1]),
        ("a graph", TOUR[2]),
        ("start the report", TOUR[3]),
        ("do you have a question", TOUR[4]),
        ("what time is it", TOUR[5]),
        ("thanks", "Close this thread"),
        ("what is this task about", TOUR[3]),
        ("Hello", "What can you do?"),
    ],
)
def test_other_words_lead_to_the_same(tour: Talk, text: str, prompt: str) -> None:
    other = Talk(tour.client, tour.secret)
    assert text_of(tour.say(text)) == text_of(other.say(prompt))


def test_no_answer_takes_long() -> None:
    for reply in [*REPLIES, SCRIPT.default or []]:
        performance = TurnEngine(
            reply,
            given=TurnInput(kind="message", number=1, user="ada", answers={"likes": "Widgets", "build": "A shop"}),
            pace=SCRIPT.stream,
            thread=StoredThread(id="cthr_1", user="ada", created_at=0, items=Timeline()),
            ids=IdFactory("1"),
            clock=lambda: 0.0,
            titling=True,
        )
        assert sum(beat.seconds for beat in performance.run() if isinstance(beat, Pause)) < SECONDS


def widgets() -> Iterator[Json]:
    for reply in REPLIES:
        for step in reply:
            if step.widget:
                yield step.widget
            elif step.update_widget and step.update_widget.root:
                yield step.update_widget.root


def parts(node: Json) -> Iterator[Json]:
    """A widget's components, each without those within."""
    yield {key: value for key, value in node.items() if key != "children"}
    for child in node.get("children", []):
        yield from parts(child)


@pytest.mark.parametrize("widget", list(widgets()))
def test_its_widgets_are_the_official_ones_with_no_property_that_those_lack(widget: Json) -> None:
    for part in parts(widget):
        inner: Json = {"children": []} if part["type"] in {"Card", "Row", "Col"} else {}
        typed = COMPONENT.validate_python({**part, **inner})
        assert without_nulls(COMPONENT.dump_python(typed, mode="json", exclude_unset=True)) == {**part, **inner}


def without_nulls(part: Any) -> Any:
    if isinstance(part, list):
        return [without_nulls(entry) for entry in part]
    if isinstance(part, dict):
        return {key: without_nulls(value) for key, value in part.items() if value is not None}
    return part


def test_an_answer_with_sources_cites_them_where_a_sentence_ends(tour: Talk) -> None:
    events = tour.say("Plan a weekend in Lisbon")
    (part,) = item_of(events, "assistant_message")["content"]
    cited = [(part["text"][: each["index"]][-10:], each["source"]["url"]) for each in part["annotations"]]
    assert cited == [
        (" fills up.", "https://example.com/lisbon"),
        ("Out Market", "https://example.net/food"),
        ("ind a seat", "https://example.org/28"),
    ]
    (search,) = item_of(events, "workflow")["workflow"]["tasks"]
    assert search["status_indicator"] == "complete"
    assert {each["url"] for each in search["sources"]} == {url for _, url in cited}


def test_a_seat_is_changed_and_the_flight_checked_in(tour: Talk) -> None:
    widget = item_of(tour.say("Show me a flight"), "widget")
    assert seat_of(widget) == "Seat 14A"
    form = item_of(press(tour, widget, widget["widget"]["cancel"]["action"]), "widget")
    assert form["id"] == widget["id"]
    kept = item_of(press(tour, form, form["widget"]["cancel"]["action"]), "widget")
    assert seat_of(kept) == "Seat 14A"
    form = item_of(press(tour, kept, kept["widget"]["cancel"]["action"]), "widget")
    changed = item_of(press(tour, form, form["widget"]["confirm"]["action"], seat="3C"), "widget")
    assert seat_of(changed) == "Seat 3C"
    events = press(tour, changed, changed["widget"]["confirm"]["action"])
    assert seat_of(item_of(events, "widget")) == "Seat 3C"
    assert "seat **3C**" in text_of(events)
    assert events[-1] == {
        "type": "client_effect",
        "name": "checked_in",
        "data": {"flight": "Fjord Air 482", "seat": "3C"},
    }


def seat_of(widget: Json) -> str:
    labels: list[str] = [badge["label"] for badge in widget["widget"]["children"][-1]["children"]]
    return labels[1]


def test_a_chart_changes_its_shape(tour: Talk) -> None:
    widget = item_of(tour.say("Chart our sales"), "widget")

    def shape() -> str:
        kept = tour.json("items.list", thread_id=tour.thread_id, order="desc")["data"]
        chart = next(item for item in kept if item["type"] == "widget")["widget"]["children"][1]
        kind: str = chart["series"][0]["type"]
        return kind

    assert shape() == "bar"
    for action, kind in (("demo.areas", "area"), ("demo.bars", "bar"), ("demo.lines", "line")):
        press(tour, widget, {"type": action})
        assert shape() == kind


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"time": "14:05", "zone": "Europe/Lisbon"}, "it is **14:05** in Europe/Lisbon."),
        ({"time": "14:05"}, "it is **14:05**."),
        ("noon", "answered: noon."),
        (7, "answered: 7."),
        (None, "gave nothing back."),
    ],
)
def test_whatever_the_browser_gives_is_answered(tour: Talk, output: Any, said: str) -> None:
    assert item_of(tour.say("Use my browser"), "client_tool_call")["name"] == "get_time"
    events = tour.stream("threads.add_client_tool_output", thread_id=tour.thread_id, result=output)
    assert said in text_of(events)


@pytest.mark.parametrize(
    ("submission", "said"),
    [
        (
            {"answers": {"likes": {"values": ["Widgets", "Sources"]}, "build": {"values": ["A shop"]}}},
            ["- **You like:** Widgets, Sources", "- **You want to build:** A shop"],
        ),
        (
            {"answers": {"likes": {"values": ["Widgets"]}, "build": {"skipped": True}}},
            ["- **You like:** Widgets", "- **You want to build:** *not said*"],
        ),
        ({"status": "skipped"}, ["- **You like:** *not said*", "- **You want to build:** *not said*"]),
    ],
)
def test_answers_are_named(tour: Talk, submission: Json, said: list[str]) -> None:
    asked = item_of(tour.say("Ask me something"), "structured_input")
    given = {"status": "answered", "answers": {}, **submission}
    events = tour.stream("threads.add_structured_input", thread_id=tour.thread_id, item_id=asked["id"], input=given)
    assert text_of(events).splitlines()[2:] == said


def test_a_job_is_shown_while_it_is_done(tour: Talk) -> None:
    events = tour.say("Run a job")
    assert kinds(events).count("thread.item.updated workflow.task.added") == 5
    assert item_of(events, "workflow")["workflow"]["summary"]["title"] == "Nightly report"
    assert item_of(events, "widget")["widget"]["children"][-1]["value"].startswith("The report is in four inboxes.")


def test_a_closed_thread_stays_closed(tour: Talk) -> None:
    assert tour.say("Close this thread")[-1]["thread"]["status"] == {"type": "closed", "reason": "The tour is over."}
    refused = tour.post(
        "threads.add_user_message",
        thread_id=tour.thread_id,
        input={"content": [{"type": "input_text", "text": "more"}], "attachments": [], "inference_options": {}},
    )
    assert refused.status_code == 400


def test_a_session_of_it_is_created_where_workflows_have_to_be_known(client: TestClient) -> None:
    answer = client.post("/v1/chatkit/sessions", json={**MINIMAL, "workflow": {"id": "wf_demo"}})
    assert answer.status_code == 200
