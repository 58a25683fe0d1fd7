"""Faults of one project: which rule strikes a call. What then happens is up to `http.faults`."""

import re
from collections.abc import Callable, Container, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, Struct, structs

from mock_server.errors import ControlRefused, DocumentInvalid, FaultNotFound
from mock_server.fixtures import fixtures_folder, shipped

if TYPE_CHECKING:
    from mock_server.wire.faults import FaultAction, FaultMatch, FaultParams, FaultRule, FaultSet

MAGIC_WORKFLOW = "wf_mock_"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Subject(Struct, frozen=True, gc=False):
    """What a call is about, as far as it is known before it is done."""

    operation: str
    session: str | None = None
    user: str | None = None
    workflow: str | None = None


class Faults:
    """The rules of one project, tried in order: the first that fits a call strikes it.

    hits: how many calls each name has struck, of rules that are gone and of magic values too.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        """`chance` draws from [0, 1)."""
        self._chance = chance
        self.drawn = 0
        self.rules: list[FaultRule] = []
        self.hits: dict[str, int] = {}

    def add(self, params: "FaultParams", *, now: float) -> "FaultRule":
        """Add a rule behind the others. Raises ControlRefused for one that can't work."""
        from mock_server.moments import seconds  # noqa: PLC0415 - starting fast
        from mock_server.wire.faults import FaultRule  # noqa: PLC0415

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
        """Take away the rule of this id, or else those of this name; gives how many. Raises FaultNotFound."""
        found = [rule for rule in self.rules if rule.id == fault_id]
        found = found or [rule for rule in self.rules if rule.name == fault_id]
        if not found:
            raise FaultNotFound(fault_id)
        self.rules = [rule for rule in self.rules if rule not in found]
        return len(found)

    def remove_named(self, names: Container[str]) -> int:
        """Take away every rule of these names; gives how many."""
        before = len(self.rules)
        self.rules = [rule for rule in self.rules if rule.name not in names]
        return before - len(self.rules)

    def clear(self) -> None:
        """Take away every rule; ids go on counting."""
        self.rules = []

    def strike(self, subject: Subject, *, path: str, now: float) -> "FaultRule | None":
        """The rule that strikes this call, if any: the project's own first, then the magic values'."""
        is_magic = subject.workflow is not None and subject.workflow.startswith(MAGIC_WORKFLOW)
        if not self.rules and not is_magic:
            return None
        rule = next((rule for rule in self.rules if self._strikes(rule, subject, path, now)), None)
        if rule is None and is_magic:
            rule = next((rule for rule in _magic() if _fits(rule.match, subject, path)), None)
        if rule is not None:
            self.hits[rule.name] = self.hits.get(rule.name, 0) + 1
        return rule

    def _strikes(self, rule: "FaultRule", subject: Subject, path: str, now: float) -> bool:
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
    """Raise ControlRefused for a rule that does nothing, or two things that exclude each other."""
    from mock_server.moments import seconds  # noqa: PLC0415 - starting fast

    for name, span in (("do.delay", params.do.delay), ("lasts", params.lasts)):
        try:
            if span is not UNSET:
                seconds(span, most=3600 if name == "do.delay" else 1e9)
        except ValueError as error:
            raise ControlRefused(f"Invalid '{name}': {error}.", code="invalid_fault", param=name) from None
    if params.name is not UNSET and not _NAME.fullmatch(params.name):
        raise ControlRefused(
            f"Invalid 'name': {params.name!r} is not 1 to 64 letters, digits, dots, dashes and underscores.",
            code="invalid_fault",
            param="name",
        )
    if params.match.nth == []:
        raise ControlRefused(
            "Invalid 'match.nth': none is struck; leave it out for all.", code="invalid_fault", param="match.nth"
        )
    endings = [name for name in ("error", "drop", "cut", "malformed", "truncated") if _does(params.do, name)]
    if len(endings) > 1:
        raise ControlRefused(
            f"A rule does one of {', '.join(endings)}; make a rule for each.", code="invalid_fault", param="do"
        )
    if not endings and not any(_does(params.do, name) for name in ("delay", "end_session", "bandwidth")):
        raise ControlRefused(
            "The rule does nothing: 'do' has delay, end_session, error, drop, cut, malformed, truncated and bandwidth.",
            code="invalid_fault",
            param="do",
        )


def load_faults(names: Iterable[str]) -> "list[FaultParams]":
    """The rules of files, or of shipped sets by their names. Raises DocumentInvalid."""
    return [params for name in names for params in read_faults(_path(name))]


def read_faults(path: Path) -> "list[FaultParams]":
    """The rules of one file. Raises DocumentInvalid with file, line, place and reason."""
    return read_set(path).faults


def read_set(path: Path) -> "FaultSet":
    """A file of rules. Raises DocumentInvalid with file, line, place and reason."""
    from mock_server.documents import line_of, read_document  # noqa: PLC0415 - starting fast
    from mock_server.wire.faults import FaultSet  # noqa: PLC0415

    try:
        read = msgspec.convert(read_document(path), FaultSet)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        place = place.rstrip("`").lstrip(".")
        raise DocumentInvalid(
            reason.replace("`", "'"), source=str(path), line=line_of(path, place), place=place
        ) from None
    for at, params in enumerate(read.faults):
        try:
            check(params)
        except ControlRefused as error:
            place = f"faults[{at}]" + (f".{error.param}" if error.param else "")
            raise DocumentInvalid(str(error), source=str(path), line=line_of(path, place), place=place) from None
    return read


def _path(name: str) -> Path:
    if name in shipped("faults"):
        return fixtures_folder() / "faults" / f"{name}.yaml"
    if not Path(name).exists():
        known = ", ".join(shipped("faults"))
        raise DocumentInvalid(f"there is no such file, and no such shipped set (there are: {known})", source=name)
    return Path(name)


@cache
def _magic() -> "list[FaultRule]":
    from mock_server.state.fault_sets import magic_values  # noqa: PLC0415 - it imports this module

    faults = Faults(lambda: 0.0)
    for magic in magic_values().values():
        for params in magic.faults:
            match = structs.replace(params.match, workflow=magic.value)
            faults.add(structs.replace(params, match=match), now=0)
    return faults.rules


def _does(do: "FaultAction", name: str) -> bool:
    return getattr(do, name) not in {UNSET, False} if name == "drop" else getattr(do, name) is not UNSET


def _fits(match: "FaultMatch", subject: Subject, path: str) -> bool:
    return (
        (match.operation is UNSET or is_named(subject.operation, match.operation))
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


def is_like(text: str | None, wanted: str) -> bool:
    """Whether a text is there and is as wanted, `*` being any text."""
    return text is not None and _pattern(wanted).fullmatch(text) is not None


@lru_cache
def _pattern(wanted: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, wanted.split("*"))), re.DOTALL)


def is_named(operation: str | None, wanted: str) -> bool:
    """Whether an operation has this name, or a name that begins with its parts."""
    return operation is not None and (operation == wanted or operation.startswith(f"{wanted}."))
