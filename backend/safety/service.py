"""Agree on a phrase with somebody, forget it again; hear that she wrote it, hold what was for her, know her safe."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.clock import Clock
from backend.contract import AgreedPhrase, Held, NoticeKind, PhraseDigest, SafeAgain, phrase_digest
from backend.errors import NotFound, SilentForSafety
from backend.idempotency import first_row, request_hash
from backend.identity import trust
from backend.notices import service as notices
from backend.safety import by_telephone
from backend.safety.models import AgreedPhraseRow, Because, HeldMessage, SafetySilence
from backend.safety.ordinary import words_of

BECAUSE_IN_SWEDISH: dict[Because, str] = {
    "met": "Jag har träffat personen och frågat",
    "as-agreed": "Personen har sagt det på det sätt vi kom överens om",
    "mistake": "Meningen skrevs av misstag, det har vi frågat personen om",
}

_SALT = 16


@dataclass(frozen=True)
class HeldView:
    """A message that did not leave, in Swedish."""

    at: datetime
    swedish: str


@dataclass(frozen=True)
class Safety:
    """Where a person stands: since when a phrase is agreed and by whom, since when nothing is sent to her, and what was
    held since then. ``rung_since``: since when staff ring instead of sending anything, and who said so."""

    agreed_at: datetime | None = None
    agreed_by: str = ""
    silent_since: datetime | None = None
    held: tuple[HeldView, ...] = ()
    rung_since: datetime | None = None
    rung_by: str = ""


async def agree(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, phrase: str) -> None:
    """A phrase was agreed on with her, instead of any before (logged). It is kept nowhere, here or in the bot: only
    its slow, salted digest is told. Raises what :func:`words_of` does, NotAllowed, ReasonNeeded."""
    done = "En mening är avtalad"
    whose = (await access.enter(session, clock, reader, person, "safety", reason="meeting", done=done)).person.id
    words, salt = words_of(phrase), secrets.token_bytes(_SALT)
    await _end(session, clock, reader, whose)
    session.add(AgreedPhraseRow(person=whose, at=clock(), by=reader.id, by_name=reader.name))
    kept = PhraseDigest(salt=salt.hex(), digest=phrase_digest(words, salt).hex(), letters=len("".join(words)))
    await notices.tell(session, clock, NoticeKind.AGREED_PHRASE, whose, AgreedPhrase(phrase=kept))


async def forget(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """Nothing is agreed on any more (logged). Raises NotFound where nothing was, NotAllowed, ReasonNeeded."""
    done = "Ingen mening är avtalad längre"
    whose = (await access.enter(session, clock, reader, person, "safety", reason="meeting", done=done)).person.id
    if not await _end(session, clock, reader, whose):
        raise NotFound(person=person)
    await notices.tell(session, clock, NoticeKind.AGREED_PHRASE, whose, AgreedPhrase(phrase=None))


async def written(session: AsyncSession, person: UUID, thread: UUID, at: datetime) -> None:
    """She wrote it: from now on nothing is sent to her, and staff see it before anything else."""
    whose = (await persons.find(session, person)).id
    if not await _live(session, whose):
        session.add(SafetySilence(person=whose, thread=thread, since=at))
        # Whoever is near her may know her codes, and hold her telephone.
        await trust.end(session, whose, at, "safety")
    await tasks.add(session, "acute", tasks.AGREED_PHRASE, at=at, person=person, thread=thread, due_at=at)


async def lift(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, because: Because) -> None:
    """She is safe: she is written to again, and her acute task is done (logged). Raises NotFound where she may be
    written to, NotAllowed, ReasonNeeded."""
    done = f"Vi får skriva igen: {BECAUSE_IN_SWEDISH[because].lower()}"
    whose = (await access.enter(session, clock, reader, person, "safety", reason="follow-up", done=done)).person.id
    now, live = clock(), await _live(session, whose)
    if not live:
        raise NotFound(person=person)
    for silence in live:
        silence.lifted_at, silence.lifted_by, silence.lifted_name = now, reader.id, reader.name
        silence.because = because
        session.add(silence)
    for task in await tasks.waiting(session, whose):
        if task.reason == tasks.AGREED_PHRASE:
            await tasks.done(session, task.id, now, reader.id, because)
    await notices.tell(session, clock, NoticeKind.SAFE_AGAIN, whose, SafeAgain())


async def hold(session: AsyncSession, key: UUID, call: Held) -> None:
    """PUT held/{key}: a message that the bot did not send."""
    digest = request_hash(session, call)
    if await first_row(session, HeldMessage, key, digest) is not None:
        return
    whose = (await persons.meet(session, call.person, call.at)).id
    row = database.new_id()
    swedish = database.of(session).codec.encrypt(call.swedish, table="held_messages", column="swedish", row=row)
    session.add(HeldMessage(key=key, request_hash=digest, id=row, person=whose, at=call.at, swedish=swedish))
    if not await _live(session, whose):
        await by_telephone.ring(session, whose, call.at)


async def of_person(session: AsyncSession, person: UUID) -> Safety:
    """Where she stands, for who has opened her case."""
    same = await persons.same(session, person)
    phrases = await session.exec(
        select(AgreedPhraseRow)
        .where(col(AgreedPhraseRow.person).in_(same), col(AgreedPhraseRow.ended_at).is_(None))
        .order_by(col(AgreedPhraseRow.at).desc())
    )
    agreed, since = phrases.first(), await silent_since(session, person)
    rung_since, rung_by = await by_telephone.since(session, person) or (None, "")
    held: tuple[HeldView, ...] = ()
    if nothing := [one for one in (since, rung_since) if one is not None]:
        rows = await session.exec(
            select(HeldMessage)
            .where(col(HeldMessage.person).in_(same), HeldMessage.at >= min(nothing))
            .order_by(col(HeldMessage.at))
        )
        held = tuple(_held(session, row) for row in rows.all())
    if agreed is None:
        return Safety(silent_since=since, held=held, rung_since=rung_since, rung_by=rung_by)
    return Safety(agreed.at, agreed.by_name, since, held, rung_since, rung_by)


async def silent_since(session: AsyncSession, person: UUID) -> datetime | None:
    """Since when nothing may be sent to her; ``None``: she may be written to."""
    return min((one.since for one in await _live(session, person)), default=None)


async def sends_nothing(session: AsyncSession, person: UUID) -> bool:
    """Whether nothing is sent to her, for whichever reason: it is silent for her safety, or she is only rung."""
    return bool(await _live(session, person)) or await by_telephone.since(session, person) is not None


async def may_be_written_to(session: AsyncSession, person: UUID) -> None:
    """Raise SilentForSafety for somebody who must not be written to."""
    if await _live(session, person):
        raise SilentForSafety


async def silent_ones(session: AsyncSession, groups: Mapping[UUID, UUID]) -> frozenset[UUID]:
    """Who of a list must be neither written to nor rung, by whom the ids stand for (see ``persons.groups``)."""
    found = await session.exec(
        select(SafetySilence.person).where(
            col(SafetySilence.person).in_(list(groups)), col(SafetySilence.lifted_at).is_(None)
        )
    )
    return frozenset(groups[one] for one in found.all())


async def _live(session: AsyncSession, person: UUID) -> list[SafetySilence]:
    same = await persons.same(session, person)
    found = await session.exec(
        select(SafetySilence).where(col(SafetySilence.person).in_(same), col(SafetySilence.lifted_at).is_(None))
    )
    return list(found.all())


async def _end(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> bool:
    """Nothing that was agreed on counts any more; whether anything was."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(AgreedPhraseRow)
        .where(col(AgreedPhraseRow.person).in_(same), col(AgreedPhraseRow.ended_at).is_(None))
        .with_for_update()
    )
    rows = found.all()
    for row in rows:
        row.ended_at, row.ended_name = clock(), reader.name
        session.add(row)
    await session.flush()
    return bool(rows)


def _held(session: AsyncSession, row: HeldMessage) -> HeldView:
    swedish = database.of(session).codec.decrypt(row.swedish, table="held_messages", column="swedish", row=row.id)
    return HeldView(row.at, swedish)
