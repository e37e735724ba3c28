"""No text leaves whose check came after a change's commit and that speaks of the state before it.

The real backend and two workers of the bot, each with its own database. At random moments meetings are booked, moved
and cancelled, interpreters say yes and take it back, what is done every week begins and ends, somebody can take no work
any more, somebody writes STOP, and staff take a thread over, while texts are taken, checked and sent. Afterwards each
text in the provider's log is held against what was true when it was asked whether it still is.
"""

import asyncio
import itertools
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import Row
from sqlmodel import col, func, select

from backend import postgres
from backend.bookings import seed as calendars
from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.calendar import SWEDEN, day_in_sweden
from backend.contract import BookMeeting, CancelMeeting, FreeTimesQuery, Meeting, MeetingStatus, Policy
from backend.errors import Refusal
from backend.handover import desk
from backend.interpreters import service as interpreters
from backend.migrations import migrate as migrate_cases
from backend.notices.models import NoticeRow
from backend.planning import service as planning
from backend.planning import weekly
from backend.planning.models import Enrolment
from backend.planning.weekly import EveryWeek
from bot import messages
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.conversation import turn
from bot.engine import Engine
from bot.leaving.kinds import KINDS
from bot.leaving.still_true import Holds, still_true
from bot.messages import Event, Outgoing, Said, State, Turn
from bot.stories.twilio import Twilio
from bot.turning import threads
from tests.backend.stories import ENVELOPE_KEY as KEY_OF_CASES
from tests.backend.stories import JOHAN, MARIA, SEAL_KEYS, Backend, StoryClock, started
from tests.bot.conftest import opened
from tests.bot.house import MONDAY, TOWN, Clock, House, Office, Parrot, numbers_of
from tests.conftest import MakeDatabase

PEOPLE, CHANGES = numbers_of(6), 45
TUESDAY = EveryWeek("job-search", 1, time(13), 60, "Exempelgatan 4", digital=False, begins_on=date(2026, 11, 30))
OF_A_MEETING = ("reminder", "meeting-changed", "interpreter-ready", "new-time")
SETTLED_WITHIN = 60.0
"""Seconds until nothing waits any more."""


class OneClock(StoryClock, Clock):
    """The same business time for both halves."""


class Wire(Office):
    """The real backend, as the bot reaches it."""

    def __init__(self, cases: Backend) -> None:
        super().__init__()
        self._application = httpx2.ASGITransport(app=cases.app)

    def transport(self) -> httpx2.MockTransport:
        async def carried(request: httpx2.Request) -> httpx2.Response:
            return await self._application.handle_async_request(request)

        return httpx2.MockTransport(carried)


class Conversation(Parrot):
    """The real one."""

    def __call__(self, state: State, event: Event, policy: Policy, now: datetime) -> Turn:
        return turn(state, event, policy, now)


# --- What is true, and what was asked ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Truth:
    """What stands of one person. ``silent``: she has written STOP. ``epoch``: of who speaks in her thread."""

    meetings: Mapping[UUID, Meeting] = field(default_factory=dict)
    enrolled: frozenset[UUID] = frozenset()
    told: UUID | None = None
    at_disposal: bool = True
    silent: bool = False
    epoch: int = 0

    def says(self, message: Outgoing, row: Row[Any]) -> bool:
        """Whether a message may leave while this is true."""
        always = KINDS[row.kind].always
        if self.silent and not (row.parting or always):
            return False
        if row.epoch < self.epoch and not (row.proactive or row.staff or always):
            return False
        return not KINDS[row.kind].still_true or self._is_right(message)

    def _is_right(self, message: Outgoing) -> bool:
        if message.kind.startswith("activity-"):
            return message.reference in self.enrolled and self.at_disposal
        if message.kind == planning.WEEK:
            return message.reference == self.told
        if message.kind not in OF_A_MEETING:
            return True
        assert message.reference is not None
        meeting = self.meetings[message.reference]
        start = message.card.start if message.card else message.until
        if start is None:
            return meeting.status is MeetingStatus.CANCELLED
        live = (MeetingStatus.BOOKED,) if message.kind == "interpreter-ready" else LIVE
        return meeting.status in live and meeting.start == start


@dataclass
class Log:
    """What became true when, and when each message was asked about last; by one count of moments for all."""

    moments: "itertools.count[int]" = field(default_factory=itertools.count)
    truths: dict[UUID, list[tuple[int, int, Truth]]] = field(default_factory=dict)
    """By person: the moment before the change began, that after its commit, and what is true from then on."""
    checks: dict[UUID, tuple[int, int]] = field(default_factory=dict)

    def now(self) -> int:
        return next(self.moments)

    def may_have_seen(self, person: UUID, check: tuple[int, int]) -> list[Truth]:
        """What may have been true in the course of a check: nothing that was over when it began."""
        asked, answered = check
        changes = self.truths[person]
        last = max((place for place, (_, committed, _) in enumerate(changes) if committed < asked), default=0)
        return [truth for place, (began, _, truth) in enumerate(changes) if place >= last and began < answered]


@dataclass
class World:
    """Everybody and everything of one run. Changes are made one after the other; what sends goes on beside them."""

    cases: Backend
    house: House
    clock: OneClock
    log: Log
    chance: random.Random
    threads: dict[UUID, UUID] = field(default_factory=dict)
    """By person."""
    addresses: dict[UUID, str] = field(default_factory=dict)
    every_week: dict[UUID, UUID] = field(default_factory=dict)

    # --- Changes ------------------------------------------------------------------------------------------------------

    async def change(self) -> str:
        """Something happens to somebody; what it was, if it could be."""
        kinds: list[Callable[[UUID], Awaitable[object]]] = [
            *[self.books] * 3,
            *[self.moves] * 4,
            *[self.cancels] * 2,
            *[self.interpreter_answers] * 6,
            *[self.begins_every_week] * 2,
            *[self.ends_every_week] * 2,
            self.can_take_no_work,
        ]
        did, person = self.chance.choice(kinds), self.chance.choice(list(self.threads))
        began = self.log.now()
        with suppress(Refusal):
            if await did(person) is None:
                return ""
            await self.became_true(person, began)
            return did.__name__
        return ""

    async def became_true(self, person: UUID, began: int, **beside: Any) -> None:
        committed = self.log.now()
        before = self.log.truths[person][-1][2] if person in self.log.truths else Truth()
        async with self.cases.database().transaction() as session:
            hers = await bookings.of_person(session, person)
            plan = await planning.first_plan(session, (person,))
            enrolled = await session.exec(
                select(Enrolment.id).where(Enrolment.person == person, col(Enrolment.cancelled_at).is_(None))
            )
            truth = Truth(
                {meeting.id: meeting for meeting in hers},
                frozenset(enrolled.all()),
                plan.notice if plan else None,
                plan.at_disposal if plan else True,
                before.silent,
                before.epoch,
            )
        truth = Truth(**{**vars(truth), **beside})
        self.log.truths.setdefault(person, []).append((began, committed, truth))

    async def books(self, person: UUID) -> Meeting | None:
        if await self._hers(person):
            return None
        language = self.chance.choice((None, "ar", "ar", "so"))
        async with self.cases.database().transaction() as session:
            query = FreeTimesQuery(person=person, at=self.clock(), interpreter_language=language, limit=3)
            offered = await bookings.free_times(session, self.clock, query)
            if not offered.times:
                return None
            slot = self.chance.choice(offered.times).slot
            call = BookMeeting(person=person, slot=slot, at=self.clock(), interpreter_language=language)
            return await bookings.book(session, self.clock, uuid4(), call)

    async def moves(self, person: UUID) -> Meeting | None:
        meeting = await self._hers(person)
        if meeting is None:
            return None
        async with self.cases.database().transaction() as session:
            times = await bookings.times_to_move(session, self.clock, meeting.id, 4)
            if not times:
                return None
            slot = self.chance.choice(times).slot
            return await bookings.move_by_staff(session, self.clock, meeting.id, slot)

    async def is_moved_last(self, person: UUID) -> None:
        """Her meeting is moved to a day that is still to come when all has settled: she is told, however little else
        could leave before it was over."""
        began, meeting = self.log.now(), await self._hers(person) or await self.books(person)
        assert meeting is not None
        later = day_in_sweden(self.clock()) + timedelta(days=5)
        async with self.cases.database().transaction() as session:
            language = meeting.interpreter_language
            query = FreeTimesQuery(person=person, at=self.clock(), interpreter_language=language, not_before=later)
            offered = await bookings.free_times(session, self.clock, query)
            await bookings.move_by_staff(session, self.clock, meeting.id, offered.times[0].slot)
        await self.became_true(person, began)

    async def cancels(self, person: UUID) -> Meeting | None:
        meeting = await self._hers(person)
        if meeting is None:
            return None
        async with self.cases.database().transaction() as session:
            if self.chance.random() < 0.5:
                return await bookings.cancel_by_staff(session, self.clock, meeting.id)
            call = CancelMeeting(person=person, at=self.clock())
            return await bookings.cancel(session, self.clock, uuid4(), meeting.id, call)

    async def interpreter_answers(self, person: UUID) -> object:
        """She says yes, or takes it back."""
        meeting = await self._hers(person)
        if meeting is None:
            return None
        async with self.cases.database().transaction() as session:
            steps = await interpreters.history(session, meeting.id)
            asked = next((step for step in steps if step.state in ("asked", "confirmed")), None)
            if asked is None:
                return None
            answers = interpreters.confirm if asked.state == "asked" else interpreters.decline
            return await answers(session, self.clock, asked.id)

    async def begins_every_week(self, person: UUID) -> UUID | None:
        if person in self.every_week:
            return None
        hour, weekday = self.chance.randrange(8, 16), self.chance.randrange(5)
        planned = EveryWeek(**{**vars(TUESDAY), "at": time(hour), "weekday": weekday})
        async with self.cases.database().transaction() as session:
            self.every_week[person] = await weekly.add(session, self.clock, MARIA, person, planned)
        return self.every_week[person]

    async def ends_every_week(self, person: UUID) -> UUID | None:
        row = self.every_week.pop(person, None)
        if row is not None:
            async with self.cases.database().transaction() as session:
                await weekly.end(session, self.clock, MARIA, person, row)
        return row

    async def can_take_no_work(self, person: UUID) -> bool:
        async with self.cases.database().transaction() as session:
            plan = await planning.plan_of(session, person)
            plan.at_disposal = not plan.at_disposal
            session.add(plan)
        return True

    async def says_stop(self, person: UUID) -> None:
        began = self.log.now()
        await self.writes(self.addresses[person], "STOPP")
        await self._until(self.threads[person], lambda thread: thread.opted_out)
        await self.became_true(person, began, silent=True)

    async def staff_take_over(self, person: UUID) -> None:
        """They want it, and the machine has fallen silent."""
        began, thread = self.log.now(), self.threads[person]
        # What she writes now has an answer on its way.
        await self.writes(self.addresses[person], "Hej?")
        async with self.cases.database().transaction() as session:
            await desk.take_over(session, self.clock, JOHAN, thread, "answers-now")
        state = await self._until(thread, lambda thread: thread.owner == "staff")
        await self.became_true(person, began, epoch=state.epoch)

    async def _until(self, thread: UUID, so: Callable[[messages.Thread], bool]) -> messages.Thread:
        """What was written has been read, maybe by a worker."""
        async with asyncio.timeout(SETTLED_WITHIN):
            while not so(state := (await threads.state(self.house.engine, thread)).thread):  # noqa: ASYNC110  # it is in the database
                await asyncio.sleep(0.01)
        return state

    async def writes(self, address: str, words: str) -> None:
        came = Inbound(TOWN, "sms", address, uuid4().hex, Said(words))
        assert (await inbox.receive(self.house.engine, came)).outcome in ("done", "waiting")

    async def _hers(self, person: UUID) -> Meeting | None:
        async with self.cases.database().transaction() as session:
            return await bookings.next_meeting(session, person, self.clock())

    # --- Time ---------------------------------------------------------------------------------------------------------

    async def goes_on(self) -> None:
        """Sometimes nothing passes, sometimes a night."""
        await asyncio.sleep(self.chance.choice((0.0, 0.0, 0.005, 0.02, 0.05)))
        if self.chance.random() < 0.4:
            self.clock.advance(minutes=self.chance.choice((1, 20, 90, 240, 600)))
            self.house.engine.wake()

    async def settles(self) -> None:
        """Until all that was told is heard, morning has come and nothing waits that could leave."""
        async with self.cases.database().transaction() as session:
            told = (await session.exec(select(func.max(NoticeRow.position)))).one() or 0
        async with asyncio.timeout(SETTLED_WITHIN):
            while not await self.house.rows("select 1 from feeds where position >= :told", told=told):
                self.house.engine.wake()
                await asyncio.sleep(0.05)
        self.clock.now = (self.clock.now.astimezone(SWEDEN) + timedelta(days=1)).replace(hour=12, minute=0)
        waits = "state = 'sending' or (state = 'pending' and (start is null or start <= :now))"
        async with asyncio.timeout(SETTLED_WITHIN):
            while await self.house.rows(f"select 1 from outbox where {waits} limit 1", now=self.clock()):
                self.house.engine.wake()
                await asyncio.sleep(0.05)


# --- The world --------------------------------------------------------------------------------------------------------


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Takes down when each message is asked about, whoever answers."""
    made, really = Log(), still_true

    async def taken_down(engine: Engine, row: Row[Any], message: Outgoing) -> Holds:
        asked = made.now()
        holds = await really(engine, row, message)
        made.checks[row.id] = (asked, made.now())
        return holds

    monkeypatch.setattr("bot.leaving.outbox.still_true", taken_down)
    return made


@asynccontextmanager
async def peopled(
    make_database: MakeDatabase, bot_database: postgres.Database, twilio: Twilio, log: Log, seed: int
) -> AsyncIterator[World]:
    """Both halves, with two workers, and people who have asked for help."""
    clock = OneClock(MONDAY)
    cases_database = make_database("backend", lambda made: migrate_cases(made.owner_url, f"{made.name}_app"))
    environ = {
        "IMORGON_ENVIRONMENT": "demo",
        "IMORGON_ENVELOPE_KEY": KEY_OF_CASES,
        "IMORGON_SESSION_SECRET": "s" * 40,
        "IMORGON_PUBLIC_URL": "https://imorgon.example",
        "IMORGON_BACKEND_DATABASE_URL_TRELLEBORG": cases_database.app_url,
        "IMORGON_BACKEND_TOKEN_TRELLEBORG": "trelleborg-" * 4,
        "IMORGON_SEAL_KEY_TRELLEBORG": json.dumps(SEAL_KEYS[TOWN].as_dict(private=True)),
    }
    async with AsyncExitStack() as stack:
        # Only who is told to changes anything: else it would not be known when it became true.
        cases = await stack.enter_async_context(started(environ, clock))
        async with cases.database().transaction() as session:
            await calendars.seed(session, clock, cases.database().municipality)
        house, other = [
            await stack.enter_async_context(opened(bot_database, Wire(cases), Conversation(), twilio, clock))
            for _ in range(2)
        ]
        world = World(cases, house, clock, log, random.Random(seed))
        for address in PEOPLE:
            await world.writes(address, "Hej, jag behöver hjälp")
        await house.work()
        for address in PEOPLE:
            thread = await threads.find(house.engine, TOWN, "sms", address)
            assert thread is not None
            person = (await threads.state(house.engine, thread)).person.id
            world.threads[person], world.addresses[person] = thread, address
            await world.became_true(person, -1)
        await stack.enter_async_context(house.working())
        await stack.enter_async_context(other.working())
        yield world


# --- The property -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 6))])
async def test_no_text_leaves_that_was_untrue_when_it_was_asked_about(
    make_database: MakeDatabase, bot_database: postgres.Database, twilio: Twilio, log: Log, seed: int
) -> None:
    done = Counter[str]()
    async with peopled(make_database, bot_database, twilio, log, seed) as world:
        silent, taken = world.chance.sample(list(world.threads), 2)
        at_some_time: dict[int, Callable[[], Awaitable[None]]] = {
            world.chance.randrange(CHANGES // 3, CHANGES): lambda: world.says_stop(silent),
            CHANGES // 2: lambda: world.staff_take_over(taken),
        }
        for number in range(CHANGES):
            if world.chance.random() < 0.1:
                twilio.faults.append("429")
            await at_some_time[number]() if number in at_some_time else done.update([await world.change()])
            await world.goes_on()
        await world.is_moved_last(next(one for one in world.threads if one not in (silent, taken)))
        await world.settles()
        kinds = await sent_and_true(world)
    if seed == 0:  # chosen so that what was to be tried is; the others may draw less
        assert {"books", "moves", "interpreter_answers", "begins_every_week", "ends_every_week"} <= {*done}
        assert {"meeting-changed", "planning-week"} <= {*kinds}, kinds


async def sent_and_true(world: World) -> Counter[str]:
    """Hold every text that was sent against what was true; how many there were of each kind."""
    codec, kinds, wrong = await world.house.engine.codec(TOWN), Counter[str](), []
    persons = {thread: person for person, thread in world.threads.items()}
    rows = await world.house.rows("select * from outbox where state in ('sent', 'delivered') order by seq")
    assert len(rows) == len(world.house.twilio.texts)
    for row in rows:
        check = world.log.checks[row.id]
        message = messages.load_outgoing(codec.open(row.message, "outbox", "message", row.id))
        seen = world.log.may_have_seen(persons[row.thread], check)
        kinds[row.kind] += 1
        if not any(truth.says(message, row) for truth in seen):
            wrong.append((row.kind, message.reference, message.until, check))
    assert wrong == []
    return kinds
