"""A payment and its day: told once, told again when it is another, never more than was granted."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from backend.cases import service as cases
from backend.contract import NoticeKind, StillTrueQuery
from backend.decisions import payments, service
from backend.decisions.service import Draft
from backend.errors import Invalid, NotFound
from tests.backend.stories import MARIA, Applicant, Backend, meets, told

FOURTH, SEVENTH = date(2026, 12, 4), date(2026, 12, 7)


async def granted(backend: Backend, kronor: int = 7485) -> tuple[Applicant, UUID]:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    async with backend.database().transaction() as session:
        draft = Draft("bifall", date(2026, 12, 1), kronor=kronor)
        return amal, await service.sign(session, backend.clock, MARIA, amal.person, draft)


async def pays(
    backend: Backend, decision: UUID, kronor: int = 7485, on: date = FOURTH, key: UUID | None = None
) -> UUID:
    async with backend.database().transaction() as session:
        return await payments.record(session, backend.clock, MARIA, decision, kronor=kronor, paid_on=on, key=key)


async def test_the_day_is_told_once_without_the_sum_and_again_when_it_is_another(backend: Backend) -> None:
    amal, decision = await granted(backend)
    key = uuid4()
    for _ in range(2):
        await pays(backend, decision, key=key)
    (first,) = await told(backend.trelleborg, NoticeKind.PAY_DAY)
    assert first.body == {"day": "2026-12-04", "moved": False, "withdrawn": False}
    async with backend.database().transaction() as session:
        await payments.move(session, backend.clock, MARIA, key, FOURTH)
    assert len(await told(backend.trelleborg, NoticeKind.PAY_DAY)) == 1
    async with backend.database().transaction() as session:
        await payments.move(session, backend.clock, MARIA, key, SEVENTH)
    _, second = await told(backend.trelleborg, NoticeKind.PAY_DAY)
    assert second.body == {"day": "2026-12-07", "moved": True, "withdrawn": False}
    async with backend.database().transaction() as session:
        query = StillTrueQuery(person=amal.person, kind="pay-day", reference=first.id, at=backend.clock())
        assert not (await cases.still_true(session, query)).true
        text = await service.latest_text(session, amal.person)
        (moved,) = await payments.days_moved(session, amal.person)
    assert (moved.before, moved.after, moved.by_name, moved.at) == (FOURTH, SEVENTH, "Maria", backend.clock())
    assert text is not None
    assert "Pengarna kommer måndag 7 december." in text.paragraphs["sv"]


async def test_no_more_is_paid_than_was_granted_and_on_no_day_before_it(backend: Backend) -> None:
    _, decision = await granted(backend)
    for kronor, on in ((7486, FOURTH), (0, FOURTH), (100, date(2026, 11, 29)), (100, date(2027, 3, 1))):
        with pytest.raises(Invalid):
            await pays(backend, decision, kronor, on)
    await pays(backend, decision, 7000)
    with pytest.raises(Invalid):
        await pays(backend, decision, 486)
    await pays(backend, decision, 485)
    with pytest.raises(NotFound):
        await pays(backend, uuid4())


async def test_what_was_written_down_wrongly_is_taken_back_once_and_she_is_told_that_the_day_does_not_hold(
    backend: Backend,
) -> None:
    amal, decision = await granted(backend)
    key = await pays(backend, decision)
    for _ in range(2):
        async with backend.database().transaction() as session:
            await payments.take_back(session, backend.clock, MARIA, key, "mistake")
    day, back = await told(backend.trelleborg, NoticeKind.PAY_DAY)
    assert back.body == {"day": "2026-12-04", "moved": False, "withdrawn": True}
    assert (await _true(backend, amal, day.id), await _true(backend, amal, back.id)) == (False, True)
    async with backend.database().transaction() as session:
        assert await payments.of_person(session, amal.person) == ()
        (gone,) = await payments.taken_back(session, amal.person)
        assert (gone.kronor, gone.by_name, gone.because) == (7485, "Maria", "mistake")
    await pays(backend, decision)  # the same day after all: what says that it does not hold leaves no more
    assert not await _true(backend, amal, back.id)
    assert len(await told(backend.trelleborg, NoticeKind.PAY_DAY)) == 3


async def test_a_wrong_sum_is_corrected_and_she_is_told_nothing_more(backend: Backend) -> None:
    amal, decision = await granted(backend)
    wrong, right = await pays(backend, decision), uuid4()
    for _ in range(2):
        async with backend.database().transaction() as session:
            await payments.correct(session, backend.clock, MARIA, wrong, 7000, key=right)
    (day,) = await told(backend.trelleborg, NoticeKind.PAY_DAY)
    assert await _true(backend, amal, day.id)
    async with backend.database().transaction() as session:
        assert [(one.id, one.kronor) for one in await payments.of_person(session, amal.person)] == [(right, 7000)]
        assert [one.because for one in await payments.taken_back(session, amal.person)] == ["replaced"]


async def _true(backend: Backend, amal: Applicant, notice: UUID) -> bool:
    async with backend.database().transaction() as session:
        query = StillTrueQuery(person=amal.person, kind="pay-day", reference=notice, at=backend.clock())
        return (await cases.still_true(session, query)).true
