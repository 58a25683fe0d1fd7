"""`/_mock/clock`: a project's time."""

from collections.abc import Callable

from msgspec import UNSET

from mock_server.clock import Clock
from mock_server.control.kinds import CONTROL, WITH_BODY
from mock_server.control.projects import clock_of, project_of
from mock_server.errors import ControlRefused
from mock_server.http.context import RequestContext
from mock_server.http.operation import Resource
from mock_server.moments import END_OF_TIME, instant, seconds
from mock_server.slices import in_slices
from mock_server.wire.control.clock import ClockParams, ClockState
from mock_server.wire.control.projects import ProjectQuery


def resources() -> list[Resource]:
    """Return the clock's resources."""
    return [
        Resource(
            "/_mock/clock",
            {
                "GET": CONTROL(name="clock.show", summary="Show a project's time.", handler=show, response=ClockState),
                "PUT": WITH_BODY(
                    name="clock.set",
                    summary="Freeze, move, scale or resume a project's clock.",
                    handler=move,
                    body=ClockParams,
                    response=ClockState,
                ),
            },
        ),
    ]


_FAR = 1e11  # seconds; longer than all permitted times


def show(context: RequestContext, query: ProjectQuery) -> ClockState:
    """Show a project's time."""
    return clock_of(project_of(context, query))


async def move(context: RequestContext, query: ProjectQuery, params: ClockParams) -> ClockState:
    """Do everything that the params say, in their order, or nothing. Raises ControlRefused."""
    project, moved = project_of(context, query), Clock()
    await in_slices(project.publishing_expiries())
    moved.reading = project.clock.reading
    for name in params.__struct_fields__:
        if getattr(params, name) is not UNSET:
            _refusing(name, lambda name=name: _MOVES[name](moved, getattr(params, name)))  # type: ignore[misc]
    if not 0 <= moved.reach() < END_OF_TIME:
        raise ControlRefused(
            "The clock would leave the years 1970 to 9999; it was not changed.", code="clock_out_of_range"
        )
    await in_slices(project.setting_clock(moved.reading))
    return show(context, query)


def _refusing(name: str, do: Callable[[], None]) -> None:
    try:
        do()
    except ValueError as error:
        raise ControlRefused(f"Invalid '{name}': {error}.", code="invalid_value", param=name) from None


def _freeze(clock: Clock, at: str | float) -> None:
    clock.freeze(None if at == "now" else instant(at))


_MOVES: dict[str, Callable[[Clock, str | float], None]] = {
    "resume": lambda clock, _: clock.resume(),
    "freeze": _freeze,
    "travel_to": lambda clock, at: clock.travel_to(instant(at)),
    "shift": lambda clock, by: clock.shift(seconds(by, least=-_FAR, most=_FAR)),
    "tick": lambda clock, by: clock.tick(seconds(by, most=_FAR)),
    "scale": lambda clock, factor: clock.scale(float(factor)),
}
