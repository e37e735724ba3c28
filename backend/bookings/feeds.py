"""Calendars to follow: one private address for each caseworker, interpreter and room, that can be taken back.

The address is all that is asked for, since a calendar program can show nothing else. It is not to be guessed, only its
digest is kept, it shows no more than when and where, and a new one makes the old one worthless.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons
from backend.bookings import ical
from backend.bookings.ical import Entry
from backend.bookings.models import FeedRow, MeetingRow, Participant, Resource
from backend.bookings.service import as_meeting
from backend.clock import Clock
from backend.contract import CalendarFile, CalendarQuery, Meeting, MeetingStatus
from backend.errors import NotFound
from backend.interpreters.models import OPEN, Interpreted, InterpreterOrder

BEHIND, AHEAD = timedelta(days=30), timedelta(days=120)
"""How much of a calendar is shown."""

_FAR_AWAY = {"phone": "Telefon", "video": "Video"}


async def open_feed(session: AsyncSession, clock: Clock, resource: UUID, by_name: str) -> str:
    """A new address for a resource's calendar: its secret part, shown this once. An earlier one leads nowhere from now
    on. Raises NotFound for what has no calendar of its own: a line."""
    # Two who ask at once: the second takes the first one's back.
    found = await session.get(Resource, resource, with_for_update={"key_share": True})
    if found is None or found.kind == "line":
        raise NotFound(resource=resource)
    await revoke(session, clock, resource, by_name)
    token = secrets.token_urlsafe(32)
    session.add(FeedRow(resource=resource, token_digest=_digest(token), made_at=clock(), by_name=by_name))
    await session.flush()
    return token


async def revoke(session: AsyncSession, clock: Clock, resource: UUID, by_name: str) -> None:
    """The address of a resource's calendar leads nowhere any more."""
    live = select(FeedRow).where(FeedRow.resource == resource, col(FeedRow.revoked_at).is_(None))
    for feed in (await session.exec(live)).all():
        feed.revoked_at, feed.revoked_by_name = clock(), by_name
        session.add(feed)
    await session.flush()


async def is_open(session: AsyncSession, resource: UUID) -> datetime | None:
    """Since when a resource's calendar has an address."""
    live = select(FeedRow.made_at).where(FeedRow.resource == resource, col(FeedRow.revoked_at).is_(None))
    return (await session.exec(live)).one_or_none()


async def history(session: AsyncSession, resources: Sequence[UUID]) -> dict[UUID, tuple[FeedRow, ...]]:
    """Every address there has been of each of these: who made it and who took it back, the latest first."""
    rows = await session.exec(
        select(FeedRow).where(col(FeedRow.resource).in_(resources)).order_by(col(FeedRow.made_at).desc())
    )
    found: dict[UUID, list[FeedRow]] = {}
    for row in rows.all():
        found.setdefault(row.resource, []).append(row)
    return {resource: tuple(feeds) for resource, feeds in found.items()}


async def read(session: AsyncSession, clock: Clock, token: str) -> str:
    """The calendar at an address. Raises NotFound for one that was never given out, was taken back, or whose resource
    is not there any more: all alike."""
    found = await session.exec(
        select(Resource)
        .join(FeedRow, col(FeedRow.resource) == Resource.id)
        .where(
            FeedRow.token_digest == _digest(token), col(FeedRow.revoked_at).is_(None), col(Resource.active).is_(True)
        )
    )
    resource = found.one_or_none()
    if resource is None:
        raise NotFound
    rows = await session.exec(
        select(MeetingRow)
        .join(Participant, col(Participant.meeting) == MeetingRow.id)
        .where(
            Participant.resource == resource.id,
            col(Participant.cancelled).is_(False),
            MeetingRow.status != MeetingStatus.NO_SHOW,  # the one booked again is the same entry
            Participant.starts_at > clock() - BEHIND,
            Participant.starts_at < clock() + AHEAD,
        )
        .order_by(col(MeetingRow.starts_at))
    )
    met = rows.all()
    places = await _places(session, [row.id for row in met])
    entries = [
        await _entry(session, row, _FAR_AWAY.get(row.mode, row.address) if resource.kind == "interpreter" else where)
        for row in met
        for where in [", ".join(filter(None, (row.address, places.get(row.id, ""))))]
    ]
    if resource.kind == "interpreter":
        entries += await _interpreted(session, clock, resource.id)
    return ical.written(entries, slug=database.of(session).municipality.slug, now=clock())


async def _interpreted(session: AsyncSession, clock: Clock, interpreter: UUID) -> list[Entry]:
    """Calls and planned times she interprets; what changed of one since is another order of it."""
    rows = await session.exec(
        select(Interpreted, InterpreterOrder)
        .join(Participant, col(Participant.interpreted) == Interpreted.id)
        .join(
            InterpreterOrder,
            (col(InterpreterOrder.interpreted) == Interpreted.id)
            & (col(InterpreterOrder.interpreter) == interpreter)
            & col(InterpreterOrder.state).in_(OPEN),
        )
        .where(
            Participant.resource == interpreter,
            col(Participant.cancelled).is_(False),
            Participant.starts_at > clock() - BEHIND,
            Participant.starts_at < clock() + AHEAD,
        )
        .order_by(col(Interpreted.starts_at))
    )
    return [
        Entry(
            Meeting(
                id=one.id,
                person=one.person,
                start=one.starts_at,
                end=one.ends_at,
                address=one.place,
                status=MeetingStatus.BOOKED if order.state == "confirmed" else MeetingStatus.PRELIMINARY,
            ),
            one.id,
            2 * order.step + (order.state == "confirmed"),
            _FAR_AWAY.get(order.mode, one.place),
        )
        for one, order in rows.all()
    ]


async def of_meeting(session: AsyncSession, clock: Clock, meeting: UUID, call: CalendarQuery) -> CalendarFile:
    """A meeting as a file for her own calendar: as an invitation, as a change of one she has, or as cancelled.

    Raises NotFound for somebody else's meeting.
    """
    row = await session.get(MeetingRow, meeting)
    if row is None or row.person not in await persons.same(session, call.person):
        raise NotFound(meeting=meeting)
    entry = await _entry(session, row, row.address)
    method: Literal["PUBLISH", "CANCEL"] = "CANCEL" if entry.meeting.status is MeetingStatus.CANCELLED else "PUBLISH"
    slug = database.of(session).municipality.slug
    return CalendarFile(text=ical.written([entry], slug=slug, now=clock(), method=method))


async def _entry(session: AsyncSession, row: MeetingRow, where: str) -> Entry:
    meeting: Meeting = as_meeting(row)
    root, sequence = row, row.sequence
    while root.replaces is not None and (earlier := await session.get(MeetingRow, root.replaces)) is not None:
        sequence += earlier.sequence + 1
        root = earlier
    return Entry(meeting, root.id, sequence, where)


async def _places(session: AsyncSession, meetings: list[UUID]) -> dict[UUID, str]:
    rows = await session.exec(
        select(Participant.meeting, Resource.name)
        .join(Resource, col(Resource.id) == Participant.resource)
        .where(col(Participant.meeting).in_(meetings), col(Participant.cancelled).is_(False), Resource.kind == "place")
    )
    return {meeting: name for meeting, name in rows.all() if meeting is not None}


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
