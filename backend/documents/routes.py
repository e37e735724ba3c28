"""The call by which the bot hands in a document."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.requests import ClientDisconnect

from backend.cases.service import sealed_for
from backend.contract import DocumentReceipt, HandInDocument, MissingPapers, NamePapers, TakeBackDocument
from backend.database import Database
from backend.documents import service
from backend.documents.examining import Refused
from backend.documents.service import Papers
from backend.errors import Invalid, Unavailable
from backend.seal import WrongSeal
from backend.wire import SAID_ONCE, Town

JOSE = "application/jose"
_READ_OUT = 10
"""What is too large is read to its end, unkept, up to so many times the limit: else the sender hears no answer."""

router = APIRouter(tags=["documents"])


def _papers(request: Request, town: Town) -> Papers:
    own: Papers | None = request.app.state.papers.get(town.municipality.slug)
    if own is None:
        raise Unavailable(documents="no storage is configured")
    return own


_FILE = {"schema": {"type": "string", "format": "binary"}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": _FILE, JOSE: {"schema": {"type": "string"}}},
    }
}


@router.put("/documents/{key}", openapi_extra=_BODY)
async def hand_in(
    request: Request,
    town: Town,
    own: Annotated[Papers, Depends(_papers)],
    key: UUID,
    call: Annotated[HandInDocument, Query()],
) -> DocumentReceipt:
    """A file: what became of it. Refusals are answers, too: the person is told."""
    is_sealed = request.headers.get("content-type", "").partition(";")[0].strip().lower() == JOSE
    try:
        # Sealed it is a third longer, and has a head.
        body = await read_body(request, own.most_bytes * 4 // 3 + 4096 if is_sealed else own.most_bytes)
    except Refused as refused:
        return await service.refuse(town, own, key, call, why=refused.why)
    content = await _opened(request, town, body, call.person, key) if is_sealed else body
    return await service.hand_in(town, own, key, call, content)


@router.put("/documents/named/{key}", dependencies=[SAID_ONCE])
async def name(town: Town, call: NamePapers) -> MissingPapers:
    """The person says which paper it is."""
    async with town.transaction() as session:
        return await service.name(session, call)


@router.put("/documents/{document}/taken-back/{key}", status_code=204, dependencies=[SAID_ONCE])
async def take_back(
    town: Town,
    own: Annotated[Papers, Depends(_papers)],
    document: UUID,
    call: TakeBackDocument,
) -> None:
    """The person takes a paper away again that nobody has read."""
    async with town.transaction() as session:
        await service.take_back(session, own, document, call)


async def read_body(request: Request, most: int) -> bytes:
    """The body. Raises Refused when it is longer than ``most``, of which no more is kept."""
    kept, length = bytearray(), 0
    try:
        async for piece in request.stream():
            length += len(piece)
            if length <= most:
                kept += piece
            else:
                kept.clear()
            if length > most * _READ_OUT:
                break
    except ClientDisconnect:
        raise Invalid(body="cut off") from None
    if length > most:
        raise Refused("too-large")
    return bytes(kept)


async def _opened(request: Request, town: Database, body: bytes, person: UUID, key: UUID) -> bytes:
    keys = request.app.state.settings.tenants[town.municipality.slug].seal_keys
    async with town.transaction() as session:
        bound = sealed_for(session, person, key)
    try:
        opened: bytes = await asyncio.to_thread(keys.open_bytes, body.decode(errors="replace"), **bound)
    except WrongSeal as wrong:
        raise Invalid(jwe=wrong) from None
    return opened
