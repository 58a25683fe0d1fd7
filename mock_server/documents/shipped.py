"""The shipped data files: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def fixtures_folder() -> Path:
    """Return the folder that holds `wire/`, `seeds/` and the other shipped data."""
    packaged = _PACKAGE / "_fixtures"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "fixtures"


def shipped(kind: str) -> list[str]:
    """Return the names of the shipped files of a kind, such as `seeds`, without their suffix."""
    return sorted(path.stem for path in (fixtures_folder() / kind).glob("*.yaml"))
