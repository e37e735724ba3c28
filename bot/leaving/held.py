"""What does not leave by what is known here of the person: everything but answers to somebody who is silent for her
safety, or whom staff have it that they ring, and a reminder of a meeting that she is not to come to at that hour.

Staff are told of what she would have missed, in Swedish, so that they can tell her another way.
"""

from uuid import UUID

from sqlalchemy import select

from backend.contract import Held
from bot.leaving.kinds import KINDS
from bot.messages import Outgoing, Person, load_person
from bot.persons.merging import root_of
from bot.rendering import in_swedish
from bot.tables import persons
from bot.turning.desk import Desk
from bot.turning.threads import LockedThread

HELD = "held"
"""Why it did not leave, wherever a reason is written down."""


async def still_fits(desk: Desk, thread: LockedThread, message: Outgoing) -> bool:
    """Whether a message still fits what is known here of whom it goes to; asked of reminders. The thread is locked."""
    if message.kind != "reminder" or message.reference is None:
        return True
    person = await _person(desk, thread.person)
    return person is None or person.is_reminded_of(message.reference, message.until)


async def is_held(desk: Desk, thread: LockedThread, message: Outgoing, *, parting: bool = False) -> bool:
    """Whether a message to a thread that is locked must not leave. ``parting``: it answers what was just written."""
    if parting or KINDS[message.kind].always:
        return False
    if await _is_silent(desk, thread.person):
        return True
    # To a number she gave, nothing leaves either: nobody has said yet that it is hers.
    gave = message.reference if message.kind == "confirm-contact" else None
    return gave is not None and await _is_silent(desk, await root_of(desk, gave))


async def _is_silent(desk: Desk, whose: UUID) -> bool:
    person = await _person(desk, whose)
    return person is not None and person.is_silent


async def _person(desk: Desk, whose: UUID) -> Person | None:
    if whose in desk.persons:
        return desk.persons[whose].state
    found = await desk.connection.execute(select(persons.c.state).where(persons.c.id == whose))
    state = found.scalar_one_or_none()
    return None if state is None else load_person(desk.codec.open(state, "persons", "state", whose))


async def hold_back(desk: Desk, thread: LockedThread, message: Outgoing, key: UUID) -> None:
    """Tell staff of what does not leave; nothing of answers, and of what nobody would miss. ``key`` makes it once."""
    kind = KINDS[message.kind]
    if message.staff_message is not None or (kind.proactive and kind.lost != "nothing"):
        held = Held(person=thread.person, at=desk.engine.clock(), swedish=in_swedish(message))
        await desk.write_call(key, held, thread)
