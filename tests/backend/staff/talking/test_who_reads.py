"""Beside a conversation stands whether others read the telephone; who has asked her changes it, and it is logged."""

from uuid import uuid4

from backend import tasks
from backend.contract import HandOver, NoticeKind, Phone, WhoReads
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import TELEPHONE, Applicant, told


async def says(office: Office, amal: Applicant, shared: bool) -> None:
    """The bot's answer, which knows the number."""
    phone = Phone(person=amal.person, telephone=TELEPHONE, at=office.backend.clock(), shared=shared)
    assert (await office.bot.put(f"phones/{uuid4()}", phone)).status_code == 204


async def test_it_is_shown_and_changed_by_who_has_asked_her(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await says(office, amal, True)
    asks = HandOver(
        person=amal.person,
        thread=amal.thread,
        channel="sms",
        language="ar",
        at=office.backend.clock(),
        reason="not-shared",
    )
    assert (await office.bot.put(f"handovers/{uuid4()}", asks)).status_code == 204
    waits = await johan.opens("/inbox?queue=waiting")
    assert "Säger att ingen annan läser telefonen längre: ring och fråga" in waits.text
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert "Delad telefon: ja" in page.text
    (leads_to,) = page.actions("/who-reads")
    assert page.inputs("others") == ["no"]
    assert (await johan.presses(leads_to, {"others": "no"})).status == 200
    (notice,) = [one for one in await told(office.bot) if one.kind is NoticeKind.WHO_READS]
    assert WhoReads.model_validate(notice.body) == WhoReads(thread=amal.thread, shared=False)
    async with office.database.transaction() as session:
        assert "not-shared" not in [task.reason for task in await tasks.waiting(session, amal.person)]
    await says(office, amal, False)
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert "Delad telefon: nej" in page.text
    assert page.inputs("others") == ["yes"]
    assert "EGEN TELEFON" in page.text
    assert (
        "Antecknade att ingen annan läser telefonen" in (await johan.opens(f"/inbox/cases/{amal.person}/looked")).text
    )


async def test_an_account_where_she_writes_nobody_else_reads_can_be_hers_again(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    asks = HandOver(
        person=amal.person,
        thread=amal.thread,
        channel="telegram",
        language="ar",
        at=office.backend.clock(),
        reason="not-shared",
    )
    await office.bot.put(f"handovers/{uuid4()}", asks)
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert page.inputs("others") == ["no"]
    (leads_to,) = page.actions("/who-reads")
    assert (await johan.presses(leads_to, {"others": "no"})).status == 200
    (notice,) = [one for one in await told(office.bot) if one.kind is NoticeKind.WHO_READS]
    assert WhoReads.model_validate(notice.body) == WhoReads(thread=amal.thread, shared=False)
    assert (await johan.opens(f"/inbox/threads/{amal.thread}")).actions("/who-reads") == []


async def test_what_is_no_telephone_has_nothing_to_change(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await office.bot.put(
        f"handovers/{uuid4()}",
        HandOver(
            person=amal.person,
            thread=amal.thread,
            channel="telegram",
            language="ar",
            at=office.backend.clock(),
            reason="asked",
        ),
    )
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert page.actions("/who-reads") == []
    assert (await johan.presses(f"/inbox/threads/{amal.thread}/who-reads", {"others": "no"})).status == 404
