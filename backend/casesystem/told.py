"""What the case system and the robot may tell: a status, a calculation, a decision, a payment; and what they hear back.

These are values on the wire, for the municipality's own systems; the bot knows none of them.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field, TypeAdapter, field_validator

from backend.casesystem.models import WayName
from backend.contract import Problem, Value
from backend.decisions.texts import Outcome, ReasonKey

MOST_KRONOR = 1_000_000
MOST_LINES = 200
_SINCE, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_A_NAME = r"^[^\x00-\x1f\x7f]*$"
"""What can stand in a log: a line that the database cannot hold would keep out all that come after it."""
_OWN_WORDS = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
"""What can be printed: a letter may have several lines."""


def _no_yes(given: object) -> object:
    if isinstance(given, bool):  # which would be one krona, or none
        raise ValueError("not a sum")  # noqa: TRY004  # pydantic hears no other
    return given


Kronor = Annotated[int, BeforeValidator(_no_yes)]
"""Whole kronor."""


class _Told(Value):
    """``id``: the sender's own, the same each time it is told; ``at``: when it became so there."""

    id: UUID
    case: UUID
    at: AwareDatetime = Field(ge=_SINCE, le=_UNTIL)


class _OfAMonth(_Told):
    month: date = Field(description="the first day of the month it is for")

    @field_validator("month")
    @classmethod
    def _first_day(cls, month: date) -> date:
        if month.day != 1:
            raise ValueError("not the first day of a month")
        return month


class StatusTold(_Told):
    """How far the case is there."""

    kind: Literal["status"]
    status: Literal["received", "investigated", "waits-for-papers", "decided", "paid", "closed"]


class CountedLine(Value):
    """One line: what is counted to the need is positive, what she has is negative."""

    what: str = Field(min_length=1, max_length=80, pattern=_A_NAME)
    kronor: Kronor = Field(ge=-MOST_KRONOR, le=MOST_KRONOR)


class Calculation(_OfAMonth):
    """A calculation made there. ``result``: what is granted by it, nothing when what she has is more than the need."""

    kind: Literal["calculation"]
    lines: tuple[CountedLine, ...] = Field(min_length=1, max_length=100)
    result: Kronor = Field(ge=0, le=MOST_KRONOR)


class DecisionTold(_OfAMonth):
    """A decision a human signed there. ``signed_by``: whose name stands under it."""

    kind: Literal["decision"]
    outcome: Outcome
    signed_by: str = Field("", max_length=80, pattern=_A_NAME)
    decided_on: date
    kronor: Kronor | None = Field(None, gt=0, le=MOST_KRONOR)
    reasons: tuple[ReasonKey, ...] = ()
    own_words: str = Field("", max_length=2000, pattern=_OWN_WORDS)
    new_meeting: UUID | None = None
    single_cost: bool = False


class Payment(_Told):
    """Money that was paid, or will be on that day, by a decision. ``replaces``: the id of the payment it is instead
    of (another day, another sum), also where that one was refused here."""

    kind: Literal["payment"]
    decision: UUID
    kronor: Kronor = Field(gt=0, le=MOST_KRONOR)
    paid_on: date
    replaces: UUID | None = None


Told = Annotated[StatusTold | Calculation | DecisionTold | Payment, Field(discriminator="kind")]
TOLD: TypeAdapter[StatusTold | Calculation | DecisionTold | Payment] = TypeAdapter(Told)


OneLine = Annotated[StatusTold | Calculation | DecisionTold | Payment | Any, Field(union_mode="left_to_right")]
"""A line as it was sent: what is none of the four is refused by itself, and says why."""


class Import(Value):
    """Several things told at once. Each line is read, taken or refused by itself, in this order."""

    lines: tuple[OneLine, ...] = Field(max_length=MOST_LINES)


class Line(Value):
    """What became of one line. ``known``: it was taken before, or stands here already. ``problem``: why it was refused.

    ``number`` counts from 1; ``decision``: the one it made, or was about.
    """

    number: int
    id: UUID | None = None
    state: Literal["taken", "known", "refused"]
    decision: UUID | None = None
    problem: Problem | None = None


class Imported(Value):
    """What became of an import, line by line."""

    lines: tuple[Line, ...]
    refused: int


class Replay(Value):
    """What was told since a moment is told again, under the same ids. Without ways: by each that is open."""

    since: AwareDatetime = Field(ge=_SINCE, le=_UNTIL)
    ways: tuple[WayName, ...] | None = None


class Replayed(Value):
    """How many events leave again."""

    events: int
