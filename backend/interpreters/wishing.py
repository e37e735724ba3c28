"""What she wishes of her interpreter, said when one is asked already: kept for all that comes, and told whoever booked.

An order that has not left takes the wish along; what has left is for the interpreter desk, since only a person can tell
whether to ask again is worth the time that is left. Nobody asks her why.
"""

from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import tasks
from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.clock import Clock
from backend.contract import Meeting, MeetingStatus, WishOfInterpreter
from backend.errors import NotFound
from backend.interpreters import orders, wishes
from backend.interpreters.models import InterpreterOrder, InterpreterWish, Sending
from backend.interpreters.ordering.words import DIALECTS

WISH, OTHER = "interpreter-wish", "interpreter-other"
"""The reason of a task: somebody is asked already, and she wishes something of her, or somebody else."""


async def wish(session: AsyncSession, clock: Clock, call: WishOfInterpreter) -> None:
    """Keep the wish with the meeting that is coming, or with her last one, from where the next takes it.

    The same wish again changes nothing. Raises NotFound where she has had no meeting with an interpreter.
    """
    interpreted = [
        one
        for one in await bookings.of_person(session, call.person)
        if one.interpreter_language and one.status is not MeetingStatus.CANCELLED
    ]
    if not interpreted:
        raise NotFound(person=call.person)
    ahead = [one for one in interpreted if one.status in LIVE and one.start > call.at]
    meeting = ahead[-1] if ahead else interpreted[0]
    row = await bookings.locked(session, meeting.id)
    wished = await wishes.of_meeting(session, row.id) or InterpreterWish(meeting=row.id)
    if call.wish in ("woman", "man"):
        wished.gender = call.wish
    elif call.wish in DIALECTS:
        wished.dialect = call.wish
    elif (earlier := await _earlier(session, interpreted, call)) is not None:
        wished.not_from = earlier
    session.add(wished)
    await session.flush()
    order = await orders.open_order(session, row.id) if ahead else None
    if order is None or await _takes_it_along(session, order, wished):
        return
    await tasks.add(
        session,
        "time",
        OTHER if call.wish == "other" else WISH,
        at=clock(),
        person=row.person,
        about=row.id,
        due_at=row.starts_at,
    )


async def _earlier(session: AsyncSession, interpreted: list[Meeting], call: WishOfInterpreter) -> UUID | None:
    """Her last meeting that somebody interpreted."""
    for one in interpreted:
        if one.start <= call.at and await wishes.had_interpreter(session, one.id):
            return one.id
    return None


async def _takes_it_along(session: AsyncSession, order: InterpreterOrder, wished: InterpreterWish) -> bool:
    """Put the wish on the order, if the agency has not been written to yet: locked, so that it is not just then."""
    unsent = (
        select(Sending)
        .where(Sending.order == order.id, Sending.kind == "order", Sending.state == "pending", Sending.tries == 0)
        .with_for_update(skip_locked=True)
    )
    agency = orders.agency_of(session, order)
    if agency is None or (await session.exec(unsent)).one_or_none() is None:
        return False
    order.dialect, order.gender = wished.dialect, wished.gender
    order.not_as = await wishes.not_as(session, wished, agency)
    session.add(order)
    await session.flush()
    return True
