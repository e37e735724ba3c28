"""What stories about meetings are told with: a town with few people in it, and somebody who asks, books and cancels."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from backend import municipalities, postgres, promises, tasks
from backend.bookings import service, slots
from backend.bookings.models import LineMode, Resource, ResourceKind, WorkingHours
from backend.calendar import SWEDEN
from backend.codec import envelope_key
from backend.contract import (
    BookMeeting,
    CancelMeeting,
    Channel,
    Feed,
    FreeTimes,
    FreeTimesQuery,
    Meeting,
    MeetingNotice,
    NoticeKind,
)
from backend.database import Database
from backend.interpreters import service as interpreters
from backend.interpreters.models import Interpreter
from backend.interpreters.service import Declined, OrderLine
from backend.municipalities.agencies import Mode
from backend.notices import service as notices
from tests.backend.stories import ENVELOPE_KEY, StoryClock

WHOLE_DAY = ((time(8), time(16, 30)),)


def sweden(moment: str) -> datetime:
    """``2026-12-01 09:30`` on Swedish clocks."""
    return datetime.fromisoformat(moment).replace(tzinfo=SWEDEN)


def clocks(times: FreeTimes) -> list[str]:
    """The offered times as people read them."""
    return [f"{offered.start.astimezone(SWEDEN):%Y-%m-%d %H:%M}" for offered in times.times]


def slot_at(moment: str, minutes: int = 30) -> str:
    """The name of a time nobody had to offer first."""
    return slots.name(sweden(moment), timedelta(minutes=minutes))


@dataclass
class Town:
    """One municipality's bookings, empty until the story fills them."""

    database: Database
    clock: StoryClock

    async def has(
        self,
        kind: ResourceKind,
        name: str,
        *,
        hours: Sequence[tuple[time, time]] = (),
        mode: LineMode | None = None,
        speaks: Sequence[str] = (),
        works_by: Sequence[Mode] = ("phone", "video"),
    ) -> UUID:
        """A resource, with the same hours every weekday."""
        async with self.database.transaction() as session:
            resource = Resource(kind=kind, name=name, mode=mode)
            session.add(resource)
            await session.flush()
            for weekday in range(5):
                for starts, ends in hours:
                    session.add(WorkingHours(resource=resource.id, weekday=weekday, starts=starts, ends=ends))
            if kind == "interpreter":
                session.add(Interpreter(resource=resource.id, languages=list(speaks), modes=list(works_by)))
        return resource.id

    async def has_caseworker(self, name: str = "Maria", hours: Sequence[tuple[time, time]] = WHOLE_DAY) -> UUID:
        """A caseworker with a room of her own."""
        await self.has("place", f"Rum {name}")
        return await self.has("caseworker", name, hours=hours)

    async def has_interpreter(
        self,
        name: str,
        *speaks: str,
        hours: Sequence[tuple[time, time]] = WHOLE_DAY,
        works_by: Sequence[Mode] = ("phone", "video"),
    ) -> UUID:
        """An interpreter with a telephone line and a video line of her own."""
        await self.has("line", f"Telefon {name}", mode="phone")
        await self.has("line", f"Video {name}", mode="video")
        return await self.has("interpreter", name, hours=hours, speaks=speaks, works_by=works_by)

    async def offers(
        self,
        language: str | None = None,
        *,
        at: datetime | None = None,
        not_before: date | None = None,
        limit: int = 3,
        person: UUID | None = None,
        channel: Channel | None = None,
    ) -> FreeTimes:
        query = FreeTimesQuery(
            person=person or uuid4(),
            at=at or self.clock(),
            interpreter_language=language,
            not_before=not_before,
            channel=channel,
            limit=limit,
        )
        async with self.database.transaction() as session:
            return await service.free_times(session, self.clock, query)

    async def books(
        self,
        slot: str,
        language: str | None = None,
        *,
        person: UUID | None = None,
        key: UUID | None = None,
        replaces: UUID | None = None,
        at: datetime | None = None,
    ) -> Meeting:
        call = BookMeeting(
            person=person or uuid4(),
            slot=slot,
            at=at or self.clock(),
            interpreter_language=language,
            replaces=replaces,
        )
        async with self.database.transaction() as session:
            return await service.book(session, self.clock, key or uuid4(), call)

    async def books_first(self, language: str | None = None, *, person: UUID | None = None) -> Meeting:
        """She takes the earliest time there is."""
        offered = await self.offers(language, limit=1)
        return await self.books(offered.times[0].slot, language, person=person)

    async def cancels(
        self, meeting: Meeting, *, key: UUID | None = None, at: datetime | None = None, person: UUID | None = None
    ) -> Meeting:
        call = CancelMeeting(person=person or meeting.person, at=at or self.clock())
        async with self.database.transaction() as session:
            return await service.cancel(session, self.clock, key or uuid4(), meeting.id, call)

    async def meeting(self, meeting: UUID) -> Meeting:
        async with self.database.transaction() as session:
            return await service.find(session, meeting)

    async def orders(self) -> tuple[OrderLine, ...]:
        async with self.database.transaction() as session:
            return await interpreters.open_orders(session, self.clock())

    async def steps(self, meeting: UUID) -> tuple[OrderLine, ...]:
        """Every order made for a meeting."""
        async with self.database.transaction() as session:
            return await interpreters.history(session, meeting)

    async def history(self, meeting: UUID) -> list[tuple[str, str]]:
        """Every interpreter asked for a meeting, and what became of it."""
        return [(step.interpreter, step.state) for step in await self.steps(meeting)]

    async def confirms(self, order: UUID) -> Meeting:
        async with self.database.transaction() as session:
            confirmed = await interpreters.confirm(session, self.clock, order)
        assert confirmed is not None
        return confirmed

    async def declines(self, order: UUID) -> Declined:
        async with self.database.transaction() as session:
            declined = await interpreters.decline(session, self.clock, order)
        assert isinstance(declined, Declined)
        return declined

    async def told(self) -> list[tuple[NoticeKind, Meeting]]:
        """What the bot was told of meetings so far."""
        async with self.database.transaction() as session:
            feed: Feed = await notices.feed(session, None, 0, 100)
        return [(notice.kind, MeetingNotice.model_validate(notice.body).meeting) for notice in feed.notices]

    async def promised(self, person: UUID) -> list[tuple[str, str | None]]:
        """How the promises of a meeting to somebody stand, and why one cannot be kept."""
        async with self.database.transaction() as session:
            hers = [one for one in await promises.of_person(session, person) if one.what == "meeting"]
        return [("kept" if one.kept_at else "open", one.why) for one in hers]

    async def alerts(self) -> list[tuple[str, UUID | None]]:
        """Why staff were alerted, and about which meeting."""
        async with self.database.transaction() as session:
            return [(task.reason, task.about) for task in await tasks.queue(session)]


@pytest.fixture
async def town(backend_database: postgres.Database, clock: StoryClock) -> AsyncIterator[Town]:
    """Trelleborg, on Monday 30 November 2026 at 9.58 to begin with."""
    trelleborg = municipalities.found()["trelleborg"]
    database = Database(backend_database.app_url, trelleborg, envelope_key(ENVELOPE_KEY))
    yield Town(database, clock)
    await database.close()
