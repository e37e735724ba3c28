"""The calls of the bot that are about the inbox."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from backend.contract import MOST, Entry, HandOver, Ownership
from backend.handover import service
from backend.wire import Town

router = APIRouter(tags=["handover"])

Number = Annotated[int, Path(ge=0, le=MOST)]


@router.put("/handovers/{key}", status_code=204)
async def hand_over(town: Town, key: UUID, call: HandOver) -> None:
    """Put a thread in the inbox."""
    async with town.transaction() as session:
        await service.hand_over(session, key, call)


@router.put("/threads/{thread}/entries/{number}", status_code=204)
async def entry(town: Town, thread: UUID, number: Number, entry: Entry) -> None:
    """One entry of a thread, or its next delivery state."""
    async with town.transaction() as session:
        await service.write_entry(session, thread, number, entry)


@router.put("/threads/{thread}/ownership/{epoch}", status_code=204)
async def ownership(town: Town, thread: UUID, epoch: Number, ownership: Ownership) -> None:
    """The bot's word on who owns a thread."""
    async with town.transaction() as session:
        await service.write_ownership(session, thread, epoch, ownership)
