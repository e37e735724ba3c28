"""What happens without the person writing: answers from the backend, notices, timers, messages that left, a link."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from backend.contract import (
    ApplicationReceipt,
    CallTime,
    CancelledCall,
    ContactConfirmed,
    HearReceipt,
    Meeting,
    ProblemCode,
    Sensitivity,
    Status,
)
from bot.conversation import jobs, missing
from bot.conversation.also_by import CALENDAR
from bot.conversation.meetings import ask_beside, keep_meeting, remind, with_stop_if_it_fits
from bot.conversation.notices import earlier_time, move_asked, notices_ask, notices_timers, tellings
from bot.conversation.notices.something_new import will_ring
from bot.conversation.parts import JOINT
from bot.conversation.putting import put_own
from bot.conversation.running import ask_again, close, give_up, go_on, refuse, replay, resume, start, told_to_wait
from bot.conversation.silence import SILENCE, silent, still_silent
from bot.conversation.talk import Talk
from bot.conversation.together import answered as of_two
from bot.conversation.together import late
from bot.conversation.understood import UNDERSTOOD
from bot.flows import flows
from bot.flows.application.planning import TOLD
from bot.form import Go, Played, query_digest
from bot.leaving.sending import STILL_YOURS, TOGETHER
from bot.messages import Awaited, Elapsed, Linked, Noticed, Open, Outgoing, Resulted, Run, Waiting, Went
from bot.text import N_, local_day, local_time, say
from bot.text import Value as Shown

STEPS = {
    "1": N_("Step 1 of 5: you have asked for help."),
    "2": N_("Step 2 of 5: your meeting is booked."),
    "3": N_("Step 3 of 5: your application has come in."),
    "4": N_("Step 4 of 5: we have met."),
    "5": N_("Step 5 of 5: we have answered you."),
}

YOUR_CALL = N_("We ring you {day}, between {opens} and {closes}. No call? Write NO CALL.")

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
        case "missing-papers" | "paper-named" | "paper-said":
            missing.resulted(talk, awaited, event)
        case _ if awaited.purpose == JOINT:
            of_two(talk, awaited, event)
        case purpose if purpose in _ANSWERED:
            _ANSWERED[purpose](talk, event)
    if talk.thread.owner == "staff" and awaited.purpose != move_asked.PURPOSE:
        _keep_silent(talk, shown)


def _keep_silent(talk: Talk, shown: Open | None) -> None:
    """Under staff nothing is said: what changed is kept, and the form's question waits until they hand back."""
    asked, two = talk.thread.open, talk.person.two
    if two is not None and any(one.kind == TOGETHER for one in talk.says):
        talk.state = talk.state.with_person(two=replace(two, untold=True))
    talk.says.clear()
    talk.open(shown)
    if asked is not None and asked.ask == "form" and (shown is None or shown.ask != "form"):
        talk.state = talk.state.with_thread(interrupted=asked)


def _looked_up(talk: Talk, awaited: Awaited, event: Resulted) -> None:
    run = talk.run
    if run is None or run.state != "open":
        return
    played = replay(talk, run)
    if played.fact is not None and played.lookup_key == awaited.question:
        _found(talk, run, played, event.value)
        return
    if played.lookup is None or played.lookup_key != awaited.question:
        # The person changed something meanwhile: this fact is not what the flow needs any more.
        if talk.thread.open is None:
            go_on(talk)
        return
    if event.problem is not None or not played.lookup.among(event.value):
        talk.say(say(N_("I find no free time right now. A person finds one and writes to you here.")))
        talk.hand_over("asked")
        if run.flow == "call_time":
            # Else whatever she writes is answered by the same look-up again.
            give_up(talk, run)
        return
    fact = {"query": query_digest(played.lookup.query(played.form)), "value": event.value}
    talk.state = talk.state.with_run(replace(run, facts={**run.facts, awaited.question: fact}))
    go_on(talk)


def _found(talk: Talk, run: Run, played: Played, value: Any) -> None:
    """What the backend says is kept with the run; where it says nothing, that is."""
    if played.fact is not None:
        fact = {"query": query_digest(played.fact.query(played.form)), "value": value}
        talk.state = talk.state.with_run(replace(run, facts={**run.facts, played.lookup_key: fact}))
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
        meeting = Meeting.model_validate(event.value)
        keep_meeting(talk, meeting)
        if not moved:
            talk.state = talk.state.with_person(unasked=meeting.id)
    elif flows()[run.flow].application:
        receipt = ApplicationReceipt.model_validate(event.value)
        talk.state = talk.state.with_person(applied=receipt.application)
        jobs.stand_in(talk, tuple(UUID(one[0]) for one in run.answers.get(TOLD, ())))
        run = replace(run, received=receipt.application)
    then = _accepted(talk, run, event.value)
    close(talk, run)
    waiting = [other for other in talk.state.runs.values() if other.state == "open"]
    if meanwhile is not None:
        _back_to(talk, meanwhile)
    elif then is not None and not moved and (not waiting or _needs_number(talk, run, waiting)):
        # Who only moved her time has been told what is stored, and asked what cannot wait.
        start(talk, then.flow, then.carries)
    elif waiting:
        # A time was moved in the middle of a form: the form goes on where it was.
        talk.state = talk.state.with_thread(run=max(waiting, key=lambda other: other.began).id)
        go_on(talk)
    else:
        ask_beside(talk)


def _needs_number(talk: Talk, run: Run, waiting: Sequence[Run]) -> bool:
    """Whether nobody can ring her yet at the hour she chose; an application comes again after her number."""
    applications = all(flows()[other.flow].application for other in waiting)
    return run.flow == "call_time" and talk.telephone is None and applications


def _back_to(talk: Talk, run: Run) -> None:
    """What was begun while this answer was waited for goes on where it is."""
    talk.state = talk.state.with_thread(run=run.id)
    if talk.thread.open is not None:
        ask_again(talk)


def _accepted(talk: Talk, run: Run, value: Any) -> Go | None:
    """Say what the flow says when its effect is accepted; which flow comes after."""
    flow = flows()[run.flow]
    if flow.accepted is None:
        return flow.after
    form = replay(talk, run).form
    form.said.clear()
    form.then = None
    flow.accepted(form, value)
    card = talk.person.meeting if run.flow == "first_meeting" else None
    for place, (_, text) in enumerate(form.said):
        said = with_stop_if_it_fits(talk, text) if card is not None else text
        talk.says.append(Outgoing("reply", said, card=card if place == 0 else None))
    then: Go | None = form.then
    return then or flow.after


def _refused(talk: Talk, run: Run, problem: ProblemCode) -> None:
    """The facts have changed since they were looked up: forget them and ask again, or let a human look."""
    refusal = flows()[run.flow].refused.get(problem)
    if refusal is None:
        refuse(talk, run)
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
        if (call := status.call) is not None:
            step = say("{step} {call}", step=step, call=say(YOUR_CALL, **_hour(call)))
        if (path := status.settling) is not None and talk.carries(Sensitivity.PERSONAL):
            place = say(N_("Settling in: step {n} of {all}."), n=path.number, all=path.of)
            step = say("{step} {place}", step=step, place=place)
            if path.on is not None:
                step = say("{step} {next}", step=step, next=say(N_("Next: {day}."), day=path.on))
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


def _call_taken_back(talk: Talk, event: Resulted) -> None:
    if event.value is None:
        talk.say(say(N_("It could not be cancelled here. Write RING and a person helps you.")))
    elif (call := CancelledCall.model_validate(event.value).call) is None:
        meeting = talk.person.meeting
        if meeting is not None and talk.person.by_phone == meeting.id and talk.stands(meeting):
            # She is rung in place of it: that none is booked would be heard as that it is cancelled.
            opened = talk.thread.open
            if opened is not None and opened.ask == "form":
                talk.state = talk.state.with_thread(interrupted=opened)
            put_own(talk, "move-or-cancel", meeting.id, meeting.start)
            return
        talk.say(say(N_("No call is booked. To choose when we ring: write CALL TIME.")))
    else:
        text = N_("We do not ring you {day}, between {opens} and {closes}. Another time? Write CALL TIME.")
        talk.say(say(text, **_hour(call)))
        run = talk.run
        if run is not None and run.state == "open" and run.flow == "number" and talk.person.by_phone is None:
            give_up(talk, run)  # on which number was asked for that call alone
            return
    if talk.thread.open is None:
        go_on(talk)
    elif talk.thread.open.ask == "form":
        ask_again(talk)


def _hour(call: CallTime) -> dict[str, Shown]:
    return {"day": local_day(call.start), "opens": local_time(call.start), "closes": local_time(call.end)}


def _will_ring(talk: Talk, event: Resulted) -> None:
    receipt = HearReceipt.model_validate(event.value) if event.value else HearReceipt()
    talk.say(will_ring(talk, receipt.call_at))
    if talk.telephone is None and talk.run is None:
        start(talk, "number")
    else:
        resume(talk)


_ANSWERED: Mapping[str, Callable[[Talk, Resulted], None]] = {
    "status": _status,
    "cancel": _cancelled,
    "hear": _will_ring,
    "no-call": _call_taken_back,
    earlier_time.PURPOSE: earlier_time.resulted,
    move_asked.PURPOSE: move_asked.resulted,
}


def waiting(talk: Talk, event: Waiting) -> None:
    """A call has not been answered for a while: the person is told, once, that it will come."""
    awaited = next((one for one in talk.thread.awaited if one.call == event.call), None)
    untold = awaited is not None and not awaited.told
    if awaited is not None and _goes_on_without(talk, awaited):
        return
    if untold and talk.thread.owner == "bot":
        talk.say(
            say(N_("This takes a little longer than usual. Nothing is lost. I write to you as soon as it is ready."))
        )
        told_to_wait(talk)


def _goes_on_without(talk: Talk, awaited: Awaited) -> bool:
    """Whether the flow can do without what it asked for: then nobody is kept waiting for it."""
    run = talk.run
    if awaited.purpose != "look-up" or talk.thread.owner != "bot" or run is None or run.state != "open":
        return False
    played = replay(talk, run)
    if played.fact is None or played.lookup_key != awaited.question:
        return False
    talk.state = talk.state.with_thread(awaited=tuple(one for one in talk.thread.awaited if one.call != awaited.call))
    _found(talk, run, played, None)
    return True


# --- Timers and what left ---------------------------------------------------------------------------------------------


def elapsed(talk: Talk, event: Elapsed) -> None:
    """A timer of the thread is due."""
    if event.timer == SILENCE:
        silent(talk)
    elif event.timer == TOGETHER:
        late(talk, event.reference)
    elif event.timer in notices_timers():
        notices_timers()[event.timer](talk, event.reference)
    else:
        remind(talk, event)


def went(talk: Talk, event: Went) -> None:
    """A proactive question has left: it is the open question now; the form's is set aside."""
    opened = talk.thread.open
    if event.ask == "nudge" and not still_silent(talk):
        return
    if event.ask == STILL_YOURS and not talk.thread.doubted:
        return  # she wrote while it was on its way
    interrupted = opened if opened is not None and opened.ask == "form" else talk.thread.interrupted
    over = opened.ask if opened is not None and _both_live(talk, opened, event) else ""
    asked = Open(event.ask, event.question, talk.now, reference=event.reference, until=event.until, over=over)
    talk.state = talk.state.with_thread(open=asked, interrupted=interrupted)


def _both_live(talk: Talk, opened: Open, event: Went) -> bool:
    """Whether what was asked before can still be answered, and is another matter than what is asked now."""
    ours = ("reminder", "move-or-cancel", "ill", "interpreter", UNDERSTOOD, CALENDAR, *notices_ask())
    other = (opened.ask, opened.reference) != (event.ask, event.reference)
    return other and opened.ask in ours and event.ask in ours and (opened.until is None or opened.until > talk.now)


def linked(talk: Talk, event: Linked) -> None:
    """This telephone is the person's own: what is new goes here, and we ask who else reads it.

    What was open here before was asked of somebody we did not know.
    """
    talk.state = talk.state.with_person(telephone=event.telephone, reach=talk.thread.id)
    talk.state = talk.state.with_thread(open=None, interrupted=None, awaited=())
    talk.call(ContactConfirmed(person=talk.person.id, telephone=event.telephone, at=talk.now))
    talk.say(say(N_("Thank you. Now we can write to you here.")))
    start(talk, "phone")


def noticed(talk: Talk, event: Noticed) -> None:
    """The backend has something to tell. A kind that has no file here becomes a dead letter, which staff see."""
    telling = tellings()[event.notice.kind]
    telling.comes(talk, event.notice.id, telling.kind.body.model_validate(event.notice.body))
