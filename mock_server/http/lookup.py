"""Finding the session or thread in a path, with an error that says which project has it."""

from collections.abc import Callable, Container
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from mock_server.errors import NotFound
from mock_server.http.context import RequestContext
from mock_server.state.project import Project
from mock_server.state.sessions import Session

if TYPE_CHECKING:
    from mock_server.state.threads import StoredThread

T = TypeVar("T")


def find_session(context: RequestContext, project: Project | None = None) -> Session:
    """Return the session in the path, from `project` if the query named one, else from the request's own project.

    Raises SessionNotFound, with a hint that names a project that has the session.
    """
    get = (project or context.project).sessions.get
    return _find(context, "session_id", get, kept_in=attrgetter("sessions"), is_named=project is not None)


def find_thread(context: RequestContext, project: Project | None = None) -> "StoredThread":
    """Return the thread in the path, as `find_session` does for sessions. Raises ThreadNotFound."""
    get = (project or context.project).threads.get
    return _find(context, "thread_id", get, kept_in=attrgetter("threads"), is_named=project is not None)


def _find(
    context: RequestContext,
    argument: str,
    get: Callable[[str], T],
    *,
    kept_in: Callable[[Project], Container[str]],
    is_named: bool,
) -> T:
    identifier = context.argument(argument)
    try:
        return get(identifier)
    except NotFound as error:
        found = [each.name for each in context.projects if identifier in kept_in(each)]
        error.hint = _hint_for_query(found) if is_named else _hint_for_path(context, found)
        raise


def _hint_for_query(homes: list[str]) -> str:
    return f"It is in project '{homes[0]}'; add ?project={homes[0]}." if homes else "No project has it."


def _hint_for_path(context: RequestContext, homes: list[str]) -> str:
    here = f"This request went to project '{context.project.name}'"
    if not homes:
        return f"{here}; no project has this id."
    return f"{here}; this id is in project '{homes[0]}': select it with /p/{homes[0]}/v1 or 'OpenAI-Project'."
