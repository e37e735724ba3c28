"""A conversation as it is laid out: every message in Swedish and as it was sent, who answers, and the facts beside."""

import itertools
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from backend import locales, tasks
from backend.contract import EntryState, Meeting
from backend.handover.arrived import is_shut
from backend.handover.desk import EntryView, OpenThread, PromiseView, Unsent
from backend.handover.number_right import last_in_doubt
from backend.handover.who_reads import NOT_SHARED
from backend.interpreters.service import OrderLine
from backend.staff import swedish
from backend.staff.desk import Seat
from backend.staff.facts import CHANNELS, UNREAD, meeting_facts, reached_badge, said_name, shut_badge, steps
from backend.staff.inbox.queues import IN_THE_CONVERSATION, looked_at
from backend.staff.talking.task_places import leads_to
from backend.staff.talking.undelivered import WHY, task_words
from backend.staff.talking.views import Answering, Delivery, Machine, Message, Promised, TaskView, Thread
from backend.staff.views import Badge, Who
from backend.tasks import Task
from backend.translating.service import Kept

Writers = Mapping[UUID, tuple[UUID, str]]
"""Who of the staff wrote each message: id and name."""

_DELIVERED: dict[EntryState, Delivery | None] = {
    EntryState.RECEIVED: None,
    EntryState.PENDING: Delivery("clock", "Väntar på att skickas"),
    EntryState.SENDING: Delivery("clock", "Skickas"),
    EntryState.UNKNOWN: Delivery("clock-dashed", "Oklart om det kom fram"),
    EntryState.SENT: Delivery("clock", "Skickat, inget kvitto än"),
    EntryState.DELIVERED: Delivery("tick", "Levererat"),
    EntryState.FAILED: Delivery("cross", "Kom inte fram"),
    EntryState.DROPPED: Delivery("cross", "Skickades inte"),
    EntryState.GIVEN_UP: Delivery("clock-dashed", "Kom kanske inte fram, inga fler försök"),
}
_UNCONFIRMED_AFTER = timedelta(hours=1)
_UNCONFIRMED = Delivery("clock-dashed", "Skickat, ingen bekräftelse på att det kom fram")
"""Instead of the clock when nothing has been heard for so long: where providers report at all, they have by then."""

_WHO: tuple[Who, ...] = get_args(Who)
_UNREAD_HERE = "Automaten kunde inte läsa det här"
_AUTOMATIC = "Automatiskt, medan personalen svarar"
_NOT_COPIED = Delivery("clock-dashed", "Väntar på automaten")
_UNKNOWN = "Okänd"
_UNKNOWN_WROTE = "Någon har skrivit att det är fel person. Vi vet inte vem som skriver."
_MAYBE_READ = "Kan ha lästs av någon annan"
_CHOSEN_AMONG = 20


def _languages(opened: OpenThread) -> str:
    """What is written here, and what she speaks where that is another: an interpreter is needed to ring."""
    writes = f"skriver {swedish.language_name(opened.language)}"
    if opened.speaks in (opened.language, locales.SWEDISH):
        return writes
    return f"{writes}, talar {swedish.language_name(opened.speaks)}"


def laid_out(
    here: Seat,
    opened: OpenThread,
    meeting: Meeting | None,
    history: tuple[OrderLine, ...],
    writers: Writers,
    *,
    number: bool,
    machine: Mapping[int, Kept] | None = None,
) -> Thread:
    """The opened thread, with the meeting that is coming and the way to its interpreter."""
    now, contact = here.now, opened.contact
    spoken = swedish.language_name(opened.language)
    ordered = swedish.language_name(meeting.interpreter_language) if meeting and meeting.interpreter_language else ""
    name = said_name(opened.name, contact.ending if contact else "")
    # Of an account nobody here knows who reads it, but where she writes that nobody else does any more.
    was_shared = any(task.reason == NOT_SHARED and task.thread == opened.thread for task in opened.tasks)
    unread = {task.entry for task in opened.tasks if task.reason == "dead-letter" and task.thread == opened.thread}
    return Thread(
        id=opened.thread,
        href=f"/inbox/threads/{opened.thread}",
        name=name,
        speaks=_languages(opened),
        language=spoken,
        reached=_reached(opened),
        owner=_owner(opened),
        own=opened.assigned_to in (None, here.member.id),
        answers=str(opened.assigned_to or ""),
        tasks=tuple(
            TaskView(
                task.id,
                _task_words(task, opened.entries if task.thread == opened.thread else ()),
                _stands(here, task),
                task.assigned_to == here.member.id,
                has=str(task.assigned_to or ""),
                unread=task.reason == "dead-letter",
                again=task.about is not None,
                leads=_leads(here, task, opened.person),
            )
            for task in opened.tasks
        ),
        steps_name=f"Tolk {ordered}",
        steps=steps(history, now),
        messages=(
            *(
                _with_machine(
                    here,
                    opened.thread,
                    entry,
                    _message(here, entry, name, writers, note=_UNREAD_HERE if entry.number in unread else ""),
                    (machine or {}).get(entry.number),
                )
                for entry in opened.entries
            ),
            *(_unsent(here, message, writers, opened.language) for message in opened.unsent),
        ),
        answering=_answering(here, opened),
        meeting=meeting_facts(meeting) if meeting else None,
        promises=tuple(_promise(promise, now, opened.thread) for promise in opened.promises),
        channel=CHANNELS.get(opened.channel or "", ""),
        telephone=(contact.telephone if number else contact.ending) if contact else "",
        telephone_shown=number,
        shared=_shared(opened, was_shared=was_shared),
        asks_who_reads=was_shared or (contact is not None and opened.channel == "sms"),
        number_wrong=_is_wrong(opened),
        before=_before(here, opened.entries),
        case_href=f"/inbox/cases/{opened.person}",
        why=opened.why,
        silent_since=swedish.when(opened.safety.silent_since, now) if opened.safety.silent_since else "",
        rung=opened.safety.rung_since is not None and opened.safety.silent_since is None,
    )


def _shared(opened: OpenThread, *, was_shared: bool) -> str:
    if opened.channel != "sms" and was_shared:
        return "ja"
    return ("ja" if opened.contact.shared else "nej") if opened.contact else "vet inte"


def _is_wrong(opened: OpenThread) -> bool:
    """A number by what stands of it; of an account only what was last written there tells."""
    if opened.channel == "telegram":
        return last_in_doubt([(entry.who, entry.in_doubt) for entry in opened.entries])
    return opened.contact is not None and opened.contact.wrong and opened.channel == "sms"


def _before(here: Seat, entries: tuple[EntryView, ...]) -> tuple[tuple[int, str], ...]:
    """What was written before somebody said that we reach a stranger, the latest first: it may have been the stranger's
    already."""
    doubted = {place for place, entry in enumerate(entries) if entry.in_doubt}
    begins = max((place for place in doubted if place - 1 not in doubted), default=0)
    written = itertools.takewhile(lambda entry: not entry.in_doubt, reversed(entries[:begins]))
    return tuple(
        (entry.number, f"{swedish.when(entry.at, here.now)}: {textwrap.shorten(entry.original, 60)}")
        for entry in written
        if entry.who == "person"
    )[:_CHOSEN_AMONG]


def _reached(opened: OpenThread) -> Badge:
    silent, channel = opened.safety.silent_since is not None, opened.channel or ""
    if not silent and is_shut(reversed(opened.entries)):
        return shut_badge(channel)
    return reached_badge(opened.contact, channel, silent=silent)


def _task_words(task: Task, entries: tuple[EntryView, ...]) -> str:
    if task.reason == "dead-letter":
        return UNREAD
    if task.reason == NOT_SHARED:
        return "Ring och fråga: säger att ingen annan läser telefonen längre"
    return task_words(task, entries) or looked_at(task) or tasks.in_swedish(task)


def _leads(here: Seat, task: Task, person: UUID) -> tuple[str, str] | None:
    """What is to be looked at in the case; what is in the conversation stands here."""
    in_the_case = task.kind == "check" and task.reason not in (*IN_THE_CONVERSATION, "wrong-number")
    return leads_to(task, person, here.role) if in_the_case else None


def _stands(here: Seat, task: Task) -> str:
    """When it is due, and who has it, where that is a colleague."""
    due = swedish.task_due(task.reason, task.due_at, here.now) if task.due_at else ""
    has = "" if task.assigned_to in (None, here.member.id) else f"{task.assigned_name} har den"
    return ", ".join(filter(None, (due, has)))


def _owner(opened: OpenThread) -> Literal["bot", "taking-over", "staff", "handing-back"]:
    if opened.wanted == "staff":
        return "staff" if opened.owner == "staff" else "taking-over"
    return "handing-back" if opened.owner == "staff" else "bot"


def _answering(here: Seat, opened: OpenThread) -> Answering:
    if opened.safety.silent_since is not None:
        return Answering("Inget går ut", "Den som skriver får bara veta att en människa läser. Ring inte, skriv inte.")
    if opened.safety.rung_since is not None:
        return Answering("Inget skickas", "Den som skriver får bara numret att ringa. Ring i stället.")
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


def _message(here: Seat, entry: EntryView, name: str, writers: Writers, *, note: str) -> Message:
    said = entry.original if entry.language == locales.SWEDISH and entry.swedish is None else entry.swedish
    delivery = None if entry.who in ("person", "marker") else _DELIVERED[entry.state]
    if delivery and entry.state is EntryState.SENT and here.now - entry.at >= _UNCONFIRMED_AFTER:
        delivery = _UNCONFIRMED
    if delivery and entry.why is not None:
        delivery = replace(delivery, words=f"{delivery.words}: {WHY[entry.why]}")
    who = next(known for known in _WHO if known == entry.who)
    by = _writer(here, writers, entry.staff_message) if entry.staff_message else "Personalen"
    if entry.in_doubt and not note and who != "marker":
        note = _UNKNOWN_WROTE if who == "person" else _MAYBE_READ
    names = {"person": _UNKNOWN if entry.in_doubt else name, "bot": "Automaten", "staff": by, "marker": ""}
    # Own words of staff are Swedish, whatever the person speaks.
    spoken = locales.SWEDISH if entry.who == "staff" and entry.original == said else entry.language
    return Message(
        who=who,
        name=names[who],
        when=swedish.when(entry.at, here.now),
        swedish=entry.original if who == "marker" and said is None else said,
        original=entry.original,
        code=spoken,
        language=swedish.language_name(spoken),
        direction=swedish.direction(spoken),
        delivery=delivery,
        note=_AUTOMATIC if entry.automatic else note,
    )


def _with_machine(here: Seat, thread: UUID, entry: EntryView, message: Message, kept: Kept | None) -> Message:
    """Her own words in another language, with what a machine gave them as, or the way to ask one."""
    if entry.who != "person" or message.swedish is not None:
        return message
    if kept is not None:
        return replace(message, machine=Machine(kept.words, f"{kept.service} {swedish.when(kept.at, here.now)}"))
    if here.translator is None or not entry.original.strip():
        return message
    return replace(message, translate=f"/inbox/threads/{thread}/entries/{entry.number}/translation")


def _unsent(here: Seat, message: Unsent, writers: Writers, language: str) -> Message:
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


def _writer(here: Seat, writers: Writers, message: UUID) -> str:
    by, name = writers.get(message, (None, "Personalen"))
    return "Du" if by == here.member.id else name


def _promise(promise: PromiseView, now: datetime, thread: UUID) -> Promised:
    due = swedish.when(promise.due_at, now)
    if promise.kept_at:
        return Promised("tick-ring", promise.in_swedish, f"{swedish.when(promise.kept_at, now)}, lovat {due}")
    leads = f"/inbox/threads/{thread}/promises/{promise.own}" if promise.own else ""
    icon = "cross-ring" if promise.broken else "clock"
    return Promised(icon, promise.in_swedish, swedish.due(promise.due_at, now), leads)
