"""The README and the manual, read for their examples, tables, headings and links."""

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
MANUAL = ROOT / "mock_server" / "docs"
PAGES = [README, *sorted(MANUAL.glob("*.md"))]

_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_MARKED = r"<!-- {marker} -->\n```{language}\n(.*?)```"


def page(name: str) -> str:
    """The text of a page of the manual."""
    return (MANUAL / f"{name}.md").read_text()


def examples(text: str, marker: str, language: str) -> list[str]:
    """The examples of a page behind a marker, in a language."""
    return re.findall(_MARKED.format(marker=marker, language=language), text, re.DOTALL)


def cases(marker: str, language: str) -> list[Any]:
    """The examples of all pages behind a marker, as parameters named by page and heading."""
    found = []
    for path in PAGES:
        text = path.read_text()
        for number, example in enumerate(examples(text, marker, language), start=1):
            above = re.findall(r"^#+ (.*)$", prose(text[: text.index(example)] + "```"), re.MULTILINE)[-1]
            found.append(pytest.param(example, id=f"{path.name}, {number}: {above}"))
    return found


def table(text: str, marker: str) -> list[list[str]]:
    """The cells of the table behind a marker."""
    found = re.search(rf"<!-- {marker} -->\n\|.*\n\|[-|]*\n((?:\|.*\n)+)", text)
    assert found, f"there is no table behind <!-- {marker} -->"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()]


def prose(text: str) -> str:
    """A page without its code blocks."""
    return _FENCED.sub("", text)


def anchors(text: str) -> set[str]:
    """What links into a page can name, as GitHub makes it from the headings."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.*)$", prose(text), re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        repeats = sum(each == name or re.fullmatch(rf"{re.escape(name)}-\d+", each) is not None for each in found)
        found.add(f"{name}-{repeats}" if repeats else name)
    return found


def links(text: str) -> list[str]:
    """The targets of a page's links and pictures, but for those that lead to other sites."""
    without_code = re.sub(r"`[^`]*`", "", prose(text))
    targets = re.findall(r"\]\(([^)\s]+)\)", without_code)
    return [target for target in targets if not re.match(r"[a-z]+:", target)]
