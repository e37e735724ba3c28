"""What a person reads with a code: her meeting, what was agreed, her plan and decision, what she sent. It is logged."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, persons
from backend.applications import snapshot
from backend.bookings import service as bookings
from backend.calculation import telling
from backend.cases import desk
from backend.clock import Clock
from backend.contract import OpenedAnswers, Readable, ReadableApplication, WhatStands
from backend.decisions import codes, comments, service
from backend.errors import NotFound
from backend.ladder import Level
from backend.planning import plans
from backend.seal import SealKeys


async def read(session: AsyncSession, clock: Clock, token: str) -> Readable:
    """What there is to read for the person of a grant. Raises GrantExpired."""
    reader, person = await codes.reader(session, token)
    decision = await service.latest_text(session, person)
    about = decision.id if decision is not None else None
    opened = await access.enter(session, clock, reader, person, "readable", about=about)
    held = [view for view in await desk.notes(session, person) if view.agreed]
    return Readable(
        person=opened.person.id,
        by_code=reader.level < Level.IDENTIFIED,
        first_name=persons.first_name(session, opened.person),
        meeting=await bookings.next_meeting(session, person, clock()),
        agreed=held[-1].agreed if held else (),
        plan=await plans.readable(session, person),
        decision=decision,
        calculation=await telling.readable(session, person),
        comment=await comments.readable(session, person),
        has_applied=await snapshot.has_sent(session, person),
    )


async def says_read(session: AsyncSession, clock: Clock, token: str, decision: UUID) -> Readable:
    """The person of a grant says that she has read a decision of hers. Gives what there is to read then. Raises
    GrantExpired, NotFound."""
    reader, person = await codes.reader(session, token)
    await service.has_read(session, clock, reader, person, decision)
    return await read(session, clock, token)


async def application(session: AsyncSession, clock: Clock, token: str) -> ReadableApplication:
    """The last application of the person of a grant, as she was shown it. Raises GrantExpired, NotFound."""
    reader, person = await codes.reader(session, token)
    found = await snapshot.last_sent(session, person)
    if found is None:
        raise NotFound
    await access.enter(session, clock, reader, person, "readable", about=found.application, done="Läste sin ansökan")
    return found


async def what_stands(session: AsyncSession, clock: Clock, token: str) -> WhatStands:
    """What the person of a grant has said of herself, for applying again. Raises GrantExpired."""
    reader, person = await codes.reader(session, token)
    found = await snapshot.what_stands(session, person)
    about = found[0].application if found else None
    opened = await access.enter(
        session, clock, reader, person, "readable", about=about, done="Läste vad som står, för att söka igen"
    )
    return WhatStands(person=opened.person.id, applications=found)


async def secrets(session: AsyncSession, clock: Clock, token: str, keys: SealKeys) -> OpenedAnswers:
    """What the person of a grant answered under seal in the last application she sent. Raises GrantExpired, NotFound,
    NotAllowed."""
    reader, person = await codes.reader(session, token)
    found = await snapshot.last_sent(session, person)
    if found is None:
        raise NotFound
    await access.enter(
        session, clock, reader, person, "own-secrets", about=found.application, done="Läste sina hemliga svar"
    )
    answers = await snapshot.open_own(session, person, found.application, keys)
    return OpenedAnswers(application=found.application, answers=answers)
