"""Tell the bot something, and let it collect what was told."""

from uuid import UUID

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.clock import Clock
from backend.contract import Feed, Notice, NoticeKind, Value
from backend.database import new_id
from backend.errors import NotFound, UnknownEpoch
from backend.notices.models import FeedCounter, NoticeRow

_UNTOLD = "untold notices"


async def tell(session: AsyncSession, clock: Clock, kind: NoticeKind, person: UUID, body: Value) -> UUID:
    """Tell the bot something about a person, when and only when this transaction is committed. Gives the notice's id.

    The position is taken as the last thing of the transaction: the counter's row stays locked until the commit, so no
    later position can be seen before an earlier one, and no row is waited for while it is locked.
    """
    if not isinstance(body, kind.body):
        raise TypeError(f"{kind} carries {kind.body.__name__}")
    notice = new_id()
    codec = database.of(session).codec
    row = NoticeRow(
        position=0,
        id=notice,
        kind=kind,
        person=person,
        at=clock(),
        body=codec.encrypt(body.model_dump_json(), table="notices", column="body", row=notice),
    )
    if _UNTOLD not in session.info:
        session.info[_UNTOLD] = []
        database.before_commit(session, _give_positions)
    session.info[_UNTOLD].append(row)
    return notice


async def feed(session: AsyncSession, epoch: UUID | None, after: int, limit: int) -> Feed:
    """The notices after a position. Raises UnknownEpoch; without an epoch it tells the one there is."""
    counter = (await session.exec(select(FeedCounter))).one()
    if epoch is not None and epoch != counter.epoch:
        raise UnknownEpoch
    rows = await session.exec(
        select(NoticeRow).where(col(NoticeRow.position) > after).order_by(col(NoticeRow.position)).limit(limit)
    )
    return Feed(epoch=counter.epoch, notices=tuple(_notice(session, row) for row in rows.all()))


async def find(session: AsyncSession, notice: UUID) -> Notice:
    """One notice by its id. Raises NotFound."""
    row = (await session.exec(select(NoticeRow).where(NoticeRow.id == notice))).one_or_none()
    if row is None:
        raise NotFound(notice=notice)
    return _notice(session, row)


async def _give_positions(session: AsyncSession) -> None:
    untold: list[NoticeRow] = session.info.pop(_UNTOLD)
    await session.flush()  # whatever else this transaction waits for, it waits for before the counter is locked
    taken = update(FeedCounter).values(position=FeedCounter.position + len(untold)).returning(col(FeedCounter.position))
    last: int = (await session.exec(taken)).scalar_one()
    for position, row in enumerate(untold, start=last - len(untold) + 1):
        row.position = position
        session.add(row)


def _notice(session: AsyncSession, row: NoticeRow) -> Notice:
    body = database.of(session).codec.decrypt_json(row.body, table="notices", column="body", row=row.id)
    return Notice(id=row.id, position=row.position, kind=NoticeKind(row.kind), person=row.person, at=row.at, body=body)
