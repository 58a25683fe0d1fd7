"""REST asks a server of the user's own, and tells what it can't make sense of."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mock_server.testing import ChatKitMock

HEADERS = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}


def answering(status: int, media_type: str) -> Starlette:
    """An application that answers everything alike."""

    async def endpoint(request: Request) -> Response:
        return PlainTextResponse("data: {}\n\n", status, media_type=media_type)

    return Starlette(routes=[Route("/chatkit", endpoint, methods=["POST"])])


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (answering(200, "text/event-stream"), "This server answered threads.list with a stream."),
        (answering(403, "application/json"), "This server answered threads.list with 403."),
        ("http://127.0.0.1:1/chatkit", "Your server at http://127.0.0.1:1/chatkit can't be reached"),
    ],
    ids=["a stream", "a refusal", "nobody"],
)
def test_what_a_list_can_be_answered_with(backend: Any, said: str) -> None:
    with ChatKitMock(backend=backend) as mock, mock.http_client(timeout=30) as http:
        answer = http.get("/v1/chatkit/threads?user=ann", headers=HEADERS)
    assert answer.status_code == 502
    assert said in answer.json()["error"]["message"]
