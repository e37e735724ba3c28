"""Somebody is handed over to another municipality: whose she is after each step, and after a death between any two."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from backend import access, persons, promises, tasks
from backend.access import Reader
from backend.callbacks.models import CallHour
from backend.cases import contacts
from backend.cases.models import Case
from backend.cases.service import find_case, open_case
from backend.contract import (
    AnswerMove,
    Arrived,
    BackHere,
    HandOver,
    MissingPapers,
    MoveAsked,
    Moved,
    NoticeKind,
    OwnCase,
    Phone,
    Status,
    Step,
)
from backend.decisions import own_case, proposals
from backend.decisions import service as decisions
from backend.decisions.service import Draft
from backend.errors import ReasonNeeded, SettledInTheCase
from backend.handover import desk, leaving
from backend.handover.models import Thread
from backend.interpreters import routine as interpreting
from backend.interpreters.models import Interpreted
from backend.moving import giving, receiving
from backend.moving.copies import KNOWS, Copy, Offer, Settle, Settled
from backend.moving.giving import Proposal
from backend.moving.models import Arrival, Move
from backend.moving.own import with_moves
from backend.moving.refusals import AcuteFirst, AlreadyMoving, AskHerself, BelongsHere, MovedAlready, ReasonMissing
from backend.safety import by_telephone
from tests.backend.callbacks.test_call_times import chooses, nobody_can_be_asked, swedish
from tests.backend.moving.conftest import TOKENS, Two
from tests.backend.stories import JOHAN, MARIA, TELEPHONE, Applicant, application, meets, told

ANDERS = Reader(UUID(int=21), "Anders", "customer-service")
ELSEWHERE = "Jag bor i Svedala"
OTHER_TELEPHONE = "+46701740613"
SECRET = "Hon har två barn"


async def amal_of(two: Two, *, alone: bool | None = True) -> Applicant:
    """Amal, who wrote to Trelleborg; ``alone``: nobody else reads her telephone."""
    amal = await two.backend.trelleborg.asks_for_help(words=ELSEWHERE)
    call = HandOver(
        person=amal.person,
        thread=amal.thread,
        channel="sms",
        language="ar",
        at=two.backend.clock(),
        reason="asked",
        telephone=TELEPHONE,
        shared_phone=None if alone is None else not alone,
    )
    assert (await two.backend.trelleborg.put(f"handovers/{uuid4()}", call)).status_code == 204
    async with two.backend.database().transaction() as session:
        await persons.rename(session, amal.person, "Amal")
    return amal


async def proposes(two: Two, amal: Applicant, consent: Any = "oral", **more: Any) -> UUID:
    to = two.backend.settings.tenants["trelleborg"].neighbours["svedala"]
    async with two.backend.database().transaction() as session:
        wanted = Proposal(to, consent, **{"asked_for": ELSEWHERE, **more})
        return await giving.propose(session, two.backend.clock, JOHAN, amal.person, wanted)


async def takes(two: Two, move: UUID, *, take: bool = True, reason: str = "") -> None:
    async with two.backend.database("svedala").transaction() as session:
        await receiving.want(session, ANDERS, move, take=take, reason=reason)


async def stands(two: Two, move: UUID) -> tuple[str, str]:
    """Whose she is: the state of the row there, and of the one here (``-``: nothing is known here)."""
    async with two.backend.database().transaction() as session:
        here = (await session.exec(select(Move.state).where(Move.id == move))).one()
    async with two.backend.database("svedala").transaction() as session:
        there = (await session.exec(select(Arrival.state).where(Arrival.id == move))).one_or_none()
    return here, there or "-"


async def open_tasks(two: Two, slug: str) -> list[str]:
    async with two.backend.database(slug).transaction() as session:
        return sorted(one.reason for one in await tasks.queue(session))


async def is_answered_by(two: Two, amal: Applicant, move: UUID) -> set[str]:
    """The municipalities whose bot or staff may write to her now."""
    found = set()
    async with two.backend.database().transaction() as session:
        if await find_case(session, amal.person) is not None:
            found.add("trelleborg")
    async with two.backend.database("svedala").transaction() as session:
        if (await session.exec(select(Case.id))).first() is not None:
            found.add("svedala")
    return found


async def test_she_is_theirs_when_they_have_taken_her_and_hers_is_closed_here(two: Two) -> None:
    amal = await amal_of(two)
    move = await proposes(two, amal, own_words="Jag flyttade i oktober")
    assert await stands(two, move) == ("offered", "-")
    assert await two.round("trelleborg")
    assert await stands(two, move) == ("offered", "offered")
    assert await open_tasks(two, "svedala") == ["move-offered"]
    assert "move-waits" in await open_tasks(two, "trelleborg")
    assert await is_answered_by(two, amal, move) == {"trelleborg"}
    await takes(two, move)
    assert await is_answered_by(two, amal, move) == {"trelleborg"}
    assert await two.round("svedala")
    assert await stands(two, move) == ("taken", "taken")
    assert await is_answered_by(two, amal, move) == {"svedala"}
    assert await open_tasks(two, "trelleborg") == []
    assert await open_tasks(two, "svedala") == ["moved-here"]
    (last,) = await told(two.backend.trelleborg, NoticeKind.MOVED)
    said = Moved.model_validate(last.body)
    assert (said.thread, said.name, said.telephone, said.cancelled) == (
        amal.thread,
        "Svedala kommun",
        "070-174 06 91",
        False,
    )
    (first,) = await told(two.backend.svedala, NoticeKind.ARRIVED)
    arrived = Arrived.model_validate(first.body)
    assert (arrived.telephone, arrived.language) == (TELEPHONE, "ar")
    async with two.backend.database("svedala").transaction() as session:
        assert persons.first_name(session, await persons.find(session, arrived.person)) == "Amal"
        reached = await contacts.reached(session, arrived.person)
        assert reached is not None
        assert (reached.shared, reached.confirmed) == (False, False)
        (promise,) = await promises.of_person(session, arrived.person)
        assert promise.what == "first-answer"
        shown = await receiving.of_person(session, arrived.person)
        assert shown is not None
        assert shown.offer is not None
        assert shown.offer.copied.own_words == "Jag flyttade i oktober"
        assert shown.offer.copied.identity_seen is False


async def test_what_crosses_is_the_copy_and_nothing_else(two: Two) -> None:
    amal = await amal_of(two)
    async with two.backend.database().transaction() as session:
        await tasks.add(session, "check", "document", at=two.backend.clock(), person=amal.person, words=SECRET)
    move = await proposes(two, amal)
    await two.round("trelleborg")
    ((_, path, body),) = two.wire.heard
    assert path == f"/api/v1/svedala/moves/{move}"
    assert set(Offer.model_validate_json(body).copied.model_dump(exclude_defaults=True)) == {
        *("first_name", "language", "interpreter", "telephone", "shared", "asked_since", "asked_for")
    }
    for one in (str(amal.person), str(amal.thread), SECRET):
        assert one.encode() not in body
    async with two.backend.database("svedala").transaction() as session:
        row = (await session.exec(select(Arrival))).one()
        assert ELSEWHERE.encode() not in (row.offer or b"")


async def test_she_is_written_to_there_in_the_language_she_reads(two: Two) -> None:
    amal = await amal_of(two)
    async with two.backend.database().transaction() as session:
        thread = await session.get_one(Thread, amal.thread)
        thread.language = "so"
        session.add(thread)
    move = await proposes(two, amal)
    await two.round("trelleborg")
    await takes(two, move)
    await two.round("svedala")
    (first,) = await told(two.backend.svedala, NoticeKind.ARRIVED)
    arrived = Arrived.model_validate(first.body)
    assert (arrived.language, arrived.reads) == ("ar", "so")


def test_an_offer_from_before_it_was_told_what_she_reads_is_still_the_same() -> None:
    before = '{"first_name":"","language":"ar","interpreter":null,"telephone":"+46701740605","shared":null,'
    before += '"confirmed":false,"identity_seen":false,"asked_since":null,"asked_for":"","own_words":""}'
    assert Copy.model_validate_json(before).model_dump_json() == before


def test_what_is_told_with_more_than_is_known_is_read_and_kept() -> None:
    assert Settled.model_validate_json('{"state":"returned","later":1}').state == "returned"
    copied = Copy.model_validate_json('{"language":"ar","telephone":"+46701740605","later":{"more":1}}')
    assert '"later":{"more":1}' in copied.model_dump_json()


async def test_an_offer_of_a_later_version_is_taken_but_not_where_what_matters_would_be_lost(two: Two) -> None:
    await proposes(two, await amal_of(two))
    async with two.backend.database().transaction() as session:
        ((row, said),), _ = await giving.untold(session)
    later = json.loads(said.model_dump_json()) | {"later": 1}
    later["copied"]["later"] = 1

    async def offers(move: UUID, body: object) -> Any:
        client, token = two.backend.svedala.client, TOKENS["trelleborg"]
        address = f"/api/v1/svedala/moves/{move}"
        return await client.put(address, json=body, headers={"Authorization": f"Bearer {token}"})

    for _ in range(2):
        assert (await offers(row.id, later)).status_code == 204
    assert await open_tasks(two, "svedala") == ["move-offered"]
    refused = await offers(uuid4(), later | {"needs": KNOWS + 1})
    assert (refused.status_code, refused.json()["detail"]) == (422, f"knows={KNOWS}")
    other = await offers(row.id, later | {"by_name": "Eva"})
    assert other.json()["code"] == "key-reused"


@pytest.mark.parametrize(("status", "why"), [(422, "older"), (401, "refused"), (503, None)])
async def test_why_an_offer_does_not_get_there_is_kept_until_it_does(two: Two, status: int, why: str | None) -> None:
    amal = await amal_of(two)
    await proposes(two, amal)

    async def held_up() -> str | None:
        async with two.backend.database().transaction() as session:
            standing = await giving.of_person(session, amal.person)
            assert standing is not None
            return standing.held_up

    two.wire.refuses = status
    assert not await two.round("trelleborg")
    assert await held_up() == why
    two.wire.refuses = 0
    assert await two.round("trelleborg")
    assert await held_up() is None


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_death_at_any_line_leaves_one_owner_or_an_offer_that_is_seen(two: Two, cut: str) -> None:
    amal = await amal_of(two)
    move = await proposes(two, amal)
    two.wire.cut = cut
    assert not await two.round("trelleborg")
    assert await is_answered_by(two, amal, move) == {"trelleborg"}
    two.wire.cut = ""
    assert await two.round("trelleborg")
    assert await two.round("trelleborg")
    assert await open_tasks(two, "svedala") == ["move-offered"]  # once
    await takes(two, move)
    two.wire.cut = cut
    assert not await two.round("svedala")
    # Cut before it came there she is Trelleborg's; cut on the way back she is nobody's for a moment, in an offer that
    # stands in Svedala's inbox, taken by a name.
    assert await is_answered_by(two, amal, move) == ({"trelleborg"} if cut == "before" else set())
    assert await open_tasks(two, "svedala") == ["move-offered"]
    two.wire.cut = ""
    assert await two.round("svedala")
    assert await two.round("svedala")
    assert await stands(two, move) == ("taken", "taken")
    assert await is_answered_by(two, amal, move) == {"svedala"}
    assert len(await told(two.backend.trelleborg, NoticeKind.MOVED)) == 1
    assert len(await told(two.backend.svedala, NoticeKind.ARRIVED)) == 1


async def test_who_is_sent_back_is_here_still_with_the_reason_and_the_copy_is_gone(two: Two) -> None:
    amal = await amal_of(two)
    move = await proposes(two, amal)
    await two.round("trelleborg")
    with pytest.raises(ReasonMissing):
        await takes(two, move, take=False, reason=" ")
    await takes(two, move, take=False, reason="Hon är skriven hos er")
    with pytest.raises(MovedAlready):
        await takes(two, move)
    assert await two.round("svedala")
    assert await stands(two, move) == ("returned", "returned")
    assert await is_answered_by(two, amal, move) == {"trelleborg"}
    assert await open_tasks(two, "svedala") == []
    assert "move-returned" in await open_tasks(two, "trelleborg")
    assert "move-waits" not in await open_tasks(two, "trelleborg")
    async with two.backend.database().transaction() as session:
        standing = await giving.of_person(session, amal.person)
        assert standing is not None
        assert standing.answer == "Hon är skriven hos er"
        assert (await session.exec(select(Move.copied))).one() is None
    async with two.backend.database("svedala").transaction() as session:
        assert (await session.exec(select(Arrival.offer))).one() is None
    assert await told(two.backend.trelleborg, NoticeKind.MOVED) == []
    await proposes(two, amal)  # once more, when it has been talked over


async def test_who_is_kept_after_all_is_not_taken_there_whoever_was_first(two: Two) -> None:
    amal = await amal_of(two)
    move = await proposes(two, amal)
    await two.round("trelleborg")
    await takes(two, move)
    async with two.backend.database().transaction() as session:
        await giving.keep(session, two.backend.clock, JOHAN, move)
    assert await two.round("svedala")  # it is answered that she is not theirs
    assert await stands(two, move) == ("withdrawn", "withdrawn")
    assert await two.round("trelleborg")
    assert await is_answered_by(two, amal, move) == {"trelleborg"}
    assert await open_tasks(two, "svedala") == []
    async with two.backend.database().transaction() as session:
        with pytest.raises(MovedAlready):
            await giving.keep(session, two.backend.clock, JOHAN, move)
    # An offer that is late finds that it stands no more.
    again = await proposes(two, amal)
    async with two.backend.database("svedala").transaction() as session:
        await receiving.taken_back(session, two.backend.clock, "trelleborg", again)
    assert await two.round("trelleborg")
    assert await open_tasks(two, "svedala") == []


async def test_she_is_asked_first_and_her_word_counts(two: Two) -> None:
    amal = await amal_of(two)
    move = await proposes(two, amal, "asked")
    (asked,) = await told(two.backend.trelleborg, NoticeKind.MOVE_ASKED)
    assert MoveAsked.model_validate(asked.body) == MoveAsked(move=move, name="Svedala kommun")
    await two.round("trelleborg")
    assert await stands(two, move) == ("asking", "-")
    with pytest.raises(AlreadyMoving):
        await proposes(two, amal)
    no = AnswerMove(person=amal.person, at=two.backend.clock(), yes=False)
    assert (await two.backend.trelleborg.put(f"moves/{move}/answer/{uuid4()}", no)).json() == {"asked": False}
    assert await stands(two, move) == ("refused", "-")
    assert "move-refused" in await open_tasks(two, "trelleborg")
    again = await proposes(two, amal, "asked")
    yes = no.model_copy(update={"yes": True})
    for _ in range(2):
        assert (await two.backend.trelleborg.put(f"moves/{again}/answer/{uuid4()}", yes)).json() == {"asked": True}
    await two.round("trelleborg")
    assert await stands(two, again) == ("offered", "offered")
    other = yes.model_copy(update={"person": uuid4()})
    assert (await two.backend.trelleborg.put(f"moves/{again}/answer/{uuid4()}", other)).status_code == 404


async def test_a_yes_from_where_she_may_not_be_asked_any_more_is_no_yes(two: Two) -> None:
    amal, clock = await amal_of(two), two.backend.clock
    move = await proposes(two, amal, "asked")
    async with two.backend.database().transaction() as session:
        await by_telephone.begin(session, clock, JOHAN, amal.person)
    yes = AnswerMove(person=amal.person, at=clock(), yes=True)
    for _ in range(2):
        assert (await two.backend.trelleborg.put(f"moves/{move}/answer/{uuid4()}", yes)).json() == {"asked": False}
    await two.round("trelleborg")
    assert await stands(two, move) == ("withdrawn", "-")
    assert "move-ask" in await open_tasks(two, "trelleborg")
    await proposes(two, amal)  # when she has been asked


async def test_what_cannot_wait_is_seen_to_where_she_is_first(two: Two) -> None:
    amal, clock = await amal_of(two), two.backend.clock
    move = await proposes(two, amal)
    await two.round("trelleborg")
    await takes(two, move)
    async with two.backend.database().transaction() as session:
        acute = await tasks.add(session, "acute", "said-so", at=clock(), person=amal.person)
    assert await two.round("svedala")
    assert await stands(two, move) == ("offered", "offered")
    assert await is_answered_by(two, amal, move) == {"trelleborg"}
    async with two.backend.database().transaction() as session:
        await giving.keep(session, clock, JOHAN, move)
    with pytest.raises(AcuteFirst):
        await proposes(two, amal)
    async with two.backend.database().transaction() as session:
        await tasks.done(session, acute.id, clock())
    assert (await two.backend.trelleborg.put(f"applications/{uuid4()}", application(amal))).status_code == 200
    with pytest.raises(BelongsHere):
        await proposes(two, amal)
    # What she could appeal is told her here, also where something else was decided since.
    await meets(two.backend, amal)
    signed = []
    for draft in (
        Draft("avvisning", date(2026, 11, 1), reasons=("no-authority",)),
        Draft("bifall", date(2026, 12, 1), kronor=7485),
    ):
        clock.now += timedelta(hours=1)
        async with two.backend.database().transaction() as session:
            signed.append(await decisions.sign(session, clock, MARIA, amal.person, draft))
        clock.now += timedelta(hours=1)
        again = application(amal, clock(), month=date(2026, 12, 1))
        if len(signed) == 1:
            assert (await two.backend.trelleborg.put(f"applications/{uuid4()}", again)).status_code == 200
    refused, granted = signed
    async with two.backend.database().transaction() as session:
        await decisions.record_told(session, clock, MARIA, granted, "call")
    with pytest.raises(BelongsHere):
        await proposes(two, amal)
    async with two.backend.database().transaction() as session:
        await decisions.record_told(session, clock, MARIA, refused, "call")
    await proposes(two, amal)


async def test_where_others_may_read_she_is_asked_and_told_by_a_human(two: Two) -> None:
    amal = await amal_of(two, alone=False)
    with pytest.raises(AskHerself):
        await proposes(two, amal, "asked")
    move = await proposes(two, amal)
    await two.round("trelleborg")
    await takes(two, move)
    await two.round("svedala")
    assert await stands(two, move) == ("taken", "taken")
    assert await told(two.backend.svedala, NoticeKind.ARRIVED) == []
    assert await open_tasks(two, "svedala") == ["moved-here"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_who_is_only_rung_is_not_written_to_by_the_other_municipality_either(two: Two, when: str) -> None:
    amal = await amal_of(two)

    async def only_rung() -> None:
        async with two.backend.database().transaction() as session:
            await by_telephone.begin(session, two.backend.clock, JOHAN, amal.person)

    if when == "before":
        await only_rung()
    move = await proposes(two, amal)
    await two.round("trelleborg")
    if when == "after":
        await only_rung()
    await takes(two, move)
    await two.round("svedala")
    assert await stands(two, move) == ("taken", "taken")
    assert await told(two.backend.svedala, NoticeKind.ARRIVED) == []
    assert await open_tasks(two, "svedala") == ["moved-here"]


async def test_she_is_reached_there_as_she_is_now_and_not_as_when_she_was_proposed(two: Two) -> None:
    amal, clock = await amal_of(two), two.backend.clock
    move = await proposes(two, amal)
    await two.round("trelleborg")
    clock.now += timedelta(minutes=1)
    phone = Phone(person=amal.person, telephone=OTHER_TELEPHONE, at=clock(), shared=True)
    assert (await two.backend.trelleborg.put(f"phones/{uuid4()}", phone)).status_code == 204
    await takes(two, move)
    await two.round("svedala")
    assert await told(two.backend.svedala, NoticeKind.ARRIVED) == []
    async with two.backend.database("svedala").transaction() as session:
        row = (await session.exec(select(Arrival))).one()
        assert row.person is not None
        found = await contacts.number_of(session, row.person)
        assert found is not None
        assert (found[0], found[1].shared) == (OTHER_TELEPHONE, True)
        shown = await receiving.of_person(session, row.person)
        assert shown is not None
        assert shown.offer is not None
        assert shown.offer.copied.telephone == OTHER_TELEPHONE


async def test_nobody_rings_or_interprets_here_when_she_is_theirs_and_whoever_was_found_by_hand_is_cancelled(
    two: Two,
) -> None:
    amal, clock = await amal_of(two), two.backend.clock
    town = two.backend.database()
    clock.now = swedish(30, 8, month=11)
    await nobody_can_be_asked(two.backend)
    assert (await chooses(two.backend, amal, swedish(1, 10), interpreter_language="ar")).status_code == 200
    await interpreting.go_on(town, clock)
    async with town.transaction() as session:
        (by_hand,) = [one for one in await tasks.queue(session) if one.reason == tasks.CALL_INTERPRETER]
        await tasks.done(session, by_hand.id, clock(), MARIA.id, "done")
    move = await proposes(two, amal)
    await two.round("trelleborg")
    await takes(two, move)
    await two.round("svedala")
    assert await stands(two, move) == ("taken", "taken")
    assert await open_tasks(two, "trelleborg") == [tasks.CALL_WITHOUT]
    async with town.transaction() as session:
        assert (await session.exec(select(CallHour.taken))).one() == 0
        assert (await session.exec(select(Interpreted.over_at))).one() == clock()
        (line,) = [one for one in await access.log_of(session, amal.person) if one.reader_role == "municipality"]
        assert (line.reader_name, line.what, line.about) == ("Anders i Svedala kommun", "moved", move)
        shown = await own_case.looked(session, amal.person)
        assert [one.times for one in shown if one.who == "municipality"] == [1]
        assert "other" not in {one.who for one in shown}, "they are no colleagues of ours"
    (last,) = await told(two.backend.trelleborg, NoticeKind.MOVED)
    assert Moved.model_validate(last.body).cancelled


async def test_who_was_put_forward_for_a_decision_is_not_let_go_before_it_is_signed(two: Two) -> None:
    amal, clock = await amal_of(two), two.backend.clock
    move = await proposes(two, amal)
    await two.round("trelleborg")
    async with two.backend.database().transaction() as session:
        maria = replace(MARIA, reason="follow-up")
        await proposals.put_forward(session, clock, maria, amal.person, {}, needs="board")
    await takes(two, move)
    await two.round("svedala")
    assert await stands(two, move) == ("offered", "offered")


async def test_what_comes_back_to_somebody_who_has_left_waits_in_the_queue(two: Two) -> None:
    amal, clock = await amal_of(two), two.backend.clock
    move = await proposes(two, amal)
    await two.round("trelleborg")
    async with two.backend.database().transaction() as session:
        await leaving.leave(session, JOHAN.id, clock())
    await takes(two, move, take=False, reason="Hon är skriven hos er")
    await two.round("svedala")
    async with two.backend.database().transaction() as session:
        (back,) = [one for one in await tasks.queue(session) if one.reason == "move-returned"]
        assert back.assigned_to is None


async def test_of_two_who_turned_out_to_be_one_the_second_offer_goes_nowhere(two: Two) -> None:
    amal = await amal_of(two)
    first = await proposes(two, amal)
    other = await two.backend.trelleborg.asks_for_help(words=ELSEWHERE)
    second = await proposes(two, other)
    await two.round("trelleborg")
    async with two.backend.database().transaction() as session:
        row = await persons.find(session, other.person)
        row.merged_into = amal.person
        session.add(row)
    for move in (first, second):
        await takes(two, move)
        await two.round("svedala")
    assert (await stands(two, first), await stands(two, second)) == (("taken", "taken"), ("withdrawn", "withdrawn"))
    assert await is_answered_by(two, amal, first) == {"svedala"}  # both her cases are closed


async def test_who_reads_the_offer_of_somebody_taken_stands_in_her_log_and_says_why(two: Two) -> None:
    amal, clock = await amal_of(two), two.backend.clock
    move = await proposes(two, amal)
    await two.round("trelleborg")
    async with two.backend.database("svedala").transaction() as session:
        (task,) = await tasks.queue(session)
        await receiving.opened(session, clock, ANDERS, task.id)
    await takes(two, move)
    await two.round("svedala")
    async with two.backend.database("svedala").transaction() as session:
        shown = await receiving.opened(session, clock, ANDERS, task.id)
        assert shown.person is not None
        assert [one.reader_name for one in await access.log_of(session, shown.person)] == ["Anders"]
    with pytest.raises(ReasonNeeded):
        async with two.backend.database("svedala").transaction() as session:
            await receiving.opened(session, clock, replace(ANDERS, id=uuid4()), task.id)


async def test_no_press_closes_the_task_of_an_offer_that_stands(two: Two) -> None:
    amal = await amal_of(two)
    move = await proposes(two, amal)
    await two.round("trelleborg")
    for slug, reader, reason in (("trelleborg", JOHAN, "move-waits"), ("svedala", ANDERS, "move-offered")):
        async with two.backend.database(slug).transaction() as session:
            (task,) = [one for one in await tasks.queue(session) if one.reason == reason]
        with pytest.raises(SettledInTheCase):
            async with two.backend.database(slug).transaction() as session:
                await desk.task_done(session, two.backend.clock, reader, task.id)
    assert await stands(two, move) == ("offered", "offered")


async def test_who_asks_for_help_again_where_she_was_is_not_said_to_be_theirs_alone(two: Two) -> None:
    amal, clock = await amal_of(two), two.backend.clock
    move = await proposes(two, amal)
    await two.round("trelleborg")
    await takes(two, move)
    await two.round("svedala")
    for again in (False, True):
        async with two.backend.database().transaction() as session:
            standing = await giving.of_person(session, amal.person)
            assert standing is not None
            assert (standing.state, standing.again) == ("taken", again)
            await open_case(session, amal.person, clock())


async def test_who_is_handed_back_is_who_she_was_and_her_old_thread_sends_her_nowhere(two: Two) -> None:
    amal = await amal_of(two)
    there = await proposes(two, amal)
    await two.round("trelleborg")
    await takes(two, there)
    await two.round("svedala")
    async with two.backend.database("svedala").transaction() as session:
        row = await session.get_one(Arrival, there)
        assert row.person is not None
        wanted = Proposal(two.backend.settings.tenants["svedala"].neighbours["trelleborg"], "oral")
        back = await giving.propose(session, two.backend.clock, ANDERS, row.person, wanted)
    await two.round("svedala")
    async with two.backend.database().transaction() as session:
        await receiving.want(session, JOHAN, back, take=True)
    await two.round("trelleborg")
    async with two.backend.database().transaction() as session:
        assert (await session.get_one(Arrival, back)).person == amal.person
        assert await find_case(session, amal.person) is not None
        hers = OwnCase(person=amal.person, status=Status(step=Step.WANTS_TO_APPLY), missing=MissingPapers())
        towns = two.backend.settings.tenants["trelleborg"].neighbours
        came, left = (await with_moves(session, hers, towns)).moves
        assert (came.came, left.came, left.municipality) == (True, False, "Svedala kommun"), "as she reads it herself"
    (last,) = await told(two.backend.trelleborg, NoticeKind.BACK_HERE)
    assert (last.person, BackHere.model_validate(last.body).thread) == (amal.person, amal.thread)
    assert await told(two.backend.trelleborg, NoticeKind.ARRIVED) == []
    assert await open_tasks(two, "trelleborg") == ["moved-here"]


async def test_nobody_but_the_other_municipality_is_let_in_and_the_bot_offers_nobody(two: Two) -> None:
    amal = await amal_of(two)
    move = await proposes(two, amal)
    async with two.backend.database().transaction() as session:
        ((_, said),), _ = await giving.untold(session)
    assert (await two.backend.svedala.put(f"moves/{move}", said)).status_code == 401
    settle = Settle(take=True, by_name="Anders")
    assert (await two.backend.trelleborg.post(f"moves/{move}/settlement", settle)).status_code == 401
    assert await stands(two, move) == ("offered", "-")
    phone = Phone(person=amal.person, telephone=TELEPHONE, at=two.backend.clock(), opted_out=True)
    assert (await two.backend.trelleborg.put(f"phones/{uuid4()}", phone)).status_code == 204
