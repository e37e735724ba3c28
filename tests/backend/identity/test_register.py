"""Numbers that are written down: sealed, found within the municipality alone, never needed, never lowered by a word."""

import json

import pytest
from sqlmodel import select

from backend import access
from backend.errors import NoNumber, NotAllowed, NotANumberOfIdentity, NumberIsCertain, ReasonNeeded
from backend.identity import numbers, register, trust
from backend.identity.models import IdentityNumber
from backend.ladder import Level
from tests.backend.identity.test_numbers import PERSONNUMMER, SAMORDNINGSNUMMER, TODAY
from tests.backend.stories import ELIN, JOHAN, MARIA, Applicant, Backend

HERS, ANOTHER = PERSONNUMMER[20], PERSONNUMMER[25]


async def write(backend: Backend, applicant: Applicant, words: str, *, seen: bool, slug: str = "trelleborg") -> None:
    async with backend.database(slug).transaction() as session:
        await register.write_down(session, backend.clock, JOHAN, applicant.person, words, seen=seen)


async def kept(backend: Backend) -> list[IdentityNumber]:
    async with backend.database().transaction() as session:
        return list((await session.exec(select(IdentityNumber).order_by(IdentityNumber.at))).all())  # type: ignore[arg-type]  # a column


async def test_a_number_that_was_seen_raises_her_and_is_read_by_who_asks_and_is_logged(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await write(backend, amal, HERS, seen=True)
    async with backend.database().transaction() as session:
        known = await register.of_person(session, amal.person)
        assert known is not None
        assert (known.kind, known.source, known.by_name) == ("personnummer", "seen", "Johan")
        assert (await trust.of_person(session, amal.person, backend.clock())).level == Level.SEEN
        assert await register.open_number(session, backend.clock, MARIA, amal.person) == f"{HERS[:8]}-{HERS[8:]}"
        log = await access.log_of(session, amal.person)
    assert [(one.what, one.reader_name, one.why) for one in log[:2]] == [
        ("identity", "Maria", "Uppföljning. Läste numret"),
        ("identity", "Johan", "Personen är här. Personnummer antecknat, sett"),
    ]
    assert HERS[2:] not in repr(log)


async def test_a_number_that_was_only_said_raises_nobody(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await write(backend, amal, HERS, seen=False)
    async with backend.database().transaction() as session:
        assert (await trust.of_person(session, amal.person, backend.clock())).level == Level.NOBODY
        assert await register.whose(session, numbers.read(HERS, TODAY)) == ()


async def test_the_number_lies_readable_nowhere(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await write(backend, amal, HERS, seen=True)
    row = (await kept(backend))[0]
    lies = json.dumps(row.model_dump(), default=lambda value: value.hex() if isinstance(value, bytes) else str(value))
    for form in (HERS, HERS[2:], HERS[::-1], HERS.encode().hex(), f"{HERS[:8]}-{HERS[8:]}"):
        assert form not in lies


async def test_it_is_found_again_in_this_municipality_and_looks_like_another_in_the_next(both: Backend) -> None:
    amal, other = await both.trelleborg.asks_for_help(), await both.trelleborg.asks_for_help()
    elsewhere = await both.svedala.asks_for_help()
    for one, slug in ((amal, "trelleborg"), (other, "trelleborg"), (elsewhere, "svedala")):
        await write(both, one, HERS, seen=True, slug=slug)
    async with both.database().transaction() as session:
        assert await register.others(session, amal.person) == (other.person,)
        here = {row.number_index for row in (await session.exec(select(IdentityNumber))).all()}
    async with both.database("svedala").transaction() as session:
        assert await register.others(session, elsewhere.person) == ()
        there = {row.number_index for row in (await session.exec(select(IdentityNumber))).all()}
    assert len(here) == 1
    assert not here & there


async def test_who_gets_another_number_keeps_her_case_and_the_row_of_the_one_before(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    for words in ("12-345678", "880209-T050", SAMORDNINGSNUMMER[0], HERS):
        backend.clock.advance(days=1)
        await write(backend, amal, words, seen=True)
    rows = await kept(backend)
    assert [row.kind for row in rows] == ["lma", "interim", "samordningsnummer", "personnummer"]
    assert [row.ended_at is None for row in rows] == [False, False, False, True]


async def test_nobody_needs_a_number(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        await register.has_none(session, backend.clock, JOHAN, amal.person)
        await register.see(session, backend.clock, JOHAN, amal.person)
        known = await register.of_person(session, amal.person)
        assert known is not None
        assert known.kind == "none"
        assert (await trust.of_person(session, amal.person, backend.clock())).level == Level.SEEN
        assert await register.others(session, amal.person) == ()
        with pytest.raises(NoNumber):
            await register.open_number(session, backend.clock, JOHAN, amal.person)


async def test_two_who_have_none_are_not_the_same(backend: Backend) -> None:
    for _ in range(2):
        amal = await backend.trelleborg.asks_for_help()
        async with backend.database().transaction() as session:
            await register.has_none(session, backend.clock, JOHAN, amal.person)
            assert await register.others(session, amal.person) == ()


async def test_what_was_seen_is_not_changed_by_what_is_said(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await write(backend, amal, HERS, seen=True)
    await write(backend, amal, HERS, seen=False)
    with pytest.raises(NumberIsCertain):
        await write(backend, amal, ANOTHER, seen=False)
    async with backend.database().transaction() as session:
        with pytest.raises(NumberIsCertain):
            await register.has_none(session, backend.clock, JOHAN, amal.person)
        assert await register.whose(session, numbers.read(HERS, TODAY)) == (amal.person,)
    await write(backend, amal, ANOTHER, seen=True)
    async with backend.database().transaction() as session:
        assert await register.whose(session, numbers.read(HERS, TODAY)) == ()


async def test_what_is_no_number_is_refused_without_being_said_again(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    wrong = HERS[:-1] + str((int(HERS[-1]) + 1) % 10)
    with pytest.raises(NotANumberOfIdentity) as refused:
        await write(backend, amal, wrong, seen=True)
    assert wrong[2:] not in f"{refused.value}{refused.value.problem}"
    assert await kept(backend) == []


async def test_interpreter_booking_and_strangers_write_no_numbers_and_read_none(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await write(backend, amal, HERS, seen=True)
    async with backend.database().transaction() as session:
        with pytest.raises((NotAllowed, ReasonNeeded)):
            await register.open_number(session, backend.clock, ELIN, amal.person)
