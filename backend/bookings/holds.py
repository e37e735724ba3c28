"""The times somebody was offered, held while she chooses: one row per person, ten minutes on the web, sixty by SMS.

A hold steers what others are offered and takes nobody's time: bookings are kept apart by constraints alone, and what
is held may be booked by anybody who asks for it by name. So thirty people on a Monday morning share what there is: as
long as other times keep the promise, nobody is offered what another holds, and after that everybody is (decision
0033).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.bookings.times import Held
from backend.contract import Channel, FreeTimesQuery
from backend.database import Row, moment

LASTS: dict[Channel, timedelta] = {
    "web": timedelta(minutes=10),
    "terminal": timedelta(minutes=10),
    "sms": timedelta(minutes=60),
    "telegram": timedelta(minutes=60),
}
"""How long what was offered is kept for whoever reads it there. Telegram is read like a text: now or in the break."""

_ONE_AFTER_ANOTHER = 7206333
_MINUTE = timedelta(minutes=1)


class Hold(Row, table=True):
    """What one person was offered last, and for which question. ``asked_at``: when she first asked."""

    __tablename__ = "holds"

    person: UUID = Field(primary_key=True)
    asked_at: datetime = moment()
    expires_at: datetime = moment()
    language: str | None = None
    not_before: date | None = None
    most: int
    minutes: int
    starts: list[datetime] = Field(sa_column=Column(ARRAY(DateTime(timezone=True)), nullable=False))

    @property
    def length(self) -> timedelta:
        return self.minutes * _MINUTE

    def answers(self, query: FreeTimesQuery, length: timedelta) -> bool:
        """Is this the same question again?"""
        asked = query.interpreter_language, query.not_before, query.limit, length
        return asked == (self.language, self.not_before, self.most, self.length)


async def wait_for_turn(session: AsyncSession) -> None:
    """Whoever is offered times to hold waits until the one before her has hers, so that two who ask in the same moment
    are offered different ones."""
    await session.exec(select(func.pg_advisory_xact_lock(_ONE_AFTER_ANOTHER)))


async def of_person(session: AsyncSession, person: UUID, now: datetime) -> Hold | None:
    """What she holds now."""
    found = await session.get(Hold, person)
    return found if found is not None and found.expires_at > now else None


async def of_others(session: AsyncSession, person: UUID, now: datetime, language: str | None) -> tuple[Held, ...]:
    """What everybody else holds now, for somebody who wants this interpreter language; first come, first counted."""
    rows = await session.exec(
        select(Hold).where(Hold.person != person, Hold.expires_at > now).order_by(col(Hold.asked_at), col(Hold.person))
    )
    return tuple(
        Held(start, hold.length, interpreter=language is not None and hold.language == language)
        for hold in rows.all()
        for start in hold.starts
    )


async def keep(
    session: AsyncSession, query: FreeTimesQuery, starts: Sequence[datetime], length: timedelta, now: datetime
) -> None:
    """Hold these for her, instead of what she held. Holds that are over go with it."""
    if query.channel is None:
        return
    before = await session.get(Hold, query.person)
    fresh = {
        "asked_at": before.asked_at if before is not None and before.expires_at > now else query.at,
        "expires_at": now + LASTS[query.channel],
        "language": query.interpreter_language,
        "not_before": query.not_before,
        "most": query.limit,
        "minutes": length // _MINUTE,
        "starts": list(starts),
    }
    held = insert(Hold).values({"person": query.person, **fresh})
    await session.exec(held.on_conflict_do_update(index_elements=[col(Hold.person)], set_=fresh))
    await session.exec(delete(Hold).where(col(Hold.expires_at) <= now))


async def give_back(session: AsyncSession, people: Sequence[UUID]) -> None:
    """She has chosen: the others are free for everybody."""
    await session.exec(delete(Hold).where(col(Hold.person).in_(people)))
