"""The search of the inbox, and the page of its shortcuts. What is looked for stands in no address: logs keep those."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.handover import desk as handover
from backend.handover import passing, search
from backend.staff.desk import Here, Page, Seat, may_read, page
from backend.staff.facts import names
from backend.staff.inbox.queues import called, row_of, thread_row
from backend.staff.views import Row
from backend.tasks import Task

router = APIRouter(route_class=Page, dependencies=[may_read])

KEYS = (
    ("j", "Nästa rad i listan"),
    ("k", "Raden före"),
    ("Enter", "Öppna raden"),
    ("c", "Ta uppgiften eller samtalet"),
    ("s", "Låt vila"),
    ("l", "Lämna över"),
    ("g", "Lägg på en kollega"),
    ("x", "Stäng"),
    ("/", "Sök"),
    ("?", "Visa den här sidan"),
)


@router.get("/keys")
async def keys(here: Here) -> Response:
    """Every shortcut there is, and how to turn them off."""
    return page("keys", here, keys=KEYS)


@router.get("/search")
async def empty(here: Here) -> Response:
    """Where one searches."""
    return page("search", here, sought="", rows=(), full=False)


@router.post("/search")
async def found(here: Here, sought: Annotated[str, Form(max_length=60)] = "") -> Response:
    """Who or what is meant, as lines of the lists; opening one passes the door as always."""
    sought = sought.strip()
    async with here.database.transaction() as session:
        rows = await _rows(session, here, sought) if sought else []
    return page("search", here, sought=sought, rows=rows[: search.MOST], full=len(rows) >= search.MOST)


async def _rows(session: AsyncSession, here: Seat, words: str) -> list[Row]:
    people = await search.people(session, words, here.now)
    lines, with_task = await _lines(session, here, await search.tasks_of(session, people))
    without = [one for one in people if one not in with_task]
    seen = set()
    for thread in await handover.found_threads(session, without):
        if thread.person not in seen:
            seen.add(thread.person)
            lines.append(replace(thread_row(thread, here.now), why="Samtal"))
    for one, (name, language) in (await names(session, [one for one in without if one not in seen])).items():
        lines.append(Row(f"/inbox/cases/{one}", name, "", language, "Ärende"))
    if not any(one.isdecimal() for one in words):
        kinds, reasons = called(words)
        there = {row.task for row in lines}
        more, _ = await _lines(session, here, await search.tasks_called(session, kinds, reasons))
        lines += [row for row in more if row.task not in there]
    return lines


async def _lines(session: AsyncSession, here: Seat, tasks: tuple[Task, ...]) -> tuple[list[Row], set[UUID | None]]:
    """These tasks as lines, and whose they are."""
    passed = await passing.latest(session, [task.id for task in tasks])
    rows = await handover.rows_of(session, here.clock, tasks)
    lines = [replace(row_of(row, here, passed.get(row.task)), take="") for row in rows]
    return lines, {row.person for row in rows}
