"""Findings: the client's mistakes that the journal shows, each with why it matters and what to do about it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import msgspec

from mock_server.config import BETA
from mock_server.inspection import server_findings
from mock_server.state.journal import Entry
from mock_server.state.project import Project
from mock_server.state.sessions import Session
from mock_server.wire.control.findings import Finding
from mock_server.wire.headers import decode_headers

STORM_REQUESTS, STORM_SECONDS = 5, 10.0  # the SDKs give up after three attempts
SESSIONS_FOR_MESSAGES = 3  # sessions with one message each in the same thread; fewer may be chance
PEOPLE_IN_ONE_USER = 5  # sessions in use at once, each with its own thread; a single person rarely has as many
RENEWALS_IN_VAIN = 3

_BEGIN, _ADD = "conversation.threads.create", "conversation.threads.add_user_message"
_ON_BEHALF = {b"via", b"forwarded", b"x-forwarded-for"}

VersionFails = Callable[[str, str], bool]


class _Seen:
    """The journal, grouped once for all checks."""

    def __init__(self, project: Project, *, version_fails: VersionFails) -> None:
        self.project, self.version_fails = project, version_fails
        self.entries = list(project.journal)
        self.asked = [entry for entry in self.entries if entry.operation == "sessions.create"]
        self.created = [entry for entry in self.asked if entry.status == 200]
        self.of_session: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.session is not None:
                self.of_session[entry.session].append(entry)

    def session(self, session_id: str | None) -> Session | None:
        """Return a session, or None if it no longer exists."""
        known = session_id is not None and session_id in self.project.sessions
        return self.project.sessions.get(session_id or "") if known else None

    def messages(self, session_id: str | None) -> list[Entry]:
        """Return the messages that were sent with a session and accepted."""
        of_session = self.of_session.get(session_id or "", ())
        return [entry for entry in of_session if entry.operation in {_BEGIN, _ADD} and entry.status == 200]

    def by_user(self) -> dict[str, list[Entry]]:
        """Return the requests that created sessions, by user."""
        grouped: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.created:
            grouped[entry.user or ""].append(entry)
        return grouped


def find(project: Project, *, version_fails: VersionFails) -> list[Finding]:
    """Return all findings, ordered by code.

    `version_fails` takes a workflow and a version, and returns whether the first message would fail.
    """
    seen = _Seen(project, version_fails=version_fails)
    about_client = [finding for check in CHECKS.values() for finding in check(seen)]
    return sorted([*about_client, *server_findings.find(seen.entries)], key=lambda finding: finding.code)


def _key_in_browser(seen: _Seen) -> Iterator[Finding]:
    ids = [
        entry.id
        for entry in seen.entries
        if _is_of_a_page(entry)
        and _key(entry)
        and not _key(entry).startswith(b"ek_")
        and _surface(entry) in {"sessions", "threads", "files"}
        and not any(name in _ON_BEHALF for name, _ in entry.headers)
    ]
    if ids:
        yield Finding(
            code="api-key-in-browser",
            message=f"A web page sent an API key, in {_requests(ids)}.",
            why="Anybody who opens the page can read the key and spend your money.",
            way_out="Create sessions on your server, and give the page only the client secret.",
            requests=ids,
        )


def _session_per_message(seen: _Seen) -> Iterator[Finding]:
    spent: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in seen.created:
        messages = seen.messages(entry.session)
        if len(messages) == 1 and messages[0].thread is not None:
            spent[entry.user or "", messages[0].thread].append(entry)
    for (user, _), created in spent.items():
        early = [one for one, later in pairwise(created) if _was_active(seen, one, at=later.at)]
        if len(early) >= SESSIONS_FOR_MESSAGES - 1:
            yield Finding(
                code="session-per-message",
                message=f"User '{user}' got {len(created)} sessions for one thread, and sent one message with each.",
                why="Every message costs an extra round trip, and the rate limit of a session never takes effect.",
                way_out="Keep the client secret until it expires; get a new one 30 seconds before, or after a 401.",
                requests=[entry.id for entry in created],
            )


def _one_user_for_all(seen: _Seen) -> Iterator[Finding]:
    for user, created in seen.by_user().items():
        apart = [entry for entry in created if any(each.operation == _BEGIN for each in seen.messages(entry.session))]
        together = max((_in_use_with(seen, one, apart) for one in apart), key=len, default=[])
        if len(together) >= PEOPLE_IN_ONE_USER:
            yield Finding(
                code="one-user-for-all",
                message=f"{len(together)} sessions were in use at once, each with its own thread, "
                f"and all of them belong to user '{user}'.",
                why="Threads belong to a user: people who share one can read each other's conversations.",
                way_out="Pass an identifier of the signed-in person, or of the device, as the user.",
                requests=[entry.id for entry in together],
            )


def _dead_secret(seen: _Seen) -> Iterator[Finding]:
    for session_id, entries in seen.of_session.items():
        session = seen.session(session_id)
        refused = [] if session is None else [entry for entry in entries if _is_of_the_dead(session, entry)]
        # After a cancellation, a single use may be a test of whether the secret still works.
        enough = 2 if session is not None and session.cancelled_at is not None else 1
        if session is not None and len(refused) >= enough and not _was_renewed(seen, session, refused[0]):
            yield Finding(
                code="dead-secret",
                message=f"The secret of session '{session_id}' was used after the session ended, "
                "and no new session was created.",
                why="The conversation is stuck: every further request gets a 401.",
                way_out="On a 401, create a new session and repeat the request once with its secret.",
                requests=[entry.id for entry in refused],
            )


def _renewal_loop(seen: _Seen) -> Iterator[Finding]:
    for user, created in seen.by_user().items():
        run: list[Entry] = []
        for entry in created:
            uses = [each for each in seen.of_session[entry.session or ""] if each is not entry]
            in_vain = bool(uses) and all(each.status == 401 for each in uses)
            run = [*run, entry] if in_vain else []
            if len(run) == RENEWALS_IN_VAIN:
                yield Finding(
                    code="renewal-loop",
                    message=f"User '{user}' got {RENEWALS_IN_VAIN} sessions in a row, each refused at its first use.",
                    why="If the secret is not the cause, the page keeps creating sessions forever.",
                    way_out="Repeat a request once with a new secret; if that is refused too, show the error.",
                    requests=[each.id for each in run],
                )


def _retry_after_ignored(seen: _Seen) -> Iterator[Finding]:
    ids: list[str] = []
    for at, entry in enumerate(seen.entries):
        wait = dict(decode_headers(entry.response_head)).get(b"retry-after")
        if wait is None:
            continue
        told = entry.began + entry.seconds
        later = (each for each in seen.entries[at + 1 :] if each.began >= told and _is_same_again(entry, each))
        again = next(later, None)
        if again is not None and again.at - entry.at < int(wait) and again.began - told < int(wait):
            ids += [entry.id, again.id]
    if ids:
        yield Finding(
            code="retry-after-ignored",
            message=f"A request was repeated earlier than its 'retry-after' allowed, in {_requests(ids)}.",
            why="A request that is repeated too early is refused again, and the limit stays used up.",
            way_out="Wait as many seconds as the header says; the official SDKs do.",
            requests=list(dict.fromkeys(ids)),
        )


def _retry_storm(seen: _Seen) -> Iterator[Finding]:
    runs: dict[tuple[object, ...], list[Entry]] = {}
    for entry in seen.entries:
        if entry.status >= 500 or entry.status == 429 or (entry.outcome == "dropped" and not entry.status):
            same = (entry.method, entry.path, entry.query, entry.body, entry.session)
            begins = _header(entry, b"x-stainless-retry-count") == b"0"  # an SDK sends it for the first time
            run = runs[same] = [] if begins else runs.get(same, [])
            run.append(entry)
            if len(run) == STORM_REQUESTS and _within(run, STORM_SECONDS):
                yield Finding(
                    code="retry-storm",
                    message=f"{entry.operation or f'{entry.method} {entry.path}'} failed {STORM_REQUESTS} times "
                    f"with the same request within {STORM_SECONDS:.0f} seconds.",
                    why="An outage lasts longer when every client retries without a pause.",
                    way_out="Give up after two or three attempts, and double the pause between them.",
                    requests=[each.id for each in run],
                )
            elif len(run) >= STORM_REQUESTS:
                del run[0]


def _beta_header(seen: _Seen) -> Iterator[Finding]:
    ids = [
        entry.id
        for entry in seen.entries
        if _surface(entry) in {"sessions", "threads"}
        and BETA.encode() not in _header(entry, b"openai-beta").replace(b" ", b"").split(b",")
    ]
    if ids:
        yield Finding(
            code="beta-header",
            message=f"The header 'OpenAI-Beta: {BETA}' is missing or wrong in {_requests(ids)}.",
            why="The real API refuses such requests with a 400.",
            way_out="Send the header; the official SDKs do so for client.beta.chatkit.",
            requests=ids,
        )


def _stream_left_open(seen: _Seen) -> Iterator[Finding]:
    streams: dict[str, list[Entry]] = defaultdict(list)
    for entry in seen.entries:
        if entry.batches is not None and entry.thread is not None:
            streams[entry.thread].append(entry)
    for of_thread in streams.values():
        ids = [one.id for one, later in pairwise(of_thread) if _is_open_at(one, later.began)]
        if ids:
            yield Finding(
                code="stream-left-open",
                message=f"A thread's next turn began while a stream of the thread was still open, in {_requests(ids)}.",
                why="Two replies are written to one thread at once, and a connection is kept open for nothing.",
                way_out="Read each stream to its end, or close it before the next message.",
                requests=ids,
            )


def _version_fails(seen: _Seen) -> Iterator[Finding]:
    ids = []
    for entry in seen.created:
        version = _version_asked(entry)
        if version is not None and seen.version_fails(entry.workflow or "", version):
            ids.append(entry.id)
    if ids:
        yield Finding(
            code="workflow-version",
            message=f"A session was created with a workflow version that probably does not exist, in {_requests(ids)}.",
            why="The real API creates such a session, and then fails at its first message (observed with 'latest').",
            way_out="Leave the version out to get the newest, or name one that was published.",
            requests=ids,
        )


CHECKS: dict[str, Callable[[_Seen], Iterable[Finding]]] = {
    "api-key-in-browser": _key_in_browser,
    "session-per-message": _session_per_message,
    "one-user-for-all": _one_user_for_all,
    "dead-secret": _dead_secret,
    "renewal-loop": _renewal_loop,
    "retry-after-ignored": _retry_after_ignored,
    "retry-storm": _retry_storm,
    "beta-header": _beta_header,
    "stream-left-open": _stream_left_open,
    "workflow-version": _version_fails,
}


def _header(entry: Entry, name: bytes) -> bytes:
    return b",".join(value for key, value in entry.headers if key == name)


def _is_of_a_page(entry: Entry) -> bool:
    """Return whether a web page sent a request. The emulator's own pages do not count: they act as the backend."""
    origin = _header(entry, b"origin")
    return origin != b"" and origin.rpartition(b"://")[2] != _header(entry, b"host")


def _key(entry: Entry) -> bytes:
    return _header(entry, b"authorization").partition(b" ")[2]


def _surface(entry: Entry) -> str:
    return (entry.operation or "").partition(".")[0]


def _is_same_again(one: Entry, other: Entry) -> bool:
    same = (one.operation, one.path, one.query, one.body) == (other.operation, other.path, other.query, other.body)
    return same and _key(one) == _key(other)


def _within(run: list[Entry], seconds: float) -> bool:
    """Return whether a run was this short both in real time and by the project's clock, which a test may have moved."""
    return run[-1].began - run[0].began <= seconds and abs(run[-1].at - run[0].at) <= seconds


def _ended_at(session: Session) -> float:
    return min(each for each in (session.expires_at, session.cancelled_at, session.expired_at) if each is not None)


def _was_active(seen: _Seen, creation: Entry, *, at: float) -> bool:
    session = seen.session(creation.session)
    return session is not None and at < _ended_at(session)


def _in_use_with(seen: _Seen, one: Entry, others: list[Entry]) -> list[Entry]:
    """Return the sessions that were in use, between their own first and last request, when `one` was last used."""
    return [
        other
        for other in others
        if other.began <= seen.of_session[one.session or ""][-1].began <= seen.of_session[other.session or ""][-1].began
    ]


def _is_of_the_dead(session: Session, entry: Entry) -> bool:
    return entry.status == 401 and entry.at >= _ended_at(session) and _surface(entry) in {"conversation", "files"}


def _was_renewed(seen: _Seen, session: Session, refused: Entry) -> bool:
    """Return whether the client recovered from a refusal, or rightly gave up because this was its second session."""
    asked_again = any(entry.user == session.user and entry.began > refused.began for entry in seen.asked)
    of_user = [entry.session for entry in seen.created if entry.user == session.user]
    uses = [use for session_id in of_user for use in seen.of_session[session_id or ""]]
    goes_on = any(use.status == 200 and use.began > refused.began for use in uses)
    own = next((entry for entry in seen.created if entry.session == session.id), None)
    was_the_second = own is not None and any(use.status == 401 and use.began < own.began for use in uses)
    return asked_again or goes_on or was_the_second


def _is_open_at(stream: Entry, moment: float) -> bool:
    return stream.outcome == "open" or stream.began + stream.seconds > moment


def _version_asked(entry: Entry) -> str | None:
    try:
        version = msgspec.json.decode(entry.body)["workflow"].get("version")
    except (msgspec.DecodeError, LookupError, AttributeError, TypeError):
        return None
    return version if isinstance(version, str) else None


def _requests(ids: list[str]) -> str:
    return "one request" if len(ids) == 1 else f"{len(ids)} requests"
