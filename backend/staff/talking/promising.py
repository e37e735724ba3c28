"""Promise something in one's own words, beside the conversation; keep it, or let it go."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import Response

from backend.calendar import day_in_sweden, moment
from backend.errors import PromisedTooFar, Refusal
from backend.handover import promising
from backend.handover.promising import Way
from backend.staff import swedish
from backend.staff.desk import Here, Page, may_read, to
from backend.staff.talking import threads

router = APIRouter(prefix="/threads", route_class=Page, dependencies=[may_read])


@router.post("/{thread}/promises")
async def give(
    here: Here,
    thread: UUID,
    key: Annotated[UUID, Form()],
    way: Annotated[Way, Form()],
    *,
    words: Annotated[str, Form(max_length=1000)] = "",
    day: Annotated[str, Form(max_length=10)] = "",
    hour: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """A promise by a day and an hour; what was typed stands there still when it is not taken."""
    try:
        due_at = _moment(day, hour)
        by = f"Senast {swedish.long_day(day_in_sweden(due_at))} kl {swedish.hour(due_at)}."
        arrives = f"{words.strip().rstrip('.')}. {by}"
        async with here.database.transaction() as session:
            await promising.give(
                session, here.clock, here.reader, thread, words, due_at=due_at, way=way, arrives=arrives, key=key
            )
    except Refusal as refusal:
        filled = {"words": words, "day": day, "hour": hour, "way": way, "key": str(key)}
        return await threads.not_promised(here, thread, refusal, filled)
    return to(f"/inbox/threads/{thread}?region=facts")


@router.post("/{thread}/promises/{promise}")
async def settle(here: Here, thread: UUID, promise: UUID, how: Annotated[Literal["kept", "over"], Form()]) -> Response:
    """It was kept, or holds no more."""
    async with here.database.transaction() as session:
        await promising.settle(session, here.clock, here.reader, thread, promise, kept=how == "kept")
    return to(f"/inbox/threads/{thread}?region=facts")


def _moment(day: str, hour: str) -> datetime:
    """A day and an hour as they are filled in (``2026-12-01``, ``9.30`` or ``09:30``). Raises PromisedTooFar."""
    try:
        at = time.fromisoformat(hour.strip().replace(".", ":").zfill(5))
        return moment(date.fromisoformat(day.strip()), at)
    except (ValueError, OverflowError):
        raise PromisedTooFar from None
