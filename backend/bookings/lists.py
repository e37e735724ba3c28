"""Lists of meetings for staff: a day's meetings with who and what takes part. They show no case content."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.bookings import said
from backend.bookings.models import MeetingRow, Participant, Resource, ResourceKind
from backend.bookings.service import as_meeting
from backend.calendar import moment
from backend.contract import Meeting, MeetingStatus
from backend.interpreters import orders
from backend.interpreters.models import OPEN, InterpreterOrder


@dataclass(frozen=True, slots=True)
class Named:
    """A resource by name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One meeting of a day. ``interpreter`` is ``None`` where none is needed, and where one is missing.

    ``answer_by``: when the interpreter must have answered, while she has not. ``said``: what the person has said of the
    meeting, in Swedish.
    """

    meeting: Meeting
    caseworker: Named | None
    place: str
    line: str
    interpreter: str | None
    answer_by: datetime | None
    said: tuple[str, ...] = ()


async def of_day(session: AsyncSession, day: date) -> tuple[Planned, ...]:
    """A day's meetings by time, cancelled ones left out."""
    opens, closes = moment(day, time.min), moment(day + timedelta(days=1), time.min)
    rows = await session.exec(
        select(MeetingRow)
        .where(
            col(MeetingRow.status) != MeetingStatus.CANCELLED,
            MeetingRow.starts_at >= opens,
            MeetingRow.starts_at < closes,
        )
        .order_by(col(MeetingRow.starts_at), col(MeetingRow.booked_at))
    )
    meetings = [as_meeting(row) for row in rows.all()]
    ids = [meeting.id for meeting in meetings]
    agencies = await _agencies(session, ids)
    taking_part = await _taking_part(session, ids)
    waiting = await _waiting(session, ids)
    words = await said.of_meetings(session, ids)

    def planned(meeting: Meeting) -> Planned:
        part = taking_part.get(meeting.id, {})
        return Planned(
            meeting=meeting,
            caseworker=part.get("caseworker"),
            place=part["place"].name if "place" in part else "",
            line=part["line"].name if "line" in part else "",
            interpreter=part["interpreter"].name if "interpreter" in part else agencies.get(meeting.id),
            answer_by=waiting.get(meeting.id),
            said=tuple(said.in_swedish(one) for one in words.get(meeting.id, ())),
        )

    return tuple(planned(meeting) for meeting in meetings)


async def resources(session: AsyncSession) -> tuple[tuple[ResourceKind, Named], ...]:
    """Everything of our own that can be booked, by kind and name: caseworkers first."""
    found: list[tuple[ResourceKind, Named]] = []
    for kind in get_args(ResourceKind):
        rows = await session.exec(
            select(Resource)
            .where(Resource.kind == kind, col(Resource.active), col(Resource.home).is_(None))
            .order_by(col(Resource.name))
        )
        found += ((kind, Named(row.id, row.name)) for row in rows.all())
    return tuple(found)


async def _taking_part(session: AsyncSession, meetings: list[UUID]) -> dict[UUID, dict[str, Named]]:
    rows = await session.exec(
        select(MeetingRow.id, Resource)
        .join(Participant, col(Participant.meeting) == MeetingRow.id)
        .join(Resource, col(Resource.id) == Participant.resource)
        .where(col(Participant.meeting).in_(meetings), col(Participant.cancelled).is_(False))
    )
    found: dict[UUID, dict[str, Named]] = {}
    for meeting, resource in rows.all():
        found.setdefault(meeting, {})[resource.kind] = Named(resource.id, resource.name)
    return found


async def _agencies(session: AsyncSession, meetings: list[UUID]) -> dict[UUID, str]:
    """The agencies the interpreters come from, where they are not ours."""
    rows = await session.exec(
        select(InterpreterOrder).where(
            col(InterpreterOrder.meeting).in_(meetings),
            col(InterpreterOrder.state).in_(OPEN),
            col(InterpreterOrder.agency).is_not(None),
        )
    )
    return {order.of: orders.agency_name(session, order) for order in rows.all()}


async def _waiting(session: AsyncSession, meetings: list[UUID]) -> dict[UUID, datetime]:
    rows = await session.exec(
        select(InterpreterOrder.meeting, InterpreterOrder.answer_by).where(
            col(InterpreterOrder.meeting).in_(meetings), InterpreterOrder.state == "asked"
        )
    )
    return {meeting: answer_by for meeting, answer_by in rows.all() if meeting is not None}
