"""Free times of a month, with 1, 5 and 30 caseworkers and 200 interpreters; then bookings of many at once.

The look is pure and reads no database; its floor, in the same run, asks the same question of the same periods with
plain comparisons and nothing around them. Bookings go through the service, each in a transaction of its own, on a
database of its own; their floor is pgbench with six plain statements (see ``floor.py``).
"""

import argparse
import asyncio
import cProfile
import pstats
import random
import tempfile
import time as real
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import uvloop
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend import municipalities, postgres
from backend.bookings import service, slots, times
from backend.bookings.models import Resource, WorkingHours
from backend.bookings.times import Diaries, Diary, Period, Wish
from backend.calendar import WorkingCalendar, moment
from backend.contract import BookMeeting
from backend.database import Database
from backend.errors import SlotTaken
from backend.interpreters.models import Interpreter
from backend.migrations import migrate
from backend.municipalities.agencies import Mode
from benchmarks.floor import Floor, can_measure

INTERPRETERS, DAYS = 200, 30
CASEWORKERS = (1, 5, 30)
FIRST = date(2026, 11, 30)
WEEK = {day: ((time(8), time(12)), (time(13), time(16, 30))) for day in range(5)}
MODES: tuple[Mode, ...] = ("phone", "video")
NOW = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
LENGTH = timedelta(minutes=45)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=5, help="of each size; the best counts")
    parser.add_argument("--people", type=int, default=200, help="who book at once")
    parser.add_argument("--seconds", type=int, default=5, help="of pgbench")
    parser.add_argument("--profile", action="store_true", help="show where a look with 30 caseworkers goes")
    given = parser.parse_args()
    calendar = municipalities.found()["trelleborg"].calendar
    for caseworkers in CASEWORKERS:
        diaries = _filled(caseworkers)
        taken, found = _best(given.looks, partial(_look, diaries, calendar))
        floor, asked = _best(given.looks, partial(_plain, diaries, calendar))
        print(
            f"free times: {caseworkers} caseworkers, {INTERPRETERS} interpreters, {DAYS} days: {taken * 1000:.1f} ms, "
            f"{taken / floor:.1f} times the floor ({floor * 1000:.1f} ms); {found} of {asked} quarters free"
        )
    if given.profile:
        with cProfile.Profile() as profile:
            _look(_filled(CASEWORKERS[-1]), calendar)
        pstats.Stats(profile).sort_stats("tottime").print_stats(12)
    _bookings(given.people, given.seconds)


def _filled(caseworkers: int) -> Diaries:
    """Everybody with a third of the month taken, the same in every run."""
    chance = random.Random(caseworkers)  # noqa: S311  # nothing secret

    def diary(number: int, *modes: str, busy: bool = True) -> Diary:
        taken: list[Period] = []
        for day in (FIRST + timedelta(days=n) for n in range(DAYS) if busy):
            for hour in chance.sample(range(8, 16), 3):
                start = moment(day, time(hour))
                taken.append((start, start + LENGTH))
        return Diary(UUID(int=number), f"{number:04}", WEEK, tuple(taken), frozenset(modes))

    return Diaries(
        tuple(diary(n) for n in range(caseworkers)),
        tuple(diary(1000 + n, busy=False) for n in range(caseworkers)),
        tuple(diary(2000 + n, "phone", busy=False) for n in range(caseworkers)),
        tuple(diary(3000 + n, *MODES) for n in range(INTERPRETERS)),
    )


def _look(diaries: Diaries, calendar: WorkingCalendar) -> int:
    """How many quarters of the month a meeting with an interpreter could begin at."""
    wish = Wish(NOW, LENGTH, interpreter=True)
    caseworkers, places, lines, interpreters = (tuple(replace(one) for one in kind) for kind in _kinds(diaries))
    diaries = Diaries(caseworkers, places, lines, interpreters)  # read afresh, as each look is
    return sum(
        times.find_party(diaries, wish, MODES, start) is not None
        for day in (FIRST + timedelta(days=n) for n in range(DAYS))
        for start in times.starts_on(calendar, day, LENGTH)
    )


def _kinds(diaries: Diaries) -> tuple[Sequence[Diary], ...]:
    return diaries.caseworkers, diaries.places, diaries.lines, diaries.interpreters


def _plain(diaries: Diaries, calendar: WorkingCalendar) -> int:
    """The same periods compared with the same quarters, and nothing kept of it."""
    kinds = (diaries.caseworkers, diaries.interpreters)
    by_day: list[dict[date, list[Period]]] = []
    for kind in kinds:
        for diary in kind:
            days: dict[date, list[Period]] = {}
            for period in diary.taken:
                days.setdefault(period[0].date(), []).append(period)
            by_day.append(days)
    asked = 0
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        for start in times.starts_on(calendar, day, LENGTH):
            asked += 1
            end = start + LENGTH
            for days in by_day:
                any(begins < end and start < ends for begins, ends in days.get(day, ()))
    return asked


def _best(rounds: int, work: Callable[[], int]) -> tuple[float, int]:
    taken, gave = float("inf"), 0
    for _ in range(rounds):
        began = real.process_time()
        gave = work()
        taken = min(taken, real.process_time() - began)
    return taken, gave


def _bookings(people: int, seconds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="imorgon-bench-") as made:
        folder = Path(made)
        folder.chmod(0o711)  # as root, the database's own user must pass through
        with postgres.start(folder / "pg") as server:
            database = postgres.create_database(server, "bookings")
            migrate(database.owner_url, database.app_role)
            cpu = real.process_time()
            done, answers = uvloop.run(_book(database.app_url, people))
            cpu = (real.process_time() - cpu) / people * 1000
            said = f"bookings: {people} at once, {people / done:.0f} answered/s, {cpu:.1f} ms of our CPU each"
            if can_measure(server):
                floor = Floor(server).measure(seconds)
                said += f" = {people / done / floor:.3f} F ({floor:.0f}/s)"
            print(f"{said}; {dict(answers)}")


async def _book(url: str, people: int) -> tuple[float, Counter[str]]:
    town = Database(url, municipalities.found()["trelleborg"], b"k" * 32)
    try:
        async with town.transaction() as session:
            for n in range(5):
                session.add_all(
                    (Resource(kind="place", name=f"Rum {n}"), Resource(kind="line", name=f"{n}", mode="phone"))
                )
                for kind in ("caseworker", "interpreter"):
                    one = Resource(kind=kind, name=f"{kind} {n}")
                    session.add(one)
                    await session.flush()
                    for day, shifts in WEEK.items():
                        session.add_all(
                            WorkingHours(resource=one.id, weekday=day, starts=starts, ends=ends)
                            for starts, ends in shifts
                        )
                    if kind == "interpreter":
                        session.add(Interpreter(resource=one.id, languages=["ar"], modes=["phone"]))
        chance = random.Random(1)  # noqa: S311  # nothing secret
        wanted = [
            moment(date(2026, 12, chance.choice((1, 2, 3))), time(chance.randrange(8, 16), chance.choice((0, 30))))
            for _ in range(people)
        ]
        began = real.perf_counter()
        answers = await asyncio.gather(*(_one(town, start, n) for n, start in enumerate(wanted)))
        return real.perf_counter() - began, Counter(answers)
    finally:
        await town.close()


async def _one(town: Database, start: datetime, number: int) -> str:
    language = "ar" if number % 2 else None
    length = timedelta(minutes=45 if language else 30)
    call = BookMeeting(person=uuid4(), slot=slots.name(start, length), at=NOW, interpreter_language=language)
    key = uuid4()
    while True:
        try:
            async with town.transaction() as session:
                await service.book(session, lambda: NOW, key, call)
        except SlotTaken:
            return "taken"
        except PoolTimeout:  # no connection for half a minute: as the bot does, once more with the same key
            continue
        return "booked"


if __name__ == "__main__":
    main()
