"""What happened on the way to a decision and after it: when its clock ran and stood still, papers asked for, what she
could say first, how she wanted to hear it, letters and money. Each as a row of the case's time line.

A clock that began, and papers that were asked for, are read of what is kept of each time: the case itself knows the
last time alone.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.applications.models import Completion
from backend.calculation.models import CalculationVersion, ToldCalculation
from backend.casesystem.models import CaseImport
from backend.decisions.models import CommentAsked, CommentSaid, Hearing, Payment
from backend.letters import service as letters
from backend.letters.models import PostedLetter
from backend.letters.words import TITLES
from backend.promises import Promise
from backend.staff import swedish
from backend.staff.case import decided
from backend.staff.case.overview import HOW_TO_HEAR

Row: TypeAlias = tuple[datetime, str, str, str]
"""When, its picture, what, and more of it."""


async def of_person(session: AsyncSession, person: UUID) -> tuple[Row, ...]:
    """All of it, in no order. The caller has opened her case."""
    same = await persons.same(session, person)
    found = [*await _clock(session, same), *await _said_first(session, same), *await _paid(session, same)]
    ready = (
        select(ToldCalculation, CalculationVersion)
        .join(CalculationVersion, col(CalculationVersion.id) == ToldCalculation.version)
        .where(col(ToldCalculation.person).in_(same))
    )
    for told, version in (await session.exec(ready)).all():
        words = f"Beräkningen för {swedish.month(version.month)} är klar att läsa"
        found.append((told.at, "tick", words, told.by_name))
    wished = await session.exec(select(Hearing).where(col(Hearing.person).in_(same)))
    found += [(row.at, "speech", f"Vill {HOW_TO_HEAR[row.how]}", "") for row in wished.all() if row.how in HOW_TO_HEAR]
    found += [_letter(row) for row in await letters.sent(session, person)]
    return tuple(found)


async def _clock(session: AsyncSession, same: tuple[UUID, ...]) -> list[Row]:
    ran = select(Promise.made_at).where(col(Promise.person).in_(same), Promise.what == "decision")
    found: list[Row] = [(at, "tick", "Allt är inne", "Klockan började gå") for at in (await session.exec(ran)).all()]
    for asked in (await session.exec(select(Completion).where(col(Completion.person).in_(same)))).all():
        words = f"Papper begärda till {swedish.short_day(asked.due_on)}"
        found.append((asked.asked_at, "pause", words, f"{asked.by_name}. Klockan stannade"))
        if asked.overdue_at is not None:
            found.append((asked.overdue_at, "cross", "Dagen för papper gick, och alla hade inte kommit", ""))
    return found


async def _said_first(session: AsyncSession, same: tuple[UUID, ...]) -> list[Row]:
    found: list[Row] = []
    for asked in (await session.exec(select(CommentAsked).where(col(CommentAsked.person).in_(same)))).all():
        until = f"{asked.by_name}, till och med {swedish.short_day(asked.until)}"
        found.append((asked.asked_at, "speech", "Fick yttra sig före beslutet", until))
        how = next((words for name, words in decided.HOW.items() if name == asked.answered_how), "")
        if asked.answered_at is not None and asked.answered_how != "page":
            found.append((asked.answered_at, "speech", "Yttrandet skrevs in", f"{asked.answer_by_name or ''}. {how}"))
    wrote = await session.exec(select(CommentSaid).where(col(CommentSaid.person).in_(same)))
    found += [
        (row.at, "speech", "Yttrade sig på sidan", "Efter beslutet" if row.after_decision else "") for row in wrote
    ]
    return found


async def _paid(session: AsyncSession, same: tuple[UUID, ...]) -> list[Row]:
    """What staff wrote down; what the case system told stands there as its own."""
    ours = select(Payment).where(col(Payment.person).in_(same), col(Payment.id).not_in(select(CaseImport.key)))
    return [row for payment in (await session.exec(ours)).all() for row in _payment(payment)]


def _payment(row: Payment) -> Iterator[Row]:
    words = f"Utbetalning {swedish.short_day(row.paid_on)}: {swedish.kronor(row.kronor)}"
    yield row.recorded_at, "tick-ring", words, row.by_name
    why = next((words for name, words in decided.WHY_BACK.items() if name == row.ended_because), "")
    if row.ended_at is not None:
        yield row.ended_at, "cross", f"{words} gäller inte", f"{why}, {row.ended_name or ''}"


def _letter(row: PostedLetter) -> Row:
    title = next(title for kind, title in TITLES.items() if kind == row.kind)
    return row.at, "paper", f"Brev skickat: {title.lower()}", row.by_name
