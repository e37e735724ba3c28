"""An application that staff fill in together with the person, section by section, until she has confirmed it.

Each section is kept sealed for the municipality, by whom and when. What is secret in it is sealed once more, for the
private key alone, the moment it is written down: nobody at the desk reads it again. Nothing of a draft is an
application: only she can make it one, by what she says when it has been read to her.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons
from backend.access import Reader
from backend.applications import choosing, history, service
from backend.applications.by_name import put_together
from backend.applications.models import ApplicationDraft
from backend.calendar import day_in_sweden
from backend.cases.service import open_case
from backend.clock import Clock
from backend.contract import AnswerRecord, ApplicationReceipt, Language, SealedAnswer
from backend.errors import Invalid

_TABLE, _COLUMN = "application_drafts", "content"


@dataclass(frozen=True)
class Saved:
    """A section as it was saved. ``sealed``: its secret answers, by the name of the question."""

    at: datetime
    by_name: str
    answers: Mapping[str, Any]
    sealed: Mapping[str, SealedAnswer]


Draft = Mapping[str, Saved]
"""The sections that have been saved, by their keys."""


@dataclass(frozen=True)
class ReadBack:
    """What was read to her, and what she said to it: the digest of exactly that, each answer, those that are sealed,
    and her attestation."""

    digest: str
    language: Language
    record: tuple[AnswerRecord, ...]
    sealed: tuple[SealedAnswer, ...]
    attestation: AnswerRecord
    later: tuple[str, ...]
    by_interpreter: bool


def answers_of(draft: Draft) -> dict[str, Any]:
    """Every answer of a draft."""
    return {key: meaning for saved in draft.values() for key, meaning in saved.answers.items()}


def sealed_of(draft: Draft) -> dict[str, SealedAnswer]:
    """Every sealed answer of a draft."""
    return {key: answer for saved in draft.values() for key, answer in saved.sealed.items()}


def said_on(draft: Draft) -> date:
    """The day "this month" was said."""
    days = [day_in_sweden(saved.at) for saved in draft.values() if "month" in saved.answers]
    return days[0] if days else day_in_sweden(next(iter(draft.values())).at)


async def of_person(session: AsyncSession, person: UUID) -> Draft:
    """What has been filled in for her so far. For who has her case open."""
    codec = database.of(session).codec
    found: dict[str, Saved] = {}
    for row in await _rows(session, person):
        content = json.loads(codec.decrypt(row.content, table=_TABLE, column=_COLUMN, row=row.id))
        sealed = {key: SealedAnswer.model_validate(one) for key, one in content["sealed"].items()}
        found[row.section] = Saved(row.saved_at, row.by_name, content["answers"], sealed)
    return found


async def save(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    section: str,
    *,
    title: str,
    answers: Mapping[str, Any],
    sealed: Mapping[str, SealedAnswer],
) -> None:
    """Write a section down (logged). Raises NotAllowed, ReasonNeeded, NotFound."""
    opened = await access.enter(session, clock, reader, person, "filled", reason="fills-in", done=f"Sparade {title}")
    await open_case(session, person, clock())  # locks: two who save at once do it one after the other
    rows = [row for row in await _rows(session, person) if row.section == section]
    row = rows[0] if rows else ApplicationDraft(person=opened.person.id, section=section, saved_at=clock(), content=b"")
    content = {"answers": dict(answers), "sealed": {key: one.model_dump(mode="json") for key, one in sealed.items()}}
    row.saved_at, row.by_name = clock(), reader.name
    row.content = database.of(session).codec.encrypt(json.dumps(content), table=_TABLE, column=_COLUMN, row=row.id)
    session.add(row)
    await session.flush()


async def discard(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """She does not want it sent (logged). Raises NotAllowed, ReasonNeeded, NotFound."""
    await access.enter(session, clock, reader, person, "filled", reason="fills-in", done="Tog bort utkastet")
    await _remove(session, person)


async def send(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, said: ReadBack) -> ApplicationReceipt:
    """She has confirmed it: it becomes her application (logged); twice at once is once.

    Raises Invalid for what cannot be sent.
    """
    done = f"Skickade. {said.attestation.taken_down}"
    opened = await access.enter(session, clock, reader, person, "filled", reason="fills-in", done=done)
    await open_case(session, person, clock())  # locks: whoever sends it a second time finds nothing to send
    draft = await of_person(session, person)
    if not draft:
        raise Invalid(draft="nothing is filled in")
    known = await history.of_person(session, person)
    sent = put_together(
        answers_of(draft),
        said_on(draft),
        kind="recurring" if choosing.is_known(known, day_in_sweden(clock())) else "new",
        person=opened.person.id,
        received_at=clock(),
        language=said.language,
        attested=True,
        digest=said.digest,
        record=said.record,
        attestation=said.attestation,
        later=said.later,
        sealed=said.sealed,
        interpreter_language=said.language if said.by_interpreter else None,
    )
    receipt = await service.send_application(session, database.new_id(), sent)
    await _remove(session, person)
    return receipt


async def _rows(session: AsyncSession, person: UUID) -> list[ApplicationDraft]:
    same = await persons.same(session, person)
    wanted = select(ApplicationDraft).where(col(ApplicationDraft.person).in_(same))
    return list((await session.exec(wanted.order_by(col(ApplicationDraft.saved_at)))).all())


async def _remove(session: AsyncSession, person: UUID) -> None:
    for row in await _rows(session, person):
        await session.delete(row)
    await session.flush()
