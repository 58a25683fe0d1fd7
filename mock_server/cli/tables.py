"""The command line's output: tables for people, JSON for programs."""

from collections.abc import Sequence
from typing import Any

import click
import msgspec

from mock_server.wording import printable


def show_json(value: Any) -> None:
    """Print a JSON document."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def show_table(titles: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> None:
    """Print a table with aligned columns, or the message `empty` if there are no rows."""
    if not rows:
        click.echo(empty)
        return
    cells = [list(titles), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(titles))]
    for number, row in enumerate(cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        click.echo(click.style(line, bold=True) if number == 0 else line)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else printable(str(value))
