"""The papers of somebody who was taken over: received as any paper is, and named as come from the other municipality.

Each comes when she is here, by a key made of the offer and its id there: twice is once, and what dies half-way comes
again. What came otherwise than it was told of is not taken.
"""

import asyncio
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID, uuid5

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.clock import Clock
from backend.contract import HandInDocument, Paper
from backend.database import Database
from backend.documents import service as documents
from backend.documents.models import Document, RefusedDocument
from backend.documents.service import CameFrom, Papers
from backend.errors import Invalid, NotFound, Unavailable
from backend.moving.copies import AlongPaper, Carried, Copy
from backend.moving.models import Arrival
from backend.moving.receiving import offer_of


@dataclass(frozen=True)
class Coming:
    """A paper of the copy. ``state``: it comes when she is taken, it is here, or it was not taken in, and ``why``."""

    paper: Paper | None
    pages: int
    handed_in_on: date
    state: str
    why: str | None


async def take_in(
    town: Database, own: Papers, clock: Clock, *, home: str, move: UUID, paper: UUID, digest: str, content: bytes | None
) -> Carried:
    """PUT moves/{move}/papers/{paper}: a paper of hers. ``content``: none where it was larger than is taken here.

    Raises NotFound for what was not told of, Unavailable until she is here, Invalid for another size or digest.
    """
    async with town.transaction() as session:
        row = await session.get(Arrival, move)
        if row is None or row.home != home or row.state not in ("taking", "taken"):
            raise NotFound(move=move)
        told = next((one for one in _papers(session, row) if one.id == paper), None)
        if told is None:
            raise NotFound(paper=paper)
        whose = row.person
    if whose is None:
        raise Unavailable
    call = HandInDocument(person=whose, received_at=clock(), channel="neighbour", paper=told.paper)
    key = _key(move, paper)
    if content is None:
        receipt = await documents.refuse(town, own, key, call, why="too-large", digest=digest)
        return Carried(refused=receipt.refused)
    if len(content) != told.size or await asyncio.to_thread(lambda: sha256(content).hexdigest()) != digest:
        raise Invalid(paper="not as it was told")
    came = CameFrom(home, told.handed_in_on)
    receipt = await documents.hand_in(town, own, key, call, content, came=came)
    return Carried(refused=receipt.refused)


async def of_copy(session: AsyncSession, move: UUID, copied: Copy) -> tuple[Coming, ...]:
    """The papers of a copy as they stand. For who reads the copy."""
    keys = {_key(move, one.id): one for one in copied.papers}
    here = set((await session.exec(select(Document.key).where(col(Document.key).in_(keys)))).all())
    refused = select(RefusedDocument.key, RefusedDocument.why).where(col(RefusedDocument.key).in_(keys))
    not_taken = dict((await session.exec(refused)).all())
    return tuple(
        Coming(
            one.paper,
            one.pages,
            one.handed_in_on,
            "here" if key in here else "refused" if key in not_taken else "comes",
            not_taken.get(key),
        )
        for key, one in keys.items()
    )


def _papers(session: AsyncSession, row: Arrival) -> tuple[AlongPaper, ...]:
    offer = offer_of(session, row)
    return offer.copied.papers if offer is not None else ()


def _key(move: UUID, paper: UUID) -> UUID:
    return uuid5(move, str(paper))
