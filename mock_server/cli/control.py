"""What the commands that steer a running server share: the options, the handle, and how failures are told."""

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

    @click.option("--url", envvar="CHATKIT_MOCK_URL", metavar="URL", help="Where the server is.  [CHATKIT_MOCK_URL]")
    @click.option("--project", envvar="CHATKIT_MOCK_PROJECT", metavar="NAME", help="The project to act on.")
    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
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
    """A note, if the default project holds nothing and others do."""
    listed = mock.projects()
    full = [each.project for each in listed.projects if each.sessions or each.threads or each.requests]
    if full and listed.default not in full:
        click.echo(
            f"Note: this is project '{listed.default}', which holds nothing; "
            f"add --project for {', '.join(full[:5])}{' ...' if len(full) > 5 else ''}.",
            err=True,
        )
