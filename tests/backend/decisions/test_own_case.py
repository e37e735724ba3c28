"""Her whole case, read by herself: in the order that the contract promises."""

from backend.contract import OwnCase
from tests.backend.decisions.test_decision import refusal, sign
from tests.backend.decisions.test_told_by_page import opens
from tests.backend.stories import Backend, books_a_meeting, meets


async def test_the_latest_meeting_stands_first(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    first = await books_a_meeting(backend, amal)
    backend.clock.now = first.end
    await meets(backend, amal, meeting=first.id)
    await sign(backend, amal, await refusal(backend, amal))
    answer = await backend.trelleborg.get("readable/case", **{"X-Read-Grant": await opens(backend, amal)})
    after, before = OwnCase.model_validate(answer.json()).meetings
    assert (before.id, before.start < after.start) == (first.id, True)
