"""A walk through sessions, conversations, uploads, clocks, resets and projects, compared with the model."""

import json
from typing import Any, ClassVar

import httpx2
from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support.emulator import HEADERS, socket_client

from fuzz.cases import Violation
from fuzz.model import Session, Thread, World
from fuzz.watched import Watched

STEPS = 40  # of one walk
_START = 1_800_000_000.0
_NAMES = ["default", "p1", "p2"]
_PNG = ("a.png", b"\x89PNG\r\n\x1a\n", "image/png")
worlds = st.sampled_from(_NAMES)
picks = st.integers(0, 1000)
shifts = st.sampled_from([-600.5, -61.0, -60.0, -59.9, -1.0, -0.001, 0.001, 1.0, 30.0, 59.9, 60.0, 61.0, 599.0, 601.0])


def fuzz(server: Watched, *, seed: int, requests: int, case: int | None = None) -> int:
    """Walk until about so many requests were sent, and return how many. Raises Violation."""
    walk = type("Walk", (Walks,), {"origin": server.origin, "requests": [0]})
    count = max(1, requests // 3 // STEPS)
    options = settings(
        max_examples=count,
        stateful_step_count=STEPS,
        deadline=None,
        report_multiple_bugs=False,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seeded(seed)(walk), settings=options)
    except (AssertionError, httpx2.HTTPError) as error:
        notes = "\n".join(getattr(error, "__notes__", []))
        again = f'make fuzz ARGS="--only machine --seed {seed} --requests {requests}"'
        raise Violation(f"{error!r}\n{notes}\n\nAgain: {again}") from error
    server.check()
    sent: int = walk.requests[0]  # type: ignore[attr-defined]
    return sent


class Walks(RuleBasedStateMachine):
    """Does something, and expects of the emulator what the model says."""

    origin: ClassVar[str]
    requests: ClassVar[list[int]]

    def __init__(self) -> None:
        super().__init__()
        self.client = socket_client(self.origin, timeout=20)
        self.worlds = {name: World(name=name, now=_START) for name in _NAMES}
        self.saved: dict[str, tuple[bytes, World]] = {}
        self.looks = 0

    def teardown(self) -> None:
        """End the connections."""
        self.client.close()

    def ask(self, world: World, method: str, path: str, *, key: str = "sk-test", **options: Any) -> httpx2.Response:
        """Send a request to a project."""
        self.requests[0] += 1
        headers = {**HEADERS, "authorization": f"Bearer {key}", **options.pop("headers", {})}
        return self.client.request(method, f"/p/{world.name}{path}", headers=headers, **options)

    def get(self, world: World, path: str) -> Any:
        """Read something that is there."""
        answer = self.ask(world, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def talk(self, world: World, session: Session, kind: str, **params: Any) -> httpx2.Response:
        """Perform an operation of the conversation, and check whether it is accepted."""
        body = {"type": kind, "params": params}
        answer = self.ask(world, "POST", "/v1/chatkit/conversation", key=session.secret, json=body)
        expected = session.ask(world.now)
        if answer.status_code in {200, 401, 429} or expected != 200:
            assert answer.status_code == expected, (answer.text, expected)
        if expected == 429:
            assert int(answer.headers["retry-after"]) >= 1
        return answer

    def a_session(self, world: World, pick: int) -> Session | None:
        """One of a project's sessions, more often one of the newest."""
        found = list(world.sessions.values())[-4:]
        return found[pick % len(found)] if found else None

    @initialize()
    def begin(self) -> None:
        """Empty the projects, and stop their clocks."""
        for world in self.worlds.values():
            assert self.ask(world, "POST", "/_mock/reset").status_code == 200
            self.stop(world)

    def stop(self, world: World) -> None:
        """Stop a clock where the model says."""
        answer = self.ask(world, "PUT", "/_mock/clock", json={"freeze": world.now})
        assert answer.json()["now"] == world.now, answer.text

    @rule(
        name=worlds,
        user=st.sampled_from(["ada", "bob"]),
        seconds=st.sampled_from([1, 60, 600]),
        limit=st.integers(1, 4),
        files=st.integers(0, 2),
        history=st.booleans(),
    )
    def create(self, name: str, user: str, seconds: int, limit: int, files: int, history: bool) -> None:
        """Create a session."""
        world = self.worlds[name]
        uploads = {"enabled": True, "max_files": files} if files else {"enabled": False}
        body = {
            "user": user,
            "workflow": {"id": "wf_1"},
            "expires_after": {"anchor": "created_at", "seconds": seconds},
            "rate_limits": {"max_requests_per_1_minute": limit},
            "chatkit_configuration": {"file_upload": uploads, "history": {"enabled": history}},
        }
        made = self.ask(world, "POST", "/v1/chatkit/sessions", json=body).json()
        expires = int(world.now) + seconds
        assert made["expires_at"] == expires, made
        world.sessions[made["id"]] = Session(
            id=made["id"],
            secret=made["client_secret"],
            user=user,
            created=world.now,
            expires=expires,
            limit=limit,
            files=files,
            history=history,
        )

    @rule(name=worlds, pick=picks, way=st.sampled_from(["cancelled", "cancelled by us", "expired"]))
    def end(self, name: str, pick: int, way: str) -> None:
        """Cancel a session, or let it expire."""
        world = self.worlds[name]
        session = self.a_session(world, pick)
        if session is not None:
            paths = {"cancelled": "/v1/chatkit/sessions/{}/cancel", "cancelled by us": "/_mock/sessions/{}/cancel"}
            path = paths.get(way, "/_mock/sessions/{}/expire").format(session.id)
            session.end(way.partition(" ")[0], world.now)
            answer = self.ask(world, "POST", path)
            assert (answer.status_code, answer.json()["status"]) == (200, session.status(world.now)), answer.text

    @rule(name=worlds, pick=picks)
    def start_thread(self, name: str, pick: int) -> None:
        """Send a message that begins a thread."""
        world = self.worlds[name]
        session = self.a_session(world, pick)
        if session is None:
            return
        answer = self.talk(world, session, "threads.create", input=_message("hello"))
        if answer.status_code == 200:
            first, *_, last = _events(answer.text)
            thread = Thread(id=first["thread"]["id"], user=session.user, session=session.id)
            world.threads[thread.id] = thread
            assert last["item"]["content"][0]["text"] == "hello", last

    @rule(name=worlds, pick=picks, which=picks)
    def go_on(self, name: str, pick: int, which: int) -> None:
        """Send a message to a thread, which may be another user's."""
        world = self.worlds[name]
        session, threads = self.a_session(world, pick), list(world.threads.values())
        if session is None or not threads:
            return
        thread = threads[which % len(threads)]
        answer = self.talk(world, session, "threads.add_user_message", thread_id=thread.id, input=_message("again"))
        if answer.status_code in {200, 404}:
            assert (answer.status_code == 200) is (thread.id in world.seen_by(session)), answer.text
        thread.messages += answer.status_code == 200

    @rule(name=worlds, pick=picks)
    def list_threads(self, name: str, pick: int) -> None:
        """List the threads that a session sees."""
        world = self.worlds[name]
        session = self.a_session(world, pick)
        if session is None:
            return
        answer = self.talk(world, session, "threads.list", limit=1000)
        if answer.status_code == 200:
            found = {each["id"] for each in answer.json()["data"]}
            assert found == world.seen_by(session), found

    @rule(name=worlds, pick=picks)
    def upload(self, name: str, pick: int) -> None:
        """Upload a file."""
        world = self.worlds[name]
        session = self.a_session(world, pick)
        if session is None:
            return
        answer = self.ask(world, "POST", "/v1/chatkit/files", key=session.secret, files={"file": _PNG})
        expected = session.ask(world.now)
        if expected == 200 and session.uploads >= session.files:
            expected = 400
        assert answer.status_code == expected, answer.text
        if expected == 200:
            session.uploads += 1
            world.files[answer.json()["id"]] = _PNG[1]

    @rule(name=worlds, pick=picks)
    def delete_thread(self, name: str, pick: int) -> None:
        """Delete a thread."""
        world = self.worlds[name]
        if world.threads:
            thread = [*world.threads][pick % len(world.threads)]
            del world.threads[thread]
            assert self.ask(world, "DELETE", f"/v1/chatkit/threads/{thread}").status_code == 200
            assert self.ask(world, "DELETE", f"/v1/chatkit/threads/{thread}").status_code == 404

    @rule(name=worlds, by=shifts)
    def move(self, name: str, by: float) -> None:
        """Move a clock, also back."""
        world = self.worlds[name]
        world.now += by
        self.stop(world)

    @rule(name=worlds, only=st.sampled_from(["", "state", "requests", "faults", "clock"]))
    def reset(self, name: str, only: str) -> None:
        """Reset a project, or a part of it."""
        world = self.worlds[name]
        assert self.ask(world, "POST", "/_mock/reset", params={"only": only} if only else {}).status_code == 200
        if only in {"", "state"}:
            world.clear()
        self.stop(world)

    @rule(name=st.sampled_from(_NAMES[1:]))
    def delete_project(self, name: str) -> None:
        """Delete a project, which begins anew then."""
        world = self.worlds[name]
        assert self.ask(world, "DELETE", f"/_mock/projects/{name}").status_code == 200
        world.clear()
        self.stop(world)

    @rule(name=worlds)
    def save(self, name: str) -> None:
        """Take a snapshot."""
        world = self.worlds[name]
        answer = self.ask(world, "GET", "/_mock/snapshot")
        assert answer.status_code == 200
        self.saved[name] = answer.content, world.copy()

    @precondition(lambda self: self.saved)
    @rule(pick=picks)
    def restore(self, pick: int) -> None:
        """Restore a snapshot into its project."""
        content, world = self.saved[[*self.saved][pick % len(self.saved)]]
        self.worlds[world.name] = world.copy()
        answer = self.ask(world, "PUT", "/_mock/snapshot", content=content)
        assert answer.status_code == 200, answer.text

    @invariant()
    def holds_what_it_should(self) -> None:
        """Compare a project with the model: another one after each step."""
        self.looks += 1
        world = self.worlds[_NAMES[self.looks % len(_NAMES)]]
        shown = self.get(world, "/_mock/sessions?limit=1000")["sessions"]
        found = {each["id"]: (each["status"], each["requests_left"], each["uploads_left"]) for each in shown}
        expected = {each.id: each.shown(world.now) for each in world.sessions.values()}
        assert found == expected, f"{found} is not {expected}"
        threads = {each["id"]: each["user"] for each in self.get(world, "/v1/chatkit/threads?limit=100")["data"]}
        assert threads == {each.id: each.user for each in world.threads.values()}, threads
        for thread in [*world.threads.values()][-1:]:
            items = self.get(world, f"/v1/chatkit/threads/{thread.id}/items?limit=100")["data"]
            assert sum(each["type"] == "chatkit.user_message" for each in items) == thread.messages
        for file, content in [*world.files.items()][-1:]:
            answer = self.ask(world, "GET", f"/v1/chatkit/files/{file}")
            assert answer.content == content, answer


def _message(text: str) -> dict[str, Any]:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def _events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
