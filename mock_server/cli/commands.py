"""Commands and groups like click's, with whole help texts, suggestions for misspelt names, and no empty values."""

import re

import click

from mock_server.wording import did_you_mean, printable, quoted, sentence

_NEGATIVE = re.compile(r"-\.?\d.*")


class Command(click.Command):
    """A command that refuses an empty value, such as that of a variable which a script forgot to set."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line. Raises UsageError."""
        _refuse_empty(self, ctx, args)
        return super().parse_args(ctx, args)


class SignedCommand(Command):
    """A command with an argument that may be negative, such as `-1h`, which is not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line. Raises UsageError."""
        signed = [] if "--" in args else [each for each in args if _NEGATIVE.fullmatch(each)]
        if signed:
            args = [*(each for each in args if each not in signed), "--", *signed]
        return super().parse_args(ctx, args)


class Group(click.Group):
    """A group of commands; on its own it prints its help."""

    command_class = Command
    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the group's own part of the command line. Raises UsageError."""
        if not args:
            click.echo(ctx.get_help())
            ctx.exit()
        _refuse_empty(self, ctx, args)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is asked for. Raises UsageError."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            known = self.list_commands(ctx)
            way_out = did_you_mean(name, known) or f"; the commands are {', '.join(known)}"
            raise click.UsageError(f"No such command {quoted(name, empty='as an empty one')}{way_out}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, with the whole first sentence of each."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(limit=1000)) for name, command in commands if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def message_of(error: click.ClickException) -> str:
    """Return what is wrong with a command line as one sentence."""
    if isinstance(error, click.NoSuchOption) and error.ctx is not None:
        known = [name for each in error.ctx.command.get_params(error.ctx) for name in each.opts]
        return sentence(f"No such option '{error.option_name}'{did_you_mean(error.option_name, known)}")
    return sentence(printable(error.format_message().replace("\n\t", " ").replace("\n", "")))


def _refuse_empty(command: click.Command, ctx: click.Context, args: list[str]) -> None:
    given, _, order = command.make_parser(ctx).parse_args(args=list(args))
    for parameter in order:
        value = given.get(parameter.name or "")
        values = value if isinstance(value, list | tuple) else [value]
        if "" in values and parameter.type is not click.UNPROCESSED:
            is_option = isinstance(parameter, click.Option)
            name = max(parameter.opts, key=len) if is_option else parameter.human_readable_name
            raise click.UsageError(f"An empty value was given for '{name}'; leave it out, or give one", ctx)
