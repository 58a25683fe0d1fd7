"""Writes a request from the journal as a Python test."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import quote

from mock_server.config import BETA
from mock_server.inspection.records import PLAIN_IN_PATHS, texts
from mock_server.inspection.replay.python import Expression, calling, literal
from mock_server.inspection.replay.scene import SECRET, Scene, decoded
from mock_server.masking import hidden, hidden_query
from mock_server.moments import iso
from mock_server.state.journal import ENTRY_BYTES, Entry
from mock_server.wire.rest.sessions import SessionCreateParams

_OWN_SERVER = "A server of your own answered: name it in the marker (backend=...), and let it have what it needs."
_PATIENCE = 3.0  # seconds; a request that took longer is sent without a timeout
_CREATED_WITH = set(SessionCreateParams.__struct_fields__)
_KEY = Expression('f"Bearer {chatkit_mock.api_key}"')


def code_of(scene: Scene) -> str:
    """Return the code of the test."""
    request = list(_client_lines(scene) if _fits_client(scene) else _http_lines(scene))
    body = [_title(scene.entry), *scene.before, *request, *scene.later, *_claims(scene)]
    lines = [f"def {_name(scene.entry)}(chatkit_mock):", *("    " + line for line in body)]
    if scene.settings:
        lines.insert(0, "@" + calling("pytest.mark.chatkit_mock", **scene.settings))
    text = "\n".join(lines) + "\n"
    return f"{_imports(text)}\n\n\n{text}".lstrip("\n")


def _imports(text: str) -> str:
    wanted = {
        "import json\n": "json." in text,
        "from itertools import groupby\n": "groupby(" in text,
        "from itertools import islice\n": "islice(" in text,
    }
    own = [line for line, is_wanted in wanted.items() if is_wanted]
    others = [f"import {name}\n" for name in ("openai", "pytest") if f"{name}." in text]
    return "".join([*own, "\n" if own and others else "", *others]).strip("\n")


def _name(entry: Entry) -> str:
    words = entry.operation or f"{entry.method} {entry.status or entry.outcome}"
    return "test_" + "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in words.lower())


def _title(entry: Entry) -> str:
    how = f"status {entry.status}" if entry.status else entry.outcome
    title = f"Repeat request {entry.id} of {iso(entry.at)} ({how})."
    if entry.by_own_server:
        title += f"\n\n    {_OWN_SERVER}\n    "
    return f'"""{title}"""'


# The request, sent by the official client.


def _fits_client(scene: Scene) -> bool:
    """Return whether the official client could have sent the request: it creates a session, with nothing unusual."""
    body, sent = scene.body, dict(texts(scene.entry.headers))
    return (
        scene.operation == "sessions.create"
        and scene.entry.method == "POST"
        and isinstance(body, dict)
        and {"user", "workflow"} <= set(body) <= _CREATED_WITH
        and sent.get("openai-beta") == BETA
        and scene.entry.status != 401
    )


def _client_lines(scene: Scene) -> Iterator[str]:
    create, entry = "client.beta.chatkit.sessions", scene.entry
    opened = "with chatkit_mock.openai(max_retries=0) as client"
    if entry.outcome == "dropped":
        yield f"{opened}, pytest.raises(openai.APIConnectionError):"
    elif entry.status >= 400:
        yield f"{opened}, pytest.raises(openai.APIStatusError) as refused:"
    else:
        yield f"{opened}:"
        create = f"response = {create}.with_raw_response"
    yield "    " + calling(f"{create}.create", **scene.body, indent=8)
    if entry.status >= 400 and entry.outcome != "dropped":
        yield f"assert refused.value.status_code == {entry.status}"
    elif entry.status and entry.outcome != "dropped":
        yield f"assert response.status_code == {entry.status}"


# The request, sent over HTTP.


def _http_lines(scene: Scene) -> Iterator[str]:
    entry = scene.entry
    patience = ", ".join(["timeout=None"] if entry.seconds > _PATIENCE else [])
    yield f"with chatkit_mock.http_client({patience}) as http:"
    yield from ("    " + line for line in scene.uploads)
    named: dict[str, Any] = {"headers": _headers(scene), **_content(scene)}
    if not named["headers"]:
        del named["headers"]
    if entry.outcome == "dropped":
        yield "    with pytest.raises(chatkit_mock.transport_error):"
        yield "        " + calling("http.request", entry.method, _address(scene), **named, indent=12)
    elif entry.batches is not None and entry.outcome != "completed":
        yield from _part_of_stream(scene, named)
    else:
        yield "    " + calling("response = http.request", entry.method, _address(scene), **named, indent=8)
        yield from _status(entry)
        yield from _events(entry)


def _part_of_stream(scene: Scene, named: dict[str, Any]) -> Iterator[str]:
    """Read as much of a stream as there was, for one that was not read to its end."""
    count = len(scene.entry.events or ())
    opened = calling("with http.stream", scene.entry.method, _address(scene), **named, indent=8)
    yield f"    {opened} as response:"
    yield f"        assert response.status_code == {scene.entry.status}"
    yield "        lines = (line for line in response.iter_lines() if line)"
    yield f'        events = [json.loads(line.removeprefix("data: ")) for line in islice(lines, {count})]'
    yield from _kinds(scene.entry)


def _status(entry: Entry) -> Iterator[str]:
    if entry.status:
        yield f"assert response.status_code == {entry.status}"
    else:
        yield "# There was no response yet whose status could be asserted."


def _events(entry: Entry) -> Iterator[str]:
    events = entry.events
    if events is None:
        return
    if not all(map(decoded, events)):
        yield "with pytest.raises(json.JSONDecodeError):"
        yield '    [json.loads(frame.removeprefix("data: ")) for frame in response.text.split("\\n\\n") if frame]'
        return
    yield 'frames = [frame for frame in response.text.split("\\n\\n") if frame]'
    yield 'events = [json.loads(frame.removeprefix("data: ")) for frame in frames]'
    yield from _kinds(entry)


def _kinds(entry: Entry) -> Iterator[str]:
    kinds = [decoded(frame).get("type") for frame in entry.events or ()]
    yield 'kinds = [kind for kind, _ in groupby(event["type"] for event in events)]  # without repetitions'
    yield f"assert kinds == {literal([kind for kind, _ in groupby(kinds)], indent=4)}"


def _address(scene: Scene) -> Expression:
    path = quote(hidden(scene.entry.path), safe=PLAIN_IN_PATHS)
    query = f"?{hidden_query(scene.entry.query)}" if scene.entry.query else ""
    base = "base_url" if path.startswith("/v1/") else "url"
    below = path.removeprefix("/v1") if base == "base_url" else path
    if scene.argument is None:
        return Expression(f"chatkit_mock.{base} + {literal(below + query)}")
    return Expression(f"chatkit_mock.{base} + {literal(below.rpartition('/')[0] + '/')} + {scene.argument}")


def _headers(scene: Scene) -> dict[str, Any]:
    entry, headers = scene.entry, dict[str, Any]()
    wrong = entry.status == 401 and scene.answer_code == "invalid_api_key" and scene.is_natural
    talks = scene.operation.startswith("conversation")
    if scene.has_session and entry.session is not None:
        headers["authorization"] = SECRET
    elif scene.bearer and wrong:
        headers["authorization"] = "Bearer ek_invalid" if talks else "Bearer sk-invalid"
    elif scene.bearer:
        headers["authorization"] = _KEY
    sent = dict(texts(entry.headers))
    repeated = ["openai-beta", "x-mock-user", *([] if entry.operation else ["openai-project"])]
    repeated += [] if scene.has_file or isinstance(scene.body, dict | list) else ["content-type"]
    return headers | {name: hidden(sent[name]) for name in repeated if name in sent}


def _content(scene: Scene) -> dict[str, Any]:
    entry = scene.entry
    if entry.status == 413:
        return {"content": Expression(f'b" " * {scene.options.max_body_bytes + 1}')}
    if scene.operation == "files.put":
        return {"content": b"content"}
    if scene.has_file:
        return {"files": {"file": Expression('("picture.png", b"content", "image/png")')}}
    if isinstance(scene.body, dict | list):
        return {"json": scene.body}
    return {"content": hidden(entry.body.decode("latin-1")).encode("latin-1")} if entry.body else {}


# The assertions at the end.


def _claims(scene: Scene) -> Iterator[str]:
    entry, claim = scene.entry, dict[str, Any]()
    if len(entry.body) >= ENTRY_BYTES:
        yield "# The journal kept only the beginning of the body."
    if entry.operation is None:
        claim["method"] = entry.method
    claim |= {"status": entry.status} if entry.status else {}
    claim |= {"outcome": "dropped"} if entry.outcome == "dropped" else {}
    if entry.user and hidden(entry.user) == entry.user:
        claim["user"] = entry.user
    operation = [entry.operation] if entry.operation else []
    yield calling("chatkit_mock.journal.assert_called", *operation, **claim, indent=4)
