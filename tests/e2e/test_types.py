"""The element's code keeps to the published types of `@openai/chatkit`, as `tsc` sees it."""

import shutil
from pathlib import Path

import pytest
from support.node import NEEDS, NODE, run

pytestmark = [mark for mark in NEEDS if mark.name != "browser"]

REPOSITORY = Path(__file__).parents[2]
SOURCES = ("tests/e2e/types", "mock_server/element/static/page", "mock_server/element/static/frame")


@pytest.fixture
def types(installed: Path) -> Path:
    """The types' folder of a copy of the sources, which finds the app's packages."""
    copy = installed / "repository"
    for source in SOURCES:
        shutil.copytree(REPOSITORY / source, copy / source, dirs_exist_ok=True)
    return copy / "tests/e2e/types"


def test_names_methods_options_and_events_as_published(types: Path) -> None:
    run(NODE, "write_tables.js", folder=types)
    run(NODE, "../../../../node_modules/typescript/bin/tsc", "-p", ".", folder=types)
