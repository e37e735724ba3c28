"""The calendars that staff's own programs follow, at ``/inbox/calendars/{municipality}/{token}.ics``."""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI, Response

from backend.bookings import feeds
from backend.bookings.ical import MIME
from backend.clock import Clock
from backend.database import Database
from backend.errors import NotFound
from backend.settings import Settings


def install(app: FastAPI, databases: Mapping[str, Database], _: Settings, clock: Clock) -> None:
    """Add the calendars to the application."""
    router = APIRouter(prefix="/inbox/calendars", include_in_schema=False)

    @router.get("/{municipality}/{token}.ics")
    async def calendar(municipality: str, token: str) -> Response:
        """A calendar. What does not lead to one is not told from what did once."""
        if municipality not in databases:
            raise NotFound
        async with databases[municipality].transaction() as session:
            text = await feeds.read(session, clock, token)
        # Neither kept on the way nor shown to the next site by its address.
        return Response(
            text, headers={"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}, media_type=MIME
        )

    app.include_router(router)
