"""Findings: what the journal says about the client, each with why it matters and the way out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from mock_server.clock import stopwatch
from mock_server.state.journal import Entry
from mock_server.state.project import Project
from mock_server.wire.findings import Finding

STORM_REQUESTS, STORM_SECONDS = 5, 10.0  # the SDKs give up after three
SESSIONS_A_USER = 3  # from so many sessions with one message each, it looks like a habit
PEOPLE_IN_ONE_USER = 5  # so many sessions at once, each with a thread of its own, are hardly one person
IDLE_STREAM_SECONDS = 60.0

_TALK = ("conversation.threads.create", "conversation.threads.add_user_message")


class _Seen:
    """The journal, sorted once for all checks."""

    def __init__(self, project: Project, *, now: float) -> None:
        self.project, self.now = project, now
        self.entries = list(project.journal)
        self.created = [entry for entry in self.entries if entry.operation == "sessions.create" and entry.status == 200]
        self.of_session: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.session is not None:
                self.of_session[entry.session].append(entry)

    def messages(self, session_id: str | None) -> list[Entry]:
        """The messages that were sent with a session."""
        return [entry for entry in self.of_session.get(session_id or "", ()) if entry.operation in _TALK]

    def by_user(self) -> dict[str, list[Entry]]:
        """The creations of each user's sessions."""
        grouped: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.created:
            grouped[entry.user or ""].append(entry)
        return grouped


def find(project: Project) -> list[Finding]:
    """All findings, by code."""
    seen = _Seen(project, now=stopwatch())
    return [finding for code in sorted(CHECKS) for finding in CHECKS[code](seen)]


def _key_in_browser(seen: _Seen) -> Iterator[Finding]:
    ids = [entry.id for entry in seen.entries if _header(entry, b"origin") and _key(entry).startswith(b"sk-")]
    if ids:
        yield Finding(
            code="api-key-in-browser",
            message=f"An API key came from a web page, in {_requests(ids)}.",
            why="Everybody who opens the page can read the key and spend your money.",
            way_out="Create sessions on your server, and give pages the client secret only.",
            requests=ids,
        )


def _session_per_message(seen: _Seen) -> Iterator[Finding]:
    for user, created in seen.by_user().items():
        spent = [entry for entry in created if len(seen.messages(entry.session)) == 1]
        early = [one for one, later in pairwise(spent) if _was_active(seen, one, at=later.at)]
        if len(early) >= SESSIONS_A_USER - 1:
            ids = [entry.id for entry in spent]
            yield Finding(
                code="session-per-message",
                message=f"User '{user}' got {len(spent)} sessions and sent one message with each.",
                why="Every message pays for a further round trip, and the limit of requests never binds.",
                way_out="Keep the client secret until it expires; ask for another 30 seconds before, or after a 401.",
                requests=ids,
            )


def _one_user_for_all(seen: _Seen) -> Iterator[Finding]:
    users = seen.by_user()
    if len(users) != 1:
        return
    ((user, created),) = users.items()
    apart = [entry for entry in created if any(each.operation == _TALK[0] for each in seen.messages(entry.session))]
    together = [entry for entry in apart if _was_active(seen, entry, at=apart[-1].at)]
    if len(together) >= PEOPLE_IN_ONE_USER:
        yield Finding(
            code="one-user-for-all",
            message=f"{len(together)} sessions that were active at once, each with a thread of its own, "
            f"are all of user '{user}'.",
            why="Threads belong to a user: whoever shares one reads the others' conversations.",
            way_out="Pass an identifier of the person who is signed in, or of the device.",
            requests=[entry.id for entry in together],
        )


def _dead_secret(seen: _Seen) -> Iterator[Finding]:
    for session_id, entries in seen.of_session.items():
        refused = [entry for entry in entries if entry.status == 401 and _key(entry).startswith(b"ek_")]
        if not refused or session_id not in seen.project.sessions:
            continue
        user = seen.project.sessions.get(session_id).user
        if not any(entry.user == user and entry.began > refused[0].began for entry in seen.created):
            ids = [entry.id for entry in refused]
            yield Finding(
                code="dead-secret",
                message=f"The secret of session '{session_id}' was used after its end, and no new one was asked for.",
                why="The conversation stays dead: every further request is a 401.",
                way_out="On a 401 create a new session, and repeat the request once with its secret.",
                requests=ids,
            )


def _retry_after_ignored(seen: _Seen) -> Iterator[Finding]:
    ids: list[str] = []
    for at, entry in enumerate(seen.entries):
        wait = dict(entry.answer_headers or ()).get(b"retry-after")
        if wait is None:
            continue
        again = next((each for each in seen.entries[at + 1 :] if _same_caller(entry, each)), None)
        if again is not None and again.at - entry.at < int(wait) and again.began - entry.began < int(wait):
            ids += [entry.id, again.id]
    if ids:
        yield Finding(
            code="retry-after-ignored",
            message=f"After a 'retry-after' the next request came too early, in {_requests(ids)}.",
            why="Each of them is refused again, and keeps the limit spent.",
            way_out="Wait for as many seconds as the header says; the official SDKs do.",
            requests=list(dict.fromkeys(ids)),
        )


def _retry_storm(seen: _Seen) -> Iterator[Finding]:
    failed: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for entry in seen.entries:
        if entry.status >= 500 or entry.status == 429 or (entry.outcome == "dropped" and not entry.status):
            failed[entry.method, entry.path, entry.body, entry.session].append(entry)
    for entries in failed.values():
        last = len(entries) - STORM_REQUESTS
        starts = range(last + 1)
        if any(entries[at + STORM_REQUESTS - 1].began - entries[at].began <= STORM_SECONDS for at in starts):
            name = entries[0].operation or f"{entries[0].method} {entries[0].path}"
            yield Finding(
                code="retry-storm",
                message=f"{name} failed {len(entries)} times with the same request, "
                f"{STORM_REQUESTS} of them within {STORM_SECONDS:.0f} seconds.",
                why="An outage becomes longer when every client repeats without a pause.",
                way_out="Give up after two or three tries, and double the pause between them.",
                requests=[entry.id for entry in entries],
            )


def _beta_header(seen: _Seen) -> Iterator[Finding]:
    ids = [
        entry.id
        for entry in seen.entries
        if entry.operation is not None
        and entry.operation.partition(".")[0] in {"sessions", "threads"}
        and b"chatkit_beta=v1" not in _header(entry, b"openai-beta").replace(b" ", b"").split(b",")
    ]
    if ids:
        yield Finding(
            code="beta-header",
            message=f"The header 'OpenAI-Beta: chatkit_beta=v1' is missing or wrong in {_requests(ids)}.",
            why="The real API refuses such requests with a 400.",
            way_out="Send it; the official SDKs do so for client.beta.chatkit.",
            requests=ids,
        )


def _stream_left_open(seen: _Seen) -> Iterator[Finding]:
    for entries in seen.of_session.values():
        streams = [entry for entry in entries if entry.events is not None]
        for at, entry in enumerate(streams):
            if entry.outcome == "open" and (at + 1 < len(streams) or seen.now - entry.began > IDLE_STREAM_SECONDS):
                yield Finding(
                    code="stream-left-open",
                    message=f"The stream of {entry.id} is still open although the client has moved on.",
                    why="It holds a connection and goes on writing; the thread gets an answer nobody reads.",
                    way_out="Read a stream to its end, or close it before the next message.",
                    requests=[entry.id],
                )


def _version_fails(seen: _Seen) -> Iterator[Finding]:
    ids = []
    for entry in seen.created:
        if entry.session is not None and entry.session in seen.project.sessions:
            version = seen.project.sessions.get(entry.session).workflow_version
            if version is not None and not version.isdecimal():
                ids.append(entry.id)
    if ids:
        yield Finding(
            code="workflow-version",
            message=f"A session asks for a workflow version that is no number, in {_requests(ids)}.",
            why="The real API creates such a session, and fails at its first message (seen with 'latest').",
            way_out="Leave the version out for the newest, or name one that was published.",
            requests=ids,
        )


CHECKS: dict[str, Callable[[_Seen], Iterable[Finding]]] = {
    "api-key-in-browser": _key_in_browser,
    "session-per-message": _session_per_message,
    "one-user-for-all": _one_user_for_all,
    "dead-secret": _dead_secret,
    "retry-after-ignored": _retry_after_ignored,
    "retry-storm": _retry_storm,
    "beta-header": _beta_header,
    "stream-left-open": _stream_left_open,
    "workflow-version": _version_fails,
}


def _header(entry: Entry, name: bytes) -> bytes:
    return next((value for key, value in entry.headers if key == name), b"")


def _key(entry: Entry) -> bytes:
    return _header(entry, b"authorization").partition(b" ")[2]


def _same_caller(one: Entry, other: Entry) -> bool:
    return one.operation == other.operation and one.session == other.session and _key(one) == _key(other)


def _was_active(seen: _Seen, creation: Entry, *, at: float) -> bool:
    sessions = seen.project.sessions
    return (
        creation.session is not None
        and creation.session in sessions
        and sessions.get(creation.session).status(at) == "active"
    )


def _requests(ids: list[str]) -> str:
    return "one request" if len(ids) == 1 else f"{len(ids)} requests"
