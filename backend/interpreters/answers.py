"""What an agency answers, by its page or over the net: late, twice, after a yes, or when we had gone on.

Whatever comes a second time changes nothing more.
"""

import hmac
from base64 import urlsafe_b64encode
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.clock import Clock
from backend.interpreters import orders, service
from backend.interpreters.ordering import Heard
from backend.interpreters.service import OrderClosed


def key(secret: str, municipality: str, order: UUID) -> str:
    """What an agency's link to one order is signed with. It opens nothing but yes or no to that order."""
    signed = hmac.digest(secret.encode(), f"interpreter-answer:{municipality}:{order}".encode(), "sha256")
    return urlsafe_b64encode(signed[:18]).decode()


async def hear(session: AsyncSession, clock: Clock, order: UUID, heard: Heard) -> None:
    """Take in what an agency says of an order. Raises NotFound.

    Yes books the meeting, or comes too late and is cancelled at once. No asks on, also after a yes. Another interpreter
    than before is a swap: it is written down, and staff see it.
    """
    # No lock is taken here: the desk's verbs take theirs in the order that everybody takes them in.
    before = await service.get(session, order)
    came = before.comes
    match heard.said:
        case "confirmed":
            await _yes(session, clock, order)
        case "declined" | "cancelled" if before.state in ("asked", "confirmed"):
            await _no(session, clock, order)
        case _:
            pass
    found = await service.get(session, order)
    if heard.comes and came and heard.comes != came and found.state == "confirmed":
        await orders.note(session, found, "swapped", clock())
    found.agency_said = heard.said
    found.reference, found.comes = heard.reference or found.reference, heard.comes or came
    session.add(found)
    await session.flush()


async def _yes(session: AsyncSession, clock: Clock, order: UUID) -> None:
    try:
        await service.confirm(session, clock, order)
    except OrderClosed:
        await service.late(session, clock, order)


async def _no(session: AsyncSession, clock: Clock, order: UUID) -> None:
    try:
        await service.decline(session, clock, order)
    except OrderClosed:
        await service.missing(session, clock, order)
