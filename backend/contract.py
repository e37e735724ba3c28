"""The wire between the two halves: values, calls, notice kinds, errors and version, in one place.

The bot knows talk, the backend knows cases. The bot calls the backend over HTTP with the classes below; what the
backend has to tell waits in a feed of notices that the bot collects. Nothing else crosses, and this module imports
only pydantic and the standard library, so both sides may import it.

Rules that hold for every call:

* Base path ``/api/v1/{municipality}``; ``Authorization: Bearer <token of that municipality>``.
* Every write is a ``PUT`` whose last path part is its **idempotency key** (a UUID the bot chose and stored before it
  called). The key is a unique column of the row the write creates. Same key and same body: the first answer again.
  Same key, other body: 422 ``key-reused``.
* Errors are RFC 9457 ``application/problem+json`` with a ``code`` of :class:`ProblemCode`.
* Times are aware and in UTC on the wire. Kronor are ``int``. Dates are ``date``.
* A person is a UUID that the bot made when somebody it did not know first wrote; the backend follows merges.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

VERSION = "1.0"

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", examples=["sv", "ar"])]
Channel = Literal["sms", "telegram", "web", "terminal"]
MOST = 2_147_483_647
"""The highest number of a line, an epoch or a version: what an ``integer`` of PostgreSQL holds."""


class Value(BaseModel):
    """A value on the wire: frozen, and strict about fields nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


# --- Errors (RFC 9457) -----------------------------------------------------------------------------------------------


class ProblemCode(StrEnum):
    """Every error the backend answers with; the value is the last part of the problem's ``type``."""

    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not-found"
    INVALID = "invalid"
    KEY_REUSED = "key-reused"
    SLOT_TAKEN = "slot-taken"
    NOBODY_FREE = "nobody-free"
    TOO_LATE = "too-late"
    UNKNOWN_EPOCH = "unknown-epoch"
    WRONG_CODE = "wrong-code"
    GRANT_EXPIRED = "grant-expired"
    IDENTIFICATION_REFUSED = "identification-refused"
    IDENTIFICATION_AWAY = "identification-away"
    IDENTIFIED_UNKNOWN = "identified-unknown"
    UNAVAILABLE = "unavailable"


class Problem(Value):
    """RFC 9457 body. ``detail`` never carries what a person wrote."""

    type: str
    title: str
    status: int
    code: ProblemCode
    detail: str = ""


class ContractError(Exception):
    """The backend answered with a problem; its code says which."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.title}")
        self.problem = problem

    @property
    def code(self) -> ProblemCode:
        return self.problem.code


# --- Policy: what a municipality decided -----------------------------------------------------------------------------


class Sensitivity(StrEnum):
    """What may be said where (least to most sensitive)."""

    OPEN = "open"
    PERSONAL = "personal"
    SECRET = "secret"  # noqa: S105  # a word of the field, not a password


class Hours(Value):
    """Opening hours of one weekday (0 = Monday), local time ``HH:MM``."""

    weekday: int = Field(ge=0, le=6)
    opens: str
    closes: str


class ShortDay(Value):
    """A day that closes early, local time ``HH:MM``: the day before a red one."""

    day: date
    closes: str


OpenFor = Literal["drop-in", "open-reception", "evening", "job-search", "recruiting"]
"""What one may come to without a time of one's own: drop-in, open reception (öppen mottagning), a reception in the
evening (kvällsöppet), looking for jobs together (aktivt jobbsök), and meeting employers (rekryteringsträff)."""


class Opening(Value):
    """When one may come: every week on a ``weekday`` (0 = Monday; not on days that are red or closed), or on one
    ``day``. Local time ``HH:MM``. ``digital``: by video, and nobody goes to ``place``."""

    kind: OpenFor
    weekday: int | None = Field(None, ge=0, le=6)
    day: date | None = None
    opens: str
    closes: str
    place: str
    digital: bool = False


class Place(Value):
    """A place one comes to, known by its ``address``. Degrees in WGS 84, where a map may be shown."""

    address: str
    bus_stop: str = ""
    latitude: float | None = None
    longitude: float | None = None


class Phrase(Value):
    """A sentence staff may send: approved per language, rendered by the backend, counted in SMS segments there."""

    key: str
    fields: tuple[str, ...] = ()
    text: dict[str, str]


class Work(Value):
    """What helps to a job without an application for money: where it stands, and what the municipality has itself."""

    employment_service: str = Field("arbetsformedlingen.se", description="as it is written to people")
    offers: tuple[Literal["job-coach", "work-practice", "training", "cv"], ...] = ()


class DocumentLimits(Value):
    """What can be taken, for saying it in plain words."""

    megabytes: int
    pages: int


class Nearby(Value):
    """Another municipality that somebody can be handed over to: its name, and what the place is ``called``."""

    name: str
    called: str


class Policy(Value):
    """GET policy. Cached by the bot with its version; the bot works from the cache while the backend is away."""

    version: str
    municipality: str
    name: str
    ceilings: dict[str, Sensitivity] = Field(
        description="channel -> highest sensitivity that may be asked or said there"
    )
    ceiling_policy: Literal["careful", "guided"]
    time_zone: str = "Europe/Stockholm"
    quiet_from: str = "20:00"
    quiet_until: str = "08:00"
    opening_hours: tuple[Hours, ...] = ()
    closed_afternoons: tuple[int, ...] = Field((), description="weekdays on which nobody answers after noon")
    closed_days: tuple[date, ...] = Field((), description="days closed beside the red ones")
    short_days: tuple[ShortDay, ...] = Field((), description="days that close early")
    openings: tuple[Opening, ...] = Field((), description="when one may come without a time of one's own")
    places: tuple[Place, ...] = Field((), description="what is known of the places one comes to")
    address: str = Field(description="where meetings are held unless a booking says otherwise")
    telephone: str = Field(description="customer service, as it is written to people")
    after_hours_telephone: str = Field(description="social jour, as it is written to people")
    public_page: str = Field(
        description="address of the municipality's own page where /s/ is reached, for speaking aloud"
    )
    seal_keys: tuple[dict[str, Any], ...] = Field(
        description="public JWKs that may seal for this municipality; first is current"
    )
    application: Literal["own", "guide"] = "own"
    e_service: str = Field("", description="where the municipality takes the application itself, as it is written")
    e_identification: bool = Field(
        False, description="one may show who one is by e-identification; else no text says so"
    )
    work: Work = Field(default_factory=Work, description="for whoever wants a job, not money")
    waits_minutes: int | None = Field(
        None, description="how long a caseworker waits for whoever is late; none: nobody is told of it"
    )
    documents: DocumentLimits | None = Field(None, description="the papers that can be taken; none: none can")
    telegram: bool = Field(False, description="Telegram may be used: the municipality's legal analysis is recorded")
    links: bool = Field(False, description="a link may stand beside a code that somebody has asked for")
    answers_days: int | None = Field(
        None, description="days the bot keeps the answers of what was sent, after their last change; none: no rule"
    )
    automatic: bool = Field(False, description="a renewal in which nothing is different may be granted without a human")
    neighbours: tuple[Nearby, ...] = Field((), description="municipalities that somebody can be handed over to")
    unapproved_answers: bool = Field(
        False, description="answers that state the law may be said before anybody has approved them: in the demo only"
    )


# --- Calls the bot makes ---------------------------------------------------------------------------------------------


class CallForHelp(Value):
    """PUT calls-for-help/{key}: somebody asked for help. Creates the person and a case "wants to apply".

    ``received_at`` is the edge's time and is what legal dates count from. ``words`` is what was written; the backend
    encrypts it at rest. Answer: :class:`CallForHelpReceipt`.
    """

    person: UUID
    thread: UUID
    channel: Channel
    language: Language
    received_at: datetime
    words: str = ""
    telephone: str | None = Field(None, description="E.164, when the channel knows it")


class CallForHelpReceipt(Value):
    case: UUID
    received_at: datetime


class FreeTimesQuery(Value):
    """POST free-times (a look-up, no key): times when caseworker, place and, if asked for, an interpreter are all free.

    ``at`` is the business time of the question. ``not_before`` (a date) asks for later days ("another day").
    ``channel``: where she reads them. They are held for her as long as she may need there, and the same question
    meanwhile gets the same times; without it nothing is held.
    """

    person: UUID
    at: datetime
    interpreter_language: Language | None = None
    not_before: date | None = None
    channel: Channel | None = None
    limit: int = Field(3, ge=1, le=12)


class FreeTime(Value):
    """One offered time: start and end, and where. ``slot`` identifies it when booking."""

    slot: str
    start: datetime
    end: datetime
    address: str


class FreeTimes(Value):
    """``within_promise``: the earliest offered time is the same or next working day."""

    times: tuple[FreeTime, ...]
    within_promise: bool


Gender = Literal["woman", "man"]


class InterpreterWishes(Value):
    """What somebody said by herself that she wishes of the interpreter: a wish, never a promise.

    ``dialect`` where it matters for the order and the language does not say it (``benaadiri`` or ``northern`` Somali):
    a code and no words of hers, since it goes to an agency.
    ``not_from`` is an earlier meeting of hers: not the interpreter who took part in that.
    """

    dialect: str | None = Field(None, pattern=r"^[a-z][a-z-]{0,39}$")
    gender: Gender | None = None
    not_from: UUID | None = None


class WishOfInterpreter(Value):
    """PUT interpreter-wishes/{key}: what she wishes of her interpreter, at any time after a meeting with one is booked.

    It holds for that meeting and for those after it. A ``woman`` or a ``man``; a dialect of Somali (``northern``,
    ``benaadiri``) or Dari (``hazaragi``); ``other``: not the one of the meeting before. Never why.
    """

    person: UUID
    at: datetime
    wish: Literal["woman", "man", "northern", "benaadiri", "hazaragi", "other"]


class BookMeeting(Value):
    """PUT meetings/{key}: book caseworker, place and interpreter in one transaction. 409 ``slot-taken``.

    ``replaces`` is the meeting this one moves; both change in the same transaction. What she last wished of the
    interpreter goes with every meeting, unless ``interpreter_wishes`` says otherwise.
    """

    person: UUID
    slot: str
    at: datetime
    interpreter_language: Language | None = None
    replaces: UUID | None = None
    # Left out where there is none: a request that was sent before there were wishes is still the same request.
    interpreter_wishes: InterpreterWishes | None = Field(None, exclude_if=lambda wishes: wishes is None)


class MeetingStatus(StrEnum):
    PRELIMINARY = "preliminary"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    HELD = "held"
    NO_SHOW = "no-show"


class Meeting(Value):
    """A booked meeting. *Preliminary* until the interpreter has confirmed; without interpreter *booked* at once."""

    id: UUID
    person: UUID
    start: datetime
    end: datetime
    address: str
    status: MeetingStatus
    interpreter_language: Language | None = None
    mode: Literal["phone", "video", "on-site", "none"] = "none"


class CancelMeeting(Value):
    """PUT meetings/{meeting}/cancellation/{key}. ``too-late`` once begun. Answer: the cancelled :class:`Meeting`."""

    person: UUID
    at: datetime
    reason: Literal["cannot-come", "other"] = "cannot-come"


class AnswerEarlierTime(Value):
    """PUT earlier-times/{offer}/answer/{key}: does she want the earlier time of an EARLIER_TIME notice? Answer: the
    :class:`Meeting` as it stands then. 409 ``slot-taken`` when somebody else was first, ``too-late`` when her own is no
    longer to be held; the meeting she has stands then.
    """

    person: UUID
    at: datetime
    accept: bool


class SayOfMeeting(Value):
    """PUT meetings/{meeting}/said/{key}: what she says of a meeting that is not over; whoever holds it sees it at once.

    ``late``: by how many ``minutes``, where she said. ``ill``: nothing is changed yet. ``by-phone``: she is to be rung
    at its hour instead. ``too-late`` when it is over or not to be held. Answer: the :class:`Meeting` as it stands.
    """

    person: UUID
    at: datetime
    says: Literal["late", "ill", "by-phone"]
    minutes: int | None = Field(None, ge=1, le=240)


class CalendarQuery(Value):
    """POST meetings/{meeting}/calendar (a look-up): her meeting as a file for her own calendar."""

    person: UUID


class CalendarFile(Value):
    """A whole iCalendar file. It says when and where, and of what nothing: see the ceilings."""

    text: str


class WhyMissed(Value):
    """PUT meetings/{meeting}/missed-because/{key}: what hindered her, asked once; the later word counts."""

    person: UUID
    at: datetime
    why: Literal["ill", "forgot", "interpreter", "other"]


class CallTimesQuery(Value):
    """POST call-times (a look-up): the next hours in which customer service can ring her. Answer: :class:`FreeTimes`,
    without an address.

    ``interpreter_language``: one by telephone is to be found first. ``not_before`` asks for later days.
    """

    person: UUID
    at: datetime
    interpreter_language: Language | None = None
    not_before: date | None = None
    limit: int = Field(3, ge=1, le=12)


class BookCall(Value):
    """PUT call-times/{key}: she is rung in the hour she chose, instead of in one she chose before. 409 ``slot-taken``,
    ``too-late``. Answer: :class:`CallTime`.

    ``telephone``: the number of the thread she writes in, where it has one.
    """

    person: UUID
    thread: UUID
    channel: Channel
    language: Language
    slot: str
    at: datetime
    interpreter_language: Language | None = None
    telephone: str | None = None


class CallTime(Value):
    """An hour in which she is rung: somewhen between ``start`` and ``end``."""

    id: UUID
    start: datetime
    end: datetime
    interpreter_language: Language | None = None


class CancelCall(Value):
    """PUT call-times/cancellations/{key}: she wants no call in the hour she chose. A call that she is to be told
    something in is not meant. Answer: :class:`CancelledCall`."""

    person: UUID
    at: datetime


class CancelledCall(Value):
    """``call``: what was taken back; none where there was none."""

    call: CallTime | None = None


class AcuteNeed(Value):
    """PUT acute-needs/{key}: food, medicine or a bed is needed today. Makes an acute task for staff at once."""

    person: UUID
    thread: UUID
    at: datetime
    words: str = ""


class Child(Value):
    """A child in the household. ``days`` is days a month at the applicant's home (30 or more = always)."""

    first_name: str = ""
    age: int | None = Field(None, ge=0, le=20)
    days: int | None = Field(None, ge=0, le=31, description="None: left to the meeting")
    school: str | None = Field(None, description="asked from sixteen, when school decides whether it is supported")


class Income(Value):
    """One kind of income this month, in whole kronor."""

    kind: Literal[
        "salary",
        "unemployment-fund",
        "social-insurance",
        "student-aid",
        "child-support",
        "pension",
        "swish",
        "other-municipality",
        "rent-from-child",
        "other",
    ]
    kronor: int | None = Field(None, ge=0, le=1_000_000, description="None: left to the meeting")
    day: int | None = Field(None, ge=1, le=31, description="the day of the month it comes")


class Cost(Value):
    """One cost beside the home's own. What was left to the meeting is None."""

    kind: Literal[
        "electricity",
        "home-insurance",
        "internet",
        "unemployment-fund",
        "union",
        "travel",
        "care",
        "medical-care",
        "medicine",
        "medical-travel",
        "acute-dental",
        "glasses",
        "other",
    ]
    kronor: int | None = Field(None, ge=0, le=100_000)
    period: Literal["month", "quarter", "year", "once"] | None = None
    receipt: bool | None = Field(None, description="has a bill or a receipt")
    applies_to: Literal["applicant", "partner", "child", "all"] | None = None
    description: str | None = Field(None, description="what another kind of cost is for, in own words")
    paper: Literal["receipt", "estimate", "none"] | None = Field(None, description="what there is of a single cost")
    when: str | None = Field(None, description="when a single cost comes or came, in own words")
    why: str | None = Field(None, description="why a single cost is needed, in own words; never an illness asked for")


class Asset(Value):
    """Something of worth that the person owns; a vehicle stands among the vehicles too."""

    kind: Literal["savings", "vehicle", "home", "company", "other"]
    kronor: int | None = Field(None, ge=0, le=100_000_000, description="about what it is worth")


class Vehicle(Value):
    """One vehicle. Its number is no part of this: it is seen at the meeting."""

    kind: Literal["car", "motorcycle", "moped", "boat", "caravan", "snowmobile", "other"] | None = None
    bought: int | None = Field(None, ge=1950, le=2100, description="the year")


class Debt(Value):
    """One kind of bill that could not be paid."""

    kind: Literal["rent", "electricity", "union", "childcare", "other"]
    kronor: int | None = Field(None, ge=0, le=10_000_000)


class AppliedFor(Value):
    """One job that was applied for, in the person's own words."""

    title: str | None = None
    employer: str | None = Field(None, description="the employer and where")
    when: str | None = None


Authority = Literal["arbetsformedlingen", "forsakringskassan", "landlord", "care"]
"""Whom staff may talk to about the person, when she has agreed to it."""


class Partner(Value):
    """The person's husband, wife or partner: never an income, a number or an illness of somebody else."""

    first_name: str = ""
    planning: Literal["work", "job-seeking", "studies", "other"] | None = Field(
        None, description="None: left to the meeting"
    )
    worked_last_year: bool | None = None


class AnswerRecord(Value):
    """How one answer was given: the sentence shown, in the language and in Swedish, the meaning, when and where.

    ``answer``: the meaning in full, as it is said back. ``words``: what was written, where it was written.
    ``flow_version``: the version of the questions, empty where nobody noted it. ``taken_down``: of what she said at a
    desk or on the telephone, who of the staff wrote it down and how, in Swedish.
    """

    question: str
    shown: str
    shown_in_swedish: str
    language: Language
    meaning: Any
    answer: str = ""
    answer_in_swedish: str = ""
    words: str = ""
    at: datetime
    channel: Channel | Literal["desk"]
    flow_version: str = ""
    taken_down: str = ""


class SealedAnswer(Value):
    """A secret answer, as a JWE to the municipality's key; its protected header names municipality, run, question and
    person."""

    run: UUID
    question: str
    jwe: str


ApplicationKind = Literal["new", "recurring", "supplementary"]
"""``new``: the first, or after more than two months without. ``recurring`` (återansökan): the next month of somebody
known. ``supplementary`` (tilläggsansökan): a single cost, any day."""


class ApplicationFlag(Value):
    """What is worth knowing of an application, which is taken all the same.

    ``same-month``: one for the same month came ``on`` that day, less than 90 days ago. ``same-answers``: one that says
    the same. ``closed-lately``: her case was closed. ``not-open``: its month opens ``on`` that day. ``other-kind``: it
    came as another kind than that day's.
    """

    why: Literal["same-month", "same-answers", "closed-lately", "not-open", "other-kind"]
    on: date
    application: UUID | None = None


class ApplicationChoiceQuery(Value):
    """POST application-choice (a look-up): which application is it for this person at this moment?"""

    person: UUID
    at: datetime


class ApplicationChoice(Value):
    """Which application it is today. No sum, no reason and no decision.

    ``month``: its month. ``none-yet``: every month that is open is applied for; ``opens_on`` is when the next one
    opens. ``supplementary``: a single cost can be applied for beside it. Whoever wants to apply all the same, may.
    """

    kind: Literal["new", "recurring", "none-yet"]
    month: date | None
    next_month: date
    opens_on: date
    supplementary: bool
    said: tuple[ApplicationFlag, ...] = Field((), description="what would be said of it, were it sent now")


Section = Literal["household", "children", "housing", "assets", "reaching"]
"""What does not change from month to month, and is asked in a recurring application only where it has."""


class SendApplication(Value):
    """PUT applications/{key}: an application for a person. What was left to the meeting is named in ``later``.

    ``received_at`` is the edge's time of the attestation. Answer: :class:`ApplicationReceipt`.
    """

    person: UUID
    received_at: datetime
    language: Language
    kind: ApplicationKind = "new"
    applies_alone: bool | None = None
    partner: Partner | None = None
    month: date | None = Field(None, description="first day of the month the money is for")
    stays_here: bool | None = Field(None, description="in the municipality all that month")
    children: tuple[Child, ...] | None = None
    housing: Literal["rental", "sublet", "lodger", "owned", "with-parents", "rented-house", "none"] | None = None
    owned_form: Literal["flat", "house"] | None = None
    housing_kronor: int | None = Field(None, ge=0, le=100_000)
    rooms: int | None = Field(None, ge=1, le=30)
    home_persons: int | None = Field(None, ge=1, le=30, description="by the household, where the home is its own")
    rent_debt: bool | None = Field(None, description="rent or electricity that is not paid")
    debts: tuple[Debt, ...] | None = None
    cost_kinds: (
        tuple[
            Literal[
                "electricity",
                "home-insurance",
                "internet",
                "unemployment-fund",
                "union",
                "travel",
                "care",
                "other",
            ],
            ...,
        ]
        | None
    ) = None
    costs: tuple[Cost, ...] | None = None
    has_income: bool | None = None
    incomes: tuple[Income, ...] | None = None
    pending_benefits: bool | None = Field(None, description="has applied for other money and waits for an answer")
    pending_from: str | None = Field(None, description="where it was applied for, in own words")
    asset_kinds: tuple[Literal["savings", "vehicle", "home", "company", "other"], ...] | None = None
    assets: tuple[Asset, ...] | None = None
    vehicles: tuple[Vehicle, ...] | None = None
    planning: Literal["work", "job-seeking", "sick-leave", "sfi", "other"] | None = None
    registered_jobseeker: bool | None = Field(None, description="at Arbetsförmedlingen")
    sick_certificate: bool | None = Field(None, description="has a doctor's certificate; never for what")
    sick_level: Literal[25, 50, 75, 100] | None = Field(None, description="per cent of full time; never why")
    sfi_course: Literal["A", "B", "C", "D", "waiting"] | None = None
    sfi_path: Literal["1", "2", "3"] | None = None
    applied_for: tuple[AppliedFor, ...] | None = Field(None, description="jobs applied for")
    worked_last_year: bool | None = None
    lived_on: str | None = None
    plans: str | None = None
    interpreter_language: Language | None = Field(None, description="as for the meeting; None: needs no interpreter")
    contact_by: tuple[Literal["text", "call", "letter", "email"], ...] | None = None
    email: str | None = None
    may_ask: tuple[Authority, ...] | None = Field(
        None, description="the consents, one per contact: what the latest version does not name has been taken back"
    )
    later: tuple[str, ...] = Field((), description="names of questions left to the meeting")
    unchanged: tuple[Section, ...] = Field(
        (), description="of a recurring one: what she says is as it was last time; nothing of it was asked or is sent"
    )
    attested: bool
    digest: str = Field(description="SHA-256 of exactly the summary that was shown and confirmed")
    record: tuple[AnswerRecord, ...] = ()
    attestation: AnswerRecord | None = Field(None, description="how she said that it is right, as it was shown to her")
    sealed: tuple[SealedAnswer, ...] = ()
    corrects: UUID | None = Field(None, description="the application this one corrects")


# --- Applying together: each answers her own part ---------------------------------------------------------------------


class InvitePart(Value):
    """PUT joint-applications/{key}: she applies together with somebody who answers a part of his or her own.

    The bot gives out the code and says with :class:`JoinPart` who brought it. Answer: :class:`JointReceipt`.
    """

    person: UUID
    at: datetime
    kind: ApplicationKind = "new"
    month: date | None = None


class JointReceipt(Value):
    """``answer_by``: after that day staff are told that it is not complete."""

    joint: UUID
    answer_by: date


class JoinPart(Value):
    """PUT joint-applications/{joint}/partner/{key}: this person brought the code. One may, and not who invited."""

    person: UUID
    at: datetime


class HandInPart(Value):
    """PUT joint-applications/{joint}/parts/{key}: a version of one's own part, in the words of an application that is
    not attested. A part that says something else than before takes both attestations away."""

    part: SendApplication


class AttestPart(Value):
    """PUT joint-applications/{joint}/attestations/{key}: she has answered her part as truly as she can.

    It names both part versions; 409 ``too-late`` when one of them is no longer the latest. ``told``: what the joint
    calculation will show the other, as it was shown to her. When both have attested the same versions, the
    applications have come in.
    """

    person: UUID
    at: datetime
    own_version: int = Field(ge=1, le=MOST)
    other_version: int = Field(ge=1, le=MOST)
    attestation: AnswerRecord
    told: AnswerRecord


class LeaveJoint(Value):
    """PUT joint-applications/{joint}/withdrawals/{key}: she does not apply together. It ends; staff are told, and the
    other is not told why."""

    person: UUID
    at: datetime


class JointQuery(Value):
    """POST joint-applications/{joint}/standing (a look-up)."""

    person: UUID
    at: datetime


class JointStanding(Value):
    """How it stands for one of the two. Of the other's part its number alone.

    ``shows_the_other``: by language, what is said to each before she attests.
    """

    joint: UUID
    joined: bool
    own_version: int | None
    other_version: int | None
    own_attested: bool
    other_attested: bool
    ended: bool
    shows_the_other: dict[str, str]
    receipt: "ApplicationReceipt | None" = None


class OwnPart(Value):
    """GET joint-applications/{joint}/own-part (with X-Read-Grant): the latest version of her own part.

    What was sealed is named, and stays sealed. The other's part is read by nobody but staff.
    """

    version: int
    part: SendApplication
    sealed: tuple[str, ...]


Paper = Literal["identity", "rent-invoice", "bank-statements", "lease", "payslip"]
"""A paper that may be asked for."""


class ApplicationReceipt(Value):
    """What came in, when, and the papers still missing (keys of terms, rendered by the bot)."""

    application: UUID
    received_at: datetime
    missing: tuple[Paper, ...]
    flags: tuple[ApplicationFlag, ...] = ()


DocumentKind = Literal["jpeg", "png", "webp", "pdf"]
"""How a document is kept; a HEIC picture is kept as JPEG, which every browser shows."""

DocumentWarning = Literal["blurred", "dark", "small", "damaged", "first-picture-only"]
"""What may make a document hard to read. It is taken all the same."""

DocumentRefused = Literal["too-large", "too-many-pages", "too-heavy", "encrypted", "unreadable", "infected"]
"""Why a file is not taken. ``too-large``: more bytes than the limit. ``too-heavy``: more points, or more when unpacked,
than can be opened safely. ``unreadable``: no JPEG, PNG, WEBP, HEIC or PDF that can be opened."""


class HandInDocument(Value):
    """PUT documents/{key}: a paper. These fields stand in the query; the body is the file and nothing else.

    The body is the file as it came, or (``Content-Type: application/jose``) a compact JWE of it to the municipality's
    key, its protected header bound to municipality, person and key as that of :class:`Sealed`. Neither a name nor a
    type is asked for: the decoder decides. ``paper``: which was asked for, none if nobody asked. With the same key
    ``received_at`` may be later: what came first is answered again, and when that came stands.
    """

    person: UUID
    received_at: datetime
    channel: Channel | Literal["desk", "neighbour"]
    paper: Paper | None = None
    application: UUID | None = None


class DocumentReceipt(Value):
    """What became of a file: either ``document`` or ``refused`` is given. Asked again with the key, the same answer.

    ``paper``: which it is taken for: what it was said to be; or, said to be none, the only one that is missing of those
    asked for by a day. ``asked``: how many papers she is to send; ``came``: how many of those were handed in or seen,
    this one counted; ``by`` and ``missing``: where they were asked for by a day, which, and those not here or hard to
    read. The bot tells her so: a notice does of what came over the desk alone.
    """

    document: UUID | None = None
    refused: DocumentRefused | None = None
    kind: DocumentKind | None = None
    pages: int = 0
    warnings: tuple[DocumentWarning, ...] = ()
    limits: DocumentLimits
    paper: Paper | None = None
    asked: int = 0
    came: int = 0
    by: date | None = None
    missing: tuple[Paper, ...] = ()


class TakeBackDocument(Value):
    """PUT documents/{document}/taken-back/{key}: she takes a paper away that she handed in.

    ``too-late`` once somebody has read it. Taken away twice is taken away.
    """

    person: UUID
    at: datetime


class NamePapers(Value):
    """PUT documents/named/{key}: she says which paper it is that she has handed in, in so many documents; or, with no
    ``paper``, that it is none of those asked for. Said anew, the later word counts. Answer: :class:`MissingPapers`.
    """

    person: UUID
    at: datetime
    documents: tuple[UUID, ...] = Field(min_length=1)
    paper: Paper | None = None


SaidOfPaper = Literal["cannot-get", "good-enough"]
"""``cannot-get``: she does not have it; it is not asked for again and no longer counted. ``good-enough``: what came is
hard to read, and she can do no better."""


class AboutPaper(Value):
    """PUT missing-papers/{paper}/{key}: her answer about a paper that is asked for by a day; a caseworker reads it.

    Said twice is said once. Answer: :class:`MissingPapers`.
    """

    person: UUID
    at: datetime
    says: SaidOfPaper


class MissingPapersQuery(Value):
    """POST missing-papers (a look-up): what has not come of what is asked for. Answer: :class:`MissingPapers`."""

    person: UUID


class Sealed(Value):
    """PUT sealed/{key}: something secret nobody asked for, as a JWE to the municipality's key.

    The protected header is bound to municipality, person and key. The backend files it with the case unopened; staff
    open it through ``access``.
    """

    person: UUID | None
    at: datetime
    kind: Literal["personal-number", "account-number", "card-number", "photo", "malformed"]
    jwe: str


NotArrived = Literal[
    "no-such-number",
    "no-texts",
    "not-sent-there",
    "barred",
    "stopped",
    "gone",
    "out-of-reach",
    "filtered",
    "our-side",
    "too-late",
    "not-tried",
    "unknown",
]
"""Why a message certainly did not arrive, as far as its carrier tells. The number is none, or nobody's
(``no-such-number``); takes no texts, as a landline (``no-texts``); lies where our account does not send
(``not-sent-there``); its operator lets nothing of ours through (``barred``). The person has stopped us at the carrier
(``stopped``), or her account is no more (``gone``). The telephone was off or without coverage (``out-of-reach``). A
filter took the words for unwanted (``filtered``): that says nothing of the number. It was our mistake, or our
provider's trouble (``our-side``). Its time was over before it could leave (``too-late``); or it was not sent at all,
since nothing gets there or she has said stop (``not-tried``). Or no reason is told (``unknown``)."""

NOTHING_GETS_THERE: frozenset[NotArrived] = frozenset(
    {"no-such-number", "no-texts", "not-sent-there", "barred", "stopped", "gone"}
)
"""Those after which nothing else is tried there, until she writes or a text arrives."""


class HandOver(Value):
    """PUT handovers/{key}: put a thread in the inbox. The bot goes on answering until staff take over.

    ``unreachable``: nothing gets through where she wrote: she has shut us out, or the number takes no texts.
    ``undelivered``: nobody knows whether a message came. ``lost``: one certainly did not come; why stands on its line.
    ``important-day``: she wants help before the day she was told of.
    ``flood``: she writes more than the machine answers. ``abroad``: texts do not go to the country of her number.
    ``silent``: she has not written for a month and nothing is finished; a person decides what to do, nothing closes.
    ``letter``: what the law says she must be told came nowhere, and goes by letter.
    ``agreed-phrase``: she wrote what was agreed with her; nothing leaves to her until :class:`SafeAgain`.
    ``not-shared``: she wrote that nobody else reads her telephone any more, as anybody could who holds it: a person
    rings and asks, and says so by :class:`WhoReads`.
    """

    person: UUID
    thread: UUID
    channel: Channel
    language: Language
    at: datetime
    reason: Literal[
        "asked",
        "missed-three",
        "acute",
        "call-me",
        "dead-letter",
        "opted-out",
        "wrong-number",
        "question",
        "unreachable",
        "undelivered",
        "lost",
        "important-day",
        "silent",
        "letter",
        "flood",
        "abroad",
        "agreed-phrase",
        "not-shared",
    ]
    telephone: str | None = None
    shared_phone: bool | None = None
    about: UUID | None = Field(None, description="the dead letter; of `letter` the notice whose message came nowhere")
    entry: int | None = Field(None, ge=1, le=MOST, description="the line of the thread it is about, where there is one")


class EntryState(StrEnum):
    """Delivery, forward only; ``received`` for what came in."""

    RECEIVED = "received"
    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"
    GIVEN_UP = "given-up"


class Entry(Value):
    """PUT threads/{thread}/entries/{number}: one entry of a thread, in order by number; sent again as its state moves.

    ``swedish`` is the same thing in Swedish where no machine is needed (the bot's own texts, chosen answers);
    ``None`` for free words. The number is the key; only ``state`` may change between two puts (forward only), and with
    it ``why``, which may be given where the state is ``failed`` or ``dropped``; and ``in_doubt`` may come to hold.
    """

    person: UUID
    at: datetime
    who: Literal["person", "bot", "staff", "marker"]
    language: Language
    original: str
    swedish: str | None
    state: EntryState
    staff_message: UUID | None = Field(None, description="which staff message this entry is the sending of")
    # Left out where there is none: a line that was copied before there were reasons is still the same line.
    why: NotArrived | None = Field(None, exclude_if=lambda why: why is None)
    in_doubt: bool = Field(
        default=False, exclude_if=lambda told: not told, description="nobody knew who was there when it was said"
    )


class Ownership(Value):
    """PUT threads/{thread}/ownership/{epoch}: the bot's word on who owns the thread (bot is the truth for sending)."""

    owner: Literal["bot", "staff"]
    at: datetime


class Hear(Value):
    """PUT hearings/{key}: how the person wants to hear what is new. Makes the task it needs; changeable until told."""

    person: UUID
    something_new: UUID = Field(description="id of the SOMETHING_NEW notice")
    at: datetime
    how: Literal["call", "counter", "read", "letter"]


class HearReceipt(Value):
    """When staff will ring (``how = call``), or nothing to add."""

    call_at: datetime | None = None


class ContactConfirmed(Value):
    """PUT contacts/{key}: a telephone number was confirmed as this person's by a reply to our neutral text."""

    person: UUID
    telephone: str
    at: datetime
    shared: bool | None = None


class Phone(Value):
    """PUT phones/{key}: whether others read this person's messages, or the number is a wrong one."""

    person: UUID
    telephone: str | None
    at: datetime
    shared: bool | None = None
    wrong_number: bool = False
    opted_out: bool | None = None
    # Left out where it is not so: a request that was sent before this was told is still the same request.
    by_provider: bool = Field(
        False, exclude_if=lambda told: not told, description="her provider lets nothing through until she writes START"
    )


class SamePerson(Value):
    """PUT same-persons/{key}: ``person`` has shown, by a code given to ``into``, that she is the same person."""

    person: UUID
    into: UUID
    at: datetime


class AnswerMove(Value):
    """PUT moves/{move}/answer/{key}: whether she may be handed over, as a MOVE_ASKED notice asked. Her first word
    counts; after it a person is asked. Answer: :class:`MoveAnswered`."""

    person: UUID
    at: datetime
    yes: bool


class MoveAnswered(Value):
    """``asked``: the other municipality is asked, or has taken over; else what she was asked about stands no more."""

    asked: bool


class Held(Value):
    """PUT held/{key}: a message that did not leave, because nothing may; staff tell her another way, by telephone where
    that is what they have chosen. ``swedish``: what it said."""

    person: UUID
    at: datetime
    swedish: str


PlannedKind = Literal[
    "branches",
    "workplaces",
    "cv",
    "letter",
    "recruiters",
    "interview",
    "guidance",
    "plan",
    "caseworker",
    "job-search",
    "open-house",
    "placement",
    "planning-talk",
    "recruiter-interview",
    "recruiting",
]
"""What is planned with a person. The planning week has the first eight: what branches there are, a visit to workplaces,
CV and personal letter, meeting recruiters, interview training, guidance in a group, and showing one's plan; every week
after it has the next four; the last three are planned once: a talk about the plan, an interview with a recruiter, and
a meeting of employers."""

Branch = Literal[
    "care",
    "childcare",
    "cleaning",
    "construction",
    "industry",
    "retail",
    "restaurant",
    "transport",
    "green",
    "office",
]
"""The branches that have a name in every language. Which of them there are, each municipality decides."""


PlanKind = Literal["work", "study"]
"""What a plan is for (arbetsmarknadsplan, studieplan)."""


class PlannedActivity(Value):
    """One activity that a person has a place in. ``digital``: it is by video, and nobody goes to ``place``.
    ``interpreter``: there is one into her language."""

    id: UUID
    kind: PlannedKind
    start: datetime
    end: datetime
    place: str
    digital: bool = False
    interpreter: bool = False


class SayOfActivity(Value):
    """PUT activities/{activity}/answers/{key}: what she says of an activity of hers. Cancels nothing, and is no
    attendance: that is for staff to set. ``help`` wants somebody to help (with the CV or the letter)."""

    person: UUID
    at: datetime
    how: Literal["done", "could-not", "ill", "help"]


class ChooseBranch(Value):
    """PUT branches/{key}: the branch she wants to work in, from the municipality's own. 422 for one it has not."""

    person: UUID
    at: datetime
    branch: Branch


class TellOfJob(Value):
    """PUT jobs/{job}/{key}: a job she says she has applied for, as it happens. What she tells more of it comes under
    the same ``job``, and replaces what was said of it before. ``on``: the day she applied, as she said."""

    person: UUID
    at: datetime
    on: date
    title: str = Field("", max_length=100, description="which job, in her own words")
    employer: str = Field("", max_length=150, description="the employer, and where")


class StillTrueQuery(Value):
    """POST still-true (a look-up): is a message about to be sent still right? Asked for every proactive message.

    ``reference`` is the meeting or the notice it is about; of a ``nudge`` it is the thread.
    """

    kind: str
    person: UUID
    reference: UUID
    start: datetime | None = None
    at: datetime


class StillTrue(Value):
    """``by_telephone``: nothing is sent to her all the same, since staff ring (:class:`OnlyByTelephone`)."""

    true: bool
    by_telephone: bool = False


class AllStillTrueQuery(Value):
    """POST still-true/all (a look-up): the same of many messages at once, one answer for each, in their order.

    Where one of them cannot be answered none is; each may be asked about alone.
    """

    queries: tuple[StillTrueQuery, ...] = Field(min_length=1, max_length=100)


class AllStillTrue(Value):
    """``by_telephone``: as of one alone, for each; empty where it is so of none."""

    true: tuple[bool, ...]
    by_telephone: tuple[bool, ...] = ()


class Step(StrEnum):
    """The five steps a person sees."""

    WANTS_TO_APPLY = "1"
    MEETING_BOOKED = "2"
    APPLICATION_RECEIVED = "3"
    MEETING_HELD = "4"
    DECIDED = "5"


class StatusQuery(Value):
    """POST status (a look-up, trust step 1): step and next date; no unit, reason or sum."""

    person: UUID
    at: datetime


class SettlingStanding(Value):
    """Where somebody newly arrived is: step so many of so many, and its day where it has one."""

    number: int
    of: int
    on: date | None = None


class Status(Value):
    step: Step
    next_date: date | None = None
    next_time: datetime | None = Field(None, description="the meeting's start, when that is what comes next")
    settling: SettlingStanding | None = Field(None, description="of whoever is newly arrived")
    call: CallTime | None = Field(None, description="in which hour she is rung, where she chose one")


class AskForGrant(Value):
    """POST grants: a code typed on /s/. Answer: :class:`Grant`; 403 ``wrong-code`` (after five tries it is dead).

    ``press``: what the form it was typed in has for its own: the same code from the same form is the same try, and is
    answered as the first was.
    """

    code: str
    at: datetime
    press: str = Field("", max_length=40)


class BeginIdentification(Value):
    """POST e-identifications: somebody wants to show who she is. Answer: :class:`Identification`; 424
    ``identification-away``, 404 where the municipality has none. ``grant``: the right to read she has already."""

    language: Language
    grant: str = ""


class Identification(Value):
    """Where her browser goes to identify itself, and the word it must show when it comes back."""

    url: str
    browser: str


class EndIdentification(Value):
    """POST e-identifications/result: she is back. Answer: :class:`Grant`; 403 ``identification-refused`` and
    ``identified-unknown``, 424 ``identification-away``. Every result is taken once."""

    state: str = Field(max_length=500)
    code: str = Field(max_length=4000)
    browser: str = Field(max_length=500)
    issuer: str = Field("", max_length=1000, description="RFC 9207, where the provider sends it")
    at: datetime


class Grant(Value):
    """A short right to read: one person, one purpose, 15 minutes. Sent back as ``X-Read-Grant``."""

    token: str
    person: UUID
    language: Language
    expires_at: datetime


class AgreedLine(Value):
    """One line agreed at the meeting, chosen from translated phrases; rendered per language by the backend."""

    text: dict[str, str]


class DecisionText(Value):
    """A decision as it is read: whole paragraphs per language. ``approved`` says which languages have a signed text."""

    id: UUID
    kind: Literal["bifall", "delavslag", "avslag", "avvisning"]
    decided_on: date
    paragraphs: dict[str, tuple[str, ...]]
    approved: dict[str, bool]
    told_on: date | None = Field(None, description="the day she was told; the time to appeal counts from it")
    appeal_by: date | None = None
    new_meeting: Meeting | None = None
    automatic: bool = Field(False, description="no human made it, as its text says")


class WriteComment(Value):
    """PUT readable/comments/{key} (with X-Read-Grant): what she writes on the page of what was found out; no words and
    no wish is that she has nothing to add. ``language``: of the page. Answer: :class:`CommentReceipt`; 404 for what she
    was not asked."""

    comment: UUID
    language: Language
    words: str = Field("", max_length=4000)
    wants_to_speak: bool = Field(False, description="before the board, before it is decided")


class CommentReceipt(Value):
    """It is kept, whenever it came. ``day-passed``: it is not decided yet, so it is weighed all the same. ``decided``:
    it was decided before, and a human reads it."""

    came: Literal["in-time", "day-passed", "decided"]


class OwnComment(Value):
    """What she has written on the page, as she wrote it. ``language``: of the page she wrote it on."""

    at: datetime
    language: Language
    words: str
    wants_to_speak: bool


class ReadableComment(Value):
    """What was found out and may decide, for her to comment on before a day. ``words`` are Swedish; ``law``: what gives
    her the right to, as it is cited. ``speaks``: before the board. ``said``: what she has written on the page."""

    id: UUID
    words: str
    by: date
    answered: bool = False
    law: str = ""
    speaks: Literal["no", "wants", "has"] = "no"
    said: tuple[OwnComment, ...] = ()


class ReadablePlan(Value):
    """Her plan, as it is read. ``branch``: its name by language. ``agreed``: she said yes to it."""

    kind: PlanKind
    goal: AgreedLine
    steps: tuple[AgreedLine, ...]
    branch: AgreedLine | None = None
    review_on: date
    written_on: date
    agreed: bool


class CalculationLine(Value):
    """One line of a calculation as it counts: of ``income`` and ``asset`` what lessens. Words and reason: Swedish."""

    group: Literal["norm", "cost", "income", "asset"]
    words: str
    kronor: int = Field(ge=0)
    reason: str


class ReadableCalculation(Value):
    """A month worked out, as it is read: no decision. ``needs`` less ``means`` is ``support``, or below it
    ``surplus``."""

    month: date
    lines: tuple[CalculationLine, ...]
    needs: int
    means: int
    support: int
    surplus: int
    told_on: date


class HasRead(Value):
    """POST readable/told (with X-Read-Grant): she says that she has read the decision, or a page opened by
    e-identification shows it; she is told by that. Answer: :class:`Readable` as it is then; 404 for a decision that is
    not hers."""

    decision: UUID


class Readable(Value):
    """GET readable (with X-Read-Grant): what there is to read for the person of the grant; the reading is logged."""

    person: UUID
    by_code: bool = Field(True, description="she read by a code, not by e-identification")
    first_name: str = ""
    meeting: Meeting | None = None
    agreed: tuple[AgreedLine, ...] = ()
    plan: ReadablePlan | None = None
    decision: DecisionText | None = None
    calculation: ReadableCalculation | None = Field(None, description="only where the municipality decides by ours")
    comment: ReadableComment | None = None
    has_applied: bool = Field(False, description="there is an application of hers to read")


class ReadableApplication(Value):
    """GET readable/application (with X-Read-Grant): the last one she sent, as it was shown to her; 404 where is none.

    ``unchanged``: sections of which she said so. What was answered under seal is among the answers, without its words;
    ``sealed`` names the questions. The reading is logged.
    """

    application: UUID
    kind: ApplicationKind
    month: date | None
    received_at: datetime
    answers: tuple[AnswerRecord, ...]
    unchanged: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()


class WhatStands(Value):
    """GET readable/what-stands (with X-Read-Grant): what she has said of herself, for applying again.

    The latest application of a month comes first, then those before it, as far back as it takes to find what each
    section that she has called unchanged was. Single costs, and what was corrected, are not among them. Nothing that
    was answered under seal is opened. The reading is logged.
    """

    person: UUID
    applications: tuple[ReadableApplication, ...] = ()


class OpenedAnswer(Value):
    """What was answered under seal, for her who gave it. ``words`` is empty where it cannot be opened now."""

    question: str
    words: str


class OpenedAnswers(Value):
    """GET readable/application/secrets (with X-Read-Grant): what she answered under seal in the last one she sent,
    opened by the municipality for her; 404 where is none. The opening is logged as hers, and as an opening."""

    application: UUID
    answers: tuple[OpenedAnswer, ...] = ()


# --- The feed: what the backend has to tell --------------------------------------------------------------------------


class MeetingNotice(Value):
    """Body of INTERPRETER_CONFIRMED, MEETING_MOVED, MEETING_BOOKED (for her, by staff) and MEETING_CANCELLED."""

    meeting: Meeting


class CallNotice(Value):
    """Body of CALL_MOVED: no interpreter was found for the hour she was to be rung in, and she is rung in a later one.
    Still true while that call is to be made, and no later hour was told. ``chosen``: she chose the hour herself;
    otherwise it was given her, to be told of something in it."""

    call: CallTime
    chosen: bool = True


class EarlierTime(Value):
    """Body of EARLIER_TIME: somebody cancelled, and she waits for a meeting that could not be in time. Still true while
    the ``time`` is free and she has not answered; whoever answers first gets it. ``answer_by``: then it is too near.
    """

    offer: UUID
    meeting: Meeting = Field(description="the one she has, which stands until she says yes")
    time: FreeTime
    answer_by: datetime


class MeetingMissed(Value):
    """Body of MEETING_MISSED: she did not come to ``meeting``. ``again`` is the new time she has, where there is one,
    also one she has chosen herself; nothing else follows from it."""

    meeting: Meeting
    again: Meeting | None = None


class SomethingNew(Value):
    """Body of SOMETHING_NEW: never says what. ``send_until`` is the last moment the text may leave."""

    what: Literal["decision", "agreed-lines", "plan", "calculation"]
    refusal: bool = Field(False, description="steers the hour it may be sent at, is never said")
    with_interpreter: bool = False
    meeting: Meeting | None = Field(None, description="the new time it carries: kept for its reminders, not said here")


class CommentAsked(Value):
    """Body of COMMENT_ASKED: there is something to read, and to answer by a day if she wants. Never says what."""

    by: date


class PayDay(Value):
    """Body of PAY_DAY: the day she was to be told of. Never says of what. ``moved``: she was told another before;
    ``withdrawn``: the day does not hold, and no other is known."""

    day: date
    moved: bool = False
    withdrawn: bool = False


class ImportantDay(Value):
    """Body of IMPORTANT_DAY: she has been told what is new, and by this day she must have acted. Never says of what.

    ``remind_on`` is a working day about a week before, when somebody is there to help. ``meeting`` is what comes next.
    """

    by_telephone: bool
    day: date
    remind_on: date
    meeting: Meeting | None = None


class TakenOver(Value):
    """Body of TAKEN_OVER: staff want the thread. The bot answers with PUT ownership."""

    thread: UUID


class StaffMessage(Value):
    """Body of STAFF_MESSAGE; takes the thread over if it was not. ``text``: in the person's language, or as written."""

    thread: UUID
    message: UUID
    text: str
    swedish: str
    phrase: str | None = None


class HandedBack(Value):
    """Body of HANDED_BACK: the bot owns the thread again."""

    thread: UUID


class Merged(Value):
    """Body of PERSONS_MERGED and PERSONS_PARTED: ``person`` is from now on ``into``, or somebody of her own again."""

    person: UUID
    into: UUID


class DeadLetter(Value):
    """Body of DEAD_LETTER: staff have seen to what the bot could not read. ``again``: it is to try once more."""

    thread: UUID
    letter: UUID
    again: bool


class PhraseDigest(Value):
    """A phrase as it may be kept: see :func:`phrase_digest`. ``letters`` is how many it has, so that few messages of
    hers are hashed."""

    salt: str
    digest: str
    letters: int


class AgreedPhrase(Value):
    """Body of AGREED_PHRASE: what was agreed with the person from now on, instead of anything before; ``None``: nothing
    any more."""

    phrase: PhraseDigest | None


class SafeAgain(Value):
    """Body of SAFE_AGAIN: staff know that the person is safe, and may write to her again."""


class OnlyByTelephone(Value):
    """Body of ONLY_BY_TELEPHONE: staff have it that nothing is sent to the person on any channel, and ring her instead;
    or, not ``on``, that she is written to again. Why is asked and kept nowhere."""

    on: bool


class NextApplication(Value):
    """Body of NEXT_APPLICATION: when the next month can be applied for (``None``: it can already), and the working day
    on which there is still time for a decision before the pay day. Still true while she has not applied for it."""

    month: date
    opens_on: date | None
    remind_on: date


class AskedPaper(Value):
    """A paper that staff ask for. ``looks_like``: how to know it, by language; ``own_words``: what staff added, in
    Swedish, empty where nothing."""

    paper: Paper
    looks_like: dict[str, str] = Field(default_factory=dict)
    own_words: str = ""


class PapersAsked(Value):
    """Body of PAPERS_ASKED: which papers, and the day by which. What is said unasked names none of them.

    ``remind_on``: a working day before, ``None`` where there is none left. Still true while one has not come.
    """

    papers: tuple[AskedPaper, ...]
    by: date
    remind_on: date | None = None


class MissingPapers(Value):
    """Papers asked for by a day, as they stand: those that have not come or are hard to read, and how many have come.

    Where none are, there is no ``by``, and the papers are those that her case needs.
    """

    papers: tuple[AskedPaper, ...] = ()
    asked: int = 0
    came: int = 0
    by: date | None = None


class PapersCame(Value):
    """Body of PAPERS_CAME: one that was asked for has come, and not by the bot, which tells her of that itself.

    ``unreadable``: it is hard to read, and is kept. Still true while no other has come.
    """

    came: int
    asked: int
    by: date
    unreadable: bool = False


class PapersOverdue(Value):
    """Body of PAPERS_OVERDUE: the day has passed, and not all have come. Still true while one has not."""

    came: int
    asked: int
    by: date


class JointNews(Value):
    """Body of JOINT_NEWS: of an application of two, to each of them. Never says what.

    ``joined``: whoever was invited has begun (to her who invited). ``attested``: the other one has, so that both parts
    are there. ``attest-again``: something was changed, so that what was attested does not hold. ``came-in``: both have
    attested.
    """

    joint: UUID
    what: Literal["joined", "attested", "attest-again", "came-in"]
    at: datetime


class PlanningWeek(Value):
    """Body of PLANNING_WEEK: her week as it stands, instead of any she was told of before.

    ``activities``: in order of time. ``branches``: those to choose between, by ``choose_by``; she is reminded on
    ``remind_on`` unless she has, both of them only in the planning week. ``quiet``: she is not at the labour market's
    disposal, and nothing is reminded of.
    """

    week: UUID
    activities: tuple[PlannedActivity, ...]
    branches: tuple[Branch, ...] = ()
    choose_by: date | None = None
    remind_on: date | None = None
    quiet: bool = False


class SettlingStep(Value):
    """Body of SETTLING_STEP: a step of her settling in has its day, the next working day. Never says which."""

    number: int
    of: int
    on: date


class WhoReads(Value):
    """Body of WHO_READS: staff have heard from her whether others read the telephone of this thread. The bot, which
    knows its number, answers with :class:`Phone`."""

    thread: UUID
    shared: bool


class NumberRight(Value):
    """Body of NUMBER_RIGHT: staff have heard from her that the number of this thread, which somebody called a wrong
    one, is hers. Whoever has it is asked once more; the answer comes back as :class:`ContactConfirmed`."""

    thread: UUID


class NotHers(Value):
    """Body of NOT_HERS: staff have heard that somebody else wrote in this thread from line ``first`` on, up to the line
    ``until``, from where on nobody took it for hers anyway."""

    thread: UUID
    first: int
    until: int


class MessagesWished(Value):
    """Body of MESSAGES_WISHED: staff have heard from her that she wants no more messages in this thread, or wants them
    again; or, from whoever has it, that the number is a wrong one. ``tell``: it is confirmed there, once, as when it is
    written there. What her provider has stopped by itself, no word of staff's lets through."""

    thread: UUID
    wish: Literal["stop", "start", "wrong-number"]
    tell: bool = True


class LanguageSaid(Value):
    """Body of LANGUAGE_SAID: staff have heard from her which language she ``reads`` in this thread, one that we write,
    and which she ``speaks``. ``tell``: she is told, where something is to be told."""

    thread: UUID
    reads: Language
    speaks: Language
    tell: bool = True


class CalendarSaid(Value):
    """Body of CALENDAR_SAID: staff have heard from her by which calendar her days are said too, or by none."""

    calendar: Literal["persian", "afghan", "ethiopian", "off"]
    tell: bool = True


class JobSaid(Value):
    """A job she has told staff of, as :class:`TellOfJob` says it; kept by the backend already."""

    job: UUID
    on: date
    title: str = ""
    employer: str = ""


class TakenDown(Value):
    """Body of TAKEN_DOWN: staff have written down for her what she can say to the bot herself, and it is done.

    ``call``: the hour in which she is rung; with ``no-call`` there is none, and no promise to ring. ``hear``: how she
    wants to hear what is new, and when she is rung for it (``call_at``). ``activity`` with ``how``, or ``job``: what
    she said. ``branch``: the one she chose. ``missed``: why she did not come has been heard. ``paper`` with ``paper``:
    what she says of one that is asked for. ``not-together``: she does not apply with another any more, which the bot
    says back as :class:`LeaveJoint`. ``tell``: she is told as when she says it to the bot."""

    what: Literal[
        "interpreter-wish",
        "job",
        "activity",
        "call",
        "no-call",
        "hear",
        "branch",
        "missed",
        "paper",
        "not-together",
    ]
    call: CallTime | None = None
    hear: Literal["call", "counter", "read", "letter"] | None = None
    call_at: datetime | None = None
    activity: UUID | None = None
    how: Literal["done", "could-not", "ill", "help"] | None = None
    job: JobSaid | None = None
    branch: Branch | None = None
    paper: SaidOfPaper | None = None
    tell: bool = True


class CodeWished(Value):
    """Body of CODE_WISHED: staff have heard that she wants to go on elsewhere, or to let a helper in, and the code is
    to stand in her own ``thread``, soon after ``at`` or not at all; or that nobody is to help her any more, which is
    told where she is reached."""

    thread: UUID | None = None
    wish: Literal["elsewhere", "helper", "no-helper"]
    at: datetime | None = None
    tell: bool = True


class MoveAsked(Value):
    """Body of MOVE_ASKED: may what she asked for be handed over to another municipality (``name``)? Her answer comes
    back as :class:`AnswerMove`; until then, and if she says no, nothing changes. ``papers``: some that she has handed
    in go along."""

    move: UUID
    name: str
    papers: bool = False


class Moved(Value):
    """Body of MOVED: the municipality of this name has her now, and writes or rings first. She is asked nothing more
    here, and told how to reach it. ``cancelled``: she had a time here, which is none any more."""

    thread: UUID | None
    name: str
    telephone: str
    cancelled: bool = False


class Arrived(Value):
    """Body of ARRIVED: she was handed over to this municipality, and has not written to it. The bot writes first, from
    its own number, to a telephone that she says nobody else reads. ``language``: what she speaks; ``reads``: what she
    is written to in, where that is another."""

    person: UUID
    telephone: str
    language: Language
    reads: Language | None = None


class BackHere(Value):
    """Body of BACK_HERE: she whom another municipality had taken over is this one's again, and is rung. She is told
    nothing by this; what she writes is answered as ever."""

    thread: UUID


class NoticeKind(StrEnum):
    """What the backend tells the bot: for each kind its name and the body it carries."""

    body: type[Value]

    def __new__(cls, name: str, body: type[Value] = Value) -> Self:
        """A kind is also looked up by its name alone."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.body = body
        return kind

    INTERPRETER_CONFIRMED = "interpreter-confirmed", MeetingNotice
    MEETING_MOVED = "meeting-moved", MeetingNotice
    MEETING_BOOKED = "meeting-booked", MeetingNotice
    MEETING_CANCELLED = "meeting-cancelled", MeetingNotice
    CALL_MOVED = "call-moved", CallNotice
    EARLIER_TIME = "earlier-time", EarlierTime
    MEETING_MISSED = "meeting-missed", MeetingMissed
    SOMETHING_NEW = "something-new", SomethingNew
    COMMENT_ASKED = "comment-asked", CommentAsked
    PAY_DAY = "pay-day", PayDay
    IMPORTANT_DAY = "important-day", ImportantDay
    TAKEN_OVER = "taken-over", TakenOver
    STAFF_MESSAGE = "staff-message", StaffMessage
    HANDED_BACK = "handed-back", HandedBack
    PERSONS_MERGED = "persons-merged", Merged
    PERSONS_PARTED = "persons-parted", Merged
    DEAD_LETTER = "dead-letter", DeadLetter
    AGREED_PHRASE = "agreed-phrase", AgreedPhrase
    SAFE_AGAIN = "safe-again", SafeAgain
    ONLY_BY_TELEPHONE = "only-by-telephone", OnlyByTelephone
    NEXT_APPLICATION = "next-application", NextApplication
    PAPERS_ASKED = "papers-asked", PapersAsked
    PAPERS_CAME = "papers-came", PapersCame
    PAPERS_OVERDUE = "papers-overdue", PapersOverdue
    JOINT_NEWS = "joint-news", JointNews
    PLANNING_WEEK = "planning-week", PlanningWeek
    SETTLING_STEP = "settling-step", SettlingStep
    WHO_READS = "who-reads", WhoReads
    NUMBER_RIGHT = "number-right", NumberRight
    NOT_HERS = "not-hers", NotHers
    MESSAGES_WISHED = "messages-wished", MessagesWished
    LANGUAGE_SAID = "language-said", LanguageSaid
    CALENDAR_SAID = "calendar-said", CalendarSaid
    TAKEN_DOWN = "taken-down", TakenDown
    CODE_WISHED = "code-wished", CodeWished
    MOVE_ASKED = "move-asked", MoveAsked
    MOVED = "moved", Moved
    ARRIVED = "arrived", Arrived
    BACK_HERE = "back-here", BackHere


class Notice(Value):
    """One notice. ``position`` is gap-free and in commit order within its municipality and epoch."""

    id: UUID
    position: int
    kind: NoticeKind
    person: UUID
    at: datetime
    body: dict[str, Any]


class Feed(Value):
    """GET notices?epoch=&after=&limit=: the notices after a position. Unknown epoch: 409 ``unknown-epoch``.

    ``epoch`` is new after a restore; the bot then reads from 0 and skips the notice ids it already has.
    """

    epoch: UUID
    notices: tuple[Notice, ...]


# --- Her own case, read by herself ------------------------------------------------------------------------------------


class OwnPaper(Value):
    """A paper she has handed in. ``paper`` is none where nobody has said what it is."""

    paper: Paper | None
    came_at: datetime


class OwnSending(Value):
    """An application that came from her."""

    application: UUID
    kind: ApplicationKind
    month: date | None
    received_at: datetime
    corrects: bool = Field(False, description="it changed one that had come before")


class OwnAsked(Value):
    """What she could comment on before a decision, by a day, and what she said of it. ``words``: what was found out, in
    Swedish. ``said``: what she wrote on the page, in order, also what came after the decision. ``taken_down``: what she
    said otherwise, as staff wrote it down, in Swedish."""

    asked_on: date
    words: str
    by: date
    said: tuple[OwnComment, ...] = ()
    taken_down: str = ""


LookedBy = Literal["customer-service", "caseworker", "case-system", "automatic", "municipality", "person", "other"]


class Looked(Value):
    """Who had her case, her talk or a paper of hers open on a day, by what they work with, and how often.

    Never who of them, nor in which words why: what she shows of this page may be read over her shoulder.
    """

    on: date
    who: LookedBy
    times: int


class OwnMove(Value):
    """She was handed over to another ``municipality`` that day, or ``came`` from it."""

    on: date
    municipality: str
    came: bool


class OwnCase(Value):
    """GET readable/case (with X-Read-Grant): all that stands of her own case; the reading is logged.

    Every list has the latest first. ``looked`` leaves out what was done for her safety. ``agreed``: at the last meeting
    where something was. What was said in messages is the bot's own to show.
    """

    person: UUID
    status: Status
    missing: MissingPapers
    meetings: tuple[Meeting, ...] = ()
    decisions: tuple[DecisionText, ...] = ()
    sent: tuple[OwnSending, ...] = ()
    papers: tuple[OwnPaper, ...] = ()
    comments: tuple[OwnAsked, ...] = ()
    looked: tuple[Looked, ...] = ()
    moves: tuple[OwnMove, ...] = ()
    agreed: tuple[AgreedLine, ...] = ()
    plan: ReadablePlan | None = None
    calculation: ReadableCalculation | None = None


class OwnData(Value):
    """GET readable/everything (with X-Read-Grant): her own data to take home (GDPR article 15 and 20): the case,
    and every application as she was shown it. What lies under seal is named, not opened. The taking out is logged."""

    taken_at: datetime
    first_name: str
    case: OwnCase
    applications: tuple[ReadableApplication, ...] = ()


# --- The agreed phrase: how both halves read and hash it --------------------------------------------------------------

FEWEST_WORDS, MOST_WORDS = 3, 12
"""How many words a phrase that staff agree on with somebody may have."""

_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
"""Of scrypt: 16 MiB and some 50 ms for each try at what a phrase may be."""

# Letters that two keyboards write differently and one reader reads alike, signs within words, and tatweel.
_ALIKE = str.maketrans(
    {
        "\u0649": "\u064a",
        "\u06cc": "\u064a",
        "\u06a9": "\u0643",
        "\u0629": "\u0647",
        "\u06d5": "\u0647",
        "\u0671": "\u0627",
        "ø": "o",
        "æ": "a",
        **dict.fromkeys("'`\u00b4\u2018\u2019\u201b\u02bc\u0640"),
    }
)
_WORD = re.compile(r"[^\W_]+")


def phrase_words(text: str) -> tuple[str, ...]:
    """The words of a sentence as two who mean the same write it: case, marks, accents, spaces and signs aside."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()).translate(_ALIKE)
    seen = "".join(sign for sign in letters if unicodedata.category(sign) not in ("Mn", "Me", "Cf"))
    return tuple(_WORD.findall(seen))


def phrase_digest(words: Sequence[str], salt: bytes) -> bytes:
    """What a phrase is recognised by, wherever its spaces are. Slow on purpose: whoever has it can hardly try ordinary
    sentences one by one."""
    return hashlib.scrypt("".join(words).encode(), salt=salt, **_COST)
