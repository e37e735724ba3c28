"""The promise of a meeting today or the next working day: kept when it is booked so, and a row that says why when not.

Whoever is offered a time within the promise and chooses a later one, or none, has been promised nothing more.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons, promises
from backend.bookings import planning
from backend.bookings.models import LIVE, MeetingRow
from backend.contract import MeetingStatus
from backend.promises import Promise, Why


async def cannot(session: AsyncSession, person: UUID, asked_at: datetime, why: Why) -> None:
    """Nobody can meet her in time: staff see it before the promise breaks."""
    known = await persons.meet(session, person, asked_at)
    promise = await promises.make(session, "meeting", known.id, at=asked_at, due_at=_due(session, asked_at))
    promise.why = why
    session.add(promise)
    await session.flush()


async def booked(session: AsyncSession, row: MeetingRow, asked_at: datetime, replaced: UUID | None) -> None:
    """She has a meeting. In time it keeps the promise; later than what could not be kept leaves that open."""
    promise = await _latest(session, row.person, about=replaced)
    if promise is None or (promise.about is not None and promise.about != replaced):
        if row.starts_at > _due(session, asked_at):
            return  # her own choice
        promise = await promises.make(
            session, "meeting", row.person, at=asked_at, due_at=_due(session, asked_at), about=row.id
        )
    in_time = row.starts_at <= promise.due_at
    if promise.kept_at is not None and not in_time:
        return  # she had one in time, and chose a later one
    promise.about = row.id
    if in_time:
        promise.kept_at, promise.why = promise.kept_at or row.booked_at, None
    elif promise.why is None:
        promise.withdrawn_at = row.booked_at
    session.add(promise)
    await session.flush()


async def moved(session: AsyncSession, row: MeetingRow, at: datetime) -> None:
    """We moved or cancelled her meeting: what was kept may be kept no longer, and what was late may be in time."""
    promise = await _latest(session, row.person, about=row.id)
    if promise is None or promise.about != row.id:
        return
    if row.status not in LIVE:
        promise.about = None  # what she books next is about it
    in_time = row.status in LIVE and row.starts_at <= promise.due_at
    if in_time and promise.kept_at is None:
        promise.kept_at, promise.why = at, None
    elif not in_time and promise.kept_at is not None:
        promise.kept_at, promise.why = None, "moved-by-us"
    session.add(promise)
    await session.flush()


async def settled(session: AsyncSession, row: MeetingRow, at: datetime) -> None:
    """She came, did not come, or cancelled herself: nothing is owed any more."""
    promise = await _latest(session, row.person, about=row.id)
    cancelled = row.status == MeetingStatus.CANCELLED
    if (
        promise is None
        or not promise.is_open()
        or not (promise.about == row.id or (cancelled and promise.about is None))
    ):
        return
    if row.status == MeetingStatus.HELD:
        promise.kept_at = at
    else:
        promise.withdrawn_at = at
    session.add(promise)
    await session.flush()


async def decided(session: AsyncSession, person: UUID, at: datetime) -> None:
    """What she asked a meeting for is decided: one that nobody could give her is owed no more."""
    for promise in await promises.of_person(session, person):
        if promise.what == "meeting" and promise.is_open() and promise.about is None:
            promise.withdrawn_at = at
            session.add(promise)
    await session.flush()


async def late(session: AsyncSession) -> tuple[Promise, ...]:
    """The promises that cannot be kept as it stands, the longest waiting first."""
    rows = await session.exec(
        select(Promise)
        .where(
            Promise.what == "meeting",
            col(Promise.why).is_not(None),
            col(Promise.kept_at).is_(None),
            col(Promise.withdrawn_at).is_(None),
        )
        .order_by(col(Promise.made_at), col(Promise.id))
    )
    return tuple(rows.all())


def _due(session: AsyncSession, asked_at: datetime) -> datetime:
    return planning.calendar(session).one_working_day_after(asked_at)


async def _latest(session: AsyncSession, person: UUID, *, about: UUID | None) -> Promise | None:
    """The promise about a meeting, or else the open one that no meeting is booked for."""
    hers = [one for one in await promises.of_person(session, person) if one.what == "meeting"]
    exact = next((one for one in reversed(hers) if about is not None and one.about == about), None)
    return exact or next((one for one in reversed(hers) if one.is_open()), None)
