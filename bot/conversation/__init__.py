"""One turn: one event and the state of a thread in; the new state, what to say and what to do out. Pure.

A turn never waits: what it needs from the backend it leaves as a call and is done; the answer comes back as an event.
Two rules stand above the rest. At most one question is open in a thread, and a word is only ever taken as the answer to
the question that was shown last and in full. Under staff the bot is silent, but still obeys stop, wrong number, acute
words and the answer to a reminder it sent.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from backend.contract import Policy
from bot.conversation.agreed import ask_nothing, wrote_in_silence, wrote_phrase
from bot.conversation.also_by import with_calendar
from bot.conversation.answering import filled
from bot.conversation.bringing import brought
from bot.conversation.by_telephone import ask_no_more
from bot.conversation.flood import hear, hush
from bot.conversation.happening import elapsed, linked, noticed, resulted, waiting, went
from bot.conversation.helping import helped
from bot.conversation.on_page import answered_on_page, renewed
from bot.conversation.saying import said
from bot.conversation.silence import watch
from bot.conversation.talk import Talk
from bot.messages import (
    Brought,
    Elapsed,
    Event,
    Filled,
    Helped,
    Linked,
    Noticed,
    OnPage,
    Renewed,
    Resulted,
    Said,
    State,
    Turn,
    Waiting,
    Went,
)

_HANDLERS: dict[type, Callable[[Talk, Any], None]] = {
    Said: said,
    Filled: filled,
    Resulted: resulted,
    Waiting: waiting,
    Noticed: noticed,
    Elapsed: elapsed,
    Went: went,
    Linked: linked,
    Helped: helped,
    Brought: brought,
    OnPage: answered_on_page,
    Renewed: renewed,
}


def turn(state: State, event: Event, policy: Policy, now: datetime) -> Turn:
    """Take one event. Same input, same outcome: ids are derived from the thread and its number of turns."""
    talk = Talk(state.with_thread(turns=state.thread.turns + 1), policy, now)
    if isinstance(event, Said | Filled):
        hear(talk)
    if isinstance(event, Said) and event.agreed:
        wrote_phrase(talk, event)
    elif isinstance(event, Said | Filled) and talk.person.is_silent:
        wrote_in_silence(talk, event)
    else:
        _HANDLERS[type(event)](talk, event)
    ask_no_more(talk, wrote=isinstance(event, Said | Filled))
    if talk.person.is_silent:
        ask_nothing(talk)
    else:
        watch(talk, event, state.thread)
    if isinstance(event, Said | Filled):
        hush(talk)
    return Turn(
        state=talk.state,
        says=tuple(with_calendar(talk, one) for one in talk.says),
        calls=tuple(talk.calls),
        timers=tuple(talk.timers),
        supersede=talk.superseding,
        link=talk.linking,
        owns=talk.owning,
        understood=talk.understood,
        letter=talk.letter,
        tells=tuple(talk.tells),
    )
