"""The ladder of trust: what each step opens, and what takes it away, as one table read aloud."""

from typing import get_args
from uuid import uuid4

import pytest

from backend import access
from backend.access import Reader, What
from backend.clock import real_time
from backend.errors import NotAllowed
from backend.ladder import BECAUSE_IN_SWEDISH, LADDER, Act, Because, Level, opens
from tests.backend.stories import Backend

OPENED: dict[Level, set[Act]] = {
    Level.NOBODY: set(),
    Level.REACHED: set(),
    Level.CODE: {"readable", "own-secrets"},
    Level.SEEN: {"readable", "own-secrets", "number"},
    Level.IDENTIFIED: {"readable", "own-secrets", "number"},
}


@pytest.mark.parametrize("level", Level)
def test_a_step_opens_what_the_table_says_and_nothing_else(level: Level) -> None:
    assert {act for act in get_args(Act) if opens(level, act)} == OPENED[level]
    assert not opens(level, "anything else")


@pytest.mark.parametrize("level", Level)
def test_no_step_opens_less_than_the_one_below(level: Level) -> None:
    below = [OPENED[step] for step in Level if step < level]
    assert all(step <= OPENED[level] for step in below)


@pytest.mark.parametrize("because", get_args(Because))
def test_a_wrong_number_takes_away_what_was_shown_by_telephone_and_the_rest_takes_all(because: Because) -> None:
    lost = {level for level, rung in LADDER.items() if because in rung.lost_by}
    shown = set(Level) - {Level.NOBODY}
    assert lost == ({Level.REACHED} if because == "wrong-number" else shown)
    assert BECAUSE_IN_SWEDISH[because]


@pytest.mark.parametrize("what", get_args(What))
@pytest.mark.parametrize("level", Level)
async def test_the_door_goes_by_the_table_for_whoever_reads_with_a_grant(
    backend: Backend, what: What, level: Level
) -> None:
    amal = await backend.trelleborg.asks_for_help()
    reader = Reader(uuid4(), "", "person", kind="grant", level=level)
    async with backend.database().transaction() as session:
        if what in ("readable", "own-secrets") and level >= Level.CODE:
            assert (await access.enter(session, real_time, reader, amal.person, what)).person.id == amal.person
        else:
            with pytest.raises(NotAllowed):
                await access.enter(session, real_time, reader, amal.person, what)
