"""What the case system and the robot tell is taken once, checked as people are, and refused line by line with why."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlmodel import select

from backend import access, promises, tasks
from backend.applications import history
from backend.cases import desk, steps
from backend.cases import service as cases
from backend.casesystem import accounts, importing
from backend.casesystem.models import ServiceCall
from backend.clock import real_time
from backend.contract import NoticeKind, Step
from backend.controls import service as controls
from backend.controls.service import Ticked
from backend.decisions import comments
from backend.decisions import service as decisions
from backend.decisions.service import Draft
from backend.safety.service import Safety
from backend.staff.case import events, overview
from backend.staff.case.overview import Opened
from backend.wire import token_digest
from bot.stories.case_system import Caller
from bot.stories.serving import serving
from tests.backend.casesystem.conftest import ROBOT, TOKEN, Wire
from tests.backend.stories import (
    MARIA,
    Applicant,
    Backend,
    StoryClock,
    application,
    books_a_meeting,
    meets,
    started,
    told,
)

DECEMBER = "2026-12-01"


@pytest.fixture
async def address(backend: Backend) -> AsyncIterator[httpx2.AsyncClient]:
    """The backend over HTTP."""
    async with serving(backend.app) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


@pytest.fixture
def caller(address: httpx2.AsyncClient) -> Caller:
    return Caller(address, TOKEN)


@pytest.fixture
async def amal(backend: Backend) -> Applicant:
    return await backend.trelleborg.asks_for_help()


def case_of(applicant: Applicant) -> str:
    assert applicant.receipt is not None
    return str(applicant.receipt.case)


def line(applicant: Applicant, kind: str, **given: object) -> dict[str, Any]:
    return {"kind": kind, "id": str(uuid4()), "case": case_of(applicant), "at": "2026-11-30T08:59:00Z", **given}


def calculation(applicant: Applicant, result: int = 7485, **given: object) -> dict[str, Any]:
    lines = [{"what": "Riksnorm", "kronor": 8510}, {"what": "Hyra", "kronor": 5850}, {"what": "Lön", "kronor": -6875}]
    return line(applicant, "calculation", **{"month": DECEMBER, "lines": lines, "result": result, **given})


def decision(applicant: Applicant, **given: object) -> dict[str, Any]:
    granted = {"outcome": "bifall", "month": DECEMBER, "kronor": 7485, "decided_on": "2026-11-30"}
    return line(applicant, "decision", **{**granted, "signed_by": "Anna Ek", **given})


def payment(applicant: Applicant, by: str | UUID, kronor: int = 7485, **given: object) -> dict[str, Any]:
    return line(applicant, "payment", decision=str(by), kronor=kronor, **{"paid_on": "2026-12-01", **given})


def why(one: dict[str, Any]) -> tuple[str, str]:
    """The title and the detail of a refusal."""
    assert one["state"] == "refused", one
    return one["problem"]["title"], one["problem"]["detail"]


async def test_an_account_is_let_in_at_home_with_its_scopes_and_opens_nothing_of_the_bots(
    backend: Backend, address: httpx2.AsyncClient, amal: Applicant
) -> None:
    for token, slug in ((backend.trelleborg.token, "trelleborg"), (TOKEN, "svedala"), ("", "trelleborg"), ("å", "x")):
        sent = {b"Authorization": f"Bearer {token}".encode()} if token else {}
        answer = await address.post(f"/api/v1/{slug}/case-system/imports", json={"lines": []}, headers=sent)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    answer = await address.get("/api/v1/trelleborg/notices", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 401
    robot = Caller(address, ROBOT)
    taken, refused = await robot.tells(line(amal, "status", status="investigated"), decision(amal))
    assert taken["state"] == "taken"
    assert why(refused) == ("This service account may not do that.", "scope=decision")
    assert (await robot.posts("replays", {"since": "2026-11-01T00:00:00Z"})).status_code == 403


async def test_a_token_is_changed_while_both_are_good(environ: dict[str, str], clock: StoryClock) -> None:
    new = "the-next-token-of-the-case-system-here"
    for tokens, good in ((f"{new} {TOKEN}", (new, TOKEN)), (new, (new,))):
        async with started({**environ, "IMORGON_SERVICE_TOKEN_TRELLEBORG_SYSTEM": tokens}, clock) as running:
            let_in = []
            for token in (new, TOKEN):
                answer = await Caller(running.trelleborg.client, token).posts("imports", {"lines": []})
                let_in += [token] if answer.status_code == 200 else []
            assert tuple(let_in) == good
            async with running.database().transaction() as session:
                shown = (await session.exec(select(ServiceCall.account, ServiceCall.token))).all()
            # The old one is kept as shown before, which says that it can be taken away.
            assert set(shown) == {("system", accounts.mark(token_digest(one))) for one in (new, TOKEN)}


async def test_a_status_is_taken_once_and_another_under_its_id_is_refused(caller: Caller, amal: Applicant) -> None:
    one = line(amal, "status", status="received")
    assert [found["state"] for found in await caller.tells(one, one)] == ["taken", "known"]
    (other,) = await caller.tells({**one, "status": "closed"})
    assert other["problem"]["code"] == "key-reused"


async def test_each_line_says_why_it_is_refused_and_the_others_are_taken(caller: Caller, amal: Applicant) -> None:
    found = await caller.tells(
        line(amal, "status", status="on fire"),
        line(amal, "status", status="received"),
        {**line(amal, "status", status="received"), "case": str(uuid4())},
        line(amal, "status", status="received", at="2027-01-01T00:00:00Z"),
        line(amal, "status", status="received", secret="850101"),
        {"kind": "nonsense"},
        calculation(amal, 7000),
        calculation(amal, month="2026-12-02"),
        {},
    )
    assert [one["number"] for one in found] == list(range(1, 10))
    assert [one["state"] for one in found] == ["refused", "taken", *["refused"] * 7]
    assert why(found[0])[1] == "status.status: literal_error"
    assert why(found[2])[0] == "There is no such thing here."
    assert why(found[3])[1] == "at=has not been yet"
    assert why(found[4])[1] == "status: extra_forbidden"
    assert why(found[6]) == ("Raderna i beräkningen blir inte summan.", "lines=7485, result=7000")
    assert why(found[7])[1] == "calculation.month: value_error"
    assert "850101" not in str(found)


async def test_a_decision_is_signed_by_its_human_with_the_checks_of_one_signed_here(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    (early,) = await caller.tells(decision(amal))
    assert why(early)[0] == "Beslut fattas efter mötet. Skriv först anteckningen från mötet."
    await meets(backend, amal)
    unsigned, refusal, tomorrow = await caller.tells(
        decision(amal, signed_by=" "),
        decision(amal, outcome="avslag", kronor=None, reasons=["enough-means"]),
        decision(amal, decided_on="2026-12-01"),
    )
    assert why(unsigned)[0].startswith("Ett beslut skrivs under av en människa.")
    assert why(refusal)[0] == "Ett avslag ska innehålla en ny tid."
    assert why(tomorrow)[1] == "decided_on=2026-12-01"
    assert await told(backend.trelleborg, NoticeKind.SOMETHING_NEW) == []
    one = decision(amal)
    first, again = await caller.tells(one, one)
    assert (first["state"], again["state"], again["decision"]) == ("taken", "known", first["decision"])
    assert len(await told(backend.trelleborg, NoticeKind.SOMETHING_NEW)) == 1
    async with backend.database().transaction() as session:
        (made,) = await decisions.of_person(session, amal.person)
        looked = await access.log_of(session, amal.person)
    assert (str(made.id), made.signed_name, made.decided_on) == (
        first["decision"],
        "Anna Ek i Procapita (exempel)",
        date(2026, 11, 30),
    )
    assert ("case-system", "decision", "Anna Ek i Procapita (exempel)") in {
        (row.reader_role, row.what, row.reader_name) for row in looked
    }


async def test_a_decision_over_a_difference_that_nobody_has_seen_is_refused_and_one_that_stands_is_known(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    differs = Ticked("bilreg", "differs", ("not-said",))
    sees, control = replace(MARIA, reason="follow-up"), uuid4()
    async with backend.database().transaction() as session:
        await controls.tick(session, backend.clock, sees, amal.person, differs, key=control)
    (refused,) = await caller.tells(decision(amal))
    assert why(refused)[0].startswith("En kontroll skiljer sig från ansökan.")
    async with backend.database().transaction() as session:
        await controls.take_stand(session, backend.clock, sees, amal.person, control=control, because="Såld.")
    (taken,) = await caller.tells(decision(amal))
    async with backend.database().transaction() as session:
        await controls.tick(session, backend.clock, sees, amal.person, differs, key=uuid4())
    (again,) = await caller.tells(decision(amal))
    assert (taken["state"], again["state"], again["decision"]) == ("taken", "known", taken["decision"])


async def test_a_decision_told_anew_after_she_applied_again_is_the_one_that_stands(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    (first,) = await caller.tells(decision(amal))
    backend.clock.advance(hours=1)
    applied = await backend.trelleborg.put(f"applications/{uuid4()}", application(amal, backend.clock()))
    assert applied.status_code == 200, applied.text
    (again,) = await caller.tells(decision(amal))  # it was restored, and gives its lines new ids
    assert (again["state"], again["decision"]) == ("known", first["decision"])
    assert len(await told(backend.trelleborg, NoticeKind.SOMETHING_NEW)) == 1


async def test_decisions_of_two_months_that_are_told_in_one_go_are_both_taken(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    backend.clock.advance(days=16)
    again = application(amal, backend.clock(), kind="recurring", month=date(2027, 1, 1))
    assert (await backend.trelleborg.put(f"applications/{uuid4()}", again)).status_code == 200
    backend.clock.advance(days=1)
    january = {"month": "2027-01-01", "decided_on": "2026-12-17"}
    december, new_year, twice = await caller.tells(  # it was away since the day after they met
        decision(amal, decided_on="2026-12-01"), decision(amal, **january), decision(amal, kronor=1, **january)
    )
    assert [one["state"] for one in (december, new_year)] == ["taken", "taken"]
    assert why(twice)[0].startswith("Ärendesystemet säger något annat")


async def test_a_decision_that_is_told_late_leaves_the_next_month_waiting(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    backend.clock.advance(days=16)
    again = application(amal, backend.clock(), kind="recurring", month=date(2027, 1, 1))
    assert (await backend.trelleborg.put(f"applications/{uuid4()}", again)).status_code == 200
    async with backend.database().transaction() as session:
        before = {one.id for one in await tasks.waiting(session, amal.person)}
        promised = {one.id for one in await promises.all_open(session) if one.what == "decision"}
        until = date(2026, 12, 17)
        may_comment = await comments.ask(session, backend.clock, MARIA, amal.person, "Lön", until=until)
    assert promised
    (taken,) = await caller.tells(decision(amal, decided_on="2026-12-01"))
    assert taken["state"] == "taken"
    async with backend.database().transaction() as session:
        assert before <= {one.id for one in await tasks.waiting(session, amal.person)}
        assert promised == {one.id for one in await promises.all_open(session) if one.what == "decision"}
        # Nor is her right to comment over, or a single cost all that waits.
        asked = await comments.standing(session, amal.person)
        assert asked is not None
        assert asked.id == may_comment
        assert await history.left_waiting(session, amal.person) == again.received_at
        listed = await steps.of_all(session, {amal.person: amal.person}, backend.clock())
        assert listed[amal.person].step is not Step.DECIDED
        file = await desk.open_case(session, backend.clock, MARIA, amal.person, "follow-up")
        opened = Opened(file, (), await decisions.of_person(session, amal.person), (), Safety(), ())
        assert not overview.is_decided(opened)
        decided_at = await cases.decided_at(session, amal.person)
        assert decided_at is not None
        assert decided_at < again.received_at
    backend.clock.advance(hours=1)
    cost = application(amal, backend.clock(), kind="supplementary", month=None)
    assert (await backend.trelleborg.put(f"applications/{uuid4()}", cost)).status_code == 200
    async with backend.database().transaction() as session:
        assert not (await decisions.as_it_is(session, amal.person, Draft("bifall", date(2027, 1, 1)))).single_cost
    await caller.tells(decision(amal, month="2027-01-01", decided_on="2026-12-16"))
    async with backend.database().transaction() as session:
        assert not any(one.what == "decision" for one in await promises.all_open(session))


@pytest.mark.parametrize("month", ["2099-01-01", "1970-01-01", "2025-10-01"])
async def test_a_month_that_cannot_be_meant_is_refused(
    backend: Backend, caller: Caller, amal: Applicant, month: str
) -> None:
    await meets(backend, amal)
    for one in await caller.tells(decision(amal, month=month), calculation(amal, month=month)):
        assert why(one) == ("The request does not fit what is known.", f"month={month}")


async def test_a_line_that_is_no_line_or_holds_what_is_no_sum_keeps_nothing_else_out(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    (signed,) = await caller.tells(decision(amal))
    by = signed["decision"]
    paid = [payment(amal, by, kronor) for kronor in (True, 0, -1, 0.5, "7485,50", 10**9, None)]  # type: ignore[arg-type]
    found = await caller.tells("status", None, [], *paid, payment(amal, by))
    assert [one["state"] for one in found] == ["refused"] * 10 + ["taken"]
    assert {why(one)[1] for one in found[:3]} == {"not an object"}
    assert all(why(one)[1].startswith("payment.kronor: ") for one in found[3:-1])


async def test_what_the_database_cannot_hold_is_refused_and_keeps_nothing_else_out(
    caller: Caller, amal: Applicant, backend: Backend
) -> None:
    await meets(backend, amal)
    long_ago = line(amal, "status", status="investigated", at="0001-01-01T00:00:00+14:00")
    found = await caller.tells(
        decision(amal, signed_by="Anna\0Ek"),
        decision(amal, own_words="Vi\0såg"),  # nothing that is printed can hold it
        calculation(amal, lines=[{"what": "Hyra\x1b", "kronor": 7485}]),
        long_ago,
        decision(amal, own_words="Vi såg\nkontoutdraget."),
    )
    assert [one["state"] for one in found] == [*["refused"] * 4, "taken"]


async def test_a_decision_that_stands_here_is_known_and_another_is_for_a_person_to_look_at(
    backend: Backend, wire: Wire, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    backend.clock.advance(minutes=30)
    async with backend.database().transaction() as session:
        ours = await decisions.sign(
            session, backend.clock, MARIA, amal.person, Draft("bifall", date(2026, 12, 1), 7485)
        )
    same, other, counted = await caller.tells(decision(amal), decision(amal, kronor=5000), calculation(amal))
    assert (same["state"], same["decision"]) == ("known", str(ours))
    assert why(other)[0] == "Ärendesystemet säger något annat än ärendet här."
    assert counted["state"] == "taken"
    assert await wire.tasks() == ["case-system-disagrees"]


async def test_no_more_is_paid_than_was_granted_and_nothing_without_a_decision(
    backend: Backend, wire: Wire, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    (signed,) = await caller.tells(decision(amal))
    by = signed["decision"]
    other = await backend.trelleborg.asks_for_help()
    half, rest, more = payment(amal, by, 7000), payment(amal, by, 485), payment(amal, by, 1)
    found = await caller.tells(
        half, rest, half, payment(amal, uuid4()), payment(other, by), payment(amal, by, 1, paid_on="2026-11-01")
    )
    assert [one["state"] for one in found] == ["taken", "taken", "known", "refused", "refused", "refused"]
    assert await wire.tasks() == []
    (over,) = await caller.tells(more)
    assert why(over) == ("Ärendesystemet säger något annat än ärendet här.", "decided=7485, paid=7486")
    assert await wire.tasks() == ["case-system-disagrees"]


async def test_a_calculation_that_is_not_what_was_decided_is_for_a_person_to_look_at(
    backend: Backend, wire: Wire, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    await caller.tells(decision(amal, kronor=5000))
    (counted,) = await caller.tells(calculation(amal))
    assert why(counted)[1] == "decided=5000, calculated=7485"
    assert await wire.tasks() == ["case-system-disagrees"]


async def test_a_calculation_is_held_against_the_decision_that_stands(
    backend: Backend, wire: Wire, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    await caller.tells(decision(amal, kronor=5000))
    backend.clock.advance(hours=1)
    applied = await backend.trelleborg.put(f"applications/{uuid4()}", application(amal, backend.clock()))
    assert applied.status_code == 200, applied.text
    (anew,) = await caller.tells(decision(amal))
    assert anew["state"] == "taken"
    (counted,) = await caller.tells(calculation(amal))
    assert counted["state"] == "taken"
    assert await wire.tasks() == []


async def test_staff_read_in_the_case_what_the_system_told(backend: Backend, caller: Caller, amal: Applicant) -> None:
    await meets(backend, amal)
    (signed,) = await caller.tells(decision(amal))
    backend.clock.advance(hours=1)
    await caller.tells(
        line(amal, "status", status="investigated"),
        calculation(amal),
        payment(amal, signed["decision"], at="2026-11-30T09:30:00Z"),
    )
    async with backend.database().transaction() as session:
        file = await desk.open_case(session, backend.clock, MARIA, amal.person, "follow-up")
        heard = await importing.of_person(session, amal.person)
    opened = Opened(file, (), (), (), Safety(), heard)
    lines = [(event.words, event.detail) for event in events.happened(opened, backend.clock())]
    own = "Procapita (exempel)"
    assert ("Ärendesystemet: utredning pågår", own) in lines
    assert ("Beräkning för december 2026: 7\N{NO-BREAK SPACE}485\N{NO-BREAK SPACE}kr", own) in lines
    assert lines[0] == ("Utbetalning 1 dec: 7\N{NO-BREAK SPACE}485\N{NO-BREAK SPACE}kr", own)


async def test_both_sides_together_and_a_lost_answer_is_told_once_more(
    backend: Backend, wire: Wire, caller: Caller, amal: Applicant
) -> None:
    meeting = await books_a_meeting(backend, amal)
    backend.clock.advance(days=1, hours=3)
    await meets(backend, amal, meeting=meeting.id)
    await wire.sends()
    heard = next(one for one in wire.system.taken.values() if one["type"] == "call_for_help.received")["data"]
    assert heard["case"] == case_of(amal)  # it knows the case by what it heard
    lines = [line(amal, "status", status="investigated"), calculation(amal), decision(amal, decided_on="2026-12-01")]
    assert (await caller.posts("imports", {"lines": lines})).status_code == 200  # and nobody hears the answer
    again = await caller.tells(*lines)
    assert [one["state"] for one in again] == ["known"] * 3
    await caller.tells(payment(amal, again[2]["decision"], paid_on="2026-12-02"))
    await wire.sends()
    signed = [one for one in wire.system.taken.values() if one["type"] == "decision.signed"]
    assert [one["data"]["about"] for one in signed] == [again[2]["decision"]]


async def test_it_can_ask_for_everything_again(backend: Backend, wire: Wire, caller: Caller, amal: Applicant) -> None:
    await wire.sends()
    since = (real_time() - timedelta(days=1)).isoformat()
    answer = await caller.posts("replays", {"since": since, "ways": ["webhook"]})
    assert answer.json() == {"events": 1}
    await wire.sends()
    assert (len(wire.system.asked), len(set(wire.system.asked))) == (2, 1)


async def test_it_asks_for_what_is_open_from_a_day_there_is(wire: Wire, caller: Caller, amal: Applicant) -> None:
    await wire.sends()
    # Trelleborg's settings open no way: what went by another one stays as it is.
    assert (await caller.posts("replays", {"since": "2026-11-01T00:00:00Z"})).json() == {"events": 0}
    for since in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        assert (await caller.posts("replays", {"since": since})).status_code == 422


async def test_what_could_not_be_taken_in_is_settled_by_hand_until_it_is_told_mended(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    wrong = line(amal, "status", status="on fire")
    (refused,) = await caller.tells(wrong)
    assert refused["state"] == "refused"
    async with backend.database().transaction() as session:
        assert importing.TECHNICAL in {one.reason for one in await tasks.waiting(session, amal.person)}
    (taken,) = await caller.tells({**wrong, "status": "received"})
    assert taken["state"] == "taken"
    async with backend.database().transaction() as session:
        assert importing.TECHNICAL not in {one.reason for one in await tasks.waiting(session, amal.person)}


async def test_another_line_of_the_same_case_settles_nothing_of_what_was_refused(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    refused, taken = await caller.tells(decision(amal), line(amal, "status", status="investigated"))
    assert (refused["state"], taken["state"]) == ("refused", "taken")  # no meeting has been held
    async with backend.database().transaction() as session:
        assert importing.TECHNICAL in {one.reason for one in await tasks.waiting(session, amal.person)}


async def test_the_same_told_anew_under_another_id_settles_what_was_refused(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    await caller.tells(decision(amal), calculation(amal, 1), calculation(amal, 2, month="2027-01-01"))
    assert await _technical(backend, amal) == 3
    await caller.tells(calculation(amal))  # that of December, under an id of its own
    assert await _technical(backend, amal) == 2
    await meets(backend, amal)
    (signed,) = await caller.tells(decision(amal))
    assert await _technical(backend, amal) == 1
    refused, *_ = await caller.tells(payment(amal, uuid4(), 700), payment(amal, uuid4(), 700))
    assert await _technical(backend, amal) == 3
    await caller.tells(payment(amal, signed["decision"], 700))
    assert await _technical(backend, amal) == 3, "of the same day and sum, and perhaps one more: both wait"
    (taken,) = await caller.tells(payment(amal, signed["decision"], 700, replaces=refused["id"]))
    assert (taken["state"], await _technical(backend, amal)) == ("taken", 2)
    (never,) = await caller.tells(payment(amal, signed["decision"], 700, replaces=str(uuid4())))
    assert (never["state"], await _technical(backend, amal)) == ("refused", 3), "nothing of that id was ever told"


async def _technical(backend: Backend, amal: Applicant) -> int:
    async with backend.database().transaction() as session:
        waits = await tasks.waiting(session, amal.person)
        return sum(one.reason == importing.TECHNICAL for one in waits)


async def test_the_day_of_a_payment_is_told_and_anew_only_where_another_replaces_it_on_another_day(
    backend: Backend, caller: Caller, amal: Applicant
) -> None:
    await meets(backend, amal)
    (signed,) = await caller.tells(decision(amal))
    first = payment(amal, signed["decision"])
    same = payment(amal, signed["decision"], replaces=first["id"])
    later = payment(amal, signed["decision"], replaces=same["id"], paid_on="2026-12-04")
    assert [one["state"] for one in await caller.tells(first, first, same, later)] == [
        "taken",
        "known",
        "taken",
        "taken",
    ]
    days = [notice.body for notice in await told(backend.trelleborg, NoticeKind.PAY_DAY)]
    assert days == [
        {"day": "2026-12-01", "moved": False, "withdrawn": False},
        {"day": "2026-12-04", "moved": True, "withdrawn": False},
    ]
