"""The calls of the bot that are about an application."""

from uuid import UUID

from fastapi import APIRouter

from backend.applications import service
from backend.contract import ApplicationChoice, ApplicationChoiceQuery, ApplicationReceipt, SendApplication
from backend.wire import Town

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
