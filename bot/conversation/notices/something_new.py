"""There is something new. Never says what: only that there is, and for a decision how she wants to hear it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.contract import Hear, Meeting, NoticeKind, SomethingNew
from bot.conversation.meetings import keep_meeting
from bot.conversation.notices import Asked, Telling
from bot.conversation.putting import choices
from bot.conversation.running import ask_again, close, resume
from bot.conversation.talk import Talk
from bot.flows import flows
from bot.leaving.sending import Kind
from bot.messages import Open, Outgoing
from bot.questions import OneOf, Question
from bot.text import N_, Text, say

HEAR = Question(
    "hear",
    N_("There is something new for you. How do you want to hear it?"),
    OneOf(
        {"call": N_("Ring me"), "counter": N_("I come to you"), "read": N_("I read it"), "letter": N_("Letter")},
    ),
)
HEAR_WITH_INTERPRETER = Question(
    "hear",
    HEAR.text,
    OneOf(
        {
            "call": N_("Ring me, with interpreter"),
            "counter": N_("I come to you"),
            "read": N_("I read it"),
            "letter": N_("Letter"),
        },
    ),
)
NEW_LINES = N_("There is something new for you. Write READ to read it, or RING if you would rather hear it.")
READ_HERE = N_("Read it on {page}. Use the code you got at the meeting. No code? Get one from us, or write RING.")

DECIDED = Kind(
    "something-new",
    proactive=True,
    quiet="decision",
    still_true=True,
    segments=(1, 2),
    fallback="other",
    lost="letter",
    priority="reminder",
)
REFUSED = replace(DECIDED, name="something-new-refusal", quiet="refusal")
LINES = Kind(
    "new-lines", proactive=True, quiet="day", still_true=True, segments=(1, 1), fallback="other", priority="reminder"
)


def comes(talk: Talk, notice: UUID, news: SomethingNew) -> None:
    if news.what != "calculation":  # a month may be worked out while she still waits for the meeting
        _has_been_met(talk)
    talk.state = talk.state.with_person(news=notice)
    if news.meeting is not None:
        keep_meeting(talk, news.meeting)
        talk.state = talk.state.with_person(unsaid=news.meeting.id)
    told = Outgoing(LINES.name, say(NEW_LINES), language=talk.language, to=talk.other_reach(), reference=notice)
    if news.what == "decision":
        question = HEAR_WITH_INTERPRETER if news.with_interpreter else HEAR
        told = replace(
            told,
            kind=(REFUSED if news.refusal else DECIDED).name,
            text=say(question.text),
            choices=choices(question),
            question=talk.new_token(),
            ask="hear",
        )
    talk.says.append(told)


def _has_been_met(talk: Talk) -> None:
    """What was asked around the booking ("food already today?") is behind her, and does not come again after it."""
    run, opened = talk.run, talk.thread.open
    if run is None or run.state != "open" or not flows()[run.flow].until_met:
        return
    close(talk, run)
    talk.state = talk.state.with_thread(
        open=None if opened is not None and opened.ask == "form" else opened, interrupted=None
    )


def hear(talk: Talk, how: Any, opened: Open) -> None:
    """She has chosen how to hear it."""
    if opened.reference is None:
        return
    chosen = Hear(person=talk.person.id, something_new=opened.reference, at=talk.now, how=how)
    call = talk.call(chosen, answers=how == "call")
    if how == "call":
        talk.wait_for(call, "hear")  # what was set aside comes again when the hour has been said
        return
    talk.say(_told_so(talk, how))
    resume(talk)


def _told_so(talk: Talk, how: str) -> Text:
    if how == "counter":
        return say(
            N_("Welcome to {address}. Someone tells you there, with an interpreter."), address=talk.policy.address
        )
    if how == "read":
        return say(READ_HERE, page=talk.policy.public_page)
    return say(N_("A letter comes to you in two or three days."))


def will_ring(talk: Talk, call_at: datetime | None) -> Text:
    """She is rung to hear it: when, where an hour was found."""
    if call_at is None:
        return say(N_("We ring you as soon as we can."))
    if (talk.thread.speaks or talk.language) == "sv":
        return say(N_("We ring you {time}."), time=call_at)
    return say(N_("We ring you {time}, with an interpreter."), time=call_at)


def chosen_by_staff(talk: Talk, how: str, call_at: datetime | None) -> Text:
    """She has told staff how she wants to hear it: the question is answered. Gives what she is told."""
    if talk.thread.open is not None and talk.thread.open.ask == "hear":
        talk.open(None)
    return will_ring(talk, call_at) if how == "call" else _told_so(talk, how)


def read(talk: Talk) -> None:
    """She wants to read what is new: where, and with what. Asked how she wants to hear it, she has answered."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "hear":
        talk.means(say(N_("I read it")))
        talk.open(None)
        hear(talk, "read", opened)
        return
    talk.say(say(READ_HERE, page=talk.policy.public_page))
    ask_again(talk)


def examples(meeting: Meeting) -> Iterator[SomethingNew]:
    with_interpreter = meeting.interpreter_language is not None
    yield SomethingNew(what="agreed-lines")
    yield SomethingNew(what="calculation", with_interpreter=with_interpreter)
    yield SomethingNew(what="decision", with_interpreter=with_interpreter)
    yield SomethingNew(what="decision", refusal=True, with_interpreter=with_interpreter)


TELLING = Telling(
    NoticeKind.SOMETHING_NEW,
    comes,
    kinds=(DECIDED, REFUSED, LINES),
    asks={"hear": Asked(lambda talk: HEAR if talk.language == "sv" else HEAR_WITH_INTERPRETER, hear)},
    examples=examples,
)
