"""Who speaks in the thread: the machine or staff."""

from typing import Literal

from backend.contract import Ownership
from bot.conversation.talk import Talk


def owned_by(talk: Talk, owner: Literal["bot", "staff"]) -> None:
    """The thread changes hands; what the bot had not sent yet is dropped when it goes to staff."""
    if talk.thread.owner == owner:
        return
    talk.state = talk.state.with_thread(owner=owner, epoch=talk.thread.epoch + 1, misses=0, handed_over=True)
    talk.superseding = owner == "staff"
    ownership = Ownership(owner=owner, at=talk.now)
    talk.call(ownership, thread=str(talk.thread.id), epoch=str(talk.thread.epoch))
