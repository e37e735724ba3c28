"""PUT interpreter-wishes/{key}."""

from fastapi import APIRouter

from backend.contract import WishOfInterpreter
from backend.interpreters import wishing
from backend.wire import SAID_ONCE, Now, Town

router = APIRouter(tags=["interpreters"])


@router.put("/interpreter-wishes/{key}", status_code=204, dependencies=[SAID_ONCE])
async def wish(town: Town, clock: Now, call: WishOfInterpreter) -> None:
    """What she wishes of her interpreter."""
    async with town.transaction() as session:
        await wishing.wish(session, clock, call)
