"""A promise in somebody's own words: sent or spoken, warned of and broken like the fixed ones, and never of money."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend import promises
from backend.contract import NoticeKind
from backend.errors import NotFound, NotToBePromised, PromisedTooFar, SilentForSafety, TooLong, WeRing
from backend.handover import desk, promising
from backend.handover.promising import Way, is_of_money
from backend.safety import by_telephone
from backend.safety import service as safety
from tests.backend.handover.test_threads import hand_over
from tests.backend.stories import JOHAN, Applicant, Backend, told

WORDS = "Jag ringer din hyresvärd"


@pytest.fixture
async def amal(backend: Backend) -> Applicant:
    applicant = await backend.trelleborg.asks_for_help()
    await hand_over(backend, applicant, "asked")
    return applicant


async def gives(
    backend: Backend, to: Applicant, words: str = WORDS, *, way: Way = "sent", hours: float = 3, key: UUID | None = None
) -> None:
    due_at = backend.clock() + timedelta(hours=hours)
    async with backend.database().transaction() as session:
        await promising.give(
            session,
            backend.clock,
            JOHAN,
            to.thread,
            words,
            due_at=due_at,
            way=way,
            arrives=f"{words}. Senast i dag.",
            key=key or uuid4(),
        )


async def own(backend: Backend, applicant: Applicant) -> list[desk.PromiseView]:
    async with backend.database().transaction() as session:
        opened = await desk.open_thread(session, backend.clock, JOHAN, applicant.thread, "answers-now")
    return [one for one in opened.promises if one.own]


async def test_it_is_sent_once_kept_as_a_row_warned_of_and_broken(backend: Backend, amal: Applicant) -> None:
    key = uuid4()
    for _ in range(2):  # pressed twice
        await gives(backend, amal, key=key)
        backend.clock.advance(minutes=1)
    (sent,) = await told(backend.trelleborg, NoticeKind.STAFF_MESSAGE)
    assert sent.body["text"] == f"{WORDS}. Senast i dag."
    (promise,) = await own(backend, amal)
    assert (promise.in_swedish, promise.broken, promise.soon) == (WORDS, False, False)
    backend.clock.advance(hours=2)
    (promise,) = await own(backend, amal)
    assert (promise.broken, promise.soon) == (False, True)
    async with backend.database().transaction() as session:
        (row,) = [one for one in await promises.all_open(session) if one.what == "own"]
        assert WORDS.encode() not in (row.words or b"")
        (line,) = await desk.promise_rows(session, backend.clock, [row])
        assert line.in_swedish == "Löfte i egna ord", "a list says nothing of a case"
    backend.clock.advance(hours=1)
    (promise,) = await own(backend, amal)
    assert promise.broken


@pytest.mark.parametrize("kept", [True, False])
async def test_it_is_kept_or_let_go_by_a_press_and_by_nothing_else(
    backend: Backend, amal: Applicant, kept: bool
) -> None:
    await gives(backend, amal, way="spoken")
    assert await told(backend.trelleborg, NoticeKind.STAFF_MESSAGE) == []
    async with backend.database().transaction() as session:
        await desk.send_words(session, backend.clock, JOHAN, amal.thread, "Hej!")
    (promise,) = await own(backend, amal)
    assert promise.own is not None
    assert promise.kept_at is None
    stranger = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        with pytest.raises(NotFound):
            await promises.settle_own(session, stranger.person, promise.own, kept=kept, at=backend.clock())
    for settled in (kept, not kept):  # what is settled stays so
        async with backend.database().transaction() as session:
            await promising.settle(session, backend.clock, JOHAN, amal.thread, promise.own, kept=settled)
    assert [one.kept_at is not None for one in await own(backend, amal)] == ([True] if kept else [])


async def test_what_is_not_promised(backend: Backend, amal: Applicant) -> None:
    for hours in (-1, 24 * 100):
        with pytest.raises(PromisedTooFar):
            await gives(backend, amal, hours=hours)
    with pytest.raises(TooLong):
        await gives(backend, amal, "å" * 201)
    with pytest.raises(NotToBePromised):
        await gives(backend, amal, "Du får pengarna på fredag", way="spoken")
    async with backend.database().transaction() as session:
        await by_telephone.begin(session, backend.clock, JOHAN, amal.person)
    with pytest.raises(WeRing):
        await gives(backend, amal)
    await gives(backend, amal, way="spoken")
    async with backend.database().transaction() as session:
        await safety.written(session, amal.person, amal.thread, backend.clock())
    with pytest.raises(SilentForSafety):
        await gives(backend, amal, way="spoken")


@pytest.mark.parametrize(
    "words",
    [
        "Du får 4 000 kr",
        "Pengarna kommer",
        "Vi betalar din el",
        "Du får bifall",
        "Utbetalning i dag",
        "Beslut i dag",
    ],
)
def test_money_and_decisions(words: str) -> None:
    assert is_of_money(words)
    assert not is_of_money("Jag ringer dig när jag har pratat med hyresvärden")
