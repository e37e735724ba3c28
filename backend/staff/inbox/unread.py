"""What came in and could not be read as a message, from nobody we know: what it is, opened, and seen to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from backend.calendar import day_in_sweden
from backend.cases import unread
from backend.cases.unread import Opened
from backend.handover.desk import Because
from backend.staff import swedish
from backend.staff.desk import Here, Page, Role, Seat, house, only, page, to

router = APIRouter(prefix="/unread", route_class=Page, dependencies=[only(Role.CASEWORKER)])

_CHANNELS = {"sms": "sms", "telegram": "Telegram", "web": "webbchatten"}


@router.get("/{task}")
async def shown(here: Here, task: UUID) -> Response:
    """What it is and when it came. Opens nothing."""
    return await _page(here, task)


@router.post("/{task}/open")
async def opened(request: Request, here: Here, task: UUID) -> Response:
    """Read it (logged)."""
    keys = house(request).settings.tenants[here.database.municipality.slug].seal_keys
    async with here.database.transaction() as session:
        inside = await unread.open_it(session, here.clock, here.reader, task, keys)
    return await _page(here, task, inside)


@router.post("/{task}/close")
async def close(here: Here, task: UUID, because: Annotated[Because, Form()]) -> Response:
    """It has been seen to by hand."""
    async with here.database.transaction() as session:
        await unread.seen_to(session, here.clock, here.reader, task, because)
    return to("/inbox?queue=waiting")


async def _page(here: Seat, task: UUID, inside: Opened | None = None) -> Response:
    async with here.database.transaction() as session:
        found = await unread.find(session, task)
    return page(
        "unread",
        here,
        href=f"/inbox/unread/{task}",
        came=f"{swedish.long_day(day_in_sweden(found.came_at))} kl {swedish.hour(found.came_at)}",
        done=found.done,
        inside=inside,
        way=_way(inside) if inside is not None else "",
    )


def _way(inside: Opened) -> str:
    """By which way it came, for reading."""
    channel = _CHANNELS.get(inside.channel, inside.channel)
    if not channel:
        return ""
    return f"{channel}, från {inside.provider}" if inside.provider and inside.provider != channel else channel
