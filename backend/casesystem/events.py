"""What is told of an event, the same however often it is asked, and what goes beside it into a file."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID, uuid5

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons
from backend.access import Reader
from backend.applications import snapshot
from backend.applications.snapshot import Snapshot
from backend.cases.models import Case
from backend.casesystem.models import CaseEvent
from backend.casesystem.ways import Happened, NotNow
from backend.clock import Clock
from backend.database import Database
from backend.decisions import service as decisions
from backend.documents import service as documents
from backend.documents.service import Papers
from backend.errors import NoNumber, NotFound, Unavailable
from backend.identity import register
from backend.letters import words as letters
from backend.locales import SWEDISH
from backend.printing import archive, post
from backend.printing.press import NotPrintedError, Press, Sheet

OURS = UUID("6b0b5f5e-1d0c-4c53-9a55-7a1b5f0f33c1")
"""What ids of this room are derived from."""

READER = Reader(uuid5(OURS, "files"), "Överföring till ärendesystemet", "case-system", kind="robot")
"""Who takes out what whole files carry."""


@dataclass(frozen=True)
class Printing:
    """What PDFs are made and fetched with. ``papers``: none where the municipality keeps no documents."""

    press: Press
    papers: Papers | None


async def case_of(session: AsyncSession, event: CaseEvent) -> UUID | None:
    """The case an event belongs to: the one its row names, else the person's latest when it happened."""
    if event.kind == "case.changed":
        return event.about
    if named := event.facts.get("case"):
        return UUID(named)
    same = await persons.same(session, event.person)
    hers = select(Case.id).where(col(Case.person).in_(same)).order_by(col(Case.opened_at).desc()).limit(1)
    return (await session.exec(hers)).first()


def told(session: AsyncSession, event: CaseEvent) -> Happened:
    """An event as every way tells it."""
    told_of = {
        **event.facts,
        "number": event.number,
        "municipality": database.of(session).municipality.slug,
        "case": str(event.case) if event.case else None,
        "person": str(event.person),
        "about": str(event.about),
    }
    body = {"type": event.kind, "timestamp": event.at.astimezone(UTC).isoformat(), "data": told_of}
    words = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Happened(event.id, event.number or 0, event.kind, event.case, event.person, words.encode())


async def beside(
    town: Database, clock: Clock, event: CaseEvent, printing: Printing
) -> tuple[dict[str, Any], bytes | None]:
    """What goes beside an event into a file: the application as it was shown, the paper, a decision, with its own
    words; and who she is, by which the other side finds her.

    Taking it out is logged as such. Raises NotNow. What is not there any more is not told.
    """
    try:
        match event.kind:
            case "application.received":
                async with town.transaction() as session:
                    taken = await snapshot.export(session, clock, READER, event.person, event.about)
                    who = await _who(session, clock, event.person)
                told_of = {"who": who, "application": taken.model_dump(mode="json")}
                return told_of, await _printed(town, printing, taken)
            case "person.identified":
                async with town.transaction() as session:
                    return {"who": await _who(session, clock, event.person)}, None
            case "document.received" if printing.papers is not None:
                async with town.transaction() as session:
                    # Whoever carries a paper over has not looked at it: nothing is marked as read by it.
                    row = await documents.carry(session, clock, READER, event.person, event.about)
                return {}, await documents.paper(printing.papers, row)
            case "decision.signed":
                async with town.transaction() as session:
                    who, words = await _who(session, clock, event.person), await _own_words(session, event)
                    sheet = await _decision(session, event)
                return {"who": who, "own_words": words}, await _pdf(printing, sheet)
    except NotFound:
        return {}, None
    except Unavailable:
        raise NotNow("the paper does not open") from None
    return {}, None


async def _decision(session: AsyncSession, event: CaseEvent) -> Sheet:
    """The decision in Swedish as it was signed, for whoever keeps it there; what is sent to her is printed by staff."""
    text, town = await decisions.as_signed(session, event.about), database.of(session).municipality
    words = letters.decision(text, event.facts["signed_name"], SWEDISH, town)
    return post.sheet(words, (), town, case=UUID(event.facts["case"]), at=event.at)


async def _printed(town: Database, printing: Printing, taken: Snapshot) -> bytes:
    return await _pdf(printing, await asyncio.to_thread(archive.sheet, taken, town.municipality.name))


async def _pdf(printing: Printing, sheet: Sheet) -> bytes:
    try:
        return await printing.press.pdf(sheet)
    except NotPrintedError as wrong:
        raise NotNow(f"not printed: {wrong}") from None


async def _who(session: AsyncSession, clock: Clock, person: UUID) -> dict[str, str | None]:
    """Her first name and number of identity, where they are known, and how sure the number is."""
    found = await persons.find(session, person)
    known = await register.of_person(session, person)
    number = None
    with suppress(NoNumber):
        number = await register.open_number(session, clock, READER, person) if known else None
    return {
        "first_name": persons.first_name(session, found) or None,
        "language": found.language,
        "number": number,
        "kind": known.kind if known else None,
        "source": known.source if known else None,
    }


async def _own_words(session: AsyncSession, event: CaseEvent) -> str:
    hers = await decisions.of_person(session, event.person)
    return next((one.draft.own_words for one in hers if one.id == event.about), "")
