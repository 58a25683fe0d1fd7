"""Seed files: short to write, forgiving to paste, exact in their complaints."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from support.emulator import Start

from mock_server.config import Settings
from mock_server.documents.seeds import LoadedSeed, load_seeds, parse_seed, read_seed
from mock_server.documents.shipped import fixtures_folder, shipped
from mock_server.errors import DocumentInvalid, SeedInvalid
from mock_server.slices import at_once
from mock_server.state.project import Project
from mock_server.state.projects import Projects
from mock_server.wire.rest.threads import ThreadListItemsParams, ThreadListParams


def loaded(document: Any) -> Project:
    project = Projects(Settings()).default
    project.clock.freeze(1_760_170_033)
    at_once(project.loading(LoadedSeed(seed=parse_seed(document, source="test"), source="test")))
    return project


ISSUE = {
    "sessions": [{"id": "cksess_123", "user": "x", "workflow": {"id": "id"}}],
    "threads": [
        {
            "id": "cthr_123",
            "user": "x",
            "title": "Seeded",
            "items": [
                {"type": "user_message", "content": [{"type": "input_text", "text": "Hello"}]},
                {"type": "assistant_message", "content": [{"type": "output_text", "text": "Hi"}]},
            ],
        }
    ],
}


def test_what_a_seed_leaves_out_takes_the_defaults() -> None:
    project = loaded(ISSUE)
    session = project.sessions.get("cksess_123")
    assert (session.expires_at, session.max_files, session.titling) == (1_760_170_633, 10, True)
    page = project.threads.get("cthr_123").items.page(ThreadListItemsParams(order="asc"))
    assert [item.thread_id for item in page.entries] == ["cthr_123", "cthr_123"]
    tails = {item.id[-16:] for item in page.entries}
    assert len(tails) == 1


def test_seeded_sessions_can_be_over_already() -> None:
    sessions = [
        {"id": f"cksess_{status}", "user": "x", "workflow": {"id": "w"}, "status": status}
        for status in ("active", "expired", "cancelled")
    ]
    project = loaded({"sessions": sessions})
    now = project.clock.now()
    for status in ("active", "expired", "cancelled"):
        assert project.sessions.get(f"cksess_{status}").status(now) == status


def test_an_answer_of_the_real_api_can_be_pasted(start: Start) -> None:
    """What one emulator lists, another takes as a seed, and lists the same."""
    first = TestClientOf(start(seed={"threads": loaded_demo_threads()}))
    pasted = [{**thread, "items": first.items(thread["id"])} for thread in first.threads()]
    second = TestClientOf(start(seed={"threads": pasted}))
    assert second.threads() == first.threads()
    for thread in first.threads():
        assert second.items(thread["id"]) == first.items(thread["id"])


class TestClientOf:
    __test__ = False

    def __init__(self, client: Any) -> None:
        self.client = client

    def threads(self) -> list[dict[str, Any]]:
        data: list[dict[str, Any]] = self.client.get("/v1/chatkit/threads?order=asc").json()["data"]
        return data

    def items(self, thread_id: str) -> list[dict[str, Any]]:
        path = f"/v1/chatkit/threads/{thread_id}/items?order=asc"
        data: list[dict[str, Any]] = self.client.get(path).json()["data"]
        return data


def loaded_demo_threads() -> list[dict[str, Any]]:
    threads: list[dict[str, Any]] = yaml.safe_load((fixtures_folder() / "seeds/demo.yaml").read_text())["threads"]
    return threads


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("threads:\n  - id: cthr_1\n    user: 7\n", "seed.yaml:3: threads[0].user: Expected 'str', got 'int'"),
        ("sessions:\n  - user: ada\n", "seed.yaml:2: sessions[0]: Object missing required field 'workflow'"),
        (
            "threads: []\ncolour: red\n",
            "seed.yaml:1: Object contains unknown field 'colour'; the keys here are sessions, threads",
        ),
        (
            "threads:\n- user: ada\n  items:\n  - type: user_message\n    content: []\n  - type: song\n",
            (
                "seed.yaml:6: threads[0].items[1].type: 'song' is not known here; "
                "the values here are user_message, assistant_message, widget, client_tool_call, task, task_group"
            ),
        ),
        ("threads: [}\n", "seed.yaml:1: is neither YAML nor JSON: expected the node content, but found '}'"),
        ("'': x", "seed.yaml:1: Object contains unknown field that is empty"),
        (
            "threads: [{user: a, status: {type: ''}}]",
            (
                "seed.yaml:1: threads[0].status.type: an empty value is not known here; "
                "the values here are active, closed, locked"
            ),
        ),
        ("thraeds: []\n", "seed.yaml:1: Object contains unknown field 'thraeds'; did you mean 'threads'?"),
        (
            "threads:\n- user: ada\n  items:\n  - {type: widget, widgt: {}}\n",
            "seed.yaml:4: threads[0].items[0]: Object contains unknown field 'widgt'; did you mean 'widget'?",
        ),
        (
            "threads:\n- user: ada\n  items:\n  - {type: task, content: []}\n",
            (
                "seed.yaml:4: threads[0].items[0]: Object contains unknown field 'content'; "
                "the keys here are id, created_at, object, thread_id, task_type, heading, summary, type"
            ),
        ),
        ("1: []\n", "seed.yaml:1: has a key that is not text; put it in quotes"),
        ("threads: []\n---\nthreads: []\n", "seed.yaml:2: holds several documents; keep each in a file of its own"),
        ("- a list\n", "seed.yaml:1: is a list without a key; the keys here are sessions, threads"),
        ("", "seed.yaml: is empty; the keys here are sessions, threads"),
        (
            "threads:\n- {id: cthr_1, user: a}\n- {id: cthr_1, user: b}\n",
            "seed.yaml:3: threads[1].id: the id 'cthr_1' is taken; choose another, or reset the project first",
        ),
        (
            "sessions:\n- {user: a, workflow: {id: ''}}\n",
            "seed.yaml:2: sessions[0].workflow.id: a workflow id can't be empty",
        ),
        (
            "threads:\n- {user: a, created_at: 1900-01-01T00:00:00Z}\n",
            "seed.yaml:2: threads[0].created_at: a time must be between the years 1970 and 9999",
        ),
    ],
)
def test_a_faulty_file_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(text)
    with pytest.raises(DocumentInvalid) as caught:
        Projects(Settings(), base=load_seeds([str(path)]))
    assert str(caught.value) == f"{tmp_path}/{said}"


def test_json_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text('{"threads": [{"user": "ada", "created_at": "2026-01-01T00:00:00+02:00"}]}')
    project = Projects(Settings(), base=load_seeds([str(path)])).default
    assert project.threads.page(ThreadListParams()).entries[0].created_at == 1_767_218_400


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(DocumentInvalid, match=r"there is no such file or shipped seed; the shipped seeds are demo"):
        load_seeds(["nowhere.yaml"])


@pytest.mark.parametrize("name", shipped("seeds"))
def test_every_shipped_seed_loads(name: str) -> None:
    assert len(Projects(Settings(), base=load_seeds([name])).default.threads) > 0


def test_all_of_it_or_nothing() -> None:
    project = loaded(ISSUE)
    bad = parse_seed({**ISSUE, "threads": [{"id": "cthr_new", "user": "x"}]}, source="again")
    with pytest.raises(SeedInvalid):
        at_once(project.loading(LoadedSeed(seed=bad, source="again")))
    assert len(project.threads) == 1


def test_reading_says_where_it_came_from(tmp_path: Path) -> None:
    with pytest.raises(DocumentInvalid, match="can't be read"):
        read_seed(tmp_path)
