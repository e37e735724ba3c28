"""The calls of the bot by which somebody shows who she is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from backend.contract import BeginIdentification, EndIdentification, Grant, Identification
from backend.errors import NotFound
from backend.identity import signing_in
from backend.identity.provider import Provider
from backend.wire import Town

router = APIRouter(tags=["identity"])


def _provider(request: Request, town: Town) -> Provider:
    found: Provider | None = request.app.state.providers.get(town.municipality.slug)
    if found is None:
        raise NotFound(e_identification="none is configured")
    return found


Asked = Annotated[Provider, Depends(_provider)]


@router.post("/e-identifications")
async def begin(town: Town, provider: Asked, call: BeginIdentification) -> Identification:
    """Where a browser goes to show who sits at it."""
    return await signing_in.begin(town, provider, call)


@router.post("/e-identifications/result")
async def end(town: Town, provider: Asked, call: EndIdentification) -> Grant:
    """She is back: a right to read, or why not."""
    return await signing_in.end(town, provider, call)
