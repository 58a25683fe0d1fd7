"""Identifiers and secrets in the observed format."""

import base64
import json
import re
import uuid

from mock_server.ids import FAKE_MARK, IdFactory, tail_of

NOW = 1_760_170_033.9718


def test_an_id_is_a_uuid8_with_its_time_and_a_tail() -> None:
    made = IdFactory().new("cksess", now=NOW)
    assert re.fullmatch(r"cksess_[0-9a-f]{48}", made)
    body = made.removeprefix("cksess_")
    parsed = uuid.UUID(body[:32])
    assert (parsed.version, parsed.variant) == (8, uuid.RFC_4122)
    assert int(body[:8], 16) == int(NOW)
    fraction = int(body[8:12], 16)
    assert fraction % 4 == 0
    assert abs(fraction / 65536 - NOW % 1) < 1 / 8192
    assert body[32:].startswith(f"0{FAKE_MARK}")


def test_a_secret_shares_the_tail_and_carries_its_expiry() -> None:
    ids = IdFactory()
    tail = tail_of(ids.new("cksess", now=NOW))
    assert tail
    secret = ids.client_secret(now=NOW, expires_at=1_760_170_633, tail=tail)
    identifier, _, token = secret.rpartition("_")
    assert tail_of(identifier) == tail
    assert token[:2] == "00"
    assert base64.b64decode(token[2:]) == b'{"expires_at": 1760170633}'
    assert json.loads(base64.b64decode(token[2:]))["expires_at"] == 1_760_170_633


def test_a_literal_id_has_no_tail() -> None:
    assert tail_of("cthr_123") is None


def test_ids_do_not_repeat() -> None:
    ids = IdFactory()
    assert len({ids.new("cti", now=NOW) for _ in range(100_000)}) == 100_000


def test_a_seed_repeats_ids_whatever_the_time_and_the_project() -> None:
    one, two = IdFactory("7", project="a"), IdFactory("7", project="b")
    assert [one.new("cksess", now=NOW) for _ in range(3)] == [two.new("cksess", now=NOW + 99) for _ in range(3)]
    assert one.request_id() == two.request_id()
    tail = "0" * 16
    assert one.client_secret(now=NOW, expires_at=1, tail=tail) != two.client_secret(now=NOW, expires_at=1, tail=tail)
