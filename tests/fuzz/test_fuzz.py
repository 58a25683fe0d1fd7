"""A short run of each fuzzer: no 5xx, no mixed response, no task or file left, and no line of log that is not ours."""

import pytest

from fuzz.cases import Random
from fuzz.fuzzers import FUZZERS
from fuzz.watched import watched

pytestmark = [pytest.mark.exhaustive, pytest.mark.generated]
REQUESTS = 12_000


@pytest.mark.parametrize("name", FUZZERS)
def test_nothing_breaks_it(name: str) -> None:
    fuzzer, count = FUZZERS[name], int(REQUESTS * FUZZERS[name].part)
    with watched() as server:
        assert fuzzer.fuzz(server, seed=Random().randrange(10**6), requests=count) > count / 3
