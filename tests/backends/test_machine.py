"""A walk at random through what can be asked of an emulator, with a script and with a server of the user's own.

Both get the same requests, faults, clock moves and resets, and answer alike: with the same statuses and kinds of
events, and with lists of equal lengths. `--hypothesis-profile=thorough` walks for longer.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Literal

import pytest
import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support.patience import eventually
from support.scripted_workflow import WORKFLOW
from support.sides import Answer, ForeignLines, Side

from mock_server.testing import ChatKitMock

pytestmark = [pytest.mark.slow, pytest.mark.generated]
Json = dict[str, Any]
Form = Literal["a server", "an application"]
RAISES = "boom"
STEPS = 30
_START = 1_800_000_000.0
_NOBODY: list[str | None] = [None, None]
_CHAT = "/v1/chatkit/conversation"
_PNG = ("a.png", b"\x89PNG\r\n\x1a\n", "image/png")
_FAILS = {"when": {"text": RAISES}, "reply": [{"error": {"allow_retry": True}}]}
picks = st.integers(0, 1000)
users = st.sampled_from(["ada", "bob"])
texts = st.sampled_from(
    ["Hello", "a card", "writing", "use the tool", "questions", "break", "an excuse", "a parade", RAISES]
)
shifts = st.sampled_from([-600.5, -61.0, -1.0, 0.001, 1.0, 30.0, 59.9, 61.0, 601.0])
_cuts = st.integers(0, 12)
effects = st.one_of(
    st.fixed_dictionaries({"cut": _cuts}),
    st.fixed_dictionaries({"truncated": _cuts}),
    st.fixed_dictionaries({"malformed": _cuts}),
    st.fixed_dictionaries({"error": st.sampled_from([400, 404, 429, 500, 503])}),
    st.just({"drop": True}),
    st.fixed_dictionaries({"end_session": st.sampled_from(["expired", "cancelled"])}),
    st.fixed_dictionaries({"bandwidth": st.just(1_000_000), "cut": _cuts}),
)


class Pair:
    """A session, thread or file: what it is called on each side.

    user: whose it is. last: the last item's ids on each side, and its type. is_torn: whether the two may differ,
    since a stream broke off.
    """

    def __init__(self, ids: list[str], user: str, secrets: list[str | None] | None = None) -> None:
        self.ids, self.user, self.secrets = ids, user, secrets or [None, None]
        self.last: tuple[str, list[str]] = ("", [])
        self.message: list[str] = []
        self.is_torn = False


class Walk(RuleBasedStateMachine):
    """Asks both sides for the same."""

    form: ClassVar[Form]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.foreign = self.stack.enter_context(ForeignLines(allowed="chatkit"))
        self.sides = [Side(self.stack.enter_context(mock)) for mock in (self._scripted(), self._own())]
        for side in self.sides:
            self.stack.callback(side.close)
        self.now, self.moves = _START, 0
        self.is_faulty = False
        self.raised = 0
        self.clear()

    def clear(self) -> None:
        """Nothing is there."""
        self.sessions: list[Pair] = []
        self.threads: list[Pair] = []
        self.files: list[Pair] = []

    def _scripted(self) -> ChatKitMock:
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        script = {**WORKFLOW, "turns": [_FAILS, *WORKFLOW["turns"]]}
        (folder / "wf_alike.yaml").write_text(yaml.safe_dump(script))
        return ChatKitMock(workflows=folder, custom_mode=True, custom_workflow="wf_alike")

    def _own(self) -> ChatKitMock:
        from support.twin_server import Twin, TwinApp  # noqa: PLC0415 - its import takes two seconds

        if self.form == "a server":
            self.on_reset: Callable[[], None] = lambda: None
            return ChatKitMock(backend=Twin)
        twin = TwinApp()
        self.on_reset = twin.clear
        return ChatKitMock(backend=twin.app)

    def teardown(self) -> None:
        """Nothing is left when both have stopped."""
        with self.stack:
            self._check_tasks()
            for side in self.sides:
                side.mock.raise_failures()
        eventually(lambda: not [each for each in threading.enumerate() if "chatkit-mock-backend" in each.name])
        assert not self.foreign.lines, self.foreign.lines

    def _check_tasks(self) -> None:
        backends = self.sides[1].mock._app.backends
        assert backends is not None
        loop = backends.all()[0]._thread._loop  # type: ignore[attr-defined]
        if loop is not None:
            eventually(lambda: len(asyncio.all_tasks(loop)) <= 3)  # the portal's, the pulse's, a lifespan's

    # Both.

    def ask(
        self, method: str, path: str | list[str], *, keys: list[str | None] | None = None, **both: Any
    ) -> list[Answer]:
        """Send a request to each side. Statuses agree, and refusals are OpenAI's."""
        paths = [path, path] if isinstance(path, str) else path
        each = both.pop("each", [{}, {}])
        found = []
        for at, side in enumerate(self.sides):
            key = {"key": keys[at]} if keys is not None else {}
            found.append(side.ask(method, paths[at], **key, **both, **each[at]))
        scripted, own = found
        assert scripted.status == own.status, found
        self.check_refusals(found)
        return found

    def check_refusals(self, found: list[Answer]) -> None:
        """Refusals are OpenAI's; a 5xx is of a fault's making."""
        for answer in found:
            assert answer.status < 500 or self.is_faulty, answer
            whole = answer.status >= 400 and not answer.is_broken
            assert not whole or self.is_faulty or answer.is_refusal_in_order(), answer

    def converse(self, session: Pair | None, user: str, op: str, params: list[Json]) -> list[Answer]:
        """Perform an operation, in custom mode without a session."""
        keys = _NOBODY if session is None else session.secrets
        each = [{"json": {"type": op, "params": given}} for given in params]
        found = self.ask("POST", _CHAT, keys=keys, each=each, headers={"x-mock-user": user})
        scripted, own = found
        # In a session, a script sends one event less, so that a cut may strike behind its last one.
        if session is None or not (scripted.is_broken or own.is_broken):
            assert (scripted.is_broken, scripted.frames) == (own.is_broken, own.frames) or scripted.status >= 400, found
        elif scripted.is_broken:
            assert own.is_broken
            assert scripted.body.count(b"\n\n") == own.body.count(b"\n\n")
        return found

    def stream(self, session: Pair | None, user: str, op: str, params: list[Json], thread: Pair | None) -> None:
        """Perform an operation that streams; the kinds of its events agree."""
        found = self.converse(session, user, op, params)
        if found[0].status != 200:
            return
        if self.is_faulty:  # or it would strike the next one
            self.forgive(thread, found, user)
            return
        assert found[0].kinds == found[1].kinds, [each.kinds for each in found]
        events = [each.events for each in found]
        if op == "threads.create":
            thread = Pair([side[0]["thread"]["id"] for side in events], user)
            self.threads.append(thread)
        assert thread is not None
        self._remember(thread, events)

    def forgive(self, thread: Pair | None, found: list[Answer], user: str) -> None:
        """Under a fault, what is kept of a turn may differ."""
        if thread is not None:
            thread.is_torn = True
        elif all(b'"thread.created"' in answer.body for answer in found):
            ids = [answer.body.partition(b'"id":')[2].split(b'"')[1].decode() for answer in found]
            self.threads.append(Pair(ids, user))
            self.threads[-1].is_torn = True

    def _remember(self, thread: Pair, events: list[list[Json]]) -> None:
        done = [[event["item"] for event in side if event["type"] == "thread.item.done"] for side in events]
        if done[0]:
            thread.last = done[0][-1]["type"], [side[-1]["id"] for side in done]
        mine = [[item["id"] for item in side if item["type"] == "user_message"] for side in done]
        if mine[0]:
            thread.message = [side[-1] for side in mine]

    def raising(self, expected: int) -> None:
        """The user's own server has raised so often since this was asked last."""
        failures = self.sides[1].mock.take_failures()
        assert [str(each) for each in failures] == [RAISES] * expected, failures

    def session(self, pick: int) -> Pair | None:
        """A session, or none at all: custom mode."""
        found = [None, *self.sessions[-3:]]
        return found[pick % len(found)]

    def thread(self, pick: int, *, last: str = "") -> Pair | None:
        """A thread, whose last item is of this type."""
        found = [each for each in self.threads if not each.is_torn and last in {"", each.last[0]}]
        return found[pick % len(found)] if found else None

    # What happens.

    @initialize()
    def begin(self) -> None:
        """Stop both clocks."""
        self.stop_clocks()

    def stop_clocks(self) -> None:
        """Stop both clocks at the same moment."""
        for side in self.sides:
            side.mock.emulator_clock.freeze(self.now)

    @rule(
        user=users,
        seconds=st.sampled_from([1, 60, 600]),
        limit=st.sampled_from([1, 3, 100, 100]),
        files=st.integers(0, 2),
        history=st.sampled_from([{"enabled": True}, {"enabled": False}, {"enabled": True, "recent_threads": 1}]),
    )
    def create(self, user: str, seconds: int, limit: int, files: int, history: Json) -> None:
        """Create a session."""
        body = {
            "user": user,
            "workflow": {"id": "wf_alike"},
            "expires_after": {"anchor": "created_at", "seconds": seconds},
            "rate_limits": {"max_requests_per_1_minute": limit},
            "chatkit_configuration": {
                "file_upload": {"enabled": True, "max_files": files} if files else {"enabled": False},
                "history": history,
            },
        }
        made = [answer.json for answer in self.ask("POST", "/v1/chatkit/sessions", json=body)]
        self.sessions.append(Pair([each["id"] for each in made], user, [each["client_secret"] for each in made]))

    @precondition(lambda self: self.sessions)
    @rule(pick=picks, way=st.sampled_from(["/v1/chatkit/sessions/{}/cancel", "/_mock/sessions/{}/expire"]))
    def end(self, pick: int, way: str) -> None:
        """Cancel a session, or let it expire."""
        session = self.sessions[pick % len(self.sessions)]
        self.ask("POST", [way.format(each) for each in session.ids])

    @rule(pick=picks, user=users, text=texts, file=picks)
    def start_thread(self, pick: int, user: str, text: str, file: int) -> None:
        """Send a message that begins a thread, with a file where there is one."""
        session = self.session(pick)
        user = user if session is None else session.user
        self.say(session, user, "threads.create", text, None, self._attached(session, file))

    def _attached(self, session: Pair | None, pick: int) -> list[list[str]]:
        found = [each for each in self.files if session is not None and each.secrets == session.secrets]
        return [[each] for each in found[pick % len(found)].ids] if found and self.form == "a server" else [[], []]

    def say(
        self, session: Pair | None, user: str, op: str, text: str, thread: Pair | None, files: list[list[str]]
    ) -> None:
        """Send a message, on which the server may raise."""
        part = {"type": "input_text", "text": text}
        inputs = [{"content": [part], "attachments": each, "inference_options": {}} for each in files]
        ids: list[Json] = [{}, {}] if thread is None else [{"thread_id": each} for each in thread.ids]
        params = [{**given, "input": made} for given, made in zip(ids, inputs, strict=True)]
        is_faulty = self.is_faulty
        before = len(self.sides[1].mock._app.projects.default.journal.failures)
        self.stream(session, user, op, params, thread)
        after = len(self.sides[1].mock._app.projects.default.journal.failures)
        if text != RAISES or is_faulty:
            assert after - before <= (text == RAISES)
        self.raising(after - before)

    @rule(pick=picks, which=picks, user=users, text=texts)
    def go_on(self, pick: int, which: int, user: str, text: str) -> None:
        """Send a message to a thread, which may be another user's."""
        thread, session = self.thread(which), self.session(pick)
        if thread is not None:
            user = user if session is None else session.user
            self.say(session, user, "threads.add_user_message", text, thread, [[], []])

    def in_thread(self, pick: int, which: int, op: str, params: Callable[[Pair, int], Json], *, last: str = "") -> None:
        """Perform a streaming operation as a thread's owner."""
        thread, session = self.thread(which, last=last), self.session(pick)
        if thread is None or not thread.message:
            return
        session = session if session is not None and session.user == thread.user else None
        given = [{"thread_id": each, **params(thread, at)} for at, each in enumerate(thread.ids)]
        self.stream(session, thread.user, op, given, thread)
        self.raising(len(self.sides[1].mock._app.projects.default.journal.failures))

    @rule(pick=picks, which=picks)
    def retry(self, pick: int, which: int) -> None:
        """Answer the last message again."""
        self.in_thread(pick, which, "threads.retry_after_item", lambda thread, at: {"item_id": thread.message[at]})

    @rule(pick=picks, which=picks, kind=st.sampled_from(["press", "ignore"]))
    def act(self, pick: int, which: int, kind: str) -> None:
        """Press a widget's button."""

        def params(thread: Pair, at: int) -> Json:
            return {"item_id": thread.last[1][at], "action": {"type": kind, "payload": {"n": 1}}}

        self.in_thread(pick, which, "threads.custom_action", params, last="widget")

    @rule(pick=picks, which=picks)
    def answer_tool(self, pick: int, which: int) -> None:
        """Give the output of a client tool."""
        op = "threads.add_client_tool_output"
        self.in_thread(pick, which, op, lambda *_: {"result": {"found": True}}, last="client_tool_call")

    @rule(pick=picks, which=picks)
    def answer_questions(self, pick: int, which: int) -> None:
        """Skip questions."""

        def params(thread: Pair, at: int) -> Json:
            return {"item_id": thread.last[1][at], "input": {"status": "skipped"}}

        self.in_thread(pick, which, "threads.add_structured_input", params, last="structured_input")

    @rule(pick=picks, which=picks, title=st.sampled_from(["Mine", RAISES]))
    def rename(self, pick: int, which: int, title: str) -> None:
        """Change a thread's title; where its Store raises, the status is another one."""
        thread = self.thread(which)
        if thread is None:
            return
        session = self.session(pick)
        session = session if session is not None and session.user == thread.user else None
        keys = _NOBODY if session is None else session.secrets
        found = []
        for side, key, thread_id in zip(self.sides, keys, thread.ids, strict=True):
            body = {"type": "threads.update", "params": {"thread_id": thread_id, "title": title}}
            found.append(side.ask("POST", _CHAT, key=key, json=body, headers={"x-mock-user": thread.user}))
        if title == RAISES and found[0].status == 200 and not self.is_faulty:
            assert found[1].status == 500, found
            assert self.form == "an application" or found[1].is_refusal_in_order()
            self.raising(1)
        else:
            if title != RAISES:
                assert found[0].status == found[1].status, found
                self.check_refusals(found)
            self.sides[1].mock.take_failures()

    # What is read, and deleted.

    @rule(pick=picks, user=users, order=st.sampled_from(["asc", "desc"]), limit=st.sampled_from([1, 2, 100]))
    def list_threads(self, pick: int, user: str, order: str, limit: int) -> None:
        """List the threads that a session sees."""
        session = self.session(pick)
        given = {"order": order, "limit": limit}
        found = self.converse(session, user, "threads.list", [given, given])
        if found[0].status == 200 and not self.is_faulty:
            self.same_threads([answer.json["data"] for answer in found])

    @rule(pick=picks, which=picks, op=st.sampled_from(["items.list", "threads.get_by_id"]))
    def show(self, pick: int, which: int, op: str) -> None:
        """Show a thread's items."""
        thread, session = self.thread(which), self.session(pick)
        if thread is None:
            return
        found = self.converse(session, thread.user, op, [{"thread_id": each} for each in thread.ids])
        if found[0].status == 200 and not self.is_faulty:
            pages = [answer.json.get("items", answer.json)["data"] for answer in found]
            types = [[item["type"] for item in page] for page in pages]
            assert types[0] == types[1], types

    @precondition(lambda self: self.threads)
    @rule(which=picks, through_rest=st.booleans())
    def delete(self, which: int, through_rest: bool) -> None:
        """Delete a thread, through REST twice."""
        thread = self.threads[which % len(self.threads)]
        if through_rest:
            found = self.ask("DELETE", [f"/v1/chatkit/threads/{each}" for each in thread.ids])
        else:
            params = [{"thread_id": each} for each in thread.ids]
            found = self.converse(None, thread.user, "threads.delete", params)
        if found[0].status == 200:
            self.threads.remove(thread)
            self.ask("DELETE", [f"/v1/chatkit/threads/{each}" for each in thread.ids])

    @rule(user=st.sampled_from(["ada", "bob", ""]), order=st.sampled_from(["asc", "desc"]), limit=st.integers(1, 5))
    def list_rest(self, user: str, order: str, limit: int) -> None:
        """List threads through REST."""
        query = {"order": order, "limit": str(limit), **({"user": user} if user else {})}
        found = self.ask("GET", "/v1/chatkit/threads", params=query)
        if found[0].status == 200 and not any(answer.is_broken for answer in found) and not self.is_faulty:
            documents = [answer.json for answer in found]
            assert documents[0]["has_more"] == documents[1]["has_more"], documents
            self.same_threads([document["data"] for document in documents])

    def same_threads(self, lists: list[list[Json]]) -> None:
        """The two lists have the same threads in the same order; those that nobody was told of count only."""
        names = [
            [next((at for at, thread in enumerate(self.threads) if each["id"] in thread.ids), -1) for each in listed]
            for listed in lists
        ]
        assert names[0] == names[1], names

    @precondition(lambda self: self.threads)
    @rule(which=picks)
    def items_rest(self, which: int) -> None:
        """List a thread's items through REST, and look at the thread itself."""
        thread = self.threads[which % len(self.threads)]
        found = self.ask("GET", [f"/v1/chatkit/threads/{each}/items?order=asc&limit=100" for each in thread.ids])
        if found[0].status == 200 and not thread.is_torn and not self.is_faulty:
            types = [[item["type"] for item in answer.json["data"]] for answer in found]
            assert types[0] == types[1], types
        self.ask("GET", [f"/v1/chatkit/threads/{each}" for each in thread.ids])

    @rule(pick=picks)
    def upload(self, pick: int) -> None:
        """Upload a file."""
        session = self.session(pick)
        keys = _NOBODY if session is None else session.secrets
        found = self.ask("POST", "/v1/chatkit/files", keys=keys, files={"file": _PNG})
        if session is not None and found[0].status == 200 and not self.is_faulty:
            self.files.append(Pair([answer.json["id"] for answer in found], session.user, session.secrets))

    @rule(
        pick=picks, body=st.sampled_from([b"{", b"{}", b"[]", b'{"type": "threads.create"}', b'{"type": "x"}', b"\xff"])
    )
    def say_nonsense(self, pick: int, body: bytes) -> None:
        """Send what is no operation."""
        session = self.session(pick)
        keys = _NOBODY if session is None else session.secrets
        found = self.ask("POST", _CHAT, keys=keys, content=body, headers={"content-type": "application/json"})
        assert found[0].status >= 400

    # What an operator does.

    @rule(do=effects, operation=st.sampled_from(["conversation", "threads", "files"]), times=st.integers(1, 2))
    def break_something(self, do: Json, operation: str, times: int) -> None:
        """Add a fault."""
        rules = {"match": {"operation": operation}, "do": do, "times": times}
        self.ask("POST", "/_mock/faults", content=json.dumps(rules).encode())
        self.is_faulty = True

    @precondition(lambda self: self.is_faulty)
    @rule()
    def mend(self) -> None:
        """Remove every fault."""
        self.ask("DELETE", "/_mock/faults")
        self.is_faulty = False

    @rule(by=shifts)
    def move(self, by: float) -> None:
        """Move the clocks, also back, and never to a moment at which they were."""
        self.moves += 1
        self.now += by + self.moves / 1000
        self.stop_clocks()

    @rule(only=st.sampled_from(["", "", "state", "requests", "faults"]))
    def reset(self, only: str) -> None:
        """Reset both, or a part of both."""
        self.ask("POST", "/_mock/reset", params={"only": only} if only else {})
        if only in {"", "requests"}:
            for side in self.sides:
                side.sent = 0
        if only in {"", "state"}:
            self.clear()
            self.on_reset()
        if only in {"", "faults"}:
            self.is_faulty = False
        self.stop_clocks()

    @invariant()
    def is_in_order(self) -> None:
        """The journal is complete, nothing stays open, and nothing of the emulator's has failed."""
        for side in self.sides:
            side.check()
            side.mock.raise_failures()
        assert not self.foreign.lines, self.foreign.lines


@pytest.mark.parametrize("form", ["a server", "an application"])
def test_both_answer_alike(form: Form) -> None:
    profile = settings.default
    assert profile is not None
    walk = type("AWalk", (Walk,), {"form": form})
    few = settings(
        max_examples=profile.max_examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # to shrink a walk takes minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(walk, settings=few)
