"""The part of a handle that manages faults."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypedDict, Unpack
from urllib.parse import quote

import msgspec

from mock_server.client.control import ControlClient
from mock_server.client.identity import IdLike, id_of
from mock_server.client.times import DurationLike, as_duration
from mock_server.wire.control.faults import FaultError, FaultList, FaultRule
from mock_server.wire.control.operations import FaultOperationName
from mock_server.wire.control.requests import Cleared
from mock_server.wording import refuse_unknown

__tracebackhide__ = True  # pytest shows the line of the test


class Effects(TypedDict, total=False):
    """What happens to a request, as in `wire.control.faults.FaultAction`; `retry_after` is in seconds."""

    error: int | FaultError | Mapping[str, Any]
    retry_after: int
    delay: DurationLike
    drop: bool
    cut: int
    malformed: int
    truncated: int
    bandwidth: int
    end_session: Literal["expired", "cancelled"]


class FaultHandle:
    """A fault that was added; as a context manager, it is removed at the end."""

    def __init__(self, faults: "FaultsHandle", rule: FaultRule) -> None:
        self._faults, self.id, self.name = faults, rule.id, rule.name

    @property
    def hits(self) -> int:
        """How many times the fault was applied."""
        return next((rule.hits for rule in self._faults.list() if rule.id == self.id), 0)

    def remove(self) -> None:
        """Remove the fault."""
        self._faults.remove(self.id)

    def __enter__(self) -> Self:
        """Return the fault, which is active already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the fault, unless it has been removed already."""
        if any(rule.id == self.id for rule in self._faults.list()):
            self.remove()


class FaultsHandle:
    """The project's faults, in order: the first that matches a request applies to it."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def add(
        self,
        operation: FaultOperationName | None = None,
        *,
        name: str | None = None,
        path: str | None = None,
        workflow: str | None = None,
        user: str | None = None,
        session: IdLike | None = None,
        nth: int | Sequence[int] | None = None,
        probability: float | None = None,
        times: int | None = None,
        lasts: DurationLike | None = None,
        **do: Unpack[Effects],
    ) -> FaultHandle:
        """Add a fault: which requests it matches, how often it applies and, in `do`, what happens to them.

        `error` is a status or a whole FaultError. With an operation such as `store.add_thread_item`, the fault applies
        to calls of the Store of a server of the user's own, which can be delayed or fail. Raises ControlError for a
        fault that can't work, and TypeError for an unknown effect.
        """
        refuse_unknown(do, Effects.__annotations__)
        match = {"operation": operation, "path": path, "workflow": workflow, "user": user}
        match["session"] = None if session is None else id_of(session)
        rule = {"name": name, "times": times, "lasts": None if lasts is None else as_duration(lasts)}
        body = {
            **_given(rule),
            "match": _given({**match, "nth": nth, "probability": probability}),
            "do": _action(do),
        }
        return FaultHandle(self, self._control.ask("POST", "/faults", FaultRule, body=body))

    def use(self, name: str) -> list[FaultRule]:
        """Add the faults of a shipped set, such as `flaky`."""
        return self._control.ask("POST", f"/faults/sets/{quote(name, safe='')}", FaultList).faults

    def list(self) -> list[FaultRule]:
        """Return all faults, with how often each was applied."""
        return self._control.ask("GET", "/faults", FaultList).faults

    def remove(self, fault: IdLike) -> None:
        """Remove a fault, by its id or name."""
        self._control.ask("DELETE", f"/faults/{quote(id_of(fault), safe='')}", Cleared)

    def clear(self) -> int:
        """Remove all faults, and return how many there were."""
        return self._control.ask("DELETE", "/faults", Cleared).cleared


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _action(do: Mapping[str, Any]) -> dict[str, Any]:
    action = {name: as_duration(value) if name == "delay" else value for name, value in do.items()}
    if "retry_after" in action:
        error = msgspec.to_builtins(action.get("error", 429))
        whole = error if isinstance(error, dict) else {"status": error}
        action["error"] = {**whole, "retry_after": action.pop("retry_after")}
    return action
