"""What she writes on the page of what was found out: kept whenever it comes, in her own words, and never written over.

Until the decision is signed it is her answer, and stands with it. What comes after is a task for a human: it may be an
appeal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import CommentReceipt, WriteComment
from backend.decisions import codes
from backend.decisions.models import CommentAsked, CommentSaid
from backend.decisions.standing import comment_of
from backend.errors import NotFound
from backend.idempotency import first_answer, request_hash

_TABLE = "comments_said"


@dataclass(frozen=True)
class Written:
    """What she wrote, once. ``language``: of the page she wrote it on. ``swedish``: as the machine ``service`` gave it,
    where somebody asked."""

    id: UUID
    comment: UUID
    at: datetime
    language: str
    words: str = field(repr=False)
    wants_to_speak: bool
    after_decision: bool
    swedish: str = field(default="", repr=False)
    service: str = ""


async def write(session: AsyncSession, clock: Clock, token: str, key: UUID, said: WriteComment) -> CommentReceipt:
    """The person of a grant comments, or says that she has nothing to add. It adds to what she has said.

    Raises GrantExpired, NotFound, and KeyReused.
    """
    reader, person = await codes.reader(session, token)
    digest = request_hash(session, said, person)
    earlier = await first_answer(session, CommentSaid, key, digest, CommentReceipt)
    if earlier is not None:
        return earlier
    now, same = clock(), await persons.same(session, person)
    asked = await session.get(CommentAsked, said.comment)
    if asked is None or asked.person not in same:
        raise NotFound(comment=said.comment)
    await access.enter(session, clock, reader, person, "readable", about=asked.id, done="Yttrade sig på sidan")
    root = (await persons.find(session, person)).id
    # As a decision does that is signed: either it finds what she wrote, or she hears that it was signed.
    await session.exec(select(persons.Person.id).where(persons.Person.id == root).with_for_update(key_share=True))
    await session.refresh(asked, with_for_update={"key_share": True})
    stands = await comment_of(session, person)
    receipt = CommentReceipt(came="in-time" if day_in_sweden(now) <= asked.until else "day-passed")
    if stands is None:
        receipt = CommentReceipt(came="decided")
    row_id = database.new_id()
    words, codec = said.words.strip(), database.of(session).codec
    session.add(
        CommentSaid(
            id=row_id,
            key=key,
            request_hash=digest,
            answer=receipt.model_dump(mode="json"),
            person=(stands or asked).person,
            comment=(stands or asked).id,
            at=now,
            language=said.language,
            words=codec.encrypt(words, table=_TABLE, column="words", row=row_id) if words else None,
            wants_to_speak=said.wants_to_speak,
            after_decision=stands is None,
        )
    )
    if stands is None:
        await tasks.add(session, "check", "commented-late", at=now, person=root, about=row_id, queue="caseworker")
        return receipt
    if stands.id == asked.id and stands.answered_at is None:  # of what is asked anew she has all her time
        stands.answered_at, stands.answered_how = now, "page"
    if said.wants_to_speak and stands.speaks == "no":
        stands.speaks = "wants"
    session.add(stands)
    await tasks.done_about(session, asked.id, now, reason="comment")  # she has read it: no letter
    await tasks.add(session, "check", "commented", at=now, person=root, about=stands.id, queue="caseworker")
    return receipt


async def of_comment(session: AsyncSession, comment: UUID) -> tuple[Written, ...]:
    """What she wrote of it before it was decided, in order."""
    before = (CommentSaid.comment == comment, ~col(CommentSaid.after_decision))
    found = await session.exec(select(CommentSaid).where(*before).order_by(col(CommentSaid.at), col(CommentSaid.id)))
    return _all(session, found.all())


async def of_person(session: AsyncSession, person: UUID) -> tuple[Written, ...]:
    """All she wrote, the latest first. The caller has opened her case."""
    same = await persons.same(session, person)
    hers = select(CommentSaid).where(col(CommentSaid.person).in_(same))
    latest = hers.order_by(col(CommentSaid.at).desc(), col(CommentSaid.id).desc())
    return _all(session, (await session.exec(latest)).all())


async def keep_swedish(session: AsyncSession, written: UUID, words: str, service: str) -> None:
    """Keep what a machine gave it as; the first one stays. Raises NotFound."""
    row = await session.get(CommentSaid, written, with_for_update={"key_share": True})
    if row is None:
        raise NotFound(written=written)
    if row.swedish is None:
        row.swedish = database.of(session).codec.encrypt(words, table=_TABLE, column="swedish", row=row.id)
        row.service = service
        session.add(row)


def _all(session: AsyncSession, rows: Sequence[CommentSaid]) -> tuple[Written, ...]:
    codec = database.of(session).codec

    def opened(sealed: bytes | None, column: str, row: UUID) -> str:
        return codec.decrypt(sealed, table=_TABLE, column=column, row=row) if sealed is not None else ""

    return tuple(
        Written(
            row.id,
            row.comment,
            row.at,
            row.language,
            opened(row.words, "words", row.id),
            row.wants_to_speak,
            row.after_decision,
            opened(row.swedish, "swedish", row.id),
            row.service or "",
        )
        for row in rows
    )
