"""What people write: in once, in order, and acknowledged only when it is committed.

The diverter runs before the first write: a number nobody asked for is sealed with the municipality's key and masked,
so it stands in no table and no log of the bot.
"""

import importlib
import json
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, Literal
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Row, delete, exists, select, update
from sqlalchemy import func as sql
from sqlalchemy.dialects.postgresql import insert as upsert

import bot.flows
from backend.contract import Channel, Sealed
from bot import messages
from bot.arriving import going_on, newcomers, papers
from bot.arriving.papers import File
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.flows.application.reaching import ACCOUNT
from bot.gathering import Gathering
from bot.hearing import withheld
from bot.hearing.diverter import Found, divert
from bot.leaving import erasing
from bot.messages import Filled, Person, Said, Thread
from bot.persons import codes, helping, in_doubt, merging
from bot.policies import NoPolicy
from bot.questions import Kind, Question
from bot.seal import seal
from bot.tables import inbox, provider_ids
from bot.tables import threads as thread_rows
from bot.turning import quick, threads
from bot.turning.dead_letters import hand_over_unread
from bot.turning.desk import Desk, Happening
from bot.turning.quick import Took, digest_of
from bot.turning.threads import LockedThread
from bot.turning.turns import PATIENCE, take
from bot.watching.logs import where

log = structlog.get_logger()


class Unavailable(Exception):
    """Nothing was committed, so nothing may be acknowledged: the sender is to try again."""


SealedKind = Literal["personal-number", "account-number", "card-number", "photo", "malformed"]


@dataclass(frozen=True)
class Inbound:
    """One message as it came. ``address``: E.164, or what else the channel knows people by.

    ``provider_id`` is the sender's own id of it: the same one again has no effect, for as long as it is ``remembered``
    (for good, when nothing is said). ``media`` is what pictures came with (addresses and types at the provider, JSON):
    sealed, never kept here. ``files``: the papers among it, which are fetched and handed in instead, where the
    municipality takes papers. ``album``: the pictures of one album come one by one, and are answered as one.
    ``source``: the address it came from, hashed for the day. ``place``: where it lies at the provider, in the channel's
    own words, when it can be erased there.
    """

    municipality: str
    channel: Channel
    address: str = field(repr=False)
    provider_id: str
    event: Said | Filled = field(repr=False)
    received_at: datetime | None = None
    media: str = field(default="", repr=False)
    files: tuple[File, ...] = field(default=(), repr=False)
    album: str = ""
    remembered: timedelta | None = None
    source: str = ""
    place: str = field(default="", repr=False)


@dataclass(frozen=True)
class Received:
    """What became of a message: its thread, and whether its turn was taken, comes later, or was taken before.

    ``dead``: its thread could not be opened; staff have it, sealed. A repeated message may have no thread.
    ``behind``: it was a button of a question that was not open any more.
    """

    thread: UUID | None
    outcome: Literal["done", "waiting", "repeated", "dead"]
    behind: bool = False


async def receive(engine: Engine, inbound: Inbound) -> Received:
    """Take one message in. When this returns it is committed. Raises Unavailable.

    What one sender writes while an earlier message of hers is being taken in waits for it.
    """
    inbound = replace(inbound, event=withheld.without(inbound.event))
    at = inbound.received_at or engine.clock()
    async with engine.senders.turn_of((inbound.municipality, inbound.channel, inbound.address)):
        # What is forgotten again some day, and says more of its buttons than a quick turn knows, goes the long way.
        plain = not inbound.media and not inbound.files and inbound.remembered is None and not codes.read(inbound.event)
        plain = plain and not helping.concerns(inbound.event) and not _is_withheld(inbound.event)
        if plain and (took := await _quickly(engine, inbound, at)) is not None:
            received = Received(took.thread, took.outcome)
        else:
            received = await _alone(engine, inbound, at)
    engine.counts("received", inbound.channel, inbound.municipality, word=received.outcome)
    return received


async def _alone(engine: Engine, inbound: Inbound, at: datetime) -> Received:
    """The long way, that every message can go: its thread locked, read and written, step by step."""
    known: UUID | None = None
    into: UUID | None = None
    behind = False

    async def begin(desk: Desk) -> Happening | None:
        nonlocal known, into, behind
        into = known = await threads.find_in(
            desk.connection, desk.codec, inbound.municipality, inbound.channel, inbound.address
        )
        thread = await desk.lock(known) if known else None
        event, secrets = diverted(inbound.event, thread.state if thread else None)
        if not await is_new(desk, inbound.channel, inbound.provider_id, inbound.remembered):
            return None
        left = thread if thread is not None and newcomers.is_one(desk, thread, event) else None
        behind = left is None and _is_behind(event, thread.state if thread else None)
        if thread is None or left is not None:
            thread = await _begun(desk, inbound, left, at)
            into = thread.id
        event = await going_on.heard(desk, thread, event, at)
        event = await helping.heard(desk, thread, event, at)
        await _seal_all(desk, thread, inbound, secrets, at)
        await _keep_media(desk, thread, inbound, at)
        first = not inbound.album or await is_new(desk, f"{inbound.channel} album", inbound.album, inbound.remembered)
        if not first and isinstance(event, Said):
            # One more picture of an album that has been answered: kept, and heard only for the words under it.
            if not event.words:
                return None
            event = replace(event, pictures=0)
        return Happening(thread, event, at, source=inbound.source)

    try:
        outcome = await take(engine, inbound.municipality, begin)
    except (NoPolicy, *DATABASE_ERRORS) as error:
        log.critical("nothing can be received", municipality=inbound.municipality, error=type(error).__name__)
        raise Unavailable from None
    except Exception as error:  # noqa: BLE001  # what is acknowledged must be kept, also when its thread is broken
        log.critical("not read", error=type(error).__name__, where=where(error))
        if any(file.content for file in inbound.files):
            raise Unavailable from None  # it is still in her hands: she sends it again
        whole = json.dumps(asdict(replace(inbound, source="", files=())), default=str)
        await set_aside(
            engine,
            inbound.municipality,
            inbound.channel,
            inbound.provider_id,
            whole,
            thread=known,  # one that was made for it is gone with all the rest
            remembered=inbound.remembered,
        )
        return Received(known, "dead")
    return Received(into, "repeated" if outcome == "nothing" else outcome, behind)


async def _begun(desk: Desk, inbound: Inbound, left: LockedThread | None, at: datetime) -> LockedThread:
    """The thread of somebody nobody has met. ``left``: what this number led to until now, which is given up."""
    state = Thread(id=uuid4(), municipality=inbound.municipality, channel=inbound.channel)
    if left is not None:
        state = await newcomers.give_up(desk, left, state)
    await desk.lock_also()
    person = Person(uuid4())
    thread = await threads.make(desk.connection, desk.codec, inbound.address, state, person)
    desk.made(thread, person)
    await desk.link_row(thread.contact_point, person.id, "wrote", at)
    if left is not None:
        await newcomers.begins(desk, thread)
    return thread


async def _keep_media(desk: Desk, thread: LockedThread, inbound: Inbound, at: datetime) -> None:
    """What came that is no words: papers where they are taken, and else sealed as it is."""
    if not inbound.files or desk.policy.documents is None:
        if inbound.media:
            await seal_away(desk, "photo", inbound.media, at, thread)
        return
    for file in inbound.files:
        if not file.same or await is_new(desk, f"{inbound.channel} file", file.same, inbound.remembered):
            await papers.write(desk, thread, file, at)


async def _seal_all(
    desk: Desk, thread: LockedThread, inbound: Inbound, secrets: Sequence[tuple[SealedKind, str]], at: datetime
) -> None:
    """What was found is sealed and counted; the message it stood in is erased at its provider."""
    for kind, secret in secrets:
        await seal_away(desk, kind, secret, at, thread)
        desk.counted.append(partial(_count, inbound=inbound, kind=kind))
    if (secrets or _is_withheld(inbound.event)) and inbound.place:
        await erasing.write(desk, inbound.channel, inbound.place)


def _is_withheld(event: Said | Filled) -> bool:
    return isinstance(event, Said) and event.by_telephone


def _count(engine: Engine, *, inbound: Inbound, kind: str) -> None:
    engine.counts("diverted", inbound.channel, inbound.municipality, kind=kind)


def _is_behind(event: Said | Filled, thread: Thread | None) -> bool:
    token = event.question if isinstance(event, Said) else None
    opened = thread.open if thread else None
    return token is not None and (opened is None or opened.token != token)


async def _quickly(engine: Engine, inbound: Inbound, at: datetime) -> Took | None:
    """What most messages are, together with those that come at the same moment; ``None``: it goes the long way."""
    gathering: Gathering[quick.Message, Took] = engine.gatherings.setdefault(
        "inbox", Gathering(partial(quick.take, engine, diverted))
    )
    return await gathering.do(
        quick.Message(inbound.municipality, inbound.channel, inbound.address, inbound.provider_id, inbound.event, at)
    )


async def set_aside(
    engine: Engine,
    municipality: str,
    channel: str,
    provider_id: str,
    body: str,
    *,
    provider: str = "",
    thread: UUID | None = None,
    remembered: timedelta | None = None,
) -> None:
    """Keep what could not be read as a message: sealed for the municipality's staff, a dead letter here.

    ``provider``: who brought it. ``body``: as it came, or as its fields in JSON. Raises Unavailable.
    """
    # Staff open it with the municipality's key and read there what it is; here nobody can any more.
    whole = json.dumps({"channel": channel, "provider": provider, "came": withheld.whole(body)})

    async def begin(desk: Desk) -> None:
        if not await is_new(desk, channel, provider_id, remembered):
            return
        letter, at = uuid4(), engine.clock()
        await seal_away(desk, "malformed", whole, at, None)
        row = {"id": letter, "municipality": municipality, "kind": "malformed", "state": "dead", "received_at": at}
        await desk.connection.execute(upsert(inbox).values(**row, thread=thread))
        if thread is not None:
            await hand_over_unread(desk, thread, letter, kept=False)
        log.critical("dead letter", municipality=municipality, kind="malformed", channel=channel)

    try:
        await take(engine, municipality, begin)
    except (NoPolicy, *DATABASE_ERRORS) as error:
        log.critical("nothing can be received", municipality=municipality, error=type(error).__name__)
        raise Unavailable from None


async def is_new(desk: Desk, channel: str, provider_id: str, remembered: timedelta | None = None) -> bool:
    """Whether this id is seen for the first time; it is remembered, hashed, for so long or for good."""
    digest = digest_of(desk.codec, channel, provider_id)
    forget_at = None if remembered is None else sql.now() + remembered
    put = upsert(provider_ids).values(municipality=desk.municipality, digest=digest, forget_at=forget_at)
    return (await desk.connection.execute(put.on_conflict_do_nothing())).rowcount == 1


async def forget_ids(engine: Engine) -> None:
    """Forget the ids whose time of being remembered has gone by."""
    async with engine.database.transaction() as connection:
        await connection.execute(delete(provider_ids).where(provider_ids.c.forget_at < sql.now()))


async def seal_away(desk: Desk, kind: SealedKind, secret: str, at: datetime, thread: LockedThread | None) -> None:
    """Seal a secret with the municipality's key and queue it for the backend. Only ciphertext is written."""
    key, person = uuid4(), thread.person if thread else None
    sealed = Sealed(person=person, at=at, kind=kind, jwe=seal(secret, desk.policy, person, key))
    await desk.write_call(key, sealed, thread)


# --- Before the first write -------------------------------------------------------------------------------------------


def diverted(event: Said | Filled, thread: Thread | None) -> tuple[Said | Filled, list[tuple[SealedKind, str]]]:
    """The event with every number nobody asked for masked, and what was found."""
    found: list[Found] = []
    if isinstance(event, Said):
        account = thread is not None and thread.open is not None and thread.open.question == ACCOUNT.name
        taken = divert(_readable(event.words), _asked(thread), account=account)
        found += taken.found
        if found or taken.masked != event.words:
            kinds = tuple(dict.fromkeys([*event.diverted, *(one.kind for one in found)]))
            event = replace(event, words=taken.masked, diverted=kinds)
    else:
        fields: dict[str, str] = {}
        for name, words in event.fields.items():
            taken = divert(_readable(words), kind_of(name))
            fields[name] = taken.masked
            found += taken.found
        event = replace(event, fields=fields)
    return event, [(one.kind, one.value) for one in found]


def _readable(words: str) -> str:
    # PostgreSQL takes no zero characters, and no encoding takes half a surrogate pair.
    return words.replace("\0", "").encode("utf-8", "replace").decode()


def _asked(thread: Thread | None) -> Kind[Any] | None:
    return kind_of(thread.open.question) if thread and thread.open else None


def kind_of(name: str) -> Kind[Any] | None:
    """The kind of a question of any flow, by its name (``child_name#2`` is asked about a child)."""
    return _kinds().get(name.partition("#")[0])


@cache
def _kinds() -> Mapping[str, Kind[Any]]:
    names = [found.name for found in pkgutil.iter_modules(bot.flows.__path__)]
    modules = [importlib.import_module(f"{bot.flows.__name__}.{name}") for name in names]
    return {
        value.name: value.kind for module in modules for value in vars(module).values() if isinstance(value, Question)
    }


# --- Afterwards -------------------------------------------------------------------------------------------------------


async def drain(engine: Engine, thread: UUID, municipality: str) -> None:
    """Take the turns of a thread's waiting events, in order, until one has to wait or none is left."""
    while await _next(engine, thread, municipality):
        pass


async def _next(engine: Engine, thread: UUID, municipality: str) -> bool:
    async def begin(desk: Desk) -> Happening | None:
        row = await _first(desk, thread)
        if row is None or not row.due:
            return None
        locked = await desk.lock(thread)
        event = messages.load_event(row.kind, desk.codec.open(row.body, "inbox", "body", row.id))
        await merging.noticed(desk, event)
        await in_doubt.noticed(desk, locked, event)
        await helping.noticed(desk, locked, event, row.received_at)
        event = await helping.told(desk, locked, event, row.received_at)
        opened = locked.state.open
        if row.release_of is not None and isinstance(event, Said) and opened and opened.at > row.received_at:
            event = replace(event, behind=True)
        return Happening(locked, event, row.received_at, inbox=row.id, entry=row.entry)

    try:
        return await take(engine, municipality, begin) == "done"
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001  # what cannot even be read holds up no other thread
        log.critical("not read", error=type(error).__name__, where=where(error))
        await _stumble(engine, thread, municipality, type(error).__name__)
        return False


async def _first(desk: Desk, thread: UUID) -> Row[Any] | None:
    # The thread is locked before its events are looked at: another worker may just be taking the first one's turn.
    await desk.connection.execute(
        select(thread_rows.c.id).where(thread_rows.c.id == thread).with_for_update(key_share=True)
    )
    return (
        await desk.connection.execute(
            select(inbox, (inbox.c.next_try_at <= sql.now()).label("due"))
            .where(inbox.c.thread == thread, inbox.c.state == "pending")
            .order_by(inbox.c.seq)
            .limit(1)
        )
    ).one_or_none()


async def _stumble(engine: Engine, thread: UUID, municipality: str, error: str) -> None:
    """An event whose thread or body cannot be opened: tried again, then handed to staff without being read."""

    async def begin(desk: Desk) -> None:
        row = await _first(desk, thread)
        if row is None:
            return
        values: dict[str, Any] = {"attempts": row.attempts + 1, "error": error}
        if row.attempts < len(PATIENCE):
            values["next_try_at"] = sql.now() + PATIENCE[row.attempts]
        else:
            values["state"] = "dead"
            await hand_over_unread(desk, thread, row.id)
        await desk.connection.execute(update(inbox).where(inbox.c.id == row.id).values(**values))

    await take(engine, municipality, begin)


async def pending(engine: Engine) -> list[tuple[UUID, str]]:
    """The threads with an event whose time has come, and their municipalities."""
    earlier = inbox.alias("earlier")
    waits_for_earlier = exists().where(
        earlier.c.thread == inbox.c.thread, earlier.c.state == "pending", earlier.c.seq < inbox.c.seq
    )
    first = select(inbox.c.thread, inbox.c.municipality).where(
        inbox.c.state == "pending",
        inbox.c.thread.is_not(None),
        inbox.c.next_try_at <= sql.now(),
        ~waits_for_earlier,
    )
    async with engine.database.transaction() as connection:
        rows = await connection.execute(first.order_by(inbox.c.seq).limit(100))
        return [(row.thread, row.municipality) for row in rows]
