"""The tables of bookings: resources with their hours and absences, meetings with those who take part, and
when the list of a day was printed.

That no resource is in two meetings at once is held by the database (``EXCLUDE USING gist``), not by this program.
"""

from datetime import date, datetime, time
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from backend.contract import MeetingStatus
from backend.database import Row, moment, new_id, sealed, values
from backend.idempotency import Keyed
from backend.tasks import one_of

ResourceKind = Literal["caseworker", "place", "line", "interpreter"]
LineMode = Literal["phone", "video"]
OfferState = Literal["open", "taken", "declined", "gone"]
AllotmentState = Literal["given", "copied", "withdrawing", "withdrawn"]
LIVE = (MeetingStatus.PRELIMINARY, MeetingStatus.BOOKED)
"""A meeting that is still to be held."""


class Resource(Row, table=True):
    """Somebody or something a meeting needs: a caseworker, a room, a line to an interpreter far away, an interpreter.

    ``mode`` is what a line carries. An interpreter's languages stand in :mod:`backend.interpreters.models`. ``home``:
    the municipality that lends it to this one, for the hours in :class:`BorrowedHours` alone; ``None``: its own.
    """

    __tablename__ = "resources"
    __table_args__ = (
        CheckConstraint(one_of("kind", *get_args(ResourceKind)), name="kind"),
        CheckConstraint(f"(kind = 'line') = (mode is not null) and {one_of('mode', *get_args(LineMode))}", name="mode"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str
    name: str
    mode: str | None = None
    active: bool = True
    home: str | None = None


class WorkingHours(Row, table=True):
    """Hours a person works on a weekday (0 = Monday), Swedish clock time; two rows leave a lunch between them.

    A caseworker or interpreter without rows does not work. A place or line without rows is there whenever the
    municipality is open.
    """

    __tablename__ = "working_hours"
    __table_args__ = (
        CheckConstraint("weekday between 0 and 6", name="weekday"),
        CheckConstraint("starts < ends", name="starts_before_ends"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    resource: UUID = Field(foreign_key="resources.id", index=True)
    weekday: int
    starts: time
    ends: time


class Absence(Row, table=True):
    """A time when a resource is not there: illness, leave, a room under repair. Why is nobody's business here.

    ``removed_at``: it holds no more. ``passed_on``: those who borrow hours of it have heard how it stands.
    """

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="starts_before_ends"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    resource: UUID = Field(foreign_key="resources.id", index=True)
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    removed_at: datetime | None = moment(default=None, nullable=True)
    passed_on: bool = False


class Allotment(Row, table=True):
    """Hours of a resource of ours that another municipality may book: taken here as a meeting takes them.

    *Given* is not copied there yet; *withdrawing* may not be booked there any more, and is taken here until nothing is
    booked there. See :mod:`backend.bookings.lending`.
    """

    __tablename__ = "allotments"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_ends"),
        CheckConstraint(one_of("state", *get_args(AllotmentState)), name="state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    resource: UUID = Field(foreign_key="resources.id", index=True)
    lent_to: str
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    state: str = "given"


class BorrowedHours(Row, table=True):
    """The same hours where they may be booked, under the same id. A withdrawn row stays, so that a copy that was on its
    way when it was withdrawn finds it and changes nothing."""

    __tablename__ = "borrowed_hours"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="starts_before_ends"),)

    id: UUID = Field(primary_key=True)
    resource: UUID = Field(foreign_key="resources.id", index=True)
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    withdrawn_at: datetime | None = moment(default=None, nullable=True)


class MeetingRow(Keyed, Row, table=True):
    """One meeting. ``replaces`` is the meeting it moved; staff and a missing interpreter move a meeting in place.

    ``sequence`` counts its changes of time, place and standing; the database does that itself (a trigger), whoever
    changes it.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint(one_of("status", *MeetingStatus), name="status"),
        CheckConstraint(one_of("mode", "phone", "video", "on-site", "none"), name="mode"),
        CheckConstraint("starts_at < ends_at", name="starts_before_ends"),
        ExcludeConstraint(
            ("person", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            using="gist",
            where=text("status in ('preliminary', 'booked')"),
            name="ex_meetings_person_once_at_a_time",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    starts_at: datetime = moment(index=True)
    ends_at: datetime = moment()
    address: str
    status: str
    interpreter_language: str | None = None
    mode: str = "none"
    booked_at: datetime = moment()
    replaces: UUID | None = Field(default=None, foreign_key="meetings.id")
    sequence: int = 0


class Participant(Row, table=True):
    """A resource in a meeting, lent away, or interpreting what is no meeting. Times stand here too, so that the
    database can see two of them overlap."""

    __tablename__ = "meeting_participants"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_ends"),
        CheckConstraint("num_nonnulls(meeting, allotment, interpreted) = 1", name="one_of_three"),
        ExcludeConstraint(
            ("resource", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            using="gist",
            where=text("not cancelled"),
            name="ex_meeting_participants_one_meeting_at_a_time",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    meeting: UUID | None = Field(default=None, foreign_key="meetings.id", index=True)
    allotment: UUID | None = Field(default=None, foreign_key="allotments.id", index=True)
    interpreted: UUID | None = Field(default=None, foreign_key="interpreted.id", index=True)
    resource: UUID = Field(foreign_key="resources.id")
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    cancelled: bool = False


class EarlierOffer(Row, table=True):
    """An earlier time offered to somebody whose meeting could not be in time. *Gone*: somebody else has it, or it has
    passed. One person has one open offer."""

    __tablename__ = "earlier_offers"
    __table_args__ = (
        CheckConstraint(one_of("state", *get_args(OfferState)), name="state"),
        Index("uq_earlier_offers_open", "person", unique=True, postgresql_where="state = 'open'"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    meeting: UUID = Field(foreign_key="meetings.id")
    starts_at: datetime = moment()
    offered_at: datetime = moment()
    state: str = "open"


class EarlierAnswerRow(Keyed, Row, table=True):
    """What she answered."""

    __tablename__ = "earlier_answers"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    offer: UUID = Field(foreign_key="earlier_offers.id", index=True)
    at: datetime = moment()
    accept: bool


class FeedRow(Row, table=True):
    """An address at which the calendar of a caseworker, an interpreter or a room is followed. Its secret part is not
    kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index("ux_calendar_feeds_one_at_a_time", "resource", unique=True, postgresql_where=text("revoked_at is null")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    resource: UUID = Field(foreign_key="resources.id")
    token_digest: bytes = sealed(unique=True)
    made_at: datetime = moment()
    by_name: str
    revoked_at: datetime | None = moment(default=None, nullable=True)
    revoked_by_name: str | None = None


class SaidRow(Keyed, Row, table=True):
    """What a person said of a meeting before it was over: that she is late, is ill, or wants to be rung instead."""

    __tablename__ = "meeting_said"
    __table_args__ = (
        CheckConstraint(one_of("says", "late", "ill", "by-phone"), name="says"),
        CheckConstraint("minutes between 1 and 240", name="minutes"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    meeting: UUID = Field(foreign_key="meetings.id", index=True)
    at: datetime = moment()
    says: str
    minutes: int | None = None


class MissedRow(Row, table=True):
    """A meeting the person did not come to. ``ours``: something failed on our side, so that it is no absence of hers.

    ``again``: what was booked for her then. ``why`` is what she answered when she was asked once what hindered her.
    """

    __tablename__ = "missed_meetings"
    __table_args__ = (
        CheckConstraint(f"why is null or {one_of('why', 'ill', 'forgot', 'interpreter', 'other')}", name="why"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    meeting: UUID = Field(foreign_key="meetings.id", unique=True)
    at: datetime = moment()
    ours: bool
    again: UUID | None = Field(default=None, foreign_key="meetings.id")
    why: str | None = None
    why_at: datetime | None = moment(default=None, nullable=True)


class CancellationRow(Keyed, Row, table=True):
    """That a person said she cannot come."""

    __tablename__ = "meeting_cancellations"
    __table_args__ = (CheckConstraint(one_of("reason", "cannot-come", "other"), name="reason"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    meeting: UUID = Field(foreign_key="meetings.id", index=True)
    at: datetime = moment()
    reason: str


class PrintedSheet(Row, table=True):
    """That the list of a day was printed; the highest ``number`` is the latest.

    ``rows``: by meeting, a fingerprint of what stood of it; no name and no hour can be read out of it."""

    __tablename__ = "printed_sheets"

    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    day: date = Field(index=True)
    at: datetime = moment()
    by: UUID
    by_name: str
    rows: dict[str, str] = values()
