"""What the demo begins with: staff, their calendars, interpreters and a few open cases in both municipalities.

Everybody is made up: first names only, telephone numbers from the range PTS keeps for fiction, nobody's personnummer.
The people of these cases came by telephone or to the counter, so no conversation of theirs lies in the inbox.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, promises, tasks
from backend.access import Reader
from backend.applications import service as applications
from backend.bookings import lending
from backend.bookings import seed as bookings_seed
from backend.bookings import service as bookings
from backend.bookings.seed import resource_id
from backend.calendar import day_in_sweden, moment
from backend.cases import contacts, desk
from backend.cases import service as cases
from backend.clock import Clock
from backend.contract import BookMeeting, Cost, FreeTimesQuery, Income, SendApplication
from backend.database import Database
from backend.municipalities.delegation import SigningLevel
from backend.staff.seats.models import StaffMember

Stage = Literal["wants-to-be-rung", "has-a-time", "has-applied", "waits-for-decision"]


@dataclass(frozen=True)
class _Somebody:
    """One person of the demo: what she is called, how she is reached, and how far her case has come."""

    name: str
    language: str
    telephone: str
    stage: Stage
    application: Mapping[str, Any] = field(default_factory=dict)


_STAFF: dict[str, dict[str, str]] = {
    "trelleborg": {
        "Johan": "customer-service",
        "Sara": "customer-service",
        "Maria": "caseworker",
        "Ann": "caseworker",
        "Erik": "caseworker",
        "Elin": "interpreter-booking",
        "Karin": "controller",
    },
    "svedala": {
        "Anders": "customer-service",
        "Lena": "caseworker",
        "Omar": "caseworker",
        "Petra": "interpreter-booking",
    },
}

_SIGN_AS: dict[str, dict[str, SigningLevel]] = {"trelleborg": {"Erik": "head"}, "svedala": {"Omar": "head"}}
"""Who signs more than a caseworker does, by the example lists."""

_LENT_NAME, _LENT_FROM, _LENT_TO = "Ann", "trelleborg", "svedala"
_LENT_HOURS = time(13), time(16)
_LENT_WEEKDAYS, _LENT_WEEKS = (1, 3), 12
"""Trelleborg's Ann works in Svedala some hours a week ("ett antal timmar varje dag alternativt ett par dagar", the
inquiry of 2020)."""

_KIM = {
    "applies_alone": True,
    "stays_here": True,
    "children": (),
    "housing": "rental",
    "housing_kronor": 5850,
    "rooms": 2,
    "home_persons": 1,
    "rent_debt": False,
    "debts": (),
    "cost_kinds": ("electricity",),
    "costs": (Cost(kind="electricity", kronor=420, period="month", receipt=True, applies_to="applicant"),),
    "has_income": True,
    "incomes": (Income(kind="salary", kronor=4200, day=25),),
    "pending_benefits": False,
    "asset_kinds": (),
    "assets": (),
    "vehicles": (),
    "planning": "job-seeking",
    "registered_jobseeker": True,
    "applied_for": (),
    "worked_last_year": True,
    "lived_on": "Lön till och med oktober.",
    "contact_by": ("text",),
    "may_ask": ("arbetsformedlingen",),
    "later": ("account", "permit"),
}

_PEOPLE: dict[str, tuple[_Somebody, ...]] = {
    "trelleborg": (
        _Somebody("Selam", "ti", "+46701740631", "wants-to-be-rung"),
        _Somebody("Oksana", "uk", "+46701740632", "has-a-time"),
        _Somebody("Kim", "sv", "+46701740633", "has-applied", _KIM),
        _Somebody("Ali", "prs", "+46701740634", "waits-for-decision", {"applies_alone": True, "housing": "lodger"}),
    ),
    "svedala": (
        _Somebody("Hodan", "so", "+46701740641", "wants-to-be-rung"),
        _Somebody("Dawit", "ti", "+46701740642", "has-applied", {"applies_alone": True, "housing": "sublet"}),
    ),
}


async def seed(databases: Mapping[str, Database], clock: Clock) -> None:
    """Lay in what the demo begins with, once: a municipality that has staff already is left as it is."""
    for town in databases.values():
        async with town.transaction() as session:
            if (await session.exec(select(StaffMember.id).limit(1))).first() is None:
                await _seed_town(session, clock)


async def _seed_town(session: AsyncSession, clock: Clock) -> None:
    municipality = database.of(session).municipality
    await bookings_seed.seed(session, clock, municipality)
    await session.flush()
    for name, role in _STAFF[municipality.slug].items():
        resource = resource_id(municipality.slug, "caseworker", name) if role == "caseworker" else None
        signs_as = _SIGN_AS[municipality.slug].get(name, "caseworker")
        session.add(StaffMember(id=_id(session, name), name=name, role=role, resource=resource, signs_as=signs_as))
    await session.flush()
    if municipality.slug == _LENT_FROM:
        await _lend(session, clock)
    if municipality.slug == _LENT_TO:
        await _expect(session)
    for somebody in _PEOPLE[municipality.slug]:
        await _seed_case(session, clock, somebody)


async def _lend(session: AsyncSession, clock: Clock) -> None:
    ann, today = resource_id(_LENT_FROM, "caseworker", _LENT_NAME), day_in_sweden(clock())
    for day in (today + timedelta(days=days) for days in range(1, 7 * _LENT_WEEKS + 1)):
        if day.weekday() in _LENT_WEEKDAYS:
            starts, ends = _LENT_HOURS
            await lending.lend(session, ann, _LENT_TO, moment(day, starts), moment(day, ends))


async def _expect(session: AsyncSession) -> None:
    """She signs in there too, with the calendar she has at home."""
    ann = resource_id(_LENT_FROM, "caseworker", _LENT_NAME)
    session.add(StaffMember(id=_id(session, _LENT_NAME), name=_LENT_NAME, role="caseworker", resource=ann))
    await session.flush()


async def _seed_case(session: AsyncSession, clock: Clock, somebody: _Somebody) -> None:
    person, now = _id(session, somebody.name), clock()
    asked_at = now - timedelta(hours=2)
    await persons.meet(session, person, asked_at, somebody.language)
    await persons.rename(session, person, somebody.name)
    linked = await contacts.link(session, person, somebody.telephone, asked_at)
    linked.shared = False
    await cases.open_case(session, person, asked_at)
    match somebody.stage:
        case "wants-to-be-rung":
            calendar = database.of(session).municipality.calendar
            due = calendar.after_open_time(asked_at, timedelta(hours=4))
            await tasks.add(session, "ring", "call-me", at=asked_at, person=person, due_at=due)
            await promises.make(session, "first-answer", person, at=asked_at, due_at=due)
        case "has-a-time":
            query = FreeTimesQuery(person=person, at=now, interpreter_language=somebody.language, limit=1)
            offered = await bookings.free_times(session, clock, query)
            for time in offered.times:
                call = BookMeeting(person=person, slot=time.slot, at=now, interpreter_language=somebody.language)
                await bookings.book(session, clock, _id(session, f"{somebody.name}:meeting"), call)
        case "has-applied":
            await _apply(session, clock, person, somebody)
        case "waits-for-decision":
            await _apply(session, clock, person, somebody)
            caseworker = next(name for name, role in _STAFF[_slug(session)].items() if role == "caseworker")
            reader = Reader(_id(session, caseworker), caseworker, "caseworker")
            note = desk.Note(
                came=True,
                identity_seen=True,
                papers={"bank-statements": "seen", "lease": "seen", "rent-invoice": "seen"},
                complete=True,
                active="active",
                told_in_room=True,
            )
            await desk.write_note(session, clock, reader, person, note)


async def _apply(session: AsyncSession, clock: Clock, person: UUID, somebody: _Somebody) -> None:
    sent = SendApplication(
        person=person,
        received_at=clock() - timedelta(hours=1),
        language=somebody.language,
        attested=True,
        digest=sha256(somebody.name.encode()).hexdigest(),
        **somebody.application,
    )
    await applications.send_application(session, _id(session, f"{somebody.name}:application"), sent)


def _slug(session: AsyncSession) -> str:
    return database.of(session).municipality.slug


def _id(session: AsyncSession, name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"imorgon:{_slug(session)}:{name}")
