"""The server against every boundary of our OpenAPI document."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.emulator import HEADERS, make_app

from mock_server.documents.seeds import load_seeds
from mock_server.server.thread import ServerThread
from mock_server.slices import at_once

pytestmark = [pytest.mark.exhaustive, pytest.mark.generated]


def test_serves_every_boundary_of_the_document(tmp_path: Path) -> None:
    """Some 6,000 requests, made up systematically: each parameter at and beyond its bounds, and of each wrong type."""
    app = make_app()
    for loaded in load_seeds(["demo"]):
        at_once(app.projects.default.loading(loaded))
    with ServerThread(app) as server:
        command = [
            *(str(Path(sys.executable).with_name("st")), "run", f"{server.origin}/openapi.json"),
            *("--phases", "examples,coverage", "--suppress-health-check", "all", "--no-color"),
            *("--exclude-checks", "ignored_auth,positive_data_acceptance"),  # see test_openapi_promises
            *("--exclude-operation-id", "events", "--exclude-operation-id", "snapshot.restore"),  # endless, and large
            *("--header", f"authorization: {HEADERS['authorization']}"),
        ]
        environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:]
    assert " passed" in done.stdout
