"""`chatkit-mock`: the command line. Each command is imported only when it is called, which keeps the start fast."""

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress

import click

from mock_server.cli.commands import Group, message_of

_STANDARD_OUTPUT = 1


def main() -> None:
    """Run the command line; every failure prints one sentence and exits with code 2."""
    gc.disable()  # until an emulator is built: what is imported and built stays, so collecting it is wasted time
    try:
        sys.exit(cli.main(prog_name="chatkit-mock", standalone_mode=False))
    except click.ClickException as error:
        _fail(message_of(error))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(0)
    except OSError as error:  # all others are reported by what meets them
        _fail(f"can't write to standard output: {(error.strerror or str(error)).lower()}.")


def _fail(sentence: str) -> None:
    click.echo(f"chatkit-mock: {sentence}", err=True)
    with suppress(AttributeError):  # standard output is closed
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), _STANDARD_OUTPUT)  # or Python would try again at exit
    sys.exit(2)


class _Deferred(Group):
    """Commands, each imported when it is first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of a name, or None."""
        load = _COMMANDS.get(cmd_name)
        return None if load is None else load()


def _serve() -> click.Command:
    from mock_server.cli.serving import serve  # noqa: PLC0415 - keeps the start fast

    return serve


def _run() -> click.Command:
    from mock_server.cli.serving import run  # noqa: PLC0415 - keeps the start fast

    return run


def _check() -> click.Command:
    from mock_server.cli.checking import check  # noqa: PLC0415 - keeps the start fast

    return check


def _ctl() -> click.Command:
    from mock_server.cli.ctl import ctl  # noqa: PLC0415 - keeps the start fast

    return ctl


def _report() -> click.Command:
    from mock_server.cli.reporting import report  # noqa: PLC0415 - keeps the start fast

    return report


_COMMANDS: dict[str, Callable[[], click.Command]] = {
    "serve": _serve,
    "run": _run,
    "check": _check,
    "ctl": _ctl,
    "report": _report,
}


@click.group(cls=_Deferred, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chatkit-mock-server", message="chatkit-mock %(version)s")
def cli() -> None:
    """A stateful, local emulator of OpenAI's ChatKit API that needs no credentials."""
