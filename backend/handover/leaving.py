"""One of the staff reads no inbox any more: what was hers waits in its queues, and nobody she answered is left alone.

A list shows what is one's own, or nobody's: what stays with somebody who is gone is on no list.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, tasks
from backend.handover.models import Passing, Thread
from backend.handover.service import first_answer_by
from backend.tasks import Task

READ_THE_INBOX = frozenset({"customer-service", "caseworker"})
"""The roles that have an inbox."""


async def leave(session: AsyncSession, member: UUID, at: datetime) -> int:
    """Let go of everything of hers. Gives how many tasks wait in their queues by that.

    What she handed over or was to take is nobody's either. Whom she answered waits for a human: the machine stays
    silent there until one of the staff says otherwise.
    """
    answered = await session.exec(
        select(Thread)
        .where(Thread.assigned_to == member, or_(col(Thread.owner) == "staff", col(Thread.wanted) == "staff"))
        .with_for_update(key_share=True)
    )
    calendar = database.of(session).municipality.calendar
    for thread in answered.all():
        thread.assigned_to = thread.assigned_name = thread.assigned_at = None
        session.add(thread)
        due = first_answer_by(calendar, at)
        await tasks.add(session, "answer", "asked", at=at, person=thread.person, thread=thread.id, due_at=due)
    hers = await session.exec(
        select(Task)
        .where(Task.assigned_to == member, col(Task.done_at).is_(None))
        .order_by(col(Task.id))
        .with_for_update(key_share=True)
    )
    found = hers.all()
    for task in found:
        task.assigned_to = task.assigned_name = task.snoozed_until = None
        session.add(task)
    offered = await session.exec(
        select(Passing)
        .where(Passing.state == "offered", or_(col(Passing.by) == member, col(Passing.to_member) == member))
        .with_for_update(key_share=True)
    )
    for passing in offered.all():
        name = passing.by_name if passing.by == member else passing.to_name
        passing.state, passing.settled_at, passing.settled_name = "withdrawn", at, name
        session.add(passing)
    return len(found)
