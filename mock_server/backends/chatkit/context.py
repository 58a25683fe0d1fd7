"""What a `ChatKitServer` gets as its context, unless a function of the user's own makes it."""

from typing import Any

from mock_server.backends.backend import Call

_WAY_OUT = "name a function that makes your server's context: --backend-context module:function"


class ServerContext(dict[str, Any]):
    """A mapping whose entries are attributes too, for servers of either kind.

    request: Starlette's; user: the user's id; session: the ChatKit session, or None in custom mode; workflow: the
    session's workflow id, or None; state_variables: the session's; bytes_of: returns the content of an attachment that
    was uploaded to the emulator, by its id, if this user may use it.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the emulator's context has no {name!r}; {_WAY_OUT}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __missing__(self, name: str) -> Any:
        raise KeyError(f"the emulator's context has no {name!r}; {_WAY_OUT}")


def default_context(call: Call) -> ServerContext:
    """Return the context of one operation."""
    caller, session = call.caller, call.caller.session
    return ServerContext(
        request=call.request(),
        user=caller.user,
        session=session,
        workflow=None if session is None else session.workflow_id,
        state_variables=dict((session.state_variables if session else None) or {}),
        bytes_of=caller.bytes_of,
    )
