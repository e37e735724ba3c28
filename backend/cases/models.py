"""The tables of cases: calls for help, papers, contacts, sealed things, notes of meetings, consents, registrations."""

from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from backend.contract import Authority, Channel
from backend.database import Row, moment, new_id, sealed, values
from backend.idempotency import Keyed
from backend.tasks import one_of

Paper = Literal["identity", "rent-invoice", "bank-statements", "lease", "payslip"]
PaperState = Literal["missing", "came", "seen", "not-needed"]
"""``came``: something was handed in that is said to be it; *seen* is what a caseworker says of it."""
Active = Literal["active", "not-active", "not-judged"]
"""Whether the person takes part in what was planned. A human's judgement, told in the room."""
Waived = Literal["no-show", "illness", "other"]
"""Why a caseworker decides without the meeting having been held."""
NextBy = Literal["person", "caseworker", "customer-service"]
"""Who does what comes next."""
SealedKind = Literal["personal-number", "account-number", "card-number", "photo", "malformed"]


class Case(Row, table=True):
    """One person's case. It opens with the first call for help ("wants to apply") and only a human closes it.

    ``complete_at`` is when staff found that nothing is missing; ``paused_at`` while papers are asked for.
    """

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_open", "person", unique=True, postgresql_where="closed_at is null"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    opened_at: datetime = moment()
    complete_at: datetime | None = moment(default=None, nullable=True)
    paused_at: datetime | None = moment(default=None, nullable=True)
    decide_by: datetime | None = moment(default=None, nullable=True)
    closed_at: datetime | None = moment(default=None, nullable=True)


class CallForHelpRow(Keyed, Row, table=True):
    """Somebody asked for help. ``received_at`` is the edge's time and what legal dates count from."""

    __tablename__ = "calls_for_help"
    __table_args__ = (CheckConstraint(one_of("channel", *get_args(Channel)), name="channel"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    thread: UUID
    channel: str
    language: str
    received_at: datetime = moment()
    words: bytes = sealed()


class PaperRow(Row, table=True):
    """A paper the case needs."""

    __tablename__ = "papers"
    __table_args__ = (
        CheckConstraint(one_of("paper", *get_args(Paper)), name="paper"),
        CheckConstraint(one_of("state", *get_args(PaperState)), name="state"),
    )

    case: UUID = Field(foreign_key="cases.id", primary_key=True)
    paper: str = Field(primary_key=True)
    state: str
    since: datetime = moment()


class Contact(Row, table=True):
    """A telephone. The number is sealed and found by its keyed digest; a wrong number is frozen."""

    __tablename__ = "contacts"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    telephone: bytes = sealed()
    telephone_index: bytes = sealed(unique=True)
    wrong_since: datetime | None = moment(default=None, nullable=True)


class PersonContact(Row, table=True):
    """That a person is reached by a contact, from when until when. ``shared`` unknown counts as shared.
    ``stopped_there``: her provider stopped our texts by itself; only she opens there."""

    __tablename__ = "person_contacts"
    __table_args__ = (
        Index("ix_person_contacts_live", "person", "contact", unique=True, postgresql_where="until is null"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    contact: UUID = Field(foreign_key="contacts.id", index=True)
    since: datetime = moment()
    until: datetime | None = moment(default=None, nullable=True)
    confirmed_at: datetime | None = moment(default=None, nullable=True)
    shared: bool | None = None
    opted_out_at: datetime | None = moment(default=None, nullable=True)
    stopped_there: bool = False


class ContactReport(Keyed, Row, table=True):
    """What the bot learnt about a contact, one row per report: the history behind ``person_contacts``."""

    __tablename__ = "contact_reports"
    __table_args__ = (CheckConstraint(one_of("kind", "confirmed", "phone"), name="kind"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    contact: UUID | None = Field(default=None, foreign_key="contacts.id")
    kind: str
    at: datetime = moment()
    shared: bool | None = None
    wrong_number: bool = False
    opted_out: bool | None = None


class Merge(Keyed, Row, table=True):
    """That two persons turned out to be one, by a code she was given or by staff; and who undid it. Never changed else.

    ``by_name`` is empty where she showed it herself.
    """

    __tablename__ = "merges"
    __table_args__ = (
        CheckConstraint(one_of("because", "code", "staff"), name="because"),
        Index("ix_merges_standing", "duplicate", unique=True, postgresql_where="undone_at is null"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    duplicate: UUID = Field(foreign_key="persons.id")
    into: UUID = Field(foreign_key="persons.id", index=True)
    because: str
    at: datetime = moment()
    by_name: str = ""
    undone_at: datetime | None = moment(default=None, nullable=True)
    undone_by_name: str = ""


class AcuteNeedRow(Keyed, Row, table=True):
    """Food, medicine or a bed was needed that day."""

    __tablename__ = "acute_needs"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    thread: UUID
    at: datetime = moment()
    words: bytes = sealed()


class SealedItem(Keyed, Row, table=True):
    """Something secret nobody asked for, filed unopened. Only the municipality's private key opens it."""

    __tablename__ = "sealed_items"
    __table_args__ = (CheckConstraint(one_of("kind", *get_args(SealedKind)), name="kind"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID | None = Field(default=None, foreign_key="persons.id", index=True)
    at: datetime = moment()
    kind: str
    jwe: str


class MeetingNote(Row, table=True):
    """The caseworker's one-screen note. The latest note of a case counts; earlier ones stay.

    ``lines`` are the agreed lines (phrase and fields, or own words), sealed. ``notice`` is the SOMETHING_NEW that told
    of them. What comes next (``next_step``, for staff), who does it and by which day are given together or not at all.
    """

    __tablename__ = "meeting_notes"
    __table_args__ = (
        CheckConstraint(one_of("active", *get_args(Active)), name="active"),
        CheckConstraint(f"waived is null or {one_of('waived', *get_args(Waived))}", name="waived"),
        CheckConstraint(one_of("next_by", *get_args(NextBy)), name="next_by"),
        CheckConstraint("num_nulls(next_step, next_by, next_on) in (0, 3)", name="next_step_whole"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    meeting: UUID | None = None
    at: datetime = moment()
    by: UUID
    by_name: str
    came: bool
    identity_seen: bool
    complete: bool
    active: str
    told_in_room: bool
    waived: str | None = None
    papers: dict[str, str] = values()
    lines: bytes = sealed()
    notice: UUID | None = Field(default=None, index=True)
    next_step: bytes | None = sealed(default=None, nullable=True)
    next_by: str | None = None
    next_on: date | None = None


class ConsentRow(Row, table=True):
    """That she said staff may speak with somebody of her case, or may no longer. Never changed: the latest word holds.

    ``note``: what was written after a meeting says it once, however often it is sent.
    """

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint(one_of("authority", *get_args(Authority)), name="authority"),
        UniqueConstraint("note", "authority"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    authority: str
    given: bool
    at: datetime = moment()
    by: UUID
    by_name: str
    note: UUID | None = None


class Registration(Row, table=True):
    """That a case was registered, by whom. The first press holds; the row never changes."""

    __tablename__ = "case_registrations"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    case: UUID = Field(foreign_key="cases.id", unique=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    at: datetime = moment()
    by: UUID
    by_name: str
