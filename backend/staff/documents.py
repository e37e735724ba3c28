"""A paper somebody handed in, as it is read at the desk: opened in the process, sent once, kept by nobody."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backend.access import Reason
from backend.documents import service
from backend.documents.service import Papers
from backend.errors import Unavailable
from backend.staff.desk import Here, Page, Role, only

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[only(Role.CASEWORKER)])

_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}
_ENDINGS = {"jpeg": "jpg"}
_HEADERS = {
    # Whatever the file may still hold, it runs nothing, loads nothing and is nobody's page. No browser shows a PDF in a
    # sandbox, so that one is saved and not shown.
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


@router.get("/{person}/documents/{document}")
async def look_at(
    request: Request, here: Here, person: UUID, document: UUID, reason: Annotated[Reason | None, Query()] = None
) -> Response:
    """Read a paper (logged, before it is opened)."""
    own: Papers | None = request.app.state.papers.get(here.database.municipality.slug)
    if own is None:
        raise Unavailable
    async with here.database.transaction() as session:
        row = await service.look_at(session, here.clock, here.reader, person, document, reason=reason)
    paper = await service.paper(own, row)
    shown = "attachment" if row.kind == "pdf" else "inline"
    # The name tells nothing of the person: it stands in the list of what a browser has saved.
    name = f"papper-{str(row.id)[:8]}.{_ENDINGS.get(row.kind, row.kind)}"
    return Response(
        paper, media_type=_TYPES[row.kind], headers={**_HEADERS, "Content-Disposition": f'{shown}; filename="{name}"'}
    )
