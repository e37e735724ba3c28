"""What whoever meets the people of a day should know beforehand: which papers are missing, and who comes for the first
time. For many at once, in the same few questions; it stands on a list, and opens nobody's case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.applications.models import Completion, CompletionPaper
from backend.bookings.models import MeetingRow
from backend.cases.models import Case, MeetingNote, PaperRow
from backend.contract import MeetingStatus, Paper

_ORDER: tuple[Paper, ...] = ("identity", "rent-invoice", "bank-statements", "lease", "payslip")


@dataclass(frozen=True)
class Beforehand:
    """``first``: she has been to no meeting yet. ``missing``: asked for and not here, or here and hard to read; not
    what she has said she cannot get."""

    first: bool
    missing: tuple[Paper, ...]


async def of_all(session: AsyncSession, groups: Mapping[UUID, UUID]) -> dict[UUID, Beforehand]:
    """By every id in ``groups`` (see ``persons.groups``), what is known beforehand."""
    ids = list(groups)
    been = _roots(
        groups,
        await session.exec(
            select(MeetingRow.person).where(col(MeetingRow.person).in_(ids), MeetingRow.status == MeetingStatus.HELD)
        ),
    ) | _roots(
        groups, await session.exec(select(MeetingNote.person).where(col(MeetingNote.person).in_(ids), MeetingNote.came))
    )
    seen = _roots(
        groups,
        await session.exec(
            select(MeetingNote.person).where(col(MeetingNote.person).in_(ids), MeetingNote.identity_seen)
        ),
    )
    rows = await session.exec(
        select(Case.person, PaperRow.paper, PaperRow.state)
        .join(PaperRow, col(PaperRow.case) == col(Case.id))
        .where(col(Case.person).in_(ids), col(Case.closed_at).is_(None))
    )
    states: dict[UUID, dict[str, str]] = {}
    for person, paper, state in rows.all():
        states.setdefault(groups[person], {})[paper] = state
    asked = await session.exec(
        select(Completion.person, CompletionPaper)
        .join(CompletionPaper, col(CompletionPaper.completion) == col(Completion.id))
        .where(col(Completion.person).in_(ids), col(Completion.closed_at).is_(None))
    )
    for person, row in asked.all():
        of_hers = states.setdefault(groups[person], {})
        if row.said is not None:
            of_hers[row.paper] = "not-needed"
        elif row.unreadable:
            of_hers[row.paper] = "missing"
    return {
        one: Beforehand(root not in been, _missing(states.get(root, {}), identity_seen=root in seen))
        for one, root in groups.items()
    }


def _missing(states: Mapping[str, str], *, identity_seen: bool) -> tuple[Paper, ...]:
    # Who has not applied has been asked for nothing; an identity is looked at whenever there is one to show.
    known = {"identity": "seen" if identity_seen else "missing", **states}
    return tuple(paper for paper in _ORDER if known.get(paper) == "missing")


def _roots(groups: Mapping[UUID, UUID], people: Iterable[UUID]) -> set[UUID]:
    return {groups[person] for person in people}
