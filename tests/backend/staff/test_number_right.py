"""A number that was called a wrong one: who knows better says so beside the conversation, and how; it is logged."""

from uuid import uuid4

from backend import tasks
from backend.contract import NoticeKind, NumberRight, Phone
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import TELEPHONE, told


async def test_staff_say_that_the_number_is_right_and_whoever_has_it_is_asked(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    leads_to = f"/inbox/threads/{amal.thread}/number-right"
    assert (await johan.opens(f"/inbox/threads/{amal.thread}")).actions("/number-right") == []
    assert (await johan.presses(leads_to, {"heard": "met"})).status == 404
    wrong = Phone(person=amal.person, telephone=TELEPHONE, at=office.backend.clock(), wrong_number=True)
    assert (await office.bot.put(f"phones/{uuid4()}", wrong)).status_code == 204
    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert page.actions("/number-right") == [leads_to]
    assert (await johan.presses(leads_to, {"heard": "tror det"})).status == 422
    assert (await johan.presses(leads_to, {"heard": "rang"})).status == 200
    (notice,) = await told(office.bot, NoticeKind.NUMBER_RIGHT)
    assert NumberRight.model_validate(notice.body) == NumberRight(thread=amal.thread)
    async with office.database.transaction() as session:
        assert "wrong-number" not in [task.reason for task in await tasks.waiting(session, amal.person)]
    # Not before she has answered there is anything written to it.
    assert "Fel nummer" in (await johan.opens(f"/inbox/threads/{amal.thread}")).text
    looked = (await johan.opens(f"/inbox/cases/{amal.person}/looked")).text
    assert "Numret är rätt igen: vi har ringt numret och talat med personen" in looked
