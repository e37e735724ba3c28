"""The lists of the inbox of whoever has desks in two municipalities: one list, each line marked with whose it is.

What stands at another desk is read as she who sits there, in a transaction of that municipality's own, and before any
of this one's begins. It is only read: what is pressed on such a line goes to that desk first, and is done there.
"""

import heapq
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import get_args
from urllib.parse import quote

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.staff.desk import Seat
from backend.staff.inbox.narrowing import Chosen, QueueKey
from backend.staff.inbox.views import ListView, Queue, RailGroup, RailLink
from backend.staff.signing_in.towns import beside
from backend.staff.views import ORDINARY, Row, Town

Listed = Callable[[AsyncSession, Seat, Chosen], Awaitable[ListView]]


@dataclass(frozen=True, slots=True)
class Others:
    """What stands at the other desks. ``the_list``: what can be shown of what was asked for."""

    the_list: Chosen
    towns: tuple[Town, ...] = ()
    found: tuple[tuple[Town, ListView], ...] = ()


async def others(here: Seat, asked: Chosen, listed: Listed) -> Others:
    """Read the same list at the other desks. The queue of another role, or of a route, is of this municipality alone:
    of the others only the counts are read."""
    if not here.held:
        return Others(replace(asked, town=""))
    own = here.database.municipality.slug
    alone = asked.role is not None or asked.route is not None
    # Together a list begins at its beginning: it goes on in each municipality for itself.
    the_list = asked if asked.town or alone else asked.from_line(0)

    async def read(session: AsyncSession, there: Seat) -> ListView:
        return await listed(session, there, Chosen(town=own) if alone else the_list)

    towns, found = [], []
    for town, shown in await beside(here, read):
        counts = {queue.key: queue.count for queue in shown.queues} if shown else {}
        known = replace(town, waits=counts.get("waiting"), acute=counts.get("acute", 0))
        towns.append(known)
        if shown is not None:
            found.append((known, shown))
    if alone or not found:
        the_list = replace(asked, town="")
    elif the_list.town not in ("", own, *(town.slug for town, _ in found)):
        the_list = the_list.in_town("")
    return Others(the_list, tuple(towns), tuple(found))


def joined(here: Seat, own: ListView, others: Others) -> ListView:
    """The list of this desk, and of the others with it."""
    the_list, name = others.the_list, here.database.municipality.name
    groups, towns = own.groups, others.towns
    if not others.found:
        return replace(own, towns=towns)
    every = (own, *(shown for _, shown in others.found))
    queues = _summed(every)
    if the_list.role is not None or the_list.route is not None:
        return replace(own, queues=queues, groups=_of_this(groups, name), towns=towns, of=name)
    slug = here.database.municipality.slug
    mine = replace(own, rows=tuple(replace(row, town=name) for row in own.rows))
    each = [(Town(slug, name), mine), *((town, _marked(town, shown)) for town, shown in others.found)]
    rows, more_in = _merged(the_list, each)
    total = sum(shown.listed.count for _, shown in each)
    chips = [RailLink("Alla", the_list.in_town("").href, total, current=not the_list.town)]
    # In the same order wherever she sits, so that each stands in its place.
    for town, shown in sorted(each, key=lambda one: one[0].name):
        at = the_list.in_town(town.slug)
        chips.append(RailLink(town.name, at.href, shown.listed.count, current=the_list.town == town.slug))
    return replace(
        own,
        queues=queues,
        groups=(*_of_this(groups[:1], name), *_facets(every)),
        listed=replace(own.listed, count=total),
        rows=rows,
        more="",
        towns=towns,
        of=name,
        chips=tuple(chips),
        more_in=more_in,
    )


def _marked(town: Town, shown: ListView) -> ListView:
    """Lines of another desk: each leads there."""
    return replace(shown, rows=tuple(_elsewhere(town, row) for row in shown.rows))


def _elsewhere(town: Town, row: Row) -> Row:
    there = f"/inbox/towns/{town.slug}?to="
    go, more = (there + quote(address) if address else "" for address in (row.href, row.task))
    return replace(row, href="", task="", take="", selected=False, town=town.name, go=go or more, go_more=more)


def _merged(the_list: Chosen, each: Iterable[tuple[Town, ListView]]) -> tuple[tuple[Row, ...], tuple[RailLink, ...]]:
    """The lines of all, the most urgent first, and where each goes on. Below the last line of a page of one nobody
    knows yet what comes next, so the lines of the others end there too."""
    ends = [max(by) for _, shown in each if shown.more and (by := [row.urgency for row in shown.rows if _paged(row)])]
    rows = tuple(
        row
        for row in heapq.merge(*(shown.rows for _, shown in each), key=lambda row: row.urgency)
        if not _paged(row) or not ends or row.urgency <= min(ends)
    )
    more = []
    for town, shown in each:
        all_of_it = sum(_paged(row) for row in shown.rows)
        there = sum(_paged(row) and row.town == town.name for row in rows)
        if shown.more or there < all_of_it:
            further = the_list.in_town(town.slug).from_line(the_list.start + there)
            more.append(RailLink(town.name, further.href, 0))
    return rows, tuple(more)


def _paged(row: Row) -> bool:
    return row.urgency[0] <= ORDINARY


def _summed(every: Iterable[ListView]) -> tuple[Queue, ...]:
    """The queues there are at any of the desks, as many as wait at all of them; in their order."""
    counts: dict[str, Queue] = {}
    for shown in every:
        for queue in shown.queues:
            known = counts.get(queue.key)
            counts[queue.key] = replace(queue, count=queue.count + known.count) if known else queue
    return tuple(counts[key] for key in get_args(QueueKey) if key in counts)


def _facets(every: Iterable[ListView]) -> tuple[RailGroup, ...]:
    """The filters of all the desks; a language has its place by how many there are together."""
    groups: dict[str, dict[str, RailLink]] = {}
    for shown in every:
        for group in shown.groups[1:]:
            links = groups.setdefault(group.name, {})
            for link in group.links:
                known = links.get(link.href)
                links[link.href] = replace(link, count=link.count + known.count) if known else link
    return tuple(RailGroup(name, tuple(links.values())) for name, links in groups.items())


def _of_this(groups: Iterable[RailGroup], name: str) -> tuple[RailGroup, ...]:
    """What is of the municipality of this desk alone says so."""
    return tuple(replace(group, name=f"{group.name} i {name}") if group.name == "Köer" else group for group in groups)
