"""A number that was called a wrong one: who knows better says so beside the conversation, and how; it is logged."""

from uuid import uuid4

from backend import tasks
from backend.contract import Channel, Entry, EntryState, HandOver, NotHers, NoticeKind, NumberRight, Phone
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import TELEPHONE, Applicant, told


async def test_staff_say_that_the_number_is_right_and_whoever_has_it_is_asked(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    leads_to = f"/inbox/threads/{amal.thread}/number-right"
    assert (await johan.opens(f"/inbox/threads/{amal.thread}")).actions("/number-right") == []
    assert (await johan.presses(leads_to, {"heard": "met"})).status == 404
    wrong = Phone(person=amal.person, telephone=TELEPHONE, at=office.backend.clock(), wrong_number=True)
    assert (await office.bot.put(f"phones/{uuid4()}", wrong)).status_code == 204
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert page.actions("/number-right") == [leads_to]
    assert "Fel person där vi skrev: ta reda på hur personen nås" in page.text
    assert (await johan.presses(leads_to, {"heard": "tror det"})).status == 422
    assert [at["value"] for tag, at in page.elements if tag == "option"][:2] == ["", "met"], "none is chosen beforehand"
    for none in ({"heard": ""}, {}):
        asked = await johan.presses(leads_to, none)
        assert (asked.status, asked.alert.startswith("Välj hur du vet")) == (422, True)
        assert asked.actions("/number-right") == [leads_to]
    assert await told(office.bot, NoticeKind.NUMBER_RIGHT) == []
    assert (await johan.presses(leads_to, {"heard": "rang"})).status == 200
    (notice,) = await told(office.bot, NoticeKind.NUMBER_RIGHT)
    assert NumberRight.model_validate(notice.body) == NumberRight(thread=amal.thread)
    async with office.database.transaction() as session:
        assert "wrong-number" not in [task.reason for task in await tasks.waiting(session, amal.person)]
    # Not before she has answered there is anything written to it.
    assert "Fel nummer" in (await johan.opens(f"/inbox/threads/{amal.thread}")).text
    looked = (await johan.opens(f"/inbox/cases/{amal.person}/looked")).text
    assert "Numret är rätt igen: vi har ringt numret och talat med personen" in looked


async def wrote(office: Office, person: Applicant, number: int, words: str) -> None:
    """A line of which the bot knows that nobody knows who wrote it."""
    line = Entry(
        person=person.person,
        at=office.backend.clock(),
        who="person",
        language="sv",
        original=words,
        swedish=None,
        state=EntryState.RECEIVED,
        in_doubt=True,
    )
    assert (await office.bot.put(f"threads/{person.thread}/entries/{number}", line)).status_code == 204


async def test_an_account_is_right_again_in_the_same_way(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    account: Channel = "telegram"
    call = HandOver(
        person=amal.person,
        thread=amal.thread,
        channel=account,
        language="sv",
        at=office.backend.clock(),
        reason="wrong-number",
    )
    assert (await office.bot.put(f"handovers/{uuid4()}", call)).status_code == 204
    leads_to = f"/inbox/threads/{amal.thread}/number-right"
    assert (await johan.presses(leads_to, {"heard": "met"})).status == 404
    await wrote(office, amal, 3, "fel nummer")
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert page.actions("/number-right") == [leads_to]
    assert "Kontot är rätt igen" in page.text
    assert (await johan.presses(leads_to, {"heard": "rang"})).status == 200
    (notice,) = await told(office.bot, NoticeKind.NUMBER_RIGHT)
    assert NumberRight.model_validate(notice.body) == NumberRight(thread=amal.thread)
    await office.writes(amal, 4, "ja")
    assert (await johan.opens(f"/inbox/threads/{amal.thread}")).actions("/number-right") == []


async def test_staff_say_from_which_line_on_it_was_somebody_else(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await office.writes(amal, 3, "vem är ni?")
    leads_to = f"/inbox/threads/{amal.thread}/not-hers"
    assert (await johan.opens(f"/inbox/threads/{amal.thread}")).actions("/not-hers") == []
    assert (await johan.presses(leads_to, {"line": "3"})).status == 404, "nobody has said that we reach a stranger"
    await wrote(office, amal, 4, "fel nummer")
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert page.actions("/not-hers") == [leads_to]
    assert page.source.count("<b>Okänd</b>") == 1
    assert (await johan.presses(leads_to, {"line": ""})).alert.startswith("Välj från vilken rad")
    for line, status in (("2", 404), ("4", 404), ("99", 404), ("99999999999", 422), ("3", 200)):
        assert (await johan.presses(leads_to, {"line": line})).status == status, line
    (notice,) = await told(office.bot, NoticeKind.NOT_HERS)
    assert NotHers.model_validate(notice.body) == NotHers(thread=amal.thread, first=3, until=4)
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert page.source.count("<b>Okänd</b>") == 2
