"""A decision: signed by a human, not before the meeting, worded in fixed texts, told before its time to appeal runs."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from backend import persons, promises, tasks
from backend.access import Reader
from backend.cases import desk
from backend.cases import service as cases
from backend.contract import CancelMeeting, ImportantDay, Meeting, NoticeKind, Phone, StillTrueQuery
from backend.decisions import service
from backend.decisions.models import Decision, ToldBy
from backend.decisions.service import Draft
from backend.errors import (
    AlreadyDecided,
    AlreadyTold,
    Invalid,
    MeetingNotHeld,
    NewTimeMissing,
    NotAllowed,
    NotFound,
    ReasonMissing,
)
from backend.ladder import Level
from backend.locales import languages
from backend.safety import service as safety
from tests.backend.stories import (
    JOHAN,
    MARIA,
    MONDAY,
    PERSON_NUMBER,
    TELEPHONE,
    Applicant,
    Backend,
    books_a_meeting,
    meets,
    told,
)

DECEMBER = date(2026, 12, 1)
GRANTED = Draft("bifall", DECEMBER, kronor=7485)


async def refusal(backend: Backend, applicant: Applicant, **given: object) -> Draft:
    meeting = await books_a_meeting(backend, applicant)
    return Draft("avslag", DECEMBER, reasons=("not-at-disposal",), new_meeting=meeting.id, **given)  # type: ignore[arg-type]  # given as in the story


async def sign(backend: Backend, applicant: Applicant, draft: Draft) -> None:
    async with backend.database().transaction() as session:
        await service.sign(session, backend.clock, MARIA, applicant.person, draft)


async def test_a_bifall_keeps_the_promise_and_says_only_that_there_is_something_new(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    backend.clock.advance(hours=3)
    await sign(backend, amal, GRANTED)
    (notice,) = await told(backend.trelleborg, NoticeKind.SOMETHING_NEW)
    assert notice.body == {"what": "decision", "refusal": False, "with_interpreter": True, "meeting": None}
    async with backend.database().transaction() as session:
        (promise,) = await promises.of_person(session, amal.person)
        assert (promise.kept_at, promise.is_broken(backend.clock())) == (backend.clock(), False)
        assert await tasks.waiting(session, amal.person) == ()
        (decision,) = await service.of_person(session, amal.person)
        assert (decision.signed_name, decision.decided_on, decision.appeal_by) == ("Maria", date(2026, 11, 30), None)


async def test_only_a_caseworker_signs_and_not_before_the_meeting(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        await desk.open_case(session, backend.clock, MARIA, amal.person, reason="follow-up")
        await desk.open_case(session, backend.clock, JOHAN, amal.person, reason="follow-up")
        with pytest.raises(MeetingNotHeld):
            await service.sign(session, backend.clock, MARIA, amal.person, GRANTED)
        with pytest.raises(NotAllowed):
            await service.sign(session, backend.clock, JOHAN, amal.person, GRANTED)


async def test_a_decision_is_signed_once(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    backend.clock.advance(minutes=5)
    await sign(backend, amal, GRANTED)
    with pytest.raises(AlreadyDecided):
        await sign(backend, amal, GRANTED)
    assert len(await told(backend.trelleborg)) == 1


async def test_what_a_refusal_must_carry(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    other = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    hers = await books_a_meeting(backend, other)
    sound = await refusal(backend, amal)
    for broken, refused in (
        (Draft("avslag", DECEMBER, new_meeting=sound.new_meeting), ReasonMissing),
        (Draft("avslag", DECEMBER, reasons=("other-benefit",)), NewTimeMissing),
        (Draft("avslag", DECEMBER, 1, ("other-benefit",), "", sound.new_meeting), Invalid),
        (Draft("avslag", DECEMBER, reasons=("other-benefit",), new_meeting=uuid4()), NotFound),
        (Draft("avslag", DECEMBER, reasons=("other-benefit",), new_meeting=hers.id), NotFound),
        (Draft("bifall", DECEMBER, reasons=("other-benefit",)), Invalid),
        (Draft("bifall", DECEMBER, kronor=0), Invalid),
    ):
        with pytest.raises(refused):
            await sign(backend, amal, broken)
    assert await told(backend.trelleborg) == []
    await sign(backend, amal, sound)
    (notice,) = await told(backend.trelleborg)
    assert notice.body["refusal"] is True
    assert notice.body["meeting"]["id"] == str(sound.new_meeting)


async def test_the_three_weeks_run_from_the_day_a_human_told_it(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    await sign(backend, amal, await refusal(backend, amal))
    async with backend.database().transaction() as session:
        text = await service.latest_text(session, amal.person)
        assert text is not None
        assert text.appeal_by is None
        assert "Vi måste få brevet inom tre veckor från den dag du fick veta beslutet." in text.paragraphs["sv"]
        assert isinstance(text.new_meeting, Meeting)
    backend.clock.now = datetime(2026, 12, 3, 9, tzinfo=UTC)  # three weeks on is Christmas Eve: it moves on
    async with backend.database().transaction() as session:
        (decision,) = await service.of_person(session, amal.person)
        last_day = await service.record_told(session, backend.clock, MARIA, decision.id, "call")
    assert last_day == date(2026, 12, 28)
    async with backend.database().transaction() as session:
        text = await service.latest_text(session, amal.person)
        assert text is not None
        assert text.appeal_by == last_day
        assert (
            "Du fick veta beslutet torsdag 3 december. Vi måste få brevet senast måndag 28 december."
            in (text.paragraphs["sv"])
        )
        (decision,) = await service.of_person(session, amal.person)
        assert (decision.told_how, decision.told_by_name) == ("call", "Maria")
        with pytest.raises(AlreadyTold):
            await service.record_told(session, backend.clock, MARIA, decision.id, "call")
        with pytest.raises(NotFound):
            await service.record_told(session, backend.clock, MARIA, uuid4(), "call")


async def test_that_she_was_told_is_mended_and_her_last_day_with_it(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    await sign(backend, amal, await refusal(backend, amal))
    backend.clock.advance(days=3)
    async with backend.database().transaction() as session:
        (decision,) = await service.of_person(session, amal.person)
        await service.record_told(session, backend.clock, MARIA, decision.id, "letter")
    (wrong,) = await told(backend.trelleborg, NoticeKind.IMPORTANT_DAY)

    # The letter had come two days before; then it turns out that it came to somebody else.
    right: tuple[tuple[ToldBy | None, date | None, date | None], ...] = (
        ("letter", date(2026, 12, 1), date(2026, 12, 22)),
        (None, None, None),
    )
    for how, on, last in right:
        async with backend.database().transaction() as session:
            assert await service.mend_told(session, backend.clock, MARIA, decision.id, how, on=on) == last
            (view,) = await service.of_person(session, amal.person)
            assert (view.told_how, view.appeal_by) == (how, last)
            text = await service.latest_text(session, amal.person)
            assert text is not None
            assert text.appeal_by == last
    mended = await told(backend.trelleborg, NoticeKind.IMPORTANT_DAY)
    assert [ImportantDay.model_validate(one.body).day for one in mended] == [date(2026, 12, 28), date(2026, 12, 22)]
    query = StillTrueQuery(person=amal.person, kind="important-day", reference=wrong.id, at=backend.clock())
    async with backend.database().transaction() as session:
        assert not (await cases.still_true(session, query)).true
        assert "hearing" in [task.reason for task in await tasks.waiting(session, amal.person)]  # she is to be told
        with pytest.raises(NotFound):  # there is nothing to mend
            await service.mend_told(session, backend.clock, MARIA, decision.id, "call")


async def test_what_she_has_read_herself_nobody_mends(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    await sign(backend, amal, GRANTED)
    async with backend.database().transaction() as session:
        (decision,) = await service.of_person(session, amal.person)
        hers = Reader(uuid4(), "", "person", kind="grant", level=Level.CODE)
        assert await service.has_read(session, backend.clock, hers, amal.person, decision.id)
        with pytest.raises(NotFound):
            await service.mend_told(session, backend.clock, MARIA, decision.id, None)


async def test_who_was_told_of_a_refusal_has_the_day_and_the_new_time_in_a_text_too(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    draft = await refusal(backend, amal)
    await sign(backend, amal, draft)
    async with backend.database().transaction() as session:
        (decision,) = await service.of_person(session, amal.person)
        await service.record_told(session, backend.clock, MARIA, decision.id, "call")
    (notice,) = await told(backend.trelleborg, NoticeKind.IMPORTANT_DAY)
    day = ImportantDay.model_validate(notice.body)
    assert (day.by_telephone, day.day, day.remind_on) == (True, date(2026, 12, 21), date(2026, 12, 14))
    assert day.meeting is not None
    assert day.meeting.id == draft.new_meeting


async def test_after_a_bifall_there_is_no_day_to_miss(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    await sign(backend, amal, GRANTED)
    async with backend.database().transaction() as session:
        (decision,) = await service.of_person(session, amal.person)
        await service.record_told(session, backend.clock, MARIA, decision.id, "call")
    assert await told(backend.trelleborg, NoticeKind.IMPORTANT_DAY) == []


async def test_a_new_time_that_was_cancelled_is_read_by_nobody(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    draft = await refusal(backend, amal)
    await sign(backend, amal, draft)
    cancels = CancelMeeting(person=amal.person, at=backend.clock())
    for cancelled in (False, True):
        if cancelled:
            path = f"meetings/{draft.new_meeting}/cancellation/{uuid4()}"
            assert (await backend.trelleborg.put(path, cancels)).status_code == 200
        async with backend.database().transaction() as session:
            text = await service.latest_text(session, amal.person)
        assert text is not None
        assert (text.new_meeting is None) is cancelled
        assert any("Din nya tid" in words for words in text.paragraphs["sv"]) is not cancelled


async def test_who_wants_no_texts_is_told_by_letter(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    stop = Phone(person=amal.person, telephone=TELEPHONE, at=MONDAY, opted_out=True)
    await backend.trelleborg.put(f"phones/{uuid4()}", stop)
    await meets(backend, amal)
    await sign(backend, amal, GRANTED)
    async with backend.database().transaction() as session:
        assert [(task.kind, task.reason) for task in await tasks.waiting(session, amal.person)] == [
            ("letter", "decision")
        ]


async def test_who_never_wrote_is_told_by_letter_and_nobody_whose_post_may_be_read(backend: Backend) -> None:
    for silent, expected in ((False, [("letter", "decision")]), (True, [("acute", tasks.AGREED_PHRASE)])):
        async with backend.database().transaction() as session:
            somebody = await persons.meet(session, uuid4(), backend.clock(), "sv")
            if silent:
                await safety.written(session, somebody.id, uuid4(), backend.clock())
        applicant = Applicant(somebody.id, uuid4(), "sv")
        await meets(backend, applicant)
        await sign(backend, applicant, GRANTED)
        async with backend.database().transaction() as session:
            assert [(task.kind, task.reason) for task in await tasks.waiting(session, somebody.id)] == expected


async def test_a_decision_after_its_day_broke_the_promise(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    backend.clock.advance(days=2)
    async with backend.database().transaction() as session:
        assert [promise.is_broken(backend.clock()) for promise in await promises.of_person(session, amal.person)] == [
            True
        ]
    await sign(backend, amal, GRANTED)
    async with backend.database().transaction() as session:
        (promise,) = await promises.of_person(session, amal.person)
        assert promise.is_broken(backend.clock() + timedelta(days=30))
        assert not promise.is_open()


async def test_own_words_stay_swedish_and_lie_sealed(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    await sign(backend, amal, await refusal(backend, amal, own_words=f"Se {PERSON_NUMBER}."))
    async with backend.database().transaction() as session:
        row = (await session.exec(select(Decision))).one()
        assert PERSON_NUMBER.encode() not in repr(row.model_dump()).encode()
        text = await service.latest_text(session, amal.person)
        assert text is not None
        assert all(f"Se {PERSON_NUMBER}." in paragraphs for paragraphs in text.paragraphs.values())


async def test_an_unapproved_language_is_read_in_swedish_with_an_interpreter(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        text = await service.preview(session, backend.clock, amal.person, GRANTED)
    assert text.approved == {language: language == "sv" for language in languages()}
    assert text.paragraphs["sv"][0] == "Du får 7\u00a0485\u00a0kr i ekonomiskt bistånd för december 2026."
    assert text.paragraphs["ar"][1:] == text.paragraphs["sv"]
    assert "نشرحه لك مع مترجم" in text.paragraphs["ar"][0]


async def test_the_demo_shows_the_text_nobody_has_approved(demo: Backend) -> None:
    amal = await demo.trelleborg.asks_for_help()
    async with demo.database().transaction() as session:
        text = await service.preview(session, demo.clock, amal.person, GRANTED)
    assert text.approved == {language: language == "sv" for language in languages()}
    assert "ekonomiskt bistånd" in text.paragraphs["ar"][0]
    assert len(text.paragraphs["ar"]) == len(text.paragraphs["sv"])


async def test_a_refusal_can_be_read_before_its_new_time_is_chosen(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        draft = Draft("avslag", DECEMBER, reasons=("enough-means",))
        text = await service.preview(session, backend.clock, amal.person, draft)
    assert not any("nya tid" in paragraph for paragraph in text.paragraphs["sv"])
    assert "Det du redan deltar i fortsätter." in text.paragraphs["sv"]
