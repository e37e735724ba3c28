"""Whoever has a number now that was a wrong one for us, and wants to apply: somebody we have never met.

The contact point is given up with its thread, which stays hers whom we looked for, frozen; so the same number written
from is a new one, with a thread and a person of its own, and nothing of hers can come up there: no question, no message
that waits, no line.
"""

from sqlalchemy import update

from bot.hearing.words import command
from bot.messages import Event, Said
from bot.tables import contact_points
from bot.turning.desk import Desk
from bot.turning.threads import LockedThread, retired


def is_one(desk: Desk, thread: LockedThread, event: Event) -> bool:
    """Whether somebody asks to apply from a frozen number. Not where staff answer, where stop was said, nor where a
    phrase was agreed on: who looks over her shoulder could have called it wrong."""
    state, person = thread.state, desk.persons[thread.person].state
    if not state.frozen or state.opted_out or state.owner == "staff":
        return False
    if person.agreed or person.is_silent:
        return False
    if not isinstance(event, Said) or event.question is not None:
        return False
    asked = command(event.words)
    return asked is not None and asked.name == "apply"


async def give_up(desk: Desk, thread: LockedThread) -> None:
    """Nobody is found by this number here any more; the thread keeps it, for whoever reads how it was."""
    index = retired(desk.codec, thread.contact_point)
    await desk.connection.execute(
        update(contact_points).where(contact_points.c.id == thread.contact_point).values(address_index=index)
    )
