"""A call for help: registered at the first word, and what cannot wait told to staff at once."""

from uuid import uuid5

from backend.contract import AcuteNeed, CallForHelp
from bot.conversation.talk import Talk
from bot.flows.acute import in_danger
from bot.leaving.hours import opens_at
from bot.messages import Said
from bot.text import say

LONGEST_KEPT = 2000
"""Characters of a first message that go into the registered call for help; the entry itself is kept whole."""


def register(talk: Talk, event: Said, *, own_words: bool) -> None:
    """The first message is a call for help: received at once, whatever comes after."""
    talk.call(
        CallForHelp(
            person=talk.person.id,
            thread=talk.thread.id,
            channel=talk.thread.channel,
            language=talk.thread.speaks or talk.language,
            received_at=talk.now,
            # A button that was pressed, or its word, says nothing that could be read later.
            words=event.words[:LONGEST_KEPT] if own_words else "",
            telephone=talk.state.telephone,
        ),
        key=uuid5(talk.person.id, "call-for-help"),
    )
    talk.state = talk.state.with_person(helped=True)


def answer_acute(talk: Talk, words: str) -> None:
    """The numbers in the same turn, then staff at once. ``words``: what cannot wait, as it was written."""
    after_hours = talk.policy.after_hours_telephone
    talk.say(
        say(in_danger(opens_at(talk.policy, talk.now) is not None), after_hours=after_hours),
        kind="acute",
    )
    _alarm(talk, words)


def _alarm(talk: Talk, words: str) -> None:
    """Staff at once."""
    if not talk.person.acute:
        need = AcuteNeed(person=talk.person.id, thread=talk.thread.id, at=talk.now, words=words[:LONGEST_KEPT])
        talk.call(need)
    talk.state = talk.state.with_person(acute=True, alarmed=talk.now)
    talk.hand_over("acute")
