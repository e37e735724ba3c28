"""The papers that go along with whom we hand over: chosen with her, and carried when the other municipality has her.

Nothing of a paper leaves before that, so where nothing comes of it there is nothing to take back. From then on each is
told until it is answered (see ``routine``): it stands in her access log as handed out, and she takes it back no more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, persons
from backend.access import Reader
from backend.applications import snapshot
from backend.applications.models import Application, JointApplication
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import Paper
from backend.decisions.models import Decision
from backend.documents.models import Document
from backend.errors import NotFound
from backend.moving.copies import MOST_PAPERS, AlongPaper
from backend.moving.models import Move, MovedPaper
from backend.moving.refusals import PapersOfTwo, TooManyPapers

_AT_A_TIME = 10
_SHOWS_THE_NUMBER: Paper = "identity"


@dataclass(frozen=True)
class Choice:
    """A paper that may go along. ``proposed``: of her latest application, and said to be a paper of it. ``of_two``: it
    may be another's too, and stays. ``home``: the municipality it came from with her; it does not go back there."""

    id: UUID
    paper: Paper | None
    pages: int
    received_at: datetime
    proposed: bool
    of_two: bool
    home: str | None = None


@dataclass(frozen=True)
class Along:
    """A paper of a hand-over as it stands. ``why``: the other municipality did not take it in."""

    paper: Paper | None
    received_at: datetime
    state: str
    why: str | None


async def choices(session: AsyncSession, person: UUID) -> tuple[Choice, ...]:
    """What she has handed in, the latest first. For who has opened her case."""
    same = await persons.same(session, person)
    since, (cases, invited_at) = await _since(session, same), await _of_two(session, same)
    found = await session.exec(
        select(Document)
        .where(col(Document.person).in_(same), col(Document.deleted_at).is_(None))
        .order_by(col(Document.received_at).desc(), col(Document.id))
    )
    choices = []
    for row in found.all():
        paper = _named(row)
        of_two = row.case in cases or (invited_at is not None and row.received_at >= invited_at)
        of_it = paper not in (None, _SHOWS_THE_NUMBER) and (since is None or row.received_at > since)
        choices.append(Choice(row.id, paper, row.pages, row.received_at, of_it and not of_two, of_two, row.home))
    return tuple(choices)


async def chosen(session: AsyncSession, person: UUID, to: str, documents: Collection[UUID]) -> tuple[AlongPaper, ...]:
    """What the copy says of the papers that were chosen; those that came from there are there already.

    Raises NotFound for what is not hers, PapersOfTwo, TooManyPapers.
    """
    if not documents:
        return ()
    if len(documents) > MOST_PAPERS:
        raise TooManyPapers
    known = {one.id: one for one in await choices(session, person)}
    if missing := set(documents) - set(known):
        raise NotFound(document=min(missing))
    if any(known[one].of_two for one in documents):
        raise PapersOfTwo
    rows = await session.exec(
        select(Document).where(
            col(Document.id).in_(documents), or_(col(Document.home).is_(None), col(Document.home) != to)
        )
    )
    along = [
        AlongPaper(
            id=row.id, paper=_named(row), pages=row.pages, size=row.size, handed_in_on=day_in_sweden(row.received_at)
        )
        for row in rows.all()
    ]
    return tuple(sorted(along, key=lambda one: (one.handed_in_on, one.id)))


def keep(session: AsyncSession, move: UUID, along: Sequence[AlongPaper]) -> None:
    """They go along, if she is taken."""
    session.add_all(MovedPaper(move=move, document=one.id, state="goes") for one in along)


async def stay(session: AsyncSession, move: UUID) -> None:
    """Nothing came of it."""
    await session.exec(delete(MovedPaper).where(col(MovedPaper.move) == move))


async def go(session: AsyncSession, clock: Clock, there: Reader, move: Move) -> None:
    """She is theirs: what is still here of the papers is handed out (logged, each), and goes. In the transaction that
    says she is theirs."""
    found = await session.exec(
        select(MovedPaper, Document)
        .join(Document, col(Document.id) == col(MovedPaper.document))
        .where(MovedPaper.move == move.id)
        .order_by(col(Document.id))
        .with_for_update(key_share=True)  # whoever takes one back waits, and finds it handed out
    )
    for row, document in found.all():
        if document.deleted_at is not None:
            row.state, row.settled_at = "gone", clock()
            session.add(row)
            continue
        done = f"Fick papper {str(document.id)[:8]}"
        await access.enter(session, clock, there, move.person, "moved", about=document.id, done=done)


async def going(session: AsyncSession, move: UUID) -> tuple[UUID, ...]:
    """Which of them the other municipality gets, or has."""
    found = await session.exec(select(MovedPaper.document).where(MovedPaper.move == move, MovedPaper.state != "gone"))
    return tuple(sorted(found.all()))


async def untold(session: AsyncSession) -> list[tuple[str, UUID, Document]]:
    """Some of the papers that whoever was taken has there and the other municipality has not got: to which, by which
    hand-over, which. In any order: those that fail every time are not for ever the first."""
    found = await session.exec(
        select(Move.to, Move.id, Document)
        .join(MovedPaper, col(MovedPaper.move) == col(Move.id))
        .join(Document, col(Document.id) == col(MovedPaper.document))
        .where(Move.state == "taken", MovedPaper.state == "goes")
        .order_by(func.random())
        .limit(_AT_A_TIME)
    )
    return [(to, move, document) for to, move, document in found.all()]


async def settled(
    session: AsyncSession, move: UUID, document: UUID, at: datetime, *, state: str, why: str = ""
) -> None:
    """The other municipality has it, does not take it in, or it is not here any more. Once more changes nothing."""
    row = await session.get(MovedPaper, (move, document), with_for_update=True)
    if row is not None and row.state == "goes":
        row.state, row.settled_at, row.why = state, at, why or None
        session.add(row)


async def of_move(session: AsyncSession, move: UUID) -> tuple[Along, ...]:
    """The papers of a hand-over as they stand. For who has opened her case."""
    found = await session.exec(
        select(MovedPaper, Document)
        .join(Document, col(Document.id) == col(MovedPaper.document))
        .where(MovedPaper.move == move)
        .order_by(col(Document.received_at), col(Document.id))
    )
    return tuple(Along(_named(document), document.received_at, row.state, row.why) for row, document in found.all())


def _named(row: Document) -> Paper | None:
    return next((one for one in get_args(Paper) if one == row.paper), None)


async def _since(session: AsyncSession, same: Collection[UUID]) -> datetime | None:
    """When what she applied for before her latest application was decided: what came after is of that one."""
    latest = select(func.max(Application.received_at)).where(col(Application.person).in_(same))
    applied_at: datetime | None = (await session.exec(latest)).one()
    if applied_at is None:
        return None
    before = select(func.max(Decision.signed_at)).where(
        col(Decision.person).in_(same), col(Decision.signed_at) <= applied_at
    )
    return (await session.exec(before)).one()


async def _of_two(session: AsyncSession, same: Collection[UUID]) -> tuple[set[UUID], datetime | None]:
    """The cases in which two applied together, and when she was first one of two: what came there and then may be the
    other's, or about the other."""
    rows = (await session.exec(select(Application).where(col(Application.person).in_(same)))).all()
    cases = {row.case for row in rows if row.joint or snapshot.read(session, row).applies_alone is False}
    invited = select(func.min(JointApplication.invited_at)).where(
        or_(col(JointApplication.inviter).in_(same), col(JointApplication.partner).in_(same))
    )
    return cases, (await session.exec(invited)).one()
