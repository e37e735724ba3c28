"""Papers at the desk: one is read (opened in the process, sent once, kept by nobody), or photographed and handed in.

Whoever has the person before her may hand in what she brought; who may read it is another matter (``access``).
"""

import asyncio
from collections.abc import AsyncGenerator
from hashlib import sha256
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from backend import access
from backend.access import Reason
from backend.contract import HandInDocument
from backend.documents import service
from backend.documents.service import Papers
from backend.errors import Invalid, Unavailable
from backend.staff.case import notes
from backend.staff.desk import Here, Page, Role, may_read, only, to

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])
caseworker = only(Role.CASEWORKER)

AT_ONCE = 10
"""How many pictures one form may carry."""

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


@router.get("/{person}/documents/{document}", dependencies=[caseworker])
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


@router.post("/{person}/documents")
async def hand_in(request: Request, here: Here, person: UUID) -> Response:
    """Hand in papers the person has brought (logged): ``file`` several times, ``paper``, ``key``."""
    own: Papers | None = request.app.state.papers.get(here.database.municipality.slug)
    if own is None:
        raise Unavailable
    async with here.database.transaction() as session:
        # Its own reason: a picture that was sent along is kept nowhere while one is asked why.
        await access.enter(
            session, here.clock, here.reader, person, "case", reason="at-the-counter", done="Lämnade in papper"
        )
    form, files = await _read(request, own.most_bytes * AT_ONCE)
    named = str(form.get("paper") or "")
    call = HandInDocument(
        person=person,
        received_at=here.now,
        channel="desk",
        paper=notes.papers([named])[0] if named else None,
    )
    done = "handed-in" if files else "no-file"
    for content in files:
        key = await asyncio.to_thread(_key, form, call, content)
        receipt = await service.hand_in(here.database, own, key, call, content)
        if receipt.refused or (receipt.warnings and done == "handed-in"):
            done = receipt.refused or "hard-to-read"
    return to(f"/inbox/cases/{person}?done={done}")


def _key(form: FormData, call: HandInDocument, content: bytes) -> UUID:
    """What makes this paper the same when its form is sent twice. Another picture by the same form is another paper."""
    try:
        shown = UUID(str(form.get("key")))
    except ValueError:
        raise Invalid(key="none") from None
    return uuid5(shown, f"{call.person} {call.paper} {sha256(content).hexdigest()}")


class _InMemory(MultiPartParser):
    """Nothing of a paper is ever written to a file."""

    spool_max_size = 1 << 30

    def close(self) -> None:
        """Let go of every part, also of one that was never read to its end."""
        for file in self._files_to_close_on_error:
            file.close()


async def _read(request: Request, most: int) -> tuple[FormData, list[bytes]]:
    """The form, and what its files hold. Raises Invalid."""
    length = 0

    async def no_more() -> AsyncGenerator[bytes, None]:
        nonlocal length
        async for piece in request.stream():
            length += len(piece)
            if length > most:
                return
            yield piece

    parser = _InMemory(request.headers, no_more(), max_files=AT_ONCE, max_fields=10)
    try:
        form = await parser.parse()
        files = [await one.read() for one in form.getlist("file") if isinstance(one, UploadFile) and one.size]
    except (MultiPartException, KeyError):
        raise Invalid(files="not a form") from None
    finally:
        parser.close()
    if length > most:
        raise Invalid(files="too large")
    return form, files
