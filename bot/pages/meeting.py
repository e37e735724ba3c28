"""Her meeting as a file for the calendar in her telephone: when and where, and nothing of what."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, Request, Response

from backend.contract import CalendarFile, CalendarQuery, ContractError
from bot.backend import BackendAway
from bot.engine import Engine
from bot.pages import page
from bot.pages.visitor import Visitor


def add(routes: APIRouter, answer: Callable[[Request], Awaitable[Response]]) -> None:
    """The address at which whoever has opened the secure page finds it."""

    @routes.get("/s/meeting.ics")
    async def calendar(request: Request) -> Response:
        return await answer(request)


async def of_guest(guest: Visitor) -> Response:
    """The meeting of whoever sits at the chat: also a cancelled one, so that it can be taken out again."""
    person = guest.state.person if guest.state else None
    if person is None or person.meeting is None:
        return page.go(guest.path)
    return await download(guest.engine, guest.municipality, person.id, person.meeting.id) or page.go(guest.path)


async def download(engine: Engine, municipality: str, person: UUID, meeting: UUID) -> Response | None:
    """The file; ``None`` where it cannot be had now."""
    try:
        found = await engine.backend.call(municipality, CalendarQuery(person=person), path={"meeting": str(meeting)})
    except (BackendAway, ContractError):
        return None
    if not isinstance(found, CalendarFile):
        return None
    headers = {"Content-Disposition": 'attachment; filename="tid.ics"', "Cache-Control": "private, no-store"}
    return Response(found.text, headers=headers, media_type="text/calendar; charset=utf-8")
