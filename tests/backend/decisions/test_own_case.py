"""Her whole case, read by herself: in the order that the contract promises."""

from datetime import timedelta

from backend.contract import OwnCase, OwnData
from backend.decisions import comments
from tests.backend.decisions.test_comments import FOUND, asks, refuses
from tests.backend.decisions.test_decision import refusal, sign
from tests.backend.decisions.test_told_by_page import opens
from tests.backend.decisions.test_written import WORDS, writes
from tests.backend.stories import MARIA, Backend, books_a_meeting, meets


async def test_the_latest_meeting_stands_first(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    first = await books_a_meeting(backend, amal)
    backend.clock.now = first.end
    await meets(backend, amal, meeting=first.id)
    await sign(backend, amal, await refusal(backend, amal))
    answer = await backend.trelleborg.get("readable/case", **{"X-Read-Grant": await opens(backend, amal)})
    after, before = OwnCase.model_validate(answer.json()).meetings
    assert (before.id, before.start < after.start) == (first.id, True)


async def test_what_she_said_before_a_decision_is_hers_to_read_and_to_take_home(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    first = await asks(backend, amal)
    token = await opens(backend, amal)
    await writes(backend, token, first, WORDS)
    async with backend.database().transaction() as session:
        await comments.answered(session, backend.clock, MARIA, first, "telephone", words="Det var oktober.")
    await refuses(backend, amal)
    backend.clock.advance(minutes=1)
    await writes(backend, token, first, "Och hyran.", speak=True)  # decided already: a human reads it, and so does she
    backend.clock.advance(minutes=1)
    await asks(backend, amal, "Något annat.", backend.clock().date() + timedelta(days=9))
    answer = await backend.trelleborg.get("readable/everything", **{"X-Read-Grant": token})
    later, earlier = OwnData.model_validate(answer.json()).case.comments
    assert (later.words, later.said, later.taken_down) == ("Något annat.", (), "")
    assert (earlier.words, earlier.taken_down) == (FOUND, "Det var oktober.")
    assert [(one.words, one.wants_to_speak) for one in earlier.said] == [(WORDS, False), ("Och hyran.", True)]
