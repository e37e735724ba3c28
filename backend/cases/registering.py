"""Registering (aktualisera): staff take up a call for help as a matter of the municipality's, once per case.

The call itself was received when it was written, and nothing that is owed her waits for this: no date and no promise
counts from it. It is what the case system opens its own matter by, so it is told of as an event of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons
from backend.access import Reader
from backend.calendar import WorkingCalendar, day_in_sweden
from backend.cases import contacts, steps
from backend.cases.models import CallForHelpRow, Case, Registration
from backend.clock import Clock
from backend.contract import Step
from backend.database import new_id
from backend.handover import threads

_LONGEST_CLOSURE = 60
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Registered:
    """Who registered a case, and when."""

    at: datetime
    by_name: str


@dataclass(frozen=True)
class NewCase:
    """Somebody new, as the list shows her: who, on which way, since when; nothing of what she wrote.

    ``of_the_night``: she wrote after the municipality last closed.
    """

    case: UUID
    person: UUID
    name: str
    ending: str
    language: str
    channel: str
    opened_at: datetime
    next_meeting: datetime | None
    thread: UUID | None
    of_the_night: bool
    registered: Registered | None


@dataclass(frozen=True)
class Done:
    """What a press did to one case. ``now``: it was registered by this press, and not before."""

    case: UUID
    name: str
    ending: str
    now: bool
    registered: Registered


def closed_since(calendar: WorkingCalendar, now: datetime) -> datetime:
    """When the night began: the last time the municipality closed. While it is open that is before it opened today, so
    that the list of the morning stays the same until it closes."""
    day = day_in_sweden(now)
    hours = calendar.opening(day)
    if hours is not None and now >= hours[1]:
        return hours[1]
    for _ in range(_LONGEST_CLOSURE):
        day -= _ONE_DAY
        if (hours := calendar.opening(day)) is not None:
            return hours[1]
    raise ValueError(f"closed for {_LONGEST_CLOSURE} days: check closed_days")


async def waiting(session: AsyncSession, clock: Clock) -> tuple[NewCase, ...]:
    """Who wrote in the night, registered or not, and whoever was never registered and is not decided; by when she came.

    A list: it opens nobody's case. A case that a merge left beside another is hers too, and stands once with the
    earliest.
    """
    since = closed_since(database.of(session).municipality.calendar, clock())
    found = await session.exec(
        select(Case, Registration)
        .outerjoin(Registration, col(Registration.case) == col(Case.id))
        .where(col(Case.closed_at).is_(None), (col(Registration.id).is_(None)) | (col(Case.opened_at) >= since))
        .order_by(col(Case.opened_at))
    )
    rows = found.all()
    groups = await persons.groups(session, [case.person for case, _ in rows])
    people = await persons.of_groups(session, groups)
    reached = await contacts.reached_all(session, groups)
    standings = await steps.of_all(session, groups, clock())
    latest = await threads.latest(session, groups)
    channels = await _channels(session, [case.id for case, _ in rows])
    new: dict[UUID, NewCase] = {}
    for case, registration in rows:
        person = people[case.person]
        standing, contact = standings[person.id], reached.get(person.id)
        if person.id in new or (case.opened_at < since and standing.step is Step.DECIDED):
            continue
        new[person.id] = NewCase(
            case=case.id,
            person=person.id,
            name=persons.first_name(session, person),
            ending=contact.ending if contact else "",
            language=person.language,
            channel=channels.get(case.id, ""),
            opened_at=case.opened_at,
            next_meeting=standing.next_meeting,
            thread=latest.get(person.id),
            of_the_night=case.opened_at >= since,
            registered=_by(registration),
        )
    return tuple(new.values())


async def register(session: AsyncSession, clock: Clock, reader: Reader, chosen: Collection[UUID]) -> tuple[Done, ...]:
    """Register these cases, all or none of them; each is logged as hers. Pressed twice it is done once.

    What is closed or unknown by now is left out. Raises NotAllowed.
    """
    done = []
    # In one order, so that two who press at once wait for each other and neither for both.
    for one in sorted(chosen):
        case = await session.get(Case, one)
        if case is None or case.closed_at is not None:
            continue
        made = insert(Registration).values(
            id=new_id(), case=case.id, person=case.person, at=clock(), by=reader.id, by_name=reader.name
        )
        first = await session.exec(made.on_conflict_do_nothing(index_elements=[col(Registration.case)]))
        now = first.rowcount == 1
        if now:
            await access.enter(session, clock, reader, case.person, "case", reason="follow-up", done="Aktualiserade")
        kept = (await session.exec(select(Registration).where(Registration.case == case.id))).one()
        person = await persons.find(session, case.person)
        contact = await contacts.reached(session, person.id)
        done.append(
            Done(
                case=case.id,
                name=persons.first_name(session, person),
                ending=contact.ending if contact else "",
                now=now,
                registered=Registered(kept.at, kept.by_name),
            )
        )
    return tuple(done)


async def of_case(session: AsyncSession, case: UUID) -> Registered | None:
    """Whether a case is registered, and by whom. For who has opened it."""
    found = (await session.exec(select(Registration).where(Registration.case == case))).one_or_none()
    return _by(found)


def _by(registration: Registration | None) -> Registered | None:
    return None if registration is None else Registered(registration.at, registration.by_name)


async def _channels(session: AsyncSession, cases: Sequence[UUID]) -> dict[UUID, str]:
    """By case, the way its first call for help came."""
    found = await session.exec(
        select(CallForHelpRow.case, CallForHelpRow.channel)
        .where(col(CallForHelpRow.case).in_(cases))
        .order_by(col(CallForHelpRow.received_at).desc())
    )
    return dict(found.all())
