"""A number that was called a wrong one is right again: said beside the conversation by who knows it, and how."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import Response

from backend.handover.number_right import Heard, right_again
from backend.staff.desk import Here, Page, to
from backend.staff.inbox import may_read

router = APIRouter(prefix="/threads", route_class=Page, dependencies=[may_read])


@router.post("/{thread}/number-right")
async def number_right(here: Here, thread: UUID, heard: Annotated[Heard, Form()]) -> Response:
    """Whoever has the number is asked there whether it is hers; until then nothing else is written to it."""
    async with here.database.transaction() as session:
        await right_again(session, here.clock, here.reader, thread, heard)
    return to(f"/inbox/threads/{thread}")
