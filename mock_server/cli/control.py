"""What the commands that control a running emulator share: the options, the handle and error reporting."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from mock_server.cli.serving import ENVIRONMENT
from mock_server.client.handle import Handle
from mock_server.client.transport import ControlError
from mock_server.errors import MockServerError
from mock_server.testing import connect

F = TypeVar("F", bound=Callable[..., Any])
SETTINGS = {**ENVIRONMENT, "auto_envvar_prefix": None}


def control_options(command: F) -> Callable[..., Any]:
    """Add --url, --project and --json, and call the command with the handle as `mock`."""

    @click.option("--url", envvar="CHATKIT_MOCK_URL", metavar="URL", help="The emulator's URL.  [CHATKIT_MOCK_URL]")
    @click.option("--project", envvar="CHATKIT_MOCK_PROJECT", metavar="NAME", help="The project to act on.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @wraps(command)
    def wrapped(*, url: str | None, project: str | None, **options: Any) -> Any:
        mock = connect(url, project=project)
        try:
            if project is None:
                _say_where_things_are(mock)
            return command(mock=mock, **options)
        except (ControlError, MockServerError) as error:
            raise click.ClickException(str(error)) from None

    return wrapped


def _say_where_things_are(mock: Handle) -> None:
    """Print a note if the default project is empty and others are not."""
    listed = mock.projects()
    full = [each.project for each in listed.projects if each.sessions or each.threads or each.requests]
    if full and listed.default not in full:
        click.echo(
            f"Note: this is project '{listed.default}', which is empty; "
            f"use --project for {', '.join(full[:5])}{' ...' if len(full) > 5 else ''}.",
            err=True,
        )
