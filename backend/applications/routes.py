"""The calls of the bot that are about an application."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header

from backend.applications import completions, parts, service
from backend.contract import (
    AboutPaper,
    ApplicationChoice,
    ApplicationChoiceQuery,
    ApplicationReceipt,
    AttestPart,
    HandInPart,
    InvitePart,
    JoinPart,
    JointQuery,
    JointReceipt,
    JointStanding,
    LeaveJoint,
    MissingPapers,
    MissingPapersQuery,
    OwnPart,
    Paper,
    SendApplication,
)
from backend.wire import SAID_ONCE, Now, Town

router = APIRouter(tags=["applications"])


@router.put("/applications/{key}")
async def application(town: Town, key: UUID, sent: SendApplication) -> ApplicationReceipt:
    """An application, or a version that corrects one."""
    async with town.transaction() as session:
        return await service.send_application(session, key, sent)


@router.post("/application-choice")
async def application_choice(town: Town, query: ApplicationChoiceQuery) -> ApplicationChoice:
    """Which application it is for a person today."""
    async with town.transaction() as session:
        return await service.choice(session, query)


@router.post("/missing-papers")
async def missing_papers(town: Town, query: MissingPapersQuery) -> MissingPapers:
    """Which papers are asked for by a day and have not come."""
    async with town.transaction() as session:
        return await completions.missing(session, query.person)


@router.put("/missing-papers/{paper}/{key}", dependencies=[SAID_ONCE])
async def about_paper(town: Town, paper: Paper, call: AboutPaper) -> MissingPapers:
    """What she says of a paper that is asked for."""
    async with town.transaction() as session:
        return await completions.said(session, paper, call)


@router.put("/joint-applications/{key}")
async def invite(town: Town, key: UUID, call: InvitePart) -> JointReceipt:
    """She applies together with somebody."""
    async with town.transaction() as session:
        return await parts.invite(session, key, call)


@router.put("/joint-applications/{joint}/partner/{key}")
async def join(town: Town, joint: UUID, key: UUID, call: JoinPart) -> JointReceipt:
    """Who brought the code is the other one."""
    async with town.transaction() as session:
        return await parts.join(session, joint, key, call)


@router.put("/joint-applications/{joint}/parts/{key}")
async def hand_in(town: Town, joint: UUID, key: UUID, call: HandInPart) -> JointStanding:
    """A version of one's own part."""
    async with town.transaction() as session:
        return await parts.hand_in(session, joint, key, call)


@router.put("/joint-applications/{joint}/attestations/{key}")
async def attest(town: Town, joint: UUID, key: UUID, call: AttestPart) -> JointStanding:
    """She attests, naming both part versions."""
    async with town.transaction() as session:
        return await parts.attest(session, joint, key, call)


@router.put("/joint-applications/{joint}/withdrawals/{key}", status_code=204)
async def leave(town: Town, joint: UUID, key: UUID, call: LeaveJoint) -> None:
    """She does not apply together."""
    async with town.transaction() as session:
        await parts.leave(session, joint, key, call)


@router.post("/joint-applications/{joint}/standing")
async def standing(town: Town, joint: UUID, query: JointQuery) -> JointStanding:
    """How it stands, for one of the two."""
    async with town.transaction() as session:
        return await parts.standing(session, joint, query)


@router.get("/joint-applications/{joint}/own-part")
async def own_part(town: Town, clock: Now, joint: UUID, x_read_grant: Annotated[str, Header()]) -> OwnPart:
    """One's own part, for the person of the grant."""
    async with town.transaction() as session:
        return await parts.own_part(session, clock, x_read_grant, joint)
