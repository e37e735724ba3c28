"""Two persons are one: shown by a code, or found by staff; never lost and never final.

Nothing that was written under either id is moved: who reads asks for everybody who is the same person.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons
from backend.access import Reader
from backend.bookings import service as bookings
from backend.cases.models import Merge
from backend.clock import Clock
from backend.contract import Merged, NoticeKind, SamePerson
from backend.errors import AlreadyOne, NotFound, TwoMeetings
from backend.idempotency import first_row, request_hash
from backend.identity import trust
from backend.notices import service as notices


@dataclass(frozen=True)
class MergeView:
    """A merge that stands: who was merged into the person, when, and by whom (empty: by herself, with a code)."""

    id: UUID
    duplicate: UUID
    at: datetime
    by_name: str


async def by_code(session: AsyncSession, key: UUID, call: SamePerson) -> None:
    """PUT same-persons/{key}: she wrote a code there that she was given here. The bot knows it already."""
    digest = request_hash(session, call)
    if await first_row(session, Merge, key, digest) is not None:
        return
    one, other = await persons.meet(session, call.person, call.at), await persons.meet(session, call.into, call.at)
    if one.id == other.id:
        return
    duplicate, into = one.id, other.id
    # What either showed stands: the code was shown in her own thread. Who reads as the one does not read on as both.
    await trust.end_reading(session, (duplicate,))
    await persons.merge(session, duplicate, into)
    session.add(Merge(key=key, request_hash=digest, duplicate=duplicate, into=into, because="code", at=call.at))


async def merge(session: AsyncSession, clock: Clock, reader: Reader, other: UUID, into: UUID) -> None:
    """Staff found that ``other`` is ``into`` (logged with both). Raises AlreadyOne, TwoMeetings, NotAllowed."""
    kept = (await access.enter(session, clock, reader, into, "merged", reason="follow-up")).person.id
    duplicate = (await access.enter(session, clock, reader, other, "merged", reason="follow-up")).person.id
    if kept == duplicate:
        raise AlreadyOne
    now = clock()
    ahead = [await bookings.next_meeting(session, one, now) for one in (duplicate, kept)]
    if all(ahead):
        raise TwoMeetings
    await trust.joined(session, duplicate, kept, now, reader.name)
    await persons.merge(session, duplicate, kept)
    key = database.new_id()
    body = Merged(person=duplicate, into=kept)
    session.add(
        Merge(
            key=key,
            request_hash=request_hash(session, body),
            duplicate=duplicate,
            into=kept,
            because="staff",
            at=now,
            by_name=reader.name,
        )
    )
    await notices.tell(session, clock, NoticeKind.PERSONS_MERGED, kept, body)


async def part(session: AsyncSession, clock: Clock, reader: Reader, merged: UUID) -> None:
    """Undo a merge: each is somebody of her own again (logged). Raises NotFound where it does not stand, NotAllowed."""
    row = (await session.exec(select(Merge).where(Merge.id == merged).with_for_update())).one_or_none()
    if row is None or row.undone_at is not None:
        raise NotFound(merge=merged)
    into = (await access.enter(session, clock, reader, row.into, "merged", reason="follow-up")).person.id
    # Who of the two showed what while they were one, nobody can tell.
    await trust.end(session, into, clock(), "parted", since=row.at, by_name=reader.name)
    await persons.unmerge(session, row.duplicate)
    row.undone_at, row.undone_by_name = clock(), reader.name
    session.add(row)
    body = Merged(person=row.duplicate, into=into)
    await notices.tell(session, clock, NoticeKind.PERSONS_PARTED, into, body)


async def standing(session: AsyncSession, person: UUID) -> tuple[MergeView, ...]:
    """The merges that made this person one, the earliest first."""
    same = await persons.same(session, person)
    rows = await session.exec(
        select(Merge).where(col(Merge.duplicate).in_(same), col(Merge.undone_at).is_(None)).order_by(col(Merge.at))
    )
    return tuple(MergeView(row.id, row.duplicate, row.at, row.by_name) for row in rows.all())
