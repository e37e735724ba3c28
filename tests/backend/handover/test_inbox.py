"""Staff in the inbox: take over, write, promise, hand back; who answers, and what the bot is told."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from backend import access, locales, promises, tasks
from backend.contract import Entry, NoticeKind, Ownership
from backend.errors import NotAllowed, NotFound, NothingToSay, NotYourThread, PhraseIncomplete, ReasonNeeded, TooLong
from backend.handover import desk, phrases
from tests.backend.handover.test_threads import hand_over
from tests.backend.stories import ELIN, JOHAN, MARIA, MONDAY, Applicant, Backend, told


@pytest.fixture
async def amal(backend: Backend) -> Applicant:
    """Amal, who asked for a human."""
    applicant = await backend.trelleborg.asks_for_help()
    await hand_over(backend, applicant, "asked")
    return applicant


async def bodies(backend: Backend) -> list[tuple[str, dict[str, object]]]:
    return [(notice.kind, notice.body) for notice in await told(backend.trelleborg)]


async def test_taking_over_is_asked_for_here_and_granted_by_the_bot(backend: Backend, amal: Applicant) -> None:
    async with backend.database().transaction() as session:
        await desk.take_over(session, backend.clock, JOHAN, amal.thread)
        thread = await desk.open_thread(session, backend.clock, JOHAN, amal.thread)
        assert (thread.owner, thread.wanted, thread.assigned_name) == ("bot", "staff", "Johan")  # taking over…
    assert await bodies(backend) == [(NoticeKind.TAKEN_OVER, {"thread": str(amal.thread)})]
    word = Ownership(owner="staff", at=MONDAY)
    await backend.trelleborg.put(f"threads/{amal.thread}/ownership/1", word)
    async with backend.database().transaction() as session:
        thread = await desk.open_thread(session, backend.clock, JOHAN, amal.thread)
        assert (thread.owner, thread.epoch) == ("staff", 1)
        (row,) = await desk.queue(session, backend.clock)
        assert (row.owner, row.assigned_to) == ("staff", JOHAN.id)
        (listed,) = await desk.threads(session)
        assert (listed.owner, listed.assigned_name, listed.ending) == ("staff", "Johan", "…06 12")


async def test_taking_over_from_a_colleague_tells_the_bot_nothing_more(backend: Backend, amal: Applicant) -> None:
    for reader in (JOHAN, MARIA):
        async with backend.database().transaction() as session:
            await desk.take_over(session, backend.clock, reader, amal.thread, reason="answers-now")
    assert len(await bodies(backend)) == 1
    async with backend.database().transaction() as session:
        assert (await desk.open_thread(session, backend.clock, MARIA, amal.thread)).assigned_name == "Maria"
        with pytest.raises(NotYourThread):
            await desk.send_words(session, backend.clock, JOHAN, amal.thread, "Hej")
        with pytest.raises(NotYourThread):
            await desk.hand_back(session, backend.clock, JOHAN, amal.thread)


async def test_a_phrase_arrives_in_her_language_exactly_as_shown_and_makes_its_promise(
    backend: Backend, amal: Applicant
) -> None:
    chosen = {"time": "11.30"}
    shown = desk.preview(backend.clock, "ar", "waiting-for-interpreter", chosen)
    assert shown.swedish == "Vi väntar på tolken. Du får svar före kl 11.30."
    assert (shown.language, shown.sms.segments, shown.sms.room) == ("ar", 1, 70)
    assert shown.sms.characters == len(shown.text)
    assert (shown.promise, shown.promise_due) == ("Svar till personen", datetime(2026, 11, 30, 10, 30, tzinfo=UTC))
    async with backend.database().transaction() as session:
        message = await desk.send_phrase(
            session, backend.clock, JOHAN, amal.thread, "waiting-for-interpreter", fields=chosen
        )
    assert await bodies(backend) == [
        (
            NoticeKind.STAFF_MESSAGE,
            {
                "thread": str(amal.thread),
                "message": str(message),
                "text": shown.text,
                "swedish": shown.swedish,
                "phrase": "waiting-for-interpreter",
            },
        )
    ]
    async with backend.database().transaction() as session:
        thread = await desk.open_thread(session, backend.clock, JOHAN, amal.thread)
        assert (thread.wanted, thread.assigned_name) == ("staff", "Johan")
        assert [(one.id, one.text, one.swedish) for one in thread.unsent] == [(message, shown.text, shown.swedish)]
        assert [(one.in_swedish, one.kept_at is not None) for one in thread.promises] == [
            ("Svar till personen", False),
            ("Första svar från en människa", True),
        ]


async def test_a_message_the_bot_has_copied_back_is_an_entry(backend: Backend, amal: Applicant) -> None:
    async with backend.database().transaction() as session:
        message = await desk.send_words(session, backend.clock, JOHAN, amal.thread, " Hej Amal ")
    entry = Entry(
        person=amal.person,
        at=MONDAY,
        who="staff",
        language="sv",
        original="Hej Amal",
        swedish="Hej Amal",
        state="sent",
        staff_message=message,
    )
    await backend.trelleborg.put(f"threads/{amal.thread}/entries/5", entry)
    async with backend.database().transaction() as session:
        thread = await desk.open_thread(session, backend.clock, JOHAN, amal.thread)
        assert thread.unsent == ()
        assert [(one.who, one.original, one.staff_message) for one in thread.entries] == [
            ("staff", "Hej Amal", message)
        ]
        assert thread.language == "ar"


async def test_pressing_twice_sends_once(backend: Backend, amal: Applicant) -> None:
    message = uuid4()
    for _ in range(2):
        async with backend.database().transaction() as session:
            await desk.send_words(session, backend.clock, JOHAN, amal.thread, "Hej", message=message)
    again = uuid4()
    for _ in range(2):
        async with backend.database().transaction() as session:
            await desk.send_phrase(
                session, backend.clock, JOHAN, amal.thread, "bring-children", fields={}, message=again
            )
    assert [body["message"] for _, body in await bodies(backend)] == [str(message), str(again)]


async def test_handing_back_settles_what_was_asked(backend: Backend, amal: Applicant) -> None:
    async with backend.database().transaction() as session:
        await desk.send_words(session, backend.clock, JOHAN, amal.thread, "Hej")
        await desk.hand_back(session, backend.clock, JOHAN, amal.thread)
    assert [kind for kind, _ in await bodies(backend)] == [NoticeKind.STAFF_MESSAGE, NoticeKind.HANDED_BACK]
    async with backend.database().transaction() as session:
        assert await desk.queue(session, backend.clock) == ()
        thread = await desk.open_thread(session, backend.clock, JOHAN, amal.thread)
        assert (thread.wanted, thread.assigned_to) == ("bot", None)


async def test_a_task_is_taken_and_done(backend: Backend, amal: Applicant) -> None:
    await hand_over(backend, amal, "acute")
    async with backend.database().transaction() as session:
        acute, answer = await desk.queue(session, backend.clock)
        await desk.take_task(session, backend.clock, JOHAN, acute.task)
        assert (await desk.queue(session, backend.clock))[0].assigned_name == "Johan"
        await desk.task_done(session, backend.clock, JOHAN, acute.task)
        await desk.task_done(session, backend.clock, JOHAN, acute.task)
        assert [row.task for row in await desk.queue(session, backend.clock)] == [answer.task]
        kept = [one.kept_at for one in await promises.of_person(session, amal.person) if one.what == "acute-answer"]
        assert kept == [MONDAY]


async def test_promises_are_listed_by_when_they_are_due_and_show_when_they_break(
    backend: Backend, amal: Applicant
) -> None:
    async with backend.database().transaction() as session:
        (row,) = await desk.promised(session, backend.clock)
        assert (row.in_swedish, row.thread, row.broken, row.soon) == (
            "Första svar från en människa",
            amal.thread,
            False,
            False,
        )
    backend.clock.advance(hours=3, minutes=30)
    async with backend.database().transaction() as session:
        assert [(row.soon, row.broken) for row in await desk.promised(session, backend.clock)] == [(True, False)]
    backend.clock.advance(hours=1)
    async with backend.database().transaction() as session:
        assert [row.broken for row in await desk.promised(session, backend.clock)] == [True]
        assert [row.broken for row in await desk.queue(session, backend.clock)] == [True]


@pytest.mark.parametrize(
    ("text", "refused"),
    [("", NothingToSay), ("  \n", NothingToSay), ("å" * 1001, TooLong)],
)
async def test_nothing_and_too_much_are_not_sent(
    backend: Backend, amal: Applicant, text: str, refused: type[Exception]
) -> None:
    async with backend.database().transaction() as session:
        with pytest.raises(refused):
            await desk.send_words(session, backend.clock, JOHAN, amal.thread, text)
    assert await bodies(backend) == []


@pytest.mark.parametrize(
    ("phrase", "fields"),
    [
        ("unknown", {}),
        ("new-time", {"day": "2026-12-01", "time": "9.30"}),
        ("new-time", {"day": "2026-12-01", "time": "9.30", "address": " "}),
        ("new-time", {"day": "31 februari", "time": "9.30", "address": "Exempelgatan 4"}),
        ("we-ring", {"day": "2026-12-01", "time": "half past nine"}),
    ],
)
async def test_a_phrase_that_is_not_filled_in_is_not_sent(
    backend: Backend, amal: Applicant, phrase: str, fields: dict[str, str]
) -> None:
    async with backend.database().transaction() as session:
        with pytest.raises(PhraseIncomplete):
            await desk.send_phrase(session, backend.clock, JOHAN, amal.thread, phrase, fields=fields)
    assert await bodies(backend) == []


async def test_who_may_not_open_a_thread_may_not_write_into_it(backend: Backend, amal: Applicant) -> None:
    async with backend.database().transaction() as session:
        with pytest.raises(NotAllowed):
            await desk.send_words(session, backend.clock, ELIN, amal.thread, "Hej")
        with pytest.raises(ReasonNeeded):
            await desk.open_thread(session, backend.clock, MARIA, amal.thread)
        with pytest.raises(NotFound):
            await desk.open_thread(session, backend.clock, MARIA, uuid4(), reason="follow-up")
    async with backend.database().transaction() as session:
        assert [(row.reader_name, row.allowed) for row in await access.log_of(session, amal.person)] == [
            ("Maria", False),
            ("Elin", False),
        ]


async def test_lists_open_nothing_and_log_nothing(backend: Backend, amal: Applicant) -> None:
    async with backend.database().transaction() as session:
        await desk.queue(session, backend.clock)
        await desk.threads(session)
        await desk.promised(session, backend.clock)
        assert await access.log_of(session, amal.person) == ()


async def test_a_task_of_nobody_is_a_line_too(backend: Backend) -> None:
    async with backend.database().transaction() as session:
        await tasks.add(session, "time", "absence", at=MONDAY)
        (row,) = await desk.queue(session, backend.clock)
        assert (row.person, row.thread, row.queue, row.in_swedish) == (None, None, "interpreter-booking", "Ordna tid")
        await desk.take_task(session, backend.clock, ELIN, row.task)
        await desk.task_done(session, backend.clock, ELIN, row.task)
        assert await desk.queue(session, backend.clock) == ()


FILLED = {"day": "2026-12-01", "time": "13:15", "address": "Exempelgatan 4"}


@pytest.mark.parametrize("language", sorted(locales.languages()))
@pytest.mark.parametrize("phrase", phrases.PHRASES, ids=lambda phrase: phrase.key)
def test_every_phrase_fits_its_segments(phrase: phrases.Fixed, language: str) -> None:
    """One segment in the SMS alphabet, two where a text costs UCS-2."""
    shown = desk.preview(lambda: MONDAY, language, phrase.key, FILLED)
    assert shown.language == language
    assert shown.sms.segments <= (2 if shown.sms.room in (67, 70) else 1)
    assert "{" not in shown.text
    assert (shown.promise_due is None) == (phrase.promises is None)


def test_a_language_without_phrases_is_written_to_in_swedish() -> None:
    shown = desk.preview(lambda: MONDAY, "ti", "bring-children", {})
    assert (shown.language, shown.text) == ("sv", shown.swedish)


def test_the_phrases_are_offered_in_every_language() -> None:
    offered = {phrase.key: phrase for phrase in desk.offered()}
    assert set(offered) == set(phrases.BY_KEY)
    assert offered["new-time"].fields == ("day", "time", "address")
    assert offered["new-time"].text["sv"] == "Ny tid: {day} kl {time}, {address}."
    assert set(offered["new-time"].text) == locales.languages()
