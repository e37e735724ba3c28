"""Two of the staff at one conversation: one answers, and nothing is sent twice; and what the machine did meanwhile."""

import asyncio
from datetime import timedelta

from backend import promises, tasks
from backend.contract import NoticeKind, StaffMessage
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import Applicant


def thread(applicant: Applicant) -> str:
    return f"/inbox/threads/{applicant.thread}"


async def test_of_two_who_press_send_at_the_same_moment_one_has_answered(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    sara = await office.at_desk("Sara")
    for desk in (johan, sara):
        await desk.opens(f"{thread(amal)}?reason=answers-now")
    pages = await asyncio.gather(
        johan.presses(f"{thread(amal)}/messages", {"words": "Hej, det är Johan."}),
        sara.presses(f"{thread(amal)}/messages", {"words": "Hej, det är Sara."}),
    )
    assert sorted(page.status for page in pages) == [200, 409]
    (refused,) = (page for page in pages if page.status == 409)
    first, second = ("Johan", "Sara") if pages[0].status == 200 else ("Sara", "Johan")
    assert refused.alert == f"{first} svarar den här personen just nu. Inget skickades."
    assert f"Hej, det är {second}." in refused.source, "what was written is not lost"
    (notice,) = await office.told(NoticeKind.STAFF_MESSAGE)
    assert StaffMessage.model_validate(notice.body).text == f"Hej, det är {first}."


async def test_who_takes_over_from_a_page_that_showed_nobody_reads_who_was_first(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    sara = await office.at_desk("Sara")
    seen = (await sara.opens(f"{thread(amal)}?reason=answers-now")).inputs("answers")[0]
    assert not seen
    await johan.presses(f"{thread(amal)}/take-over", {"answers": seen})
    page = await sara.presses(f"{thread(amal)}/take-over", {"answers": seen})
    assert (page.status, page.alert) == (409, "Johan svarar den här personen just nu. Inget skickades.")
    assert (await johan.presses(f"{thread(amal)}/messages", {"words": "Hej!"})).status == 200
    # Having read that it is Johan, she may still take it from him.
    seen = page.inputs("answers")[0]
    assert (await sara.presses(f"{thread(amal)}/take-over", {"answers": seen})).status == 200
    page = await johan.presses(f"{thread(amal)}/messages", {"words": "Hej igen!"})
    assert (page.status, page.alert) == (409, "Sara svarar den här personen just nu. Inget skickades.")
    assert len(await office.told(NoticeKind.STAFF_MESSAGE)) == 1


async def test_a_reminder_that_was_due_is_marked_as_the_machines_own(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await johan.presses(f"{thread(amal)}/take-over")
    office.backend.clock.now += timedelta(minutes=1)
    await office.acknowledges(amal, "staff", 1)
    office.backend.clock.now += timedelta(minutes=1)
    await office.writes(amal, 3, "الموعد اليوم", who="bot", swedish="Mötet i dag är kl 9.30.", state="sent")
    assert (await johan.opens(thread(amal))).text.count("Automatiskt, medan personalen svarar") == 1
    office.backend.clock.now += timedelta(minutes=1)
    await office.acknowledges(amal, "bot", 2)
    await office.writes(amal, 4, "نتابع", who="bot", swedish="Vi fortsätter.", state="sent")
    page = await johan.opens(f"{thread(amal)}?reason=answers-now")
    assert page.text.count("Automatiskt, medan personalen svarar") == 1


async def test_what_did_not_come_is_seen_on_the_message_and_on_the_case(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    for number, state in ((3, "failed"), (4, "given-up"), (5, "delivered"), (6, "dropped")):
        await office.writes(amal, number, "الموعد", who="bot", swedish="Mötet flyttas.", state=state)
    page = await johan.opens(thread(amal))
    assert page.text.count("Kom inte fram") == 1
    assert page.text.count("Kom kanske inte fram, inga fler försök") == 1
    page = await johan.opens(f"/inbox/cases/{amal.person}")
    assert page.text.count("Ett meddelande kom inte fram") == 1
    assert page.text.count("Oklart om ett meddelande kom fram") == 1


async def test_a_task_is_not_taken_from_a_colleague_the_page_did_not_show(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    sara = await office.at_desk("Sara")
    page = await johan.opens(thread(amal))
    (take,), seen = page.actions("/take"), page.inputs("has")[0]
    assert (await sara.presses(take, {"has": seen})).status == 200
    page = await johan.presses(take, {"has": seen})
    assert (page.status, page.alert) == (409, "Sara har just tagit uppgiften.")
    assert "Sara har den" in page.text
    # Now the page shows it: she went home, and somebody else takes it on.
    assert (await johan.presses(take, {"has": page.inputs("has")[0]})).status == 200


async def test_a_task_that_was_done_before_keeps_no_promise_made_since(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    async with office.database.transaction() as session:
        task = await tasks.add(session, "ring", "hearing", at=office.backend.clock(), person=amal.person)
        await tasks.done(session, task.id, office.backend.clock())
        due = office.backend.clock() + timedelta(hours=2)
        await promises.make(session, "call", amal.person, at=office.backend.clock(), due_at=due)
    assert (await johan.presses(f"{thread(amal)}/tasks/{task.id}/done")).status == 200
    async with office.database.transaction() as session:
        assert [one.what for one in await promises.all_open(session) if one.what == "call"] == ["call"]
