"""What the commands that control a running emulator share: the options, the handle and error reporting."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
from click.core import ParameterSource
from msgspec import Struct

from mock_server.cli.serving import ENVIRONMENT
from mock_server.client.handle import Handle
from mock_server.client.transport import ControlError
from mock_server.errors import MockServerError
from mock_server.testing import connect

F = TypeVar("F", bound=Callable[..., Any])
SETTINGS = {**ENVIRONMENT, "auto_envvar_prefix": None}


def place_options(command: F) -> F:
    """Add --url, --project and --json to a group or a command; what is given closest to the command counts."""
    options = [
        click.option(
            "--url", envvar="CHATKIT_MOCK_URL", metavar="URL", help="The emulator's URL.  [CHATKIT_MOCK_URL]", **_KEPT
        ),
        click.option(
            "--project", envvar="CHATKIT_MOCK_PROJECT", metavar="NAME", help="The project to act on.", **_KEPT
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON.", **_KEPT),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def control_options(command: F) -> Callable[..., Any]:
    """Add --url, --project and --json, and call the command with the handle as `mock`."""

    @place_options
    @wraps(command)
    def wrapped(**options: Any) -> Any:
        place = Place.given()
        try:
            mock = connect(place.url, project=place.project)
            if place.project is None:
                _say_where_things_are(mock)
            return command(mock=mock, as_json=place.as_json, **options)
        except (ControlError, MockServerError) as error:
            raise click.ClickException(str(error)) from None

    return wrapped


class Place(Struct, frozen=True, kw_only=True):
    """What --url, --project and --json say, at the command or at a group that it is in."""

    url: str | None
    project: str | None
    as_json: bool

    @classmethod
    def given(cls) -> "Place":
        """Return what is said on the command line that is being executed."""
        meta = click.get_current_context().meta
        return cls(**{name: meta[f"mock_server.{name}"] for name in cls.__struct_fields__})


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep an option's value for the command; a default and a variable give way to what a group was given."""
    key = f"mock_server.{parameter.name}"
    is_written = context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
    if is_written or key not in context.meta:
        context.meta[key] = value


_KEPT: dict[str, Any] = {"callback": _keep, "expose_value": False}


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
