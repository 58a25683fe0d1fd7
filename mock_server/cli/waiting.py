"""`chatkit-mock ctl wait`: until the emulator is ready, for scripts that start it."""

import sys
import time

import click

from mock_server.cli.commands import Command
from mock_server.cli.control import Place, place_options
from mock_server.cli.tables import show_json
from mock_server.client.handle import Handle
from mock_server.client.transport import ControlError, HttpTransport, Unreachable, UrlInvalid
from mock_server.clock import stopwatch
from mock_server.moments import seconds
from mock_server.wire.control.health import Health
from mock_server.wording import sentence

_BETWEEN = 0.1  # seconds between two attempts


@click.command(cls=Command)
@click.option(
    "--timeout", default="30s", show_default=True, metavar="DURATION", help="How long to wait, such as 500ms or 1m."
)
@place_options
def wait(*, timeout: str) -> None:
    """Wait until the emulator is ready. The exit code is 1 if it is not ready in time."""
    place = Place.given()
    try:
        health = _health(place.url, patience=seconds(f"{timeout}s" if timeout.isdigit() else timeout))
    except (ValueError, UrlInvalid) as error:
        raise click.UsageError(str(error)) from None
    except ControlError as error:
        reason = error.reason if isinstance(error, Unreachable) else error
        said = f"no emulator was ready at {HttpTransport(place.url).url} within {timeout}: {reason}"
        click.echo(f"chatkit-mock: {sentence(said)}", err=True)
        sys.exit(1)
    if place.as_json:
        show_json(health)
    else:
        click.echo("The emulator is ready.")


def _health(url: str | None, *, patience: float) -> Health:
    """Ask until there is a response. Raises UrlInvalid, and after `patience` seconds what the last attempt raised."""
    until = stopwatch() + patience
    while True:
        left = until - stopwatch()
        try:
            return Handle(HttpTransport(url, timeout=max(left, _BETWEEN))).health()
        except UrlInvalid:
            raise
        except ControlError:
            if left <= 0:
                raise
        time.sleep(max(0, min(_BETWEEN, until - stopwatch())))
