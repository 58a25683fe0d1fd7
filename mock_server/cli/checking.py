"""`chatkit-mock check`: checks workflow and fault files."""

import sys
from pathlib import Path

import click

from mock_server.cli.commands import Command
from mock_server.cli.serving import ENVIRONMENT
from mock_server.errors import MockServerError


@click.command(cls=Command, context_settings=ENVIRONMENT)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--faults", is_flag=True, help="The files contain faults, not workflows.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of these files, for editors.")
def check(*, files: tuple[Path, ...], faults: bool, schema: bool) -> None:
    """Check workflow FILES. The exit code is 1 if any of them is invalid."""
    if schema:
        click.echo(_schema(faults=faults), nl=False)
        return
    if not files:
        raise click.UsageError("name the files to check, or use --schema")
    faulty = 0
    for path in files:
        try:
            click.echo(f"{path}: OK, {_faults_in(path) if faults else _turns_in(path)}")
        except MockServerError as error:
            faulty += 1
            click.echo(str(error), err=True)
    sys.exit(1 if faulty else 0)


def _turns_in(path: Path) -> str:
    from mock_server.workflows.catalog import read_script  # noqa: PLC0415 - keeps the start fast

    return _counted(len(read_script(path).turns), "turn")


def _faults_in(path: Path) -> str:
    from mock_server.documents.fault_sets import read_faults  # noqa: PLC0415 - keeps the start fast

    return _counted(len(read_faults(path)), "fault")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _schema(*, faults: bool) -> bytes:
    if not faults:
        from mock_server.workflows.catalog import schema  # noqa: PLC0415 - keeps the start fast

        return schema()
    import msgspec  # noqa: PLC0415 - keeps the start fast

    from mock_server.wire.control.faults import FaultSet  # noqa: PLC0415

    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(FaultSet)), indent=2) + b"\n"
