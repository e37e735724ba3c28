"""The demo's beginning: laid in once, with work for everybody."""

import pytest
from sqlmodel import col, func, select

from backend import locales, seeds
from backend.bookings import lending
from backend.bookings import service as bookings
from backend.bookings.models import BorrowedHours, Resource
from backend.calendar import day_in_sweden
from backend.cases import desk as cases
from backend.cases.models import Case
from backend.handover import desk as inbox
from backend.interpreters import service as interpreters
from backend.interpreters.models import Interpreter
from backend.persons import Person
from backend.staff.seats.models import StaffMember
from tests.backend.stories import MARIA, Backend


async def test_everybody_has_something_to_do_in_the_demo(both: Backend) -> None:
    databases = {slug: both.database(slug) for slug in both.bots}
    await seeds.seed(databases, both.clock)
    async with both.database().transaction() as session:
        waiting = await inbox.queue(session, both.clock)
        assert {row.kind for row in waiting} == {"ring", "check", "decide"}
        assert {row.name for row in waiting} == {"Selam", "Kim", "Ali"}
        assert await interpreters.open_orders(session, both.clock())
        listed = {row.name: row for row in (await cases.in_list(session, both.clock))[0]}
        steps = {name: row.step for name, row in listed.items()}
        assert steps == {"Selam": "1", "Oksana": "2", "Kim": "3", "Ali": "4"}
        meeting = await bookings.next_meeting(session, listed["Oksana"].person, both.clock())
        assert meeting is not None
        assert meeting.status == "preliminary"
        ali = await cases.open_case(session, both.clock, MARIA, listed["Ali"].person)
        assert ali.decide_by is not None
        roles = (await session.exec(select(StaffMember.role))).all()
        assert set(roles) == {"customer-service", "caseworker", "interpreter-booking", "controller"}


async def test_a_second_start_lays_in_nothing_more(both: Backend) -> None:
    databases = {slug: both.database(slug) for slug in both.bots}
    await seeds.seed(databases, both.clock)
    both.clock.advance(days=1)
    await seeds.seed(databases, both.clock)
    for slug, cases_there in (("trelleborg", 4), ("svedala", 2)):
        async with both.database(slug).transaction() as session:
            assert (await session.exec(select(func.count()).select_from(Case))).one() == cases_there
            assert (await session.exec(select(func.count()).select_from(Person))).one() == cases_there


async def test_a_new_language_has_somebody_who_interprets_it(both: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locales, "languages", lambda: frozenset({"sv", "ar", "et"}))
    await seeds.seed({slug: both.database(slug) for slug in both.bots}, both.clock)
    for slug in both.bots:
        async with both.database(slug).transaction() as session:
            spoken = (await session.exec(select(Interpreter.languages))).all()
            assert spoken.count(["et"]) == 1
            assert not any("sv" in languages for languages in spoken)


async def test_trelleborgs_ann_works_some_hours_in_svedala(both: Backend) -> None:
    databases = {slug: both.database(slug) for slug in both.bots}
    await seeds.seed(databases, both.clock)
    await lending.carry_out(databases["trelleborg"], databases, both.clock)
    async with both.database("svedala").transaction() as session:
        lent = (await session.exec(select(BorrowedHours).order_by(col(BorrowedHours.starts_at)))).all()
        assert {day_in_sweden(row.starts_at).weekday() for row in lent} == {1, 3}
        ann = (await session.exec(select(StaffMember).where(StaffMember.name == "Ann"))).one()
        assert {row.resource for row in lent} == {ann.resource}
        assert (await session.get_one(Resource, ann.resource)).home == "trelleborg"
