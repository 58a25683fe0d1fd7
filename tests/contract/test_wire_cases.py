"""Every canned request of `fixtures/wire` gets its canned answer."""

from pathlib import Path

import pytest
import yaml
from support.wire_cases import CASES, STANDARD, assert_matches, client_given


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_answers_as_canned(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    client = client_given(case.get("given", {}))
    request, expected = case["request"], case["answer"]
    headers = {name: value for name, value in {**STANDARD, **request.get("headers", {})}.items() if value is not None}
    body = {"json": request["body"]} if "body" in request else {"content": request.get("text")}
    answer = client.request(request["method"], request["path"], headers=headers, **body)
    assert answer.status_code == expected["status"]
    assert_matches(answer.json(), expected["body"])
    assert list(answer.json()) == list(expected["body"]), "the keys stand in another order"
    for name, value in expected.get("headers", {}).items():
        assert answer.headers[name] == value
    if "length" in expected:
        assert len(answer.content) == expected["length"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_says_how_it_is_known(path: Path) -> None:
    provenance = yaml.safe_load(path.read_text())["provenance"]
    assert provenance["mark"] in {"observed", "specified", "inferred"}
    assert provenance["source"]
