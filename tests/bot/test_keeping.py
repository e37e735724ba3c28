"""Answers of what was sent are erased when the municipality's rule of retention says so, and not before."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot import keeping
from bot.messages import Run, State, Turn, Two
from bot.tables import metadata
from bot.turning import threads
from tests.bot.house import POLICY, SARA, TOWN, House
from tests.bot.leaving.test_outbox import someone_writes

RENT = {"housing_kronor": 8123}


@pytest.fixture
async def house(house: House) -> House:
    house.office.policy = POLICY.model_copy(update={"answers_days": 90})
    await house.engine.policies.fetch(TOWN)
    return house


async def has_run(house: House, **run: Any) -> UUID:
    """She wrote, and a run of hers came of it."""
    made = Run(
        uuid4(), "application", house.clock(), "sv", answers=RENT, **{"state": "closed", "received": uuid4(), **run}
    )
    house.parrot.on["Hej"] = lambda state, _: Turn(state.with_run(made))
    return await someone_writes(house)


async def goes_by(house: House, **time: float) -> None:
    await house.change("update runs set changed_at = changed_at - cast(:time as interval)", time=timedelta(**time))
    await keeping.erase_answers(house.engine)


async def kept(house: House) -> list[bool]:
    return [row.kept for row in await house.rows("select body is not null as kept from runs order by changed_at")]


async def test_what_was_sent_is_erased_after_its_time_and_its_row_stays(house: House) -> None:
    thread = await has_run(house)
    await goes_by(house, days=89)
    assert await kept(house) == [True]
    await goes_by(house, days=2)
    assert await kept(house) == [False]
    [row] = await house.rows("select flow, state, municipality from runs")
    assert tuple(row) == ("application", "closed", TOWN)
    # Nothing trips over it: she writes on, and it is corrected no longer.
    house.parrot.on.clear()
    await someone_writes(house, "Hallå")
    assert (await threads.state(house.engine, thread)).runs == {}
    await house.work()
    assert [text.body for text in house.twilio.sent_to(SARA)][-1] == "Du skrev: Hallå"


@pytest.mark.parametrize("state", ["open", "sent", "refused"])
async def test_what_is_not_done_is_kept(house: House, state: str) -> None:
    await has_run(house, state=state, received=None)
    await goes_by(house, days=400)
    assert await kept(house) == [True]


async def test_without_a_rule_nothing_is_erased(house: House) -> None:
    await has_run(house)
    house.office.policy = POLICY
    await house.engine.policies.fetch(TOWN)
    await goes_by(house, days=4000)
    assert await kept(house) == [True]


async def test_her_part_is_kept_while_it_waits_for_the_others(house: House) -> None:
    run = Run(uuid4(), "part", house.clock(), "sv", state="closed", answers=RENT)
    two = Two("inviter", run=run.id)
    house.parrot.on["Hej"] = lambda state, _: Turn(state.with_run(run).with_person(two=two))
    await someone_writes(house)
    await goes_by(house, days=91)
    assert await kept(house) == [True]


async def test_a_turn_that_read_before_is_taken_anew(house: House) -> None:
    """What it would write of her rests on answers that are gone."""
    await has_run(house)
    [before] = await house.rows("select version from persons")
    await goes_by(house, days=91)
    [after] = await house.rows("select version from persons")
    assert after.version > before.version


async def test_more_than_are_looked_at_at_once_are_erased(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [Run(uuid4(), "application", house.clock(), "sv", state="closed", answers=RENT) for _ in range(5)]

    def with_all(state: State, _: object) -> Turn:
        for run in runs:
            state = state.with_run(run)
        return Turn(state)

    house.parrot.on["Hej"] = with_all
    await someone_writes(house)
    monkeypatch.setattr(keeping, "AT_A_TIME", 2)
    await goes_by(house, days=91)
    assert await kept(house) == [False] * 5
    counted = await house.rows('select municipality, "of", rows from erased where day = current_date')
    assert [tuple(row) for row in counted] == [(TOWN, "runs", 5)]


def test_every_table_stands_in_one_rule() -> None:
    """A new table is named in ``bot/kept.toml``: how long is decided when it is made."""
    named = Counter(table for rule in keeping.rules() for table in rule.tables)
    assert {table for table, times in named.items() if times > 1} == set()
    assert set(named) ^ set(metadata.tables) == set(), "tables without a rule, or rules without a table"
