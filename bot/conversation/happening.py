"""What happens without the person writing: answers from the backend, notices, timers, messages that left, a link."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from backend.contract import (
    ApplicationReceipt,
    ContactConfirmed,
    HearReceipt,
    ImportantDay,
    Meeting,
    MeetingNotice,
    MeetingStatus,
    NoticeKind,
    Ownership,
    ProblemCode,
    SomethingNew,
    StaffMessage,
    Status,
)
from bot.conversation.putting import (
    HEAR,
    HEAR_WITH_INTERPRETER,
    IMPORTANT_DAY,
    REMINDER,
    REMINDER_EVENING,
    SOON_IMPORTANT_DAY,
    choices,
    side_by_side,
)
from bot.conversation.running import ask_again, close, go_on, replay, resume, start, told_to_wait
from bot.conversation.silence import SILENCE, silent, still_silent
from bot.conversation.talk import Talk
from bot.flows import flows
from bot.form import query_digest, questions_left
from bot.messages import (
    Awaited,
    Elapsed,
    Linked,
    Noticed,
    Open,
    Outgoing,
    Resulted,
    Run,
    Timer,
    ToldDay,
    Waiting,
    Went,
)
from bot.text import N_, STOCKHOLM, Text, local, local_time, say

STEPS = {
    "1": N_("Step 1 of 5: you have asked for help."),
    "2": N_("Step 2 of 5: your meeting is booked."),
    "3": N_("Step 3 of 5: your application has come in."),
    "4": N_("Step 4 of 5: we have met."),
    "5": N_("Step 5 of 5: we have answered you."),
}
NEW_TIME = N_("Your new time: {time}, {address}. Another time: write TIME.")
NEW_TIME_WITH_INTERPRETER = N_("Your new time: {time}, {address}. The interpreter comes too. Another time: write TIME.")
NEW_TIME_PRELIMINARY = N_(
    "Your new time: {time}, {address}. We write when the interpreter is ready. Another time: write TIME."
)
REMIND_AT = time(9, 0)
"""When an important day is reminded of: in the morning, so that a whole day of help lies before her."""


# --- Answers from the backend -----------------------------------------------------------------------------------------


def resulted(talk: Talk, event: Resulted) -> None:
    """A call was answered; an answer that nobody waits for any more changes nothing."""
    awaited = next((one for one in talk.thread.awaited if one.call == event.call), None)
    if awaited is None:
        return
    talk.state = talk.state.with_thread(awaited=tuple(one for one in talk.thread.awaited if one.call != event.call))
    shown = talk.thread.open
    match awaited.purpose:
        case "look-up":
            _looked_up(talk, awaited, event)
        case "effect":
            _effect(talk, awaited, event)
        case "status":
            _status(talk, event)
        case "cancel":
            _cancelled(talk, event)
        case "hear":
            _will_ring(talk, event)
    if talk.thread.owner == "staff":
        _keep_silent(talk, shown)


def _keep_silent(talk: Talk, shown: Open | None) -> None:
    """Under staff nothing is said: what changed is kept, and the form's question waits until they hand back."""
    asked = talk.thread.open
    talk.says.clear()
    talk.open(shown)
    if asked is not None and asked.ask == "form" and (shown is None or shown.ask != "form"):
        talk.state = talk.state.with_thread(interrupted=asked)


def _looked_up(talk: Talk, awaited: Awaited, event: Resulted) -> None:
    run = talk.run
    if run is None or run.state != "open":
        return
    played = replay(talk, run)
    if played.lookup is None or played.lookup_key != awaited.question:
        # The person changed something meanwhile: this fact is not what the flow needs any more.
        if talk.thread.open is None:
            go_on(talk)
        return
    if event.problem is not None or not played.lookup.among(event.value):
        talk.say(say(N_("I find no free time right now. A person finds one and writes to you here.")))
        talk.hand_over("asked")
        return
    fact = {"query": query_digest(played.lookup.query(played.form)), "value": event.value}
    talk.state = talk.state.with_run(replace(run, facts={**run.facts, awaited.question: fact}))
    go_on(talk)


def _effect(talk: Talk, awaited: Awaited, event: Resulted) -> None:
    run, begun = talk.state.runs.get(awaited.run) if awaited.run else talk.run, talk.run
    if run is None:
        return
    meanwhile = begun if begun is not None and begun.id != run.id else None
    moved = run.flow == "first_meeting" and talk.stands(talk.person.meeting)
    talk.state = talk.state.with_thread(run=run.id)
    if event.problem is not None:
        _refused(talk, run, event.problem)
        if meanwhile is not None and talk.thread.run is None:
            _back_to(talk, meanwhile)
        return
    if run.flow == "first_meeting":
        keep_meeting(talk, Meeting.model_validate(event.value))
    elif run.flow == "application":
        receipt = ApplicationReceipt.model_validate(event.value)
        talk.state = talk.state.with_person(applied=receipt.application)
    then = _accepted(talk, run, event.value)
    close(talk, run)
    waiting = [other for other in talk.state.runs.values() if other.state == "open"]
    if meanwhile is not None:
        _back_to(talk, meanwhile)
    elif waiting:
        # A time was moved in the middle of a form: the form goes on where it was.
        talk.state = talk.state.with_thread(run=max(waiting, key=lambda other: other.began).id)
        go_on(talk)
    elif then is not None and not moved:
        # Who only moved her time has been told what is stored, and asked what cannot wait.
        start(talk, then)


def _back_to(talk: Talk, run: Run) -> None:
    """What was begun while this answer was waited for goes on where it is."""
    talk.state = talk.state.with_thread(run=run.id)
    if talk.thread.open is not None:
        ask_again(talk)


def _accepted(talk: Talk, run: Run, value: Any) -> str | None:
    """Say what the flow says when its effect is accepted; which flow comes after."""
    flow = flows()[run.flow]
    if flow.accepted is None:
        return flow.then
    form = replay(talk, run).form
    form.said.clear()
    form.then = None
    flow.accepted(form, value)
    card = talk.person.meeting if run.flow == "first_meeting" else None
    for place, (_, text) in enumerate(form.said):
        talk.says.append(Outgoing("reply", text, card=card if place == 0 else None))
    then: str | None = form.then
    return then or flow.then


def _refused(talk: Talk, run: Run, problem: ProblemCode) -> None:
    """The facts have changed since they were looked up: forget them and ask again, or let a human look."""
    refusal = flows()[run.flow].refused.get(problem)
    if refusal is None:
        talk.state = talk.state.with_run(replace(run, state="refused")).with_thread(run=None)
        talk.say(
            say(N_("Something went wrong with us. Nothing you wrote is lost. A person looks at it and answers you."))
        )
        talk.hand_over("asked")
        return
    forget = {key for key in (*run.answers, *run.facts) if key.split("#")[0] in refusal.forget}
    talk.state = talk.state.with_run(
        replace(
            run,
            state="open",
            answers={key: value for key, value in run.answers.items() if key not in forget},
            facts={key: value for key, value in run.facts.items() if key not in forget},
        )
    )
    talk.say(say(refusal.text))
    go_on(talk)


def keep_meeting(talk: Talk, meeting: Meeting) -> None:
    """Remember the meeting and set its reminders: that morning, and the evening before if booked before that day.

    One that begins before the morning's reminder could leave is reminded of the evening before, whenever it was booked.
    """
    talk.state = talk.state.with_person(meeting=meeting)
    start_at = local(meeting.start)
    hour = 8 if start_at.hour < 12 else 9
    morning = start_at.replace(hour=hour, minute=0, second=0, microsecond=0)
    if morning > talk.now + timedelta(hours=1) and morning < start_at:
        talk.timers.append(Timer("reminder", morning, meeting.id))
    evening = (start_at - timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)
    if talk.today < evening.date() or (morning >= start_at and evening > talk.now):
        talk.timers.append(Timer("reminder-evening", evening, meeting.id))


def _status(talk: Talk, event: Resulted) -> None:
    if event.value is None:
        talk.say(say(N_("I cannot see that right now. Write RING and a person tells you.")))
    else:
        status = Status.model_validate(event.value)
        step = say(STEPS[status.step.value])
        if status.next_time is not None:
            step = say("{step} {next}", step=step, next=say(N_("Next: {time}."), time=status.next_time))
        elif status.next_date is not None:
            step = say("{step} {next}", step=step, next=say(N_("Next: {day}."), day=status.next_date))
        talk.say(step)
    if talk.thread.open is not None and talk.thread.open.ask == "form":
        ask_again(talk)


def _cancelled(talk: Talk, event: Resulted) -> None:
    if event.problem is not None:
        talk.say(say(N_("It could not be cancelled here. Write RING and a person helps you.")))
    else:
        talk.state = talk.state.with_person(meeting=Meeting.model_validate(event.value))
        talk.say(say(N_("Your time is cancelled. Write when you want a new one.")))
    resume(talk)


def _will_ring(talk: Talk, event: Resulted) -> None:
    receipt = HearReceipt.model_validate(event.value) if event.value else HearReceipt()
    if receipt.call_at is None:
        talk.say(say(N_("We ring you as soon as we can.")))
    elif (talk.thread.speaks or talk.language) == "sv":
        talk.say(say(N_("We ring you {time}."), time=receipt.call_at))
    else:
        talk.say(say(N_("We ring you {time}, with an interpreter."), time=receipt.call_at))
    if talk.thread.channel == "telegram" and talk.person.telephone is None and talk.run is None:
        start(talk, "number")
    else:
        resume(talk)


def waiting(talk: Talk, event: Waiting) -> None:
    """A call has not been answered for a while: the person is told, once, that it will come."""
    untold = any(one.call == event.call and not one.told for one in talk.thread.awaited)
    if untold and talk.thread.owner == "bot":
        talk.say(
            say(N_("This takes a little longer than usual. Nothing is lost. I write to you as soon as it is ready."))
        )
        told_to_wait(talk)


# --- Timers and what left ---------------------------------------------------------------------------------------------


def elapsed(talk: Talk, event: Elapsed) -> None:
    """A timer of the thread is due. A reminder of a meeting that was moved or cancelled is not said."""
    if event.timer == "important-day":
        important = talk.person.important_day
        if important is not None and important.notice == event.reference:
            _ask_about_day(talk, important, say(SOON_IMPORTANT_DAY, day=important.day))
        return
    if event.timer == SILENCE:
        silent(talk)
        return
    meeting = talk.person.meeting
    if meeting is None or meeting.id != event.reference or not talk.stands(meeting):
        return
    text = {"reminder": REMINDER, "reminder-evening": REMINDER_EVENING}[event.timer]
    talk.says.append(
        Outgoing(
            "reminder",
            say(text, time=local_time(meeting.start)),
            question=talk.new_token(),
            ask="reminder",
            reference=meeting.id,
            until=meeting.start,
            to=talk.other_reach(),
            language=talk.language,
            deadline=meeting.start - timedelta(minutes=10),
        )
    )


def went(talk: Talk, event: Went) -> None:
    """A proactive question has left: it is the open question now; the form's is set aside."""
    opened = talk.thread.open
    if event.ask == "nudge" and not still_silent(talk):
        return
    interrupted = opened if opened is not None and opened.ask == "form" else talk.thread.interrupted
    asked = Open(event.ask, event.question, talk.now, reference=event.reference, until=event.until)
    talk.state = talk.state.with_thread(open=asked, interrupted=interrupted)


def linked(talk: Talk, event: Linked) -> None:
    """This telephone is the person's own: what is new goes here, and we ask who else reads it.

    What was open here before was asked of somebody we did not know.
    """
    talk.state = talk.state.with_person(telephone=event.telephone, reach=talk.thread.id)
    talk.state = talk.state.with_thread(open=None, interrupted=None, awaited=())
    talk.call(ContactConfirmed(person=talk.person.id, telephone=event.telephone, at=talk.now))
    talk.say(say(N_("Thank you. Now we can write to you here.")))
    start(talk, "phone")


# --- Notices ----------------------------------------------------------------------------------------------------------


def noticed(talk: Talk, event: Noticed) -> None:
    """The backend has something to tell."""
    notice = event.notice
    match notice.kind:
        case NoticeKind.SOMETHING_NEW:
            _something_new(talk, notice.id, SomethingNew.model_validate(notice.body))
        case NoticeKind.IMPORTANT_DAY:
            _told(talk, notice.id, ImportantDay.model_validate(notice.body))
        case NoticeKind.TAKEN_OVER:
            _owned_by(talk, "staff")
        case NoticeKind.STAFF_MESSAGE:
            _staff_message(talk, StaffMessage.model_validate(notice.body))
        case NoticeKind.HANDED_BACK:
            _handed_back(talk)
        case _:
            _meeting_changed(talk, notice.kind, MeetingNotice.model_validate(notice.body).meeting)


def _meeting_changed(talk: Talk, kind: NoticeKind, meeting: Meeting) -> None:
    name, card = "meeting-changed", meeting if meeting.status is not MeetingStatus.CANCELLED else None
    if kind is NoticeKind.INTERPRETER_CONFIRMED:
        if talk.person.meeting is not None and talk.person.meeting.id == meeting.id:
            talk.state = talk.state.with_person(meeting=meeting)
        name, text = "interpreter-ready", say(N_("The interpreter is ready. See you {time}."), time=meeting.start)
    elif kind is NoticeKind.MEETING_MOVED:
        keep_meeting(talk, meeting)
        text = say(N_("Your meeting has a new time: {time}."), time=meeting.start)
    else:
        talk.state = talk.state.with_person(meeting=meeting)
        text = say(N_("Your meeting {time} is cancelled. Write to us for a new one."), time=meeting.start)
    if meeting.id == talk.person.unsaid:
        return  # she has not heard of it yet: what changes is said with the rest
    talk.says.append(
        Outgoing(
            name,
            text,
            language=talk.language,
            to=talk.other_reach(),
            reference=meeting.id,
            deadline=meeting.start - timedelta(minutes=10),
            card=card,
        )
    )


def _something_new(talk: Talk, notice: UUID, news: SomethingNew) -> None:
    """Never says what is new: only that there is something, and for a decision how the person wants to hear it."""
    _has_been_met(talk)
    talk.state = talk.state.with_person(news=notice)
    if news.meeting is not None:
        keep_meeting(talk, news.meeting)
        talk.state = talk.state.with_person(unsaid=news.meeting.id)
    where = {"language": talk.language, "to": talk.other_reach(), "reference": notice}
    if news.what == "agreed-lines":
        talk.says.append(Outgoing("new-lines", say(N_("There is something new for you to read.")), **where))  # type: ignore[arg-type]  # three fields of three types
        return
    question = HEAR_WITH_INTERPRETER if news.with_interpreter else HEAR
    talk.says.append(
        Outgoing(
            "something-new-refusal" if news.refusal else "something-new",
            say(question.text),
            choices=choices(question),
            question=talk.new_token(),
            ask="hear",
            **where,  # type: ignore[arg-type]  # three fields of three types
        )
    )


def _has_been_met(talk: Talk) -> None:
    """What was asked around the booking ("food already today?") is behind her, and does not come again after it."""
    run, opened = talk.run, talk.thread.open
    if run is None or run.state != "open" or not flows()[run.flow].until_met:
        return
    close(talk, run)
    talk.state = talk.state.with_thread(
        open=None if opened is not None and opened.ask == "form" else opened, interrupted=None
    )


def _told(talk: Talk, notice: UUID, told: ImportantDay) -> None:
    """A human has told her what is new: the new time, and last the day she must not miss, with help before it."""
    if talk.thread.open is not None and talk.thread.open.ask == "hear":
        talk.open(None)  # she has heard
    thanks = (say(N_("Thank you for the call.")),) if told.by_telephone else ()
    if told.meeting is not None and talk.stands(told.meeting):
        keep_meeting(talk, told.meeting)
        talk.says.append(
            Outgoing(
                "new-time",
                side_by_side([*thanks, _new_time(told.meeting)]),
                language=talk.language,
                to=talk.other_reach(),
                reference=told.meeting.id,
                deadline=told.meeting.start - timedelta(minutes=10),
                card=told.meeting,
            )
        )
        thanks = ()
    important = ToldDay(notice, told.day)
    talk.state = talk.state.with_person(important_day=important, unsaid=None)
    _ask_about_day(talk, important, side_by_side([*thanks, say(IMPORTANT_DAY.text, day=told.day)]))
    talk.timers.append(Timer("important-day", datetime.combine(told.remind_on, REMIND_AT, STOCKHOLM), notice))


def _new_time(meeting: Meeting) -> Text:
    text = NEW_TIME
    if meeting.interpreter_language is not None:
        preliminary = meeting.status is MeetingStatus.PRELIMINARY
        text = NEW_TIME_PRELIMINARY if preliminary else NEW_TIME_WITH_INTERPRETER
    return say(text, time=meeting.start, address=meeting.address)


def _ask_about_day(talk: Talk, important: ToldDay, text: Text) -> None:
    talk.says.append(
        Outgoing(
            "important-day",
            text,
            choices=choices(IMPORTANT_DAY),
            question=talk.new_token(),
            ask="important-day",
            reference=important.notice,
            until=datetime.combine(important.day + timedelta(days=1), time(0), STOCKHOLM),
            language=talk.language,
            to=talk.other_reach(),
        )
    )


# --- Staff ------------------------------------------------------------------------------------------------------------


def _owned_by(talk: Talk, owner: Literal["bot", "staff"]) -> None:
    """The thread changes hands; what the bot had not sent yet is dropped when it goes to staff."""
    if talk.thread.owner == owner:
        return
    talk.state = talk.state.with_thread(owner=owner, epoch=talk.thread.epoch + 1, misses=0, handed_over=True)
    talk.superseding = owner == "staff"
    ownership = Ownership(owner=owner, at=talk.now)
    talk.call(ownership, thread=str(talk.thread.id), epoch=str(talk.thread.epoch))


def _staff_message(talk: Talk, message: StaffMessage) -> None:
    _owned_by(talk, "staff")
    talk.says.append(
        Outgoing(
            "staff",
            say("{words}", words=message.text),
            verbatim=message.text,
            swedish=message.swedish,
            staff_message=message.message,
        )
    )


def _handed_back(talk: Talk) -> None:
    """A marker, and on with the form where it was."""
    _owned_by(talk, "bot")
    run, opened = talk.run, talk.thread.open
    if opened is None or opened.ask == "nudge":
        opened = talk.thread.interrupted
    if run is None or run.state != "open" or opened is None or opened.ask != "form":
        talk.say(say(N_("The machine is back. Write if you need anything.")))
        return
    played = replay(talk, run)
    answered = len([one for one in played.live if not one.implied])
    left = questions_left(flows()[run.flow], talk.context(run), played)
    if left > 1:
        place, total = answered + 1, answered + left
        talk.say(say(N_("The machine is back. We go on with question {n} of about {all}."), n=place, all=total))
    talk.state = talk.state.with_thread(open=opened, interrupted=None)
    ask_again(talk)
