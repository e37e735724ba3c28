"""A promise in somebody's own words, given in a conversation: with a time, kept as a row like the fixed ones.

Never of money, nor of what is decided: that is for the decision to say. It is kept, or let go, by a press.
"""

import re
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, promises
from backend.access import Reader
from backend.clock import Clock
from backend.errors import NotFound, NothingToSay, NotToBePromised, PromisedTooFar, TooLong
from backend.handover import content, desk
from backend.handover.models import Thread
from backend.safety import service as safety

LONGEST = 200
FURTHEST = timedelta(days=92)
Way = Literal["sent", "spoken"]
"""How she gets it: as a message in the conversation, or she has it already, said on the telephone or in the room."""

_MONEY = re.compile(
    r"pengar|\bbetal|\butbetal|bidrag|\bstöd(?:et)?\b|bistånd|ersättning|\bswish|\bkr\b|kronor|summa|belopp|\bbeslut"
)


async def give(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    thread: UUID,
    words: str,
    *,
    due_at: datetime,
    way: Way,
    arrives: str,
    key: UUID,
) -> None:
    """Promise something by a time (logged). ``arrives``: the same with its time, as it is sent. The same ``key`` again
    promises and sends nothing more.

    Raises NothingToSay, TooLong, PromisedTooFar, NotToBePromised, SilentForSafety, and what :func:`desk.send_words`
    does.
    """
    words, found = words.strip(), await _thread(session, thread)
    if not words:
        raise NothingToSay
    if len(words) > LONGEST:
        raise TooLong(most=LONGEST)
    if is_of_money(words):
        raise NotToBePromised
    there = await promises.is_given(session, key)
    done = "" if there else "Lovade något i egna ord"
    await access.enter(session, clock, reader, found.person, "thread", reason="answers-now", done=done)
    if there:
        return
    if not clock() < due_at <= clock() + FURTHEST:
        raise PromisedTooFar
    await safety.may_be_written_to(session, found.person)
    if way == "sent":
        await desk.send_words(session, clock, reader, thread, arrives, message=key)
    await promises.make_own(session, found.person, words, at=clock(), due_at=due_at, thread=thread, about=key)


async def settle(
    session: AsyncSession, clock: Clock, reader: Reader, thread: UUID, promise: UUID, *, kept: bool
) -> None:
    """It was kept, or holds no more (logged). Raises NotFound."""
    found = await _thread(session, thread)
    done = "Höll ett löfte i egna ord" if kept else "Löftet i egna ord gäller inte längre"
    await access.enter(session, clock, reader, found.person, "thread", reason="answers-now", done=done)
    await promises.settle_own(session, found.person, promise, kept=kept, at=clock())


def is_of_money(words: str) -> bool:
    """Whether it says money, or what is decided: signs, not meaning, as everywhere here."""
    return _MONEY.search(words.casefold()) is not None or not {"sum", "decision"}.isdisjoint(content.found(words))


async def _thread(session: AsyncSession, thread: UUID) -> Thread:
    found = (await session.exec(select(Thread).where(Thread.id == thread))).one_or_none()
    if found is None:
        raise NotFound(thread=thread)
    return found
