"""The canned requests of `fixtures/wire`: the state that each asks for, and how its response is compared."""

import re
from typing import Any

from starlette.testclient import TestClient
from support.emulator import Client

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.documents.seeds import LoadedSeed, parse_seed
from mock_server.documents.shipped import fixtures_folder
from mock_server.ids import FAKE_MARK
from mock_server.slices import at_once
from mock_server.state.projects import Projects

CASES = sorted((fixtures_folder() / "wire").glob("*.yaml"))
NOW = 1_760_170_033
STANDARD = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1", "content-type": "application/json"}
PATTERNS = {
    "<cksess>": rf"cksess_[0-9a-f]{{12}}8190[89ab][0-9a-f]{{15}}0{FAKE_MARK}[0-9a-f]{{9}}",
    "<ek>": rf"ek_[0-9a-f]{{12}}8190[89ab][0-9a-f]{{15}}0{FAKE_MARK}[0-9a-f]{{9}}_00[A-Za-z0-9+/]+=*",
}


def client_given(given: dict[str, Any]) -> TestClient:
    """A client of an emulator in the state a case asks for, its clock frozen."""
    projects = Projects(Settings(**given.get("settings", {})))
    projects.default.clock.freeze(NOW)
    if "seed" in given:
        seed = LoadedSeed(seed=parse_seed(given["seed"], source="case"), source="case")
        at_once(projects.default.loading(seed))
    return Client(MockServer(projects), headers={})


def assert_matches(value: Any, expected: Any) -> None:
    """Equal, but for `<…>` in the expectation, which stands for ids, secrets and moments."""
    if isinstance(expected, dict):
        assert set(value) == set(expected)
        for key in expected:
            assert_matches(value[key], expected[key])
    elif isinstance(expected, list):
        assert len(value) == len(expected)
        for got, wanted in zip(value, expected, strict=True):
            assert_matches(got, wanted)
    elif isinstance(expected, str) and expected.startswith("<now+"):
        assert value == NOW + int(expected[5:-1])
    elif expected in PATTERNS:
        assert re.fullmatch(PATTERNS[expected], value)
    else:
        assert value == expected
        assert type(value) is type(expected)
