"""The interpreter desk: confirm and decline, and the person is told."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

from sqlmodel import select

from backend.bookings.models import Resource
from backend.contract import Meeting, MeetingNotice, MeetingStatus, NoticeKind
from backend.interpreters import routine, service
from backend.planning import service as planning
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import MARIA


async def test_orders_stand_on_one_line_and_say_nothing_of_the_case(office: Office, elin: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock(), words="hemligt")
    meeting = await office.books(amal)
    page = await elin.opens("/inbox/interpreters")
    for words in ("arabiska", "telefon", "Väntar på svar", "45 min", "tisdag 1 december"):
        assert words in page.text
    assert "Nummer" not in page.text
    assert str(amal.person) not in page.source
    assert "hemligt" not in page.source
    assert f"kl {meeting.start.hour + 1}." in page.text


async def test_confirming_books_the_meeting_and_tells_the_person(office: Office, elin: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    await office.books(amal)
    (confirm,) = (await elin.opens("/inbox/interpreters")).actions("/confirm")
    page = await elin.presses(confirm)
    assert page.location == "/inbox/interpreters?done=confirmed"
    assert "Tolken är bekräftad. Personen får veta det." in page.text
    assert "Klar svarade 9.58" in page.text
    (notice,) = await office.told(NoticeKind.INTERPRETER_CONFIRMED)
    assert MeetingNotice.model_validate(notice.body).meeting.status == MeetingStatus.BOOKED
    # Once more is harmless, and tells nobody twice.
    assert (await elin.presses(confirm)).status == 200
    assert len(await office.told(NoticeKind.INTERPRETER_CONFIRMED)) == 1


async def test_when_one_cannot_another_is_asked_and_then_the_meeting_moves(office: Office, elin: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    await office.books(amal)
    said = []
    for _ in range(3):
        decline = (await elin.opens("/inbox/interpreters")).actions("/decline")
        if not decline:
            break
        said.append((await elin.presses(decline[0])).location.rpartition("=")[2])
    assert said[0] == "asked-another"
    assert "moved" in said
    assert len(await office.told(NoticeKind.MEETING_MOVED)) == said.count("moved")
    page = await elin.opens("/inbox/interpreters")
    assert "Mötet flyttades, tolken kunde inte" in page.text
    (done,) = page.actions("/done")
    assert "Mötet flyttades" not in (await elin.presses(done)).text


async def test_an_order_that_no_longer_holds_is_said_clearly(office: Office, elin: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    await office.books(amal)
    page = await elin.opens("/inbox/interpreters")
    (confirm,), (decline,) = page.actions("/confirm"), page.actions("/decline")
    await elin.presses(decline)
    page = await elin.presses(confirm)
    assert (page.status, page.alert) == (409, "Beställningen gäller inte längre. Läs om sidan.")


async def test_nobody_speaks_it_and_somebody_must_arrange_it(office: Office, elin: Desk) -> None:
    async with office.database.transaction() as session:
        for resource in (await session.exec(select(Resource).where(Resource.kind == "interpreter"))).all():
            resource.active = False
            session.add(resource)
    amal = await office.bot.asks_for_help(office.backend.clock(), language="ti")
    query = {"person": str(amal.person), "at": office.backend.clock().isoformat(), "interpreter_language": "ti"}
    assert (await office.bot.post("free-times", query)).status_code == 200
    page = await elin.opens("/inbox/interpreters")
    assert "Ingen tid i dag eller i morgon" in page.text
    assert "tigrinja" in page.text


async def test_what_is_to_be_arranged_for_a_group_names_nobody(office: Office, elin: Desk, johan: Desk) -> None:
    async with office.database.transaction() as session:
        for resource in (await session.exec(select(Resource).where(Resource.kind == "interpreter"))).all():
            resource.active = False
            session.add(resource)
    hodan = await office.bot.asks_for_help(office.backend.clock(), language="so")
    async with office.database.transaction() as session:
        await planning.begin(session, office.backend.clock, MARIA, hodan.person, uuid4())
    await routine.go_on(office.database, office.backend.clock)
    page = await elin.opens("/inbox/interpreters")
    (arrange,) = re.findall(r'id="arrange".*?</section>', page.source, re.DOTALL)
    assert arrange.count('Grupp i planeringsveckan</b><br><span class="secondary small">somaliska') == 3
    assert arrange.count("Ordna tolk till något som är planerat</p>") == 3
    listed = await johan.opens("/inbox?queue=waiting&role=interpreter-booking")
    assert "Grupp i planeringsveckan" in listed.text


async def test_a_caseworker_does_not_answer_for_interpreters(office: Office, maria: Desk, johan: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    await office.books(amal)
    (confirm,) = (await johan.opens("/inbox/interpreters")).actions("/confirm")
    assert (await maria.presses(confirm)).status == 403
    async with office.database.transaction() as session:
        (order,) = await service.open_orders(session, office.backend.clock())
    assert order.state == "asked"
    assert order.id == UUID(confirm.split("/")[3])


async def test_the_desk_closes_only_tasks_of_times(office: Office, elin: Desk, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    (done,) = (await johan.opens(f"/inbox/threads/{amal.thread}")).actions("/done")
    page = await elin.presses(f"/inbox/interpreters/tasks/{done.split('/')[-2]}/done")
    assert page.status == 403


async def from_an_agency(office: Office) -> Meeting:
    """A meeting in Tigrinya when none of ours speaks it; the agency of the example is asked."""
    (agency,) = [one for one in office.database.municipality.interpreter_agencies if one.slug == "sprakbron"]
    office.database.agencies = (agency,)
    async with office.database.transaction() as session:
        for resource in (await session.exec(select(Resource).where(Resource.kind == "interpreter"))).all():
            resource.active = False
            session.add(resource)
    amal = await office.bot.asks_for_help(office.backend.clock(), language="ti")
    return await office.books(amal)


async def test_every_step_of_a_meeting_stands_on_its_line_and_what_cancelling_costs(office: Office, elin: Desk) -> None:
    meeting = await from_an_agency(office)
    page = await elin.opens("/inbox/interpreters")
    assert "Språkbron (exempel)" in page.text
    assert "Avbokas utan kostnad: inte bekräftad än" in page.text
    (confirm,) = page.actions("/confirm")
    page = await elin.presses(confirm)
    assert "Språkbron (exempel) tillfrågad 9.58, telefon → Språkbron (exempel): ja 9.58" in page.text
    assert "Avbokas utan kostnad till i morgon" in page.text
    office.backend.clock.now = meeting.start - timedelta(hours=3)
    page = await elin.opens("/inbox/interpreters")
    assert "Avbokning nu kostar 315 kr (exempel, inte kontrollerat)" in page.text.replace("\N{NO-BREAK SPACE}", " ")


async def test_what_the_agencies_may_charge_is_listed_and_said_by_staff(office: Office, elin: Desk) -> None:
    await from_an_agency(office)
    (confirm,) = (await elin.opens("/inbox/interpreters")).actions("/confirm")
    await elin.presses(confirm)
    page = await elin.opens("/inbox/interpreters/invoices?month=2026-12")
    assert "Priserna är exempel eller inte kontrollerade mot avtalet." in page.text
    (actual,) = page.actions("/actual")
    fields = {"minutes": "60", "mode": "phone", "kronor": "", "month": "2026-12"}
    page = await elin.presses(actual, fields)
    assert "60 min, telefon, 420 kr" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    page = await elin.presses(actual, {**fields, "minutes": "75", "mode": "video", "kronor": "many"})
    assert (page.status, page.alert) == (422, "Summan går inte att läsa. Skriv hela kronor med siffror.")
    typed = {at["name"]: at.get("value") for tag, at in page.elements if tag == "input" and "name" in at}
    assert (typed["minutes"], typed["kronor"]) == ("75", "many")
    assert [at["value"] for tag, at in page.elements if tag == "option" and "selected" in at] == ["video"]
    answer = await elin.client.get("/inbox/interpreters/invoices.csv?month=2026-12")
    assert answer.headers["content-disposition"] == 'attachment; filename="tolkar-trelleborg-2026-12.csv"'
    assert "Språkbron (exempel);T1287-" in answer.text
    assert "Inga bokningar hos förmedlingar" in (await elin.opens("/inbox/interpreters/invoices?month=nonsense")).text
