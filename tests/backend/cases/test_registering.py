"""Registering who is new: once per case however often it is pressed, told the case system, and logged."""

from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from backend.audit import Access
from backend.cases import registering
from backend.cases.models import Registration
from backend.cases.registering import Done, closed_since
from backend.casesystem.models import CaseEvent
from backend.municipalities import found
from tests.backend.stories import MARIA, Applicant, Backend, at_once

CALENDAR = found()["trelleborg"].calendar


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November and December 2026 on the Swedish clock, which is an hour ahead: 30 is Monday."""
    month, day = (11, day) if day > 20 else (12, day)
    return datetime(2026, month, day, hour - 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (at(30, 8), 27),  # Monday morning: Friday's closing
        (at(30, 15), 27),  # still the same list until it closes
        (at(30, 23), 30),
        (at(1, 3), 30),  # three in the morning
        (at(29, 12), 27),  # Sunday
    ],
)
def test_the_night_begins_when_the_office_closed(now: datetime, day: int) -> None:
    hours = CALENDAR.opening(at(day, 12).date())
    assert hours is not None
    assert closed_since(CALENDAR, now) == hours[1]


async def press(backend: Backend, *people: Applicant) -> tuple[Done, ...]:
    async with backend.database().transaction() as session:
        cases = [one.receipt.case for one in people if one.receipt]
        return await registering.register(session, backend.clock, MARIA, cases)


async def test_two_who_press_at_once_register_each_case_once(backend: Backend) -> None:
    people = [await backend.trelleborg.asks_for_help() for _ in range(3)]
    pressed = await at_once(press(backend, *people), press(backend, *reversed(people)))
    assert sorted(one.now for done in pressed for one in done) == [False] * 3 + [True] * 3
    async with backend.database().transaction() as session:
        rows = (await session.exec(select(Registration))).all()
        told = (await session.exec(select(CaseEvent).where(CaseEvent.kind == "case.registered"))).all()
        logged = (
            await session.exec(select(Access.why).where(col(Access.person).in_([p.person for p in people])))
        ).all()
    assert {row.case for row in rows} == {one.receipt.case for one in people if one.receipt}
    assert {event.facts["case"] for event in told} == {str(row.case) for row in rows}
    assert len(told) == 3
    assert list(logged) == ["Uppföljning. Aktualiserade"] * 3
