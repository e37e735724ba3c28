"""May comment before a refusal: asked once by a day, weighed when she answers or the day has passed, read by her."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from backend import tasks
from backend.cases import service as cases
from backend.contract import NoticeKind, Phone, StillTrueQuery
from backend.decisions import comments, service
from backend.decisions.service import Draft
from backend.errors import AlreadyTold, CommentDayNeeded, CommentFirst, SpeaksFirst, WordsMissing
from tests.backend.stories import MARIA, TELEPHONE, Applicant, Backend, books_a_meeting, meets, told

DECEMBER = date(2026, 12, 1)
FOUND = "Försäkringskassan har betalat 4 000 kr i november."
UNTIL = date(2026, 12, 4)


async def asks(backend: Backend, applicant: Applicant, words: str = FOUND, until: date = UNTIL) -> UUID:
    async with backend.database().transaction() as session:
        return await comments.ask(session, backend.clock, MARIA, applicant.person, words, until=until)


async def refuses(backend: Backend, applicant: Applicant, *, unknown: bool = True) -> UUID:
    draft = Draft("delavslag", DECEMBER, kronor=1000, reasons=("other-benefit",), unknown_facts=unknown)
    async with backend.database().transaction() as session:
        return await service.sign(session, backend.clock, MARIA, applicant.person, draft)


async def stands(backend: Backend, applicant: Applicant, notice: UUID) -> bool:
    query = StillTrueQuery(person=applicant.person, kind="comment-asked", reference=notice, at=backend.clock())
    async with backend.database().transaction() as session:
        return (await cases.still_true(session, query)).true


async def decided_words(backend: Backend, applicant: Applicant) -> str:
    async with backend.database().transaction() as session:
        text = await service.latest_text(session, applicant.person)
    assert text is not None
    return "\n".join(text.paragraphs["sv"])


async def test_a_refusal_on_what_she_does_not_know_waits_for_her(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    with pytest.raises(CommentFirst):
        await refuses(backend, amal)
    for words, until, refused in ((" ", UNTIL, WordsMissing), (FOUND, date(2026, 11, 30), CommentDayNeeded)):
        with pytest.raises(refused):
            await asks(backend, amal, words, until)
    comment = await asks(backend, amal)
    (notice,) = await told(backend.trelleborg, NoticeKind.COMMENT_ASKED)
    assert notice.body == {"by": "2026-12-04"}
    assert await stands(backend, amal, notice.id)
    # Asked is asked: whatever it rests on, she has her time.
    for unknown in (True, False):
        with pytest.raises(CommentFirst):
            await refuses(backend, amal, unknown=unknown)
    async with backend.database().transaction() as session:
        hers = await comments.readable(session, amal.person)
        assert hers is not None
        assert (hers.words, hers.by, hers.answered) == (FOUND, UNTIL, False)
        assert hers.law == "25 § förvaltningslagen (2017:900), 14 kap. 8 § socialtjänstlagen (2025:400)"
        await comments.answered(session, backend.clock, MARIA, comment, "counter", words="Det var för oktober.")
    assert not await stands(backend, amal, notice.id)
    backend.clock.advance(minutes=1)
    await refuses(backend, amal)
    assert "Du yttrade dig måndag 30 november, och vi har vägt in det." in await decided_words(backend, amal)
    async with backend.database().transaction() as session:
        (view,) = await service.of_person(session, amal.person)
        assert view.comment is not None
        assert (view.comment.answer, view.comment.answered_how) == ("Det var för oktober.", "counter")
        assert await comments.standing(session, amal.person) is None
        with pytest.raises(AlreadyTold):
            await comments.answered(session, backend.clock, MARIA, comment, "telephone", words="Mer.")


async def test_when_the_day_has_passed_it_is_decided_with_what_there_is(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    await asks(backend, amal)
    backend.clock.advance(days=4)  # the whole of the last day is hers
    with pytest.raises(CommentFirst):
        await refuses(backend, amal)
    backend.clock.advance(days=1)
    await refuses(backend, amal)
    assert "och kunde yttra dig till och med fredag 4 december." in await decided_words(backend, amal)


async def test_who_wants_to_speak_before_the_board_does_so_first(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    comment = await asks(backend, amal)
    async with backend.database().transaction() as session:
        await comments.answered(session, backend.clock, MARIA, comment, "message", speaks="wants")
    with pytest.raises(SpeaksFirst):
        await refuses(backend, amal)
    async with backend.database().transaction() as session:
        await comments.answered(session, backend.clock, MARIA, comment, "message", speaks="has")
    await refuses(backend, amal)


async def test_what_is_shown_before_it_is_signed_is_what_she_reads(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    comment = await asks(backend, amal)
    async with backend.database().transaction() as session:
        await comments.answered(session, backend.clock, MARIA, comment, "telephone", words="Nej.")
    meeting = await books_a_meeting(backend, amal)
    draft = Draft("avslag", DECEMBER, reasons=("other-benefit",), unknown_facts=True)
    async with backend.database().transaction() as session:
        shown = await service.preview(session, backend.clock, amal.person, draft, at=meeting)
        signed = replace(draft, new_meeting=meeting.id)
        await service.sign(session, backend.clock, MARIA, amal.person, signed)
        text = await service.latest_text(session, amal.person)
    assert text is not None
    assert shown.paragraphs == text.paragraphs
    assert "vägt in det" in " ".join(text.paragraphs["sv"])


async def test_a_wish_to_speak_is_not_taken_away_by_whoever_has_not_read_it(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    comment = await asks(backend, amal)
    async with backend.database().transaction() as session:
        await comments.answered(session, backend.clock, MARIA, comment, "page", speaks="wants")
    async with backend.database().transaction() as session:
        # The form was opened before she wrote.
        await comments.answered(session, backend.clock, MARIA, comment, "telephone", words="Nej.", saw="no")
    with pytest.raises(SpeaksFirst):
        await refuses(backend, amal)
    async with backend.database().transaction() as session:
        await comments.answered(session, backend.clock, MARIA, comment, "telephone", saw="wants")
    await refuses(backend, amal)


async def test_the_clock_of_the_decision_goes_on(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    async with backend.database().transaction() as session:
        before = await cases.find_case(session, amal.person)
    await asks(backend, amal, until=UNTIL + timedelta(days=7))
    async with backend.database().transaction() as session:
        after = await cases.find_case(session, amal.person)
    assert before is not None
    assert after is not None
    assert (after.paused_at, after.decide_by) == (None, before.decide_by)


async def test_who_wants_no_texts_gets_it_by_letter_unless_it_is_decided_first(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    stop = Phone(person=amal.person, telephone=TELEPHONE, at=backend.clock(), opted_out=True)
    await backend.trelleborg.put(f"phones/{uuid4()}", stop)
    await meets(backend, amal)
    await asks(backend, amal)
    assert await letters(backend, amal) == ["comment"]
    backend.clock.advance(minutes=1)
    await asks(backend, amal, "Försäkringskassan har betalat 5 000 kr i november.")
    assert await letters(backend, amal) == ["comment"]  # what was replaced is sent to nobody
    async with backend.database().transaction() as session:
        await service.sign(session, backend.clock, MARIA, amal.person, Draft("bifall", DECEMBER, kronor=7485))
    assert await letters(backend, amal) == ["decision"]


async def letters(backend: Backend, applicant: Applicant) -> list[str]:
    async with backend.database().transaction() as session:
        return [task.reason for task in await tasks.waiting(session, applicant.person) if task.kind == "letter"]
