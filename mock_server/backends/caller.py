"""The caller of a request: what it may see, and what its session's limits leave it."""

from collections.abc import Callable
from functools import cache

from msgspec import UNSET

from mock_server.config import MAX_FILE_SIZE_MB
from mock_server.errors import AttachmentNotFound, ThreadNotFound
from mock_server.mime_types import declared_type
from mock_server.state.files import MEGABYTE, File
from mock_server.state.project import Project
from mock_server.state.sessions import Session
from mock_server.state.threads import StoredThread
from mock_server.wire.chat.operations import AttachmentCreateParams
from mock_server.wire.rest.files import Attachment


class Caller:
    """The user behind a request, with a session unless the request has an API key or comes in custom mode.

    now: unix seconds, the request's reading of the project's clock.
    address: the server's URL with the project's path, such as `http://127.0.0.1:4114/p/gw0`.
    """

    def __init__(
        self, project: Project, *, user: str, session: Session | None, has_key: bool, now: float, address: str
    ) -> None:
        """`has_key` is true for a caller with an API key and no session."""
        self.project, self.user, self.session = project, user, session
        self.now, self._has_key, self._address = now, has_key, address

    def spend_request(self) -> None:
        """Count a request against the session's limit. Raises RateLimited."""
        if self.session is not None:
            self.project.usage.spend_request(self.session, now=self.now)

    def return_request(self) -> None:
        """Undo the count of a request that failed through no fault of the client's."""
        if self.session is not None:
            self.project.usage.return_request(self.session, now=self.now)

    def spend_upload(self) -> None:
        """Count an upload against the session's limit. Raises UploadRefused."""
        if self.session is not None:
            self.project.usage.spend_upload(self.session)

    def return_upload(self) -> None:
        """Undo the count of an upload that failed."""
        if self.session is not None:
            self.project.usage.return_upload(self.session)

    def create_thread(self) -> StoredThread:
        """Create an empty thread for this user."""
        session_id = None if self.session is None else self.session.id
        return self.project.create_thread(user=self.user, session_id=session_id, now=self.now)

    def thread(self, thread_id: str) -> StoredThread:
        """Return a thread that this user may open. Raises ThreadNotFound, also for another user's thread."""
        thread = self.project.threads.get(thread_id)
        if not self.may_see()(thread):
            raise ThreadNotFound(thread_id)
        return thread

    def may_see(self) -> Callable[[StoredThread], bool]:
        """Return a predicate that tells whether a thread is this user's and within the session's history.

        A session always sees the threads that it created (inferred); with history off, it sees only those.
        """
        session = self.session
        if session is None or (session.history and session.recent_threads is None):
            return lambda thread: thread.user == self.user
        most = session.recent_threads if session.history else 0
        recent = cache(lambda: self.project.threads.newest_of(self.user, most))  # only if another session created it
        return lambda thread: thread.user == self.user and (thread.session_id == session.id or thread.id in recent())

    def new_file(self, *, name: str = "", mime_type: str = "") -> File:
        """Return a file whose content is yet to come. With an API key it belongs to the whole project (inferred)."""
        return File(
            id=self.project.ids.new("cfile", now=self.now),
            name=name,
            mime_type=declared_type(mime_type, name=name) if name or mime_type else "",
            user=None if self._has_key else self.user,
            max_size=(self.session.max_file_size if self.session else MAX_FILE_SIZE_MB) * MEGABYTE,
        )

    def announced_file(self, announced: AttachmentCreateParams) -> File:
        """Count a file whose content is yet to come, and return it. Raises UploadRefused."""
        file = self.new_file(name=announced.name, mime_type=announced.mime_type)
        self.project.files.refuse_type(file.mime_type)
        file.refuse_size(announced.size)
        self.spend_upload()
        return file

    def attachment(self, file_id: str) -> Attachment:
        """Return a file that this user may use, as messages carry it. Raises AttachmentNotFound."""
        return self.shown(self.project.files.of_user(file_id, self.user))

    def bytes_of(self, file_id: str) -> bytes:
        """Return the content of a file that this user may use. Raises AttachmentNotFound; any thread may call this."""
        files = self.project.files
        stored = files.contents.open(files.of_user(file_id, self.user).id)
        if stored is None:
            raise AttachmentNotFound(file_id, hint="Its content has not been uploaded, or is gone.")
        with stored:
            return stored.read()

    def shown(self, file: File) -> Attachment:
        """Return a file as uploads and messages show it; an image has a preview."""
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
        """Return the URL of a file's content. It names the project, because browsers fetch it without a secret."""
        return f"{self._address}/v1/chatkit/files/{file_id}"
