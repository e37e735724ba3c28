"""What staff have heard of who else reads a telephone: set beside the conversation, and nothing is written to her."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import Response

from backend.handover.who_reads import set_who_reads
from backend.staff.desk import Here, Page, may_read, to

router = APIRouter(prefix="/threads", route_class=Page, dependencies=[may_read])


@router.post("/{thread}/who-reads")
async def who_reads(here: Here, thread: UUID, others: Annotated[Literal["yes", "no"], Form()]) -> Response:
    """Others read it (``yes``), or nobody else does."""
    async with here.database.transaction() as session:
        await set_who_reads(session, here.clock, here.reader, thread, shared=others == "yes")
    return to(f"/inbox/threads/{thread}")
