"""A number that was called a wrong one is right again, or was another's already before: said beside the conversation by
who knows it, and how."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import Field
from starlette.responses import Response

from backend.handover.number_right import Heard, not_hers_from, right_again
from backend.staff.desk import Here, Page, may_read, to
from backend.staff.talking.threads import not_said

router = APIRouter(prefix="/threads", route_class=Page, dependencies=[may_read])

_LAST = 2**31 - 1


@router.post("/{thread}/number-right")
async def number_right(here: Here, thread: UUID, heard: Annotated[Heard | Literal[""], Form()] = "") -> Response:
    """Whoever has the number is asked there whether it is hers; until then nothing else is written to it. How it is
    known is chosen by whoever heard it, and never beforehand."""
    if not heard:
        return await not_said(
            here, thread, "Välj hur du vet att det är rätt. Inget är sparat, och ingen är tillfrågad."
        )
    async with here.database.transaction() as session:
        await right_again(session, here.clock, here.reader, thread, heard)
    return to(f"/inbox/threads/{thread}")


@router.post("/{thread}/not-hers")
async def not_hers(
    here: Here, thread: UUID, line: Annotated[Annotated[int, Field(ge=1, le=_LAST)] | Literal[""], Form()] = ""
) -> Response:
    """From that line on somebody else wrote: it is shown to nobody as the person's."""
    if line == "":
        return await not_said(here, thread, "Välj från vilken rad någon annan skrev. Inget är sparat.")
    async with here.database.transaction() as session:
        await not_hers_from(session, here.clock, here.reader, thread, line)
    return to(f"/inbox/threads/{thread}")
