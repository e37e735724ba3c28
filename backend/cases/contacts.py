"""How a person is reached: telephones, linked many to many and with history.

Whether others read a telephone is unknown until she has said so, and unknown counts as shared.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.cases.models import Contact, ContactReport, PersonContact
from backend.contract import ContactConfirmed, Phone
from backend.errors import Invalid
from backend.handover import threads
from backend.idempotency import first_row, request_hash
from backend.identity import trust
from backend.ladder import Level
from backend.safety import service as safety

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SWEDISH_MOBILE = 12


@dataclass(frozen=True)
class Reached:
    """How a person is reached now. ``telephone`` as it is dialled in Sweden; ``ending`` its last digits, for lists.
    ``stopped_there``: her provider lets nothing through, and only her own START opens there."""

    telephone: str
    ending: str
    confirmed: bool
    shared: bool
    opted_out: bool
    wrong: bool
    stopped_there: bool = False

    @property
    def by_text(self) -> bool:
        """May a text be sent there?"""
        return not (self.opted_out or self.wrong)


async def link(session: AsyncSession, person: UUID, telephone: str, at: datetime) -> PersonContact:
    """That a person is reached by a telephone; the same link is not made twice. Raises Invalid for no E.164 number."""
    if not _E164.fullmatch(telephone):
        raise Invalid(telephone="not E.164")
    contact = await _contact(session, telephone)
    person = (await persons.find(session, person)).id
    linked = await session.exec(
        select(PersonContact).where(
            PersonContact.person == person, PersonContact.contact == contact.id, col(PersonContact.until).is_(None)
        )
    )
    found = linked.first() or PersonContact(person=person, contact=contact.id, since=at)
    session.add(found)
    await session.flush()
    return found


async def confirmed(session: AsyncSession, key: UUID, call: ContactConfirmed) -> None:
    """PUT contacts/{key}: she answered our neutral text from that telephone."""
    digest = request_hash(session, call)
    if await first_row(session, ContactReport, key, digest) is not None:
        return
    await persons.meet(session, call.person, call.at)
    linked = await link(session, call.person, call.telephone, call.at)
    await _right_for(session, linked, call.at)
    linked.confirmed_at = call.at
    await trust.show(session, call.person, Level.REACHED, call.at, about=linked.contact)
    if call.shared is not None:
        linked.shared = call.shared
    session.add_all(
        (
            linked,
            ContactReport(
                key=key,
                request_hash=digest,
                person=call.person,
                contact=linked.contact,
                kind="confirmed",
                at=call.at,
                shared=call.shared,
            ),
        )
    )


async def phone(session: AsyncSession, key: UUID, call: Phone) -> None:
    """PUT phones/{key}: whether others read it, whether it is a wrong number, whether texts are wanted."""
    digest = request_hash(session, call)
    if await first_row(session, ContactReport, key, digest) is not None:
        return
    await persons.meet(session, call.person, call.at)
    links = (
        [await link(session, call.person, call.telephone, call.at)]
        if call.telephone
        else await _links(session, call.person)
    )
    for linked in links:
        if call.shared is not None:
            linked.shared = call.shared
        if call.opted_out is not None:
            linked.opted_out_at = call.at if call.opted_out else None
            linked.stopped_there = call.opted_out and (call.by_provider or linked.stopped_there)
        session.add(linked)
        if call.wrong_number:
            await _freeze(session, linked, call.at)
    session.add(
        ContactReport(
            key=key,
            request_hash=digest,
            person=call.person,
            contact=links[0].contact if links else None,
            kind="phone",
            at=call.at,
            shared=call.shared,
            wrong_number=call.wrong_number,
            opted_out=call.opted_out,
        )
    )
    if call.wrong_number:
        await tasks.add(session, "check", "wrong-number", at=call.at, person=call.person)


async def wrote_from(session: AsyncSession, person: UUID, telephone: str, at: datetime) -> None:
    """She asks for help from a telephone. One that is a wrong number for whoever was reached there is right for her,
    if she is somebody else. Raises Invalid for no E.164 number."""
    linked = await link(session, person, telephone, at)
    contact = await session.get_one(Contact, linked.contact)
    if contact.wrong_since is not None and contact.wrong_since < linked.since:
        await _right_for(session, linked, at)


async def reached(session: AsyncSession, person: UUID) -> Reached | None:
    """How a person is reached by telephone today: the latest link that holds; ``None`` when by none."""
    groups = await persons.groups(session, [person])
    found = await reached_all(session, groups)
    return found.get(person)


async def number_of(session: AsyncSession, person: UUID) -> tuple[str, PersonContact] | None:
    """The number (E.164) of the latest link that holds, and the link; ``None`` for who is reached by none, or by one
    that is a wrong number."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(PersonContact, Contact)
        .join(Contact, col(Contact.id) == col(PersonContact.contact))
        .where(
            col(PersonContact.person).in_(same), col(PersonContact.until).is_(None), col(Contact.wrong_since).is_(None)
        )
        .order_by(col(PersonContact.since).desc())
        .limit(1)
    )
    if (row := found.first()) is None:
        return None
    linked, contact = row
    codec = database.of(session).codec
    return codec.decrypt(contact.telephone, table="contacts", column="telephone", row=contact.id), linked


async def is_anybodys(session: AsyncSession, telephone: str) -> bool:
    """Whether somebody is reached by this number (E.164) here already."""
    index = database.of(session).codec.blind("telephone", telephone)
    found = await session.exec(
        select(PersonContact.id)
        .join(Contact, col(Contact.id) == col(PersonContact.contact))
        .where(Contact.telephone_index == index, col(PersonContact.until).is_(None))
        .limit(1)
    )
    return found.first() is not None


async def only_by_letter(session: AsyncSession, person: UUID) -> bool:
    """Whether nothing but a letter reaches her: she never wrote, or no text may be sent where she is reached. Nobody is
    sent one whose post may be read by others."""
    if await safety.silent_since(session, person):
        return False
    by = await reached(session, person)
    return not await threads.has_written(session, person) or (by is not None and not by.by_text)


async def reached_all(session: AsyncSession, groups: Mapping[UUID, UUID]) -> dict[UUID, Reached]:
    """How each person of a list is reached, under every id that stands for her (see ``persons.groups``)."""
    found = await session.exec(
        select(PersonContact, Contact)
        .join(Contact, col(Contact.id) == col(PersonContact.contact))
        .where(col(PersonContact.person).in_(list(groups)), col(PersonContact.until).is_(None))
        .order_by(col(PersonContact.since))
    )
    latest = {groups[linked.person]: _reached(session, linked, contact) for linked, contact in found.all()}
    return {one: latest[root] for one, root in groups.items() if root in latest}


async def _links(session: AsyncSession, person: UUID) -> list[PersonContact]:
    same = await persons.same(session, person)
    found = await session.exec(
        select(PersonContact).where(col(PersonContact.person).in_(same), col(PersonContact.until).is_(None))
    )
    return list(found.all())


def _reached(session: AsyncSession, linked: PersonContact, contact: Contact) -> Reached:
    codec = database.of(session).codec
    number = codec.decrypt(contact.telephone, table="contacts", column="telephone", row=contact.id)
    return Reached(
        telephone=written(number),
        ending=f"…{number[-4:-2]} {number[-2:]}",
        confirmed=linked.confirmed_at is not None,
        shared=linked.shared is not False,
        opted_out=linked.opted_out_at is not None,
        wrong=contact.wrong_since is not None,
        stopped_there=linked.stopped_there,
    )


async def _contact(session: AsyncSession, telephone: str) -> Contact:
    codec = database.of(session).codec
    index = codec.blind("telephone", telephone)
    found = (
        await session.exec(select(Contact).where(Contact.telephone_index == index).with_for_update(key_share=True))
    ).first()
    if found is not None:
        return found
    new = database.new_id()
    sealed = codec.encrypt(telephone, table="contacts", column="telephone", row=new)
    made = insert(Contact).values(id=new, telephone=sealed, telephone_index=index)
    await session.exec(made.on_conflict_do_nothing(index_elements=[col(Contact.telephone_index)]))
    return (await session.exec(select(Contact).where(Contact.telephone_index == index))).one()


async def _freeze(session: AsyncSession, linked: PersonContact, at: datetime) -> None:
    contact = await session.get_one(Contact, linked.contact)
    contact.wrong_since = contact.wrong_since or at
    session.add(contact)
    await trust.end_about(session, contact.id, at, "wrong-number")


async def _right_for(session: AsyncSession, linked: PersonContact, at: datetime) -> None:
    """A number that was frozen is this person's, and thereby no longer anybody's for whom it was a wrong one."""
    contact = await session.get_one(Contact, linked.contact)
    if contact.wrong_since is None:
        return
    contact.wrong_since = None
    others = await session.exec(
        select(PersonContact).where(
            PersonContact.contact == contact.id, PersonContact.id != linked.id, col(PersonContact.until).is_(None)
        )
    )
    for other in others.all():
        other.until = at
        session.add(other)
    session.add(contact)


def written(number: str) -> str:
    """A number as it is written in Sweden: ``070-174 06 12``; others stay as they are."""
    if number.startswith("+467") and len(number) == _SWEDISH_MOBILE:
        return f"0{number[3:5]}-{number[5:8]} {number[8:10]} {number[10:]}"
    return number
