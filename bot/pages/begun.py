"""What whoever has opened the page has begun: her threads as they stand, and her application of the next month."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from backend.contract import Policy, Sensitivity
from bot.conversation.talk import Talk
from bot.engine import Engine
from bot.flows.renewal import FLOW
from bot.messages import Run, State
from bot.tables import threads as thread_rows
from bot.turning import threads


async def states(engine: Engine, policy: Policy, person: UUID) -> list[tuple[UUID, State]]:
    """Her threads, the one that was written in last first."""
    async with engine.database.reading() as connection:
        rows = await connection.execute(
            select(thread_rows.c.id)
            .where(thread_rows.c.person == person, thread_rows.c.municipality == policy.municipality)
            .order_by(thread_rows.c.changed_at.desc())
        )
        ids = list(rows.scalars())
    return [(thread, await threads.state(engine, thread)) for thread in ids]


def talk(engine: Engine, policy: Policy, state: State, run: Run) -> Talk:
    """What is asked and known of this run in its thread, now; nothing is said or done."""
    return Talk(replace(state, thread=replace(state.thread, run=run.id)), policy, engine.clock())


async def renewal(engine: Engine, policy: Policy, person: UUID) -> tuple[UUID, Talk, Run] | None:
    """The application of the next month that she has begun and not sent, and the thread it is written in: the one where
    it stands, and where nobody else reads, before others."""
    found: list[tuple[tuple[bool, bool], tuple[UUID, Talk, Run]]] = []
    for thread, state in await states(engine, policy, person):
        for run in state.runs.values():
            if run.flow == FLOW.name and run.state == "open":
                here = talk(engine, policy, state, run)
                rank = (state.thread.run == run.id, here.carries(Sensitivity.PERSONAL))
                found.append((rank, (thread, here, run)))
    return max(found, key=lambda one: one[0])[1] if found else None
