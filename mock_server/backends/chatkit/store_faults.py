"""What fault rules do to the calls of a Store: they make them fail, or wait."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from chatkit.store import NotFoundError as NotFoundInStore
from msgspec import UNSET

from mock_server.backends.backend import Call
from mock_server.backends.chatkit.current import in_emulator
from mock_server.backends.failures import StoreFault
from mock_server.moments import seconds
from mock_server.state.faults import STORE, Subject, is_for_store

if TYPE_CHECKING:
    from mock_server.wire.control.faults import FaultRule


class NotFoundError(NotFoundInStore, StoreFault):
    """What a Store raises for something that is not there, raised by a rule with error 404."""


async def strike(method: str, call: Call) -> None:
    """Carry out the rule that applies to a method of a Store, if any. Raises StoreFault, NotFoundError."""
    if any(is_for_store(rule.match) for rule in call.caller.project.faults.rules):
        rule = await in_emulator(partial(_matching, method, call))
        if rule is not None:
            await _apply(rule, method)


def _matching(method: str, call: Call) -> "FaultRule | None":
    """Count and return the rule that applies, in the emulator's loop, to which the counters belong."""
    caller, entry, operation = call.caller, call.entry, f"{STORE}.{method}"
    session, project = caller.session, caller.project
    subject = Subject(
        operation=operation,
        session=None if session is None else session.id,
        user=caller.user,
        workflow=None if session is None else session.workflow_id,
    )
    rule = project.faults.match(subject, path=entry.path, now=project.clock.now())
    if rule is not None:
        entry.fault = entry.fault or rule.name
        project.publish_fault(rule.name, request=entry.id, operation=operation)
    return rule


async def _apply(rule: "FaultRule", method: str) -> None:
    if rule.do.delay is not UNSET:
        await asyncio.sleep(seconds(rule.do.delay, most=3600))
    error = rule.do.error
    if error is not UNSET:
        status, message = (error, UNSET) if isinstance(error, int) else (error.status, error.message)
        told = f"the fault rule '{rule.name}' made {method} fail with {status}"
        raise (NotFoundError if status == 404 else StoreFault)(f"{message}: {told}" if message else told)
