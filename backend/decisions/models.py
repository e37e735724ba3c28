"""The tables of decisions: the decisions, how people want to hear, codes from the counter and read grants."""

from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from backend.database import Row, moment, new_id, sealed, values
from backend.decisions.texts import Outcome
from backend.idempotency import Keyed
from backend.ladder import Level
from backend.tasks import one_of

ToldBy = Literal["call", "counter", "letter", "meeting"]
"""How the person was told by a human. ``letter``: it has reached her; that it was sent is no telling."""
Told = ToldBy | Literal["page"]
"""``page``: she opened it with her e-identification, or opened it with a code and said that she has read it. That a
page was opened with a code is no telling by itself: a child may have opened it."""
TOLD: tuple[Told, ...] = (*get_args(ToldBy), "page")
How = Literal["call", "counter", "read", "letter"]
Answered = Literal["message", "page", "counter", "telephone", "letter"]
"""How she said what she had to say of what was found out."""
WhyBack = Literal["mistake", "stopped", "replaced"]
"""Why a payment does not stand: it was written down by mistake, it is not paid, or another is instead of it."""
Speaks = Literal["no", "wants", "has"]
"""Before the board: she does not want to, she wants to, she has."""


class Decision(Row, table=True):
    """One signed decision. ``told_at`` is when the person was told; the time for appeal runs from that day.

    ``single_cost``: about that alone, while the application for a month goes on waiting beside it. ``law``: the places
    in the law it quotes, as they were verified when it was signed. ``comment``: what she could comment on before it.
    ``automatic``: no human signed it; of a month of a case once, and only a full grant.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint(one_of("kind", *get_args(Outcome)), name="kind"),
        CheckConstraint("kronor is null or kronor > 0", name="kronor"),
        CheckConstraint("kind in ('bifall', 'delavslag') or kronor is null", name="kronor_granted"),
        CheckConstraint("kind <> 'delavslag' or kronor is not null", name="kronor_of_part"),
        CheckConstraint("(told_at is null) = (told_how is null)", name="told"),
        CheckConstraint(f"told_how is null or {one_of('told_how', *TOLD)}", name="told_how"),
        CheckConstraint(
            "not automatic or (kind = 'bifall' and kronor is not null and not single_cost)", name="automatic"
        ),
        Index("ix_decisions_automatic", "case", "month", unique=True, postgresql_where="automatic"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    kind: str
    month: date = Field(description="first day of the month it is for")
    kronor: int | None = None
    reasons: list[str] = values()
    own_words: bytes | None = sealed(default=None, nullable=True)
    decided_on: date
    signed_at: datetime = moment()
    signed_by: UUID
    signed_name: str
    new_meeting: UUID | None = None
    single_cost: bool = False
    automatic: bool = False
    law: list[str] = values()
    comment: UUID | None = Field(default=None, foreign_key="comments_asked.id")
    notice: UUID | None = Field(default=None, index=True)
    told_at: datetime | None = moment(default=None, nullable=True)
    told_how: str | None = None
    told_by: UUID | None = None
    told_by_name: str | None = None
    appeal_by: date | None = None


class CommentAsked(Row, table=True):
    """What she may comment on before a refusal, by a day (kommunicering), and what she said of it.

    ``words``: what was found out, in Swedish. ``speaks``: whether she wants to speak before the board, and has.
    """

    __tablename__ = "comments_asked"
    __table_args__ = (
        CheckConstraint("(answered_at is null) = (answered_how is null)", name="answered"),
        CheckConstraint(f"answered_how is null or {one_of('answered_how', *get_args(Answered))}", name="answered_how"),
        CheckConstraint(one_of("speaks", *get_args(Speaks)), name="speaks"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    asked_at: datetime = moment()
    by: UUID
    by_name: str
    until: date
    words: bytes = sealed()
    notice: UUID | None = None
    answered_at: datetime | None = moment(default=None, nullable=True)
    answered_how: str | None = None
    answer: bytes | None = sealed(default=None, nullable=True)
    answer_by_name: str | None = None
    speaks: str = "no"


class CommentSaid(Keyed, Row, table=True):
    """What she wrote on the page, once: nothing of it is written over.

    ``language``: of the page. ``after_decision``: it was decided when it came. ``swedish``: by the machine ``service``.
    """

    __tablename__ = "comments_said"
    __table_args__ = (CheckConstraint("(swedish is null) = (service is null)", name="translated"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    comment: UUID = Field(foreign_key="comments_asked.id", index=True)
    at: datetime = moment()
    language: str
    words: bytes | None = sealed(default=None, nullable=True)
    wants_to_speak: bool
    after_decision: bool
    swedish: bytes | None = sealed(default=None, nullable=True)
    service: str | None = None


class Proposal(Row, table=True):
    """A decision put forward by somebody who may not sign it, as the form was filled in, for somebody who may."""

    __tablename__ = "decision_proposals"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    case: UUID = Field(foreign_key="cases.id", index=True)
    at: datetime = moment()
    by: UUID
    by_name: str
    needs: str = Field(description="the level that may sign it")
    filled: bytes = sealed()
    settled_at: datetime | None = moment(default=None, nullable=True)


class Payment(Row, table=True):
    """Money that is paid by a decision on a day. ``notice`` told her the day. ``ended_at``: taken back, or replaced by
    another; then ``ended_name`` did it, and ``ended_notice`` told her that the day does not hold."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("kronor > 0", name="kronor"),
        CheckConstraint(one_of("ended_because", *get_args(WhyBack)), name="ended_because"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    decision: UUID = Field(foreign_key="decisions.id", index=True)
    kronor: int
    paid_on: date
    recorded_at: datetime = moment()
    by: UUID
    by_name: str
    notice: UUID | None = None
    ended_at: datetime | None = moment(default=None, nullable=True)
    ended_by: UUID | None = None
    ended_name: str | None = None
    ended_because: str | None = None
    ended_notice: UUID | None = Field(default=None, index=True)


class PaymentDay(Row, table=True):
    """That the day of a payment was changed, by whom, from which to which. Never changed (see ``migrations``)."""

    __tablename__ = "payment_days"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    payment: UUID = Field(foreign_key="payments.id", index=True)
    at: datetime = moment()
    by: UUID
    by_name: str
    before: date
    after: date


class Hearing(Keyed, Row, table=True):
    """How a person wants to hear what is new. The latest one of a notice counts."""

    __tablename__ = "hearings"
    __table_args__ = (CheckConstraint(one_of("how", *get_args(How)), name="how"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    something_new: UUID = Field(index=True)
    at: datetime = moment()
    how: str


class CounterCode(Row, table=True):
    """A code given at the counter: its first digits find the row, the rest is kept as a keyed digest only.

    ``last_wrong``: the last try that did not fit, and the form it came from, as a keyed digest: sent twice it is one.
    """

    __tablename__ = "counter_codes"
    __table_args__ = (
        Index("ix_counter_codes_live", "selector", unique=True, postgresql_where="ended_at is null"),
        CheckConstraint("tries >= 0", name="tries"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    selector: str
    secret: bytes = sealed()
    issued_at: datetime = moment()
    issued_by: UUID
    issued_name: str
    expires_at: datetime = moment()
    tries: int = 0
    last_wrong: bytes | None = sealed(default=None, nullable=True)
    ended_at: datetime | None = moment(default=None, nullable=True)


class ReadGrant(Row, table=True):
    """A short right to read, in real time: by a code, or by an e-identification. Only the token's digest is kept."""

    __tablename__ = "read_grants"
    __table_args__ = (CheckConstraint("num_nonnulls(code, identification) = 1", name="shown_by_one"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_digest: bytes = sealed(unique=True)
    person: UUID = Field(foreign_key="persons.id", index=True)
    code: UUID | None = Field(default=None, foreign_key="counter_codes.id")
    identification: UUID | None = Field(default=None, foreign_key="e_identifications.id")
    level: int = int(Level.CODE)
    expires_at: datetime = moment()
