"""How long answers are kept here: what was sent lies with the municipality, and goes here when its own rule says so.

What remains of a run is its row: which flow, when, and how it ended. It can be corrected no longer, and she is told how
else a change is made. Without a rule nothing is erased: what people send an authority is a public record. How each
table is kept stands in ``kept.toml``.
"""

import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal
from uuid import UUID

import structlog
from pydantic import Field
from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.contract import Value
from bot import messages
from bot.codec import Codec
from bot.engine import Engine
from bot.tables import erased, persons, runs
from bot.watching.logs import where

ENDED = ("accepted", "closed")
"""What was refused lies nowhere else: it stays until she or staff have done something about it."""
AT_A_TIME = 100

_FILE = Path(__file__).with_name("kept.toml")

log = structlog.get_logger()


class Rule(Value):
    """How some tables of the bot are kept, and why."""

    name: str
    words: str = Field(min_length=1)
    erases: Literal["rule", "itself", "never", "none"]
    tables: tuple[str, ...] = Field(min_length=1)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule there is."""
    return tuple(Rule.model_validate(one) for one in tomllib.loads(_FILE.read_text("utf-8"))["rules"])


async def erase_answers(engine: Engine) -> None:
    """Erase what is due in each municipality (real time)."""
    for municipality in engine.settings.municipalities:
        policy = await engine.policies.kept(municipality)
        if policy is not None and policy.answers_days is not None:
            await _erase(engine, municipality, timedelta(days=policy.answers_days))


async def _erase(engine: Engine, municipality: str, after: timedelta) -> None:
    due = and_(
        runs.c.municipality == municipality,
        runs.c.state.in_(ENDED),
        runs.c.body.is_not(None),
        runs.c.changed_at < func.now() - after,
    )
    last = UUID(int=0)
    while (looked := await _erase_some(engine, municipality, due, last)) is not None:
        last = looked


async def _erase_some(engine: Engine, municipality: str, due: ColumnElement[bool], after: UUID) -> UUID | None:
    """Erase the next few, and count them. Gives the last that was looked at; ``None``: there were no more."""
    codec = await engine.codec(municipality)
    next_few = select(runs.c.id, runs.c.person).where(due, runs.c.id > after).order_by(runs.c.id).limit(AT_A_TIME)
    async with engine.database.transaction() as connection:
        found = (await connection.execute(next_few)).all()
        of = sorted({row.person for row in found})
        # Whoever takes a turn of hers at this moment takes it anew, on what is left.
        moved = update(persons).where(persons.c.id.in_(of)).values(version=persons.c.version + 1)
        hers = (await connection.execute(moved.returning(persons.c.id, persons.c.state))).all()
        waiting = {run for row in hers for run in _still_needed(codec, row.id, row.state)}
        ids = [row.id for row in found if row.id not in waiting]
        gone = await connection.execute(update(runs).where(due, runs.c.id.in_(ids)).values(body=None))
        await _count(connection, municipality, gone.rowcount)
    return found[-1].id if found else None


async def _count(connection: AsyncConnection, municipality: str, rows: int) -> None:
    if not rows:
        return
    put = upsert(erased).values(municipality=municipality, day=func.current_date(), of=runs.name, rows=rows)
    more = {"rows": erased.c.rows + put.excluded.rows}
    await connection.execute(put.on_conflict_do_update(index_elements=list(erased.primary_key), set_=more))


def _still_needed(codec: Codec, person: UUID, state: bytes) -> list[UUID]:
    """Her part of an application of two, while it waits for the other's."""
    try:
        two = messages.load_person(codec.open(state, "persons", "state", person)).two
    except Exception as error:  # noqa: BLE001  # one that cannot be opened holds up no other
        log.critical("not read", error=type(error).__name__, where=where(error))
        return []
    return [two.run] if two is not None and two.run is not None and not two.complete else []
