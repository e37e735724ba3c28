"""The calls of the bot that are about an application."""

from uuid import UUID

from fastapi import APIRouter

from backend.applications import service
from backend.contract import ApplicationReceipt, SendApplication
from backend.wire import Town

router = APIRouter(tags=["applications"])


@router.put("/applications/{key}")
async def application(town: Town, key: UUID, sent: SendApplication) -> ApplicationReceipt:
    """An application, or a version that corrects one."""
    async with town.transaction() as session:
        return await service.send_application(session, key, sent)
