"""What a person says of her meeting before it is over: late, ill, or a call instead; whoever holds it sees it at once.

Nothing of the meeting changes by it: to move or to cancel is another call.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons, tasks
from backend.bookings.models import LIVE, SaidRow
from backend.bookings.service import as_meeting, locked
from backend.clock import Clock
from backend.contract import Meeting, SayOfMeeting
from backend.errors import NotFound, TooLate
from backend.idempotency import first_answer, request_hash

_TASKS: Mapping[str, tasks.Kind] = {"late": "check", "ill": "check", "by-phone": "ring"}
_IN_SWEDISH = {"ill": "Är sjuk, har hört av sig", "by-phone": "Vill bli uppringd i stället"}


async def say(session: AsyncSession, clock: Clock, key: UUID, meeting: UUID, call: SayOfMeeting) -> Meeting:
    """Take down what she says, with a task for a caseworker. Same key and body again: the first answer again.

    Raises NotFound for somebody else's meeting, TooLate when it is over or not to be held, KeyReused.
    """
    digest = request_hash(session, call, meeting)
    if (first := await first_answer(session, SaidRow, key, digest, Meeting)) is not None:
        return first
    row = await locked(session, meeting)
    if row.person not in await persons.same(session, call.person):
        raise NotFound(meeting=meeting)
    if row.status not in LIVE or call.at >= row.ends_at:
        raise TooLate(meeting=meeting)
    answer = as_meeting(row)
    said = SaidRow(
        key=key,
        request_hash=digest,
        answer=answer.model_dump(mode="json"),
        meeting=row.id,
        at=call.at,
        says=call.says,
        minutes=call.minutes,
    )
    session.add(said)
    await tasks.add(
        session,
        _TASKS[call.says],
        call.says,
        at=clock(),
        person=row.person,
        about=row.id,
        due_at=row.starts_at,
        queue="caseworker",
        words=in_swedish(said),
    )
    return answer


def in_swedish(said: SaidRow) -> str:
    """What she said, as staff read it."""
    if said.says == "late":
        return f"Blir sen, cirka {said.minutes} min" if said.minutes else "Blir sen"
    return _IN_SWEDISH[said.says]


async def of_meetings(session: AsyncSession, meetings: Iterable[UUID]) -> dict[UUID, tuple[SaidRow, ...]]:
    """What was said of each meeting, in the order it was said; a later word of the same kind replaces an earlier."""
    rows = await session.exec(
        select(SaidRow).where(col(SaidRow.meeting).in_(list(meetings))).order_by(col(SaidRow.at), col(SaidRow.id))
    )
    found: dict[UUID, dict[str, SaidRow]] = {}
    for row in rows.all():
        found.setdefault(row.meeting, {})[row.says] = row
    return {meeting: tuple(said.values()) for meeting, said in found.items()}
