"""Who speaks in the thread: the machine or staff."""

from datetime import timedelta
from typing import Literal

from backend.contract import Ownership
from bot.conversation.talk import Talk
from bot.leaving.hours import opens_at
from bot.text import N_, say

AWAY = N_("We are closed now. A person answers you {time}. In danger: ring {after_hours} or 112.")
WITH_YOU = N_("A person will answer you here or ring you. The machine helps you meanwhile.")
WITH_YOU_LATER = N_(
    "We are closed now. A person answers you here or rings you when we open: {time}. The machine helps you meanwhile."
)
JUST_WROTE = timedelta(minutes=5)
"""How soon after a human's own message nobody is told that we are closed: she is in a talk with somebody."""


def owned_by(talk: Talk, owner: Literal["bot", "staff"]) -> None:
    """The thread changes hands; what the bot had not sent yet is dropped when it goes to staff."""
    if talk.thread.owner == owner:
        return
    talk.state = talk.state.with_thread(owner=owner, epoch=talk.thread.epoch + 1, misses=0, handed_over=True)
    talk.superseding = owner == "staff"
    ownership = Ownership(owner=owner, at=talk.now)
    talk.call(ownership, thread=str(talk.thread.id), epoch=str(talk.thread.epoch))


def a_person_comes(talk: Talk) -> None:
    """Whoever wants a human is told that one comes; and when, while nobody of the staff is there. Who has said what
    cannot wait is told whom to ring until then."""
    opens = opens_at(talk.policy, talk.now)
    if opens is None:
        talk.say(say(WITH_YOU))
    elif talk.is_alarmed():
        talk.say(say(AWAY, time=opens, after_hours=talk.policy.after_hours_telephone))
    else:
        talk.say(say(WITH_YOU_LATER, time=opens))


def away(talk: Talk) -> None:
    """She writes to staff when nobody is there: when somebody answers, and whom to ring meanwhile; once a day."""
    wrote, again = talk.thread.staff_wrote, opens_at(talk.policy, talk.now)
    if again is None or talk.thread.away_told == talk.today or (wrote is not None and talk.now - wrote < JUST_WROTE):
        return
    talk.state = talk.state.with_thread(away_told=talk.today)
    talk.say(say(AWAY, time=again, after_hours=talk.policy.after_hours_telephone))
