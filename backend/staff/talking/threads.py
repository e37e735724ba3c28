"""One conversation: read it in Swedish and as it was sent, take it over, answer, hand it back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.access import Reason
from backend.bookings import service as bookings
from backend.errors import AboveTheCeiling, Invalid, NotFound, ReasonNeeded, Refusal, TaskTaken
from backend.handover import desk as handover
from backend.handover.models import StaffMessageRow
from backend.handover.models import Thread as ThreadRow
from backend.interpreters import service as interpreters
from backend.staff.desk import Here, Page, Seat, may_read, page, to
from backend.staff.inbox import both_desks
from backend.staff.inbox.narrowing import Chosen, TheList
from backend.staff.inbox.queues import as_values, listed
from backend.staff.talking import composing, translating
from backend.staff.talking.composing import Begun, How
from backend.staff.talking.conversation import Writers, laid_out
from backend.translating import service as translations

router = APIRouter(prefix="/threads", route_class=Page, dependencies=[may_read])

Region = Literal["thread", "answer", "facts"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the page is chosen: list, part (on a phone), and how far the answer has come."""

    the_list: Chosen = field(default_factory=Chosen)
    region: Region = "thread"
    begun: Begun = field(default_factory=Begun)
    refused: str = ""
    number: bool = False
    safe: bool = False
    told: str = ""
    unsaid: str = ""
    promising: Mapping[str, str] = field(default_factory=dict)


@router.get("/{thread}")
async def read(
    request: Request,
    here: Here,
    thread: UUID,
    the_list: TheList,
    *,
    region: Annotated[Region, Query()] = "thread",
    answer: Annotated[How, Query()] = "phrases",
    phrase: Annotated[str, Query()] = "",
    reason: Annotated[Reason | None, Query()] = None,
    said: Annotated[str, Query()] = "",
) -> Response:
    """Open a conversation (logged), or go on in the opened one."""
    fields = _fields(dict(request.query_params))
    shown = Shown(the_list, region, Begun(answer, phrase, fields or None), told=translating.SAID.get(said, ""))
    return await _page(here, thread, shown, reason=reason)


@router.post("/{thread}/take-over")
async def take_over(request: Request, here: Here, thread: UUID) -> Response:
    """Answer oneself. The bot says when it has fallen silent. Not from a colleague the page did not show."""
    seen = (await request.form()).get("answers")
    try:
        async with here.database.transaction() as session:
            await handover.take_over(
                session, here.clock, here.reader, thread, "answers-now", seen=seen if isinstance(seen, str) else None
            )
    except Refusal as refusal:
        return await _refused(here, thread, refusal, Shown(region="answer"))
    return to(f"/inbox/threads/{thread}")


@router.post("/{thread}/hand-back")
async def hand_back(here: Here, thread: UUID) -> Response:
    """Let the bot go on."""
    try:
        async with here.database.transaction() as session:
            await handover.hand_back(session, here.clock, here.reader, thread)
    except Refusal as refusal:
        return await _refused(here, thread, refusal, Shown())
    return to(f"/inbox/threads/{thread}")


@router.post("/{thread}/messages")
async def send(request: Request, here: Here, thread: UUID) -> Response:
    """Send a phrase (``phrase``, ``field_<name>``) or own words (``words``); the same ``message`` id sends once."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    phrase, words, fields = form.get("phrase", ""), form.get("words", ""), _fields(form)
    try:
        message = UUID(form["message"]) if "message" in form else None
    except ValueError:
        raise Invalid(message="no id") from None
    try:
        async with here.database.transaction() as session:
            if phrase:
                await handover.send_phrase(
                    session, here.clock, here.reader, thread, phrase, fields=fields, message=message
                )
            else:
                await handover.send_words(
                    session,
                    here.clock,
                    here.reader,
                    thread,
                    words,
                    message=message,
                    translation=form.get("translation", ""),
                )
    except Refusal as refusal:
        begun = Begun("phrases" if phrase else "words", phrase, fields, words)
        return await _refused(here, thread, refusal, Shown(region="answer", begun=begun))
    return to(f"/inbox/threads/{thread}")


@router.post("/{thread}/preview")
async def preview(
    here: Here, thread: UUID, words: Annotated[str, Form()] = "", how: Annotated[Literal["", "machine"], Form()] = ""
) -> Response:
    """Show own words as they arrive, how long they are and what they cost; with ``how`` a machine's translation above
    them. Nothing is sent; a page is posted for them because an address is kept where words must not be."""
    begun = Begun("words", words=words.strip()[: handover.LONGEST_MESSAGE])
    shown = Shown(region="answer", begun=begun)
    try:
        async with here.database.transaction() as session:
            await handover.may_carry(session, thread, begun.words)
        if how == "machine":
            shown = replace(shown, begun=replace(begun, translation=await translating.own(here, thread, begun.words)))
    except Refusal as refusal:
        return await _refused(here, thread, refusal, shown)
    return await _page(here, thread, shown)


@router.post("/{thread}/telephone")
async def telephone(here: Here, thread: UUID) -> Response:
    """Show the whole number (logged)."""
    return await _page(here, thread, Shown(region="facts", number=True))


@router.post("/{thread}/tasks/{task}/take")
async def take_task(request: Request, here: Here, thread: UUID, task: UUID) -> Response:
    """Take a task of this person. Not from a colleague the page did not show."""
    seen = (await request.form()).get("has")
    try:
        async with here.database.transaction() as session:
            await handover.take_task(
                session, here.clock, here.reader, task, seen=seen if isinstance(seen, str) else None
            )
    except TaskTaken as taken:
        return await _refused(here, thread, taken, Shown(region="facts"))
    return to(f"/inbox/threads/{thread}")


@router.post("/{thread}/tasks/{task}/done")
async def task_done(here: Here, thread: UUID, task: UUID) -> Response:
    """A task of this person is done."""
    async with here.database.transaction() as session:
        await handover.task_done(session, here.clock, here.reader, task)
    return to(f"/inbox/threads/{thread}")


@router.post("/{thread}/tasks/{task}/release")
async def release(here: Here, thread: UUID, task: UUID) -> Response:
    """Let the bot try again to read a message."""
    async with here.database.transaction() as session:
        await handover.release(session, here.clock, here.reader, task)
    return to(f"/inbox/threads/{thread}")


@router.post("/{thread}/tasks/{task}/close")
async def close(here: Here, thread: UUID, task: UUID, because: Annotated[handover.Because, Form()]) -> Response:
    """A message that the bot could not read has been seen to by hand."""
    async with here.database.transaction() as session:
        await handover.close(session, here.clock, here.reader, task, because)
    return to(f"/inbox/threads/{thread}")


async def _refused(here: Seat, thread: UUID, refusal: Refusal, shown: Shown) -> Response:
    if isinstance(refusal, ReasonNeeded | NotFound):
        raise refusal
    shown = replace(shown, refused=composing.why_not(refusal), safe=isinstance(refusal, AboveTheCeiling))
    return await _page(here, thread, shown, status=refusal.problem.status)


async def not_said(here: Seat, thread: UUID, words: str) -> Response:
    """The page again, with what has to be chosen first."""
    return await _page(here, thread, Shown(region="facts", unsaid=words), status=422)


async def not_promised(here: Seat, thread: UUID, refusal: Refusal, filled: Mapping[str, str]) -> Response:
    """The page again, with why a promise was not taken and what was typed."""
    return await _refused(here, thread, refusal, Shown(region="facts", promising=filled))


async def _page(
    here: Seat,
    thread: UUID,
    shown: Shown,
    *,
    reason: Reason | None = None,
    status: int = 200,
) -> Response:
    others = await both_desks.others(here, shown.the_list, listed)
    async with here.database.transaction() as session:
        reason = reason or await _answers_now(session, here, thread)
        done = "Visade numret" if shown.number else ""
        opened = await handover.open_thread(session, here.clock, here.reader, thread, reason, done=done)
        meeting = await bookings.next_meeting(session, opened.person, here.now)
        history = await interpreters.history(session, meeting.id) if meeting else ()
        writers, machine = await _writers(session, thread), await translations.of_thread(session, thread)
        own = await listed(session, here, others.the_list, f"/inbox/threads/{thread}")
    return page(
        "inbox",
        here,
        status=status,
        **as_values(both_desks.joined(here, own, others)),
        thread=laid_out(here, opened, meeting, history, writers, number=shown.number, machine=machine),
        answer=composing.answer(here, opened, shown.begun, meeting, history),
        region=shown.region,
        refused=shown.refused,
        safe=shown.safe,
        told=shown.told,
        unsaid=shown.unsaid,
        promising={"words": "", "day": "", "hour": "", "way": "", "key": str(uuid4()), **shown.promising},
    )


async def _answers_now(session: AsyncSession, here: Seat, thread: UUID) -> Reason | None:
    """Who answers a person need not say why she reads."""
    answers = await session.exec(select(ThreadRow.assigned_to).where(ThreadRow.id == thread))
    return "answers-now" if answers.one_or_none() == here.member.id else None


async def _writers(session: AsyncSession, thread: UUID) -> Writers:
    rows = await session.exec(
        select(StaffMessageRow.id, StaffMessageRow.by, StaffMessageRow.by_name).where(StaffMessageRow.thread == thread)
    )
    return {message: (by, name) for message, by, name in rows.all()}


def _fields(given: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix("field_"): value for name, value in given.items() if name.startswith("field_")}
