"""The conversation's own questions answered: a reminder, move or cancel, a human, a number, what a notice asks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from backend.contract import CancelMeeting, ContactConfirmed
from bot.conversation import also_by, jobs
from bot.conversation.answering import missed
from bot.conversation.asides import GOOD, answered_aside, was_answered, which_was_meant
from bot.conversation.asked import asked, is_outright
from bot.conversation.beforehand import ill_instead, see_you
from bot.conversation.elsewhere import who_reads
from bot.conversation.helping import named, typed
from bot.conversation.meetings import ask_beside
from bot.conversation.missing import ANSWERED
from bot.conversation.notices import earlier_time, notices_ask
from bot.conversation.notices.planning_week import start_of
from bot.conversation.ownership import a_person_comes
from bot.conversation.putting import ABOUT, WITH_PAGES, own_question, put_own
from bot.conversation.running import ask_again, nothing_open, replay, resume, start, take_up
from bot.conversation.silence import leave_alone
from bot.conversation.talk import Talk
from bot.conversation.together import answer_to_attest, answer_to_join
from bot.conversation.understood import UNDERSTOOD, heard_day, say_time, shown_in, tells_more
from bot.hearing.words import is_thanks, means
from bot.leaving.sending import STILL_YOURS
from bot.messages import Open, Said
from bot.questions import Meaning, Misunderstood
from bot.spelling import digits
from bot.text import N_, Telephone, Text, Weekday, local_time, say

NEEDS = "needs"
"""The one question after an alarm, as it is named in :class:`Open`."""

_IN_BETWEEN = ("human", "interpreter", "who-reads", "join", "attest")

BOTH_FIT = timedelta(seconds=60)
"""An answer this soon after a proactive message may be meant for the question before it."""


def answer_own(talk: Talk, event: Said, opened: Open) -> None:
    """Take the words as the answer to the conversation's own open question."""
    if opened.until is not None and talk.now > opened.until:
        talk.open(None)
        _back_to_form_or(talk, event)
        return
    if opened.over and not opened.tries and event.question is None and _fits_the_other(talk, event.words, opened.over):
        put_own(talk, opened.ask, opened.reference, opened.until, about=opened.question, reason=_its_time(talk, opened))
        return
    apart = {"reminder": _answer_reminder, UNDERSTOOD: _which_day}.get(opened.ask)
    if apart is not None:
        apart(talk, event, opened)
        return
    question = own_question(talk, opened.ask, opened.question)
    heard = question.kind.understand(event.words, talk.language, today=talk.today)
    if opened.ask == jobs.ASKS and jobs.is_no_answer(event.words):
        heard = Misunderstood(say(GOOD))
    if opened.ask == "answered" and isinstance(heard, Misunderstood) and is_thanks(event.words):
        heard = Meaning(True)
    instead = isinstance(heard, Misunderstood) or is_outright(talk, event.words)
    if instead and answered_aside(talk, event, opened):
        return
    if isinstance(heard, Misunderstood):
        _not_an_answer(talk, event, opened, heard.reason)
        return
    if _fits_both(talk, event, opened) and not (opened.ask == "nudge" and heard.meaning):
        put_own(talk, opened.ask, opened.reference, opened.until, about=opened.question)
        return
    talk.state = talk.state.with_thread(misses=0)
    talk.means(question.kind.show(heard.meaning))
    talk.open(None)
    answers: dict[str, Callable[[Talk, Any, Open], None]] = {
        "human": _human,
        "nudge": _nudge,
        "answered": was_answered,
        "which": which_was_meant,
        "move-or-cancel": _move_or_cancel,
        "ill": ill_instead,
        "confirm-contact": _confirm_contact,
        "interpreter": _interpreter,
        NEEDS: _needs,
        also_by.CALENDAR: _calendar,
        # Answered before anything else is read: whoever has the number now is told of nothing.
        STILL_YOURS: lambda talk, _, __: ask_again(talk),
        "helping": typed,
        "helper-name": named,
        "join": answer_to_join,
        "attest": answer_to_attest,
        "who-reads": lambda talk, who, opened: who_reads(talk, who == "yes", opened),
        jobs.ASKS: jobs.which,
        **ANSWERED,
        **{name: asked.answered for name, asked in notices_ask().items()},
    }
    answers[opened.ask](talk, heard.meaning, opened)


def _not_an_answer(talk: Talk, event: Said, opened: Open, reason: Text) -> None:
    notice = notices_ask().get(opened.ask)
    if opened.ask == jobs.ASKS and jobs.declines(event.words):
        talk.open(None)
        talk.say(reason)
        resume(talk)
    elif (notice is not None and notice.lasts) or opened.ask in (*ANSWERED, NEEDS, also_by.CALENDAR, jobs.ASKS):
        # It needs no answer: what she writes then is read like any other words.
        talk.open(None)
        _back_to_form_or(talk, event)
    elif opened.ask == "nudge":
        take_up(talk)
    elif opened.ask in ("answered", "which"):
        # More words are no yes: a person reads them all.
        talk.open(None)
        was_answered(talk, False, opened)
    elif talk.thread.interrupted is not None and (notice is not None or opened.ask in _IN_BETWEEN):
        # Not an answer to what came in between: the form's question again, in full, and nothing stored.
        resume(talk)
    else:
        missed(talk, reason)


def _back_to_form_or(talk: Talk, event: Said) -> None:
    if talk.thread.interrupted is not None:
        resume(talk)
    else:
        nothing_open(talk, event.words)


def _fits_both(talk: Talk, event: Said, opened: Open) -> bool:
    """Whether a quick answer may have been meant for the question before this one: then it is asked about."""
    if talk.thread.interrupted is None or talk.run is None or event.question is not None or opened.tries:
        return False
    asking = replay(talk, talk.run).asking
    if asking is None or talk.now - opened.at > BOTH_FIT:
        return False
    heard = asking.question.kind.understand(event.words, talk.language, today=talk.today, among=asking.among)
    return not isinstance(heard, Misunderstood)


def _fits_the_other(talk: Talk, words: str, other: str) -> bool:
    """Whether the words may answer a question of ours that came before this one: any digit may."""
    if digits(words).strip().isdecimal():
        return True
    if other == UNDERSTOOD:
        return False
    if other == "reminder":
        return means(words, "yes") or means(words, "cannot-come")
    heard = own_question(talk, other).kind.understand(words, talk.language, today=talk.today)
    return isinstance(heard, Meaning)


def _its_time(talk: Talk, opened: Open) -> Text | None:
    """Which hour a question of ours is about, where it does not say so itself."""
    time = start_of(talk, opened.reference) if opened.ask == "activity" else None
    if opened.ask == earlier_time.PURPOSE:
        time = opened.until
    return say(ABOUT, time=time) if time is not None else None


def _answer_reminder(talk: Talk, event: Said, opened: Open) -> None:
    figure = digits(event.words).strip()
    if figure == "2" or means(event.words, "cannot-come"):
        # Nothing changes on a single digit: the person says which.
        put_own(talk, "move-or-cancel", opened.reference, opened.until)
        return
    if asked(talk, event.words) and answered_aside(talk, event, opened):
        return
    talk.open(None)
    if talk.thread.interrupted is not None:
        resume(talk)
    elif talk.thread.owner == "bot":
        if figure.isdecimal() or means(event.words, "yes"):
            see_you(talk)
        else:
            nothing_open(talk, event.words)


def _which_day(talk: Talk, event: Said, opened: Open) -> None:
    """Asked once, so it is behind us whatever she says; only an answer is taken as one."""
    meeting = talk.person.meeting
    talk.open(None)
    if meeting is None or not talk.stands(meeting):
        _back_to_form_or(talk, event)
        return
    right, day = heard_day(talk, event.words, shown_in(opened.question), meeting)
    if event.question is None and (asked(talk, event.words) or tells_more(event.words, right)):
        nothing_open(talk, event.words)
        return
    talk.state = talk.state.with_thread(misses=0)
    if day is not None:
        talk.means(say("{day}", day=Weekday(day)))
    if right:
        talk.say(say(N_("Good. See you at {time}."), time=local_time(meeting.start)))
    else:
        say_time(talk, meeting)


def _calendar(talk: Talk, yes: bool, _: Open) -> None:
    also_by.choose(talk, (also_by.counts_by(talk) or "off") if yes else "off")
    resume(talk)
    ask_beside(talk)


def _human(talk: Talk, yes: bool, opened: Open) -> None:
    if yes:
        a_person_comes(talk)
        talk.hand_over("question" if opened.question == "question" else "missed-three")
    resume(talk)


def asked_what_is_needed(talk: Talk) -> bool:
    """After the numbers one question, for whoever comes to her: food, medicine or a bed today; whether it was asked.

    Not where something else is to be answered first: a notice, or in which language she reads.
    """
    opened, thread = talk.thread.open, talk.thread
    chooses_language = thread.choosing and thread.channel not in WITH_PAGES  # a page has the languages in its head
    if thread.owner == "staff" or thread.awaited or chooses_language or (opened and opened.ask != "form"):
        return False
    if opened is not None:
        talk.state = talk.state.with_thread(interrupted=opened)
    put_own(talk, NEEDS)
    return True


def _needs(talk: Talk, yes: bool, _: Open) -> None:
    """Staff have the alarm already, and read the answer; the talk goes on where it was, or begins."""
    if yes:
        talk.state = talk.state.with_person(alarmed=talk.now)
        a_person_comes(talk)
        talk.hand_over("acute")
    ask_again(talk)


def _nudge(talk: Talk, yes: bool, _: Open) -> None:
    if yes:
        take_up(talk)
    else:
        leave_alone(talk)


def _move_or_cancel(talk: Talk, choice: str, _: Open) -> None:
    meeting = talk.person.meeting
    if meeting is None:
        resume(talk)
    elif choice == "come":
        see_you(talk)
        resume(talk)
    elif choice == "cancel":
        call = talk.call(CancelMeeting(person=talk.person.id, at=talk.now), answers=True, meeting=str(meeting.id))
        talk.wait_for(call, "cancel")
    else:
        # A form under way waits in its run; it goes on when the new time is booked.
        talk.state = talk.state.with_thread(interrupted=None)
        start(talk, "first_meeting")


def _interpreter(talk: Talk, yes: bool, opened: Open) -> None:
    """Into what she speaks, at the meeting that was booked without: with one it is another meeting, and replaces it."""
    meeting = talk.person.meeting
    if yes:
        talk.state = talk.state.with_thread(interrupted=None, speaks=opened.question)
        start(talk, "first_meeting")
        return
    if meeting is not None:
        talk.say(say(N_("Your time: {time}, {address}."), time=meeting.start, address=meeting.address))
    resume(talk)


def own_number(talk: Talk, number: str) -> None:
    """A number that the channel proves to be the writer's own: confirmed without a text to it."""
    # What is new goes on coming where she writes; the number is for ringing.
    talk.state = talk.state.with_person(telephone=number, reach=talk.person.reach or talk.thread.id)
    talk.owning = number
    talk.call(ContactConfirmed(person=talk.person.id, telephone=number, at=talk.now))
    talk.means(say("{number}", number=Telephone(number)))
    if talk.thread.owner == "bot":
        talk.say(say(N_("Thank you. Now we can ring you.")))
        ask_again(talk)


def _confirm_contact(talk: Talk, yes: bool, opened: Open) -> None:
    if yes:
        talk.linking = opened.reference
        talk.state = talk.state.with_thread(confirmed=True, greeted=True)
    elif talk.person.helped:
        # Somebody else's mistake must not silence a person who talks with us here herself.
        talk.say(say(N_("Thank you. Nothing changes for you here.")))
        resume(talk)
    else:
        talk.say(say(N_("Thank you. We write no more to this number.")))
        talk.state = talk.state.with_thread(frozen=True)
