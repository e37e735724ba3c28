"""The conversation rehearsed: turns alone, without database, channel or backend, to count what a language says.

The backend is a few answers given at once: the same three times tomorrow, a meeting, which application, a receipt.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from backend.contract import (
    ApplicationChoice,
    ApplicationChoiceQuery,
    ApplicationFlag,
    ApplicationReceipt,
    AttestPart,
    BookMeeting,
    FreeTime,
    FreeTimes,
    FreeTimesQuery,
    HandInPart,
    InvitePart,
    JoinPart,
    JointQuery,
    JointReceipt,
    JointStanding,
    Meeting,
    MeetingNotice,
    MeetingStatus,
    Notice,
    NoticeKind,
    Policy,
    SendApplication,
    Status,
    StatusQuery,
    Step,
    TakenOver,
    Value,
)
from bot.conversation import turn
from bot.conversation.notices import tellings
from bot.conversation.silence import SILENCE
from bot.conversation.understood import UNDERSTOOD
from bot.leaving.kinds import KINDS
from bot.leaving.sending import TOGETHER
from bot.messages import Elapsed, Event, Invited, Noticed, Person, Resulted, Said, State, Thread, Timer, Went
from bot.rendering import as_text
from bot.stories.meeting_first import HELLO, TUESDAY
from bot.stories.speaking import first_words, spoken
from bot.text import STOCKHOLM, is_gsm, language_name, segments, words

_IDS = UUID("00000000-0000-4000-8000-0000000000f0")
_MONDAY = datetime(2026, 11, 30, 9, 57, tzinfo=STOCKHOLM)

_SEPTEMBER, _WEDNESDAY = date(2026, 9, 1), date(2026, 9, 23)
"""The longest names of a month and of a day."""
_FIRST = ApplicationChoice(
    kind="new",
    month=_SEPTEMBER,
    next_month=_SEPTEMBER,
    opens_on=_WEDNESDAY,
    supplementary=False,
    said=(ApplicationFlag(why="closed-lately", on=_WEDNESDAY),),
)


@dataclass(frozen=True)
class Sent:
    """One text as it would leave by SMS."""

    kind: str
    words: str

    @property
    def segments(self) -> int:
        return segments(self.words)

    @property
    def budget(self) -> int:
        """How many segments its kind may cost, in the letters it is written in."""
        return KINDS[self.kind].segments[0 if is_gsm(self.words) else 1]


@dataclass
class Rehearsal:
    """One person's thread on SMS. ``own`` counts her messages; ``sent`` is what came back, in order. ``choice``: which
    application it is for her."""

    policy: Policy
    now: datetime = _MONDAY
    own: int = 0
    choice: ApplicationChoice = _FIRST
    sent: list[Sent] = field(default_factory=list)
    state: State = field(init=False)

    def __post_init__(self) -> None:
        thread = Thread(uuid5(_IDS, "thread"), self.policy.municipality, "sms")
        self.state = State(thread, Person(uuid5(_IDS, "person")), {}, "+46701740605")

    @property
    def is_booked(self) -> bool:
        return self.state.person.meeting is not None

    def writes(self, *messages: str) -> None:
        """One message after the other, each answered before the next."""
        for message in messages:
            self.own += 1
            self.happens(Said(message))

    def happens(self, event: Event) -> tuple[Timer, ...]:
        """Take a turn, and those that its calls to the backend lead to. Gives the timers that the first one set."""
        took = turn(self.state, event, self.policy, self.now)
        self.state = took.state
        language = self.state.thread.language or "sv"
        self.sent += [Sent(one.kind, as_text(one, one.language or language, plain=True)) for one in took.says]
        for call in took.calls:
            if any(one.call == call.id for one in self.state.thread.awaited):
                self.happens(Resulted(call.id, self._backend(call.value).model_dump(mode="json")))
        return took.timers

    def told(self, kind: NoticeKind, body: Value) -> tuple[Timer, ...]:
        """Something is told by the backend. Gives the timers that it sets."""
        identity = uuid5(_IDS, kind)
        notice = Notice(
            id=identity,
            position=1,
            kind=kind,
            person=self.state.person.id,
            at=self.now,
            body=body.model_dump(mode="json"),
        )
        return self.happens(Noticed(notice))

    def asks(self) -> str | None:
        """The name of the form's open question, or ``confirm``; nothing when all has been asked."""
        opened = self.state.thread.open
        name = opened.question if opened is not None and opened.ask == "form" else ""
        return name.partition(":")[0].partition("#")[0] or None

    def meeting(self, **changes: Any) -> MeetingNotice:
        meeting = self.state.person.meeting
        if meeting is None:
            raise ValueError("no time is booked")
        return MeetingNotice(meeting=meeting.model_copy(update=changes))

    def _backend(self, value: Value) -> Value:
        answers: dict[type, Callable[[Any], Value]] = {
            FreeTimesQuery: lambda _: FreeTimes(times=tuple(self._times()), within_promise=True),
            BookMeeting: self._book,
            SendApplication: lambda sent: ApplicationReceipt(
                application=uuid5(_IDS, sent.digest),
                received_at=sent.received_at,
                missing=("identity", "rent-invoice", "bank-statements", "lease", "payslip"),
            ),
            ApplicationChoiceQuery: lambda _: self.choice,
            **dict.fromkeys((InvitePart, JoinPart), self._joint),
            **dict.fromkeys((HandInPart, JointQuery), lambda _: self._standing()),
            AttestPart: lambda _: self._standing(own_attested=True),
            StatusQuery: lambda _: Status(step=Step.MEETING_BOOKED, next_time=self._start(8, 45)),
        }
        return answers[type(value)](value)

    def _joint(self, asked: InvitePart | JoinPart) -> JointReceipt:
        return JointReceipt(joint=_IDS, answer_by=asked.at.date())

    def _standing(self, *, own_attested: bool = False) -> JointStanding:
        two = self.state.person.two
        return JointStanding(
            joint=_IDS,
            joined=two is not None and two.joined,
            own_version=1,
            other_version=1 if two is not None and two.joined else None,
            own_attested=own_attested,
            other_attested=False,
            ended=False,
            shows_the_other={},
        )

    def _start(self, hour: int, minute: int) -> datetime:
        return (self.now + timedelta(days=1)).replace(hour=hour, minute=minute)

    def _times(self) -> Iterator[FreeTime]:
        for hour, minute in ((8, 45), (10, 15), (14, 30)):
            start = self._start(hour, minute)
            end = start + timedelta(minutes=45)
            yield FreeTime(slot=f"{hour}.{minute}", start=start, end=end, address=self.policy.address)

    def _book(self, call: BookMeeting) -> Meeting:
        time = next(one for one in self._times() if one.slot == call.slot)
        return Meeting(
            id=uuid5(_IDS, call.slot),
            person=call.person,
            start=time.start,
            end=time.end,
            address=time.address,
            status=MeetingStatus.PRELIMINARY if call.interpreter_language else MeetingStatus.BOOKED,
            interpreter_language=call.interpreter_language,
        )


def gives_away(words_sent: str, language: str) -> str | None:
    """What in a text tells whoever looks at the screen what it is about; nothing, as it should be."""
    beginnings = "|".join(map(re.escape, words(language, "gives-away")))
    # Arabic writes "and", "in", "to" and the article in one word with what follows.
    told = re.search(rf"(?<!\w)(?:[وبلفك]|ال)*(?:{beginnings})", words_sent, re.IGNORECASE) if beginnings else None
    return told[0] if told else None


def to_a_time(language: str, policy: Policy) -> Rehearsal:
    """The first contact as far as a booked time and not a text further."""
    rehearsal = Rehearsal(policy)
    rehearsal.writes(first_words(HELLO, language))
    while not rehearsal.is_booked and rehearsal.own < 9:
        rehearsal.writes("1")
    # What is stored and the acute question come after the time, in the same turn.
    rehearsal.sent = rehearsal.sent[: rehearsal.own]
    return rehearsal


def to_the_morning(language: str, policy: Policy) -> Rehearsal:
    """The first contact to the reminder, when all else is left to the meeting; asked which day it is, she says it."""
    rehearsal = Rehearsal(policy)
    rehearsal.writes(first_words(HELLO, language), "1", "1", "2", "2", "1")
    opened = rehearsal.state.thread.open
    if opened is not None and opened.ask == UNDERSTOOD:
        rehearsal.writes(spoken(TUESDAY, language))
    confirmed = rehearsal.meeting(status=MeetingStatus.BOOKED)
    if confirmed.meeting.interpreter_language is not None:
        rehearsal.told(NoticeKind.INTERPRETER_CONFIRMED, confirmed)
    rehearsal.now = confirmed.meeting.start.replace(hour=8, minute=0)
    rehearsal.happens(Elapsed("reminder", confirmed.meeting.id))
    return rehearsal


_ANSWERS = {
    "acute": "2",
    "child_name": "Sara",
    "child_age": "17",
    "child_days": "15",
    "child_school": "Sara",
    "child_more": "2",
    "housing_kronor": "5850",
    "rooms": "3",
    "income_kinds": "1 2 3 4 5 6 7 8 9 10",
    "income_kronor": "4200",
    "income_day": "25",
    "pending_from": "Sara",
    "home_persons": "3",
    "cost_kinds": "1 2 3 4 5 6 7 8",
    "care_kinds": "1 2 3 4",
    "cost_other": "Sara",
    "cost_kronor": "420",
    "asset_kinds": "1 2 3 4 5",
    "asset_kronor": "4200",
    "vehicle_bought": "2015",
    "vehicle_more": "2",
    "debt_kinds": "1 2 3 4 5",
    "debt_kronor": "4200",
    "planning": "2",
    "work_steps": "1 2",
    "job_title": "Sara",
    "job_employer": "Sara",
    "job_when": "Sara",
    "job_more": "2",
    "lived_on": "Sara",
    "may_ask": "1 2 3 4",
    "changed": "1 2 3 4 5",
    "applies_alone": "2",
    "partner_name": "Sara",
    "email": "sara@example.org",
    "single_cost": "2",
    "single_cost_when": "Sara",
    "single_cost_why": "Sara",
}
"""How a question of the form is answered, where the first choice is no answer or ends the talk."""


def everything(language: str, policy: Policy) -> Rehearsal:
    """As much of the talk as one person can come to see: the form, what is not understood, the words, the notices."""
    rehearsal = Rehearsal(policy)
    rehearsal.writes(first_words(HELLO, language))
    for key in ("help", "what", "language", "status", "back", "change", "human"):
        rehearsal.writes(words(language, key)[0])
    _fills_in(rehearsal, language)
    booked = rehearsal.state
    for kind, telling in tellings().items():
        for body in telling.examples(rehearsal.meeting().meeting):
            for timer in rehearsal.told(kind, body):
                rehearsal.happens(Elapsed(timer.timer, timer.reference))
            rehearsal.state = booked
    # Her meeting has an interpreter into another language than the one she chooses now.
    rehearsal.writes(language_name(language, language), "2")
    rehearsal.writes(words(language, "stop")[0])
    rehearsal.sent += [*_left(language, policy).sent, *_wants_work(language, policy).sent]
    rehearsal.sent += [*_at_night(language, policy).sent, *_applies_again(language, policy).sent]
    rehearsal.sent += [*_invites(language, policy).sent, *_is_invited(language, policy).sent]
    return rehearsal


def _fills_in(rehearsal: Rehearsal, language: str) -> None:
    """Answer whatever is asked, each time misunderstood twice before."""
    while (asked := rehearsal.asks()) is not None:
        answer = words(language, "yes")[0] if asked == "confirm" else _ANSWERS.get(asked, "1")
        rehearsal.now += timedelta(minutes=1)
        rehearsal.writes("?", "x" * 1001, answer)


def _applies_again(language: str, policy: Policy) -> Rehearsal:
    """Somebody known: too early, for the next month where everything has changed, and for a single cost."""
    rehearsal = Rehearsal(policy)
    rehearsal.writes(first_words(HELLO, language), "1", "1", "2", "2", "1")
    said = (ApplicationFlag(why="same-month", on=_WEDNESDAY),)
    coming = _FIRST.model_copy(update={"kind": "recurring", "supplementary": True, "said": said})
    for choice in (coming.model_copy(update={"kind": "none-yet", "month": None}), coming):
        rehearsal.choice = choice
        rehearsal.writes(words(language, "apply")[0])
        _fills_in(rehearsal, language)
    rehearsal.choice = coming.model_copy(update={"kind": "none-yet", "month": None})
    rehearsal.writes(words(language, "apply")[0], "3", words(language, "single-cost")[0])
    _fills_in(rehearsal, language)
    return rehearsal


def _invites(language: str, policy: Policy) -> Rehearsal:
    """Somebody applies together with a partner, who never writes the code."""
    rehearsal = Rehearsal(policy)
    rehearsal.writes(first_words(HELLO, language), "2", "1")
    instead = {"applies_alone": "2", "partner_name": "Sara", "own_name": "Sara", "has_children": "2"}
    answers = {**_ANSWERS, **instead, "confirm": words(language, "yes")[0]}
    while (asked := rehearsal.asks()) is not None and rehearsal.state.person.two is None:
        rehearsal.writes(answers.get(asked, "1"))
    rehearsal.happens(Elapsed(TOGETHER, _IDS))
    return rehearsal


def _is_invited(language: str, policy: Policy) -> Rehearsal:
    """Somebody writes the code of a partner, answers, and confirms."""
    rehearsal = Rehearsal(policy)
    rehearsal.happens(Said("", invited=Invited(_IDS, "Sara", language)))
    rehearsal.writes("1", words(language, "yes")[0])
    answers = {**_ANSWERS, "confirm": words(language, "yes")[0]}
    while (asked := rehearsal.asks()) is not None:
        rehearsal.writes(answers.get(asked, "1"))
    rehearsal.writes("2", words(language, "together")[0], "1", words(language, "not-together")[0])
    return rehearsal


def _at_night(language: str, policy: Policy) -> Rehearsal:
    """Somebody writes to staff who have gone home."""
    rehearsal = Rehearsal(policy)
    rehearsal.writes(first_words(HELLO, language))
    rehearsal.told(NoticeKind.TAKEN_OVER, TakenOver(thread=rehearsal.state.thread.id))
    rehearsal.now += timedelta(hours=12)
    rehearsal.writes("?")
    return rehearsal


def _wants_work(language: str, policy: Policy) -> Rehearsal:
    """Somebody in the middle of the form says that she wants a job, not money; then that she does not want to meet."""
    rehearsal = Rehearsal(policy)
    rehearsal.writes(first_words(HELLO, language), "2", "1", "1")
    rehearsal.writes(words(language, "work")[0], "2")
    return rehearsal


def _left(language: str, policy: Policy) -> Rehearsal:
    """Somebody asks for a time and writes no more; asked if she wants to go on, she does not."""
    rehearsal = Rehearsal(policy)
    rehearsal.writes(first_words(HELLO, language), "1")
    rehearsal.now += timedelta(days=2)
    rehearsal.happens(Elapsed(SILENCE))
    rehearsal.happens(Went(_IDS, "nudge", "nudge", rehearsal.state.thread.id))
    rehearsal.now += timedelta(hours=1)
    rehearsal.writes("2")
    return rehearsal


def longest(sent: list[Sent]) -> Sent:
    """The text that costs most segments; the summary aside, which is as long as what was answered."""
    return max((one for one in sent if one.kind != "summary"), key=lambda one: one.segments)
