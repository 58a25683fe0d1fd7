"""Whatever a shipped workflow can emit, the official types accept, and the thread holds afterwards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from support.talk import EVENT

from mock_server.documents.shipped import fixtures_folder
from mock_server.ids import IdFactory
from mock_server.state.threads import StoredThread
from mock_server.state.timeline import Timeline
from mock_server.wire.chat import events
from mock_server.wire.chat.events import TextDeltas, ThreadStreamEvent
from mock_server.wire.chat.items import AssistantMessageItem, WidgetItem, WorkflowItem
from mock_server.wire.chat.operations import Action
from mock_server.wire.frames import frames_of
from mock_server.wire.rest.files import Attachment
from mock_server.workflows.catalog import read_script
from mock_server.workflows.engine import Disconnect, Pause, TurnEngine
from mock_server.workflows.matching import TurnInput
from mock_server.workflows.script import Message, Pace, Script, Step

SHIPPED = sorted((fixtures_folder() / "workflows").glob("*.yaml"))


def moment_with_everything() -> TurnInput:
    return TurnInput(
        kind="message",
        number=1,
        user="ada",
        text="hello there",
        attachments=[
            Attachment(id="cfile_1", name="a.png", mime_type="image/png", type="image", preview_url="http://a")
        ],
        action=Action(type="claim.send", payload={"wish": "refund"}),
        tool="get_order",
        output={"status": "lost"},
        answers={"when": "Morning", "number": "1"},
        state={"plan": "pro"},
    )


def thread() -> StoredThread:
    return StoredThread(id="cthr_1", user="ada", created_at=0, items=Timeline())


def played(
    steps: list[Step], into: StoredThread, *, pace: Pace | None = None
) -> Iterator[ThreadStreamEvent | TextDeltas]:
    performance = TurnEngine(
        steps,
        given=moment_with_everything(),
        pace=pace or Pace(),
        thread=into,
        ids=IdFactory("1"),
        clock=lambda: 1_760_170_033.5,
        titling=True,
    )
    for beat in performance.run():
        if not isinstance(beat, Pause | Disconnect):
            into.apply(beat)
            yield beat


def replies(script: Script) -> Iterator[list[Step]]:
    yield from (turn.reply for turn in script.turns)
    yield script.default or []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_reply_of_every_shipped_workflow_is_valid(path: Path) -> None:
    script = read_script(path)
    for reply in replies(script):
        for event in played(reply, thread(), pace=script.stream):
            for frame in frames_of(event).split(b"\n\n")[:-1]:
                EVENT.validate_json(frame.removeprefix(b"data: "))


def test_what_is_applied_is_what_was_said_to_be_whole() -> None:
    """Following the updates and taking the items that were done give the same thread."""
    for path in SHIPPED:
        for reply in replies(read_script(path)):
            followed, whole = thread(), thread()
            for event in played(reply, followed):
                if isinstance(event, events.ItemDone):
                    whole.apply(event)
            assert list(followed.items) == list(whole.items)


def test_an_update_changes_nothing_that_was_sent() -> None:
    reply = [Step(message="one two"), Step(title="Named")]
    sent = [msgspec.json.encode(event) for event in played(reply, thread())]
    kept = list(played(reply, thread()))
    assert [msgspec.json.encode(event) for event in kept] == sent
    added = next(event for event in kept if isinstance(event, events.ItemAdded))
    assert isinstance(added.item, AssistantMessageItem)
    assert added.item.content == []


def test_updates_of_unknown_items_are_passed_over() -> None:
    into = thread()
    into.apply(events.ItemUpdated(item_id="cti_x", update=events.TextDelta(content_index=0, delta="x")))
    into.apply(events.ItemRemoved(item_id="cti_x"))
    assert len(into.items) == 0


def test_a_piece_that_was_never_begun_is_padded() -> None:
    into = thread()
    (item,) = [event.item for event in played([Step(message="hi")], into) if isinstance(event, events.ItemAdded)]
    into.apply(events.ItemUpdated(item_id=item.id, update=events.TextDelta(content_index=2, delta="more")))
    (message,) = into.items
    assert isinstance(message, AssistantMessageItem)
    assert [part.text for part in message.content] == ["hi", "", "more"]


def test_pauses_lie_between_the_pieces() -> None:
    pace = Pace(by="characters", every="20ms")
    performance = TurnEngine(
        [Step(message="abc"), Step(pause=2)],
        given=moment_with_everything(),
        pace=pace,
        thread=thread(),
        ids=IdFactory(),
        clock=lambda: 0.0,
        titling=False,
    )
    assert [beat.seconds for beat in performance.run() if isinstance(beat, Pause)] == [0.02, 0.02, 0.02, 2]


def test_a_widget_is_whole_when_it_is_done() -> None:
    for reply in replies(read_script(fixtures_folder() / "workflows/wf_support.yaml")):
        into = thread()
        for event in played(reply, into):
            if isinstance(event, events.ItemDone) and isinstance(event.item, WidgetItem | WorkflowItem):
                assert into.items.get(event.item.id) == event.item


@pytest.mark.parametrize(
    "text",
    ["", " ", " " * 40_000, " a b  c\n\nd ", "word" * 5000, "a " * 3000, "\u3000\n" * 9000, "x" + " " * 9000 + "y"],
)
@pytest.mark.parametrize("by", ["words", "characters", "whole"])
def test_the_pieces_of_a_text_are_the_text(by: Any, text: str) -> None:
    deltas = deltas_of(text, by=by)
    assert "".join(deltas) == text


def test_a_text_comes_in_words_with_the_space_around_them() -> None:
    assert deltas_of(" Two  words,\nor three. ", by="words") == [" Two  ", "words,\n", "or ", "three. "]


def test_a_text_that_is_very_long_comes_in_longer_pieces() -> None:
    assert len(deltas_of("a " * 10_000, by="words")) == 10_000
    assert len(deltas_of("a " * 150_000, by="words")) < 4_000


def test_what_streams_together_is_short_however_long_the_text() -> None:
    step = Step(message=Message(text="a " * 500_000))
    runs = [event.deltas for event in played([step], thread()) if isinstance(event, TextDeltas)]
    assert all(len("".join(run[:-1])) < 2048 for run in runs)


def deltas_of(text: str, *, by: Any) -> list[str]:
    step = Step(message=Message(text=text))
    runs = [event for event in played([step], thread(), pace=Pace(by=by)) if isinstance(event, TextDeltas)]
    return [delta for run in runs for delta in run.deltas]
