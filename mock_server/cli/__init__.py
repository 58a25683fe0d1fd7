"""`chatkit-mock`: the command line. Each command is imported only when it is called, which keeps the start fast."""

import gc
import sys
from importlib import import_module
from typing import ClassVar

import click


def main() -> None:
    """Run the command line; every failure prints one sentence and exits with code 2."""
    gc.disable()  # until an emulator is built: what is imported and built stays, so collecting it is wasted time
    try:
        sys.exit(cli.main(prog_name="chatkit-mock", standalone_mode=False))
    except click.ClickException as error:
        click.echo(f"chatkit-mock: {error.format_message().rstrip('.')}.", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(0)


class _Deferred(click.Group):
    """A group whose commands are imported on demand, from modules of this package."""

    modules: ClassVar[dict[str, str]] = {
        "serve": "serving",
        "run": "serving",
        "check": "checking",
        "ctl": "ctl",
        "report": "reporting",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return the command with this name."""
        if cmd_name not in self.modules:
            return None
        command: click.Command = getattr(import_module(f"mock_server.cli.{self.modules[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Deferred, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chatkit-mock-server", message="chatkit-mock %(version)s")
def cli() -> None:
    """A stateful, local emulator of OpenAI's ChatKit API that needs no credentials."""
