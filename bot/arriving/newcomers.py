"""Whoever has a number now that was a wrong one for us, and wants to apply or says what cannot wait: somebody we have
never met.

The contact point is given up with its thread, which stays hers whom we looked for, frozen; so the same number written
from is a new one, with a thread and a person of its own, and nothing of hers can come up there: no question, no message
that waits, no line. Nor is what a stranger needs today told as hers.
"""

from dataclasses import replace

from sqlalchemy import update

from bot.hearing.words import command, is_acute
from bot.messages import Event, Said, Thread
from bot.tables import contact_points
from bot.text import N_, say
from bot.turning.desk import Desk
from bot.turning.threads import LockedThread, retired, save_thread

OF_THEIR_OWN = N_("Whoever writes from here now has a conversation of their own.")
NOBODY_KNOWS = N_("Somebody wrote that we reached the wrong person here. Nobody knows who writes now.")


def is_one(desk: Desk, thread: LockedThread, event: Event) -> bool:
    """Whether somebody asks to apply from a frozen number, or says there what cannot wait.

    Not where a phrase was agreed on, or nothing is sent: who looks over her shoulder could have called it wrong, and
    the phrase must be heard there. For who only wants to apply a human is enough, where staff answer or stop was said.
    """
    state, person = thread.state, desk.persons[thread.person].state
    if not state.frozen or person.agreed or person.is_silent:
        return False
    if not isinstance(event, Said) or event.question is not None:
        return False
    if is_acute(event.words):
        return True
    asked = command(event.words)
    return asked is not None and asked.name == "apply" and not (state.opted_out or state.owner == "staff")


async def give_up(desk: Desk, thread: LockedThread, begins: Thread) -> Thread:
    """Nobody is found by this number here any more; the thread keeps it, for whoever reads how it was. Gives how the
    next one ``begins``: who wanted no texts there is sent none for being somebody else, and what the provider stopped
    for the number it has stopped for whoever has it."""
    index = retired(desk.codec, thread.contact_point)
    await desk.connection.execute(
        update(contact_points).where(contact_points.c.id == thread.contact_point).values(address_index=index)
    )
    thread.state = replace(thread.state, given_up=True)
    await desk.mark(thread, say(OF_THEIR_OWN))
    await save_thread(desk.connection, desk.codec, thread)
    return replace(begins, opted_out=thread.state.opted_out, provider_stopped=thread.state.provider_stopped)


async def begins(desk: Desk, thread: LockedThread) -> None:
    """Staff read first of all that nobody knows who writes. Of whose number it was, nothing."""
    await desk.mark(thread, say(NOBODY_KNOWS))
