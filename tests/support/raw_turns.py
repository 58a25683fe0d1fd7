"""Conversations for a client on a bare socket."""

import json

from support.raw_client import CREATE, RawClient, request


def turn(origin: str, workflow: str, text: str = "hi") -> bytes:
    """A request for a stream, with a new session's secret."""
    with RawClient(origin) as client:
        made = client.send(CREATE.replace(b"wf_1", workflow.encode())).answer().json()
    content = [{"type": "input_text", "text": text}]
    message = {"content": content, "attachments": [], "inference_options": {}}
    body = json.dumps({"type": "threads.create", "params": {"input": message}}).encode()
    return request("POST", "/v1/chatkit/conversation", body).replace(b"sk-test", made["client_secret"].encode())
