"""Events that could not be dealt with: staff get them, the person is told, and they can be tried once more."""

from dataclasses import replace
from uuid import UUID, uuid4, uuid5

import structlog
from sqlalchemy import insert, select

from backend.contract import Channel, HandOver
from bot.messages import Call, Filled, Outgoing, Said
from bot.tables import inbox
from bot.tables import threads as thread_rows
from bot.text import N_, say
from bot.turning.desk import Desk, Happening
from bot.turning.replies import write_ours
from bot.turning.threads import LockedThread, save_thread

STUMBLED = N_("Something went wrong with us. Nothing you wrote is lost. A person looks at it and answers you.")

log = structlog.get_logger()


async def bury(desk: Desk, happening: Happening) -> None:
    """An event that could not be dealt with: staff get it, the person is told, the thread goes on."""
    thread, was = happening.thread, happening.thread.state
    letter = await desk.in_inbox(happening)
    await desk.change_inbox(letter, state="dead")
    thread.state = replace(was, handed_over=True)
    telephone = thread.address if thread.channel == "sms" else None
    call = _dead_letter(desk, thread.person, thread.id, thread.channel)
    call = call.model_copy(
        update={
            "language": was.speaks or was.language or "sv",
            "telephone": telephone,
            "shared_phone": was.shared,
            "about": letter,
            "entry": happening.entry,
        }
    )
    await desk.write_calls(thread, [Call(uuid5(letter, "dead letter"), call, answers_to_thread=False)])
    wrote = isinstance(happening.event, Said | Filled)
    if wrote and was.owner == "bot" and not was.opted_out and not was.frozen:
        await write_ours(desk, thread, uuid4(), [Outgoing("reply", say(STUMBLED))], was)
    await save_thread(desk.connection, desk.codec, thread)
    log.critical("dead letter", municipality=desk.municipality, kind=type(happening.event).__name__)


async def seen_to(desk: Desk, thread: LockedThread, letter: UUID, again: bool) -> None:
    """Staff have read a dead letter. Tried again, it comes after what waits now, and holds up nothing before it."""
    dead = (inbox.c.id == letter, inbox.c.thread == thread.id, inbox.c.state == "dead")
    found = (await desk.connection.execute(select(inbox).where(*dead).with_for_update())).one_or_none()
    if found is None:
        return
    await desk.change_inbox(letter, state="done", body=None)
    if again and found.body is not None:
        new, body = uuid4(), desk.codec.open(found.body, "inbox", "body", letter)
        row = {"id": new, "kind": found.kind, "body": desk.codec.seal(body, "inbox", "body", new)}
        beside = {"received_at": found.received_at, "entry": found.entry, "release_of": letter}
        await desk.connection.execute(
            insert(inbox).values(municipality=desk.municipality, thread=thread.id, **row, **beside)
        )
        desk.rings.add("inbox")


async def hand_over_unread(desk: Desk, thread: UUID, letter: UUID, *, kept: bool = True) -> None:
    """The same for a thread that cannot be opened: staff get what stands beside its state.

    ``kept``: it lies here and can be tried again.
    """
    found = select(thread_rows.c.person, thread_rows.c.channel).where(thread_rows.c.id == thread)
    row = (await desk.connection.execute(found)).one()
    call = _dead_letter(desk, row.person, thread, row.channel)
    call = call.model_copy(update={"about": letter if kept else None})
    await desk.write_call(uuid5(letter, "dead letter"), call, None)
    log.critical("dead letter", municipality=desk.municipality, kind="unread")


def _dead_letter(desk: Desk, person: UUID, thread: UUID, channel: Channel) -> HandOver:
    return HandOver(
        person=person, thread=thread, channel=channel, language="sv", at=desk.engine.clock(), reason="dead-letter"
    )
