"""What does not leave to somebody who is silent for her safety: everything but the answers to what is written there.

Staff are told of what she would have missed, in Swedish, so that they can tell her another way.
"""

from uuid import UUID

from sqlalchemy import select

from backend.contract import Held
from bot.desk import Desk
from bot.kinds import KINDS
from bot.merging import root_of
from bot.messages import Outgoing, load_person
from bot.rendering import in_swedish
from bot.tables import persons
from bot.threads import LockedThread

HELD = "held"
"""Why it did not leave, wherever a reason is written down."""


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
    if whose in desk.persons:
        return desk.persons[whose].state.silent_for_safety is not None
    found = await desk.connection.execute(select(persons.c.state).where(persons.c.id == whose))
    state = found.scalar_one_or_none()
    if state is None:
        return False
    return load_person(desk.codec.open(state, "persons", "state", whose)).silent_for_safety is not None


async def hold_back(desk: Desk, thread: LockedThread, message: Outgoing, key: UUID) -> None:
    """Tell staff of what does not leave; nothing of answers, and of what nobody would miss. ``key`` makes it once."""
    kind = KINDS[message.kind]
    if message.staff_message is not None or (kind.proactive and kind.lost != "nothing"):
        held = Held(person=thread.person, at=desk.engine.clock(), swedish=in_swedish(message))
        await desk.write_call(key, held, thread)
