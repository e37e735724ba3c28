"""That something was done for a person at her word: written down with the act itself, so that a press does it once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons
from backend.access import Reader
from backend.behalf.models import DoneForHer, Heard, What
from backend.contract import Value
from backend.errors import DoneAlready, KeyReused, Refusal
from backend.idempotency import first_row, request_hash

HEARD: dict[Heard, str] = {
    "telephone": "i telefon",
    "counter": "vid disken",
    "meeting": "på ett möte",
    "letter": "i ett brev eller mejl",
}


class HowHeardNeeded(Refusal):
    """It was not chosen how she said it: nobody else knows, and it stands in the log."""

    wording = "Välj hur personen sa det."


class _Pressed(Value):
    what: What
    heard: Heard
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class Doing:
    """What is to be done for her by one press. ``words``: in Swedish, as it will be read (``stoppade meddelanden``).
    ``chosen``: what stood in the form, so that the same key with something else is noticed."""

    key: UUID
    what: What
    heard: Heard
    words: str = field(repr=False)
    chosen: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Done:
    """Something that was done for her, as the timeline tells it."""

    at: datetime
    words: str
    heard: Heard
    by_name: str


async def is_done(session: AsyncSession, person: UUID, doing: Doing) -> bool:
    """Whether this press is done already; a second one meanwhile waits here until the first is over.

    Raises DoneAlready where the page it stood on has done something else since.
    """
    try:
        return await first_row(session, DoneForHer, doing.key, _digest(session, person, doing)) is not None
    except KeyReused:
        raise DoneAlready from None


async def write(session: AsyncSession, reader: Reader, person: UUID, doing: Doing, at: datetime) -> None:
    """It is done, by whom, and as she said it. The caller has passed the door."""
    row = database.new_id()
    codec = database.of(session).codec
    session.add(
        DoneForHer(
            key=doing.key,
            request_hash=_digest(session, person, doing),
            id=row,
            person=(await persons.find(session, person)).id,
            at=at,
            by=reader.id,
            by_name=reader.name,
            what=doing.what,
            heard=doing.heard,
            words=codec.encrypt(doing.words, table="done_for_her", column="words", row=row),
        )
    )


async def of_person(session: AsyncSession, person: UUID) -> tuple[Done, ...]:
    """Everything that was done for her, in order. For who has opened her case."""
    same, codec = await persons.same(session, person), database.of(session).codec
    rows = await session.exec(
        select(DoneForHer).where(col(DoneForHer.person).in_(same)).order_by(col(DoneForHer.at), col(DoneForHer.id))
    )
    return tuple(
        Done(
            row.at,
            codec.decrypt(row.words, table="done_for_her", column="words", row=row.id),
            next(one for one in get_args(Heard) if one == row.heard),
            row.by_name,
        )
        for row in rows.all()
    )


def _digest(session: AsyncSession, person: UUID, doing: Doing) -> bytes:
    return request_hash(session, _Pressed(what=doing.what, heard=doing.heard, chosen=doing.chosen), person)
