"""The server against our OpenAPI document: whatever is sent, no 500, no undocumented status, no odd response."""

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from support.emulator import HEADERS, Client, make_app

from mock_server.app import MockServer
from mock_server.documents.seeds import load_seeds
from mock_server.slices import at_once

if TYPE_CHECKING:
    from schemathesis import Case, DeserializationContext, Response
    from schemathesis.schemas import BaseSchema

pytestmark = [pytest.mark.exhaustive, pytest.mark.generated]
ENDLESS = "events"  # a stream without an end
LARGE = {"snapshot.restore": 4, "workflows.add": 10}  # examples, where one takes long to make up
PATHS: dict[str, dict[str, Any]] = Client(make_app(), headers={}).get("/openapi.json").json()["paths"]
OPERATIONS = {
    operation["operationId"]: (path, method)
    for path, methods in PATHS.items()
    for method, operation in methods.items()
    if method != "parameters" and operation["operationId"] != ENDLESS
}


@pytest.fixture
def served() -> MockServer:
    app = make_app()
    for loaded in load_seeds(["demo"]):
        at_once(app.projects.default.loading(loaded))
    return app


@pytest.fixture
def api(served: MockServer) -> "BaseSchema":
    import schemathesis  # noqa: PLC0415 - it takes seconds, which other workers need not spend

    @schemathesis.deserializer("application/yaml")
    def documents(_: "DeserializationContext", response: "Response") -> list[Any]:
        """Read an export, which has a document for each exchange."""
        return list(yaml.safe_load_all(response.text))

    return schemathesis.openapi.from_asgi("/openapi.json", served)


def is_sent_as_meant(case: "Case[Any]") -> bool:
    """Say whether the URL is this operation's and shows each parameter.

    An id may make it another operation's, as in `/_mock/requests/export`. An empty list leaves no trace, and
    Schemathesis counts it.
    """
    return case.formatted_path not in PATHS.keys() - {case.path} and all(
        value not in ([], {}) for value in dict(case.query or {}).values()
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_serves_what_the_document_promises(served: MockServer, api: "BaseSchema", name: str) -> None:
    from schemathesis import GenerationMode  # noqa: PLC0415 - see above
    from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance  # noqa: PLC0415

    # The key is always sent, test_bad_input leaves it out; 1.0 is an integer to JSON Schema and a decimal to OpenAI
    # (inferred).
    left_out = [ignored_auth, positive_data_acceptance]
    path, method = OPERATIONS[name]
    valid, invalid = (api[path][method].as_strategy(generation_mode=mode) for mode in GenerationMode)

    @settings(suppress_health_check=list(HealthCheck), max_examples=LARGE.get(name, settings().max_examples))
    @given(case=valid | invalid)
    def judge(case: "Case[Any]") -> None:
        assume(is_sent_as_meant(case))
        headers = {"authorization": HEADERS["authorization"], "host": "127.0.0.1"}
        case.call_and_validate(headers=headers, excluded_checks=left_out)
        served.projects.default.faults.clear()  # or the next case would meet it

    judge()
