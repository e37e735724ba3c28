"""Which step of the ladder somebody stands on: shown, shown again, taken away, and never without a line that says why.

What is written is about the person who stands for all the others when it is written (see ``persons``).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.applications.models import Application
from backend.cases.models import CallForHelpRow, ContactReport
from backend.decisions.models import CounterCode, Hearing, ReadGrant
from backend.identity.models import Identification, TrustStep
from backend.ladder import LADDER, Because, Level

SILENCE = timedelta(days=365)
"""Who was not heard of for so long shows anew who she is: a telephone may be somebody else's by then."""


@dataclass(frozen=True)
class Shown:
    """A step that was shown, by whom it was seen, and whether and why it was taken away."""

    level: Level
    last_at: datetime
    by_name: str
    ended_at: datetime | None = None
    because: Because | None = None
    ended_by_name: str = ""


@dataclass(frozen=True)
class Standing:
    """The step somebody stands on, and all that were shown, the latest first."""

    level: Level
    shown: tuple[Shown, ...]


async def show(
    session: AsyncSession, person: UUID, level: Level, at: datetime, *, about: UUID | None = None, by_name: str = ""
) -> None:
    """She showed a step, perhaps again. What a year's silence took away before stays away."""
    same = await persons.same(session, person)
    # Who shows the same twice at once shows it once: the second waits for the first.
    await session.exec(select(persons.Person.id).where(persons.Person.id == same[0]).with_for_update(key_share=True))
    live = await _live(session, same, at)
    again = next((step for step in live if step.level == level and step.about == about), None)
    step = again or TrustStep(person=same[0], level=level, about=about, shown_at=at, last_at=at)
    step.last_at, step.by_name = max(step.last_at, at), by_name
    session.add(step)


async def of_person(session: AsyncSession, person: UUID, now: datetime) -> Standing:
    """Where she stands now."""
    same = await persons.same(session, person)
    live = await _live(session, same, now)
    await session.flush()
    rows = await session.exec(
        select(TrustStep).where(col(TrustStep.person).in_(same)).order_by(col(TrustStep.last_at).desc())
    )
    level = max((Level(step.level) for step in live), default=Level.NOBODY)
    return Standing(level, tuple(_shown(step) for step in rows.all()))


async def end(
    session: AsyncSession,
    person: UUID,
    at: datetime,
    because: Because,
    *,
    above: Level = Level.NOBODY,
    since: datetime | None = None,
    by_name: str = "",
) -> None:
    """Take away every step above one (shown ``since`` then), the rights to read that are open because of them, and the
    codes (given out ``since`` then) that would give new ones. Codes stand only when two become one: each was given to
    somebody who is in it."""
    same = await persons.same(session, person)
    for step in await _live(session, same, at):
        if step.level > above and (since is None or step.last_at >= since) and because in _loses(step):
            _end(step, at, because, by_name)
            session.add(step)
    await end_reading(session, same)
    if because != "merged":
        codes = update(CounterCode).where(col(CounterCode.person).in_(same), col(CounterCode.ended_at).is_(None))
        if since is not None:
            codes = codes.where(col(CounterCode.issued_at) >= since)
        await session.exec(codes.values(ended_at=at))


async def end_reading(session: AsyncSession, same: Collection[UUID]) -> None:
    """Every right to read of these ids ends now, also for who has left the page to sign in and is not back yet."""
    grants = (col(ReadGrant.person).in_(same), col(ReadGrant.expires_at) > func.now())
    await session.exec(update(ReadGrant).where(*grants).values(expires_at=func.now()))
    away = (col(Identification.person).in_(same), col(Identification.used_at).is_(None))
    await session.exec(update(Identification).where(*away).values(person=None))


async def end_about(session: AsyncSession, about: UUID, at: datetime, because: Because) -> None:
    """What was shown by this telephone alone is taken away, whoever's it was."""
    rows = await session.exec(select(TrustStep).where(TrustStep.about == about, col(TrustStep.ended_at).is_(None)))
    for step in rows.all():
        _end(step, at, because)
        session.add(step)


async def joined(session: AsyncSession, duplicate: UUID, into: UUID, at: datetime, by_name: str) -> None:
    """Staff are about to make two persons one: she stands where the lower of the two stood, and shows the rest anew.

    What one showed is not shown of the other; if they were two after all, neither may read as the other meanwhile.
    """
    lower = min([(await of_person(session, one, at)).level for one in (duplicate, into)])
    for one in (duplicate, into):
        await end(session, one, at, "merged", above=lower, by_name=by_name)


async def _live(session: AsyncSession, same: Iterable[UUID], now: datetime) -> list[TrustStep]:
    """The steps that hold; what silence has taken away meanwhile is written down as such."""
    rows = await session.exec(
        select(TrustStep).where(col(TrustStep.person).in_(same), col(TrustStep.ended_at).is_(None))
    )
    steps = list(rows.all())
    if not steps or now - min(step.last_at for step in steps) <= SILENCE:
        return steps
    heard = await _heard(session, same)
    for step in steps:
        if (over := _silent_from(step.last_at, heard, now)) is not None:
            _end(step, over, "silence")
            session.add(step)
    return [step for step in steps if step.ended_at is None]


def _silent_from(shown: datetime, heard: Iterable[datetime], now: datetime) -> datetime | None:
    """When a year without a word was over, after a step was shown; ``None`` when there was none."""
    last = shown
    for moment in sorted({*(one for one in heard if one > shown), now}):
        if moment - last > SILENCE:
            return last + SILENCE
        last = moment
    return None


async def _heard(session: AsyncSession, same: Iterable[UUID]) -> set[datetime]:
    """When something was heard of her: what she asked for, sent, answered, or came to read."""
    heard: set[datetime] = set()
    for person, at in (
        (CallForHelpRow.person, CallForHelpRow.received_at),
        (Application.person, Application.received_at),
        (ContactReport.person, ContactReport.at),
        (Hearing.person, Hearing.at),
        (TrustStep.person, TrustStep.last_at),
    ):
        heard |= set((await session.exec(select(at).where(col(person).in_(same)))).all())
    return heard


def _loses(step: TrustStep) -> frozenset[Because]:
    return LADDER[Level(step.level)].lost_by


def _end(step: TrustStep, at: datetime, because: Because, by_name: str = "") -> None:
    step.ended_at, step.because, step.ended_by_name = at, because, by_name


def _shown(step: TrustStep) -> Shown:
    # A CHECK holds the column to these words.
    because = next((word for word in LADDER[Level(step.level)].lost_by if word == step.because), None)
    return Shown(Level(step.level), step.last_at, step.by_name, step.ended_at, because, step.ended_by_name)
