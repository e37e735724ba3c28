"""Who helps whom: let in by a code, until a day, until ended by a word; and what a helper sees, with a line for each.

A helper sees what :class:`bot.messages.Helping` has room for: the meeting's time and place, and the name of an open
question that tells nothing of her. It is put together here, before the turn, from her threads under their locks. While
she lets nothing of ours through, or nobody knows whose her telephone is, there is nothing to see.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, insert, or_, select, update

from backend.contract import CodeWished, NoticeKind
from bot.conversation.flood import is_flooding
from bot.conversation.helping import HELPERS_WORDS, acted, answered, asks, called, may_be_typed
from bot.conversation.talk import PERSONAL_CHANNELS, Talk, is_doubted
from bot.hearing.words import command
from bot.leaving.hours import may_leave_at
from bot.messages import Act, Event, Filled, Helped, Helper, Helping, Noticed, Said, State
from bot.persons import codes
from bot.persons.merging import root_of, threads_of
from bot.tables import helper_acts, helpers, persons
from bot.text import N_, local_day, say
from bot.turning import threads
from bot.turning.desk import Desk, LockMore
from bot.turning.threads import LockedThread

LASTS = timedelta(days=30)

LET_IN = N_("Somebody has been let in with a code to help, until {day}.")
DID = N_("{name}: {what}.")
TYPED = N_("{name} typed the answer: {what}.")
GONE = N_("{name} helps no longer.")


def concerns(event: Said | Filled) -> bool:
    """Whether it is one of the words that need to know who helps whom."""
    if isinstance(event, Filled) or event.question is not None or event.edited or event.contact:
        return False
    word = command(event.words)
    return word is not None and word.name in HELPERS_WORDS


async def begin(desk: Desk, thread: LockedThread, shown_in: LockedThread, at: datetime) -> Helping | None:
    """Who writes in ``thread`` helps the person of ``shown_in`` from now on; ``None`` where that cannot be."""
    active = (await desk.connection.execute(_roles(helpers.c.helper == thread.id, _is_active(at)))).first()
    if active is not None or shown_in.person == thread.person or _is_silent(desk, shown_in):
        return None
    over = update(helpers).where(helpers.c.helper == thread.id, helpers.c.ended.is_(None))
    await desk.connection.execute(over.values(ended=helpers.c.until))
    until = at + LASTS
    await desk.connection.execute(
        insert(helpers).values(
            id=uuid4(),
            municipality=desk.municipality,
            person=shown_in.person,
            thread=shown_in.id,
            helper=thread.id,
            since=at,
            until=until,
        )
    )
    await desk.mark(shown_in, say(LET_IN, day=local_day(until)))
    await threads.save_thread(desk.connection, desk.codec, shown_in)
    await desk.queue(shown_in.id, Helped("began", thread.id, until=until), at)
    return Helping(shown_in.id, until, language=shown_in.state.language)


async def heard(desk: Desk, thread: LockedThread, event: Said | Filled, at: datetime) -> Said | Filled:
    """A word about helping, with what it needs to be answered; who ends it, ends it here, whoever owns the thread."""
    if not isinstance(event, Said) or not concerns(event):
        return event
    if thread.state.frozen or is_doubted(thread.state, desk.engine.clock()):
        return event
    word = command(event.words)
    match word.name if word is not None else "":
        case "no-helper":
            return replace(event, helpers=await _end(desk, thread, at))
        case "helpers":
            return replace(event, helpers=await _listed(desk, _roles(await _is_hers(desk, thread.person))))
        case _ if not (thread.state.opted_out or thread.state.owner == "staff" or is_flooding(_talk(desk, thread))):
            return replace(event, helping=await _look(desk, thread, at))
    return event


async def told(desk: Desk, thread: LockedThread, event: Event, at: datetime) -> Event:
    """What a helper's turn sends to her thread, before it has its own there: written down; too late, it is nothing.

    A helper's own message that waited is brought up to date.
    """
    if isinstance(event, Said) and event.helping is not None:
        # It had to wait for its turn: what may be seen is looked at again.
        found = await _seen(desk, thread, desk.engine.clock())
        return replace(event, helping=found[1] if found is not None else None)
    if not isinstance(event, Helped) or event.what not in ("named", "answered"):
        return event
    role = (await desk.connection.execute(_roles(helpers.c.helper == event.helper, _is_active(at)))).one_or_none()
    if role is None or await root_of(desk, role.person) != thread.person:
        return replace(event, what="late")
    if event.what == "named":
        sealed = desk.codec.seal(event.name, "helpers", "name", role.id)
        await desk.connection.execute(update(helpers).where(helpers.c.id == role.id).values(name=sealed))
        return event
    hers = [desk.locked[one] for one in await threads_of(desk, thread.person)]
    asking = may_be_typed(_talk(desk, thread))
    if any(_is_silent(desk, one) for one in hers) or asking is None or asking.key != event.question:
        return replace(event, what="late")
    await _write_down(desk, role, Act(at, "answered", event.question))
    await desk.mark(thread, say(TYPED, name=called(_name(desk, role)), what=answered(event.question, event.answer)))
    return event


async def noticed(desk: Desk, thread: LockedThread, event: Event, at: datetime) -> None:
    """Staff have heard that nobody is to help her any more: it is over at once, whoever owns the thread. Whom she helps
    herself it leaves alone."""
    if not isinstance(event, Noticed) or event.notice.kind is not NoticeKind.CODE_WISHED:
        return
    told = CodeWished.model_validate(event.notice.body)
    if told.wish == "no-helper" and await _end_hers(desk, thread, at) and told.tell:
        await desk.queue(thread.id, Helped("removed", thread.id), at)


async def _look(desk: Desk, thread: LockedThread, at: datetime) -> Helping | None:
    """What the helper sees now, written down as seen."""
    found = await _seen(desk, thread, at)
    if found is None:
        return None
    role, seen = found
    act = Act(at, "saw-question" if seen.question else "saw", seen.question)
    await _write_down(desk, role, act)
    place = desk.locked[seen.thread]
    await desk.mark(place, say(DID, name=called(_name(desk, role)), what=acted(act)))
    await threads.save_thread(desk.connection, desk.codec, place)
    return seen


async def _seen(desk: Desk, thread: LockedThread, at: datetime) -> tuple[Row[Any], Helping] | None:
    role = (await desk.connection.execute(_roles(helpers.c.helper == thread.id, _is_active(at)))).one_or_none()
    if role is None:
        return None
    person = await root_of(desk, role.person)
    hers = [desk.locked[one] for one in await threads_of(desk, person)]
    if not hers or person == thread.person or any(_is_silent(desk, one) for one in hers):
        return None
    asked = next((one for one in hers if asks(_talk(desk, one)) is not None), None)
    place = asked or next((one for one in hers if one.id == role.thread), hers[0])
    talk = _talk(desk, place)
    meeting = talk.person.meeting
    if not talk.stands(meeting) or (meeting is not None and meeting.id == talk.person.unsaid):
        # One she has not heard of yet comes with what is new, and would tell of it.
        meeting = None
    awake = _may_hear_now(desk, place, at)
    asking = may_be_typed(talk) if awake else None
    sees = asking is not None and _talk(desk, thread).carries(asking.question.sensitivity)
    question = asking.key if asking is not None and sees else ""
    hers_alone = awake and asked is not None and not question
    return role, Helping(place.id, role.until, meeting=meeting, question=question, hers_alone=hers_alone)


async def _end(desk: Desk, thread: LockedThread, at: datetime) -> tuple[Helper, ...]:
    """Nobody helps her any more; who has no helper, helps nobody any more. Gives the helpers she had."""
    if had := await _end_hers(desk, thread, at):
        return had
    for role in (await desk.connection.execute(_roles(helpers.c.helper == thread.id, _is_active(at)))).all():
        place = _locked(desk, role.thread)
        await _gone(desk, role, place, at)
        await threads.save_thread(desk.connection, desk.codec, place)
        await desk.queue(role.thread, Helped("left", role.helper), at)
    return ()


async def _end_hers(desk: Desk, thread: LockedThread, at: datetime) -> tuple[Helper, ...]:
    """Whoever helps her is told that it is over, and whoever she has just invited comes in no more; the caller saves
    the thread. Gives the helpers she had."""
    same = await _same(desk, thread.person)
    await codes.withdraw_invitations(desk.connection, same)
    hers = helpers.c.person.in_(same)
    had = (await desk.connection.execute(_roles(hers, _is_active(at)))).all()
    for role in had:
        await _gone(desk, role, thread, at)
        await desk.queue(role.helper, Helped("ended", role.helper), at)
    return tuple(Helper(_name(desk, role), role.since, role.until, at) for role in had)


async def _gone(desk: Desk, role: Row[Any], place: LockedThread, at: datetime) -> None:
    await desk.connection.execute(update(helpers).where(helpers.c.id == role.id).values(ended=at))
    await desk.mark(place, say(GONE, name=called(_name(desk, role))))


async def _listed(desk: Desk, roles: Any) -> tuple[Helper, ...]:
    found = (await desk.connection.execute(roles)).all()
    wanted = select(helper_acts).where(helper_acts.c.helper.in_([role.id for role in found])).order_by(helper_acts.c.id)
    acts = (await desk.connection.execute(wanted)).all()
    return tuple(
        Helper(
            name=_name(desk, role),
            since=role.since,
            until=role.until,
            ended=role.ended,
            acts=tuple(Act(act.at, act.act, act.question or "") for act in acts if act.helper == role.id),
        )
        for role in found
    )


# --- Parts ------------------------------------------------------------------------------------------------------------


def _roles(*where: ColumnElement[bool]) -> Any:
    return select(helpers).where(*where).order_by(helpers.c.since, helpers.c.id)


def _is_active(at: datetime) -> ColumnElement[bool]:
    return helpers.c.ended.is_(None) & (helpers.c.until > at)


async def _is_hers(desk: Desk, person: UUID) -> ColumnElement[bool]:
    """Of whoever she is, by all the ids that stand for her."""
    return helpers.c.person.in_(await _same(desk, person))


async def _same(desk: Desk, person: UUID) -> set[UUID]:
    same, new = {person}, {person}
    while new:
        found = select(persons.c.id).where(or_(*(persons.c.merged_into == one for one in new)))
        new = set((await desk.connection.execute(found)).scalars()) - same
        same |= new
    return same


def _locked(desk: Desk, thread: UUID) -> LockedThread:
    if thread not in desk.locked:
        raise LockMore(thread)
    return desk.locked[thread]


def _is_silent(desk: Desk, thread: LockedThread) -> bool:
    """Whether she lets nothing of ours through there, nothing may leave to her, or it may be another's by now."""
    state, person = thread.state, desk.persons[thread.person].state
    closed = state.opted_out or state.blocked or state.frozen or person.is_silent
    return closed or is_doubted(state, desk.engine.clock())


def _may_hear_now(desk: Desk, thread: LockedThread, at: datetime) -> bool:
    """An answer of a helper's is told her, and brings her next question: nothing that should wake her."""
    return thread.channel in PERSONAL_CHANNELS or may_leave_at("day", desk.policy, at) == at


def _talk(desk: Desk, thread: LockedThread) -> Talk:
    person = desk.persons[thread.person]
    return Talk(State(thread.state, person.state, person.runs), desk.policy, desk.engine.clock())


def _name(desk: Desk, role: Row[Any]) -> str:
    return desk.codec.open(role.name, "helpers", "name", role.id).decode() if role.name else ""


async def _write_down(desk: Desk, role: Row[Any], act: Act) -> None:
    """For her list."""
    await desk.connection.execute(
        insert(helper_acts).values(
            municipality=desk.municipality, helper=role.id, act=act.act, question=act.question or None, at=act.at
        )
    )
