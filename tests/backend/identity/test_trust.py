"""The step somebody stands on: what raises it, what takes it away, and that nothing does so without a word."""

from datetime import timedelta
from uuid import UUID, uuid4

from backend.cases import desk, merging
from backend.contract import ContactConfirmed, HandOver, Phone, SamePerson
from backend.decisions import codes
from backend.identity import register, trust
from backend.ladder import Because, Level
from backend.safety import service as safety
from tests.backend.stories import JOHAN, MARIA, TELEPHONE, Applicant, Backend, books_a_meeting, meets


async def stands(backend: Backend, person: UUID, slug: str = "trelleborg") -> Level:
    async with backend.database(slug).transaction() as session:
        return (await trust.of_person(session, person, backend.clock())).level


async def lost(backend: Backend, person: UUID) -> list[tuple[Level, Because | None]]:
    """What was taken away, and why: never nothing."""
    async with backend.database().transaction() as session:
        standing = await trust.of_person(session, person, backend.clock())
    return [(one.level, one.because) for one in standing.shown if one.ended_at is not None]


async def answers(backend: Backend, applicant: Applicant) -> None:
    """She answers our neutral text from her telephone."""
    call = ContactConfirmed(person=applicant.person, telephone=TELEPHONE, at=backend.clock())
    assert (await backend.trelleborg.put(f"contacts/{uuid4()}", call)).status_code == 204


async def types_a_code(backend: Backend, applicant: Applicant) -> str:
    async with backend.database().transaction() as session:
        code = await codes.issue(session, backend.clock, JOHAN, applicant.person)
    answer = await backend.trelleborg.post("grants", {"code": code, "at": backend.clock().isoformat()})
    token: str = answer.json()["token"]
    return token


async def shows_id(backend: Backend, applicant: Applicant) -> None:
    async with backend.database().transaction() as session:
        await register.see(session, backend.clock, JOHAN, applicant.person)


async def a_code(backend: Backend, applicant: Applicant) -> str:
    async with backend.database().transaction() as session:
        return await codes.issue(session, backend.clock, JOHAN, applicant.person)


async def is_good(backend: Backend, code: str) -> bool:
    answer = await backend.trelleborg.post("grants", {"code": code, "at": backend.clock().isoformat()})
    return answer.status_code == 200


async def reads(backend: Backend, token: str) -> int:
    return (await backend.trelleborg.get("readable", **{"X-Read-Grant": token})).status_code


async def test_each_thing_she_shows_raises_her_one_step_and_nothing_is_needed_to_ask(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    assert await stands(backend, amal.person) == Level.NOBODY
    await answers(backend, amal)
    assert await stands(backend, amal.person) == Level.REACHED
    await types_a_code(backend, amal)
    assert await stands(backend, amal.person) == Level.CODE
    await books_a_meeting(backend, amal)
    await meets(backend, amal)
    assert await stands(backend, amal.person) == Level.SEEN
    async with backend.database().transaction() as session:
        shown = (await trust.of_person(session, amal.person, backend.clock())).shown
    assert {(one.level, one.by_name) for one in shown} == {
        (Level.REACHED, ""),
        (Level.CODE, "Johan"),
        (Level.SEEN, "Maria"),
    }


async def test_a_note_of_somebody_whose_id_was_not_seen_raises_nothing_and_takes_nothing(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        await desk.write_note(session, backend.clock, MARIA, amal.person, desk.Note(came=True))
    assert await stands(backend, amal.person) == Level.NOBODY
    await shows_id(backend, amal)
    async with backend.database().transaction() as session:
        await desk.write_note(session, backend.clock, MARIA, amal.person, desk.Note(came=True))
    assert await stands(backend, amal.person) == Level.SEEN


async def test_a_step_is_shown_in_one_municipality_and_in_no_other(both: Backend) -> None:
    amal = await both.trelleborg.asks_for_help()
    await both.svedala.asks_for_help(person=amal.person)
    await shows_id(both, amal)
    assert await stands(both, amal.person) == Level.SEEN
    assert await stands(both, amal.person, "svedala") == Level.NOBODY


async def test_a_wrong_number_takes_away_what_that_telephone_showed_and_nothing_else(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await answers(backend, amal)
    await shows_id(backend, amal)
    call = Phone(person=amal.person, telephone=TELEPHONE, wrong_number=True, at=backend.clock())
    assert (await backend.trelleborg.put(f"phones/{uuid4()}", call)).status_code == 204
    assert await lost(backend, amal.person) == [(Level.REACHED, "wrong-number")]
    assert await stands(backend, amal.person) == Level.SEEN


async def test_two_whom_staff_make_one_stand_where_the_lower_stood_and_nobody_reads_on(backend: Backend) -> None:
    amal, other = await backend.trelleborg.asks_for_help(), await backend.trelleborg.asks_for_help()
    await answers(backend, other)
    await shows_id(backend, amal)
    token = await types_a_code(backend, amal)
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, amal.person)
    assert await stands(backend, amal.person) == Level.REACHED
    assert set(await lost(backend, amal.person)) == {(Level.SEEN, "merged"), (Level.CODE, "merged")}
    assert await reads(backend, token) == 403

    await shows_id(backend, amal)
    assert await stands(backend, other.person) == Level.SEEN


async def test_what_was_shown_while_two_were_one_is_nobodys_when_they_are_parted(backend: Backend) -> None:
    amal, other = await backend.trelleborg.asks_for_help(), await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, amal.person)
    backend.clock.advance(minutes=5)
    await shows_id(backend, other)
    token = await types_a_code(backend, other)
    async with backend.database().transaction() as session:
        merged = (await merging.standing(session, amal.person))[0].id
    backend.clock.advance(minutes=5)
    async with backend.database().transaction() as session:
        await merging.part(session, backend.clock, MARIA, merged)
    assert [await stands(backend, one.person) for one in (amal, other)] == [Level.NOBODY, Level.NOBODY]
    assert {because for _, because in await lost(backend, amal.person)} == {"parted"}
    assert await reads(backend, token) == 403


async def test_a_code_that_was_given_out_while_two_were_one_is_nobodys_when_they_are_parted(backend: Backend) -> None:
    amal, other = await backend.trelleborg.asks_for_help(), await backend.trelleborg.asks_for_help()
    before = await a_code(backend, other)
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, amal.person)
    assert await is_good(backend, before)
    backend.clock.advance(minutes=5)
    between = await a_code(backend, other)
    async with backend.database().transaction() as session:
        merged = (await merging.standing(session, amal.person))[0].id
        await merging.part(session, backend.clock, MARIA, merged)
    assert not await is_good(backend, between)
    assert await is_good(backend, await a_code(backend, other))


async def test_going_on_elsewhere_by_a_code_keeps_what_she_showed_and_the_other_reads_no_more(backend: Backend) -> None:
    amal, on_the_web = await backend.trelleborg.asks_for_help(), await backend.trelleborg.asks_for_help()
    await shows_id(backend, amal)
    hers, the_others = await types_a_code(backend, amal), await types_a_code(backend, on_the_web)
    call = SamePerson(person=on_the_web.person, into=amal.person, at=backend.clock())
    assert (await backend.trelleborg.put(f"same-persons/{uuid4()}", call)).status_code == 204
    assert await stands(backend, on_the_web.person) == Level.SEEN
    assert [await reads(backend, token) for token in (hers, the_others)] == [200, 403]


async def test_the_phrase_that_was_agreed_takes_everything_away_and_it_does_not_come_back_by_itself(
    backend: Backend,
) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await answers(backend, amal)
    await shows_id(backend, amal)
    token = await types_a_code(backend, amal)
    in_a_letter = await a_code(backend, amal)
    call = HandOver(
        person=amal.person,
        thread=amal.thread,
        channel="sms",
        language="ar",
        reason="agreed-phrase",
        at=backend.clock(),
    )
    assert (await backend.trelleborg.put(f"handovers/{uuid4()}", call)).status_code == 204
    assert await stands(backend, amal.person) == Level.NOBODY
    assert {because for _, because in await lost(backend, amal.person)} == {"safety"}
    async with backend.database().transaction() as session:
        await safety.lift(session, backend.clock, MARIA, amal.person, "met")
    assert await stands(backend, amal.person) == Level.NOBODY
    assert await reads(backend, token) == 403
    assert not await is_good(backend, in_a_letter)


async def test_after_a_year_of_silence_all_is_shown_anew_and_it_says_so(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await shows_id(backend, amal)
    backend.clock.advance(days=365)
    assert await stands(backend, amal.person) == Level.SEEN
    backend.clock.advance(days=1)
    assert await stands(backend, amal.person) == Level.NOBODY
    assert await lost(backend, amal.person) == [(Level.SEEN, "silence")]
    await answers(backend, amal)
    assert await stands(backend, amal.person) == Level.REACHED


async def test_a_year_in_which_she_wrote_is_no_silence_and_a_word_after_one_mends_nothing(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await shows_id(backend, amal)
    backend.clock.advance(days=200)
    await backend.trelleborg.asks_for_help(backend.clock(), person=amal.person)
    backend.clock.advance(days=300)
    assert await stands(backend, amal.person) == Level.SEEN
    backend.clock.advance(days=200)
    await backend.trelleborg.asks_for_help(backend.clock(), person=amal.person)
    assert await stands(backend, amal.person) == Level.NOBODY
    async with backend.database().transaction() as session:
        shown = (await trust.of_person(session, amal.person, backend.clock())).shown[0]
    heard = backend.clock() - timedelta(days=500)
    assert shown.ended_at == heard + trust.SILENCE


async def test_staff_take_back_what_was_a_mistake_with_their_name(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await answers(backend, amal)
    await shows_id(backend, amal)
    async with backend.database().transaction() as session:
        await register.take_back(session, backend.clock, JOHAN, amal.person)
        standing = await trust.of_person(session, amal.person, backend.clock())
    assert standing.level == Level.REACHED
    assert [(one.because, one.ended_by_name) for one in standing.shown if one.ended_at] == [("staff", "Johan")]


async def test_showing_the_same_again_is_one_line(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    for _ in range(3):
        await shows_id(backend, amal)
        backend.clock.advance(days=1)
    async with backend.database().transaction() as session:
        shown = (await trust.of_person(session, amal.person, backend.clock())).shown
    assert [one.level for one in shown] == [Level.SEEN]
