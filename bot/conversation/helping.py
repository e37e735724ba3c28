"""Somebody helps her: let in by a code, sees times and the questions that tell nothing of her, and may type for her.

Nothing is looked up here. What a helper may see comes with what the helper wrote (:mod:`bot.persons.helping`), and
what a helper types goes to her thread as an event, where it is an answer of hers that nobody has attested. A helper's
other words are the helper's own.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from backend.contract import MeetingStatus, Sensitivity
from bot.conversation.answering import store
from bot.conversation.putting import ASKED_OF_HELPERS, put_own, side_by_side
from bot.conversation.running import ask_again, go_on, replay, resume
from bot.conversation.talk import Talk, is_doubted
from bot.flows import seen_by_helpers
from bot.form import Asking
from bot.hearing.words import Command, Name
from bot.messages import Act, Helped, Helper, Helping, Open, Outgoing, Said
from bot.text import N_, Text, local_day, say

A_HELPERS_CODE = N_("A code to help somebody.")
YOU_HELP = N_("Now you help somebody, until {day}. Write HELPER to see the meeting's time and the question.")
ONLY_TYPING = N_("You may type. You need not interpret at the meeting: we order an interpreter if one is needed.")
NOTHING = N_("There is nothing to see here now.")
NO_MEETING = N_("No meeting is booked.")
MEETING = N_("The meeting: {time}, {address}.")
NOT_CERTAIN = N_("The meeting, not certain yet: {time}, {address}.")
HERS_ALONE = N_("There is a question too. Only the person you help answers it.")
PASSED_ON = N_("Thank you. The person you help sees the answer and confirms it. More: HELPER.")
YOUR_NAME = N_("Thank you. Your name stands with what you do here.")
HELP_OVER = N_("You help nobody here any more. Thank you.")
FOR_ONESELF = N_("Here you help somebody: write HELPER. Do you need help yourself? Then write it once more.")

HAS_BEGUN = N_("You have a helper until {day}. The helper sees times and questions, no money. End it: REMOVE HELPER.")
HAS_LEFT = N_("A helper does not help you any more.")
TYPED = N_("Your helper has answered for you: {what}. You can change it, and you confirm it.")
NOBODY_NOW = N_("Nobody helps you any more.")
NOBODY = N_("You have no helper. To let somebody help you: INVITE HELPER.")

NAMELESS = N_("The helper")
FROM_TO = N_("{name}: {since} - {until}.")
EARLIER = N_("Earlier: {n}. Ask us to see all.")
NOT_YET = N_("Nothing has been seen.")
ACTS = {
    "saw": N_("the time was seen"),
    "saw-question": N_("a question was seen"),
    "answered": N_("a question was answered"),
}
_LISTED = 10
"""Acts shown at once, the latest; more would be no text message."""

HELPERS_WORDS: tuple[Name, ...] = ("helper", "helpers", "no-helper")
_AS_EVER: tuple[Name, ...] = ("stop", "start", "wrong-number", "human", "elsewhere", "invite", *HELPERS_WORDS)
"""What does the same for whoever only helps somebody else."""


def acted(act: Act, *, personal: bool = True) -> Text:
    """What was seen or done, and with which question where that may be said."""
    question = seen_by_helpers().get(act.question) if personal else None
    if question is None:
        return say(ACTS[act.act])
    return say("{act} ({what})", act=say(ACTS[act.act]), what=say(question.short or question.text))


def answered(name: str, answer: Any) -> Text:
    """A question that was typed for her, and the answer, as both are shown."""
    question = seen_by_helpers()[name]
    shown = question.kind.show(question.kind.load(answer))
    return say("{label}: {answer}", label=say(question.short or question.text), answer=shown)


def called(name: str) -> Text:
    """What a helper is called."""
    return say("{name}", name=name) if name else say(NAMELESS)


# --- The helper's side ------------------------------------------------------------------------------------------------


def begins(talk: Talk, helping: Helping) -> None:
    """The code was right: what a helper is, and what to call this one, where a name may be asked for."""
    talk.state = talk.state.with_thread(helps="", language=talk.thread.language or helping.language)
    talk.say(say(YOU_HELP, day=local_day(helping.until)))
    talk.say(say(ONLY_TYPING))
    if talk.carries(Sensitivity.PERSONAL):
        _set_aside(talk)
        put_own(talk, "helper-name", helping.thread, helping.until)
    else:
        _own_again(talk)


def only_helps(talk: Talk, asked: Command | None) -> bool:
    """Whether somebody writes who helps another and has asked for nothing for herself: this asks for nothing either.

    "Thank you" opens no case. What is written once more does: the writer was told so.
    """
    thread, opened = talk.thread, talk.thread.open
    if thread.helps is None or thread.misses or thread.greeted or talk.person.helped or thread.owner == "staff":
        return False
    if asked is not None:
        return asked.name not in _AS_EVER
    return opened is None or (opened.until is not None and talk.now > opened.until)


def for_oneself(talk: Talk, asked: Command | None) -> None:
    """Whoever only helps is told how to go on, for another or for herself."""
    if asked is not None and asked.name == "language" and asked.argument is not None:
        talk.state = talk.state.with_thread(language=asked.argument, choosing=())
    else:
        talk.state = talk.state.with_thread(misses=1)
    talk.say(say(FOR_ONESELF))
    if talk.thread.open is not None and talk.thread.open.ask in ASKED_OF_HELPERS:
        talk.open(None)


def of_helpers(talk: Talk, event: Said, asked: Command) -> None:
    """One of the words about helping, of whoever helps or is helped."""
    if asked.name == "helpers":
        _list(talk, event.helpers)
    elif asked.name == "no-helper":
        _ended_by_word(talk, event.helpers)
    else:
        _look(talk, event.helping)


def _look(talk: Talk, seen: Helping | None) -> None:
    """Her meeting, and her question if a helper may see it. One sentence says that there is nothing, whatever why."""
    talk.state = talk.state.with_thread(misses=0)
    if seen is None:
        talk.say(say(NOTHING))
        _own_again(talk)
        return
    meeting = seen.meeting
    if meeting is None:
        talk.say(say(NO_MEETING))
    else:
        certain = meeting.status is MeetingStatus.BOOKED
        talk.say(say(MEETING if certain else NOT_CERTAIN, time=meeting.start, address=meeting.address))
    if seen.question:
        _set_aside(talk)
        put_own(talk, "helping", seen.thread, seen.until, about=seen.question)
        return
    if seen.hers_alone:
        talk.say(say(HERS_ALONE))
    _own_again(talk)


def typed(talk: Talk, meaning: Any, opened: Open) -> None:
    """A question of hers was answered by the helper: it goes to her."""
    question = seen_by_helpers()[opened.question]
    _tell(talk, opened, Helped("answered", talk.thread.id, question=question.name, answer=question.kind.dump(meaning)))
    talk.say(say(PASSED_ON))
    resume(talk)


def named(talk: Talk, name: str, opened: Open) -> None:
    """What the helper is called."""
    talk.state = talk.state.with_thread(helps=name)
    _tell(talk, opened, Helped("named", talk.thread.id, name=name))
    talk.say(say(YOUR_NAME))
    resume(talk)


def _tell(talk: Talk, opened: Open, event: Helped) -> None:
    if opened.reference is not None:
        talk.tells.append((opened.reference, event))


def _set_aside(talk: Talk) -> None:
    """The helper's own question waits, and comes again in full."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)


def _own_again(talk: Talk) -> None:
    """The writer's own question, if there is one."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "helping":
        talk.open(None)
    if talk.thread.open is not None or talk.thread.interrupted is not None:
        ask_again(talk)


# --- The side of the person who is helped -----------------------------------------------------------------------------


def helped(talk: Talk, event: Helped) -> None:
    """What came of it on the other side."""
    match event.what:
        case "began" if event.until is not None:
            _tell_her(talk, say(HAS_BEGUN, day=local_day(event.until)))
        case "left":
            _tell_her(talk, say(HAS_LEFT))
        case "removed":
            _tell_her(talk, say(NOBODY_NOW))
        case "answered":
            _take(talk, event)
        case "ended":
            _over(talk)


def may_be_typed(talk: Talk) -> Asking | None:
    """Her open question, if a helper may see it.

    Not while a human has the thread, nor on a page: what she is filling in there would be lost under her hands.
    """
    opened, asking = talk.thread.open, asks(talk)
    if asking is None or opened is None or opened.question != asking.key or not asking.question.helper_sees:
        return None
    on_page = talk.thread.channel == "web" and asking.question.section is not None
    return None if on_page or talk.thread.owner == "staff" else asking


def asks(talk: Talk) -> Asking | None:
    """The form's question, while it is the open one."""
    run, opened = talk.run, talk.thread.open
    if run is None or run.state != "open" or opened is None or opened.ask != "form":
        return None
    return replay(talk, run).asking


def _tell_her(talk: Talk, text: Text) -> None:
    """Also under staff: whoever may see her times is nothing to find out later."""
    if not (talk.thread.opted_out or talk.thread.frozen or is_doubted(talk.thread, talk.now)):
        talk.say(text)


def _take(talk: Talk, event: Helped) -> None:
    """Keep the answer as one she has given, and tell her; her next question comes in full."""
    run, asking = talk.run, may_be_typed(talk)
    if run is None or asking is None or asking.key != event.question:
        return
    store(talk, run, {asking.key: event.answer})
    what = answered(asking.question.name, event.answer)
    talk.says.append(Outgoing("helping", say(TYPED, what=what), sensitivity=asking.question.sensitivity))
    go_on(talk)


def _over(talk: Talk) -> None:
    """She has ended it: one neutral sentence, and the helper's own talk goes on."""
    opened = talk.thread.open
    talk.state = talk.state.with_thread(helps=None)
    _tell_her(talk, say(HELP_OVER))
    if opened is not None and opened.ask in ASKED_OF_HELPERS:
        talk.open(None)
        resume(talk)


def _ended_by_word(talk: Talk, ended: tuple[Helper, ...]) -> None:
    """The word was written: by her, by the helper, or by somebody who has and is none."""
    if ended:
        _tell_her(talk, say(NOBODY_NOW))
    elif talk.thread.helps is not None:
        _over(talk)
        return
    else:
        talk.say(say(NOBODY))
    if talk.thread.owner == "bot":
        _own_again(talk)


def _list(talk: Talk, helpers: tuple[Helper, ...]) -> None:
    """Who helps her or has helped her, from when to when, and everything that was seen and done, the latest first."""
    if not helpers:
        talk.say(say(NOBODY))
        _own_again(talk)
        return
    personal = talk.carries(Sensitivity.PERSONAL)
    lines: list[Text] = []
    acts: list[tuple[datetime, Text]] = []
    for one in helpers:
        name = called(one.name if personal else "")
        until = one.ended or one.until
        lines.append(say(FROM_TO, name=name, since=local_day(one.since), until=local_day(until)))
        acts += [(act.at, acted(act, personal=personal)) for act in one.acts]
    acts.sort(key=lambda act: act[0], reverse=True)
    lines += [say("{time}: {act}.", time=at, act=text) for at, text in acts[:_LISTED]]
    if len(acts) > _LISTED:
        lines.append(say(EARLIER, n=len(acts) - _LISTED))
    if not acts:
        lines.append(say(NOT_YET))
    sensitivity = Sensitivity.PERSONAL if personal else Sensitivity.OPEN
    talk.says.append(replace(Outgoing("helpers", side_by_side(lines)), sensitivity=sensitivity))
    _own_again(talk)
