"""What was done for her at her word is written once for each press, and read as it was done."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlmodel import select

from backend.behalf import record
from backend.behalf.models import DoneForHer
from backend.behalf.record import Doing
from backend.errors import DoneAlready
from tests.backend.stories import JOHAN, Applicant, Backend, at_once


async def press(backend: Backend, amal: Applicant, doing: Doing) -> bool:
    """Whether this press did it."""
    async with backend.database().transaction() as session:
        if await record.is_done(session, amal.person, doing):
            return False
        await record.write(session, JOHAN, amal.person, doing, backend.clock())
        return True


async def test_of_two_presses_at_once_one_does_it(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    doing = Doing(uuid4(), "job", "counter", "berättade om ett sökt jobb", ("Städare",))
    assert sorted(await at_once(press(backend, amal, doing), press(backend, amal, doing))) == [False, True]
    with pytest.raises(DoneAlready):
        await press(backend, amal, replace(doing, chosen=("Kock",)))
    async with backend.database().transaction() as session:
        (done,) = await record.of_person(session, amal.person)
        (row,) = (await session.exec(select(DoneForHer))).all()
    assert (done.words, done.heard, done.by_name) == (doing.words, "counter", "Johan")
    assert b"jobb" not in row.words
