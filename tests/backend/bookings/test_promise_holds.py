"""Whatever the town: who asks for a meeting gets one the same or the next working day, or a promise that says why not.

Real bookings in towns drawn at random: opening hours and closed days, whom there is and when, who is away. Among the
weeks are both in which the clocks change, the year's end, and one with a bridging day. People ask, choose and cancel;
we move and cancel; interpreters take their word back. After each of these it is held against what is owed to whom.
"""

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from backend import municipalities, postgres
from backend.bookings import absences, service
from backend.bookings.models import LIVE, MeetingRow
from backend.calendar import NOON, WorkingCalendar, day_in_sweden, is_red_day, moment
from backend.codec import envelope_key
from backend.contract import Meeting, NoticeKind
from backend.database import Database
from backend.errors import Refusal
from backend.handover import desk
from backend.promises import Promise
from tests.backend.meetings import Town
from tests.backend.stories import ENVELOPE_KEY, StoryClock

WEEKS = {
    "clocks go back": date(2026, 10, 22),
    "clocks go forward, Easter": date(2027, 3, 24),
    "Christmas and New Year": date(2026, 12, 21),
    "Ascension Day and its Friday": date(2027, 5, 4),
    "ordinary": date(2026, 11, 30),
}
STEPS = 45
MORNING, AFTERNOON = (time(8), time(12)), (time(13), time(16, 30))


@dataclass
class Owed:
    """What holds of one person. ``asked_at``, ``due``: of the promise. ``kept`` by her meeting, or else it is owed."""

    asked_at: datetime
    due: datetime
    kept: bool


@dataclass
class Life:
    """People and what is owed to them, in one town."""

    town: Town
    calendar: WorkingCalendar
    chance: random.Random
    resources: list[UUID]
    people: list[UUID] = field(default_factory=list)
    owed: dict[UUID, Owed] = field(default_factory=dict)
    late: int = 0
    """How many could be offered nothing in time."""

    # --- What happens -------------------------------------------------------------------------------------------------

    async def goes_on(self) -> None:
        happens: list[Callable[[], Awaitable[None]]] = [
            *[self.somebody_asks] * 5,
            self.she_cancels,
            self.we_cancel,
            self.we_move,
            self.interpreter_takes_it_back,
            self.somebody_is_away,
        ]
        with suppress(Refusal):
            await self.chance.choice(happens)()
        await self.is_kept_or_flagged()
        self.town.clock.advance(minutes=self.chance.choice((1, 15, 45, 120, 300)))

    async def somebody_asks(self) -> None:
        again = [person for person in self.people if self._owes(person)]
        person = self.chance.choice(again) if again and self.chance.random() < 0.3 else uuid4()
        if await self._has_one(person):
            return
        asked_at = self.town.clock()
        offered = await self.town.offers(self.chance.choice((None, None, "ar")), person=person, channel="sms")
        if person not in self.people:
            self.people.append(person)
        due = self._due(asked_at)
        if not offered.within_promise:
            # She is told so by this very answer, and staff see it at once.
            self.late += 1
            before = self.owed.get(person)
            self.owed[person] = Owed(asked_at, min(due, before.due) if before else due, kept=False)
        else:
            assert self._in_time(asked_at, offered.times[0].start)
        if not offered.times or self.chance.random() < 0.2:
            return
        choice = offered.times[0] if self.chance.random() < 0.7 else self.chance.choice(offered.times)
        language = "ar" if choice.end - choice.start != self._plain() else None
        meeting = await self.town.books(choice.slot, language, person=person)
        if (owed := self.owed.get(person)) is not None:
            owed.kept = meeting.start <= owed.due
        elif meeting.start <= due:
            self.owed[person] = Owed(asked_at, due, kept=True)

    async def she_cancels(self) -> None:
        if (meeting := await self._some_meeting()) is not None:
            await self.town.cancels(meeting)
            self.owed.pop(meeting.person, None)

    async def we_cancel(self) -> None:
        if (meeting := await self._some_meeting()) is not None:
            async with self.town.database.transaction() as session:
                await service.cancel_by_staff(session, self.town.clock, meeting.id)
            if (owed := self.owed.get(meeting.person)) is not None:
                owed.kept = False
            await self._is_told(NoticeKind.MEETING_CANCELLED, meeting)

    async def we_move(self) -> None:
        if (meeting := await self._some_meeting()) is None:
            return
        async with self.town.database.transaction() as session:
            times = await service.times_to_move(session, self.town.clock, meeting.id, 5)
            if not times:
                return
            slot = self.chance.choice(times).slot
            await service.move_by_staff(session, self.town.clock, meeting.id, slot)
        await self._moved(meeting)

    async def interpreter_takes_it_back(self) -> None:
        meeting = await self._some_meeting()
        if meeting is None or meeting.interpreter_language is None:
            return
        asked = [step for step in await self.town.steps(meeting.id) if step.state == "asked"]
        if asked:
            await self.town.confirms(asked[0].id)
            await self.town.declines(asked[0].id)
            await self._moved(meeting)

    async def somebody_is_away(self) -> None:
        """A day or two from tomorrow on. Whose meetings that hits stand in a list of their own until they are moved."""
        day = day_in_sweden(self.town.clock()) + timedelta(days=self.chance.randint(1, 3))
        days = timedelta(days=self.chance.randint(1, 2))
        async with self.town.database.transaction() as session:
            starts_at = moment(day, time.min)
            whom = self.chance.choice(self.resources)
            hits = await absences.add(session, self.town.clock, whom, starts_at, starts_at + days)
        alerts = {about for _, about in await self.town.alerts()}
        assert {meeting.id for meeting in hits} <= alerts

    # --- What holds ---------------------------------------------------------------------------------------------------

    async def is_kept_or_flagged(self) -> None:
        """Hold what stands in the books against what is owed."""
        now = self.town.clock()
        async with self.town.database.transaction() as session:
            lines = {
                line.person: line
                for line in await desk.promised(session, self.town.clock)
                if line.in_swedish.startswith("Möte")
            }
            promises = await session.exec(
                select(Promise).where(Promise.what == "meeting", col(Promise.withdrawn_at).is_(None))
            )
            meetings = await session.exec(select(MeetingRow).where(col(MeetingRow.status).in_(LIVE)))
            starts = {meeting.person: meeting.starts_at for meeting in meetings.all()}
            stands = defaultdict[UUID, list[Promise]](list)
            for promise in promises.all():
                stands[promise.person].append(promise)
        for person in self.people:
            still_open = [promise for promise in stands[person] if promise.is_open()]
            if not self._owes(person):
                assert not still_open
                continue
            (promise,) = still_open
            assert promise.why is not None
            # Customer service sees it at once, and so long before it breaks.
            line, owed = lines[person], self.owed[person]
            assert line.soon
            assert line.due_at == owed.due
            assert line.broken == (owed.due < now)
        for person, owed in self.owed.items():
            if owed.kept and person in starts:
                assert any(promise.kept_at is not None and promise.why is None for promise in stands[person])
                assert self._in_time(owed.asked_at, starts[person])

    def _owes(self, person: UUID) -> bool:
        return person in self.owed and not self.owed[person].kept

    def _due(self, asked_at: datetime) -> datetime:
        """When the next working day closes; counted here once more, day by day."""
        day = day_in_sweden(asked_at) + timedelta(days=1)
        while not self._works(day):
            day += timedelta(days=1)
        closes = self.calendar.opening_hours[day.weekday()][1]
        if day.weekday() in self.calendar.closed_afternoons:
            closes = min(closes, NOON)
        return moment(day, min(closes, self.calendar.short_days.get(day, closes)))

    def _works(self, day: date) -> bool:
        return day.weekday() < 5 and not is_red_day(day) and day not in self.calendar.closed_days

    def _in_time(self, asked_at: datetime, start: datetime) -> bool:
        first, last = day_in_sweden(asked_at), day_in_sweden(start)
        between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
        return asked_at < start and sum(map(self._works, between)) <= 1

    # --- Within -------------------------------------------------------------------------------------------------------

    def _plain(self) -> timedelta:
        return timedelta(minutes=self.town.database.municipality.meetings.minutes)

    async def _moved(self, before: Meeting) -> None:
        now = await self.town.meeting(before.id)
        if now.start == before.start:
            return
        if (owed := self.owed.get(now.person)) is not None:
            owed.kept = now.start <= owed.due
        await self._is_told(NoticeKind.MEETING_MOVED, now)

    async def _is_told(self, kind: NoticeKind, meeting: Meeting) -> None:
        assert (kind, meeting.id) == [(kind, about.id) for kind, about in await self.town.told()][-1]

    async def _meeting(self, person: UUID) -> Meeting | None:
        if person not in self.people:
            return None
        async with self.town.database.transaction() as session:
            return await service.next_meeting(session, person, self.town.clock())

    async def _has_one(self, person: UUID) -> bool:
        """Also one that is over, and of which nobody has written yet whether she came."""
        if person not in self.people:
            return False
        async with self.town.database.transaction() as session:
            return any(meeting.status in LIVE for meeting in await service.of_person(session, person))

    async def _some_meeting(self) -> Meeting | None:
        """One that is still to come."""
        for person in self.chance.sample(self.people, len(self.people)):
            meeting = await self._meeting(person)
            if meeting is not None and meeting.start > self.town.clock():
                return meeting
        return None


# --- Towns ------------------------------------------------------------------------------------------------------------


def calendar_of(chance: random.Random, first: date) -> WorkingCalendar:
    """Opening hours of each weekday, closed afternoons, days that are short or closed, and until when it is today."""
    days = [first + timedelta(days=n) for n in range(21)]
    return WorkingCalendar(
        {day: (chance.choice((time(8), time(9))), chance.choice((time(15), time(16, 30)))) for day in range(5)},
        closed_afternoons=frozenset(chance.sample(range(5), chance.randint(0, 2))),
        short_days={day: chance.choice((time(11), time(13))) for day in chance.sample(days, 3)},
        closed_days=frozenset(chance.sample(days, chance.randint(0, 3))),
        same_day_until=chance.choice((time(10), time(12), time(14))),
    )


@pytest.fixture
async def life(
    request: pytest.FixtureRequest, backend_database: postgres.Database, clock: StoryClock
) -> AsyncIterator[Life]:
    """A town with one or two caseworkers, one interpreter or none, and no agency."""
    week, seed = request.param
    chance = random.Random(f"{week} {seed}")
    first = WEEKS[week]
    calendar = calendar_of(chance, first)
    trelleborg = municipalities.found()["trelleborg"]
    settings = trelleborg.model_copy(update={"calendar": calendar, "interpreter_agencies": ()})
    clock.now = moment(first, time(chance.randint(7, 16), chance.choice((0, 20, 58))))
    town = Town(Database(backend_database.app_url, settings, envelope_key(ENVELOPE_KEY)), clock)
    resources = [
        await town.has_caseworker(name, hours=(chance.choice((MORNING, AFTERNOON)),))
        for name in ("Maria", "Ann")[: chance.randint(1, 2)]
    ]
    if chance.random() < 0.8:
        hours = chance.choice(((MORNING,), (MORNING, AFTERNOON)))
        resources.append(await town.has_interpreter("Samira", "ar", hours=hours))
    yield Life(town, calendar, chance, resources)
    await town.database.close()


@pytest.mark.parametrize(
    "life",
    [pytest.param((week, seed), marks=[pytest.mark.long] * bool(seed)) for week in WEEKS for seed in range(2)],
    indirect=True,
    ids=str,
)
async def test_every_request_ends_with_a_meeting_in_time_or_a_promise_that_says_why(life: Life) -> None:
    while not life.late:
        await life.somebody_asks()
        await life.is_kept_or_flagged()
    for _ in range(STEPS):
        await life.goes_on()
