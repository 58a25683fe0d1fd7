"""The options of the commands that start an emulator."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from mock_server.cli.backend_options import backend_options
from mock_server.config import BETA, Settings

F = TypeVar("F", bound=Callable[..., Any])
TLS_PORT = 4443


def server_options(command: F) -> F:
    """Add the options of every command that starts an emulator."""
    options = [
        click.option("--seed", help="Make ids and secrets the same in every run with this seed."),
        click.option(
            "--load",
            multiple=True,
            metavar="FILE",
            help="Start with the contents of a YAML or JSON seed file, or a shipped seed such as 'demo'. Repeatable.",
        ),
        click.option(
            "--workflows",
            multiple=True,
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            metavar="FOLDER",
            help="A folder of workflow files, which are reloaded when they change. Repeatable.",
        ),
        click.option(
            "--faults",
            multiple=True,
            metavar="FILE",
            help="Start with the faults in a file, or with a shipped set such as 'flaky'. Repeatable.",
        ),
        click.option(
            "--journal-entries",
            type=click.IntRange(0),
            default=Settings().journal_entries,
            show_default=True,
            help="How many of the newest requests each project's journal keeps.",
        ),
        click.option(
            "--require-workflow",
            is_flag=True,
            help="Respond with 404 for a workflow id that has no file and that no seed names.",
        ),
        click.option(
            "--custom-mode",
            is_flag=True,
            help="Accept conversations without a client secret, like a self-hosted ChatKit server.",
        ),
        click.option(
            "--custom-user",
            default="user",
            show_default=True,
            help="In custom mode, the user of requests without an X-Mock-User header.",
        ),
        click.option(
            "--custom-workflow", default="wf_echo", show_default=True, help="In custom mode, the workflow that replies."
        ),
        click.option(
            "--file-type",
            multiple=True,
            metavar="TYPE",
            help="A MIME type that uploads may have, '*/*' for any; images and PDF by default. Repeatable.",
        ),
        click.option("--api-key", metavar="KEY", help="Accept only this API key."),
        click.option(
            "--project", default="default", show_default=True, help="The project for requests that do not name one."
        ),
        click.option(
            "--beta-header",
            type=click.Choice(["required", "optional"]),
            default="required",
            show_default=True,
            help=f"Whether REST requests need 'OpenAI-Beta: {BETA}', as with the real API.",
        ),
        click.option(
            "--allow-host",
            multiple=True,
            metavar="NAME",
            help="A host name through which /_mock may be reached, besides localhost and IP addresses. Repeatable.",
        ),
        click.option(
            "--control-key",
            metavar="KEY",
            help="Ask for this key at /_mock and on the dashboard, where others can reach the emulator.",
        ),
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="How requests and failures are logged on standard error.",
        ),
    ]
    return _with(options, backend_options(command))


def tls_options(command: F) -> F:
    """Add the options of `serve` for https; any of them enables it."""
    file = click.Path(dir_okay=False, path_type=Path)
    options = [
        click.option(
            "--tls", is_flag=True, help="Also serve https, on a separate port; every other --tls option implies this."
        ),
        click.option(
            "--tls-port",
            type=click.IntRange(0, 65535),
            help=f"The port for https, {TLS_PORT} by default; 0 for any free one.",
        ),
        click.option(
            "--tls-cert",
            type=file,
            metavar="FILE",
            help="The certificate with its chain, in PEM; by default, a new one is generated at each start.",
        ),
        click.option("--tls-key", type=file, metavar="FILE", help="The certificate's private key, in PEM."),
        click.option(
            "--tls-ca-file",
            type=file,
            metavar="FILE",
            help="Write the CA certificate for a generated certificate, in PEM, to this file; it is removed at exit.",
        ),
    ]
    return _with(options, command)


def _with(options: Sequence[Callable[[F], F]], command: F) -> F:
    for option in reversed(options):
        command = option(command)
    return command
