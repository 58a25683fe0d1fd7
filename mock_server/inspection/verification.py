"""Checks claims about the journal, and explains why they do not hold."""

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from mock_server.errors import ControlRefused
from mock_server.inspection.records import body_of, hidden_headers, misfits
from mock_server.masking import hidden, hidden_value
from mock_server.slices import Work
from mock_server.state.journal import Entry, Journal
from mock_server.wire.control.requests import Difference, NearMiss, RecordMatch, Verdict, VerifyParams

NEAR_MISSES = 3
_MISSING = object()


def verify(journal: Journal, claim: VerifyParams) -> Work[Verdict]:
    """Check a claim. Raises ControlRefused for one that claims nothing, or two things at once."""
    _refuse_odd(claim)
    entries = list(journal)
    if claim.sequence is not UNSET:
        return (yield from _verify_order(entries, claim.sequence))
    assert claim.match is not UNSET
    return (yield from _verify_count(entries, claim.match, claim))


def _refuse_odd(claim: VerifyParams) -> None:
    counts = [claim.times, claim.at_least, claim.at_most]
    if (claim.match is UNSET) == (claim.sequence is UNSET):
        raise ControlRefused("A claim has either 'match' or 'sequence'.", code="invalid_claim")
    if claim.sequence == []:
        raise ControlRefused("An empty sequence claims nothing; name the requests.", code="invalid_claim")
    if claim.sequence is not UNSET and any(count is not UNSET for count in counts):
        raise ControlRefused(
            "A sequence takes no count; use 'match' to count one of its requests.", code="invalid_claim"
        )
    if claim.times is not UNSET and counts[1:] != [UNSET, UNSET]:
        raise ControlRefused("'times' is exact; leave out 'at_least' and 'at_most'.", code="invalid_claim")
    if not (claim.at_least is UNSET or claim.at_most is UNSET) and claim.at_least > claim.at_most:
        raise ControlRefused("'at_least' is more than 'at_most', which no journal can satisfy.", code="invalid_claim")


def differences(entry: Entry, wanted: RecordMatch) -> list[Difference]:
    """Return the differences between a request and what is expected, field by field."""
    found = [_difference(name, value, given) for name, value, given in misfits(entry, wanted)]
    if wanted.headers is not UNSET:
        given_headers = hidden_headers(entry.headers)
        for name, value in wanted.headers.items():
            given = given_headers.get(name.lower(), _MISSING)
            if given != value:
                found.append(_difference(f"headers.{name.lower()}", value, given))
    if wanted.body is not UNSET:
        found += _body_differences("body", wanted.body, body_of(entry))
    return found


def _verify_count(entries: list[Entry], match: RecordMatch, claim: VerifyParams) -> Work[Verdict]:
    judged = yield from _judged(entries, match)
    fitting = [entry.id for found, entry in judged if not found]
    least, most = _bounds(claim)
    passed = least <= len(fitting) and (most is None or len(fitting) <= most)
    misses = [] if passed or len(fitting) >= least else _near_misses(judged)
    told = f"Expected {_described(match)} {_wanted(least, most)}, but it {_came(len(fitting))}."
    return Verdict(
        passed=passed,
        count=len(fitting),
        requests=fitting,
        explanation="" if passed else told + _told(misses, total=len(entries)),
        near_misses=misses,
    )


def _judged(entries: list[Entry], match: RecordMatch) -> Work[list[tuple[list[Difference], Entry]]]:
    """Return each request with its differences."""
    judged: list[tuple[list[Difference], Entry]] = []
    for entry in entries:
        judged.append((differences(entry, match), entry))
        yield
    return judged


def _verify_order(entries: list[Entry], sequence: list[RecordMatch]) -> Work[Verdict]:
    found: list[str] = []
    waiting = iter(entries)
    for at, match in enumerate(sequence, start=1):
        entry = yield from _first(waiting, match)
        if entry is None:
            judged = yield from _judged(entries, match)
            elsewhere = [other.id for differing, other in judged if not differing]
            came = f"it came too early, as {elsewhere[-1]}" if elsewhere else "it never came"
            misses = [] if elsewhere else _near_misses(judged)
            behind = f" after {found[-1]}" if found else ""
            told = f"Request {at} of the sequence, {_described(match)}, was expected{behind}, but {came}."
            return Verdict(
                passed=False,
                count=len(found),
                requests=found,
                explanation=told + _told(misses, total=len(entries)),
                near_misses=misses,
            )
        found.append(entry.id)
    return Verdict(passed=True, count=len(found), requests=found, explanation="", near_misses=[])


def _first(entries: Iterator[Entry], match: RecordMatch) -> Work[Entry | None]:
    for entry in entries:
        yield
        if not differences(entry, match):
            return entry
    return None


def _bounds(claim: VerifyParams) -> tuple[int, int | None]:
    if claim.times is not UNSET:
        return claim.times, claim.times
    most = None if claim.at_most is UNSET else claim.at_most
    if claim.at_least is not UNSET:
        return claim.at_least, most
    return (1, None) if most is None else (0, most)


def _near_misses(judged: list[tuple[list[Difference], Entry]]) -> list[NearMiss]:
    missed = [(found, entry) for found, entry in reversed(judged) if found]
    missed.sort(key=lambda pair: (any(each.field in {"operation", "path"} for each in pair[0]), len(pair[0])))
    return [
        NearMiss(
            id=entry.id, operation=entry.operation, method=entry.method, path=hidden(entry.path), differences=found
        )
        for found, entry in missed[:NEAR_MISSES]
    ]


def _body_differences(field: str, wanted: Any, given: Any) -> list[Difference]:
    if isinstance(wanted, dict) and isinstance(given, dict):
        return [
            each
            for key, value in wanted.items()
            for each in _body_differences(f"{field}.{key}", value, given.get(key, _MISSING))
        ]
    if isinstance(wanted, list) and isinstance(given, list) and len(wanted) == len(given):
        pairs = enumerate(zip(wanted, given, strict=True))
        return [each for at, (one, other) in pairs for each in _body_differences(f"{field}[{at}]", one, other)]
    same = wanted == given and isinstance(wanted, bool) == isinstance(given, bool)
    return [] if same else [_difference(field, wanted, given)]


def _difference(field: str, wanted: Any, given: Any) -> Difference:
    got = "(missing)" if given is _MISSING else hidden_value(given)
    return Difference(field=field, expected=wanted, got=got)


def _described(match: RecordMatch) -> str:
    said = {name: getattr(match, name) for name in match.__struct_fields__}
    parts = [f"{name} {value!r}" for name, value in said.items() if value is not UNSET]
    return "a request with " + " and ".join(parts) if parts else "a request"


def _wanted(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {_times(least)}"
    if least == most:
        return "never" if least == 0 else f"exactly {_times(least)}"
    return f"at most {_times(most)}" if least == 0 else f"between {least} and {most} times"


def _came(count: int) -> str:
    return f"came {_times(count)}" if count else "never came"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _told(misses: list[NearMiss], *, total: int) -> str:
    if not total:
        return " The journal is empty: this project has received no requests."
    lines = []
    for miss in misses:
        lines.append(f"\n  near miss: {miss.operation or f'{miss.method} {miss.path}'} ({miss.id})")
        lines += [f"\n    {each.field}: expected {each.expected!r}, got {each.got!r}" for each in miss.differences]
    return "".join(lines)
