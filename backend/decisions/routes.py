"""The calls of the bot that are about hearing and reading what is new."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request

from backend.contract import (
    AskForGrant,
    CommentReceipt,
    Grant,
    HasRead,
    Hear,
    HearReceipt,
    OpenedAnswers,
    Readable,
    ReadableApplication,
    WhatStands,
    WriteComment,
)
from backend.decisions import codes, reading, service, written
from backend.errors import WrongCode
from backend.wire import Now, Town

router = APIRouter(tags=["decisions"])


@router.put("/hearings/{key}")
async def hear(town: Town, key: UUID, call: Hear) -> HearReceipt:
    """How the person wants to hear what is new."""
    async with town.transaction() as session:
        return await service.hear(session, key, call)


@router.post("/grants")
async def grant(town: Town, asked: AskForGrant) -> Grant:
    """A code from the counter becomes a right to read."""
    async with town.transaction() as session:
        given = await codes.use(session, asked.code, asked.at, press=asked.press)
    if given is None:
        raise WrongCode
    return given


@router.get("/readable")
async def readable(town: Town, clock: Now, x_read_grant: Annotated[str, Header()]) -> Readable:
    """What there is to read for the person of the grant."""
    async with town.transaction() as session:
        return await reading.read(session, clock, x_read_grant)


@router.post("/readable/told")
async def told(town: Town, clock: Now, said: HasRead, x_read_grant: Annotated[str, Header()]) -> Readable:
    """The person of the grant says that she has read a decision."""
    async with town.transaction() as session:
        return await reading.says_read(session, clock, x_read_grant, said.decision)


@router.put("/readable/comments/{key}")
async def comment(
    town: Town, clock: Now, key: UUID, said: WriteComment, x_read_grant: Annotated[str, Header()]
) -> CommentReceipt:
    """The person of the grant comments on what was found out."""
    async with town.transaction() as session:
        return await written.write(session, clock, x_read_grant, key, said)


@router.get("/readable/application")
async def application(town: Town, clock: Now, x_read_grant: Annotated[str, Header()]) -> ReadableApplication:
    """What the person of the grant sent last."""
    async with town.transaction() as session:
        return await reading.application(session, clock, x_read_grant)


@router.get("/readable/what-stands")
async def what_stands(town: Town, clock: Now, x_read_grant: Annotated[str, Header()]) -> WhatStands:
    """What the person of the grant has said of herself, for applying again."""
    async with town.transaction() as session:
        return await reading.what_stands(session, clock, x_read_grant)


@router.get("/readable/application/secrets")
async def secrets(request: Request, town: Town, clock: Now, x_read_grant: Annotated[str, Header()]) -> OpenedAnswers:
    """What the person of the grant answered under seal, opened for her."""
    keys = request.app.state.settings.tenants[town.municipality.slug].seal_keys
    async with town.transaction() as session:
        return await reading.secrets(session, clock, x_read_grant, keys)
