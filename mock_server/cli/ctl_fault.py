"""`chatkit-mock ctl fault`: the faults of a project."""

from typing import Any

import click

from mock_server.cli.commands import Group
from mock_server.cli.control import control_options, place_options
from mock_server.cli.showing import show_faults
from mock_server.client.handle import Handle
from mock_server.wire.control.faults import FaultRule


@click.group(cls=Group)
@place_options
def fault() -> None:
    """Break responses on purpose.

    Faults are tried in order; the first that matches a request applies to it.
    """


@fault.command("list")
@control_options
def fault_list(*, mock: Handle, as_json: bool) -> None:
    """List the faults, with how often each was applied."""
    show_faults(mock.faults.list(), as_json=as_json)


@fault.command("add")
@click.option("--name", help="Its name in X-Mock-Fault and the journal.")
@click.option(
    "--operation", help="An operation or a group of them, such as sessions.create, conversation or store.save_item."
)
@click.option("--path", help="The path, where * stands for any text.")
@click.option("--workflow", help="The workflow's id.")
@click.option("--user", help="The user.")
@click.option("--session", help="The session's id.")
@click.option("--nth", type=click.IntRange(1), multiple=True, help="Which of the matching requests. Repeatable.")
@click.option("--probability", type=click.FloatRange(0, 1), help="The probability of applying to a match.")
@click.option("--times", type=click.IntRange(1), help="How many times it is applied at most.")
@click.option("--lasts", metavar="DURATION", help="How long it stays active, such as 10m.")
@click.option("--error", type=click.IntRange(400, 599), help="Respond with this status.")
@click.option("--retry-after", type=click.IntRange(0), help="With --error: the Retry-After header, in seconds.")
@click.option("--delay", metavar="DURATION", help="Wait before handling the request, such as 500ms.")
@click.option("--drop", is_flag=True, default=None, help="Close the connection without a response.")
@click.option("--cut", type=click.IntRange(0), help="Close the connection after this many events of a stream.")
@click.option(
    "--malformed", type=click.IntRange(0), help="Break the JSON of the body, or of the event after this many."
)
@click.option(
    "--truncated", type=click.IntRange(0), help="Close the connection within the body, or the event after this many."
)
@click.option("--bandwidth", type=click.IntRange(1), help="The maximum bytes per second.")
@click.option("--end-session", type=click.Choice(["expired", "cancelled"]), help="End the request's session first.")
@control_options
def fault_add(*, mock: Handle, as_json: bool, **options: Any) -> None:
    """Add a fault after the existing ones."""
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    if "nth" in given:
        given["nth"] = list(given["nth"])
    added = mock.faults.add(**given)
    show_faults([rule for rule in mock.faults.list() if rule.id == added.id], as_json=as_json)


@fault.command("load")
@click.argument("name", metavar="FILE|SET")
@control_options
def fault_load(*, mock: Handle, name: str, as_json: bool) -> None:
    """Add the faults of a file, or of a shipped set such as 'flaky'."""
    from mock_server.documents.fault_sets import load_faults  # noqa: PLC0415
    from mock_server.documents.shipped import shipped  # noqa: PLC0415 - for this command only

    if name in shipped("faults"):
        mock.faults.use(name)
    else:
        for params in load_faults([name]):
            mock.ask("POST", "/faults", FaultRule, body=params)
    show_faults(mock.faults.list(), as_json=as_json)


@fault.command("remove")
@click.argument("name", metavar="ID|NAME")
@control_options
def fault_remove(*, mock: Handle, name: str, as_json: bool) -> None:
    """Remove a fault."""
    mock.faults.remove(name)
    show_faults(mock.faults.list(), as_json=as_json)


@fault.command("clear")
@control_options
def fault_clear(*, mock: Handle, as_json: bool) -> None:
    """Remove all faults."""
    mock.faults.clear()
    show_faults(mock.faults.list(), as_json=as_json)
