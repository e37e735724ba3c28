"""Two persons turn out to be one: a redirect, with all that was moved written down, so that it can go back."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import Row, false, insert, select, update

from backend.contract import Merged, NoticeKind, PlanningWeek
from bot.messages import Event, Noticed, Person, State
from bot.tables import contact_links, merges, persons, runs
from bot.tables import threads as thread_rows
from bot.turning import threads
from bot.turning.desk import Desk, LockMore

_KINDS = (NoticeKind.PERSONS_MERGED, NoticeKind.PERSONS_PARTED)

_HER_OWN = ("id", "unsaid", "agreed", "moved")
"""What is not given to the one she turns out to be: of whoever asks for help here another municipality has not taken
over, though it had of who she also was."""


async def noticed(desk: Desk, event: Event) -> None:
    """What staff found out is done before the turn of its notice; the same once more changes nothing."""
    if not isinstance(event, Noticed) or event.notice.kind not in _KINDS:
        return
    told = Merged.model_validate(event.notice.body)
    if event.notice.kind is NoticeKind.PERSONS_PARTED:
        await unmerge(desk, told.person, event.notice.at)
        return
    one, other = await root_of(desk, told.person), await root_of(desk, told.into)
    if one != other:
        await _lock(desk, await threads_of(desk, other), one, other)
        await merge(desk, one, other, "staff", event.notice.at)


async def merge(desk: Desk, duplicate: UUID, into: UUID, because: Literal["code", "staff"], at: datetime) -> None:
    """From now on ``duplicate`` is ``into``: her threads, her runs, and what ``into`` did not have.

    A thread of ``into`` is locked. Raises LockMore until all of the other's are.
    """
    theirs = await threads_of(desk, duplicate)
    # What was only just begun where a code was written is left behind: she goes on with what she came from.
    begun = runs.c.person == duplicate if because == "staff" else false()
    moved_runs = update(runs).where(begun).values(person=into).returning(runs.c.id)
    run_ids = (await desk.connection.execute(moved_runs)).scalars().all()
    links = await _close_links(desk, duplicate, at)
    for link in links:
        await desk.link_row(link.contact_point, into, link.because, at)
    for thread in theirs:
        desk.locked[thread].person = into
        await threads.save_thread(desk.connection, desk.codec, desk.locked[thread])
    one, other = desk.persons[duplicate].state, desk.persons[into].state
    if helped_here := is_helped_here(other, one):
        # Kept under seal with the one nobody writes to from now on, for when they turn out to be two after all.
        await _save(desk, duplicate, replace(one, moved=other.moved))
    await _redirect(desk, duplicate, into)
    taken = taken_by(other, one)
    both = (*other.agreed, *one.agreed)
    given = {name: getattr(one, name) for name in taken}
    if helped_here:
        given["moved"] = None
    await _save(desk, into, replace(other, agreed=both, **given))
    moved = {
        "threads": [str(thread) for thread in theirs],
        "runs": [str(run) for run in run_ids],
        "links": [{"contact_point": str(link.contact_point), "because": link.because} for link in links],
        "taken": taken,
        "helped_here": helped_here,
    }
    await desk.connection.execute(
        insert(merges).values(
            id=uuid4(),
            municipality=desk.municipality,
            duplicate=duplicate,
            into=into,
            because=because,
            moved=moved,
            at=at,
        )
    )


def taken_by(other: Person, one: Person) -> list[str]:
    """What ``other``, who stays, has not and is given from ``one``; of two weeks it is the one to come."""
    return [
        field.name
        for field in fields(Person)
        if field.name not in _HER_OWN
        and getattr(one, field.name)
        and (not getattr(other, field.name) or (field.name == "week" and _is_newer(one.week, other.week)))
    ]


def is_helped_here(other: Person, one: Person) -> bool:
    """Whether ``other``, who stays, is helped here after all: another municipality took her over, but not ``one``, who
    has asked for help here."""
    return other.moved is not None and one.moved is None and one.helped


def _is_newer(one: PlanningWeek | None, other: PlanningWeek | None) -> bool:
    """Whether her one week ends after the other: what is over says nothing of what is to come."""
    return one is not None and (other is None or _ends(one) > _ends(other))


def _ends(week: PlanningWeek) -> float:
    return max((activity.end.timestamp() for activity in week.activities), default=0)


async def unmerge(desk: Desk, duplicate: UUID, at: datetime) -> None:
    """Undo it: everything is hers again that was, and has not gone elsewhere since. Where nothing stands, nothing is
    done. Raises LockMore until all of her threads are locked."""
    found = select(merges).where(merges.c.duplicate == duplicate, merges.c.undone_at.is_(None))
    merged = (await desk.connection.execute(found)).one_or_none()
    if merged is None:
        return
    root = await root_of(desk, merged.into)
    theirs = [UUID(thread) for thread in merged.moved["threads"]]
    await _lock(desk, theirs, duplicate, root)
    for thread in theirs:
        locked = desk.locked[thread]
        if locked.person == root:
            locked.person = duplicate
            await threads.save_thread(desk.connection, desk.codec, locked)
    run_ids = [UUID(run) for run in merged.moved["runs"]]
    await desk.connection.execute(
        update(runs).where(runs.c.id.in_(run_ids), runs.c.person == root).values(person=duplicate)
    )
    for link in merged.moved["links"]:
        await _close_links(desk, root, at, UUID(link["contact_point"]))
        await desk.link_row(UUID(link["contact_point"]), duplicate, link["because"], at)
    one, other = desk.persons[duplicate].state, desk.persons[root].state
    # What staff changed or lifted meanwhile, they did for both.
    still = tuple(phrase for phrase in one.agreed if phrase in other.agreed)
    silent = one.silent_for_safety if other.silent_for_safety is not None else None
    # What was said to either of them while they were one, nobody knows of which it was true: the careful way for both.
    said = {
        name: since
        for name in ("only_rings", "staff_ring")
        if (since := getattr(other, name)) is None or since >= merged.at
    }
    helped_here = merged.moved.get("helped_here", False)
    moved = None if helped_here else one.moved
    # As before, unless she was taken over anew, or the one she was has become somebody else's in turn.
    again = one.moved if helped_here and root == merged.into and other.moved is None else other.moved
    await _save(desk, duplicate, replace(one, agreed=still, silent_for_safety=silent, moved=moved, **said))
    await _redirect(desk, duplicate, None)
    given_back: dict[str, Any] = {
        field.name: field.default
        for field in fields(Person)
        if field.name in merged.moved["taken"] and getattr(other, field.name) == getattr(one, field.name)
    }
    hers = tuple(phrase for phrase in other.agreed if phrase not in one.agreed)
    await _save(desk, root, replace(other, agreed=hers, moved=again, **given_back))
    await desk.connection.execute(update(merges).where(merges.c.id == merged.id).values(undone_at=at))


async def root_of(desk: Desk, person: UUID) -> UUID:
    """Who an id stands for today."""
    for _ in range(10):
        found = select(persons.c.merged_into).where(persons.c.id == person)
        further = (await desk.connection.execute(found)).scalar_one_or_none()
        if further is None:
            break
        person = further
    return person


async def threads_of(desk: Desk, person: UUID) -> list[UUID]:
    """All of a person's threads. Raises LockMore until they are locked."""
    found = select(thread_rows.c.id).where(thread_rows.c.person == person).order_by(thread_rows.c.id)
    theirs = list((await desk.connection.execute(found)).scalars())
    for thread in theirs:
        if thread not in desk.locked:
            raise LockMore(thread)
    return theirs


async def _lock(desk: Desk, wanted: list[UUID], *people: UUID) -> None:
    for thread in wanted:
        if thread not in desk.locked:
            raise LockMore(thread)
    desk.persons |= await threads.lock_persons(desk.connection, desk.codec, people)


async def _close_links(desk: Desk, person: UUID, at: datetime, contact_point: UUID | None = None) -> list[Row[Any]]:
    closed = (
        update(contact_links)
        .where(contact_links.c.person == person, contact_links.c.until.is_(None))
        .values(until=at)
        .returning(contact_links.c.contact_point, contact_links.c.because)
    )
    if contact_point is not None:
        closed = closed.where(contact_links.c.contact_point == contact_point)
    return list((await desk.connection.execute(closed)).all())


async def _redirect(desk: Desk, duplicate: UUID, into: UUID | None) -> None:
    redirect = update(persons).where(persons.c.id == duplicate)
    await desk.connection.execute(redirect.values(merged_into=into, version=persons.c.version + 1))


async def _save(desk: Desk, person: UUID, state: Person) -> None:
    """Save her, and load her again with the runs that are hers now: a turn may follow."""
    locked = desk.persons[person]
    thread = next(iter(desk.locked.values())).state
    await threads.save_person(desk.connection, desk.codec, desk.municipality, locked, State(thread, state, locked.runs))
    desk.persons |= await threads.lock_persons(desk.connection, desk.codec, [person])
