"""The numbers of identity that are known: written down sealed, found again by a keyed digest, shown to who opens them.

Nobody needs one, and a new one replaces the one before, whose row stays. The digest is made with this municipality's
own key, so that nobody is found from one municipality to another.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.errors import NoNumber, NotANumberOfIdentity, NumberIsCertain
from backend.identity import numbers, trust
from backend.identity.models import IdentityNumber, Source
from backend.identity.numbers import IN_SWEDISH, NONE, Kind, NotANumber, Number
from backend.ladder import Level, opens

SAME_NUMBER = "same-number"
"""The reason of a task: a number of one person is another's, too."""

_CERTAIN: tuple[Source, ...] = ("seen", "e-identification")


@dataclass(frozen=True)
class Known:
    """That a number is known (never which): of what kind, since when, how, and by whom it was written down."""

    kind: Kind
    source: Source
    at: datetime
    by_name: str


async def write_down(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, words: str, *, seen: bool
) -> None:
    """Staff write down her number as she said it, or as they saw it; seeing it is seeing who she is (logged).

    Raises NotANumberOfIdentity, NumberIsCertain, NotAllowed, ReasonNeeded.
    """
    try:
        number = numbers.read(words, day_in_sweden(clock()))
    except NotANumber:
        raise NotANumberOfIdentity from None
    done = f"{IN_SWEDISH[number.kind]} antecknat, {'sett' if seen else 'inte sett'}"
    await access.enter(session, clock, reader, person, "identity", reason="at-the-counter", done=done)
    await keep(session, person, number, "seen" if seen else "said", at=clock(), by_name=reader.name)
    if seen:
        await trust.show(session, person, Level.SEEN, clock(), by_name=reader.name)


async def has_none(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """She has no number at all, and is not asked again (logged).

    Raises NumberIsCertain, NotAllowed, ReasonNeeded.
    """
    await access.enter(session, clock, reader, person, "identity", reason="at-the-counter", done="Har inget nummer")
    await keep(session, person, NONE, "said", at=clock(), by_name=reader.name)


async def see(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """Staff saw who she is, with whatever she had to show (logged). Raises NotAllowed, ReasonNeeded."""
    await access.enter(session, clock, reader, person, "identity", reason="at-the-counter", done="Id sett")
    await trust.show(session, person, Level.SEEN, clock(), by_name=reader.name)


async def take_back(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """It was a mistake: all she showed beyond her telephone is shown anew, and a number that was certain is only said
    from now on (logged). Raises NotAllowed, ReasonNeeded."""
    await access.enter(session, clock, reader, person, "identity", reason="follow-up", done="Id togs tillbaka")
    await trust.end(session, person, clock(), "staff", above=Level.REACHED, by_name=reader.name)
    for row in await _live(session, person):
        if row.source in _CERTAIN:
            # Whose it is nobody knows now: it must not open her page again when she shows another paper.
            row.ended_at = clock()
            session.add(row)
            await _write(session, row.person, _number(session, row), "said", at=clock(), by_name=reader.name)


async def open_number(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> str:
    """Her number, as it is written (logged). Raises NoNumber, NotAllowed, ReasonNeeded."""
    done = "Läste numret"
    await access.enter(session, clock, reader, person, "identity", reason="follow-up", done=done)
    row = await _latest(session, person)
    if row is None or row.number_index is None:
        raise NoNumber
    return numbers.written(_number(session, row))


async def to_ask_with(session: AsyncSession, person: UUID) -> str | None:
    """The twelve figures a register is asked about her by, where hers are known; for who has passed the door of it."""
    row = await _latest(session, person)
    if row is None or row.kind not in ("personnummer", "samordningsnummer"):
        return None
    return _number(session, row).kept


async def of_person(session: AsyncSession, person: UUID) -> Known | None:
    """What is known of her number, for who has opened her case."""
    row = await _latest(session, person)
    if row is None:
        return None
    return Known(_kind(row), next(one for one in get_args(Source) if one == row.source), row.at, row.by_name)


async def others(session: AsyncSession, person: UUID) -> tuple[UUID, ...]:
    """Who else in this municipality has the number she has: perhaps the same person."""
    row = await _latest(session, person)
    if row is None or row.number_index is None:
        return ()
    hers = (await persons.find(session, person)).id
    return tuple(one for one in await _with(session, row.number_index, get_args(Source)) if one != hers)


async def whose(session: AsyncSession, number: Number) -> tuple[UUID, ...]:
    """Who certainly has this number, seen or shown. More than one: two who may be the same."""
    index = _index(session, number)
    return () if index is None else await _with(session, index, _CERTAIN)


async def is_opened(session: AsyncSession, person: UUID, at: datetime) -> bool:
    """Does she stand on a step of the ladder that makes her number hers also when somebody signs in by it?"""
    return opens((await trust.of_person(session, person, at)).level, "number")


async def may_get(session: AsyncSession, person: UUID) -> bool:
    """May a number that came with an e-identification be written down with her? Not instead of another certain one:
    then somebody else signed in on her page."""
    row = await _latest(session, person)
    return row is None or row.source not in _CERTAIN or row.kind not in ("personnummer", "samordningsnummer")


async def keep(
    session: AsyncSession, person: UUID, number: Number, source: Source, *, at: datetime, by_name: str = ""
) -> None:
    """Her number is this one now. What is only said takes the place of nothing certain: raises NumberIsCertain."""
    for row in await _live(session, person):
        if row.source in _CERTAIN and source == "said":
            if row.number_index == _index(session, number):
                return
            raise NumberIsCertain
        row.ended_at = at
        session.add(row)
    await _write(session, (await persons.find(session, person)).id, number, source, at=at, by_name=by_name)


async def tell_of_two(session: AsyncSession, person: UUID, at: datetime) -> None:
    """A number stands with two persons, and nobody of the staff is there to see it: somebody looks."""
    await tasks.add(session, "check", SAME_NUMBER, at=at, person=person, queue="caseworker")


async def _write(
    session: AsyncSession, person: UUID, number: Number, source: Source, *, at: datetime, by_name: str
) -> None:
    row_id, codec = database.new_id(), database.of(session).codec
    session.add(
        IdentityNumber(
            id=row_id,
            person=person,
            kind=number.kind,
            number=codec.encrypt(number.kept, table="identity_numbers", column="number", row=row_id),
            number_index=_index(session, number),
            source=source,
            at=at,
            by_name=by_name,
        )
    )
    await session.flush()


async def _with(session: AsyncSession, index: bytes, sources: Collection[str]) -> tuple[UUID, ...]:
    rows = await session.exec(
        select(IdentityNumber.person).where(
            IdentityNumber.number_index == index,
            col(IdentityNumber.ended_at).is_(None),
            col(IdentityNumber.source).in_(sources),
        )
    )
    known = await persons.groups(session, rows.all())
    return tuple(dict.fromkeys(known.values()))


async def _live(session: AsyncSession, person: UUID) -> list[IdentityNumber]:
    same = await persons.same(session, person)
    rows = await session.exec(
        select(IdentityNumber)
        .where(col(IdentityNumber.person).in_(same), col(IdentityNumber.ended_at).is_(None))
        .order_by(col(IdentityNumber.at).desc())
    )
    return list(rows.all())


async def _latest(session: AsyncSession, person: UUID) -> IdentityNumber | None:
    return next(iter(await _live(session, person)), None)


def _number(session: AsyncSession, row: IdentityNumber) -> Number:
    codec = database.of(session).codec
    return Number(_kind(row), codec.decrypt(row.number, table="identity_numbers", column="number", row=row.id))


def _kind(row: IdentityNumber) -> Kind:
    # A CHECK holds the column to these words.
    return next(kind for kind in IN_SWEDISH if kind == row.kind)


def _index(session: AsyncSession, number: Number) -> bytes | None:
    """The digest it is found by; nobody is found by having none."""
    if number.kind == "none":
        return None
    return database.of(session).codec.blind(f"identity number {number.kind}", number.kept)
