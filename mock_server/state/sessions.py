"""Sessions. Their status is derived from the time whenever it is read; there are no timers."""

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from msgspec import UNSET, Struct, structs

from mock_server import config
from mock_server.errors import SessionNotFound, WorkflowNotFound
from mock_server.ids import IdFactory, tail_of
from mock_server.state.faults import MAGIC_WORKFLOW
from mock_server.wire.rest import sessions as wire
from mock_server.wire.rest.sessions import ChatSessionStatus, SessionCreateParams

if TYPE_CHECKING:
    from mock_server.wire.control.sessions import SessionSettings, Transition


class Session(Struct, frozen=True, gc=False, kw_only=True):
    """One session, flat so that a million fit into memory; `resource` returns its form on the wire.

    It never changes: another one takes its place, so that a snapshot can be written while sessions end.

    created_at, cancelled_at and expired_at are in unix seconds with fractions, expires_at is in whole ones; expired_at
    is set only if the session was made to expire early.
    """

    id: str
    client_secret: str
    project: str
    user: str
    workflow_id: str
    workflow_version: str | None
    state_variables: dict[str, str | int | bool | float] | None
    tracing: bool
    titling: bool
    uploads: bool
    max_file_size: int
    max_files: int
    history: bool
    recent_threads: int | None
    max_requests_per_1_minute: int
    created_at: float
    expires_at: int
    cancelled_at: float | None = None
    expired_at: float | None = None

    def status(self, now: float) -> ChatSessionStatus:
        """Return the status at `now`: active until `expires_at`, unless the session was cancelled or expired early."""
        if self.cancelled_at is not None:
            return "cancelled"
        return "active" if now < self.expires_at and self.expired_at is None else "expired"

    def transitions(self, now: float) -> "list[Transition]":
        """Return the history up to `now`, each change with the time it happened, not the time it was noticed."""
        from mock_server.wire.control.sessions import Transition  # noqa: PLC0415 - starting fast

        history = [Transition(status="active", at=self.created_at, cause="created")]
        if self.cancelled_at is not None:
            history.append(Transition(status="cancelled", at=self.cancelled_at, cause="cancelled"))
        elif self.expired_at is not None:
            history.append(Transition(status="expired", at=self.expired_at, cause="forced"))
        elif now >= self.expires_at:
            history.append(Transition(status="expired", at=self.expires_at, cause="expired"))
        return history

    def settings(self) -> "SessionSettings":
        """Return the settings that the session was created with, including defaults."""
        from mock_server.wire.control.sessions import SessionSettings  # noqa: PLC0415 - starting fast

        return SessionSettings(
            expires_after_seconds=None if self.expired_at is not None else self.expires_at - int(self.created_at),
            max_requests_per_1_minute=self.max_requests_per_1_minute,
            automatic_thread_titling=self.titling,
            file_upload=self.uploads,
            max_files=self.max_files,
            max_file_size=self.max_file_size,
            history=self.history,
            recent_threads=self.recent_threads,
            tracing=self.tracing,
            version=self.workflow_version,
            state_variables=self.state_variables,
        )

    def resource(self, now: float) -> wire.ChatSession:
        """Return the session as the API shows it."""
        return wire.ChatSession(
            id=self.id,
            status=self.status(now),
            chatkit_configuration=wire.ChatSessionChatKitConfiguration(
                automatic_thread_titling=wire.ChatSessionAutomaticThreadTitling(enabled=self.titling),
                file_upload=wire.ChatSessionFileUpload(
                    enabled=self.uploads, max_file_size=self.max_file_size, max_files=self.max_files
                ),
                history=wire.ChatSessionHistory(enabled=self.history, recent_threads=self.recent_threads),
            ),
            client_secret=self.client_secret,
            expires_at=self.expires_at,
            max_requests_per_1_minute=self.max_requests_per_1_minute,
            rate_limits=wire.ChatSessionRateLimits(max_requests_per_1_minute=self.max_requests_per_1_minute),
            user=self.user,
            workflow=wire.ChatKitWorkflow(
                id=self.workflow_id,
                state_variables=self.state_variables,
                tracing=wire.ChatKitWorkflowTracing(enabled=self.tracing),
                version=self.workflow_version,
            ),
        )


class Sessions:
    """The sessions of one project by id; their client secrets are kept in an index that all projects share."""

    def __init__(
        self, *, project: str, ids: IdFactory, secrets: dict[str, Session], workflows: Sequence[Container[str]] | None
    ) -> None:
        """`workflows` hold the ids of the only workflows that exist; with None, every id exists."""
        self._project, self._ids, self._secrets, self._workflows = project, ids, secrets, workflows
        self._by_id: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._by_id

    def ids(self) -> Iterable[str]:
        """Return the ids of the sessions."""
        return self._by_id

    def create(self, params: SessionCreateParams, *, now: float, session_id: str | None = None) -> Session:
        """Create a session, with defaults for what is left out. Raises WorkflowNotFound."""
        self._require_workflow(params.workflow.id)
        session = self.made(params, now=now, session_id=session_id)
        self.add(session)
        return session

    def made(self, params: SessionCreateParams, *, now: float, session_id: str | None = None) -> Session:
        """Return a new session of any workflow, which is not added yet."""
        session_id = session_id or self._ids.new("cksess", now=now)
        session = _resolve(params, session_id=session_id, project=self._project, ids=self._ids, now=now)
        while session.client_secret in self._secrets:  # seeded, and restored into another project before
            secret = self._ids.client_secret(
                now=now, expires_at=session.expires_at, tail=tail_of(session_id) or self._ids.new_tail()
            )
            session = structs.replace(session, client_secret=secret)
        return session

    def get(self, session_id: str) -> Session:
        """Return the session with this id. Raises SessionNotFound."""
        try:
            return self._by_id[session_id]
        except KeyError:
            raise SessionNotFound(session_id) from None

    def cancel(self, session_id: str, *, now: float) -> Session:
        """Cancel an active session and return it. Raises SessionNotFound.

        A session that has already ended is returned unchanged: cancelling twice succeeds, and cancelling an expired
        session leaves it expired (both inferred from "return its most recent metadata" in the API reference).
        """
        session = self.get(session_id)
        if session.status(now) == "active":
            session = structs.replace(session, cancelled_at=max(now, session.created_at))
            self.add(session)
        return session

    def expire(self, session_id: str, *, now: float) -> Session:
        """Make an active session expire early; one that has ended stays as it is. Raises SessionNotFound."""
        session = self.get(session_id)
        if session.status(now) == "active":
            at = max(now, session.created_at)  # the clock may have been moved back
            session = structs.replace(session, expired_at=at, expires_at=int(at))
            self.add(session)
        return session

    def add(self, session: Session) -> None:
        """Add a session that already has an id and a secret, in place of any that has the same."""
        self._by_id[session.id] = self._secrets[session.client_secret] = session

    def __iter__(self) -> Iterator[Session]:
        """Iterate over the sessions, oldest first."""
        return iter(self._by_id.values())

    def __reversed__(self) -> Iterator[Session]:
        """Iterate over the sessions, newest first."""
        return reversed(self._by_id.values())

    def active(self, now: float) -> list[Session]:
        """Return the active sessions, oldest first, by the rule of `Session.status`, inlined for speed."""
        return [
            session
            for session in self._by_id.values()
            if now < session.expires_at and session.cancelled_at is None and session.expired_at is None
        ]

    def count(self, now: float) -> dict[str, int]:
        """Return the number of sessions by status."""
        active = len(self.active(now))
        cancelled = sum(session.cancelled_at is not None for session in self._by_id.values())
        return {"active": active, "expired": len(self._by_id) - active - cancelled, "cancelled": cancelled}

    def extend(self, by_id: dict[str, Session], by_secret: dict[str, Session]) -> None:
        """Add sessions, which are given by their ids and by their secrets."""
        self._by_id.update(by_id)
        self._secrets.update(by_secret)

    def clear(self) -> None:
        """Delete every session and its client secret."""
        self.replace({}, {})

    def replace(self, by_id: dict[str, Session], by_secret: dict[str, Session]) -> dict[str, Session]:
        """Replace every session by others, which are given by their ids and by their secrets; return the old ones."""
        old, self._by_id = self._by_id, by_id
        for session in old.values():
            if self._secrets.get(session.client_secret) is session:
                del self._secrets[session.client_secret]
        self._secrets.update(by_secret)
        return old

    def _require_workflow(self, workflow_id: str) -> None:
        # An empty id is refused in any case (inferred): no workflow can have it.
        known = self._workflows is None or any(workflow_id in ids for ids in self._workflows)
        known = known or workflow_id.startswith(MAGIC_WORKFLOW)
        if not workflow_id or not known:
            raise WorkflowNotFound(workflow_id)


@cache
def default_settings() -> "SessionSettings":
    """Return the settings of a session that is created with nothing but a user and a workflow."""
    params = SessionCreateParams(workflow=wire.ChatSessionWorkflowParam(id=""), user="")
    return _resolve(params, session_id="", project="", ids=IdFactory(), now=0.0).settings()


def _resolve(params: SessionCreateParams, *, session_id: str, project: str, ids: IdFactory, now: float) -> Session:
    workflow, configuration = params.workflow, params.chatkit_configuration
    uploads, history = configuration.file_upload, configuration.history
    lifetime = params.expires_after.seconds if params.expires_after else config.EXPIRES_AFTER_SECONDS
    expires_at = int(now) + lifetime
    tail = tail_of(session_id) or ids.new_tail()
    return Session(
        id=session_id,
        client_secret=ids.client_secret(now=now, expires_at=expires_at, tail=tail),
        project=project,
        user=params.user,
        workflow_id=workflow.id,
        workflow_version=None if workflow.version is UNSET else workflow.version,
        state_variables=None if workflow.state_variables is UNSET else workflow.state_variables,
        tracing=workflow.tracing.enabled,
        titling=configuration.automatic_thread_titling.enabled,
        uploads=uploads.enabled,
        max_file_size=uploads.max_file_size,
        max_files=uploads.max_files,
        history=history.enabled,
        recent_threads=history.recent_threads or None,
        max_requests_per_1_minute=params.rate_limits.max_requests_per_1_minute,
        created_at=now,
        expires_at=expires_at,
    )
