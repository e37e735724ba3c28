"""A call from us in an hour she chooses, with an interpreter where she needs one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.contract import BookCall, CallTime, CallTimesQuery, FreeTime, FreeTimes, ProblemCode
from bot.flows.first_meeting import OFFERED
from bot.form import Flow, Form, Json, Refusal
from bot.questions import Day, FreeTimeKind, Question
from bot.text import N_, LanguageName, Text, local_day, local_time, say

CALL_HOUR = Question("call_hour", N_("When shall we ring you?"), FreeTimeKind(another_day=True))
CALL_DAY = Question("call_day", N_('Which day suits you? Write for example "Thursday".'), Day())
CALL_HOUR_THAT_DAY = Question("call_hour_that_day", N_("When shall we ring you?"), FreeTimeKind())

FROM_DAY = "from_day"
"""What the flow may be given: the first day she wants to be rung on."""


@dataclass(frozen=True)
class FreeHours:
    """The hours in which she can be rung."""

    interpreter: str | None
    not_before: date | None = None

    def query(self, form: Form) -> CallTimesQuery:
        return CallTimesQuery(
            person=form.context.person,
            at=form.context.now,
            interpreter_language=self.interpreter,
            not_before=self.not_before,
            limit=OFFERED,
        )

    def among(self, found: Json) -> Sequence[FreeTime]:
        return FreeTimes.model_validate(found).times

    def asking(self, found: Json, question: Question[FreeTime | None]) -> tuple[Text, Text | None]:
        days = {local_day(hour.start) for hour in self.among(found)}
        text = say(N_("{day}:"), day=days.pop()) if len(days) == 1 else say(question.text)
        if self.interpreter is None:
            return text, say(N_("We ring you within an hour from then."))
        return text, say(
            N_("We ring within an hour from then, interpreter: {language}."), language=LanguageName(self.interpreter)
        )

    def remark(self, _: Json) -> Text | None:
        return None


def call_time(form: Form) -> BookCall:
    interpreter = None if form.context.speaks == "sv" else form.context.speaks
    wished = form.carried(FROM_DAY, "")
    first = date.fromisoformat(wished) if wished else None
    hour = form.ask(CALL_HOUR, among=FreeHours(interpreter, first))
    while hour is None:
        day = form.ask(CALL_DAY)
        hour = form.ask(CALL_HOUR_THAT_DAY, among=FreeHours(interpreter, day))
    return BookCall(
        person=form.context.person,
        thread=form.context.thread,
        channel=form.context.channel,
        language=form.context.language,
        slot=hour.slot,
        at=form.context.now,
        interpreter_language=interpreter,
        telephone=form.context.telephone,
    )


RUNG = N_("We ring you {day}, between {opens} and {closes}. Other time: CALL TIME. None: NO CALL.")
RUNG_WITH_INTERPRETER = N_(
    "We ring you {day}, between {opens} and {closes}, with an interpreter. Other time: CALL TIME. None: NO CALL."
)


def rung_at(call: CallTime) -> Text:
    """When she is rung, and how to choose another time."""
    text = RUNG if call.interpreter_language is None else RUNG_WITH_INTERPRETER
    return say(text, day=local_day(call.start), opens=local_time(call.start), closes=local_time(call.end))


def booked(form: Form, value: Json) -> None:
    form.say(rung_at(CallTime.model_validate(value)))


FLOW = Flow(
    "call_time",
    call_time,
    accepted=booked,
    refused={
        ProblemCode.SLOT_TAKEN: Refusal(
            N_("Someone else has just taken that time."), forget=("call_hour", "call_hour_that_day")
        ),
        ProblemCode.TOO_LATE: Refusal(
            N_("That time has passed."), forget=("call_hour", "call_hour_that_day", "call_day")
        ),
    },
    then="number",
    if_left="staff",
)
