"""What is misspelt in a file is answered with what its place allows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mock_server.documents.fault_sets import read_faults
from mock_server.documents.seeds import read_seed
from mock_server.errors import DocumentInvalid
from mock_server.workflows.catalog import Catalog


def read_workflow(path: Path) -> object:
    return Catalog([path.parent])


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        (read_faults, "faults: [{match: {operation: session.create}, do: {error: 500}}]", "'sessions.create'"),
        (read_faults, "faults: [{do: {end_session: expire}}]", "'expired'"),
        (read_faults, "faults: [{mtch: {}, do: {error: 500}}]", "'match'"),
        (read_seed, "sessions: [{user: ada, workflow: {id: wf_1}, status: cancled}]", "'cancelled'"),
        (read_seed, "threads: [{user: ada, items: [{type: asistant_message, content: []}]}]", "'assistant_message'"),
        (read_workflow, "default: [{mesage: Hi}]", "'message'"),
    ],
)
def test_a_near_miss_is_suggested(tmp_path: Path, read: Callable[[Path], object], text: str, told: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(text)
    with pytest.raises(DocumentInvalid, match=rf"^{path}:1: .*; did you mean {told}\?$"):
        read(path)
