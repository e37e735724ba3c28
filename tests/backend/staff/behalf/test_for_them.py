"""What a person can do, customer service does for her in one place, once for each press, and it is told as such."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from backend import promises, tasks
from backend.audit import Access
from backend.callbacks.models import CallHour
from backend.cases import contacts
from backend.contract import NoticeKind, Phone
from backend.decisions import service as decisions
from backend.decisions.service import Draft
from backend.interpreters.models import InterpreterWish
from backend.planning import jobs
from backend.planning import service as planning
from backend.safety import by_telephone
from backend.safety import service as safety
from tests.backend.decisions.test_comments import DECEMBER
from tests.backend.planning.test_week import begins, stands
from tests.backend.staff.desks import Desk, Office, Page
from tests.backend.stories import JOHAN, MARIA, TELEPHONE, Applicant, meets, told

BY_TELEPHONE = {"heard": "telephone"}


def once() -> dict[str, str]:
    return {"key": str(uuid4()), **BY_TELEPHONE}


def address(amal: Applicant, what: str = "") -> str:
    return f"/inbox/cases/{amal.person}/for-them{what}"


async def happened(johan: Desk, amal: Applicant) -> str:
    return (await johan.opens(f"/inbox/cases/{amal.person}")).within('id="events"', "</section>")


async def an_hour(johan: Desk, amal: Applicant) -> str:
    """The first hour in which she can be rung."""
    page = await johan.opens(address(amal))
    options = page.source.partition('id="hour"')[2].partition("</select>")[0]
    return next(at["value"] for tag, at in Page(200, options).elements if tag == "option")


async def test_customer_service_does_for_her_what_she_can_do(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(address(amal))
    assert page.status == 200
    (book,) = page.actions("/for-them/meeting")
    options = page.source.partition('id="slot"')[2].partition("</select>")[0]
    slot = next(at["value"] for tag, at in Page(200, options).elements if tag == "option")
    pressed = {"slot": slot, "interpreter": "true", **once()}
    page = await johan.presses(book, pressed)
    assert "Mötet är bokat. Där automaten får skriva berättar den det" in page.text
    meeting = page.inputs("meeting")[0]
    office.backend.clock.advance(minutes=5)
    page = await johan.presses(book, pressed)  # later, on a page from before
    assert (page.status, "Det är redan gjort." in page.text) == (200, True)
    page = await johan.presses(book, {**pressed, "interpreter": ""})
    assert (page.status, page.alert) == (
        409,
        "Det du tryckte på förut på den här sidan är redan gjort. Se efter, och tryck igen om det är något mer.",
    )
    said = {"meeting": meeting, "says": "late", "minutes": "15"}
    page = await johan.presses(address(amal, "/said"), {**said, **once()})
    assert "Den som håller mötet ser det" in page.text
    wish = {"wish": "woman", **once()}
    for _ in range(2):
        page = await johan.presses(address(amal, "/interpreter"), wish)
    assert "Det är redan gjort." in page.text
    assert [one.body["what"] for one in await told(office.bot, NoticeKind.TAKEN_DOWN)] == ["interpreter-wish"]
    async with office.database.transaction() as session:
        assert [one.gender for one in (await session.exec(select(InterpreterWish))).all()] == ["woman"]
    page = await johan.presses(address(amal, "/said"), {**said, **once(), "minutes": "999"})
    assert (page.status, page.location) == (422, "")
    assert "från 1 till 240" in page.text
    page = await johan.presses(address(amal, "/number"), {"telephone": "inget", **once()})
    assert (page.status, page.inputs("telephone")) == (422, ["inget"])
    assert "Numret går inte att läsa" in page.text
    office.backend.clock.advance(minutes=1)
    await johan.presses(address(amal, "/number"), {"telephone": "070-174 06 13", **once()})
    async with office.database.transaction() as session:
        reached = await contacts.reached(session, amal.person)
        assert reached is not None
        assert reached.ending == "…06 13"
        whys = [row.why for row in (await session.exec(select(Access).where(Access.person == amal.person))).all()]
    for done in ("bokade ett möte", "sa om mötet: blir sen", "gav ett annat nummer"):
        logged = [why for why in whys if why.endswith(f"Gjorde åt personen: {done} (sagt i telefon)")]
        assert len(logged) == 1, "of what is done twice or refused the log says nothing"
        assert f"Gjort åt personen: {done}" in await happened(johan, amal)
    assert len(await told(office.bot, NoticeKind.MEETING_BOOKED)) == 1


async def test_her_messages_stop_and_begin_at_her_word_and_never_against_her_provider(
    office: Office, johan: Desk
) -> None:
    amal = await office.asks_for_a_human()
    stop = {"thread": str(amal.thread), "wish": "stop", **once()}
    await johan.presses(address(amal, "/messages"), stop)
    page = await johan.presses(address(amal, "/messages"), stop)
    assert "Det är redan gjort." in page.text
    (notice,) = await told(office.bot, NoticeKind.MESSAGES_WISHED)
    assert notice.body == {"thread": str(amal.thread), "wish": "stop", "tell": True}
    assert "Gjort åt personen: stoppade meddelanden" in await happened(johan, amal)
    assert "Johan, sagt i telefon" in await happened(johan, amal)
    said = {"person": amal.person, "telephone": TELEPHONE, "opted_out": True}
    await office.bot.put(f"phones/{uuid4()}", Phone(**said, at=office.backend.clock()))
    page = await johan.presses(address(amal, "/messages"), {**stop, **once(), "wish": "start"})
    assert page.status == 200
    await office.bot.put(f"phones/{uuid4()}", Phone(**said, at=office.backend.clock(), by_provider=True))
    page = await johan.presses(address(amal, "/messages"), {**stop, **once(), "wish": "start"})
    assert (page.status, "skriv START" in page.alert) == (409, True)
    assert [one.body["wish"] for one in await told(office.bot, NoticeKind.MESSAGES_WISHED)] == ["stop", "start"]
    other = await office.bot.asks_for_help()
    page = await johan.presses(address(amal, "/messages"), {**stop, **once(), "thread": str(other.thread)})
    assert page.status == 404


async def test_how_she_said_it_is_chosen_by_nobody_but_whoever_heard_her(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    form = await johan.opens(address(amal))
    chosen = [at["value"] for tag, at in form.elements if tag == "option" and at.get("value") in ("", "telephone")]
    assert chosen.index("") < chosen.index("telephone"), "the first of the list is none"
    fields = {"on": "2026-11-27", "title": "Städare", "employer": "Exempel AB", "key": str(uuid4())}
    asked = await johan.presses(address(amal, "/job"), {**fields, "heard": ""})
    assert (asked.status, "Hur sa personen det?" in asked.text) == (422, True)
    assert {name: asked.inputs(name)[0] for name in fields} == fields, "nothing is lost"
    asked = await johan.presses(address(amal, "/number"), {"telephone": "070-174 06 13", "key": str(uuid4())})
    assert asked.inputs("telephone") == ["070-174 06 13"]
    async with office.database.transaction() as session:
        assert await jobs.of_person(session, amal.person) == ()
    await johan.presses(address(amal, "/job"), {**fields, "heard": "counter"})
    assert "vid disken" in await happened(johan, amal)


async def test_her_languages_and_her_calendar(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.presses(address(amal, "/language"), {"reads": "so", "speaks": "ti", **once()})
    assert page.status == 200
    (notice,) = await told(office.bot, NoticeKind.LANGUAGE_SAID)
    assert notice.body == {"thread": str(amal.thread), "reads": "so", "speaks": "ti", "tell": True}
    assert "läser somaliska, talar tigrinja" in await happened(johan, amal)
    page = await johan.presses(address(amal, "/language"), {"reads": "ti", "speaks": "ti", **once()})
    assert page.status == 422, "one that we do not write"
    await johan.presses(address(amal, "/calendar"), {"calendar": "ethiopian", **once()})
    (notice,) = await told(office.bot, NoticeKind.CALENDAR_SAID)
    assert notice.body == {"calendar": "ethiopian", "tell": True}


async def test_a_job_and_a_wish_of_the_interpreter(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    job = {"on": "2026-11-27", "title": "Städare", "employer": "Exempel AB", **once()}
    for _ in range(2):
        await johan.presses(address(amal, "/job"), job)
    async with office.database.transaction() as session:
        assert [one.title for one in await jobs.of_person(session, amal.person)] == ["Städare"]
    (notice,) = await told(office.bot, NoticeKind.TAKEN_DOWN)
    assert (notice.body["what"], notice.body["job"]["employer"]) == ("job", "Exempel AB")
    for wrong in ({"on": "2027-01-01"}, {"on": "i går"}, {"title": "", "employer": ""}):
        page = await johan.presses(address(amal, "/job"), {**job, **wrong, **once()})
        assert (page.status, page.alert[:6]) == (422, "Skriv ")
    page = await johan.presses(address(amal, "/interpreter"), {"wish": "woman", **once()})
    assert page.status == 404, "there is no interpreter yet"


async def test_a_call_is_booked_and_taken_back(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    hour = await an_hour(johan, amal)
    pressed = {"slot": hour, **once()}
    await johan.presses(address(amal, "/call"), pressed)
    office.backend.clock.advance(minutes=1)
    page = await johan.presses(address(amal, "/call"), pressed)
    assert "Det är redan gjort." in page.text
    page = await johan.presses(address(amal, "/no-call"), once())
    assert "Personen blir inte uppringd." in page.text
    async with office.database.transaction() as session:
        assert [task for task in await tasks.waiting(session, amal.person) if task.reason == tasks.CALL_TIME] == []
        assert [one for one in await promises.of_person(session, amal.person) if one.what == "call"] == []
        assert [one.taken for one in (await session.exec(select(CallHour))).all()] == [0]
    assert [one.body["what"] for one in await told(office.bot, NoticeKind.TAKEN_DOWN)] == ["call", "no-call"]
    page = await johan.presses(address(amal, "/no-call"), once())
    assert (page.status, page.alert[:5]) == (409, "Ingen")


async def test_who_is_sent_nothing_may_be_rung_and_is_told_nothing(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    async with office.database.transaction() as session:
        await by_telephone.begin(session, office.backend.clock, JOHAN, amal.person)
    page = await johan.presses(address(amal, "/call"), {"slot": await an_hour(johan, amal), **once()})
    assert "Samtalet är bokat. Inget skickas till personen: säg det själv." in page.text
    (notice,) = await told(office.bot, NoticeKind.TAKEN_DOWN)
    assert notice.body["tell"] is False


async def test_who_wrote_the_agreed_phrase_is_not_to_be_rung(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    hour = await an_hour(johan, amal)
    async with office.database.transaction() as session:
        await safety.written(session, amal.person, amal.thread, office.backend.clock())
    assert (await johan.opens(address(amal))).actions("/for-them/call") == []
    page = await johan.presses(address(amal, "/call"), {"slot": hour, **once()})
    assert (page.status, page.alert[:28]) == (409, "Den avtalade meningen har sk")
    call = {"person": str(amal.person), "thread": str(amal.thread), "channel": "sms", "language": "ar", "slot": hour}
    answer = await office.bot.call("PUT", f"call-times/{uuid4()}", {**call, "at": office.backend.clock().isoformat()})
    assert answer.status_code == 409, "nor at her own word, which was on its way"
    async with office.database.transaction() as session:
        assert [task for task in await tasks.waiting(session, amal.person) if task.reason == tasks.CALL_TIME] == []


@pytest.mark.parametrize("begun", [False, True])
async def test_the_call_that_was_not_made_yet_is_taken_back_also_in_its_hour(
    office: Office, johan: Desk, begun: bool
) -> None:
    amal = await office.asks_for_a_human()
    await johan.presses(address(amal, "/call"), {"slot": await an_hour(johan, amal), **once()})
    if begun:
        async with office.database.transaction() as session:
            (hour,) = (await session.exec(select(CallHour))).all()
        office.backend.clock.now = hour.starts_at + timedelta(minutes=20)
    page = await johan.presses(address(amal, "/no-call"), once())
    assert page.status == 200


async def test_her_week_is_said_of_in_her_own_words_and_attendance_is_not_touched(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await begins(office.backend, amal)
    first, *_ = (await stands(office.backend, amal)).places
    said = {"activity": str(first.id), "how": "done", **once()}
    page = await johan.presses(address(amal, "/activity"), said)
    assert page.status == 409, "it has not begun"
    for _ in range(2):
        page = await johan.presses(address(amal, "/activity"), {**said, "how": "ill"})
    assert "Det är redan gjort." in page.text
    (place, *_) = (await stands(office.backend, amal)).places
    assert (place.said, place.attended) == ("ill", None)
    assert [task.reason for task in await waits(office, amal)].count("activity-ill") == 1
    (notice,) = await told(office.bot, NoticeKind.TAKEN_DOWN)
    assert (notice.body["what"], notice.body["activity"], notice.body["how"]) == ("activity", str(first.id), "ill")
    office.backend.clock.now = first.end
    async with office.database.transaction() as session:
        await planning.note_attendance(session, office.backend.clock, MARIA, amal.person, first.id, absence=None)
    assert "sa om det planerade" in await happened(johan, amal)


async def waits(office: Office, amal: Applicant) -> tuple[tasks.Task, ...]:
    async with office.database.transaction() as session:
        return await tasks.waiting(session, amal.person)


async def test_how_a_decision_is_to_be_heard(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.presses(address(amal, "/hear"), {"how": "counter", **once()})
    assert (page.status, page.alert[:18]) == (409, "Det finns inget be")
    await meets(office.backend, amal)
    async with office.database.transaction() as session:
        await decisions.sign(
            session, office.backend.clock, replace(MARIA, signs_as="board"), amal.person, Draft("bifall", DECEMBER)
        )
    assert (await johan.opens(address(amal))).actions("/for-them/hear") != []
    for how in ("call", "counter"):  # the later choice holds
        page = await johan.presses(address(amal, "/hear"), {"how": how, **once()})
        assert "Antecknat, med det" in page.text
    kinds = [(task.kind, task.reason) for task in await waits(office, amal)]
    assert ("visit", "hearing") in kinds
    assert ("ring", "hearing") not in kinds
    notices = [one.body for one in await told(office.bot, NoticeKind.TAKEN_DOWN)]
    assert [(one["hear"], bool(one["call_at"])) for one in notices] == [("call", True), ("counter", False)]
