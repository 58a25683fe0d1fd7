"""`/_mock/expiries`: when active sessions expire."""

from collections import Counter
from heapq import nsmallest

from mock_server.control.kinds import CONTROL
from mock_server.control.paging import chosen, name_of
from mock_server.control.sessions import state_of
from mock_server.http.context import RequestContext
from mock_server.http.operation import Resource
from mock_server.state.project import Project
from mock_server.state.sessions import Session
from mock_server.wire.control.sessions import ExpiriesQuery, ExpiryHistogram


def resources() -> list[Resource]:
    """Return the resource of expiries."""
    return [
        Resource(
            "/_mock/expiries",
            {
                "GET": CONTROL(
                    name="expiries",
                    summary="Count the active sessions of a project, or of all projects, by their time left.",
                    handler=show,
                    query=ExpiriesQuery,
                    response=ExpiryHistogram,
                )
            },
        ),
    ]


NEXT = 20  # how many sessions are listed, those that expire first


def show(context: RequestContext, query: ExpiriesQuery) -> ExpiryHistogram:
    """Count the active sessions by the seconds that they have left."""
    left: Counter[float] = Counter()
    first: list[tuple[float, Project, Session]] = []
    for project in chosen(context, query.project):
        now = project.clock.now()
        active = project.sessions.active(now)
        left.update({at - now: count for at, count in Counter(session.expires_at for session in active).items()})
        soon = nsmallest(NEXT, active, key=lambda session: session.expires_at)
        first += [(now, project, session) for session in soon]
    first.sort(key=lambda each: each[2].expires_at - each[0])
    longest = max(left, default=0.0)
    return ExpiryHistogram(
        project=name_of(context, query.project),
        active=left.total(),
        longest=longest,
        buckets=_counted(left, longest, query.buckets),
        next=[state_of(session, project, now) for now, project, session in first[:NEXT]],
    )


def _counted(left: Counter[float], longest: float, size: int) -> list[int]:
    """Count sessions in equal parts of the longest time. A border belongs to the later part, the end to the last."""
    buckets = [0] * size
    for seconds, count in left.items():
        buckets[min(int(seconds / longest * size), size - 1)] += count
    return buckets
