"""`chatkit-mock ctl`: the control plane on the command line, for scripts in any language."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from mock_server.cli.commands import Group, SignedCommand
from mock_server.cli.control import SETTINGS, control_options, place_options
from mock_server.cli.ctl_fault import fault
from mock_server.cli.showing import (
    request_row,
    show_clock,
    show_contents,
    show_requests,
    show_sessions,
    show_threads,
)
from mock_server.cli.tables import show_json, show_table
from mock_server.cli.waiting import wait
from mock_server.client.handle import Handle
from mock_server.client.transport import ControlError
from mock_server.inspection.records import fits
from mock_server.moments import iso
from mock_server.wire.control.events import FeedEvent
from mock_server.wire.control.requests import Record, RecordFilter
from mock_server.wording import printable

_TOO_LARGE = 413


@click.group(cls=Group, context_settings=SETTINGS)
@place_options
def ctl() -> None:
    """Control a running emulator: its clock, sessions, faults, journal and state.

    Each command takes --url, --project and --json too.
    """


ctl.add_command(fault)
ctl.add_command(wait)


# The clock.


@ctl.group()
@place_options
def clock() -> None:
    """Show and change the time.

    A moment is ISO 8601 with a time zone, or unix seconds. A duration looks like 10m or 1.5s.
    """


@clock.command("show")
@control_options
def clock_show(*, mock: Handle, as_json: bool) -> None:
    """Show the time."""
    show_clock(mock.clock.state(), as_json=as_json)


@clock.command("freeze", cls=SignedCommand)
@click.argument("at", required=False)
@control_options
def clock_freeze(*, mock: Handle, at: str | None, as_json: bool) -> None:
    """Freeze the clock AT a moment, by default the current one."""
    show_clock(mock.clock.freeze(None if at is None else _number_or_text(at)), as_json=as_json)


@clock.command("travel-to", cls=SignedCommand)
@click.argument("at")
@control_options
def clock_travel_to(*, mock: Handle, at: str, as_json: bool) -> None:
    """Move the clock to the moment AT; a running clock keeps running from there."""
    show_clock(mock.clock.travel_to(_number_or_text(at)), as_json=as_json)


@clock.command("shift", cls=SignedCommand)
@click.argument("by")
@control_options
def clock_shift(*, mock: Handle, by: str, as_json: bool) -> None:
    """Move the clock BY a duration, such as 10m or -1h."""
    show_clock(mock.clock.shift(_number_or_text(by)), as_json=as_json)


@clock.command("tick", cls=SignedCommand)
@click.argument("by", default="1s")
@control_options
def clock_tick(*, mock: Handle, by: str, as_json: bool) -> None:
    """Move a frozen clock forward BY a duration, one second by default."""
    show_clock(mock.clock.tick(_number_or_text(by)), as_json=as_json)


@clock.command("scale", cls=SignedCommand)
@click.argument("factor", type=float)
@control_options
def clock_scale(*, mock: Handle, factor: float, as_json: bool) -> None:
    """Run the clock FACTOR times as fast as real time."""
    show_clock(mock.clock.scale(factor), as_json=as_json)


@clock.command("resume")
@control_options
def clock_resume(*, mock: Handle, as_json: bool) -> None:
    """Return to real time."""
    show_clock(mock.clock.resume(), as_json=as_json)


# Sessions.


@ctl.command()
@click.option("--status", type=click.Choice(["active", "expired", "cancelled"]))
@click.option("--user", metavar="USER")
@control_options
def sessions(*, mock: Handle, status: str | None, user: str | None, as_json: bool) -> None:
    """List sessions, newest first."""
    show_sessions(mock.sessions.list(status=status, user=user), as_json=as_json)


@ctl.command()
@click.option("--user", metavar="USER")
@control_options
def threads(*, mock: Handle, user: str | None, as_json: bool) -> None:
    """List threads, newest first."""
    show_threads(mock.threads.list(user=user), as_json=as_json)


@ctl.command()
@click.argument("session_id", metavar="ID")
@control_options
def session(*, mock: Handle, session_id: str, as_json: bool) -> None:
    """Show a session with its history."""
    shown = mock.sessions.get(session_id)
    if as_json:
        show_json(shown)
        return
    show_sessions([shown], as_json=False)
    rows = [(iso(change.at), change.status, change.cause) for change in shown.transitions]
    show_table(("at", "status", "cause"), rows, empty="")


@ctl.command()
@click.argument("session_id", metavar="ID")
@control_options
def expire(*, mock: Handle, session_id: str, as_json: bool) -> None:
    """Expire a session now."""
    show_sessions([mock.sessions.expire(session_id)], as_json=as_json)


@ctl.command()
@click.argument("session_id", metavar="ID")
@control_options
def cancel(*, mock: Handle, session_id: str, as_json: bool) -> None:
    """Cancel a session; no API key is needed."""
    show_sessions([mock.sessions.cancel(session_id)], as_json=as_json)


# The journal.


@ctl.command()
@click.option("--follow", "-f", is_flag=True, help="Keep printing new requests until Ctrl-C.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many of the newest requests to list."
)
@click.option("--operation", help="An operation or a group of them, such as conversation.threads.create or sessions.")
@click.option("--status", type=int)
@click.option("--user")
@click.option("--session")
@click.option("--fault", help="The name of the fault that was applied, * for any.")
@control_options
def journal(*, mock: Handle, follow: bool, limit: int, as_json: bool, **filters: Any) -> None:
    """List the recorded requests, oldest first."""
    given = {name: value for name, value in filters.items() if value is not None}
    events = mock.events() if follow else iter(())
    shown = mock.journal.requests(**given)[-limit:]
    if not follow:
        show_requests(shown, as_json=as_json)
        return
    click.echo("Following the journal; press Ctrl-C to stop.", err=True)
    for record in _following(mock, shown, events, msgspec.convert(given, RecordFilter)):
        click.echo(msgspec.json.encode(record) if as_json else printable("  ".join(map(str, request_row(record)))))
    raise click.ClickException("the emulator has stopped, and no more requests follow; start it, then follow it again")


@ctl.command()
@click.argument("request_id", metavar="ID")
@click.option("--curl", is_flag=True, help="Print a curl command that repeats the request.")
@control_options
def request(*, mock: Handle, request_id: str, curl: bool, as_json: bool) -> None:
    """Show a request with its response."""
    if curl and not as_json:
        click.echo(mock.journal.curl(request_id))
    else:
        show_json(mock.journal.get(request_id))


@ctl.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "har", "wire"]), default="jsonl", show_default=True)
@control_options
def export(*, mock: Handle, form: Any, as_json: bool) -> None:
    """Print the journal as JSON Lines, HAR 1.2, or cases for fixtures/wire."""
    click.echo(mock.journal.export("jsonl" if as_json else form), nl=False)


# The state.


@ctl.command()
@click.option("--only", type=click.Choice(["state", "requests", "faults", "clock"]), help="Reset only this part.")
@control_options
def reset(*, mock: Handle, only: Any, as_json: bool) -> None:
    """Reset the project to what the emulator was started with."""
    show_contents([mock.reset(only)], as_json=as_json)


@ctl.command()
@click.argument("seed", metavar="FILE|-|NAME")
@control_options
def load(*, mock: Handle, seed: str, as_json: bool) -> None:
    """Add the contents of a YAML or JSON seed file, of standard input, or of a shipped seed such as 'demo'."""
    try:
        show_contents([mock.load(seed)], as_json=as_json)
    except ControlError as error:
        way_out = "; 'chatkit-mock serve --load' takes larger ones" if error.status == _TOO_LARGE else ""
        raise click.ClickException(f"{error}{way_out}") from None


@ctl.command()
@click.option("--save", is_flag=True, help="Instead, save every project to the file of 'serve --state' now.")
@control_options
def snapshot(*, mock: Handle, save: bool, as_json: bool) -> None:
    """Print the whole state of the project as JSON, for 'restore'."""
    if not save:
        click.echo(mock.snapshot())
        return
    saved = mock.save_state()
    if as_json:
        show_json(saved)
    else:
        click.echo(f"Saved to {saved.file} ({saved.size} bytes).")


@ctl.command()
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@control_options
def restore(*, mock: Handle, file: Path, as_json: bool) -> None:
    """Restore the project from a snapshot file."""
    try:
        show_contents([mock.restore(file.read_bytes())], as_json=as_json)
    except OSError as error:
        raise click.ClickException(f"can't read {file}: {error.strerror or error}") from None


@ctl.command()
@control_options
@click.option("--delete", metavar="NAME", help="Delete this project with everything in it first.")
def projects(*, mock: Handle, as_json: bool, delete: str | None) -> None:
    """List all projects of the emulator."""
    listed = mock.projects() if delete is None else mock.delete_project(delete)
    show_contents(listed.projects, as_json=as_json)


@ctl.command()
@control_options
def fidelity(*, mock: Handle, as_json: bool) -> None:
    """List every behaviour of the emulator and how it is known, as the manual lists it."""
    behaviours = mock.fidelity()
    if as_json:
        show_json(behaviours)
        return
    click.echo("| behaviour | known how |\n|---|---|")
    for each in behaviours:
        click.echo(f"| {each.behaviour} | {each.mark}{f': {each.note}' if each.note else ''} |")


def _following(
    mock: Handle, shown: list[Record], events: Iterator[FeedEvent], wanted: RecordFilter
) -> Iterator[Record]:
    """Yield the requests already listed, then new ones."""
    yield from shown
    known = {record.id for record in shown}
    for event in events:
        if event.kind == "request" and event.data["request"] not in known:
            record = mock.journal.get(event.data["request"])
            if fits(record, wanted):
                yield record


def _number_or_text(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text
