"""A person talking to the pure turn: every state is written as JSON and read back between two turns.

The backend's answers are given by the test. No database and no channel: those have tests of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid5

from backend.contract import (
    AboutPaper,
    AnswerEarlierTime,
    AnswerMove,
    ApplicationChoice,
    ApplicationChoiceQuery,
    ApplicationReceipt,
    AttestPart,
    BookCall,
    BookMeeting,
    CallTime,
    CallTimesQuery,
    CancelCall,
    CancelledCall,
    CancelMeeting,
    FreeTime,
    FreeTimes,
    FreeTimesQuery,
    HandInPart,
    Hours,
    InvitePart,
    JoinPart,
    JointQuery,
    JointReceipt,
    JointStanding,
    Meeting,
    MeetingStatus,
    MissingPapers,
    MissingPapersQuery,
    MoveAnswered,
    NamePapers,
    Notice,
    NoticeKind,
    Policy,
    ProblemCode,
    SendApplication,
    Sensitivity,
    Status,
    StatusQuery,
    Step,
    Value,
)
from bot.conversation import turn
from bot.messages import (
    Call,
    Event,
    Filled,
    Noticed,
    Outgoing,
    Resulted,
    Said,
    State,
    Thread,
    Turn,
    Went,
    dump,
    load_person,
    load_run,
    load_thread,
)
from bot.messages import Person as PersonState
from bot.rendering import as_text
from bot.text import render

NAMESPACE = UUID("00000000-0000-4000-8000-000000000001")
MONDAY = datetime(2026, 11, 30, 8, 58, tzinfo=UTC)

POLICY = Policy(
    version="1",
    municipality="trelleborg",
    name="Trelleborg",
    ceilings={"sms": Sensitivity.PERSONAL, "telegram": Sensitivity.PERSONAL, "web": Sensitivity.PERSONAL},
    ceiling_policy="guided",
    opening_hours=tuple(Hours(weekday=day, opens="08:00", closes="16:30") for day in range(5)),
    address="Exempelgatan 4",
    telephone="040-628 04 00",
    after_hours_telephone="040-628 04 99",
    public_page="trelleborg.se/imorgon",
    seal_keys=(),
    unapproved_answers=True,
)
CAREFUL = POLICY.model_copy(
    update={"ceiling_policy": "careful", "ceilings": {**POLICY.ceilings, "sms": Sensitivity.OPEN}}
)


NEW = ApplicationChoice(
    kind="new", month=date(2026, 11, 1), next_month=date(2026, 12, 1), opens_on=date(2026, 11, 15), supplementary=False
)
RECURRING = ApplicationChoice(
    kind="recurring",
    month=date(2027, 1, 1),
    next_month=date(2027, 2, 1),
    opens_on=date(2027, 1, 15),
    supplementary=True,
)
NONE_YET = ApplicationChoice(
    kind="none-yet", month=None, next_month=date(2027, 1, 1), opens_on=date(2026, 12, 15), supplementary=True
)


def tomorrow(hour: int, minute: int = 0) -> FreeTime:
    """A free time on Tuesday 1 December, on the Swedish clock."""
    start = datetime(2026, 12, 1, hour - 1, minute, tzinfo=UTC)
    slot = f"slot-{hour}-{minute}"
    return FreeTime(slot=slot, start=start, end=start + timedelta(minutes=45), address="Exempelgatan 4")


JOINT = uuid5(NAMESPACE, "joint")


@dataclass(frozen=True)
class Joint:
    """An application of two as it stands in the backend, for the one who talks here."""

    joined: bool = False
    own: int | None = None
    other: int | None = None
    own_attested: bool = False
    other_attested: bool = False
    ended: bool = False


@dataclass
class Talker:
    """``writes``, ``picks`` and ``reads`` are the person's; ``backend`` answers a call, or ``None`` for not yet."""

    channel: Any = "sms"
    policy: Policy = POLICY
    now: datetime = MONDAY
    times: tuple[FreeTime, ...] = (tomorrow(9, 30), tomorrow(13, 15))
    within_promise: bool = True
    choice: ApplicationChoice = NEW
    refuse: list[ProblemCode] = field(default_factory=list)
    missing: MissingPapers | ProblemCode = field(default_factory=MissingPapers)
    away: bool = False
    joint: Joint = Joint()
    call: CallTime | None = None
    move_stands: bool = True
    state: State = field(init=False)
    said: list[Outgoing] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        thread = Thread(uuid5(NAMESPACE, "thread"), "trelleborg", self.channel)
        telephone = "+46701740605" if self.channel == "sms" else None
        self.state = State(thread, PersonState(uuid5(NAMESPACE, "person")), {}, telephone)

    # --- What a person does -------------------------------------------------------------------------------------------

    def writes(self, words: str) -> Self:
        return self.happens(Said(words))

    def presses(self, label: str) -> Self:
        """Press a button of the open question."""
        asked = self.asked
        choice = next(one for one in asked.choices if render(one.label, "sv") == label)
        return self.happens(Said(choice.value, question=asked.question))

    def fills(self, **fields: str) -> Self:
        asked = self.asked
        return self.happens(
            Filled(asked.question or "", {name.replace("__", "#"): value for name, value in fields.items()})
        )

    @property
    def asked(self) -> Outgoing:
        """The open question as it was put last."""
        opened = self.state.thread.open
        assert opened is not None, "nothing is open"
        return next(one for one in reversed(self.said) if one.question == opened.token)

    def reads(self) -> str:
        """What the last turn said, in the thread's language."""
        return "\n".join(self.text(one) for one in self.turns[-1].says)

    def text(self, message: Outgoing) -> str:
        return as_text(message, message.language or self.state.thread.language or "sv", plain=True)

    # --- What happens -------------------------------------------------------------------------------------------------

    def happens(self, event: Event) -> Self:
        self._turn(event)
        while not self.away and self._answer_next():
            pass
        return self

    def tells(self, kind: NoticeKind, body: Value, name: str = "notice") -> Self:
        notice = Notice(
            id=uuid5(NAMESPACE, name),
            position=1,
            kind=kind,
            person=self.state.person.id,
            at=self.now,
            body=body.model_dump(mode="json"),
        )
        return self.happens(Noticed(notice))

    def leaves(self) -> Self:
        """The last message left the house; when it asks, it becomes the open question."""
        message = self.said[-1]
        return self.happens(
            Went(uuid5(NAMESPACE, "went"), message.question or "", message.ask, message.reference, message.until)
        )

    def later(self, **delta: float) -> Self:
        self.now += timedelta(**delta)
        return self

    def _turn(self, event: Event) -> None:
        before = _through_json(self.state)
        first, again = turn(before, event, self.policy, self.now), turn(before, event, self.policy, self.now)
        assert first == again, "the same turn gave something else"
        self.state = _through_json(first.state)
        self.turns.append(first)
        self.said += first.says
        self.calls += first.calls

    def _answer_next(self) -> bool:
        awaited = self.state.thread.awaited
        if not awaited:
            return False
        call = next(one for one in self.calls if one.id == awaited[0].call)
        answer = self._backend(call.value)
        if isinstance(answer, ProblemCode):
            self._merge(Resulted(call.id, problem=answer))
        else:
            self._merge(Resulted(call.id, answer.model_dump(mode="json")))
        return True

    def _merge(self, event: Event) -> None:
        """The backend's answer comes in a turn of its own; ``reads`` shows both."""
        before = self.turns[-1].says
        self._turn(event)
        self.turns[-1] = replace(self.turns[-1], says=(*before, *self.turns[-1].says))

    def _backend(self, value: Value) -> Value | ProblemCode:
        answers: dict[type, Callable[[Any], Value | ProblemCode]] = {
            FreeTimesQuery: lambda _: FreeTimes(times=self.times, within_promise=self.within_promise),
            BookMeeting: self._book,
            CallTimesQuery: lambda _: FreeTimes(times=self.times, within_promise=True),
            BookCall: self._book_call,
            SendApplication: self._receive,
            ApplicationChoiceQuery: lambda _: self.choice,
            StatusQuery: lambda _: _status().model_copy(update={"call": self.call}),
            CancelCall: lambda _: self._call_cancelled(),
            AnswerMove: lambda _: MoveAnswered(asked=self.move_stands),
            CancelMeeting: lambda _: self._cancelled(),
            AnswerEarlierTime: lambda _: self._earlier(),
            InvitePart: lambda call: JointReceipt(joint=JOINT, answer_by=call.at.date() + timedelta(days=7)),
            JoinPart: lambda call: JointReceipt(joint=JOINT, answer_by=call.at.date() + timedelta(days=7)),
            HandInPart: lambda _: self._standing(own=(self.joint.own or 0) + 1, own_attested=False),
            AttestPart: lambda _: self._standing(own_attested=True),
            JointQuery: lambda _: self._standing(),
            **dict.fromkeys((MissingPapersQuery, NamePapers, AboutPaper), lambda _: self.missing),
        }
        if isinstance(value, BookMeeting | BookCall) and self.refuse:
            return self.refuse.pop(0)
        return answers[type(value)](value)

    def _book(self, call: BookMeeting) -> Meeting:
        time = next(one for one in self.times if one.slot == call.slot)
        return Meeting(
            id=uuid5(NAMESPACE, call.slot),
            person=call.person,
            start=time.start,
            end=time.end,
            address=time.address,
            status=MeetingStatus.PRELIMINARY if call.interpreter_language else MeetingStatus.BOOKED,
            interpreter_language=call.interpreter_language,
        )

    def _book_call(self, call: BookCall) -> CallTime:
        start = next(one for one in self.times if one.slot == call.slot).start
        end, spoken = start + timedelta(hours=1), call.interpreter_language
        self.call = CallTime(id=uuid5(NAMESPACE, call.slot), start=start, end=end, interpreter_language=spoken)
        return self.call

    def _call_cancelled(self) -> CancelledCall:
        was, self.call = self.call, None
        return CancelledCall(call=was)

    def _cancelled(self) -> Meeting:
        meeting = self.state.person.meeting
        assert meeting is not None
        return meeting.model_copy(update={"status": MeetingStatus.CANCELLED})

    def _earlier(self) -> Meeting | ProblemCode:
        meeting = self.state.person.meeting
        assert meeting is not None
        if self.refuse:
            return self.refuse.pop(0)
        time = tomorrow(8, 30)
        return meeting.model_copy(update={"start": time.start, "end": time.end})

    def _standing(self, **changes: Any) -> JointStanding:
        self.joint = joint = replace(self.joint, **changes)
        both = joint.own_attested and joint.other_attested
        receipt = ApplicationReceipt(application=uuid5(NAMESPACE, "joint"), received_at=self.now, missing=("identity",))
        return JointStanding(
            joint=JOINT,
            joined=joint.joined,
            own_version=joint.own,
            other_version=joint.other,
            own_attested=joint.own_attested,
            other_attested=joint.other_attested,
            ended=joint.ended,
            shows_the_other={},
            receipt=receipt if both else None,
        )

    def _receive(self, call: SendApplication) -> Value:
        return ApplicationReceipt(
            application=uuid5(NAMESPACE, call.digest),
            received_at=call.received_at,
            missing=("identity", "rent-invoice"),
        )


def _status() -> Status:
    return Status(step=Step.MEETING_BOOKED, next_time=tomorrow(9, 30).start)


def _through_json(state: State) -> State:
    return State(
        load_thread(dump(state.thread)),
        load_person(dump(state.person)),
        {key: load_run(dump(run)) for key, run in state.runs.items()},
        state.telephone,
    )
