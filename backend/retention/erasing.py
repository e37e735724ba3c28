"""Erase what a rule's days are over for, some at a time: each handful in a transaction of its own, with its count.

What another process has in hand is left for the next time.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, or_, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.casesystem.models import CaseEvent, CaseSending
from backend.retention import needed
from backend.retention.models import ErasedRows
from backend.retention.rules import Holds
from backend.translating.models import MachineTranslation

AT_A_TIME = 500


async def translations(session: AsyncSession, holds: Holds, now: datetime) -> int:
    """Erase some translations. How many; 0: there are no more. ``now`` is business time."""
    roots, still = persons.roots(), needed.people(now, holds.days)
    due = (
        select(MachineTranslation.thread, MachineTranslation.number)
        .outerjoin(roots, roots.c.id == col(MachineTranslation.person))
        .where(
            col(MachineTranslation.at) < now - timedelta(days=holds.days),
            needed.is_not(col(MachineTranslation.person), roots, still),
        )
        .limit(AT_A_TIME)
        .with_for_update(of=MachineTranslation, skip_locked=True)
    )
    found = (await session.exec(due)).all()
    if found:
        key = tuple_(col(MachineTranslation.thread), col(MachineTranslation.number))
        await session.exec(delete(MachineTranslation).where(key.in_(found)))
        session.add(_counted("machine_translations", len(found), holds, now))
    return len(found)


async def events(session: AsyncSession, holds: Holds, now: datetime, real: datetime, ways: Collection[str]) -> int:
    """Erase some events of the case system, with how they left. How many; 0: there are no more.

    One goes when a way sent it so many days ago, no way that is open (``ways``) has it still to send or was refused it,
    and she is needed no more. ``real``: real time, in which they leave.
    """
    roots, still, before = persons.roots(), needed.people(now, holds.days), real - timedelta(days=holds.days)
    due = (
        select(CaseEvent.number)
        .outerjoin(roots, roots.c.id == col(CaseEvent.person))
        .where(
            col(CaseEvent.recorded_at) < before,
            _any_sending(*_sent_long_ago(before)),
            ~_any_sending(_keeps(before, ways)),
            needed.is_not(col(CaseEvent.person), roots, still),
        )
        .order_by(col(CaseEvent.number))
        .limit(AT_A_TIME)
    )
    found = (await session.exec(due)).all()
    if not found:
        return 0
    # Whoever asks for them again, or sends one, has their sendings in hand: we wait, and look once more.
    of_them = col(CaseSending.event).in_(found)
    await session.exec(
        select(CaseSending.event)
        .where(of_them)
        .order_by(col(CaseSending.event), col(CaseSending.way))
        .with_for_update()
    )
    kept = select(CaseSending.event).where(of_them, _keeps(before, ways))
    gone = set(found) - set((await session.exec(kept)).all())
    left = await session.exec(delete(CaseSending).where(col(CaseSending.event).in_(gone)))
    told = await session.exec(delete(CaseEvent).where(col(CaseEvent.number).in_(gone)))
    counts = {"case_sendings": left.rowcount, "case_events": told.rowcount}
    session.add_all(_counted(of, rows, holds, now) for of, rows in counts.items() if rows)
    return told.rowcount


def _any_sending(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(CaseSending.event) == col(CaseEvent.number), *when)


def _sent_long_ago(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(CaseSending.state) == "sent", col(CaseSending.settled_at) < before


def _keeps(before: datetime, ways: Collection[str]) -> ColumnElement[bool]:
    """That by this way it is on its way, or lately was; or, where the way is open, that it has not arrived."""
    not_sent = and_(col(CaseSending.way).in_(ways), col(CaseSending.state) != "sent")
    return or_(col(CaseSending.state) == "sending", col(CaseSending.settled_at) >= before, not_sent)


def _counted(of: str, rows: int, holds: Holds, now: datetime) -> ErasedRows:
    return ErasedRows(at=now, of=of, rows=rows, days=holds.days, since=holds.since, source=holds.source)
