"""Two who apply together: each answers a part of her own, in her language; nothing of one is said to the other.

Whoever wrote the code of an invitation is told what it is and what the calculation will show the other, and says yes or
no to that. No and silence look the same to her who invited: when the code's day is over she hears that the rest is
taken at the meeting, and her own application comes in from the day she confirmed it.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from backend.contract import (
    AnswerRecord,
    ApplicationReceipt,
    AttestPart,
    JoinPart,
    JointQuery,
    JointReceipt,
    JointStanding,
    LeaveJoint,
    MeetingStatus,
    Phone,
    ProblemCode,
    Sensitivity,
)
from bot.conversation.calling import register
from bot.conversation.notices.joint_news import CAME_IN
from bot.conversation.parts import apart, close_part, hand_in, part_of, send_alone, wait_for
from bot.conversation.putting import ATTEST, put_own
from bot.conversation.running import ask_again, go_on, refuse, resume, start, take_up_application
from bot.conversation.speaking import choose
from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.flows.application import PAPERS
from bot.leaving.sending import INVITED_FOR, TOGETHER
from bot.messages import Awaited, Invited, Open, Outgoing, Resulted, Run, Said, Timer, Two
from bot.text import N_, Text, languages, render, say

A_CODE = N_("A code to apply together.")
SHOWS_THE_OTHER = N_(
    "The calculation is made for you both. In it the other one sees your incomes and costs as sums. Not your answers, "
    "your papers or what you say to us."
)
"""The same words as the backend's: told to each, and kept with what she attests."""
YOUR_CODE = N_(
    "Your part is kept. Let your partner write TOGETHER {code} to us where you write, or on {page}, within 24 hours. "
    "We write when it is your turn."
)
OTHERS_READ = N_("Others may read here, so we take the rest at the meeting.")
NOT_TOGETHER = N_("Good. You do not need to do anything more, and we say nothing of it.")
AT_THE_MEETING = N_("The other part is taken at the meeting. You do not need to do anything.")
IT_CAME_IN = N_("It came in {time}.")
NO_MORE = N_("It has ended. Come to the meeting, and we take the rest there.")
WAITING = N_("Your part is kept. The other part is not there yet. We write when it is your turn.")
YOU_CONFIRMED = N_("Thank you. It comes in when both have confirmed. We write then.")
NOT_CONFIRMED = N_("Nothing has been confirmed. To change: CHANGE 2. To go on: TOGETHER. To stop: NOT TOGETHER.")
CHANGED_MEANWHILE = N_("Something was changed just now.")


def invited(talk: Talk, event: Said, invitation: Invited) -> None:
    """The code was right. Who reads here is asked before anything is said of it.

    Whoever writes it again is told how it stands by now, and is invited to nothing twice.
    """
    here = talk.person.two
    if here is not None and here.joint == invitation.joint:
        talk.state = talk.state.with_thread(misses=0)
        together(talk)
        return
    told = [code for code in (invitation.written_in, event.speaks) if code in languages()]
    if talk.thread.language is None:
        talk.state = talk.state.with_thread(language=told[0] if told else invitation.language or "sv")
        if not told:
            choose(talk, None)
    two = Two("partner", invitation.joint, name=invitation.name)
    talk.state = talk.state.with_thread(greeted=True, confirmed=True, misses=0).with_person(two=two)
    _ask_who_reads_or(talk, ask_to_join)


def _ask_who_reads_or(talk: Talk, goes_on: Callable[[Talk], None]) -> None:
    """Nothing of it is said before it is known who reads here."""
    if talk.thread.channel not in PERSONAL_CHANNELS and talk.thread.shared is None:
        _set_aside(talk)
        put_own(talk, "who-reads", about="together")
    else:
        goes_on(talk)


def ask_to_join(talk: Talk) -> None:
    """What it is, who invites and what it will show; or, where others read, nothing of it."""
    if not talk.carries(Sensitivity.PERSONAL):
        talk.state = talk.state.with_person(two=None)
        talk.open(None)
        talk.say(say(OTHERS_READ))
        resume(talk)
        return
    _set_aside(talk)
    _tell_what_it_shows(talk)
    put_own(talk, "join")


def answer_to_join(talk: Talk, yes: bool, _: Open) -> None:
    two = talk.person.two
    if two is None or two.joint is None or two.joined:
        resume(talk)
    elif not yes:
        talk.state = talk.state.with_person(two=None)
        talk.say(say(NOT_TOGETHER))
        resume(talk)
    else:
        if not talk.person.helped:
            register(talk, Said(""), own_words=False)
        if talk.thread.channel == "sms":
            telephone, shared = talk.state.telephone, talk.thread.shared
            talk.call(Phone(person=talk.person.id, telephone=telephone, at=talk.now, shared=shared))
        joins = JoinPart(person=talk.person.id, at=talk.now)
        wait_for(talk, talk.call(joins, answers=True, joint=str(two.joint)), "join")


def answer_to_attest(talk: Talk, yes: bool, _: Open) -> None:
    two = talk.person.two
    if yes and two is not None:
        _ask_how_it_stands(talk, "attest")
        return
    talk.say(say(NOT_CONFIRMED))
    resume(talk)


# --- Words ------------------------------------------------------------------------------------------------------------


def together(talk: Talk) -> None:
    """How it stands, and what is the next step: looked up, since the other one may have done something."""
    two = talk.person.two
    if two is None or two.joint is None:
        ask_again(talk)
    else:
        _ask_who_reads_or(talk, next_step)


def next_step(talk: Talk) -> None:
    """Whether she wants to, of whoever was invited; else how it stands."""
    two = talk.person.two
    if two is None:
        resume(talk)
    elif two.side == "partner" and not two.joined:
        ask_to_join(talk)
    else:
        _ask_how_it_stands(talk, "standing")


def not_together(talk: Talk) -> None:
    """One word ends it; the other one is not told."""
    told = _end(talk)
    if told is None:
        ask_again(talk)
        return
    talk.say(told)
    _go_on(talk)


def ended_by_staff(talk: Talk, *, tell: bool) -> None:
    """Staff have heard the word; ``tell``: she is told here as when she writes it, if nobody else reads: whoever she
    does not apply with any more may."""
    told = _end(talk)
    if told is not None and tell and (talk.thread.channel in PERSONAL_CHANNELS or talk.thread.shared is False):
        talk.say(told)
        _go_on(talk)


def _end(talk: Talk) -> Text | None:
    """What she is told; ``None``: she applies with nobody, or both have confirmed."""
    two = talk.person.two
    if two is None or two.complete:
        return None
    apart(talk)
    return say(NOT_TOGETHER if two.side == "partner" else AT_THE_MEETING)


# --- What the backend answers -----------------------------------------------------------------------------------------


def answered(talk: Talk, awaited: Awaited, event: Resulted) -> None:
    """An answer about an application of two."""
    run = talk.state.runs.get(awaited.run) if awaited.run is not None else None
    if awaited.question == "alone":
        _came_in_alone(talk, run, event)
        return
    two = talk.person.two
    changed = awaited.question == "attested" and event.problem is ProblemCode.TOO_LATE
    if two is None or (event.problem is not None and not changed):
        if two is None and event.problem is None and awaited.question in ("invite", "join"):
            # She said meanwhile that she does not want to.
            joint = JointReceipt.model_validate(event.value).joint
            talk.call(LeaveJoint(person=talk.person.id, at=talk.now), joint=str(joint))
        _came_to_nothing(talk, run)
        return
    match awaited.question:
        case "invite":
            _hand_in_hers(talk, replace(two, joint=JointReceipt.model_validate(event.value).joint), run)
        case "join":
            talk.state = talk.state.with_person(two=replace(two, joined=True))
            start(talk, "part")
        case "attest":
            _attest(talk, two, JointStanding.model_validate(event.value))
        case "attested" if changed:
            # The other part is another one by now: what is confirmed is the latest of both.
            talk.say(say(CHANGED_MEANWHILE))
            _ask_how_it_stands(talk, "standing")
        case "receipt":
            _take_receipt(talk, JointStanding.model_validate(event.value), asked=False)
        case "part" if run is not None:
            _kept(talk, two, run, JointStanding.model_validate(event.value))
        case _:
            _next_step(talk, JointStanding.model_validate(event.value))


def _hand_in_hers(talk: Talk, two: Two, run: Run | None) -> None:
    """The application of two is begun: her part goes there as she confirmed it; where it cannot be read as that any
    more, a person looks at it."""
    talk.state = talk.state.with_person(two=two)
    part = part_of(talk, run) if run is not None else None
    if run is not None and part is not None:
        hand_in(talk, run, part)
        return
    talk.call(LeaveJoint(person=talk.person.id, at=talk.now), joint=str(two.joint))
    talk.state = talk.state.with_person(two=None)
    if run is not None:
        refuse(talk, run)


def _came_to_nothing(talk: Talk, run: Run | None) -> None:
    """It has ended, or cannot be: who invited applies herself; who was invited is asked at the meeting.

    What both have confirmed has come in, whatever has become of it since.
    """
    two = talk.person.two
    if two is not None and two.complete and run is None:
        _say_and_go_on(talk, say(NO_MORE))
        return
    talk.state = talk.state.with_person(two=None)
    if run is None and two is not None and two.side == "inviter" and two.kept is not None and two.run is not None:
        run = talk.state.runs.get(two.run)
    if run is not None and run.flow == "application":
        if two is not None:
            talk.say(say(AT_THE_MEETING))
        send_alone(talk, run, two.kept if two is not None and two.kept is not None else talk.now)
    elif two is not None:
        close_part(talk)
        talk.say(say(NO_MORE))
        resume(talk)


def _kept(talk: Talk, two: Two, run: Run, standing: JointStanding) -> None:
    """Her part is kept; who has no meeting yet chooses one, when there is nothing more to do here."""
    kept = two.kept or talk.now
    talk.state = talk.state.with_run(replace(run, state="closed"))
    talk.state = talk.state.with_person(two=replace(two, kept=kept, joined=standing.joined, complete=False))
    if talk.thread.run == run.id:
        talk.state = talk.state.with_thread(run=None)
    _next_step(talk, standing)
    if talk.thread.open is None and talk.thread.run is None and two.side == "inviter" and two.kept is None:
        meeting = talk.person.meeting
        unmet = meeting is None or meeting.status is MeetingStatus.CANCELLED
        start(talk, "first_meeting" if unmet else "questions")


def _next_step(talk: Talk, standing: JointStanding) -> None:
    two = talk.person.two
    if two is None or standing.ended:
        _came_to_nothing(talk, None)
    elif standing.receipt is not None:
        _take_receipt(talk, standing)
    elif standing.own_version is None:
        _to_her_part(talk)
    elif standing.other_version is None and two.side == "inviter" and not standing.joined:
        _give_code(talk, two)
    elif standing.other_version is None:
        _say_and_go_on(talk, say(WAITING))
    elif standing.own_attested:
        _say_and_go_on(talk, say(YOU_CONFIRMED))
    else:
        _set_aside(talk)
        _tell_what_it_shows(talk)
        put_own(talk, "attest")


def _to_her_part(talk: Talk) -> None:
    """Her own part is not there yet: its question again, or its beginning; but not where others read."""
    if not talk.carries(Sensitivity.PERSONAL):
        _say_and_go_on(talk, say(OTHERS_READ))
        return
    begun = next((run for run in talk.state.runs.values() if run.flow == "part" and run.state == "open"), None)
    if begun is None:
        start(talk, "part")
    else:
        talk.state = talk.state.with_thread(run=begun.id)
        go_on(talk)


def _give_code(talk: Talk, two: Two) -> None:
    """A new one: one that was given before works no longer."""
    if talk.thread.channel in PERSONAL_CHANNELS or talk.thread.shared is False:
        talk.says.append(Outgoing(TOGETHER, say(YOUR_CODE, code="", page=talk.policy.public_page)))
        talk.timers.append(Timer(TOGETHER, talk.now + INVITED_FOR, two.joint))
        if talk.thread.open is not None or talk.thread.interrupted is not None:
            ask_again(talk)
    else:
        _say_and_go_on(talk, say(OTHERS_READ))


def _attest(talk: Talk, two: Two, standing: JointStanding) -> None:
    """She has said yes to her part, and was told what it shows: that of both versions there are now."""
    if standing.ended or standing.own_attested or standing.own_version is None or standing.other_version is None:
        _next_step(talk, standing)
        return
    attest = AttestPart(
        person=talk.person.id,
        at=talk.now,
        own_version=standing.own_version,
        other_version=standing.other_version,
        attestation=_record(talk, "attestation", say(ATTEST.text), meaning=True),
        told=_record(talk, "shows-the-other", say(SHOWS_THE_OTHER), meaning=None),
    )
    wait_for(talk, talk.call(attest, answers=True, joint=str(two.joint)), "attested")


def _record(talk: Talk, question: str, shown: Text, *, meaning: bool | None) -> AnswerRecord:
    return AnswerRecord(
        question=question,
        shown=render(shown, talk.language),
        shown_in_swedish=render(shown, "sv"),
        language=talk.language,
        meaning=meaning,
        at=talk.now,
        channel=talk.thread.channel,
    )


def _take_receipt(talk: Talk, standing: JointStanding, *, asked: bool = True) -> None:
    """Both have confirmed: when it came in, and what to bring. That is told to nobody who has not asked."""
    two, receipt = talk.person.two, standing.receipt
    if two is None or receipt is None:
        return
    talk.state = talk.state.with_person(two=replace(two, complete=True), applied=receipt.application)
    run = talk.state.runs.get(two.run) if two.run is not None else None
    if run is not None:
        talk.state = talk.state.with_run(replace(run, received=receipt.application))
    if not asked:
        return
    talk.say(say(CAME_IN, time=receipt.received_at))
    if receipt.missing:
        papers = tuple(say(PAPERS[paper]) for paper in receipt.missing)
        talk.say(say(N_("Bring to the meeting: {papers}."), papers=papers))
    _go_on(talk)


def _came_in_alone(talk: Talk, run: Run | None, event: Resulted) -> None:
    if event.problem is not None:
        talk.hand_over("asked")
        return
    receipt = ApplicationReceipt.model_validate(event.value)
    talk.state = talk.state.with_person(applied=receipt.application)
    if run is not None:
        talk.state = talk.state.with_run(replace(run, received=receipt.application))
    _tell(talk, say(IT_CAME_IN, time=receipt.received_at))


def late(talk: Talk, joint: UUID | None) -> None:
    """The code's day is over and nobody has said yes: hers comes in, whatever the other one answered."""
    two = talk.person.two
    if two is not None and two.joint == joint and two.side == "inviter" and not two.joined:
        apart(talk)
        _tell(talk, say(AT_THE_MEETING))


# --- Parts ------------------------------------------------------------------------------------------------------------


def _ask_how_it_stands(talk: Talk, step: str) -> None:
    two = talk.person.two
    if two is not None:
        asked = JointQuery(person=talk.person.id, at=talk.now)
        wait_for(talk, talk.call(asked, answers=True, joint=str(two.joint)), step)


def _tell_what_it_shows(talk: Talk) -> None:
    talk.says.append(Outgoing("shows-the-other", say(SHOWS_THE_OTHER)))


def _tell(talk: Talk, text: Text) -> None:
    """Unasked, where she wants to be reached."""
    talk.says.append(Outgoing("joint-told", text, language=talk.language, to=talk.other_reach()))


def _set_aside(talk: Talk) -> None:
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)


def _say_and_go_on(talk: Talk, text: Text) -> None:
    talk.say(text)
    _go_on(talk)


def _go_on(talk: Talk) -> None:
    """What was asked, or set aside; or her own application, if she had begun one before."""
    if talk.thread.open is not None or talk.thread.interrupted is not None:
        ask_again(talk)
    else:
        take_up_application(talk)
