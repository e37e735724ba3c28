"""What staff may write where: a channel's ceiling holds for their own words as it does for the machine's.

The bot stops what is marked as too sensitive. Own words carry no mark, so they are looked through here, before they
are sent; whoever wrote them is told what stands there, and what may be sent instead.
"""

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.cases import contacts
from backend.contract import Sensitivity
from backend.errors import AboveTheCeiling
from backend.handover import content
from backend.handover.models import Thread
from backend.municipalities import CEILINGS

_HER_OWN_SCREEN = ("web", "terminal")


async def guard(session: AsyncSession, thread: Thread, text: str) -> None:
    """Raise AboveTheCeiling for own words that the thread's channel may not carry."""
    most = await highest(session, thread)
    order = list(Sensitivity)
    for what in content.found(text):
        if order.index(content.SENSITIVITY[what]) > order.index(most):
            raise AboveTheCeiling(what=what, channel=thread.channel or "")


async def highest(session: AsyncSession, thread: Thread) -> Sensitivity:
    """The ceiling of a thread: the municipality's for its channel, and open only where others may read (unknown counts
    as that)."""
    town = database.of(session)
    channel = thread.channel or ""
    ceilings = CEILINGS["guided" if town.demo else town.municipality.ceilings]
    if channel in _HER_OWN_SCREEN:
        return ceilings[channel]
    contact = await contacts.reached(session, thread.person)
    if contact is None or contact.shared:
        return Sensitivity.OPEN
    return ceilings.get(channel, Sensitivity.OPEN)
