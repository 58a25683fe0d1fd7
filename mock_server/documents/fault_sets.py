"""Faults from files: the shipped sets by name, other files, and what the magic workflow ids do."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec
from msgspec import structs

from mock_server.documents.places import place_and_reason
from mock_server.documents.reading import Document, read_document
from mock_server.documents.representable import unusable_part
from mock_server.documents.shipped import fixtures_folder, named_file, shipped, shipped_file
from mock_server.errors import ControlRefused, FaultNotFound
from mock_server.state.faults import Faults, check
from mock_server.wire.control.faults import FaultParams, FaultRule, FaultSet, MagicFile, MagicValue


@cache
def shipped_sets() -> dict[str, FaultSet]:
    """Return the shipped sets by name."""
    return {name: read_set(shipped_file("faults", name)) for name in shipped("faults")}


def shipped_set(name: str) -> FaultSet:
    """Return the shipped set with this name. Raises FaultNotFound."""
    if name not in shipped_sets():
        raise FaultNotFound(name, hint=f"The shipped sets are {', '.join(shipped_sets())}.")
    return shipped_sets()[name]


@cache
def magic_values() -> dict[str, MagicValue]:
    """Return the magic workflow ids that work by faults; their rules have the id as name and match any workflow."""
    read = msgspec.convert(read_document(fixtures_folder() / "magic.yaml").value, MagicFile)
    return {
        magic.value: structs.replace(
            magic, faults=[structs.replace(params, name=magic.value) for params in magic.faults]
        )
        for magic in read.values
    }


def magic_value(value: str) -> MagicValue:
    """Return the magic workflow id with this name. Raises FaultNotFound."""
    if value not in magic_values():
        raise FaultNotFound(value, hint=f"The magic workflow ids are {', '.join(magic_values())}.")
    return magic_values()[value]


@cache
def magic_rules() -> list[FaultRule]:
    """Return what the magic workflow ids do as rules, each for its own id."""
    faults = Faults(lambda: 0.0)
    for magic in magic_values().values():
        for params in magic.faults:
            match = structs.replace(params.match, workflow=magic.value)
            faults.add(structs.replace(params, match=match), now=0)
    return faults.rules


def load_faults(names: Iterable[str]) -> list[FaultParams]:
    """Return the rules of files or, by name, of shipped sets. Raises DocumentInvalid."""
    return [params for name in names for params in read_faults(named_file("faults", name))]


def read_faults(path: Path) -> list[FaultParams]:
    """Return the rules of one file. Raises DocumentInvalid with file, line, place and reason."""
    return read_set(path).faults


def read_set(path: Path) -> FaultSet:
    """Return the content of a file of rules. Raises DocumentInvalid with file, line, place and reason."""
    return set_of(read_document(path))


def set_of(document: Document) -> FaultSet:
    """Return the rules in a document. Raises DocumentInvalid with file, line, place and reason."""
    if unusable := unusable_part(document.value):
        raise document.invalid(unusable[1], place=unusable[0])
    try:
        read = msgspec.convert(document.value, FaultSet)
    except msgspec.ValidationError as error:
        place, reason = place_and_reason(error, FaultSet, document.value)
        raise document.invalid(reason, place=place) from None
    for at, params in enumerate(read.faults):
        try:
            check(params)
        except ControlRefused as error:
            place = f"faults[{at}]" + (f".{error.param}" if error.param else "")
            raise document.invalid(str(error), place=place) from None
    return read


def names_of(faults: Iterable[FaultParams]) -> list[str]:
    """Return the names that rules are given; all shipped rules have one."""
    return [params.name for params in faults if params.name]


def are_there(faults: Iterable[FaultParams], rules: Iterable[FaultRule]) -> bool:
    """Return whether `rules` has a rule with the name of each of `faults`."""
    return Counter(names_of(faults)) <= Counter(rule.name for rule in rules)
