"""How long answers are kept here: what was sent lies with the municipality, and goes here when its own rule says so.

What remains of a run is its row: which flow, when, and how it ended. It can be corrected no longer, and she is told how
else a change is made. Without a rule nothing is erased: what people send an authority is a public record.
"""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, func, select, update

from bot import messages
from bot.codec import Codec
from bot.engine import Engine
from bot.tables import persons, runs
from bot.watching.logs import where

ENDED = ("accepted", "closed")
"""What was refused lies nowhere else: it stays until she or staff have done something about it."""
AT_A_TIME = 100

log = structlog.get_logger()


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
    codec, last = await engine.codec(municipality), UUID(int=0)
    while (looked := await _erase_some(engine, codec, due, last)) is not None:
        last = looked


async def _erase_some(engine: Engine, codec: Codec, due: ColumnElement[bool], after: UUID) -> UUID | None:
    """Erase the next few. Gives the last that was looked at; ``None``: there were no more."""
    next_few = select(runs.c.id, runs.c.person).where(due, runs.c.id > after).order_by(runs.c.id).limit(AT_A_TIME)
    async with engine.database.transaction() as connection:
        found = (await connection.execute(next_few)).all()
        of = sorted({row.person for row in found})
        # Whoever takes a turn of hers at this moment takes it anew, on what is left.
        moved = update(persons).where(persons.c.id.in_(of)).values(version=persons.c.version + 1)
        hers = (await connection.execute(moved.returning(persons.c.id, persons.c.state))).all()
        waiting = {run for row in hers for run in _still_needed(codec, row.id, row.state)}
        ids = [row.id for row in found if row.id not in waiting]
        await connection.execute(update(runs).where(due, runs.c.id.in_(ids)).values(body=None))
    return found[-1].id if found else None


def _still_needed(codec: Codec, person: UUID, state: bytes) -> list[UUID]:
    """Her part of an application of two, while it waits for the other's."""
    try:
        two = messages.load_person(codec.open(state, "persons", "state", person)).two
    except Exception as error:  # noqa: BLE001  # one that cannot be opened holds up no other
        log.critical("not read", error=type(error).__name__, where=where(error))
        return []
    return [two.run] if two is not None and two.run is not None and not two.complete else []
