"""`chatkit-mock check`: checks the files that people write."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_server.cli.commands import Command
from mock_server.cli.serving import ENVIRONMENT
from mock_server.errors import DocumentInvalid, MockServerError
from mock_server.wording import did_you_mean, sentence

if TYPE_CHECKING:
    from mock_server.documents.reading import Document

_SUFFIXES = {".yaml", ".yml"}  # those of workflows in a folder


@click.command(cls=Command, context_settings=ENVIRONMENT)
@click.argument("files", nargs=-1)
@click.option("--faults", is_flag=True, help="The files contain faults, whatever they look like.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of workflow files, or of fault files, for editors.")
def check(*, files: tuple[str, ...], faults: bool, schema: bool) -> None:
    """Check workflows, seeds and fault files.

    FILES are files, folders of them, - for standard input, and the names of shipped ones. The exit code is 1 if any of
    them is invalid.
    """
    if schema:
        click.echo(_schema(faults=faults), nl=False)
        return
    if not files:
        raise click.UsageError("name the files to check, or use --schema")
    faulty = 0
    for path in _paths(files, faults=faults):
        try:
            click.echo(_verdict(path, faults=faults))
        except MockServerError as error:
            faulty += 1
            click.echo(sentence(str(error)), err=True)
    sys.exit(1 if faulty else 0)


def _paths(names: tuple[str, ...], *, faults: bool) -> Iterator[Path | DocumentInvalid]:
    """Yield the files that are meant, or what is wrong with a name."""
    from mock_server.documents.shipped import is_missing, shipped, shipped_file  # noqa: PLC0415 - keeps the start fast

    kinds = ["faults"] if faults else ["workflows", "seeds", "faults"]
    for name in names:
        path = Path(name)
        known = {each: kind for kind in kinds for each in shipped(kind)}
        if _is_folder(path):
            yield from _within(path)
        elif name == "-" or not is_missing(path):
            yield path
        elif name in known:
            yield shipped_file(known[name], name)
        else:
            yield DocumentInvalid(
                f"there is no such file, folder or shipped name{did_you_mean(name, known)}", source=name
            )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # reading it says why
        return False


def _within(folder: Path) -> list[Path | DocumentInvalid]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    except OSError as error:
        return [DocumentInvalid(f"can't be read: {(error.strerror or str(error)).lower()}", source=str(folder))]
    return [*found] or [DocumentInvalid("the folder has no .yaml or .yml file", source=str(folder))]


def _verdict(path: Path | DocumentInvalid, *, faults: bool) -> str:
    from mock_server.documents.reading import read_document  # noqa: PLC0415 - keeps the start fast

    if isinstance(path, DocumentInvalid):
        raise path
    document = read_document(path)
    return f"{document.source}: OK, {_contents(document, 'faults' if faults else _kind(document.value))}"


def _kind(value: object) -> str:
    """Return what a document is meant to be: what most of its keys belong to, or those near to them."""
    from mock_server.wire.control.faults import FaultSet  # noqa: PLC0415 - keeps the start fast
    from mock_server.wire.control.seeds import Seed  # noqa: PLC0415
    from mock_server.workflows.script import Script  # noqa: PLC0415

    fields = {"workflow": Script, "seed": Seed, "faults": FaultSet}
    keys = [key for key in value if isinstance(key, str)] if isinstance(value, dict) else []
    known = {kind: type_.__struct_fields__ for kind, type_ in fields.items()}
    return max(
        fields, key=lambda kind: sum(2 * (key in known[kind]) + bool(did_you_mean(key, known[kind])) for key in keys)
    )


def _contents(document: "Document", kind: str) -> str:
    match kind:
        case "faults":
            from mock_server.documents.fault_sets import set_of  # noqa: PLC0415 - keeps the start fast

            return _counted(len(set_of(document).faults), "fault")
        case "seed":
            from mock_server.documents.seeds import seed_of  # noqa: PLC0415 - keeps the start fast

            seed = seed_of(document)
            return f"{_counted(len(seed.sessions), 'session')}, {_counted(len(seed.threads), 'thread')}"
        case _:
            from mock_server.workflows.catalog import script_of  # noqa: PLC0415 - keeps the start fast

            return _counted(len(script_of(document).turns), "turn")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _schema(*, faults: bool) -> bytes:
    if not faults:
        from mock_server.workflows.catalog import schema  # noqa: PLC0415 - keeps the start fast

        return schema()
    import msgspec  # noqa: PLC0415 - keeps the start fast

    from mock_server.wire.control.faults import FaultSet  # noqa: PLC0415

    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(FaultSet)), indent=2) + b"\n"
