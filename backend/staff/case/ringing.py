"""Send nothing to somebody and ring her instead: pressed in her case, and taken back there. Nobody is asked why."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import Response

from backend.safety import by_telephone
from backend.staff.desk import Here, Page, may_read, to

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])


@router.post("/{person}/only-by-telephone")
async def ring_only(here: Here, person: UUID, on: Annotated[Literal["yes", "no"], Form()]) -> Response:
    """Nothing is sent from now on (``yes``), or she is written to again."""
    async with here.database.transaction() as session:
        act = by_telephone.begin if on == "yes" else by_telephone.end
        await act(session, here.clock, here.reader, person)
    return to(f"/inbox/cases/{person}?done={'rung' if on == 'yes' else 'written-to'}")
