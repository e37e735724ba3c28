"""The tables of planning: groups with their places, a person's week and her place in each, and what she said of it.

That no group has more people than places is held by the database, not by this program.
"""

from datetime import date, datetime, time
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from backend.contract import Branch, PlanKind, PlannedKind
from backend.database import Row, moment, new_id, sealed
from backend.idempotency import Keyed
from backend.municipalities.programme import Weekly as WeeklyKind
from backend.tasks import one_of

Said = Literal["done", "could-not", "ill", "help"]
Attended = Literal["came", "absent"]
AbsentBecause = Literal["ill", "child-ill", "other-meeting", "work", "other", "unknown"]


class Group(Row, table=True):
    """One activity at one time, for several people. ``taken``: how many places are, of ``capacity``.

    ``language``: the one it is interpreted into; empty for everybody.
    """

    __tablename__ = "planned_groups"
    __table_args__ = (
        CheckConstraint(one_of("activity", *get_args(PlannedKind)), name="activity"),
        CheckConstraint("starts_at < ends_at", name="starts_before_ends"),
        CheckConstraint("taken between 0 and capacity", name="never_over"),
        UniqueConstraint("activity", "starts_at", "language", "place"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    activity: str
    starts_at: datetime = moment(index=True)
    ends_at: datetime = moment()
    place: str
    digital: bool = False
    language: str = ""
    capacity: int
    taken: int = 0


class Plan(Row, table=True):
    """Where somebody's planning stands; one row for each person, who may have come to be another since.

    ``at_disposal``: whether she can take work now; who cannot is reminded of nothing that is planned. ``branch``: what
    she chose, whose team stays with her. ``notice`` told her of her times, last.
    """

    __tablename__ = "plans"
    __table_args__ = (CheckConstraint(one_of("branch", *get_args(Branch)), name="branch"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", unique=True)
    at_disposal: bool = True
    branch: str | None = None
    branch_at: datetime | None = moment(default=None, nullable=True)
    notice: UUID | None = Field(default=None, index=True)


class PlanVersion(Row, table=True):
    """A plan as it was written, for work or for studies; the last one holds. ``content``: goal and steps, each chosen
    from phrases or in own words. ``agreed``: she said yes to it, to whoever wrote it. ``notice`` told her of it."""

    __tablename__ = "plan_versions"
    __table_args__ = (CheckConstraint(one_of("kind", *get_args(PlanKind)), name="kind"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan: UUID = Field(foreign_key="plans.id", index=True)
    kind: str
    content: bytes = sealed()
    review_on: date
    agreed: bool
    written_at: datetime = moment()
    by: UUID
    by_name: str
    notice: UUID | None = None


class Week(Row, table=True):
    """A planning week. ``note``: the caseworker's note that began it. ``looked_at``: when it was looked at whether a
    branch was chosen."""

    __tablename__ = "planning_weeks"
    __table_args__ = (Index("ix_planning_weeks_unlooked", "choose_by", postgresql_where="looked_at is null"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    note: UUID = Field(unique=True)
    begun_at: datetime = moment()
    choose_by: date
    looked_at: datetime | None = moment(default=None, nullable=True)


class Weekly(Row, table=True):
    """What somebody does every week from a day on, until it ends. ``planned_until``: places are given up to this day.

    ``weekday``: 0 is Monday; ``at``: Swedish clock time. ``caseworker``: whose time it takes too, a resource of the
    bookings; it may be at home in another municipality.
    """

    __tablename__ = "planned_weekly"
    __table_args__ = (
        CheckConstraint(one_of("activity", *get_args(WeeklyKind)), name="activity"),
        CheckConstraint("weekday between 0 and 4", name="weekday"),
        CheckConstraint("minutes between 15 and 600", name="minutes"),
        Index(
            "ix_planned_weekly_live",
            "person",
            "activity",
            "weekday",
            "at",
            "place",
            unique=True,
            postgresql_where="ended_on is null",
        ),
        Index(
            "ix_planned_weekly_caseworker",
            "caseworker",
            postgresql_where="caseworker is not null and ended_on is null",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id")
    activity: str
    weekday: int
    at: time
    minutes: int
    place: str
    digital: bool = False
    begins_on: date
    planned_until: date | None = None
    ended_on: date | None = None
    by_name: str
    caseworker: UUID | None = None


class SettlingRow(Row, table=True):
    """One of the eleven steps of somebody newly arrived. ``reminded_at``: when its day was told to those it is for."""

    __tablename__ = "settling_steps"
    __table_args__ = (CheckConstraint("number between 1 and 11", name="number"), UniqueConstraint("person", "number"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id")
    number: int
    due_on: date | None = None
    done_on: date | None = None
    reminded_at: datetime | None = moment(default=None, nullable=True)
    by_name: str


class Enrolment(Row, table=True):
    """A person's place in a group. ``said``: her own last word. ``attended``: set by staff, and by nobody else.

    ``doctors_note``: one was seen. ``absent_words``: why, where the reasons do not say it.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint(one_of("said", *get_args(Said)), name="said"),
        CheckConstraint(one_of("attended", *get_args(Attended)), name="attended"),
        CheckConstraint(one_of("absent_because", *get_args(AbsentBecause)), name="absent_because"),
        CheckConstraint("absent_because is null or attended = 'absent'", name="a_reason_for_an_absence"),
        Index("ix_enrolments_once", "group", "person", unique=True, postgresql_where="cancelled_at is null"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    group: UUID = Field(foreign_key="planned_groups.id")
    person: UUID = Field(foreign_key="persons.id", index=True)
    week: UUID | None = Field(default=None, foreign_key="planning_weeks.id", index=True)
    made_at: datetime = moment()
    cancelled_at: datetime | None = moment(default=None, nullable=True)
    said: str | None = None
    said_at: datetime | None = moment(default=None, nullable=True)
    attended: str | None = None
    attended_at: datetime | None = moment(default=None, nullable=True)
    attended_by: str | None = None
    absent_because: str | None = None
    absent_words: bytes | None = sealed(default=None, nullable=True)
    doctors_note: bool = False


class SaidRow(Keyed, Row, table=True):
    """What she said of an activity, or the branch she chose: each is one write."""

    __tablename__ = "planning_said"
    __table_args__ = (
        CheckConstraint("(enrolment is null) <> (branch is null)", name="one_of_two"),
        CheckConstraint(one_of("how", *get_args(Said)), name="how"),
        CheckConstraint(one_of("branch", *get_args(Branch)), name="branch"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id")
    at: datetime = moment()
    enrolment: UUID | None = Field(default=None, foreign_key="enrolments.id", index=True)
    how: str | None = None
    branch: str | None = None


class JobRow(Keyed, Row, table=True):
    """What she told of a job she has applied for: each telling is one write, and the last one of a job holds.

    ``content``: which job and at which employer, in her own words. ``on``: the day she applied, as she said.
    """

    __tablename__ = "told_jobs"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    job: UUID = Field(index=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    at: datetime = moment()
    on: date
    content: bytes = sealed()
