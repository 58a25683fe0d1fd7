"""`chatkit-mock check`, and `ctl load`, which says the same about the same file."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commands import COMMAND, PLAIN, said
from support.emulator import make_app

from mock_server.documents.shipped import fixtures_folder, shipped
from mock_server.server.thread import ServerThread


def checked(*arguments: str, given: bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run(
        [*COMMAND, "check", *arguments], input=given, env=PLAIN, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def server() -> Iterator[ServerThread]:
    with ServerThread(make_app()) as running:
        yield running


def test_tells_good_from_faulty(tmp_path: Path) -> None:
    good = fixtures_folder() / "workflows/wf_support.yaml"
    bad = tmp_path / "bad.yaml"
    bad.write_text("defualt: []\n")
    assert checked(str(good), str(bad)) == (
        1,
        f"{good}: OK, 9 turns\n",
        f"{bad}:1: Object contains unknown field 'defualt'; did you mean 'default'?\n",
    )


def test_takes_workflows_seeds_faults_and_folders_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("default: []")
    (tmp_path / "b.yml").write_text("sessions: [{user: ada, workflow: {id: wf_1}}]\nthreads: []")
    (tmp_path / "c.yaml").write_text("description: d\nfaults: [{do: {drop: true}}]")
    (tmp_path / "d.txt").write_text("{")
    code, output, errors = checked(str(tmp_path))
    assert (code, errors) == (0, "")
    assert output == (
        f"{tmp_path}/a.yaml: OK, 0 turns\n{tmp_path}/b.yml: OK, 1 session, 0 threads\n{tmp_path}/c.yaml: OK, 1 fault\n"
    )


def test_takes_the_names_of_shipped_files() -> None:
    names = [*shipped("workflows"), *shipped("seeds"), *shipped("faults")]
    code, output, errors = checked(*names)
    assert (code, errors) == (0, "")
    assert output.count(": OK, ") == len(names)
    assert checked("--faults", "flaky")[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        (b"faults: [{do: {drop: true}}]", 0, "standard input: OK, 1 fault\n"),
        (b'{"threads": []}', 0, "standard input: OK, 0 sessions, 0 threads\n"),
        (b"thraeds: []", 1, "standard input:1: Object contains unknown field 'thraeds'; did you mean 'threads'?\n"),
        (b"fautls: []", 1, "standard input:1: Object contains unknown field 'fautls'; did you mean 'faults'?\n"),
        (b"", 1, "standard input: is empty; the keys here are "),
        (b"- a\n", 1, "standard input:1: is a list without a key; the keys here are "),
        (b"sessions: [{user: a, workflow: {id: ''}}]", 1, "standard input:1: sessions[0].workflow.id: a workflow id"),
    ],
)
def test_takes_standard_input(given: bytes, code: int, words: str) -> None:
    found, output, errors = checked("-", given=given)
    assert found == code
    assert (output + errors).startswith(words)
    assert (output + errors).count("\n") == 1


def test_a_name_of_nothing_is_one_sentence(tmp_path: Path) -> None:
    for name, words in [
        ("flakky", "flakky: there is no such file, folder or shipped name; did you mean 'flaky'?\n"),
        ("nowhere/x.yaml", "nowhere/x.yaml: there is no such file, folder or shipped name.\n"),
        (str(tmp_path), f"{tmp_path}: the folder has no .yaml or .yml file.\n"),
        ("x" * 300, f"{'x' * 300}: can't be read: file name too long.\n"),
    ]:
        assert checked(name) == (1, "", words)


BAD_SEEDS = {
    "a wrong type": "threads:\n- user: 1\n",
    "a date as a user": "threads:\n- user: 2026-01-01\n",
    "a wrong key": "threads:\n- user: a\n  titel: b\n",
    "nothing": "",
    "a list": "- a\n",
    "a loop": "threads: &t\n- *t\n",
    "a value JSON lacks": "threads:\n- user: a\n  items:\n  - type: widget\n    widget: {~: x}\n",
    "an id twice": "threads:\n- {user: a, id: cthr_1}\n- {user: b, id: cthr_1}\n",
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", BAD_SEEDS)
@pytest.mark.slow  # three processes for each
def test_check_serve_and_ctl_load_say_the_same_about_a_seed(tmp_path: Path, server: ServerThread, name: str) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(BAD_SEEDS[name])
    code, error = said("serve", "--port", "0", "--load", str(path))
    assert (code, error.count("\n")) == (2, 1)
    assert said("ctl", "load", str(path), "--url", server.origin) == (2, error)
    if BAD_SEEDS[name].startswith("threads"):
        assert checked(str(path))[2] == error.removeprefix("chatkit-mock: ")


def test_ctl_load_takes_what_serve_takes(server: ServerThread, tmp_path: Path) -> None:
    load = [*COMMAND, "ctl", "--url", server.origin, "load"]
    for argument, given, threads in [("demo", b"", 3), ("-", b"threads: [{user: ada}]", 4)]:
        done = subprocess.run([*load, argument, "--json"], input=given, env=PLAIN, capture_output=True, check=True)
        assert json.loads(done.stdout)[0]["threads"] == threads
    code, error = said("ctl", "load", "demo", "--url", server.origin)
    assert code == 2
    assert "demo.yaml:3: sessions[0].id: the id 'cksess_demo' is taken; choose another" in error
    code, error = said("ctl", "load", "dmeo", "--url", server.origin)
    assert error == "chatkit-mock: dmeo: there is no such file or shipped seed; did you mean 'demo'?\n"


@pytest.mark.slow
def test_ctl_load_says_that_a_file_is_too_large_and_what_the_limit_is(server: ServerThread, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(json.dumps({"threads": [{"user": "x" * 1000}] * 40_000}))
    code, error = said("ctl", "load", str(path), "--url", server.origin)
    assert code == 2
    assert error.startswith(f"chatkit-mock: {path}: Maximum content size limit (33554432) exceeded (")
    assert error.endswith("bytes read); 'chatkit-mock serve --load' takes larger ones.\n")
