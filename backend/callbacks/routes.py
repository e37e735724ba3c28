"""POST call-times, PUT call-times/{key} and call-times/cancellations/{key}."""

from uuid import UUID

from fastapi import APIRouter

from backend.callbacks import service
from backend.contract import BookCall, CallTime, CallTimesQuery, CancelCall, CancelledCall, FreeTimes
from backend.wire import Now, Town

router = APIRouter(tags=["calls at a chosen hour"])


@router.post("/call-times")
async def free(town: Town, clock: Now, query: CallTimesQuery) -> FreeTimes:
    """The next hours in which she can be rung."""
    async with town.transaction() as session:
        return await service.free(session, clock, query)


@router.put("/call-times/{key}")
async def book(town: Town, clock: Now, key: UUID, call: BookCall) -> CallTime:
    """She is rung in the hour she chose."""
    async with town.transaction() as session:
        return await service.book(session, clock, key, call)


@router.put("/call-times/cancellations/{key}")
async def cancel(town: Town, clock: Now, key: UUID, call: CancelCall) -> CancelledCall:
    """She wants no call in the hour she chose."""
    async with town.transaction() as session:
        return await service.cancel(session, clock, key, call)
