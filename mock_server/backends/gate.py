"""The limits of a hosted session, in front of a server of the user's own that knows nothing of them."""

from collections.abc import Awaitable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from mock_server.backends.asking import DerivedCall, answer_to, pages
from mock_server.backends.backend import Backend, Call, Frames, OwnResponse
from mock_server.backends.own_documents import thread_in
from mock_server.backends.own_threads import newest_threads
from mock_server.backends.owners import Owners
from mock_server.config import PAGE_LIMIT
from mock_server.errors import BackendFailed, ThreadNotFound
from mock_server.wire.chat.operations import AttachmentCreateParams, ThreadListParams


class Gate:
    """One operation on its way to a server, and its answer on the way back."""

    def __init__(self, call: Call, server: Backend, owners: Owners) -> None:
        self._call, self._server, self._owners = call, server, owners

    async def answer(self) -> OwnResponse | Frames:
        """Perform the operation, as far as the caller's session allows it.

        Raises ThreadNotFound, UploadRefused, BackendFailed.
        """
        params, caller = self._call.params, self._call.caller
        if isinstance(params, AttachmentCreateParams):
            return await self._announce(params)
        if self._is_limited():
            if isinstance(params, ThreadListParams):
                return await self._list(params)
            await self._refuse_hidden(getattr(params, "thread_id", None))
        answered = await self._pass()
        if isinstance(answered, OwnResponse):
            if 200 <= answered.status < 300:
                self._owners.performed(params, caller, answered.body)
        else:
            self._owners.performed(params, caller)
        return answered

    async def _pass(self) -> OwnResponse | Frames:
        reply = self._server.respond(self._call)
        if not isinstance(reply, Awaitable):
            raise BackendFailed(500, "This server did not answer.")
        return await reply

    async def _announce(self, params: AttachmentCreateParams) -> OwnResponse | Frames:
        """Announce an upload; one that fails is not counted."""
        caller, succeeded = self._call.caller, False
        if caller.session is None:
            return await self._pass()
        caller.announced_file(params)
        try:
            answered = await self._pass()
            succeeded = isinstance(answered, OwnResponse) and answered.status < 300
        finally:
            if not succeeded:
                caller.return_upload()
        return answered

    # The session's history.

    def _is_limited(self) -> bool:
        session = self._call.caller.session
        return session is not None and not (session.history and session.recent_threads is None)

    async def _refuse_hidden(self, thread_id: str | None) -> None:
        """Raise ThreadNotFound for a thread that is not in the session's history."""
        if thread_id is not None and thread_id not in self._created():
            visible = await self._visible(until=thread_id)
            if all(listed != thread_id for listed, _ in visible):
                raise ThreadNotFound(thread_id)

    async def _list(self, params: ThreadListParams) -> OwnResponse:
        visible = await self._visible()
        ordered = visible if params.order == "desc" else visible[::-1]
        start = next((at for at, (listed, _) in enumerate(ordered, 1) if listed == params.after), 0)
        page = ordered[start : start + (params.limit or PAGE_LIMIT)]
        has_more = len(ordered) > start + len(page)
        body: dict[str, Any] = {"data": [thread for _, thread in page], "has_more": has_more}
        return OwnResponse(200, msgspec.json.encode(body | ({"after": page[-1][0]} if has_more and page else {})))

    def _created(self) -> set[str]:
        """Return the ids of the threads that the session created, wherever they are kept."""
        caller = self._call.caller
        assert caller.session is not None
        kept = {each.id for each in caller.project.threads.timeline if each.session_id == caller.session.id}
        return kept | self._owners.of_session(caller.session.id)

    async def _visible(self, *, until: str | None = None) -> list[tuple[str, msgspec.Raw]]:
        """Return the threads of the session's history, newest first, with their ids: its own and the newest ones.

        With `until`, those after the newest ones may be missing.
        """
        session = self._call.caller.session
        assert session is not None
        missing = set[str]() if until is not None else self._created()
        newest = (session.recent_threads or 0) if session.history else 0
        visible: list[tuple[str, msgspec.Raw]] = []
        if not newest and not missing:
            return visible
        async for page in pages(newest_threads, self._ask):
            for listed, thread in _with_ids(page.data):
                if newest or listed in missing:
                    visible.append((listed, thread))
                newest, missing = max(newest - 1, 0), missing - {listed}
            if not newest and not missing:
                break
        return visible

    async def _ask(self, params: Struct) -> bytes:
        return await answer_to(self._server, DerivedCall(self._call, params))


def _with_ids(threads: Iterable[msgspec.Raw]) -> Iterable[tuple[str, msgspec.Raw]]:
    return ((read.id, thread) for thread in threads if (read := thread_in(thread)) is not None)
