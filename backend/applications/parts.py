"""Two who apply together: each answers her own part, where she is, in her language, and attests what both parts say.

The backend joins the parts, nobody else. Neither can read the other's part: of it, each knows the number of its
version. A changed part takes both attestations away, since each attested that pair.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, locales, persons, tasks
from backend.applications import service, snapshot
from backend.applications.models import Application, ApplicationPart, JointAct, JointApplication, PartAttestation, Side
from backend.applications.service import Together
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import (
    AnswerRecord,
    ApplicationReceipt,
    AttestPart,
    HandInPart,
    InvitePart,
    JoinPart,
    JointNews,
    JointQuery,
    JointReceipt,
    JointStanding,
    LeaveJoint,
    NoticeKind,
    OwnPart,
    SendApplication,
)
from backend.decisions import codes
from backend.errors import Invalid, JointEnded, NotFound, PartChanged
from backend.idempotency import Keyed, first_answer, first_row, request_hash
from backend.locales import N_
from backend.notices import service as notices

SHOWS_THE_OTHER = N_(
    "The calculation is made for you both. In it the other one sees your incomes and costs as sums. Not your answers, "
    "your papers or what you say to us."
)
"""Said to each before she attests."""

OTHER: dict[Side, Side] = {"inviter": "partner", "partner": "inviter"}


@dataclass(frozen=True)
class _Place:
    """Where somebody stands in an application of two."""

    joint: JointApplication
    side: Side
    own: ApplicationPart | None
    other: ApplicationPart | None


async def invite(session: AsyncSession, key: UUID, call: InvitePart) -> JointReceipt:
    """PUT joint-applications/{key}: begin an application of two."""
    digest = request_hash(session, call)
    if (first := await first_answer(session, JointApplication, key, digest, JointReceipt)) is not None:
        return first
    await persons.meet(session, call.person, call.at)
    days = timedelta(days=database.of(session).municipality.partner_days)
    receipt = JointReceipt(joint=database.new_id(), answer_by=day_in_sweden(call.at) + days)
    session.add(
        JointApplication(
            key=key,
            request_hash=digest,
            answer=receipt.model_dump(mode="json"),
            id=receipt.joint,
            kind=call.kind,
            month=call.month,
            inviter=call.person,
            invited_at=call.at,
            answer_by=receipt.answer_by,
        )
    )
    return receipt


async def join(session: AsyncSession, joint: UUID, key: UUID, call: JoinPart) -> JointReceipt:
    """PUT joint-applications/{joint}/partner/{key}: who brought the code is the other of the two.

    Raises NotFound, JointEnded, and Invalid when there is another already or it is the same person.
    """
    digest = request_hash(session, call, joint)
    if (first := await first_answer(session, JointAct, key, digest, JointReceipt)) is not None:
        return first
    row = await _locked(session, joint)
    await persons.meet(session, call.person, call.at)
    same = await persons.same(session, call.person)
    if row.inviter in same:
        raise Invalid(partner="the same person")
    if row.partner is not None and row.partner not in same:
        raise Invalid(partner="there is one")
    if row.partner is None:
        row.partner = call.person
        news = JointNews(joint=joint, what="joined", at=call.at)
        await notices.tell(session, lambda: call.at, NoticeKind.JOINT_NEWS, row.inviter, news)
    receipt = JointReceipt(joint=joint, answer_by=row.answer_by)
    session.add_all(
        (
            row,
            JointAct(
                key=key,
                request_hash=digest,
                answer=receipt.model_dump(mode="json"),
                joint=joint,
                person=call.person,
                act="joined",
                at=call.at,
            ),
        )
    )
    return receipt


async def hand_in(session: AsyncSession, joint: UUID, key: UUID, call: HandInPart) -> JointStanding:
    """PUT joint-applications/{joint}/parts/{key}: a version of one's own part; the same again is no new version.

    Raises NotFound for whoever is none of the two, JointEnded, Invalid.
    """
    digest, part = request_hash(session, call, joint), call.part
    if (first := await first_answer(session, ApplicationPart, key, digest, JointStanding)) is not None:
        return first
    place = await _place(session, await _locked(session, joint), part.person)
    if part.attested or part.attestation is not None or part.corrects is not None:
        raise Invalid(part="is no application yet")
    await snapshot.check_seals(session, part)
    if place.own is not None and _says_the_same(_read(session, place.own), part):
        return await _standing(session, place)
    row_id = database.new_id()
    content = database.of(session).codec.encrypt(
        part.model_dump_json(), table="application_parts", column="content", row=row_id
    )
    new = ApplicationPart(
        key=key,
        request_hash=digest,
        id=row_id,
        joint=joint,
        side=place.side,
        person=part.person,
        version=place.own.version + 1 if place.own else 1,
        received_at=part.received_at,
        content=content,
    )
    await _take_away(session, place, part.received_at)
    standing = await _standing(session, _Place(place.joint, place.side, new, place.other))
    new.answer = standing.model_dump(mode="json")
    session.add(new)
    return standing


async def attest(session: AsyncSession, joint: UUID, key: UUID, call: AttestPart) -> JointStanding:
    """PUT joint-applications/{joint}/attestations/{key}: when both have attested the same, the applications come in.

    Raises NotFound for whoever is none of the two, JointEnded, PartChanged, Invalid.
    """
    digest = request_hash(session, call, joint)
    if (first := await first_answer(session, PartAttestation, key, digest, JointStanding)) is not None:
        return first
    place = await _place(session, await _locked(session, joint), call.person)
    if call.attestation.meaning is not True:
        raise Invalid(attestation="not attested")
    if place.own is None or place.other is None:
        raise PartChanged
    if (place.own.version, place.other.version) != (call.own_version, call.other_version):
        raise PartChanged
    live = await _attestations(session, joint)
    if place.side in live:
        return await _standing(session, place)
    row_id = database.new_id()
    shown = {"attestation": call.attestation.model_dump(mode="json"), "told": call.told.model_dump(mode="json")}
    row = PartAttestation(
        key=key,
        request_hash=digest,
        id=row_id,
        joint=joint,
        side=place.side,
        person=call.person,
        own_version=call.own_version,
        other_version=call.other_version,
        at=call.at,
        content=database.of(session).codec.encrypt_json(shown, table="part_attestations", column="content", row=row_id),
    )
    session.add(row)
    await session.flush()
    if OTHER[place.side] in live:
        await _come_in(session, place, call.at)
    else:
        await _tell(session, place, JointNews(joint=joint, what="attested", at=call.at))
    standing = await _standing(session, place)
    row.answer = standing.model_dump(mode="json")
    session.add(row)
    return standing


async def leave(session: AsyncSession, joint: UUID, key: UUID, call: LeaveJoint) -> None:
    """PUT joint-applications/{joint}/withdrawals/{key}: one of them does not apply together. Staff see to both.

    Raises NotFound for whoever is none of the two.
    """
    digest = request_hash(session, call, joint)
    if await first_row(session, JointAct, key, digest) is not None:
        return
    row = await _found(session, joint)
    side = await _side(session, row, call.person)
    if row.ended_at is None:
        row.ended_at = call.at
        for held in (await _attestations(session, joint)).values():
            held.taken_at = call.at
            session.add(held)
        await tasks.done_about(session, joint, call.at)
        whose = row.inviter if side == "inviter" else row.partner
        await tasks.add(session, "check", "joint-left", at=call.at, person=whose, about=joint)
    session.add_all(
        (row, JointAct(key=key, request_hash=digest, joint=joint, person=call.person, act="left", at=call.at))
    )


async def under_way(session: AsyncSession, person: UUID) -> bool:
    """Whether she has asked somebody to apply together, or has said yes to it, and not both have confirmed."""
    same = await persons.same(session, person)
    hers = or_(col(JointApplication.inviter).in_(same), col(JointApplication.partner).in_(same))
    found = await session.exec(
        select(JointApplication.id).where(
            hers, col(JointApplication.ended_at).is_(None), col(JointApplication.complete_at).is_(None)
        )
    )
    return found.first() is not None


async def standing(session: AsyncSession, joint: UUID, query: JointQuery) -> JointStanding:
    """POST joint-applications/{joint}/standing. Raises NotFound for whoever is none of the two."""
    return await _standing(session, await _place(session, await _found(session, joint), query.person))


async def own_part(session: AsyncSession, clock: Clock, token: str, joint: UUID) -> OwnPart:
    """One's own part, read with a grant (logged); nothing of the other's. Raises GrantExpired, NotFound."""
    reader, person = await codes.reader(session, token)
    await access.enter(session, clock, reader, person, "readable", about=joint)
    place = await _place(session, await _found(session, joint), person)
    if place.own is None:
        raise NotFound(joint=joint)
    part = _read(session, place.own)
    return OwnPart(
        version=place.own.version,
        part=part.model_copy(update={"sealed": ()}),
        sealed=tuple(answer.question for answer in part.sealed),
    )


async def overdue(session: AsyncSession, clock: Clock) -> tuple[UUID, ...]:
    """What is not complete though its days are over, and no task yet; the earliest first."""
    found = await session.exec(
        select(JointApplication.id).where(*_is_overdue(clock)).order_by(col(JointApplication.answer_by))
    )
    return tuple(found.all())


async def late(session: AsyncSession, clock: Clock, joint: UUID) -> None:
    """Its days are over: somebody of the staff rings, and nothing closes; once."""
    found = await session.exec(
        select(JointApplication)
        .where(JointApplication.id == joint, *_is_overdue(clock))
        .with_for_update(skip_locked=True)  # somebody else is at it
    )
    row = found.one_or_none()
    if row is None:
        return
    row.late_at = clock()
    session.add(row)
    await tasks.add(session, "check", "partner-silent", at=clock(), person=row.inviter, about=row.id)


# --- How it is done ---------------------------------------------------------------------------------------------------


def _is_overdue(clock: Clock) -> tuple[ColumnElement[bool], ...]:
    return (
        col(JointApplication.complete_at).is_(None),
        col(JointApplication.ended_at).is_(None),
        col(JointApplication.late_at).is_(None),
        col(JointApplication.answer_by) < day_in_sweden(clock()),
    )


async def _found(session: AsyncSession, joint: UUID) -> JointApplication:
    found = await session.exec(select(JointApplication).where(JointApplication.id == joint).with_for_update())
    row = found.one_or_none()
    if row is None:
        raise NotFound(joint=joint)
    return row


async def _locked(session: AsyncSession, joint: UUID) -> JointApplication:
    """The application of two, so that what both do at once is done one after the other. Raises JointEnded too."""
    row = await _found(session, joint)
    if row.ended_at is not None:
        raise JointEnded
    return row


async def _side(session: AsyncSession, joint: JointApplication, person: UUID) -> Side:
    """Which of the two somebody is; for anybody else, there is no such thing here."""
    try:
        same = await persons.same(session, person)
    except NotFound:
        raise NotFound(joint=joint.id) from None
    if joint.inviter in same and joint.partner in same:
        raise Invalid(partner="the same person")
    if joint.inviter in same:
        return "inviter"
    if joint.partner in same:
        return "partner"
    raise NotFound(joint=joint.id)


async def _place(session: AsyncSession, joint: JointApplication, person: UUID) -> _Place:
    side = await _side(session, joint, person)
    parts = {one: await _latest(session, joint.id, one) for one in OTHER}
    return _Place(joint, side, parts[side], parts[OTHER[side]])


async def _latest(session: AsyncSession, joint: UUID, side: Side) -> ApplicationPart | None:
    found = await session.exec(
        select(ApplicationPart)
        .where(ApplicationPart.joint == joint, ApplicationPart.side == side)
        .order_by(col(ApplicationPart.version).desc())
        .limit(1)
    )
    return found.first()


async def _attestations(session: AsyncSession, joint: UUID) -> dict[str, PartAttestation]:
    """Those that hold, by side."""
    found = await session.exec(
        select(PartAttestation).where(PartAttestation.joint == joint, col(PartAttestation.taken_at).is_(None))
    )
    return {row.side: row for row in found.all()}


async def _take_away(session: AsyncSession, place: _Place, at: datetime) -> None:
    """One part says something else: what was attested was another pair, on both sides. The other one is told."""
    live = await _attestations(session, place.joint.id)
    for held in live.values():
        held.taken_at = at
        session.add(held)
    # The row of before is written first: of those that hold there is one a side.
    await session.flush()
    place.joint.complete_at = None
    session.add(place.joint)
    if OTHER[place.side] in live:
        await _tell(session, place, JointNews(joint=place.joint.id, what="attest-again", at=at))


async def _come_in(session: AsyncSession, place: _Place, at: datetime) -> None:
    """Both have attested the same pair: each has her application in her own case."""
    held = await _attestations(session, place.joint.id)
    parts = {place.side: place.own, OTHER[place.side]: place.other}
    for side, part in parts.items():
        if part is None:
            raise AssertionError("both parts were attested")
        await _receive(session, place.joint, part, held[side], at)
    place.joint.complete_at = at
    session.add(place.joint)
    await tasks.done_about(session, place.joint.id, at)
    await _tell(session, place, JointNews(joint=place.joint.id, what="came-in", at=at))


async def _receive(
    session: AsyncSession, joint: JointApplication, part: ApplicationPart, held: PartAttestation, at: datetime
) -> ApplicationReceipt:
    shown = database.of(session).codec.decrypt_json(
        held.content, table="part_attestations", column="content", row=held.id
    )
    own = _read(session, part)
    earlier = await session.exec(
        select(Application.id)
        .where(Application.joint == joint.id, col(Application.person).in_(await persons.same(session, part.person)))
        .order_by(col(Application.received_at).desc(), col(Application.version).desc())
        .limit(1)
    )
    sent = own.model_copy(
        update={
            "kind": joint.kind,
            "month": joint.month or own.month,
            "applies_alone": False,
            "received_at": at,
            "attested": True,
            "attestation": AnswerRecord.model_validate(shown["attestation"]),
            "corrects": earlier.first(),
        }
    )
    together = Together(joint.id, held.own_version, held.other_version, AnswerRecord.model_validate(shown["told"]))
    keyed = Keyed(key=uuid5(held.id, "application"), request_hash=request_hash(session, sent))
    return await service.receive(session, keyed, sent, together)


async def _standing(session: AsyncSession, place: _Place) -> JointStanding:
    joint, live = place.joint, await _attestations(session, place.joint.id)
    whose = joint.inviter if place.side == "inviter" else joint.partner
    receipt = None
    if joint.complete_at is not None and whose is not None:
        found = await session.exec(
            select(Application.answer)
            .where(Application.joint == joint.id, col(Application.person).in_(await persons.same(session, whose)))
            .order_by(col(Application.received_at).desc(), col(Application.version).desc())
            .limit(1)
        )
        receipt = ApplicationReceipt.model_validate(found.one())
    town = database.of(session).municipality
    return JointStanding(
        joint=joint.id,
        joined=joint.partner is not None,
        own_version=place.own.version if place.own else None,
        other_version=place.other.version if place.other else None,
        own_attested=place.side in live,
        other_attested=OTHER[place.side] in live,
        ended=joint.ended_at is not None,
        shows_the_other={
            language: locales.say(SHOWS_THE_OTHER, language) for language in locales.among(town.languages)
        },
        receipt=receipt,
    )


async def _tell(session: AsyncSession, place: _Place, news: JointNews) -> None:
    """Tell the other one."""
    other = place.joint.partner if place.side == "inviter" else place.joint.inviter
    if other is not None:
        await notices.tell(session, lambda: news.at, NoticeKind.JOINT_NEWS, other, news)


def _read(session: AsyncSession, part: ApplicationPart) -> SendApplication:
    codec = database.of(session).codec
    content = codec.decrypt(part.content, table="application_parts", column="content", row=part.id)
    return SendApplication.model_validate_json(content)


def _says_the_same(earlier: SendApplication, part: SendApplication) -> bool:
    """Whether nothing differs but when it was handed in."""
    return earlier.model_copy(update={"received_at": part.received_at}) == part
