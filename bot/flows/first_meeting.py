"""The first meeting (nysamtal): a time today or the next working day, with an interpreter where one is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backend.contract import BookMeeting, FreeTime, FreeTimes, FreeTimesQuery, MeetingStatus, ProblemCode
from backend.contract import Meeting as BookedMeeting
from bot.form import Flow, Form, Json, Refusal
from bot.questions import Day, FreeTimeKind, Language, OneOf, Question, YesNo, has_varieties
from bot.text import N_, LanguageName, Text, local, say

NEEDS_INTERPRETER = Question("needs_interpreter", N_("Do you need an interpreter?"), YesNo(), helper_sees=True)
INTERPRETER_LANGUAGE = Question(
    "interpreter_language", N_("Which language do you speak?"), Language(), helper_sees=True
)
KURDISH = Question(
    "which_kurdish",
    N_("Which Kurdish do you speak?"),
    OneOf({"ckb": N_("Sorani"), "kmr": N_("Kurmanji")}),
    helper_sees=True,
)
TIME = Question("time", N_("Which time suits you?"), FreeTimeKind(another_day=True))
DAY = Question("day", N_('Which day suits you? Write for example "Thursday".'), Day(), helper_sees=True)
TIME_THAT_DAY = Question("time_that_day", N_("Which time suits you?"), FreeTimeKind())

LATE = N_("We want to see you by the next working day. We cannot this time. This is the earliest we have.")

OFFERED = 3
"""Times offered at once: as many as fit in a text."""

PRELIMINARY = N_(
    "Your time: {time}, {address}. Bring ID if you have it. Come even without papers. "
    "We write when the interpreter is ready."
)


@dataclass(frozen=True)
class Free:
    """The free times for a person: caseworker, place and interpreter all free.

    ``instead_of``: the time she has and wants to move from is not offered to her again.
    """

    interpreter: str | None
    not_before: date | None = None
    unsure: bool = False
    instead_of: datetime | None = None

    def query(self, form: Form) -> FreeTimesQuery:
        return FreeTimesQuery(
            person=form.context.person,
            at=form.context.now,
            interpreter_language=self.interpreter,
            not_before=self.not_before,
            channel=form.context.channel,
            limit=OFFERED if self.instead_of is None else OFFERED + 1,
        )

    def among(self, found: Json) -> Sequence[FreeTime]:
        times = FreeTimes.model_validate(found).times
        return [time for time in times if time.start != self.instead_of][:OFFERED]

    def asking(self, found: Json, question: Question[FreeTime | None]) -> tuple[Text, Text | None]:
        times = self.among(found)
        days = {local(time.start).date() for time in times}
        text = say(N_("{day}:"), day=days.pop()) if len(days) == 1 else say(question.text)
        if self.interpreter is None and self.unsure:
            return text, say(N_("20-30 minutes. Do you need an interpreter? Write your language."))
        if self.interpreter is None:
            return text, say(N_("20-30 minutes, about work and money."))
        return text, say(N_("20-30 minutes, interpreter: {language}."), language=LanguageName(self.interpreter))

    def remark(self, found: Json) -> Text | None:
        if self.not_before is None and not FreeTimes.model_validate(found).within_promise:
            return say(LATE)
        return None


def first_meeting(form: Form) -> BookMeeting:
    speaks = None if form.context.speaks == "sv" else form.context.speaks
    needs = form.ask(NEEDS_INTERPRETER, implied=speaks is not None)
    interpreter = form.ask(INTERPRETER_LANGUAGE, implied=speaks) if needs else None
    if interpreter is not None and has_varieties(interpreter):
        interpreter = form.ask(KURDISH)
    moved = form.context.meeting
    stands = moved is not None and moved.status in (MeetingStatus.BOOKED, MeetingStatus.PRELIMINARY)
    instead_of = moved.start if moved and stands and moved.interpreter_language == interpreter else None
    time = form.ask(TIME, among=Free(interpreter, unsure=form.context.unsure, instead_of=instead_of))
    while time is None:
        day = form.ask(DAY)
        time = form.ask(TIME_THAT_DAY, among=Free(interpreter, day, form.context.unsure, instead_of))
    return BookMeeting(
        person=form.context.person,
        slot=time.slot,
        at=form.context.now,
        interpreter_language=interpreter,
        replaces=moved.id if moved and stands else None,
    )


def booked(form: Form, value: Json) -> None:
    meeting = BookedMeeting.model_validate(value)
    if meeting.status is MeetingStatus.PRELIMINARY:
        form.say(
            PRELIMINARY,
            time=meeting.start,
            address=meeting.address,
        )
    else:
        form.say(
            N_("Your time: {time}, {address}. Bring ID if you have it. Come even without papers."),
            time=meeting.start,
            address=meeting.address,
        )


FLOW = Flow(
    "first_meeting",
    first_meeting,
    accepted=booked,
    refused={
        ProblemCode.SLOT_TAKEN: Refusal(N_("Someone else has just taken that time."), forget=("time", "time_that_day")),
        ProblemCode.NOBODY_FREE: Refusal(N_("Nobody is free then."), forget=("time", "time_that_day", "day")),
        ProblemCode.TOO_LATE: Refusal(N_("That time has passed."), forget=("time", "time_that_day", "day")),
    },
    then="acute",
    if_left="asked",
)
