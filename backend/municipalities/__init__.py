"""What a municipality decided, one file of settings each, found by being there.

Nothing secret stands in these files: keys, tokens and database addresses come from the environment.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from backend.calendar import WorkingCalendar
from backend.contract import Hours, Language, Sensitivity, ShortDay, Value, Work
from backend.municipalities.accounts import ServiceAccount
from backend.municipalities.agencies import Agency
from backend.municipalities.delegation import Automatic, Delegation
from backend.municipalities.openings import Calls, KnownPlace, OpenHours
from backend.municipalities.programme import ActivityRequirement, Programme
from backend.municipalities.reasonable import ReasonableCosts
from backend.municipalities.sms_prices import SmsPrice

_FOLDER = Path(__file__).parent

Ceilings = Literal["careful", "guided"]
"""How much may be asked and said on SMS and Telegram. *Careful*: open only. *Guided*: personal too, after the person
has been offered "here, on the page, or at the meeting"."""

_CHAT = {"web": Sensitivity.PERSONAL, "terminal": Sensitivity.PERSONAL}
CEILINGS: dict[Ceilings, dict[str, Sensitivity]] = {
    "careful": {"sms": Sensitivity.OPEN, "telegram": Sensitivity.OPEN, **_CHAT},
    "guided": {"sms": Sensitivity.PERSONAL, "telegram": Sensitivity.PERSONAL, **_CHAT},
}


class LegalAnalysis(Value):
    """The municipality's own record that SMS and Telegram may carry personal questions (diary number and day)."""

    reference: str
    decided_on: date


class Meetings(Value):
    """First meetings (nysamtal). Minutes are booked lengths; ``said_minutes`` is what people are told.

    ``waits_minutes``: how long a caseworker waits for somebody who is late. Where it is not given no time is promised.
    """

    address: str
    minutes: int = Field(ge=10, le=120)
    minutes_with_interpreter: int = Field(ge=10, le=120)
    said_minutes: str
    waits_minutes: int | None = Field(None, ge=5, le=60)


class Ordering(Value):
    """What every order of an interpreter says of the municipality. Without ``rings`` its own telephone is rung."""

    rings: str = Field("", description="the number an interpreter by telephone rings when it is time")
    video: str = Field("", description="how an interpreter by video takes part: the tool and where she enters")
    cost_centre: str = ""
    contact: str = Field("", description="whom an agency asks, without the name of a person")


class ApplicationMonths(Value):
    """When a month can be applied for and when its money is paid, from a day on. Days are days of the month before.

    ``remind_before``: working days before the pay day, so that there is time to decide. Nothing of it is said as a
    promise, whatever its ``status``.
    """

    since: date
    opens_on: int = Field(ge=1, le=28)
    pay_day: int = Field(ge=1, le=28)
    remind_before: int = Field(ge=1, le=15)
    source: str
    status: Literal["verified", "not-verified", "example"]


class Retention(Value):
    """How long what need not be kept is kept, from a day on, by the municipality's own rule (gallring).

    Each in days; none: it is not erased. ``answers_days``: in the bot, after the last change of what was sent; the
    application itself lies with the municipality. ``translations_days``, ``events_days``: see
    ``backend/retention/kept.toml``. Only a verified rule erases.
    """

    since: date
    answers_days: int | None = Field(None, ge=1, le=3650)
    translations_days: int | None = Field(None, ge=1, le=3650)
    events_days: int | None = Field(None, ge=1, le=3650)
    source: str
    status: Literal["verified", "not-verified", "example"]


class Decisions(Value):
    """How decisions are made, where they are made here. ``automatic``: *unchanged-renewals* lets a machine grant a
    renewal in which nothing is different (see ``backend/automatic``), where the delegation list allows it."""

    automatic: Literal["off", "unchanged-renewals"] = "off"


class Approval(Value):
    """Who in the municipality approved the fixed decision texts in one language, and when."""

    approved_by: str
    approved_on: date


class Municipality(BaseModel):
    """One municipality's settings. ``slug`` is its name in addresses; upper-cased it is its CODE in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    slug: str = Field(pattern=r"^[a-z]+$")
    number: int = Field(ge=100, le=9999, description="Statistics Sweden's municipality code")
    name: str
    committee: str = Field(description="the committee that decides and receives appeals")
    court: str = Field(description="the administrative court an appeal goes on to")
    address: str
    telephone: str = Field(description="customer service, as it is written to people")
    after_hours_telephone: str
    public_page: str = Field(description="said aloud and typed by people: short, without https")
    time_zone: str = "Europe/Stockholm"
    languages: tuple[Language, ...] | None = Field(
        None, description="written in where there are texts; every language there is where none is named"
    )
    application: Literal["own", "guide"] = "own"
    e_service: str = Field("", description="the municipality's own e-service, as it is written to people; for a guide")
    decides: Literal["casesystem", "imorgon"] = Field(
        "casesystem", description="whose calculation counts; the case system's: ours is a preview for staff, never sent"
    )
    copy_order: str = Field("", description="the case system whose order of fields staff copy by (see copyout)")
    reasonable_costs: tuple[ReasonableCosts, ...] = Field((), description="by the day they begin")
    delegation: tuple[Delegation, ...] = Field((), description="who may sign what, by the day it begins")
    decisions: Decisions = Field(default_factory=Decisions, description="whether any are made without a human")
    ceilings: Ceilings = "careful"
    legal_analysis: LegalAnalysis | None = None
    links: bool = Field(
        False,
        description="beside a code to go on that somebody asked for by text or Telegram; needs the analysis",
    )
    quiet_from: time
    quiet_until: time
    code_days: int = Field(14, ge=1, le=60, description="days a code from the counter may wait before it is used")
    calendar: WorkingCalendar = Field(description="opening hours, closed days and the cut-off hour")
    meetings: Meetings
    open_hours: tuple[OpenHours, ...] = Field((), description="when one may come without a time of one's own")
    calls: Calls | None = Field(None, description="calls at a chosen hour; none: a person rings when she can")
    places: tuple[KnownPlace, ...] = Field((), description="what is known of the places one comes to")
    work: Work = Field(default_factory=Work, description="what there is for whoever wants a job, not money")
    planning: Programme | None = Field(None, description="the planning week; none: there is none here")
    activity_requirement: tuple[ActivityRequirement, ...] = Field((), description="by the day it begins")
    application_months: tuple[ApplicationMonths, ...] = Field(min_length=1, description="by the day they begin")
    retention: tuple[Retention, ...] = Field((), description="by the day they begin; none: nothing is erased")
    interpreting: Ordering = Field(default_factory=Ordering, description="what agencies are told")
    interpreter_agencies: tuple[Agency, ...] = Field((), description="asked in this order, when none of ours is free")
    service_accounts: tuple[ServiceAccount, ...] = Field((), description="robots and systems that may call us")
    partner_days: int = Field(7, ge=1, le=30, description="days a partner has for her part before staff are told")
    sms_prices: tuple[SmsPrice, ...] = Field((), description="by the day they begin; none: a text is said in parts")
    approved_texts: dict[Language, Approval] = Field(description="decision texts approved, by language")

    @property
    def code(self) -> str:
        """The municipality's part of a setting's name."""
        return self.slug.upper()

    @property
    def opening_hours(self) -> tuple[Hours, ...]:
        """The ordinary week, as it is written to people."""
        return tuple(
            Hours(weekday=weekday, opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}")
            for weekday, (opens, closes) in sorted(self.calendar.opening_hours.items())
        )

    @property
    def short_days(self) -> tuple[ShortDay, ...]:
        """The days that close early, as they are written to people."""
        return tuple(
            ShortDay(day=day, closes=f"{closes:%H:%M}") for day, closes in sorted(self.calendar.short_days.items())
        )

    def retention_on(self, day: date, *, examples: bool) -> Retention | None:
        """The rule that erases on a day; ``None`` where there is none. An example erases only where ``examples`` do,
        and one that nobody has verified nowhere."""
        found = next((row for row in reversed(self.retention) if row.since <= day), None)
        counts = ("verified", "example") if examples else ("verified",)
        return found if found is not None and found.status in counts else None

    def reasonable_costs_in(self, month: date, *, examples: bool) -> ReasonableCosts | None:
        """The table of highest costs that holds in a month; an example counts only where ``examples`` do."""
        found = next((row for row in reversed(self.reasonable_costs) if row.since <= month), None)
        counts = ("verified", "example") if examples else ("verified",)
        return found if found is not None and found.status in counts else None

    def sms_price_on(self, day: date, *, examples: bool) -> SmsPrice | None:
        """The price of a part that holds on a day; an example counts only where ``examples`` do. ``None``: unknown."""
        found = next((row for row in reversed(self.sms_prices) if row.since <= day), None)
        counts = ("verified", "example") if examples else ("verified",)
        return found if found is not None and found.status in counts else None

    def delegation_on(self, day: date, *, examples: bool) -> Delegation | None:
        """Who may sign what on a day; an example counts only where ``examples`` do. ``None``: no list was laid in."""
        found = next((row for row in reversed(self.delegation) if row.since <= day), None)
        counts = ("verified", "example") if examples else ("verified",)
        return found if found is not None and found.status in counts else None

    def automatic_on(self, day: date, *, examples: bool) -> Automatic | None:
        """What may be granted without a human on a day; ``None``: nothing. An example of a list allows it only where
        ``examples`` count."""
        if self.decisions.automatic == "off":
            return None
        listed = self.delegation_on(day, examples=examples)
        allowed = listed.automatic if listed is not None else None
        return allowed if allowed is not None and allowed.decided_on <= day else None

    @field_validator("calendar", mode="before")
    @classmethod
    def _read_calendar(cls, table: Mapping[str, Any]) -> WorkingCalendar:
        return WorkingCalendar.from_table(table)

    @model_validator(mode="after")
    def _rows_in_order(self) -> "Municipality":
        for name, rows in (
            ("application_months", self.application_months),
            ("retention", self.retention),
            ("reasonable_costs", self.reasonable_costs),
            ("sms_prices", self.sms_prices),
            ("delegation", self.delegation),
        ):
            begins = [row.since for row in rows]
            if begins != sorted(set(begins)):
                raise ValueError(f"{name}: each row begins on a later day than the one before")
        return self

    @model_validator(mode="after")
    def _places_apart(self) -> "Municipality":
        addresses = [place.address for place in self.places]
        if len(addresses) != len(set(addresses)):
            raise ValueError("places: each address stands once")
        return self

    @model_validator(mode="after")
    def _named_apart(self) -> "Municipality":
        for name, rows in (
            ("interpreter_agencies", self.interpreter_agencies),
            ("service_accounts", self.service_accounts),
        ):
            slugs = [row.slug for row in rows]
            if len(slugs) != len(set(slugs)):
                raise ValueError(f"{name}: each has a slug of its own")
        return self

    @model_validator(mode="after")
    def _a_guide_needs_an_e_service(self) -> "Municipality":
        if self.application == "guide" and not self.e_service:
            raise ValueError("application = 'guide' needs the address of the e-service")
        return self

    @model_validator(mode="after")
    def _guided_needs_an_analysis(self) -> "Municipality":
        if self.ceilings == "guided" and self.legal_analysis is None:
            raise ValueError("ceilings = 'guided' needs a recorded legal_analysis")
        return self

    @model_validator(mode="after")
    def _links_need_an_analysis(self) -> "Municipality":
        if self.links and self.legal_analysis is None:
            raise ValueError("links = true needs a recorded legal_analysis")
        return self

    @model_validator(mode="after")
    def _automatic_needs_to_be_allowed(self) -> "Municipality":
        if self.decisions.automatic == "off":
            return self
        if self.decides != "imorgon":
            raise ValueError("decisions.automatic needs decides = 'imorgon': elsewhere nothing is decided here")
        if not self.delegation or self.delegation[-1].automatic is None:
            raise ValueError(
                "decisions.automatic needs a delegation list that allows it ([delegation.automatic]: who recorded it, "
                "its reference, and the day it was decided)"
            )
        return self


@cache
def found() -> dict[str, Municipality]:
    """Every municipality there is a file for, by slug."""
    files = sorted(_FOLDER.glob("*.toml"))
    return {file.stem: Municipality.model_validate({"slug": file.stem, **_read(file)}) for file in files}


def _read(file: Path) -> dict[str, object]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
