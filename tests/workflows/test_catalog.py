"""Workflow files: exact in their complaints, read again when they change, and current in their schema."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from starlette.testclient import TestClient
from support.emulator import Client
from support.talk import Talk, kinds, text_of

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.documents.shipped import fixtures_folder
from mock_server.errors import DocumentInvalid
from mock_server.server.thread import ServerThread
from mock_server.state.projects import Projects
from mock_server.workflows.catalog import Catalog, parsing, read_script, schema

HI = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}
MESSAGE = {"type": "threads.create", "params": {"input": HI}}
SHIPPED = sorted((fixtures_folder() / "workflows").glob("*.yaml"))


def client_of(folder: Path, **settings: Any) -> TestClient:
    catalog = Catalog([folder])
    app = MockServer(Projects(Settings(**settings), scripted=catalog), workflows=catalog)
    return Client(app)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("default:\n- mesage: hi\n", ":2: default[0]: Object contains unknown field 'mesage'; did you mean 'message'?"),
        ("turns:\n- when: {txt: a}\n  reply: []\n", ":2: turns[0].when: Object contains unknown field 'txt'; did you"),
        (
            "default:\n- message: hi\n  pause: 1s\n",
            ":2: default[0]: a step must have exactly one key; this one has message, pause",
        ),
        ("default:\n- {}\n", ":2: default[0]: a step must have exactly one key; this one has none"),
        ("default:\n- pause: soon\n", ":2: default[0].pause: 'soon' is not a duration; write seconds, or 200ms"),
        ("stream: {every: -1}\n", ":1: stream.every: -1 is not between 0 and 86400 seconds"),
        ("default:\n- message: '{{usr}}'\n", ":2: default[0].message: unknown name 'usr'; templates can use text"),
        ("default:\n- message: '{{#text}}'\n", ":2: default[0].message: the template does not parse"),
        (
            "turns:\n- when: {text: {regex: '('}}\n  reply: []\n",
            ":2: turns[0].when.text.regex: is not a regular expression",
        ),
        (
            "default:\n- message: {stream: {by: words}}\n",
            ":2: default[0].message: a message must have either 'text' or 'chunks'",
        ),
        (
            "default:\n- update_widget: {widget: {type: Card}}\n",
            ":2: default[0].update_widget: Object contains unknown field 'widget'; the keys here are root, ",
        ),
        ("default:\n- client_tool: {title: go}\n", "unknown field 'title'; the keys here are name, arguments"),
        (
            "default:\n- message: {message: hi}\n",
            "unknown field 'message'; the keys here are text, chunks, annotations",
        ),
        (
            "default:\n- notice: {messag: hi}\n",
            ":2: default[0].notice: Object contains unknown field 'messag'; did you",
        ),
        ("default:\n- update_widget: {component_id: a}\n", ":2: default[0].update_widget: an update must have 'root'"),
        ("default: [\n", ":2: is neither YAML nor JSON: expected the node content, but found '<stream end>'"),
        ("hello\n", ":1: is a text without a key; the keys here are id, description, versions"),
    ],
)
def test_a_faulty_file_is_named_with_line_place_and_reason(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "wf_bad.yaml"
    path.write_text(text)
    with pytest.raises(DocumentInvalid) as caught:
        read_script(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_workflow_is_good_and_described(path: Path) -> None:
    assert read_script(path).description


def test_the_shipped_schema_is_current() -> None:
    assert (fixtures_folder() / "workflows/workflow.schema.json").read_bytes() == schema()


def test_a_file_is_read_again_when_it_changes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "wf_mine.yaml"
    path.write_text("default: [{message: one}]")
    client = client_of(tmp_path)
    talk = Talk.begin(client, workflow="wf_mine")
    assert text_of(talk.say("hi")) == "one"
    path.write_text("default: [{message: three}]")
    assert text_of(talk.say("hi")) == "three"
    path.write_text("default: [{mesage: four}]")
    assert text_of(talk.say("hi")) == "three"
    assert "did you mean 'message'? Its last valid version stays in use." in caplog.text
    path.unlink()
    assert text_of(talk.say("hi")) == "hi"
    (tmp_path / "new.yaml").write_text("id: wf_mine\ndefault: [{message: new}]")
    assert text_of(talk.say("hi")) == "new"


def test_other_requests_are_served_while_a_changed_file_is_read(tmp_path: Path) -> None:
    app = MockServer(Projects(Settings(custom_mode=True)), workflows=Catalog([tmp_path]))
    slow = tmp_path / "wf_echo.yaml"
    with ServerThread(app) as server, httpx2.Client(base_url=server.origin) as client, ThreadPoolExecutor() as pool:
        os.mkfifo(slow)  # whoever reads it waits for whoever writes it
        message = pool.submit(client.post, "/v1/chatkit/conversation", json=MESSAGE)
        with slow.open("w") as writing:
            assert client.get("/health").status_code == 200
            slow.rename(tmp_path / "read")
            writing.write("default: [{message: read at last}]")
        assert "read at last" in message.result().text


def test_a_workflow_of_more_than_256_kib_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wf_large.yaml"
    path.write_text("# " + "x" * 256 * 1024)
    with pytest.raises(DocumentInvalid, match="is too large: a workflow may have 256 KiB; put images"):
        read_script(path)


def test_other_requests_are_served_between_the_parts_of_a_workflow() -> None:
    turn = {"when": {"text": {"regex": "a|b"}}, "reply": [{"message": "a"}]}
    assert sum(1 for _ in parsing({"turns": [turn] * 1000}, source="body")) > 2000


def test_a_faulty_folder_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("x: 1")
    with pytest.raises(DocumentInvalid, match="unknown field 'x'"):
        Catalog([tmp_path])
    with pytest.raises(DocumentInvalid, match="is not a folder"):
        Catalog([tmp_path / "bad.yaml"])


def test_a_file_makes_its_id_known(tmp_path: Path) -> None:
    (tmp_path / "wf_mine.yaml").write_text("default: []")
    client = client_of(tmp_path, require_workflow=True)
    for workflow, status in [("wf_mine", 200), ("wf_support", 200), ("wf_other", 404)]:
        answer = client.post("/v1/chatkit/sessions", json={"workflow": {"id": workflow}, "user": "a"})
        assert answer.status_code == status


EVERYTHING = """
stream: {by: characters}
turns:
  - when: {text: {equals: exact}}
    reply: [{message: equals}]
  - when: {text: {contains: Part}}
    reply: [{message: contains}]
  - when: {text: {regex: "^n[0-9]$"}}
    reply: [{message: regex}]
  - when: {turn: 1}
    reply: [{message: first}]
  - when: {state: {plan: pro}, user: ada}
    reply: [{message: "{{user}} has {{state.plan}}, {{session.workflow}}, turn {{turn}}, {{thread.title}}"}]
  - when: {user: grace}
    reply:
      - message: {chunks: [a, bc, d]}
      - {pause: 1ms}
      - {notice: careful}
      - {end_of_turn: true}
      - {close: done}
"""


def test_turns_match_by_everything_a_turn_has(tmp_path: Path) -> None:
    (tmp_path / "wf_all.yaml").write_text(EVERYTHING)
    client = client_of(tmp_path)
    state = {"id": "wf_all", "state_variables": {"plan": "pro"}}
    secret = client.post("/v1/chatkit/sessions", json={"workflow": state, "user": "ada"}).json()["client_secret"]
    ada = Talk(client, secret)
    said = [text_of(ada.say(text)) for text in ("hi", "exact", "a Part", "n1", "else")]
    assert said == ["first", "equals", "contains", "regex", "ada has pro, wf_all, turn 5, Hi"]
    grace = Talk.begin(client, workflow="wf_all", user="grace")
    grace.say("hi")
    events = grace.say("again")
    deltas = [e["update"]["delta"] for e in events if e.get("update", {}).get("type", "").endswith("text_delta")]
    assert deltas == ["a", "bc", "d"]
    assert kinds(events)[-3:] == ["notice", "thread.item.done end_of_turn", "thread.updated"]


def test_an_unmatched_turn_without_a_default_is_echoed(tmp_path: Path) -> None:
    (tmp_path / "wf_none.yaml").write_text("turns: []")
    assert text_of(Talk.begin(client_of(tmp_path), workflow="wf_none").say("{{user}} {{x}}")) == "{{user}} {{x}}"


def test_the_environment_names_folders_too(tmp_path: Path) -> None:
    (tmp_path / "wf_mine.yaml").write_text("default: [{message: mine}]")
    script = """
import json, os, urllib.request
url, key = os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_API_KEY"]
headers = {"authorization": f"Bearer {key}", "openai-beta": "chatkit_beta=v1", "content-type": "application/json"}
body = json.dumps({"user": "ada", "workflow": {"id": "wf_mine"}}).encode()
with urllib.request.urlopen(urllib.request.Request(f"{url}/chatkit/sessions", body, headers)) as response:
    print(json.load(response)["workflow"]["id"])
"""
    command = [sys.executable, "-m", "mock_server", "run", "--require-workflow", "--", sys.executable, "-c", script]
    environment = {**os.environ, "CHATKIT_MOCK_WORKFLOWS": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("wf_mine\n", "")


@pytest.mark.parametrize("file", sorted(fixtures_folder().rglob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_file_is_the_same_to_both_loaders_of_yaml(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert list(yaml.load_all(text, yaml.SafeLoader)) == list(yaml.load_all(text, yaml.CSafeLoader))
