"""An application as it was shown: each question in her language and in Swedish, her words, their meaning, when, where.

Archived when it comes, in rows that are never changed, so that a question that is put otherwise next year, or
translated better, changes nothing of what she answered. The export is what is printed, and is read by machines.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, seal
from backend.access import Reader, Reason
from backend.applications.models import Application, ApplicationAnswer, Shown
from backend.clock import Clock
from backend.contract import (
    AnswerRecord,
    ApplicationFlag,
    OpenedAnswer,
    OwnSending,
    ReadableApplication,
    SealedAnswer,
    SendApplication,
    Value,
)
from backend.errors import Invalid, NotFound
from backend.seal import SealKeys

FORMAT: Literal["imorgon-application-1"] = "imorgon-application-1"


class Snapshot(Value):
    """One version of an application, whole. ``sealed``: questions that were answered on the page, for the
    municipality's key alone. ``later``: questions left to the meeting. ``unchanged``: sections that she
    says are as they were last time. ``answers`` filled in at a desk have that as
    their channel.

    Of two who apply together: ``together_with`` is the other's application, ``own_version`` and ``other_version`` are
    the versions of the parts she attested, ``told`` is what she was told that the other will see.
    """

    format: Literal["imorgon-application-1"]
    municipality: str
    case: UUID
    application: UUID
    person: UUID
    kind: str
    month: date | None
    version: int
    corrects: UUID | None
    corrected_version: int | None
    received_at: datetime
    language: str
    attested: bool
    attestation: AnswerRecord | None
    told: AnswerRecord | None
    joint: UUID | None
    together_with: UUID | None
    own_version: int | None
    other_version: int | None
    digest: str
    answers: tuple[AnswerRecord, ...]
    sealed: tuple[str, ...]
    later: tuple[str, ...]
    unchanged: tuple[str, ...] = ()
    flags: tuple[ApplicationFlag, ...]


def archive(session: AsyncSession, application: UUID, sent: SendApplication, told: AnswerRecord | None = None) -> None:
    """Keep what was shown and answered of an application that came, as it came; ``told`` right before she attested."""
    shown: list[tuple[Shown, Value]] = [("answer", record) for record in sent.record]
    if told is not None:
        shown.append(("told", told))
    if sent.attestation is not None:
        shown.append(("attestation", sent.attestation))
    shown += [("sealed", answer) for answer in sent.sealed]
    codec = database.of(session).codec
    for number, (what, value) in enumerate(shown, 1):
        row = database.new_id()
        content = codec.encrypt(value.model_dump_json(), table="application_answers", column="content", row=row)
        session.add(ApplicationAnswer(id=row, application=application, number=number, what=what, content=content))


async def check_seals(session: AsyncSession, sent: SendApplication) -> None:
    """Raises Invalid when a secret answer is not sealed for this municipality, person, run and question."""
    for answer in sent.sealed:
        try:
            await _sealed_for(session, sent.person, answer)
        except seal.WrongSeal as wrong:
            raise Invalid(sealed=wrong) from None


async def _sealed_for(session: AsyncSession, person: UUID, answer: SealedAnswer) -> dict[str, str]:
    """What its seal names: the person, or another id of hers, where she turned out to be two after she had answered.
    Raises WrongSeal."""
    bound = bound_to(session, person, answer)
    try:
        seal.check(answer.jwe, **bound)
    except seal.WrongSeal:
        for one in await _other_ids(session, person):
            bound = bound_to(session, one, answer)
            with suppress(seal.WrongSeal):
                seal.check(answer.jwe, **bound)
                return bound
        raise
    return bound


async def _other_ids(session: AsyncSession, person: UUID) -> list[UUID]:
    try:
        return [one for one in await persons.same(session, person) if one != person]
    except NotFound:
        return []


def bound_to(session: AsyncSession, person: UUID, answer: SealedAnswer) -> dict[str, str]:
    """What the seal of a secret answer names."""
    slug = database.of(session).municipality.slug
    return {"municipality": slug, "run": str(answer.run), "question": answer.question, "person": str(person)}


async def export(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    application: UUID,
    *,
    reason: Reason | None = None,
) -> Snapshot:
    """An application of a person, whole (logged). Raises NotAllowed, ReasonNeeded, NotFound."""
    await access.enter(session, clock, reader, person, "archive", reason=reason, about=application)
    row = await _hers(session, person, application)
    corrected = await session.get(Application, row.corrects) if row.corrects else None
    sent = read(session, row)
    rows = await _archived(session, application)
    shown = {what: AnswerRecord.model_validate_json(words) for what, words in rows if what in ("attestation", "told")}
    return Snapshot(
        format=FORMAT,
        municipality=database.of(session).municipality.slug,
        case=row.case,
        application=row.id,
        person=row.person,
        kind=row.kind,
        month=row.month,
        version=row.version,
        corrects=row.corrects,
        corrected_version=corrected.version if corrected else None,
        received_at=row.received_at,
        language=row.language,
        attested=sent.attested,
        attestation=shown.get("attestation"),
        told=shown.get("told"),
        joint=row.joint,
        together_with=await _together_with(session, row),
        own_version=row.own_version,
        other_version=row.other_version,
        digest=row.digest,
        answers=_answers(rows, sent),
        sealed=tuple(SealedAnswer.model_validate_json(words).question for what, words in rows if what == "sealed"),
        later=sent.later,
        unchanged=sent.unchanged,
        flags=tuple(ApplicationFlag.model_validate(flag) for flag in row.flags),
    )


async def last_sent(session: AsyncSession, person: UUID) -> ReadableApplication | None:
    """The last application that came from a person, as she was shown it; ``None`` where none has."""
    found = await session.exec(
        select(Application)
        .where(col(Application.person).in_(await persons.same(session, person)))
        .order_by(col(Application.received_at).desc(), col(Application.version).desc())
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else await _readable(session, row)


async def all_sent(session: AsyncSession, person: UUID) -> tuple[ReadableApplication, ...]:
    """Every application that came from a person, what was corrected too, as she was shown it; the latest first."""
    return tuple([await _readable(session, row) for row in await _all_of(session, person)])


async def when_sent(session: AsyncSession, person: UUID) -> tuple[OwnSending, ...]:
    """That applications came from a person, and when; the latest first."""
    return tuple(
        OwnSending(
            application=row.id,
            kind=row.kind,
            month=row.month,
            received_at=row.received_at,
            corrects=row.corrects is not None,
        )
        for row in await _all_of(session, person)
    )


async def _all_of(session: AsyncSession, person: UUID) -> Sequence[Application]:
    rows = await session.exec(
        select(Application)
        .where(col(Application.person).in_(await persons.same(session, person)))
        .order_by(col(Application.received_at).desc(), col(Application.version).desc())
    )
    return rows.all()


async def what_stands(
    session: AsyncSession, person: UUID, *, until: datetime | None = None
) -> tuple[ReadableApplication, ...]:
    """What a person has said of herself (``until`` a moment, that one too): her latest application of a month, and
    those before it as far back as it takes to find what she calls unchanged."""
    rows = await session.exec(
        select(Application)
        .where(
            col(Application.person).in_(await persons.same(session, person)),
            Application.kind != "supplementary",
            *([] if until is None else [col(Application.received_at) <= until]),
        )
        .order_by(col(Application.received_at).desc(), col(Application.version).desc())
    )
    found: list[ReadableApplication] = []
    corrected: set[UUID | None] = set()
    sought: set[str] = set()
    for row in rows.all():
        # What was corrected comes after what corrects it, and says nothing more.
        if row.id not in corrected:
            one = await _readable(session, row)
            sought = sought & {*one.unchanged} if found else {*one.unchanged}
            found.append(one)
        corrected.add(row.corrects)
        if found and not sought:
            break
    return tuple(found)


async def _readable(session: AsyncSession, row: Application) -> ReadableApplication:
    sent, rows = read(session, row), await _archived(session, row.id)
    return ReadableApplication(
        application=row.id,
        kind=row.kind,
        month=row.month,
        received_at=row.received_at,
        answers=_answers(rows, sent),
        unchanged=sent.unchanged,
        sealed=tuple(one.question for one in sent.sealed),
    )


async def has_sent(session: AsyncSession, person: UUID) -> bool:
    """Has an application come from a person?"""
    same = await persons.same(session, person)
    found = await session.exec(select(Application.id).where(col(Application.person).in_(same)).limit(1))
    return found.one_or_none() is not None


async def open_answer(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    application: UUID,
    *,
    question: str,
    keys: SealKeys,
) -> str:
    """Read a secret answer with the municipality's private key (logged). Raises NotAllowed, ReasonNeeded, NotFound,
    WrongSeal."""
    await access.enter(session, clock, reader, person, "sealed", about=application)
    row = await _hers(session, person, application)
    for what, words in await _archived(session, application):
        if what == "sealed" and (answer := SealedAnswer.model_validate_json(words)).question == question:
            return keys.open(answer.jwe, **await _sealed_for(session, row.person, answer))
    raise NotFound(question=question)


async def open_own(session: AsyncSession, person: UUID, application: UUID, keys: SealKeys) -> tuple[OpenedAnswer, ...]:
    """What she answered under seal in an application of hers; for who has passed the door. Raises NotFound.

    What cannot be opened (its key is in escrow) is named without its words: the others are hers to read all the same.
    """
    row = await _hers(session, person, application)
    found: list[OpenedAnswer] = []
    for what, words in await _archived(session, application):
        if what == "sealed":
            answer, opened = SealedAnswer.model_validate_json(words), ""
            with suppress(seal.WrongSeal):
                opened = keys.open(answer.jwe, **await _sealed_for(session, row.person, answer))
            found.append(OpenedAnswer(question=answer.question, words=opened))
    return tuple(found)


def read(session: AsyncSession, row: Application) -> SendApplication:
    """An application as it was sent."""
    codec = database.of(session).codec
    content = codec.decrypt(row.content, table="applications", column="content", row=row.id)
    return SendApplication.model_validate_json(content)


async def _together_with(session: AsyncSession, row: Application) -> UUID | None:
    """The other's application, that was attested with the same versions of both parts."""
    if row.joint is None:
        return None
    others = await session.exec(
        select(Application.id).where(
            Application.joint == row.joint,
            Application.id != row.id,
            Application.own_version == row.other_version,
            Application.other_version == row.own_version,
            Application.person != row.person,
        )
    )
    return others.first()


async def _hers(session: AsyncSession, person: UUID, application: UUID) -> Application:
    row = await session.get(Application, application)
    if row is None or row.person not in await persons.same(session, person):
        raise NotFound(application=application)
    return row


def _answers(rows: Sequence[tuple[str, str]], sent: SendApplication) -> tuple[AnswerRecord, ...]:
    # What came before answers were archived one by one stands in the application itself.
    return tuple(AnswerRecord.model_validate_json(words) for what, words in rows if what == "answer") or sent.record


async def _archived(session: AsyncSession, application: UUID) -> list[tuple[str, str]]:
    found = await session.exec(
        select(ApplicationAnswer)
        .where(ApplicationAnswer.application == application)
        .order_by(col(ApplicationAnswer.number))
    )
    codec = database.of(session).codec
    return [
        (row.what, codec.decrypt(row.content, table="application_answers", column="content", row=row.id))
        for row in found.all()
    ]
