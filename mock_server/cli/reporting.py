"""`chatkit-mock report`: findings about the client, from the journal."""

import sys
from typing import get_args

import click

from mock_server.cli.commands import Command
from mock_server.cli.control import SETTINGS, control_options
from mock_server.cli.tables import show_json
from mock_server.client.handle import Handle
from mock_server.wire.control.findings import FindingCode
from mock_server.wording import did_you_mean, printable


def _known(_: click.Context, __: click.Parameter, codes: tuple[str, ...]) -> tuple[str, ...]:
    known = get_args(FindingCode)
    for code in codes:
        if code not in known:
            way_out = did_you_mean(code, known) or f"; the codes are {', '.join(known)}"
            raise click.UsageError(f"no finding has the code '{code}'{way_out}")
    return codes


@click.command(cls=Command, context_settings=SETTINGS)
@click.option(
    "--ignore", multiple=True, metavar="CODE", callback=_known, help="Leave out findings with this code. Repeatable."
)
@control_options
def report(*, mock: Handle, ignore: tuple[str, ...], as_json: bool) -> None:
    """Report what would cause problems with the real API. The exit code is 1 if there are findings."""
    findings = [finding for finding in mock.findings() if finding.code not in ignore]
    if as_json:
        show_json(findings)
    for finding in [] if as_json else findings:
        click.echo(f"{click.style(finding.code, bold=True)}: {printable(finding.message)}")
        click.echo(f"  why: {finding.why}\n  fix: {finding.way_out}\n  requests: {_short(finding.requests)}")
    if not findings and not as_json:
        click.echo("No findings.")
    sys.exit(1 if findings else 0)


def _short(requests: list[str]) -> str:
    shown = ", ".join(requests[:3])
    return f"{shown} and {len(requests) - 3} more" if len(requests) > 3 else shown
