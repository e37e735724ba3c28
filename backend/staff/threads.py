"""One conversation: read it in Swedish and as it was sent, take it over, answer, hand it back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from string import Formatter
from typing import Annotated, Literal, get_args
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import locales, tasks
from backend.access import Reason
from backend.bookings import service as bookings
from backend.calendar import day_in_sweden
from backend.contract import EntryState, Meeting
from backend.errors import Invalid, NotFound, PhraseIncomplete, ReasonNeeded, Refusal
from backend.handover import desk as handover
from backend.handover import phrases
from backend.handover.desk import EntryView, OpenThread, PromiseView, Unsent
from backend.handover.models import StaffMessageRow
from backend.handover.models import Thread as ThreadRow
from backend.handover.phrases import Fixed
from backend.interpreters import service as interpreters
from backend.interpreters.service import OrderLine
from backend.staff import swedish
from backend.staff.desk import Here, Page, Seat, in_words, page, to
from backend.staff.facts import CHANNELS, meeting_facts, reached_badge, said_name, steps
from backend.staff.inbox import QueueKey, chosen, listed, may_read
from backend.staff.views import (
    Answer,
    Answering,
    Delivery,
    FieldView,
    Message,
    Part,
    PhraseView,
    Preview,
    Promised,
    TaskView,
    Thread,
    Who,
)
from backend.tasks import Task

router = APIRouter(prefix="/threads", route_class=Page, dependencies=[may_read])

How = Literal["phrases", "words"]
Region = Literal["thread", "answer", "facts"]

_DELIVERED: dict[EntryState, Delivery | None] = {
    EntryState.RECEIVED: None,
    EntryState.PENDING: Delivery("clock", "Väntar på att skickas"),
    EntryState.SENDING: Delivery("clock", "Skickas"),
    EntryState.UNKNOWN: Delivery("clock-dashed", "Oklart om det kom fram"),
    EntryState.SENT: Delivery("clock", "Skickat, inget kvitto än"),
    EntryState.DELIVERED: Delivery("tick", "Levererat"),
    EntryState.FAILED: Delivery("cross", "Kom inte fram"),
    EntryState.DROPPED: Delivery("cross", "Skickades inte"),
    EntryState.GIVEN_UP: Delivery("cross", "Kom inte fram, inga fler försök"),
}
_WHO: tuple[Who, ...] = get_args(Who)
_NOT_COPIED = Delivery("clock-dashed", "Väntar på automaten")
# An hour is written as people here write it (9.30): the browser's own field says "AM" in an English browser.
_INPUTS = {"day": "date", "time": "text", "address": "text"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the page is chosen: list, part (on a phone), and how far the answer has come."""

    queue: QueueKey = "mine"
    region: Region = "thread"
    how: How = "phrases"
    phrase: str = ""
    fields: Mapping[str, str] | None = None
    words: str = ""
    refused: str = ""
    number: bool = False


@router.get("/{thread}")
async def read(
    request: Request,
    here: Here,
    thread: UUID,
    *,
    queue: Annotated[QueueKey, Query()] = "mine",
    region: Annotated[Region, Query()] = "thread",
    answer: Annotated[How, Query()] = "phrases",
    phrase: Annotated[str, Query()] = "",
    reason: Annotated[Reason | None, Query()] = None,
) -> Response:
    """Open a conversation (logged), or go on in the opened one."""
    fields = _fields(dict(request.query_params))
    shown = Shown(queue, region, answer, phrase, fields or None)
    return await _page(here, thread, shown, reason=reason)


@router.post("/{thread}/take-over")
async def take_over(here: Here, thread: UUID) -> Response:
    """Answer oneself. The bot says when it has fallen silent."""
    async with here.database.transaction() as session:
        await handover.take_over(session, here.clock, here.reader, thread, "answers-now")
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
                await handover.send_words(session, here.clock, here.reader, thread, words, message=message)
    except Refusal as refusal:
        how: How = "phrases" if phrase else "words"
        return await _refused(here, thread, refusal, Shown("mine", "answer", how, phrase, fields, words))
    return to(f"/inbox/threads/{thread}")


@router.post("/{thread}/telephone")
async def telephone(here: Here, thread: UUID) -> Response:
    """Show the whole number (logged as an opening)."""
    return await _page(here, thread, Shown(region="facts", number=True))


@router.post("/{thread}/tasks/{task}/take")
async def take_task(here: Here, thread: UUID, task: UUID) -> Response:
    """Take a task of this person."""
    async with here.database.transaction() as session:
        await handover.take_task(session, here.clock, here.reader, task)
    return to(f"/inbox/threads/{thread}")


@router.post("/{thread}/tasks/{task}/done")
async def task_done(here: Here, thread: UUID, task: UUID) -> Response:
    """A task of this person is done."""
    async with here.database.transaction() as session:
        await handover.task_done(session, here.clock, here.reader, task)
    return to(f"/inbox/threads/{thread}")


async def _refused(here: Seat, thread: UUID, refusal: Refusal, shown: Shown) -> Response:
    if isinstance(refusal, ReasonNeeded | NotFound):
        raise refusal
    return await _page(here, thread, replace(shown, refused=in_words(refusal)), status=refusal.problem.status)


async def _page(
    here: Seat,
    thread: UUID,
    shown: Shown,
    *,
    reason: Reason | None = None,
    status: int = 200,
) -> Response:
    async with here.database.transaction() as session:
        reason = reason or await _answers_now(session, here, thread)
        opened = await handover.open_thread(session, here.clock, here.reader, thread, reason)
        meeting = await bookings.next_meeting(session, opened.person, here.now)
        history = await interpreters.history(session, meeting.id) if meeting else ()
        writers = await _writers(session, thread)
        queues, rows = await listed(session, here, shown.queue, f"/inbox/threads/{thread}")
    return page(
        "inbox",
        here,
        status=status,
        queues=queues,
        listed=chosen(queues, shown.queue),
        rows=rows,
        thread=_thread(here, opened, meeting, history, writers, number=shown.number),
        answer=_answer(here, opened, shown, meeting, history),
        region=shown.region,
        refused=shown.refused,
    )


async def _answers_now(session: AsyncSession, here: Seat, thread: UUID) -> Reason | None:
    """Who answers a person need not say why she reads."""
    answers = await session.exec(select(ThreadRow.assigned_to).where(ThreadRow.id == thread))
    return "answers-now" if answers.one_or_none() == here.member.id else None


async def _writers(session: AsyncSession, thread: UUID) -> dict[UUID, tuple[UUID, str]]:
    rows = await session.exec(
        select(StaffMessageRow.id, StaffMessageRow.by, StaffMessageRow.by_name).where(StaffMessageRow.thread == thread)
    )
    return {message: (by, name) for message, by, name in rows.all()}


# --- What is shown ---------------------------------------------------------------------------------------------------


def _thread(
    here: Seat,
    opened: OpenThread,
    meeting: Meeting | None,
    history: tuple[OrderLine, ...],
    writers: Mapping[UUID, tuple[UUID, str]],
    *,
    number: bool,
) -> Thread:
    now, contact = here.now, opened.contact
    spoken = swedish.language_name(opened.language)
    ordered = swedish.language_name(meeting.interpreter_language) if meeting and meeting.interpreter_language else ""
    name = said_name(opened.name, contact.ending if contact else "")
    return Thread(
        id=opened.thread,
        href=f"/inbox/threads/{opened.thread}",
        name=name,
        speaks=f"skriver {spoken}",
        language=spoken,
        reached=reached_badge(contact, opened.channel or ""),
        owner=_owner(opened),
        own=opened.assigned_to in (None, here.member.id),
        tasks=tuple(
            TaskView(task.id, _task_words(task), _due(task.due_at, now), task.assigned_to == here.member.id)
            for task in opened.tasks
        ),
        steps_name=f"Tolk {ordered}",
        steps=steps(history, now),
        messages=(
            *(_message(here, entry, name, writers) for entry in opened.entries),
            *(_unsent(here, message, writers, opened.language) for message in opened.unsent),
        ),
        answering=_answering(here, opened),
        meeting=meeting_facts(meeting) if meeting else None,
        promises=tuple(_promise(promise, now) for promise in opened.promises),
        channel=CHANNELS.get(opened.channel or "", ""),
        telephone=(contact.telephone if number else contact.ending) if contact else "",
        telephone_shown=number,
        shared=("ja" if contact.shared else "nej") if contact else "vet inte",
        case_href=f"/inbox/cases/{opened.person}",
        why=opened.why,
    )


def _task_words(task: Task) -> str:
    return next(words for kind, words in tasks.IN_SWEDISH.items() if kind == task.kind)


def _due(at: datetime | None, now: datetime) -> str:
    return swedish.due(at, now) if at else ""


def _owner(opened: OpenThread) -> Literal["bot", "taking-over", "staff", "handing-back"]:
    if opened.wanted == "staff":
        return "staff" if opened.owner == "staff" else "taking-over"
    return "handing-back" if opened.owner == "staff" else "bot"


def _answering(here: Seat, opened: OpenThread) -> Answering:
    mine = opened.assigned_to == here.member.id
    who = "Du" if mine else opened.assigned_name or "Någon"
    since = f" {who} tog över {swedish.when(opened.assigned_at, here.now)}." if opened.assigned_at else ""
    match _owner(opened):
        case "staff":
            return Answering(f"{who} svarar nu", f"Automaten är tyst.{since}")
        case "taking-over":
            return Answering(f"{who} tar över…", "Automaten har inte bekräftat än och kan hinna svara en gång till.")
        case "handing-back":
            return Answering("Lämnas tillbaka…", "Automaten fortsätter strax.")
        case _:
            return Answering("Automaten svarar", "Ta över om en människa behövs.")


def _message(here: Seat, entry: EntryView, name: str, writers: Mapping[UUID, tuple[UUID, str]]) -> Message:
    said = entry.original if entry.language == locales.SWEDISH and entry.swedish is None else entry.swedish
    delivery = None if entry.who in ("person", "marker") else _DELIVERED[entry.state]
    who = next(known for known in _WHO if known == entry.who)
    by = _writer(here, writers, entry.staff_message) if entry.staff_message else "Personalen"
    names = {"person": name, "bot": "Automaten", "staff": by, "marker": ""}
    return Message(
        who=who,
        name=names[who],
        when=swedish.when(entry.at, here.now),
        swedish=entry.original if who == "marker" and said is None else said,
        original=entry.original,
        code=entry.language,
        language=swedish.language_name(entry.language),
        direction=swedish.direction(entry.language),
        delivery=delivery,
    )


def _unsent(here: Seat, message: Unsent, writers: Mapping[UUID, tuple[UUID, str]], language: str) -> Message:
    spoken = locales.SWEDISH if message.text == message.swedish else language
    return Message(
        who="staff",
        name=_writer(here, writers, message.id),
        when=swedish.when(message.at, here.now),
        swedish=message.swedish,
        original=message.text,
        code=spoken,
        language=swedish.language_name(spoken),
        direction=swedish.direction(spoken),
        delivery=_NOT_COPIED,
    )


def _writer(here: Seat, writers: Mapping[UUID, tuple[UUID, str]], message: UUID) -> str:
    by, name = writers.get(message, (None, "Personalen"))
    return "Du" if by == here.member.id else name


def _promise(promise: PromiseView, now: datetime) -> Promised:
    due = swedish.when(promise.due_at, now)
    if promise.kept_at:
        return Promised("tick-ring", promise.in_swedish, f"{swedish.when(promise.kept_at, now)}, lovat {due}")
    return Promised("cross-ring" if promise.broken else "clock", promise.in_swedish, swedish.due(promise.due_at, now))


# --- The answer ------------------------------------------------------------------------------------------------------


def _answer(
    here: Seat, opened: OpenThread, shown: Shown, meeting: Meeting | None, history: tuple[OrderLine, ...]
) -> Answer:
    if shown.how == "words":
        spoken = swedish.language_name(opened.language)
        hint = "Kommer fram som du skriver det."
        if opened.language != locales.SWEDISH:
            hint = f"Kommer fram som du skriver det, utan översättning till {spoken}."
        return Answer("words", uuid4(), words=shown.words, words_hint=hint)
    fixed = phrases.BY_KEY.get(shown.phrase)
    fields = dict(shown.fields) if shown.fields else _guess(here, fixed, meeting, history) if fixed else {}
    preview, missing = _preview(here, opened, fixed, fields) if fixed else (None, "")
    return Answer(
        "phrases",
        uuid4(),
        phrases=tuple(_phrase(known, shown.phrase, fields) for known in phrases.PHRASES),
        preview=preview,
        missing=missing,
    )


def _preview(here: Seat, opened: OpenThread, fixed: Fixed, fields: Mapping[str, str]) -> tuple[Preview | None, str]:
    try:
        arrives = handover.preview(here.clock, opened.language, fixed.key, fields)
    except PhraseIncomplete:
        return None, "Fyll i fälten, så ser du exakt vad som kommer fram."
    sms = arrives.sms
    size = f"{sms.segments} sms, {sms.characters} av {sms.room * sms.segments} tecken"
    other = ""
    if arrives.language != opened.language:
        other = f"Frasen finns inte på {swedish.language_name(opened.language)}. Den kommer fram på svenska."
    promise = f"Blir ett löfte: {swedish.due(arrives.promise_due, here.now)}." if arrives.promise_due else ""
    named = tuple((known.name, fields[known.name]) for known in fixed.fields)
    return Preview(
        phrase=fixed.key,
        fields=named,
        text=arrives.text,
        code=arrives.language,
        direction=swedish.direction(arrives.language),
        size=size if opened.channel == "sms" else f"{sms.characters} tecken",
        promise=promise,
        other=other,
    ), ""


def _guess(here: Seat, fixed: Fixed, meeting: Meeting | None, history: tuple[OrderLine, ...]) -> dict[str, str]:
    """What the fields most likely should say: the meeting's own, or when the interpreter is to have answered."""
    guessed = {"address": here.database.municipality.address}
    if fixed.promises:
        guessed["day"] = day_in_sweden(here.now).isoformat()
        asked = [order for order in history if order.state == "asked"]
        if asked and fixed.key == "waiting-for-interpreter":
            guessed["time"] = swedish.hour(asked[-1].answer_by)
    elif meeting:
        day = day_in_sweden(meeting.start).isoformat()
        guessed |= {"day": day, "time": swedish.hour(meeting.start), "address": meeting.address}
    return {known.name: guessed.get(known.name, "") for known in fixed.fields}


def _phrase(fixed: Fixed, key: str, fields: Mapping[str, str]) -> PhraseView:
    sentence = locales.template(fixed.message, locales.SWEDISH)
    labels = {known.name: known for known in fixed.fields}
    parts: list[Part] = []
    for words, name, _, _ in Formatter().parse(sentence):
        parts.append(Part(words=words))
        if name:
            known = labels[name]
            parts.append(
                Part(
                    field=FieldView(name, known.label, _INPUTS[known.kind], fields.get(name, ""), known.kind == "time")
                )
            )
    words = sentence.format(**{name: f"{{{known.label.lower()}}}" for name, known in labels.items()})
    return PhraseView(fixed.key, words, fixed.key == key, tuple(parts))


def _fields(given: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix("field_"): value for name, value in given.items() if name.startswith("field_")}
