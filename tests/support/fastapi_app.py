"""A user's tests of an app on FastAPI, which shares its Starlette with the emulator."""

from typing import Any

import openai
from fastapi import FastAPI
from fastapi.testclient import TestClient


def secret(user: str) -> dict[str, str]:
    with openai.OpenAI() as client:
        session = client.beta.chatkit.sessions.create(user=user, workflow={"id": "wf_1"})
    return {"client_secret": session.client_secret}


app = FastAPI()
app.post("/secret")(secret)


def test_the_app_gives_out_a_secret(chatkit_mock_env: Any) -> None:
    with TestClient(app) as web:
        given = web.post("/secret", params={"user": "ada"}).json()["client_secret"]
    assert chatkit_mock_env.secret(given).send("Hi").text == "Hi"
    assert [session.user for session in chatkit_mock_env.sessions.list()] == ["ada"]


def test_an_error_reaches_the_app(chatkit_mock_env: Any) -> None:
    chatkit_mock_env.faults.add("sessions.create", error=400)
    with TestClient(app, raise_server_exceptions=False) as web:
        assert web.post("/secret", params={"user": "ada"}).status_code == 500
