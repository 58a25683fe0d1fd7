"""`chatkit-mock`: the command line. A command is imported when it is called, for the start has to be fast."""

import gc
import sys
from importlib import import_module
from typing import ClassVar

import click


def main() -> None:
    """Run the command line; every failure ends in one sentence and exit code 2."""
    gc.disable()  # until a server is built: what is imported and built stays, looking for garbage in it only costs
    try:
        sys.exit(cli.main(prog_name="chatkit-mock", standalone_mode=False))
    except click.ClickException as error:
        click.echo(f"chatkit-mock: {error.format_message().rstrip('.')}.", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(0)


class _Deferred(click.Group):
    """Commands by the module of this package that holds them."""

    modules: ClassVar[dict[str, str]] = {
        "serve": "serving",
        "run": "serving",
        "check": "checking",
        "ctl": "ctl",
        "report": "reporting",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """The names."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name, imported now."""
        if cmd_name not in self.modules:
            return None
        command: click.Command = getattr(import_module(f"mock_server.cli.{self.modules[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Deferred, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chatkit-mock-server", message="chatkit-mock %(version)s")
def cli() -> None:
    """An emulator of OpenAI's ChatKit API: stateful, local, without credentials."""
