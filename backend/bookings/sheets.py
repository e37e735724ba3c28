"""The list of a day on paper: from when it is ready, when it was printed, and what has changed since.

Paper does not follow along. So each printing leaves a row with a fingerprint of every meeting as the paper says it, and
whoever looks at the list is told which of them are new, other or gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.access import Reader
from backend.bookings.lists import Planned
from backend.bookings.models import PrintedSheet
from backend.calendar import WorkingCalendar, moment
from backend.clock import Clock

READY = time(15, 0)
"""When the list for the next working day is ready, where the municipality is open so long."""
_BEFORE_CLOSING = timedelta(hours=1)


@dataclass(frozen=True)
class Since:
    """What has changed since the list was printed last. ``gone``: how many meetings of the paper are off, or on another
    day."""

    at: datetime
    by_name: str
    new: frozenset[UUID]
    other: frozenset[UUID]
    gone: int

    @property
    def changed(self) -> bool:
        return bool(self.new or self.other or self.gone)


def ready_at(calendar: WorkingCalendar, day: date) -> datetime | None:
    """When on a day the list for the next working day is ready: at three, or an hour before it closes where that is
    earlier. ``None`` on a day it does not work."""
    hours = calendar.opening(day)
    return min(moment(day, READY), hours[1] - _BEFORE_CLOSING) if hours else None


async def since_printed(session: AsyncSession, day: date, planned: Iterable[Planned]) -> Since | None:
    """What has changed of a day since its list was printed last; ``None`` where it never was."""
    found = await session.exec(
        select(PrintedSheet).where(PrintedSheet.day == day).order_by(col(PrintedSheet.number).desc()).limit(1)
    )
    latest = found.first()
    if latest is None:
        return None
    before, now = latest.rows, _rows(planned)
    return Since(
        at=latest.at,
        by_name=latest.by_name,
        new=frozenset(UUID(one) for one in now.keys() - before.keys()),
        other=frozenset(UUID(one) for one in now.keys() & before.keys() if now[one] != before[one]),
        gone=len(before.keys() - now.keys()),
    )


def printed(session: AsyncSession, clock: Clock, reader: Reader, day: date, planned: Iterable[Planned]) -> None:
    """The list of a day was printed, as it stands now."""
    session.add(PrintedSheet(day=day, at=clock(), by=reader.id, by_name=reader.name, rows=_rows(planned)))


def _rows(planned: Iterable[Planned]) -> dict[str, str]:
    return {str(one.meeting.id): _fingerprint(one) for one in planned}


def _fingerprint(one: Planned) -> str:
    meeting = one.meeting
    who = one.caseworker.name if one.caseworker else ""
    said = (meeting.start, meeting.end, meeting.status, meeting.mode, one.interpreter, one.place, who, one.said)
    return sha256(repr(tuple(str(part) for part in said)).encode()).hexdigest()[:16]
