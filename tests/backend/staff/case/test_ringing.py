"""Nothing is sent to somebody whom staff ring: pressed, told to the bot, asked of by it, taken back; and never why."""

from datetime import timedelta
from uuid import uuid4

from backend import tasks
from backend.contract import AllStillTrue, AllStillTrueQuery, Held, NoticeKind, OnlyByTelephone, StillTrue
from backend.contract import StillTrueQuery as Asked
from tests.backend.staff.case.test_cases import case
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import Applicant

RING = "Inget skickas till personen. Ring i stället."


async def told(office: Office) -> list[bool]:
    return [OnlyByTelephone.model_validate(one.body).on for one in await office.told(NoticeKind.ONLY_BY_TELEPHONE)]


async def presses(desk: Desk, amal: Applicant, on: str) -> None:
    page = await desk.presses(f"{case(amal)}/only-by-telephone", {"on": on})
    assert "?done=" in page.location, page.text


async def test_it_is_pressed_once_and_said_on_the_case_and_who_said_so(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    before = await johan.opens(case(amal))
    assert "Skicka inget till personen. Vi ringer." in before.source
    assert RING not in before.text
    await presses(johan, amal, "yes")
    await presses(johan, amal, "yes")
    assert await told(office) == [True]
    page = await johan.opens(case(amal))
    assert RING in page.text
    assert "Johan" in page.within('aria-labelledby="only-by-telephone"', "</section>")
    assert "Skicka inget till personen, vi ringer" in (await johan.opens(f"{case(amal)}/looked")).text
    shown = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert RING in shown.text
    assert shown.actions("/messages") == []
    refused = await johan.presses(f"/inbox/threads/{amal.thread}/messages", {"words": "Hur mår du?"})
    assert (refused.status, refused.alert) == (409, RING)
    assert await office.told(NoticeKind.STAFF_MESSAGE) == []

    await presses(johan, amal, "no")
    assert await told(office) == [True, False]
    assert (await johan.presses(f"{case(amal)}/only-by-telephone", {"on": "no"})).status == 404
    assert RING not in (await johan.opens(case(amal))).text


async def test_what_was_not_sent_is_one_call_and_stands_in_the_case(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await presses(johan, amal, "yes")
    office.backend.clock.now += timedelta(minutes=1)
    for words in ("Mötet i morgon är kl 9.30.", "Mötet är flyttat."):
        held = Held(person=amal.person, at=office.backend.clock(), swedish=words)
        assert (await office.bot.put(f"held/{uuid4()}", held)).status_code == 204
    page = await johan.opens(case(amal))
    assert "Det här har inte gått ut (2)" in page.text
    assert "Mötet i morgon är kl 9.30." in page.text
    assert "Ring och berätta det som inte har skickats" in (await johan.opens("/inbox?queue=waiting")).text
    async with office.database.transaction() as session:
        found = [one for one in await tasks.waiting(session, amal.person) if one.reason == tasks.HELD_BACK]
    assert [one.kind for one in found] == ["ring"]


async def test_the_bot_hears_of_it_before_anything_leaves_also_of_many(office: Office, johan: Desk) -> None:
    amal, other = await office.asks_for_a_human(), await office.asks_for_a_human()
    queries = tuple(
        Asked(kind="reminder", person=one.person, reference=uuid4(), at=office.backend.clock()) for one in (amal, other)
    )

    async def asks() -> tuple[AllStillTrue, StillTrue]:
        many = await office.bot.post("still-true/all", AllStillTrueQuery(queries=queries))
        one = await office.bot.post("still-true", queries[0])
        return AllStillTrue.model_validate(many.json()), StillTrue.model_validate(one.json())

    many, one = await asks()
    assert (many.by_telephone, one.by_telephone) == ((), False)
    await presses(johan, amal, "yes")
    many, one = await asks()
    assert (many.by_telephone, one.by_telephone) == ((True, False), True)
