"""An application as it was shown to her, whole: for the file, for print, for another system."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from backend.access import Reason
from backend.applications import snapshot
from backend.staff.desk import Here, Page
from backend.staff.inbox import may_read

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])


@router.get("/{person}/applications/{application}.json")
async def export(
    here: Here, person: UUID, application: UUID, reason: Annotated[Reason | None, Query()] = None
) -> Response:
    """The application in JSON (logged)."""
    async with here.database.transaction() as session:
        whole = await snapshot.export(session, here.clock, here.reader, person, application, reason=reason)
    # The name tells nothing of the person: it stands in the list of what a browser has saved.
    named = f'attachment; filename="ansokan-{str(application)[:8]}.json"'
    headers = {"Content-Disposition": named, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(whole.model_dump_json(indent=1), media_type="application/json", headers=headers)
