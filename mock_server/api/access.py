"""Who talks, and what they may see and send: the session's limits, applied."""

from collections.abc import Callable
from typing import Self

from msgspec import UNSET

from mock_server.errors import ThreadNotFound
from mock_server.http.call import Call
from mock_server.state.files import MEGABYTE, File
from mock_server.state.sessions import Session
from mock_server.state.threads import Thread
from mock_server.wire.files import Attachment
from mock_server.workflows.script import Script

CUSTOM_LIMIT_MB = 512  # of a file in custom mode, where no session sets one


class Visitor:
    """The user behind a call, with a session, or without one in custom mode or with an API key."""

    def __init__(self, call: Call, session: Session | None, user: str) -> None:
        self.call, self.session, self.user = call, session, user

    @classmethod
    def of(cls, call: Call) -> Self:
        """The visitor of a call that `auth.client_secret` has let in."""
        session = call.session
        if session is not None:
            return cls(call, session, session.user)
        named = call.headers.get(b"x-mock-user", b"").decode("latin-1")
        return cls(call, None, named or call.projects.settings.custom_user)

    def script(self) -> Script:
        """The workflow that answers."""
        settings = self.call.projects.settings
        return self.call.workflows.get(self.session.workflow_id if self.session else settings.custom_workflow)

    def has_version(self) -> bool:
        """Whether the session's workflow version exists; if not, its first message fails (observed)."""
        if self.session is None:
            return True
        return self.call.workflows.has_version(self.session.workflow_id, self.session.workflow_version)

    def spend_request(self) -> None:
        """Count this request. Raises RateLimited."""
        if self.session is not None:
            self.call.project.usage.spend_request(self.session, now=self.call.now)

    def new_file(self, *, name: str = "", mime_type: str = "") -> File:
        """A file of this user's that is still to come; one sent with an API key is the whole project's (inferred)."""
        return File(
            id=self.call.project.ids.new("cfile", now=self.call.now),
            name=name,
            mime_type=mime_type,
            user=None if self.session is None and self.call.bearer else self.user,
            max_size=(self.session.max_file_size if self.session else CUSTOM_LIMIT_MB) * MEGABYTE,
        )

    def thread(self, thread_id: str) -> Thread:
        """A thread this user may open. Raises ThreadNotFound, also for a thread of another user's."""
        thread = self.call.project.threads.get(thread_id)
        if not self.may_see()(thread):
            raise ThreadNotFound(thread_id)
        return thread

    def may_see(self) -> Callable[[Thread], bool]:
        """Whether a thread is this user's and within the session's history.

        A session always sees the threads it began (inferred), with history off only those.
        """
        session = self.session
        if session is None or (session.history and session.recent_threads is None):
            return lambda thread: thread.user == self.user
        recent = self.call.project.threads.newest_of(self.user)[: session.recent_threads] if session.history else []
        seen = {thread.id for thread in recent}
        return lambda thread: thread.user == self.user and (thread.session_id == session.id or thread.id in seen)

    def attachment(self, file_id: str) -> Attachment:
        """A file of this user's, as messages carry it. Raises AttachmentNotFound."""
        file = self.call.project.files.of_user(file_id, self.user)
        return self.shown(file)

    def spend_upload(self) -> None:
        """Count a file. Raises UploadRefused."""
        if self.session is not None:
            self.call.project.usage.spend_upload(self.session)

    def shown(self, file: File) -> Attachment:
        """A file as uploads and messages show it; images have a preview."""
        url = self.file_url(file.id)
        return Attachment(
            id=file.id,
            name=file.name,
            mime_type=file.mime_type,
            type=file.type,
            preview_url=url if file.type == "image" else UNSET,
            upload_url=url,
        )

    def file_url(self, file_id: str) -> str:
        """Where a file's content is; it names its project, for a browser fetches it without a secret."""
        scheme = self.call.scope["scheme"]
        host = self.call.headers.get(b"host", b"127.0.0.1").decode("latin-1")
        project = self.call.project.name
        prefix = "" if project == self.call.projects.default.name else f"/p/{project}"
        return f"{scheme}://{host}{prefix}/v1/chatkit/files/{file_id}"
