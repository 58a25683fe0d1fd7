"""Every operation of `/openapi.json`, with bodies, queries and ids that fit it, nearly fit, or don't at all."""

import asyncio
import json
import re
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec
from support.emulator import socket_client

from fuzz.cases import Case, cases, play
from fuzz.corpus import Known, shipped_documents
from fuzz.responses import Garbled, Response, read_response
from fuzz.values import Values, written
from fuzz.watched import Watched
from mock_server.wire.chat.operations import OPERATIONS

AT_ONCE, STEPS, BATCH = 6, 25, 4000
_PATIENCE = 10.0  # seconds
_OFTEN = {"conversation": 10, "sessions.create": 3, "snapshot.restore": 3, "workflows.add": 3, "load": 3}
_OFTEN["backends.add"] = 0  # what follows would be sent to any address
_HEADERS = ["origin", "range", "openai-project", "openai-beta", "accept", "x-mock-user", "sec-fetch-site", "cookie"]
_HEADERS += ["content-encoding", "if-none-match", "x-request-id", "accept-language", "referer", "forwarded", "te"]
_ODD = [
    "",
    "*",
    "null",
    "http://[",
    "http://a:99999",
    "bytes=0-",
    "bytes=-5",
    "bytes=9-1",
    "bytes=0-0,2-3",
    "bytes=x-y",
]
_ODD += [
    "bytes=" + "9" * 30 + "-",
    "gzip",
    "cross-site",
    "same-origin",
    "p1",
    ".",
    "chatkit_beta=v2",
    "\xe4\xff",
    "a, b;q=0.1",
]
_UNFIT = re.compile("[^ -~\x80-\xff]")  # for a header's value
_SHORT = 0.3  # seconds, where a fault or a workflow may ask for more
_ENDLESS = "events"
_LISTS = ["", "/summaries", "/export", "/export?format=har", "/export?format=wire"]
_READINGS = ["sessions", "threads", "faults", "findings", "clock", "projects", "expiries"]


class Operation(NamedTuple):
    """An operation as the document describes it."""

    name: str
    method: str
    path: str
    query: dict[str, Any]
    body: Any


class Api(NamedTuple):
    """What the document describes."""

    operations: list[Operation]
    schemas: dict[str, Any]
    params: dict[str, Any]
    documents: dict[str, list[Any]]


def described(origin: str) -> Api:
    """Read the document of an emulator, and the params of conversations, which it does not describe."""
    with socket_client(origin) as client:
        document = client.get("/openapi.json").json()
    found = [
        Operation(each["operationId"], method.upper(), path, _query(each), _body(each))
        for path, methods in document["paths"].items()
        for method, each in methods.items()
        if method != "parameters" and each["operationId"] != _ENDLESS
    ]
    template = "#/components/schemas/{name}"
    params, schemas = msgspec.json.schema_components(OPERATIONS.values(), ref_template=template)
    schemas |= document["components"]["schemas"]
    return Api(found, schemas, dict(zip(OPERATIONS, params, strict=True)), shipped_documents())


def _query(operation: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each["schema"] for each in operation.get("parameters", []) if each["in"] == "query"}


def _body(operation: dict[str, Any]) -> Any:
    return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")


def fuzz(server: Watched, *, seed: int, requests: int, case: int | None = None) -> int:
    """Send so many requests, or those of one case, and return how many. Raises Violation."""
    sent, waiting = 0, cases("bodies", seed, first=case or 0)
    if case is not None:
        waiting, requests = iter([next(waiting)]), 1
    player = _Player(server.origin)
    while sent < requests:
        sent += play(waiting, player.play, requests=min(BATCH, requests - sent), at_once=AT_ONCE)
        server.check()
    return sent


class _Player:
    def __init__(self, origin: str) -> None:
        self._origin, self._api = origin, described(origin)

    async def play(self, case: Case) -> None:
        await _Play(self._origin, case, self._api).run()


class _Play:
    """A case in a project of its own.

    is_patient: whether responses come soon, and whole: no fault is there, and no workflow that came from outside.
    """

    def __init__(self, origin: str, case: Case, api: Api) -> None:
        self._case, self._chance, self._api = case, case.chance, api
        self._address = origin.rpartition("//")[2]
        self._project = f"case-{case.number}"
        self._known = Known(self._chance, self._project, "wf_echo", "wf_files", "wf_support", "wf_mock_latest")
        self._documents = {name: list(each) for name, each in api.documents.items()}
        self._values = Values(self._chance, api.schemas, self._known)
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._is_patient = True

    async def run(self) -> None:
        """Play it, look at what the project holds, and delete it. Raises Violation."""
        try:
            await self._prepare()
            for _ in range(STEPS):
                await self._step()
                self._case.requests += 1
            await self._look()
        finally:
            self._close()

    async def _begin_session(self) -> None:
        body = {
            "user": "ada",
            "workflow": {"id": "wf_echo"},
            "rate_limits": {"max_requests_per_1_minute": 1000},
            "chatkit_configuration": {"file_upload": {"enabled": True}},
        }
        await self._ask("POST", "/v1/chatkit/sessions", body)

    async def _prepare(self) -> None:
        await self._begin_session()
        message = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}
        turn = {"type": "threads.create", "params": {"input": message}}
        for _ in range(2):
            await self._ask("POST", "/v1/chatkit/conversation", turn, key=self._known.secrets[-1])
        taken = await self._ask("GET", "/_mock/snapshot")
        self._documents["snapshot.restore"] = [json.loads(taken.body)] if taken else []

    async def _step(self) -> None:
        operations, secrets = self._api.operations, self._known.secrets
        operation = self._chance.choices(operations, [_OFTEN.get(each.name, 1) for each in operations])[0]
        target = re.sub(
            r"{(\w+)}", lambda name: quote(self._values.text(name[1])[:500] or "x", safe=""), operation.path
        )
        if operation.query and self._chance.random() < 0.5:
            target += f"?{self._queried(operation)}"
        key = self._chance.choice(secrets if operation.name == "conversation" else ["sk-test"] * 50 + secrets)
        headers, body = self._content(operation)
        method = operation.method if self._chance.random() < 0.97 else self._chance.choice(["HEAD", "OPTIONS", "PATCH"])
        answer = await self._send(method, target, [*headers, *self._odd_headers()], body, key=key)
        if answer is None:
            return
        if answer.status < 400 and operation.name.startswith(("faults", "workflows", "snapshot", "load")):
            self._is_patient = False
        if answer.status == 401 and operation.name == "conversation" and self._is_patient:
            await self._begin_session()

    def _odd_headers(self) -> list[str]:
        if self._chance.random() < 0.7:
            return []
        odd = self._chance.choice([self._chance.choice(_ODD), self._values.text()[:9000]])
        return [f"{self._chance.choice(_HEADERS)}: {_UNFIT.sub('?', odd)}"]

    def _quoted(self, name: str) -> str:
        return quote(self._values.text(name)[:500] or "x", safe="")

    def _queried(self, operation: Operation) -> str:
        chosen = self._chance.sample([*operation.query], self._chance.randint(1, len(operation.query)))
        pairs = []
        for name in chosen:
            value = self._values.fitting(operation.query[name], key=name)
            value = self._values.odd() if self._chance.random() < 0.1 else value
            pairs.append((name, value if isinstance(value, str) else written(value, self._chance)))
        if self._chance.random() < 0.1:
            pairs.append((self._values.text(), "1"))
        return urlencode(pairs, errors="replace")[:30_000]

    def _content(self, operation: Operation) -> tuple[list[str], bytes]:
        kind = self._chance.choice(["application/json"] * 20 + ["", "text/plain", "application/json; charset=latin-1"])
        if operation.name == "files.upload":
            boundary = self._chance.choice(["b"] * 20 + ["", "x" * 300, '"b"', "b; a=b"])
            return [f"content-type: multipart/form-data; boundary={boundary}"], self._form()
        if operation.body is None:
            return [], b"" if self._chance.random() < 0.8 else written(self._values.odd(), self._chance).encode()
        value = self._value(operation)
        for _ in range(self._chance.choice([0, 0, 0, 1, 1, 2, 4])):
            value = self._values.mutated(value)
        body = written(value, self._chance).encode("utf-8", "surrogatepass")
        return [f"content-type: {kind}"] if kind else [], self._damaged(body) if self._chance.random() < 0.05 else body

    def _value(self, operation: Operation) -> Any:
        documents = self._documents.get(operation.name)
        if documents and self._chance.random() < 0.7:
            return self._chance.choice(documents)
        value = self._values.fitting(operation.body)
        if operation.name == "conversation":
            value["params"] = self._values.fitting(self._api.params[value["type"]])
        return value

    def _damaged(self, body: bytes) -> bytes:
        at = self._chance.randrange(len(body) + 1)
        return body[:at] + self._chance.choice([b"", b"\xff", b"\0", b"}", b'"', b"\\"]) + body[at + 1 :]

    def _form(self) -> bytes:
        name = self._values.text().replace('"', "")
        kind = self._chance.choice(["image/png", "application/pdf", "", "image/png\r\nx: y", self._values.text()])
        head = f'--b\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\ncontent-type: {kind}\r\n\r\n'
        form = head.encode("utf-8", "surrogatepass") + self._chance.randbytes(100) + b"\r\n--b--\r\n"
        return self._damaged(form) if self._chance.random() < 0.2 else form

    async def _send(
        self, method: str, target: str, headers: list[str], body: bytes, *, key: str = "sk-test"
    ) -> Response | None:
        """Send a request, and return its response if there is one. Raises Violation."""
        lines = [
            f"{method} /p/{self._project}{target} HTTP/1.1",
            f"host: {self._address}",
            f"authorization: Bearer {key}",
            "openai-beta: chatkit_beta=v1",
            f"content-length: {len(body)}",
            *headers,
        ]
        data = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body
        self._case.sent.append(data)
        try:
            async with asyncio.timeout(_PATIENCE if self._is_patient else _SHORT):
                return self._judged(await self._exchange(data, method=method), method, target)
        except (Garbled, OSError, TimeoutError) as error:
            await self._give_up(error)
            return None

    async def _exchange(self, data: bytes, *, method: str) -> Response:
        if self._connection is None:
            host, _, port = self._address.rpartition(":")
            self._connection = await asyncio.open_connection(host, int(port), limit=2**24)
        stream, writer = self._connection
        writer.write(data)
        response = await read_response(stream, method=method)
        if response is None:
            raise Garbled("the connection ended")
        if response.headers.get(b"connection") == b"close":
            self._close()
        return response

    async def _give_up(self, error: Exception) -> None:
        self._close()
        if self._is_patient:
            raise self._case.violation(f"{error!r}")
        self._is_patient = True
        await self._ask("POST", "/_mock/reset?only=faults")
        self._is_patient = False

    def _judged(self, response: Response, method: str, target: str) -> Response:
        asked_for = b"x-mock-fault" in response.headers or response.status == 507
        if response.status >= 500 and not asked_for:
            raise self._case.violation(f"{target[:500]} got {response}")
        if response.status >= 400 and not asked_for and method != "HEAD" and not response.is_failure_in_order():
            raise self._case.violation(f"{target[:500]} got no envelope: {response}")
        text = response.body[:20_000].decode("utf-8", "replace")
        self._known.learn(text)
        self._known.add(response.headers.get(b"x-request-id", b"").decode())
        return response

    async def _ask(self, method: str, target: str, body: object = None, *, key: str = "sk-test") -> Response | None:
        """Send a request that has to succeed."""
        sent = b"" if body is None else json.dumps(body).encode()
        answer = await self._send(method, target, ["content-type: application/json"], sent, key=key)
        if answer is not None and answer.status != 200:
            raise self._case.violation(f"{method} {target} got {answer}")
        return answer

    async def _look(self) -> None:
        """Ask for everything that the project holds."""
        await self._ask("POST", "/_mock/reset?only=faults")
        self._is_patient = True
        for way in _LISTS:
            await self._ask("GET", f"/_mock/requests{way}")
        await self._ask("POST", "/_mock/requests/verify", {"match": {"status": 200}})
        for noun in _READINGS:
            await self._ask("GET", f"/_mock/{noun}")
        page = await self._ask("GET", "/_mock/requests?limit=100")
        entries = json.loads(page.body)["data"] if page else []
        for entry in self._chance.sample(entries, min(3, len(entries))):
            for way in ("", "/curl", "/test"):
                await self._ask("GET", f"/_mock/requests/{entry['id']}{way}")
        taken = await self._ask("GET", "/_mock/snapshot")
        if taken is not None:
            await self._ask("PUT", "/_mock/snapshot", json.loads(taken.body))
        await self._ask("GET", "/v1/chatkit/threads")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection[1].transport.abort()
            self._connection = None
