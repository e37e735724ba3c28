"""Tell her that a month's calculation is ready, and what she reads of it: only where the municipality decides by ours.

Where the case system decides, ours is a preview for staff: nobody is told of it, and nobody reads it. A message says
only that there is something new; the sums stand on the page, behind a code or an e-identification, or are told by a
human.
"""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.calculation import service
from backend.calculation.lines import Line
from backend.calculation.models import CalculationVersion, ToldCalculation
from backend.calculation.service import Version
from backend.calendar import day_in_sweden
from backend.cases import contacts, desk
from backend.cases import service as cases
from backend.clock import Clock
from backend.contract import CalculationLine, NoticeKind, ReadableCalculation, SomethingNew
from backend.errors import CalculationChanged, CalculationUnfinished, NotFound, OnlyPreview
from backend.locales import SWEDISH
from backend.notices import service as notices
from backend.safety import service as safety


def counts(session: AsyncSession) -> bool:
    """Whether the municipality decides by our calculation."""
    return database.of(session).municipality.decides == "imorgon"


async def tell(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, version: UUID) -> None:
    """A caseworker says that a version is ready (logged): she is told that there is something new. Twice is once.

    Raises NotAllowed (only a caseworker), OnlyPreview where the case system decides, CalculationUnfinished while a line
    waits for a human, CalculationChanged where a later version or application stands, SilentForSafety, NotFound.
    """
    await access.enter(
        session, clock, reader, person, "calculation", about=version, done="Sa att beräkningen är klar att läsa"
    )
    if not counts(session):
        raise OnlyPreview
    case = await cases.open_case(session, person, clock())  # locks: of two presses at once one is the first
    row = await session.get(CalculationVersion, version)
    if row is None or row.person not in await persons.same(session, person):
        raise NotFound(version=version)
    if await session.get(ToldCalculation, version) is not None:
        return
    latest = (await service.of_month(session, person, row.month))[-1]
    if latest.id != version or await _has_applied_since(session, person, latest):
        raise CalculationChanged
    if latest.calculation.by_hand:
        raise CalculationUnfinished
    await safety.may_be_written_to(session, person)
    now = clock()
    session.add(ToldCalculation(version=version, person=case.person, at=now, by=reader.id, by_name=reader.name))
    if await contacts.only_by_letter(session, case.person):
        await tasks.add(session, "letter", "calculation", at=now, person=case.person, about=version)
        return
    language = (await persons.find(session, case.person)).language
    body = SomethingNew(what="calculation", with_interpreter=language != SWEDISH)
    await notices.tell(session, clock, NoticeKind.SOMETHING_NEW, case.person, body)


async def _has_applied_since(session: AsyncSession, person: UUID, version: Version) -> bool:
    """Whether what it was worked out from has been corrected, or applied for anew."""
    now = service.latest_of(await desk.applications(session, person), version.calculation.month)
    return now is not None and now.id != version.application


async def told(session: AsyncSession, person: UUID) -> dict[UUID, ToldCalculation]:
    """The versions she may read, by id. The caller has opened her case."""
    return {row.version: row for row in await _told(session, person)}


async def latest(session: AsyncSession, person: UUID) -> Version | None:
    """The version that was told last; ``None`` where none was, or the case system decides."""
    rows = await _told(session, person) if counts(session) else []
    if not rows:
        return None
    version = await session.get_one(CalculationVersion, rows[-1].version)
    of_month = await service.of_month(session, person, version.month)
    return next(one for one in of_month if one.id == version.id)


async def readable(session: AsyncSession, person: UUID) -> ReadableCalculation | None:
    """What she reads: the version she was told of last. The caller has let her in."""
    version = await latest(session, person)
    if version is None:
        return None
    calculation = version.calculation
    row = await session.get_one(ToldCalculation, version.id)
    return ReadableCalculation(
        month=calculation.month,
        lines=tuple(map(_line, calculation.lines)),
        needs=calculation.sum_of("norm", "cost"),
        means=calculation.sum_of("income", "asset"),
        support=calculation.support,
        surplus=calculation.surplus,
        told_on=day_in_sweden(row.at),
    )


def _line(line: Line) -> CalculationLine:
    reason = " ".join(filter(None, (line.because or line.reason, f"Enligt {line.law}." if line.law else "")))
    return CalculationLine(group=line.group, words=line.words, kronor=line.kronor, reason=reason)


async def _told(session: AsyncSession, person: UUID) -> list[ToldCalculation]:
    same = await persons.same(session, person)
    found = await session.exec(
        select(ToldCalculation).where(col(ToldCalculation.person).in_(same)).order_by(col(ToldCalculation.at))
    )
    return list(found.all())
