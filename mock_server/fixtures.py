"""Where the shipped data lies: in the wheel beside this file, in a checkout one folder up."""

from pathlib import Path


def fixtures_folder() -> Path:
    """The folder that holds `wire/`, `seeds/` and the other shipped data."""
    packaged = Path(__file__).with_name("_fixtures")
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "fixtures"


def shipped(kind: str) -> list[str]:
    """Names of the shipped files of one kind, such as `seeds`, without their ending."""
    return sorted(path.stem for path in (fixtures_folder() / kind).glob("*.yaml"))
