"""The calls of the bot that are about a case."""

from uuid import UUID

from fastapi import APIRouter

from backend.cases import contacts, merging, service
from backend.contract import (
    AcuteNeed,
    AllStillTrue,
    AllStillTrueQuery,
    CallForHelp,
    CallForHelpReceipt,
    ContactConfirmed,
    Phone,
    SamePerson,
    Sealed,
    Status,
    StatusQuery,
    StillTrue,
    StillTrueQuery,
)
from backend.safety import by_telephone
from backend.wire import Town

router = APIRouter(tags=["cases"])


@router.put("/calls-for-help/{key}")
async def call_for_help(town: Town, key: UUID, call: CallForHelp) -> CallForHelpReceipt:
    """Somebody asked for help."""
    async with town.transaction() as session:
        return await service.call_for_help(session, key, call)


@router.put("/acute-needs/{key}", status_code=204)
async def acute_need(town: Town, key: UUID, need: AcuteNeed) -> None:
    """Food, medicine or a bed is needed today."""
    async with town.transaction() as session:
        await service.acute_need(session, key, need)


@router.put("/sealed/{key}", status_code=204)
async def sealed(town: Town, key: UUID, item: Sealed) -> None:
    """Something secret, filed unopened."""
    async with town.transaction() as session:
        await service.file_sealed(session, key, item)


@router.put("/contacts/{key}", status_code=204)
async def contact(town: Town, key: UUID, call: ContactConfirmed) -> None:
    """A telephone was confirmed as this person's."""
    async with town.transaction() as session:
        await contacts.confirmed(session, key, call)


@router.put("/phones/{key}", status_code=204)
async def phone(town: Town, key: UUID, call: Phone) -> None:
    """What is known of a telephone: shared, wrong number, no texts wanted."""
    async with town.transaction() as session:
        await contacts.phone(session, key, call)


@router.put("/same-persons/{key}", status_code=204)
async def same_person(town: Town, key: UUID, call: SamePerson) -> None:
    """Two persons are one: she wrote a code that was given to the other."""
    async with town.transaction() as session:
        await merging.by_code(session, key, call)


@router.post("/still-true")
async def still_true(town: Town, query: StillTrueQuery) -> StillTrue:
    """Is a message about to be sent still right?"""
    async with town.transaction() as session:
        holds = await service.still_true(session, query)
        rung = await by_telephone.rung(session, [query.person])
        return holds.model_copy(update={"by_telephone": query.person in rung})


@router.post("/still-true/all")
async def all_still_true(town: Town, query: AllStillTrueQuery) -> AllStillTrue:
    """Are these messages, about to be sent, still right?"""
    async with town.transaction() as session:
        true = tuple(await service.all_still_true(session, query.queries))
        rung = await by_telephone.rung(session, [one.person for one in query.queries])
        return AllStillTrue(true=true, by_telephone=tuple(one.person in rung for one in query.queries) if rung else ())


@router.post("/status")
async def status(town: Town, query: StatusQuery) -> Status:
    """The step and the next date."""
    async with town.transaction() as session:
        return await service.status(session, query)
