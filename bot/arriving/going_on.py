"""A code was written: from then on this thread is the same person's as the one it was shown in, and the talk goes on
here; or who writes here helps that person (:mod:`bot.persons.helping`), or is invited to apply together with her.

Only a thread whose person has nothing of her own yet is joined, so that nobody can be drawn into another's case by a
code that was written on her telephone; for all others it is as if the code did not fit.
"""

from dataclasses import replace
from datetime import datetime
from uuid import uuid5

from sqlalchemy import func, select, update

from backend.contract import SamePerson
from bot.conversation.putting import ASKED_OF_HELPERS
from bot.conversation.talk import is_doubted
from bot.flows import flows
from bot.flows.application.household import OWN_NAME
from bot.form import LEFT
from bot.hearing.diverter import MARK
from bot.messages import Filled, Invited, Joined, Said, Thread
from bot.persons import codes, helping, merging
from bot.tables import calls, inbox
from bot.tables import threads as thread_rows
from bot.turning import threads
from bot.turning.desk import Desk, LockMore
from bot.turning.threads import LockedThread


async def heard(desk: Desk, thread: LockedThread, event: Said | Filled, at: datetime) -> Said | Filled:
    """What it means when the event is a code. That stands in no line of the thread, right or wrong."""
    code = codes.read(event)
    if code is None or not isinstance(event, Said):
        return event
    event, said = replace(event, words=MARK), event
    state = thread.state
    silent = desk.persons[thread.person].state.is_silent or state.opted_out or state.frozen
    if silent or state.owner == "staff" or is_doubted(state, desk.engine.clock()):
        return event
    if not await codes.may_try(desk.connection, desk.municipality, thread.contact_point):
        return replace(event, code="wrong")
    right = await _opened(desk, thread, event, (code, codes.written_in(said)), at)
    if right is not None:
        return right
    await codes.failed(desk.connection, desk.municipality, thread.contact_point)
    return replace(event, code="wrong")


async def _opened(
    desk: Desk, thread: LockedThread, event: Said, code: tuple[str, str | None], at: datetime
) -> Said | None:
    """What a code leads to, with the language of the word before it: it is used up by that. ``None``: it is wrong."""
    found = await codes.find(desk.connection, desk.codec, desk.municipality, code[0])
    two = desk.persons[thread.person].state.two
    if found is None and two is not None and two.side == "partner" and two.joint is not None:
        if await codes.was_for_two(desk.connection, desk.codec, desk.municipality, code[0]):
            return replace(event, invited=Invited(two.joint, two.name, code[1]))
        return None
    if found is not None and found.thread != thread.id:
        if found.thread not in desk.locked:
            raise LockMore(found.thread)
        shown_in = desk.locked[found.thread]
        silent = desk.persons[shown_in.person].state.is_silent
        fits = shown_in.person == found.person and not shown_in.state.frozen and not silent
        if fits and found.purpose == "help":
            began = await helping.begin(desk, thread, shown_in, at)
            if began is not None and await codes.use(desk.connection, found.id):
                return replace(event, began=began)
        elif fits and found.purpose == "together":
            invited = _invited(desk, thread, shown_in, code[1])
            if invited is not None and await codes.use(desk.connection, found.id):
                return replace(event, invited=invited)
        elif fits and await _may_be_joined(desk, thread, shown_in) and await codes.use(desk.connection, found.id):
            return replace(event, joined=await _join(desk, thread, shown_in, at))
    return None


def _invited(desk: Desk, thread: LockedThread, shown_in: LockedThread, written_in: str | None) -> Invited | None:
    """What may be told of who invites; ``None``: it is as if the code did not fit.

    Who has agreed on a phrase with staff is told of to nobody, and is told of nobody.
    """
    her, here = desk.persons[shown_in.person], desk.persons[thread.person].state
    two = her.state.two
    if thread.person == shown_in.person or her.state.agreed or here.agreed:
        return None
    if two is None or two.joint is None or two.side != "inviter":
        return None
    again = here.two is not None and here.two.joint == two.joint
    if not again and (two.joined or two.complete or (here.two is not None and not here.two.complete)):
        return None
    run = her.runs.get(two.run) if two.run else None
    name = run.answers.get(OWN_NAME.name) if run is not None else None
    called = name if isinstance(name, str) and name != LEFT else ""
    return Invited(two.joint, called, written_in, shown_in.state.language)


async def _may_be_joined(desk: Desk, thread: LockedThread, to: LockedThread) -> bool:
    """Whether the person here has nothing of her own, and no other thread; or is the same person already."""
    if thread.person == to.person:
        return True
    here = desk.persons[thread.person]
    has = here.state
    # A code that was meant for another use makes nobody's helper her.
    if thread.state.helps is not None or has.agreed or has.two is not None:
        return False
    if has.meeting or has.applied or has.telephone or has.reach or has.news or has.important_day or has.acute:
        return False
    if any(flows()[run.flow].application and run.answers for run in here.runs.values()):
        return False
    others = select(func.count()).where(thread_rows.c.person == thread.person, thread_rows.c.id != thread.id)
    return not (await desk.connection.execute(others)).scalar_one()


async def _join(desk: Desk, thread: LockedThread, shown_in: LockedThread, at: datetime) -> Joined:
    """Move the question, and what it waits for, from the thread where the code was shown; in this transaction."""
    was = _without_anothers(shown_in.state)
    same = thread.person == shown_in.person
    if not same:
        one, into = thread.person, shown_in.person
        helped = desk.persons[one].state.helped
        await merging.merge(desk, one, into, "code", at)
        if helped:
            # What she wrote here first lies in the backend under another id.
            call = SamePerson(person=one, into=into, at=at)
            await desk.write_call(uuid5(one, f"same person:{into}"), call, thread)
    await desk.link_row(thread.contact_point, shown_in.person, "confirmed", at)
    awaited = [one.call for one in was.awaited]
    await desk.connection.execute(update(calls).where(calls.c.id.in_(awaited)).values(thread=thread.id))
    await desk.connection.execute(
        update(inbox)
        .where(inbox.c.thread == shown_in.id, inbox.c.state == "pending", inbox.c.kind == "resulted")
        .values(thread=thread.id)
    )
    thread.state = _taken_over(thread.state if same else _fresh(thread.state), was)
    shown_in.state = replace(was, open=None, interrupted=None, run=None, awaited=(), silence=None)
    await threads.save_thread(desk.connection, desk.codec, shown_in)
    return Joined(
        thread=shown_in.id,
        language=was.language,
        telephone=shown_in.address if shown_in.channel == "sms" else None,
        tells=not (was.opted_out or was.blocked),
        with_staff=was.owner == "staff" or was.handed_over,
    )


def _without_anothers(thread: Thread) -> Thread:
    """Without a question of somebody she helps: that was asked there, and is not hers."""
    if thread.open is None or thread.open.ask not in ASKED_OF_HELPERS:
        return thread
    return replace(thread, open=thread.interrupted, interrupted=None)


def _fresh(thread: Thread) -> Thread:
    """Without what was begun here by somebody who turned out to be somebody else."""
    return replace(thread, open=None, interrupted=None, run=None, awaited=(), link=None, silence=None)


def _taken_over(here: Thread, was: Thread) -> Thread:
    """With the question that was open there; but what is asked here of a notice stays open, and the form waits."""
    asks = was.open, was.interrupted
    if here.open is not None and here.open.ask != "form":
        form = was.open if was.open is not None and was.open.ask == "form" else was.interrupted
        asks = (here.open, form or here.interrupted)
    return replace(
        here,
        language=here.language or was.language,
        speaks=here.speaks or was.speaks,
        choosing=() if was.language else here.choosing,
        open=asks[0],
        interrupted=asks[1],
        run=was.run or here.run,
        awaited=(*here.awaited, *was.awaited),
        confirmed=True,
        greeted=True,
        misses=0,
    )
