"""How the command line shows each part of the control plane."""

from collections.abc import Sequence
from typing import Any

import click
import msgspec

from mock_server.cli.tables import show_json, show_table
from mock_server.moments import iso
from mock_server.wire.control.clock import ClockState
from mock_server.wire.control.faults import FaultRule
from mock_server.wire.control.projects import ProjectContents
from mock_server.wire.control.requests import Record
from mock_server.wire.control.sessions import SessionState
from mock_server.wire.control.threads import ThreadSummary


def show_requests(shown: list[Record], *, as_json: bool) -> None:
    """Print requests from the journal."""
    if as_json:
        show_json(shown)
        return
    titles = ("at", "id", "operation", "status", "ms", "user", "session", "fault")
    show_table(titles, [request_row(each) for each in shown], empty="The journal is empty.")


def request_row(record: Record) -> tuple[Any, ...]:
    """Return a request as the cells of a table row."""
    operation = record.operation or f"{record.method} {record.path}"
    status = record.status or record.outcome
    return (
        iso(record.at),
        record.id,
        operation,
        status,
        record.milliseconds,
        record.user,
        record.session,
        record.fault,
    )


def show_clock(state: ClockState, *, as_json: bool) -> None:
    """Print the time, and how the clock runs."""
    if as_json:
        show_json(state)
    else:
        how = (
            "frozen"
            if state.frozen
            else "running"
            if state.factor == 1
            else f"running at {state.factor:g} times real time"
        )
        click.echo(f"{state.at} ({state.now:.3f}), {how}")


def show_sessions(listed: list[SessionState], *, as_json: bool) -> None:
    """Print sessions, with their remaining time and requests."""
    if as_json:
        show_json(listed)
        return
    titles = ("id", "status", "user", "workflow", "seconds left", "requests left")
    rows = [
        (each.id, each.status, each.user, each.workflow, round(each.seconds_left, 1), each.requests_left)
        for each in listed
    ]
    show_table(titles, rows, empty="There are no sessions.")


def show_threads(listed: list[ThreadSummary], *, as_json: bool) -> None:
    """Print threads, with their number of items as far as it is known."""
    if as_json:
        show_json(listed)
        return
    rows = [
        (each.id, each.user, each.title, each.status.__struct_config__.tag, "" if each.items is None else each.items)
        for each in listed
    ]
    show_table(("id", "user", "title", "status", "items"), rows, empty="There are no threads.")


def show_faults(rules: list[FaultRule], *, as_json: bool) -> None:
    """Print faults, with how often each was applied."""
    if as_json:
        show_json(rules)
        return
    rows = [(rule.id, rule.name, _said(rule.match), _said(rule.do), rule.times, rule.hits) for rule in rules]
    show_table(("id", "name", "match", "do", "times", "hits"), rows, empty="There are no faults.")


def show_contents(listed: Sequence[ProjectContents], *, as_json: bool) -> None:
    """Print how much each project holds."""
    if as_json:
        show_json(listed)
        return
    names = ProjectContents.__struct_fields__
    show_table(names, [[getattr(each, name) for name in names] for each in listed], empty="There are no projects.")


def _said(part: Any) -> str:
    given = {name: value for name, value in msgspec.to_builtins(part).items() if value is not False}
    return " ".join(f"{name}={value}" for name, value in given.items()) or "any"
