"""The options for servers of the user's own."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mock_server.backends import PATH

if TYPE_CHECKING:
    from mock_server.backends.registry import Backends

F = TypeVar("F", bound=Callable[..., Any])


def backend_options(command: F) -> F:
    """Add the options to a command that starts an emulator."""
    options = [
        click.option(
            "--backend",
            multiple=True,
            metavar="[ID=]SERVER",
            help="Your own ChatKit server: module:server, module:app or a URL; with ID= for one workflow. Repeatable.",
        ),
        click.option(
            "--backend-context",
            metavar="MODULE:FUNCTION",
            help="A function that takes the request and the session, and returns your ChatKitServer's context.",
        ),
        click.option(
            "--backend-path", default=PATH, show_default=True, help="The path of the endpoint in your application."
        ),
        click.option(
            "--backend-header",
            multiple=True,
            metavar="'NAME: VALUE'",
            help="A header for your application or URL; {{user}} in it is the user's id. Repeatable.",
        ),
        click.option(
            "--app-dir",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            metavar="FOLDER",
            help="Where your modules are found; by default, the working directory.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def backends_of(
    *,
    backend: tuple[str, ...],
    backend_context: str | None,
    backend_path: str,
    backend_header: tuple[str, ...],
    app_dir: Path | None,
) -> "Backends | None":
    """Return the servers that the options name, or None. Raises BackendUnusable."""
    if not backend:
        return None
    from mock_server.backends.loading import BackendOptions  # noqa: PLC0415 - keeps the start fast
    from mock_server.backends.registry import Backends  # noqa: PLC0415
    from mock_server.server.loop import loop_factory  # noqa: PLC0415

    wanted = BackendOptions(context=backend_context, path=backend_path, headers=backend_header, app_dir=app_dir)
    return Backends(backend, wanted, loop_factory=loop_factory())
