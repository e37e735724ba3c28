"""The codec: what lies at rest opens in its own place, with its own municipality's key, and nowhere else."""

import os
from uuid import uuid4

import pytest

from backend.codec import CannotOpen, Codec, unwrap, wrap

PLACE = {"table": "persons", "column": "first_name"}


def test_a_value_opens_in_its_own_place_only() -> None:
    codec, row = Codec({1: os.urandom(32)}), uuid4()
    sealed = codec.encrypt("Amal", **PLACE, row=row)
    assert b"Amal" not in sealed
    assert codec.decrypt(sealed, **PLACE, row=row) == "Amal"
    with pytest.raises(CannotOpen, match=r"persons\.first_name"):
        codec.decrypt(sealed, **PLACE, row=uuid4())
    with pytest.raises(CannotOpen):
        codec.decrypt(sealed, table="persons", column="last_name", row=row)


def test_the_same_value_is_never_sealed_the_same_way_twice() -> None:
    codec, row = Codec({1: os.urandom(32)}), uuid4()
    assert codec.encrypt("Amal", **PLACE, row=row) != codec.encrypt("Amal", **PLACE, row=row)


def test_a_renewed_data_key_still_opens_and_finds_what_is_older() -> None:
    first = os.urandom(32)
    old, row = Codec({1: first}), uuid4()
    sealed, index = old.encrypt("Amal", **PLACE, row=row), old.blind("telephone", "+46701740612")
    renewed = Codec({1: first, 2: os.urandom(32)})
    assert renewed.decrypt(sealed, **PLACE, row=row) == "Amal"
    assert renewed.blind("telephone", "+46701740612") == index
    with pytest.raises(CannotOpen):
        old.decrypt(renewed.encrypt("Amal", **PLACE, row=row), **PLACE, row=row)


def test_a_damaged_or_foreign_value_does_not_open() -> None:
    codec, row = Codec({1: os.urandom(32)}), uuid4()
    sealed = codec.encrypt("Amal", **PLACE, row=row)
    for broken in (b"", sealed[:8], sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x09" + sealed[1:]):
        with pytest.raises(CannotOpen):
            codec.decrypt(broken, **PLACE, row=row)


def test_a_data_key_opens_for_its_municipality_and_envelope_only() -> None:
    envelope, data_key = os.urandom(32), os.urandom(32)
    wrapped = wrap(envelope, data_key, "svedala", 1)
    assert unwrap(envelope, wrapped, "svedala", 1) == data_key
    for key, slug in ((envelope, "trelleborg"), (os.urandom(32), "svedala")):
        with pytest.raises(CannotOpen, match=slug):
            unwrap(key, wrapped, slug, 1)
