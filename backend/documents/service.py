"""The way of a document: scanned, examined, sealed, kept, and only then said to be received.

What if this dies? Before the object is written, a row says that it may lie there; the transaction that makes the
document takes that row away. So an object without a document is found and removed (``sweep``), a document without an
object never comes about, and whoever handed in has no answer and hands in again with the same key.

Nothing is done in the database while a file is read, scanned or written.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, get_args
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader, Reason
from backend.applications import completions
from backend.applications.models import Application
from backend.audit import Access
from backend.cases import asked
from backend.cases.service import open_case
from backend.clock import Clock
from backend.contract import (
    DocumentLimits,
    DocumentReceipt,
    DocumentRefused,
    DocumentWarning,
    HandInDocument,
    MissingPapers,
    NamePapers,
    Paper,
    TakeBackDocument,
)
from backend.database import Database
from backend.documents.examining import Examined, Examiner, Refused
from backend.documents.models import Document, LooseObject, RefusedDocument
from backend.documents.scanning import Clamd, ScanAway
from backend.documents.storing import Archive, ArchiveAway, Damaged, Kept
from backend.errors import NotFound, TooLate, Unavailable
from backend.idempotency import Keyed, first_answer, request_hash
from backend.settings import Settings

log = structlog.get_logger()

ABANDONED = timedelta(hours=1)
"""An object still loose after so long was left by somebody who died; no handing-in takes a tenth of it."""
_AT_A_TIME = 100
_ENOUGH = 10
"""So many that fail in one round, and the archive is away: the rest is for the next."""
_TASK = "document"
_WHENEVER = datetime.fromtimestamp(0, UTC)
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Papers:
    """What a municipality's documents need. ``clamd``: none when no scanner is configured."""

    archive: Archive
    examiner: Examiner
    clamd: Clamd | None
    limits: DocumentLimits

    @property
    def most_bytes(self) -> int:
        return self.limits.megabytes * MEGABYTE


def papers(settings: Settings) -> Mapping[str, Papers]:
    """Each municipality's, by its slug; none at all when no storage is configured."""
    given = settings.documents
    if given.storage is None:
        return {}
    limits = DocumentLimits(megabytes=given.megabytes, pages=given.pages)
    examiner = Examiner(given.megabytes * MEGABYTE, given.pages)
    return {
        slug: Papers(Archive(given.storage, slug, tenant.seal_keys), examiner, given.clamd, limits)
        for slug, tenant in settings.tenants.items()
    }


# --- Handing in -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CameFrom:
    """Which municipality a paper came from with her, and when she had handed it in there."""

    home: str
    handed_in_on: date


async def hand_in(
    town: Database, own: Papers, key: UUID, call: HandInDocument, content: bytes, *, came: CameFrom | None = None
) -> DocumentReceipt:
    """Receive a file. ``came``: with her, from another municipality.

    Raises NotFound, KeyReused, and Unavailable when it must be handed in again.
    """
    digest = await asyncio.to_thread(lambda: sha256(content).hexdigest())
    async with town.transaction() as session:
        hashed = _hashed(session, call, digest)
        if (first := await _first(session, key, hashed)) is not None:
            return first
        await _is_hers(session, call)
    try:
        examined = await _examined(own, content)
    except Refused as refused:
        return await refuse(town, own, key, call, why=refused.why, digest=digest)
    document = database.new_id()
    async with town.transaction() as session:
        session.add(LooseObject(path=own.archive.path(document, 1)))
    try:
        kept = await own.archive.keep(examined.paper, document, 1)
    except ArchiveAway as away:
        log.error("archive away", error=str(away))  # noqa: TRY400  # its class says enough
        raise Unavailable from None
    async with town.transaction() as session:
        if (first := await _first(session, key, hashed)) is not None:
            await _unwanted(session, own.archive.path(document, 1))
            return first
        await _no_longer_loose(session, own.archive.path(document, 1))
        keyed = Keyed(key=key, request_hash=hashed)
        return await _received(
            session, own, document=document, keyed=keyed, call=call, examined=examined, kept=kept, came=came
        )


async def refuse(
    town: Database, own: Papers, key: UUID, call: HandInDocument, *, why: DocumentRefused, digest: str = ""
) -> DocumentReceipt:
    """Write down that a file came which cannot be taken, and say why. ``digest``: none when it was not read whole."""
    receipt = DocumentReceipt(refused=why, limits=own.limits)
    async with town.transaction() as session:
        hashed = _hashed(session, call, digest)
        if (first := await _first(session, key, hashed)) is not None:
            return first
        await _is_hers(session, call)
        await persons.meet(session, call.person, call.received_at)
        session.add(
            RefusedDocument(
                key=key,
                request_hash=hashed,
                answer=receipt.model_dump(mode="json"),
                person=call.person,
                paper=call.paper,
                channel=call.channel,
                received_at=call.received_at,
                why=why,
            )
        )
    return receipt


def _hashed(session: AsyncSession, call: HandInDocument, digest: str) -> bytes:
    """What a file is known again by. Not when it came: a form that is sent once more comes later, and is the same."""
    return request_hash(session, call.model_copy(update={"received_at": _WHENEVER}), digest)


async def _first(session: AsyncSession, key: UUID, hashed: bytes) -> DocumentReceipt | None:
    taken = await first_answer(session, Document, key, hashed, DocumentReceipt)
    return taken or await first_answer(session, RefusedDocument, key, hashed, DocumentReceipt)


async def _is_hers(session: AsyncSession, call: HandInDocument) -> None:
    """Raises NotFound when the paper is for somebody else's application."""
    if call.application is None:
        return
    application = await session.get(Application, call.application)
    if application is None or application.person not in await persons.same(session, call.person):
        raise NotFound(application=call.application)


async def _examined(own: Papers, content: bytes) -> Examined:
    if len(content) > own.most_bytes:
        raise Refused("too-large")
    try:
        if own.clamd is not None and not await own.clamd.is_clean(content):
            raise Refused("infected")
        return await own.examiner.examine(content)
    except (ScanAway, OSError) as away:
        log.error("cannot be read now", error=type(away).__name__)  # noqa: TRY400  # its class says enough
        raise Unavailable from None


async def _received(
    session: AsyncSession,
    own: Papers,
    *,
    document: UUID,
    keyed: Keyed,
    call: HandInDocument,
    examined: Examined,
    kept: Kept,
    came: CameFrom | None,
) -> DocumentReceipt:
    found = examined.found
    await persons.meet(session, call.person, call.received_at)
    case = await open_case(session, call.person, call.received_at)
    # Staff see what they hold in their hands, and say so; what came from another municipality was named there.
    by_bot = call.channel not in ("desk", "neighbour")
    paper = call.paper or (await completions.only_missing(session, call.person) if by_bot else None)
    if paper is not None:
        await asked.came(session, case.id, paper, call.received_at)
    stands = await completions.came(
        session,
        call.person,
        paper,
        document=document,
        warnings=found.warnings,
        at=call.received_at,
        # The bot answers what is sent by it, from the receipt: a notice would say the same once more.
        tell=not by_bot,
    )
    receipt = DocumentReceipt(
        document=document,
        kind=found.kind,
        pages=found.pages,
        warnings=found.warnings,
        limits=own.limits,
        paper=paper,
        **await _counts(session, case.id, stands),
    )
    session.add(
        Document(
            key=keyed.key,
            request_hash=keyed.request_hash,
            answer=receipt.model_dump(mode="json"),
            id=document,
            person=call.person,
            case=case.id,
            application=call.application,
            paper=paper,
            channel=call.channel,
            received_at=call.received_at,
            kind=found.kind,
            pages=found.pages,
            size=len(examined.paper),
            warnings=list(found.warnings),
            scanned=own.clamd is not None,
            seal_key=kept.seal_key,
            sha256=kept.sha256,
            home=came.home if came else None,
            handed_in_on=came.handed_in_on if came else None,
        )
    )
    # One task for all that nobody has read: an album of twelve is not twelve things to do.
    await tasks.add(session, "check", _TASK, at=call.received_at, person=case.person, queue="caseworker")
    return receipt


async def _counts(session: AsyncSession, case: UUID, stands: MissingPapers | None) -> dict[str, Any]:
    """How many papers are here of how many: of those asked for by a day, or else of all that the case needs."""
    if stands is None:
        needed, came = await asked.counted(session, case)
        return {"asked": needed, "came": came}
    missing = tuple(one.paper for one in stands.papers)
    return {"asked": stands.asked, "came": stands.came, "by": stands.by, "missing": missing}


async def _no_longer_loose(session: AsyncSession, path: str) -> None:
    loose = await session.get(LooseObject, path, with_for_update=True)
    if loose is None:  # so slow that it was swept away: it is handed in again
        raise Unavailable
    await session.delete(loose)


async def _unwanted(session: AsyncSession, path: str) -> None:
    loose = await session.get(LooseObject, path, with_for_update=True)
    if loose is not None:
        loose.unwanted = True
        session.add(loose)


# --- Reading ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DocumentView:
    """A document as it stands in a list."""

    id: UUID
    paper: str | None
    channel: str
    received_at: datetime
    kind: str
    pages: int
    size: int
    warnings: tuple[str, ...]
    scanned: bool
    home: str | None = None
    handed_in_on: date | None = None


async def of_person(session: AsyncSession, person: UUID) -> tuple[DocumentView, ...]:
    """What she has handed in, the earliest first; for whoever has her case open."""
    return tuple(
        DocumentView(
            id=row.id,
            paper=row.paper,
            channel=row.channel,
            received_at=row.received_at,
            kind=row.kind,
            pages=row.pages,
            size=row.size,
            warnings=tuple(row.warnings),
            scanned=row.scanned,
            home=row.home,
            handed_in_on=row.handed_in_on,
        )
        for row in await _rows(session, person)
    )


async def look_at(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, document: UUID, *, reason: Reason | None = None
) -> Document:
    """Open a person's document (logged, each time). Raises NotAllowed, ReasonNeeded, NotFound."""
    await access.enter(session, clock, reader, person, "document", reason=reason, about=document)
    row = await _hers(session, person, document)
    await _when_all_are_read(session, person, document, clock())
    return row


async def carry(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, document: UUID) -> Document:
    """The same for a system that takes a paper over unread (logged, without its being read). Raises NotAllowed and
    NotFound."""
    row = await _hers(session, person, document)
    done = f"Förde över papper {str(document)[:8]}"
    await access.enter(session, clock, reader, person, "document", done=done)
    return row


async def _hers(session: AsyncSession, person: UUID, document: UUID) -> Document:
    row = await session.get(Document, document)
    if row is None or row.deleted_at is not None or row.person not in await persons.same(session, person):
        raise NotFound(document=document)
    return row


async def _when_all_are_read(session: AsyncSession, person: UUID, document: UUID, at: datetime) -> None:
    """Once each of her papers has been read by somebody, there is nothing more to look at."""
    read = select(Access.about).where(col(Access.allowed), col(Access.about).is_not(None))
    if any(row.id != document for row in await _rows(session, person, col(Document.id).not_in(read))):
        return
    for task in await tasks.waiting(session, person):
        if task.reason == _TASK:
            await tasks.done(session, task.id, at)


async def take_back(session: AsyncSession, own: Papers, document: UUID, call: TakeBackDocument) -> None:
    """She takes a paper away that nobody has read; twice is once. Raises NotFound and TooLate."""
    row = await session.get(Document, document, with_for_update=True)
    if row is None or row.person not in await persons.same(session, call.person):
        raise NotFound(document=document)
    if row.deleted_at is not None:
        return
    read = await session.exec(select(Access.number).where(col(Access.allowed), Access.about == document).limit(1))
    if read.first() is not None:
        raise TooLate
    row.deleted_at = call.at
    session.add_all([row, LooseObject(path=own.archive.path(row.id, row.version), unwanted=True)])
    await session.flush()
    await _went(session, row, row.paper, call.at)
    await _when_all_are_read(session, call.person, document, call.at)


async def name(session: AsyncSession, call: NamePapers) -> MissingPapers:
    """She says which paper it is that she handed in. Raises NotFound. How it stands with what is asked for."""
    stands: MissingPapers | None = None
    for document in call.documents:
        row = await session.get(Document, document, with_for_update=True)
        if row is None or row.deleted_at is not None or row.person not in await persons.same(session, call.person):
            raise NotFound(document=document)
        before, row.paper = row.paper, call.paper
        session.add(row)
        await session.flush()
        if before != call.paper:
            await _went(session, row, before, call.at)
        if call.paper is not None:
            await asked.came(session, row.case, call.paper, call.at)
            stands = await completions.came(
                session,
                call.person,
                call.paper,
                document=row.id,
                warnings=_warnings(row),
                at=call.at,
                tell=False,
            )
    return stands or await completions.missing(session, call.person)


async def _went(session: AsyncSession, row: Document, paper: str | None, at: datetime) -> None:
    """A document is this paper no longer: if it was the last of it, that is missing again."""
    known = next((one for one in get_args(Paper) if one == paper), None)
    if known is None or known in {other.paper for other in await _rows(session, row.person)}:
        return
    await asked.went(session, row.case, known, at)
    await completions.went(session, row.person, known, at)


def _warnings(row: Document) -> tuple[DocumentWarning, ...]:
    return tuple(one for one in get_args(DocumentWarning) if one in row.warnings)


async def paper(own: Papers, row: Document) -> bytes:
    """The paper of a document that was opened. Raises Unavailable."""
    try:
        return await own.archive.open(row.id, row.version, row.sha256)
    except (ArchiveAway, Damaged) as wrong:
        log.critical("a document does not open", error=type(wrong).__name__, why=str(wrong))
        raise Unavailable from None


async def _rows(session: AsyncSession, person: UUID, *more: ColumnElement[bool]) -> list[Document]:
    same = await persons.same(session, person)
    found = await session.exec(
        select(Document)
        .where(col(Document.person).in_(same), col(Document.deleted_at).is_(None), *more)
        .order_by(col(Document.received_at), col(Document.id))
    )
    return list(found.all())


# --- Keeping and removing ---------------------------------------------------------------------------------------------


async def delete_of_person(session: AsyncSession, own: Papers, person: UUID, at: datetime) -> int:
    """The municipality's rule of retention has come to a person's documents. How many; their objects go with ``sweep``.

    What remains is that a document was there, and when it went.
    """
    rows = await _rows(session, person)
    for row in rows:
        row.deleted_at = at
        session.add_all([row, LooseObject(path=own.archive.path(row.id, row.version), unwanted=True)])
    return len(rows)


async def sweep(town: Database, own: Papers) -> int:
    """Remove objects no document stands for: those nobody wants, and those whose writer died. How many.

    One that cannot be removed holds up no other. Raises what failed, when the rest is done.
    """
    removed, failed = 0, list[ArchiveAway]()
    async with town.transaction() as session:
        # In any order: those that fail every time are not for ever the first.
        found = await session.exec(select(LooseObject.path).where(_left()).order_by(func.random()).limit(_AT_A_TIME))
        paths = found.all()
    for path in paths:
        try:
            removed += await _sweep_one(town, own, path)
        except ArchiveAway as away:
            failed.append(away)
            if len(failed) == _ENOUGH:
                break
    _tell(failed)
    return removed


def _left() -> ColumnElement[bool]:
    return col(LooseObject.unwanted) | (col(LooseObject.since) < func.now() - ABANDONED)


async def _sweep_one(town: Database, own: Papers, path: str) -> bool:
    async with town.transaction() as session:
        # Held until the object is gone: who is still writing it waits here, finds no row, and has not handed in.
        wanted = select(LooseObject).where(LooseObject.path == path, _left()).with_for_update(skip_locked=True)
        loose = (await session.exec(wanted)).first()
        if loose is None:
            return False
        await own.archive.remove(loose.path)
        await session.delete(loose)
    return True


def _tell(failed: Sequence[ArchiveAway]) -> None:
    """For how many papers the archive did not do its part, by no name. Raises the first of what failed."""
    if failed:
        log.error("archive away", error=str(failed[0]), failed=len(failed))
        raise failed[0]


async def renew(town: Database, own: Papers) -> int:
    """Seal anew, with the municipality's current key, every document that an older one seals. How many.

    One that cannot be holds up no other, and is tried again the next time. Raises what failed, when the rest is done.
    """
    renewed, after, failed = 0, UUID(int=0), list[ArchiveAway]()
    while len(failed) < _ENOUGH and (rows := await _sealed_by_older(town, own, after)):
        for row in rows:
            after = row.id
            try:
                renewed += await _renew_one(town, own, row)
            except ArchiveAway as away:
                failed.append(away)
                if len(failed) == _ENOUGH:
                    break
    _tell(failed)
    return renewed


async def _sealed_by_older(town: Database, own: Papers, after: UUID) -> Sequence[Document]:
    older = col(Document.seal_key) != own.archive.seal_key
    async with town.transaction() as session:
        found = await session.exec(
            select(Document)
            .where(older, col(Document.deleted_at).is_(None), col(Document.id) > after)
            .order_by(col(Document.id))
            .limit(_AT_A_TIME)
        )
        return found.all()


async def _renew_one(town: Database, own: Papers, row: Document) -> bool:
    old, new = own.archive.path(row.id, row.version), own.archive.path(row.id, row.version + 1)
    async with town.transaction() as session:
        if await session.get(LooseObject, new) is not None:
            return False  # somebody else is at it, or died at it: swept away first
        session.add(LooseObject(path=new))
    try:
        opened = await own.archive.open(row.id, row.version, row.sha256)
    except Damaged as wrong:
        log.critical("a document does not open", error=type(wrong).__name__, why=str(wrong))
        return False
    kept = await own.archive.keep(opened, row.id, row.version + 1)
    async with town.transaction() as session:
        now = await session.get(Document, row.id, with_for_update=True)
        loose = await session.get(LooseObject, new, with_for_update=True)
        if loose is None or now is None or now.version != row.version or now.deleted_at is not None:
            return False
        now.version, now.seal_key, now.sha256 = row.version + 1, kept.seal_key, kept.sha256
        await session.delete(loose)
        session.add_all([now, LooseObject(path=old, unwanted=True)])
    return True
