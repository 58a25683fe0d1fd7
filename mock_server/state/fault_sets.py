"""The shipped faults: the sets by their names, and what the magic workflow ids do."""

from collections import Counter
from collections.abc import Iterable
from functools import cache

import msgspec
from msgspec import structs

from mock_server.documents import read_document
from mock_server.errors import FaultNotFound
from mock_server.fixtures import fixtures_folder, shipped
from mock_server.state.faults import read_set
from mock_server.wire.faults import FaultParams, FaultRule, FaultSet, MagicFile, MagicValue


@cache
def shipped_sets() -> dict[str, FaultSet]:
    """The shipped sets by name."""
    return {name: read_set(fixtures_folder() / "faults" / f"{name}.yaml") for name in shipped("faults")}


def shipped_set(name: str) -> FaultSet:
    """The shipped set of this name. Raises FaultNotFound."""
    if name not in shipped_sets():
        raise FaultNotFound(name, hint=f"The shipped sets are {', '.join(shipped_sets())}.")
    return shipped_sets()[name]


@cache
def magic_values() -> dict[str, MagicValue]:
    """The magic workflow ids that are made of faults; their rules bear the id as a name, and fit every workflow."""
    read = msgspec.convert(read_document(fixtures_folder() / "magic.yaml"), MagicFile)
    return {
        magic.value: structs.replace(
            magic, faults=[structs.replace(params, name=magic.value) for params in magic.faults]
        )
        for magic in read.values
    }


def magic_value(value: str) -> MagicValue:
    """The magic workflow id of this name. Raises FaultNotFound."""
    if value not in magic_values():
        raise FaultNotFound(value, hint=f"The magic workflow ids are {', '.join(magic_values())}.")
    return magic_values()[value]


def names_of(faults: Iterable[FaultParams]) -> list[str]:
    """The names that rules are given; shipped ones all have one."""
    return [params.name for params in faults if params.name]


def are_there(faults: Iterable[FaultParams], rules: Iterable[FaultRule]) -> bool:
    """Whether there is a rule for each of these, by their names."""
    return Counter(names_of(faults)) <= Counter(rule.name for rule in rules)
