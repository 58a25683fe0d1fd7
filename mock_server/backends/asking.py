"""Operations that the emulator itself asks of a server of the user's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from mock_server.backends.backend import Backend, Call, OwnResponse
from mock_server.backends.own_documents import Page, page_in
from mock_server.errors import BackendFailed, MockServerError
from mock_server.state.journal import Entry
from mock_server.wire.headers import Headers

PAGE = 100  # an operation costs some milliseconds, however long its answer is
_PAGES = 1000  # of one list
_TAG = "op"  # of the params' Structs


def name_of(params: Struct) -> str:
    """Return the operation that params are for, such as `threads.list`."""
    return str(params.__struct_config__.tag)


def body_of(params: Struct) -> bytes:
    """Return an operation as it is sent."""
    given = msgspec.to_builtins(params)
    name = given.pop(_TAG)
    return msgspec.json.encode({"type": name, "params": given})


async def answer_to(backend: Backend, call: Call) -> bytes:
    """Return what a server answers to an operation that does not stream. Raises BackendFailed."""
    name = name_of(call.params)
    try:
        reply = backend.respond(call)
        answered = await reply if isinstance(reply, Awaitable) else None
    except MockServerError:
        raise
    except Exception as error:
        raise BackendFailed(502, f"This server can't be asked for {name}: {error}") from error
    if not isinstance(answered, OwnResponse):
        if answered is not None:
            await answered.leave()
        raise BackendFailed(502, f"This server answered {name} with a stream.")
    if not 200 <= answered.status < 300:
        status = 404 if answered.status == 404 else 502
        raise BackendFailed(status, f"This server answered {name} with {answered.status}.", hint=answered.hint)
    return answered.body


async def pages(
    listing: Callable[[str | None], Struct], ask: Callable[[Struct], Awaitable[bytes]]
) -> AsyncIterator[Page]:
    """Yield the pages of a list; `listing` takes the cursor of one. Raises BackendFailed."""
    after: str | None = None
    seen: set[str | None] = set()
    while after not in seen and len(seen) < _PAGES:
        seen.add(after)
        params = listing(after)
        page = page_in(await ask(params), name_of(params))
        yield page
        if not page.has_more or page.after is None:
            return
        after = page.after


class DerivedCall:
    """Another operation for the caller of an operation, with everything else as it is there; a `Call`."""

    one_by_one = False

    def __init__(self, call: Call, params: Struct) -> None:
        self._call, self.caller, self.params, self.body = call, call.caller, params, body_of(params)

    @property
    def entry(self) -> Entry:
        """The request in the journal."""
        return self._call.entry

    def headers(self) -> Headers:
        """Return the request's headers, as `Call` does."""
        return self._call.headers()

    def request(self) -> Any:
        """Return the request as Starlette's Request; its body is that of the other operation."""
        return self._call.request()
