"""Dry runs: what a workflow would reply, and why, played in a thread that is not stored."""

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import UNSET, structs

from mock_server.errors import ControlRefused
from mock_server.ids import IdFactory
from mock_server.state.threads import StoredThread
from mock_server.state.timeline import Timeline
from mock_server.wire.chat import events
from mock_server.wire.chat.items import ThreadItem, WidgetItem
from mock_server.wire.control.workflows import Trial, TrialParams, TurnTrial
from mock_server.wire.rest.files import Attachment
from mock_server.workflows.catalog import ECHO
from mock_server.workflows.engine import Disconnect, Pause, TurnEngine
from mock_server.workflows.matching import TurnInput, choose, conditions
from mock_server.workflows.regexes import Searches
from mock_server.workflows.script import Script, Step


class DryRun:
    """A dry run of one turn, in a made-up thread and with ids from a factory of its own."""

    def __init__(self, script: Script, params: TrialParams, *, workflow_id: str, now: float) -> None:
        """`now` is in unix seconds. Raises ControlRefused for params of several kinds at once."""
        self._script, self._now, self._ids = script, now, IdFactory()
        thread_id = self._ids.new("cthr", now=now)
        self._thread = StoredThread(id=thread_id, user=params.user, created_at=now, items=Timeline())
        self._moment = self._made_up(params, workflow_id)

    def trial(self) -> Trial:
        """Return the reply and why it was chosen. Raises ControlRefused for a reply that can't be played."""
        script, moment, searches = self._script, self._moment, Searches()
        choice = choose(moment, script, ECHO)
        is_scripted = script is not ECHO
        return Trial(
            matched=choice.matched if is_scripted else "echo",
            index=choice.index if is_scripted else None,
            turns=[_explained(moment, script, at, searches) for at in range(len(script.turns))] if is_scripted else [],
            items=self._items(choice.reply),
        )

    def _items(self, reply: list[Step]) -> list[ThreadItem]:
        """Return the items that the reply adds or changes, in their final state."""
        try:
            sender = self._sender()
            seen = dict.fromkeys(self._play(reply, structs.replace(self._moment, sender=sender)))
        except Exception as error:  # noqa: BLE001 - in a conversation it would be an error in the stream
            raise ControlRefused(f"The reply can't be played: {error}.", code="invalid_reply") from None
        return [item for item in self._thread.shown_items() if item.id in seen]

    def _play(self, reply: list[Step], moment: TurnInput) -> Iterator[str]:
        """Play to the end without pauses; yield the ids of the items that are added or changed."""
        performance = TurnEngine(
            reply,
            given=moment,
            pace=self._script.stream,
            thread=self._thread,
            ids=self._ids,
            clock=lambda: self._now,
            titling=False,
            streamed=False,
        )
        for beat in performance.run():
            if isinstance(beat, Pause | Disconnect):
                continue
            self._thread.apply(beat)
            match beat:
                case events.ItemAdded(item=item) | events.ItemDone(item=item) | events.ItemReplaced(item=item):
                    yield item.id
                case events.ItemUpdated(item_id=item_id):
                    yield item_id

    def _sender(self) -> WidgetItem | None:
        """Return the widget that an action comes from: the first in the script that offers it, shown beforehand."""
        action = self._moment.action
        root = next((root for root in _widgets(self._script) if action and _offers(root, action.type)), None)
        if root is None:
            return None
        (shown,) = self._play([Step(widget=root)], self._moment)
        item = self._thread.items.get(shown)
        return item if isinstance(item, WidgetItem) else None

    def _made_up(self, params: TrialParams, workflow_id: str) -> TurnInput:
        kind = _kind(params)
        is_message = kind == "message"
        return TurnInput(
            kind=kind,
            number=params.turn,
            user=params.user,
            text=params.text if is_message else "",
            attachments=[_attachment(at, each.name, each.mime_type) for at, each in enumerate(params.attachments, 1)]
            if is_message
            else [],
            action=params.action or None,
            tool=params.tool or "",
            output=None if params.output is UNSET else params.output,
            answers=params.answers or {},
            state=dict(params.state),
            session={"id": self._ids.new("cksess", now=self._now), "workflow": workflow_id, "version": ""},
            thread={"id": self._thread.id, "title": ""},
        )


def _kind(params: TrialParams) -> Literal["message", "action", "tool", "answers"]:
    kinds: list[Literal["action", "tool", "answers"]] = []
    if params.action is not UNSET:
        kinds.append("action")
    if params.tool is not UNSET or params.output is not UNSET:
        kinds.append("tool")
    if params.answers is not UNSET:
        kinds.append("answers")
    if len(kinds) > 1:
        raise ControlRefused(f"A dry run takes one kind of input, not {' and '.join(kinds)}.", code="invalid_trial")
    return kinds[0] if kinds else "message"


def _attachment(number: int, name: str, mime_type: str) -> Attachment:
    kind: Literal["image", "file"] = "image" if mime_type.startswith("image/") else "file"
    return Attachment(id=f"cfile_{number}", name=name, mime_type=mime_type, type=kind)


def _explained(moment: TurnInput, script: Script, index: int, searches: Searches) -> TurnTrial:
    found = list(conditions(moment, script.turns[index].when, searches))
    return TurnTrial(index=index, fits=all(each.fits for each in found), conditions=found)


def _widgets(script: Script) -> Iterator[dict[str, Any]]:
    """Yield the widgets that a script shows, including those that replace others."""
    for reply in (*(turn.reply for turn in script.turns), script.default or []):
        for step in reply:
            if step.widget is not UNSET:
                yield step.widget
            elif step.update_widget and step.update_widget.root:
                yield step.update_widget.root


def _offers(part: Any, action: str) -> bool:
    """Return whether a part of a widget sends an action of this type."""
    match part:
        case list():
            return any(_offers(entry, action) for entry in part)
        case dict():
            return any(_sends(key, entry, action) or _offers(entry, action) for key, entry in part.items())
    return False


def _sends(key: Any, value: Any, action: str) -> bool:
    return str(key).lower().endswith("action") and isinstance(value, dict) and value.get("type") == action
