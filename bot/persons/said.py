"""What was said with one person on every channel, as she reads it herself on the secure page.

What was said while nobody knew who was there (a number that was called a wrong one) is not hers to read, for a stranger
may have written it; that there is such a time she is told.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, exists, literal, select

from backend.contract import Channel, EntryState
from bot.engine import Engine
from bot.tables import entries, merges, threads
from bot.turning.threads import Line, read_line

_NEVER_SENT = (EntryState.PENDING, EntryState.DROPPED)
"""What waits, and what was no longer true when its hour came, never was a message to her."""


async def with_person(engine: Engine, municipality: str, person: UUID) -> tuple[tuple[Channel, Line], ...]:
    """Every line and the channel it went by, the latest first. What was said as somebody else in the same thread,
    before the telephone was hers, is not among them; what was said as somebody who staff know is her, is."""
    async with engine.database.reading() as connection:
        rows = (
            await connection.execute(
                select(entries, threads.c.channel)
                .join(threads, threads.c.id == entries.c.thread)
                .where(
                    and_(
                        _with(municipality, person),
                        entries.c.in_doubt.is_(False),
                        entries.c.state.not_in(_NEVER_SENT),
                    )
                )
                .order_by(entries.c.at.desc(), entries.c.number.desc())
            )
        ).all()
    if not rows:
        return ()
    codec = await engine.codec(municipality)
    return tuple((row.channel, read_line(codec, row)) for row in rows)


async def was_in_doubt(engine: Engine, municipality: str, person: UUID) -> bool:
    """Whether something was written that is left out, since nobody knows whether she wrote it."""
    theirs = and_(_with(municipality, person), entries.c.in_doubt.is_(True), entries.c.who == "person")
    found = exists(select(entries.c.number).join(threads, threads.c.id == entries.c.thread).where(theirs))
    async with engine.database.reading() as connection:
        return bool((await connection.execute(select(found))).scalar_one())


def _with(municipality: str, person: UUID) -> ColumnElement[bool]:
    """Lines that anybody said in her threads, as her or as whom staff know to be her."""
    hers = select(literal(person, Uuid()).label("id")).cte("hers", recursive=True)
    known = and_(merges.c.because == "staff", merges.c.undone_at.is_(None))
    hers = hers.union(select(merges.c.duplicate).join(hers, and_(merges.c.into == hers.c.id, known)))
    return and_(
        threads.c.municipality == municipality,
        threads.c.person == person,
        entries.c.person.in_(select(hers.c.id)),
        entries.c.who != "marker",
    )
