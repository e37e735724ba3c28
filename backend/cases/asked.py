"""Papers that a case needs, as they come: what nobody has looked at yet, and how many of them are here."""

from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.cases.models import PaperRow
from backend.contract import Paper

_AT_THE_MEETING = "identity"
"""It is looked at in the room, and nobody is asked to send it."""


async def came(session: AsyncSession, case: UUID, paper: str, at: datetime) -> None:
    """Something was handed in that is said to be this paper. One that was seen stays seen."""
    await _move(session, case, paper, was="missing", now="came", at=at)


async def went(session: AsyncSession, case: UUID, paper: str, at: datetime) -> None:
    """The last that was said to be this paper was taken away again."""
    await _move(session, case, paper, was="came", now="missing", at=at)


async def missing(session: AsyncSession, case: UUID) -> tuple[Paper, ...]:
    """Which papers she is to bring or send and that are not here."""
    rows = await session.exec(
        select(PaperRow.paper).where(
            PaperRow.case == case, PaperRow.paper != _AT_THE_MEETING, PaperRow.state == "missing"
        )
    )
    there = set(rows.all())
    return tuple(paper for paper in get_args(Paper) if paper in there)


async def counted(session: AsyncSession, case: UUID) -> tuple[int, int]:
    """How many papers she is to send, and how many of them are here."""
    rows = await session.exec(
        select(PaperRow.state).where(
            PaperRow.case == case, PaperRow.paper != _AT_THE_MEETING, PaperRow.state != "not-needed"
        )
    )
    states = rows.all()
    return len(states), sum(state != "missing" for state in states)


async def _move(session: AsyncSession, case: UUID, paper: str, *, was: str, now: str, at: datetime) -> None:
    of_it = col(PaperRow.case) == case, col(PaperRow.paper) == paper, col(PaperRow.state) == was
    await session.exec(update(PaperRow).where(*of_it).values(state=now, since=at))
