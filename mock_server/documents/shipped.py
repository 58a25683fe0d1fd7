"""The shipped data files: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path

from mock_server.errors import DocumentInvalid
from mock_server.wording import did_you_mean

__tracebackhide__ = True  # pytest shows the line of the test
_PACKAGE = Path(__file__).parents[1]
_NOUNS = {"seeds": "seed", "faults": "set", "workflows": "workflow"}


def fixtures_folder() -> Path:
    """Return the folder that holds `wire/`, `seeds/` and the other shipped data."""
    packaged = _PACKAGE / "_fixtures"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "fixtures"


def shipped(kind: str) -> list[str]:
    """Return the names of the shipped files of a kind, such as `seeds`, without their suffix."""
    return sorted(path.stem for path in (fixtures_folder() / kind).glob("*.yaml"))


def shipped_file(kind: str, name: str) -> Path:
    """Return the path of a shipped file."""
    return fixtures_folder() / kind / f"{name}.yaml"


def named_file(kind: str, name: str) -> Path:
    """Return the path of a shipped file by its name, or else of any file or standard input. Raises DocumentInvalid."""
    known = shipped(kind)
    if name in known:
        return shipped_file(kind, name)
    if name != "-" and is_missing(Path(name)):
        noun = _NOUNS[kind]
        way_out = did_you_mean(name, known) or f"; the shipped {noun}s are {', '.join(known)}"
        raise DocumentInvalid(f"there is no such file or shipped {noun}{way_out}", source=name)
    return Path(name)


def is_missing(path: Path) -> bool:
    """Return whether there is nothing at a path; where even that can't be told, reading it says why."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False
