"""Checks what the types of a snapshot don't: that it makes sense, and that its parts agree with each other."""

import re
from typing import Any

from mock_server.config import PROJECT_NAME
from mock_server.documents.snapshot_format import ProjectState, SnapshotInvalid
from mock_server.errors import ControlRefused, ProjectInvalid
from mock_server.ids import IdFactory
from mock_server.mime_types import is_mime_type
from mock_server.moments import END_OF_TIME
from mock_server.slices import Work
from mock_server.state.faults import check
from mock_server.state.timeline import TimelineState
from mock_server.wire.control.faults import FaultParams, FaultRule


def checking(state: ProjectState, place: str, source: str) -> Work[None]:
    """Raise SnapshotInvalid for values that can't be used, and for parts that contradict each other."""
    refuse_twice([session.id for session in state.sessions], f"{place}.sessions", source)
    yield
    for at, session in enumerate(state.sessions):
        yield
        if min(session.max_requests_per_1_minute, session.max_files, session.max_file_size) < 1:
            raise SnapshotInvalid("a limit must be at least 1", source=source, place=f"{place}.sessions[{at}]")
    refuse_twice([each.file.id for each in state.files], f"{place}.files", source)
    for at, each in enumerate(state.files):
        if not is_mime_type(each.file.mime_type):
            here = f"{place}.files[{at}].file.mime_type"
            raise SnapshotInvalid("is not a MIME type, such as image/png", source=source, place=here)
    for name, moment in (("at", state.clock.at), ("frozen_at", state.clock.frozen_at or 0.0)):
        _refuse_odd_time(moment, f"{place}.clock.{name}", source)
    _check_name_and_ids(state, place, source)
    _check_rules(state.faults.rules, f"{place}.faults.rules", source)
    for at, thread in enumerate(state.threads.entries):
        _refuse_odd_time(thread.created_at, f"{place}.threads.entries[{at}].created_at", source)
    timelines = [("threads", state.threads)]
    timelines += [(f"threads.entries[{at}].items", thread.items) for at, thread in enumerate(state.threads.entries)]  # type: ignore[misc]
    for name, timeline in timelines:
        yield
        _check_timeline(timeline, f"{place}.{name}", source)


def _check_name_and_ids(state: ProjectState, place: str, source: str) -> None:
    if not re.fullmatch(PROJECT_NAME, state.project):
        raise SnapshotInvalid(str(ProjectInvalid(state.project)), source=source, place=f"{place}.project")
    try:
        if state.ids is not None:
            IdFactory().go_on_from(state.ids)
    except ValueError:
        raise SnapshotInvalid(
            "the state of the random ids is damaged", source=source, place=f"{place}.ids.streams"
        ) from None


def _check_rules(rules: list[FaultRule], place: str, source: str) -> None:
    for at, rule in enumerate(rules):
        try:
            check(FaultParams(name=rule.name, match=rule.match, do=rule.do))
        except ControlRefused as error:
            raise SnapshotInvalid(str(error), source=source, place=f"{place}[{at}]") from None


def _check_timeline(timeline: TimelineState[Any], place: str, source: str) -> None:
    refuse_twice([entry.id for entry in timeline.entries], f"{place}.entries", source)
    placed = {entry_id: (at, number) for entry_id, at, number in timeline.places}
    lost = next((entry.id for entry in timeline.entries if entry.id not in placed), None)
    if lost is not None:
        raise SnapshotInvalid(f"the entry '{lost}' is missing from 'places'", source=source, place=f"{place}.entries")
    numbers = [number for _, _, number in timeline.places]
    if len({*placed.values()}) < len(numbers) or not all(0 <= number < timeline.added for number in numbers):
        raise SnapshotInvalid("the places contradict each other", source=source, place=f"{place}.places")


def _refuse_odd_time(moment: float, place: str, source: str) -> None:
    if not 0 <= moment < END_OF_TIME:
        raise SnapshotInvalid("a time must be between the years 1970 and 9999", source=source, place=place)


def refuse_twice(ids: list[str], place: str, source: str) -> None:
    """Raise SnapshotInvalid for a text that is in a list twice."""
    seen: set[str] = set()
    for at, identifier in enumerate(ids):
        if identifier in seen:
            raise SnapshotInvalid(f"'{identifier}' occurs twice", source=source, place=f"{place}[{at}]")
        seen.add(identifier)
