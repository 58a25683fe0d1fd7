"""The fault rules of one project, and which of them applies to a request. `http.faults` carries it out."""

import re
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING

from msgspec import UNSET, Struct

from mock_server.errors import ControlRefused, FaultNotFound
from mock_server.patterns import is_like, is_named

if TYPE_CHECKING:
    from mock_server.wire.control.faults import FaultAction, FaultMatch, FaultParams, FaultRule

MAGIC_WORKFLOW = "wf_mock_"
STORE = "store"  # the operation of calls of a Store, which rules for any operation leave alone
ENDINGS = ("error", "drop", "cut", "malformed", "truncated")  # effects of which a rule has at most one
ADDITIONS = ("delay", "end_session", "bandwidth")  # effects that go with each other and with any ending
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Subject(Struct, frozen=True, gc=False):
    """What a request is about, as far as that is known before it is handled."""

    operation: str
    session: str | None = None
    user: str | None = None
    workflow: str | None = None


class Faults:
    """The rules of one project, tried in order: the first that matches a request applies to it.

    hits: how many requests each rule has applied to, by its name; includes removed rules and magic values.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        """`chance` returns a random number from [0, 1)."""
        self._chance = chance
        self.drawn = 0
        self.rules: list[FaultRule] = []
        self.hits: dict[str, int] = {}

    def add(self, params: "FaultParams", *, now: float) -> "FaultRule":
        """Add a rule after the others. Raises ControlRefused for a rule that can't work."""
        from mock_server.moments import seconds  # noqa: PLC0415 - starting fast
        from mock_server.wire.control.faults import FaultRule  # noqa: PLC0415

        check(params)
        self.drawn += 1
        fault_id = f"fault_{self.drawn}"
        rule = FaultRule(
            id=fault_id,
            name=fault_id if params.name is UNSET else params.name,
            match=params.match,
            do=params.do,
            times=None if params.times is UNSET else params.times,
            until=None if params.lasts is UNSET else now + seconds(params.lasts, most=1e9),
        )
        self.rules.append(rule)
        return rule

    def remove(self, fault_id: str) -> int:
        """Remove the rule with this id, or else those with this name; return how many. Raises FaultNotFound."""
        found = [rule for rule in self.rules if rule.id == fault_id]
        found = found or [rule for rule in self.rules if rule.name == fault_id]
        if not found:
            raise FaultNotFound(fault_id)
        self.rules = [rule for rule in self.rules if rule not in found]
        return len(found)

    def remove_named(self, names: Container[str]) -> int:
        """Remove every rule that has one of these names; return how many."""
        before = len(self.rules)
        self.rules = [rule for rule in self.rules if rule.name not in names]
        return before - len(self.rules)

    def clear(self) -> None:
        """Remove every rule. Their ids are not used again."""
        self.rules = []

    def match(
        self, subject: Subject, *, path: str, now: float, magic: "Callable[[], Sequence[FaultRule]]" = tuple
    ) -> "FaultRule | None":
        """Return the rule that applies to a request, if any, and count it.

        The project's own rules come first, then those of the magic workflow ids, which `magic` returns.
        """
        is_magic = subject.workflow is not None and subject.workflow.startswith(MAGIC_WORKFLOW)
        if not self.rules and not is_magic:
            return None
        rule = next((rule for rule in self.rules if self._applies(rule, subject, path, now)), None)
        if rule is None and is_magic:
            rule = next((rule for rule in magic() if _fits(rule.match, subject, path)), None)
        if rule is not None:
            self.hits[rule.name] = self.hits.get(rule.name, 0) + 1
        return rule

    def _applies(self, rule: "FaultRule", subject: Subject, path: str, now: float) -> bool:
        over = (rule.until is not None and now >= rule.until) or (rule.times is not None and rule.hits >= rule.times)
        if over or not _fits(rule.match, subject, path):
            return False
        rule.seen += 1
        wanted = rule.match.nth
        if wanted is not UNSET and rule.seen not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
        if rule.match.probability is not UNSET and self._chance() >= rule.match.probability:
            return False
        rule.hits += 1
        return True


def check(params: "FaultParams") -> None:
    """Raise ControlRefused for a rule that is invalid, does nothing, or does two things that exclude each other."""
    from mock_server.moments import seconds  # noqa: PLC0415 - starting fast

    for name, span in (("do.delay", params.do.delay), ("lasts", params.lasts)):
        try:
            if span is not UNSET:
                seconds(span, most=3600 if name == "do.delay" else 1e9)
        except ValueError as error:
            raise ControlRefused(f"Invalid '{name}': {error}.", code="invalid_fault", param=name) from None
    if params.name is not UNSET and not _NAME.fullmatch(params.name):
        raise ControlRefused(
            f"Invalid 'name' {params.name!r}: use 1 to 64 letters, digits, dots, dashes and underscores.",
            code="invalid_fault",
            param="name",
        )
    if params.match.nth == []:
        raise ControlRefused(
            "Invalid 'match.nth': an empty list matches no request; leave it out to match all.",
            code="invalid_fault",
            param="match.nth",
        )
    _check_effects(params.do)
    refused = [name for name in (*ENDINGS[1:], *ADDITIONS[1:]) if is_for_store(params.match) and does(params.do, name)]
    if refused:
        raise ControlRefused(
            f"A call of a Store can only fail or be late: use error or delay instead of {refused[0]}.",
            code="invalid_fault",
            param=f"do.{refused[0]}",
        )


def _check_effects(do: "FaultAction") -> None:
    endings = [name for name in ENDINGS if does(do, name)]
    if len(endings) > 1:
        raise ControlRefused(
            f"A rule can do only one of {', '.join(endings)}; add a rule for each.", code="invalid_fault", param="do"
        )
    if not endings and not any(does(do, name) for name in ADDITIONS):
        names = [*ADDITIONS, *ENDINGS]
        raise ControlRefused(
            f"The rule does nothing: set {', '.join(names[:-1])} or {names[-1]}.", code="invalid_fault", param="do"
        )


def is_for_store(match: "FaultMatch") -> bool:
    """Return whether a rule applies to calls of a Store rather than to requests."""
    return match.operation is not UNSET and is_named(match.operation, STORE)


def does(do: "FaultAction", effect: str) -> bool:
    """Return whether an action has an effect, named by its field; 0 is a value, False is none."""
    value = getattr(do, effect)
    return value is not UNSET and value is not False


def _fits(match: "FaultMatch", subject: Subject, path: str) -> bool:
    return (
        (
            not is_named(subject.operation, STORE)
            if match.operation is UNSET
            else is_named(subject.operation, match.operation)
        )
        and (match.path is UNSET or is_like(path, match.path))
        and all(
            wanted is UNSET or is_like(given, wanted)
            for wanted, given in (
                (match.workflow, subject.workflow),
                (match.user, subject.user),
                (match.session, subject.session),
            )
        )
    )
