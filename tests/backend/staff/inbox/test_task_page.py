"""The page of one task, what is handed over, the search, and filters that stay in the address."""

import re
from uuid import uuid4

from backend import tasks
from backend.contract import AcuteNeed
from backend.staff.seats import accounts
from tests.backend.staff.desks import Desk, Office, member_id
from tests.backend.stories import Applicant


async def task_of(desk: Desk, queue: str = "waiting") -> str:
    """Where more is done with the first task of a list."""
    page = await desk.opens(f"/inbox?queue={queue}")
    return page.links("/inbox/tasks/")[0]


async def test_from_the_list_a_task_is_taken_and_the_list_stays(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens("/inbox?queue=waiting&language=ar")
    (take,) = page.actions("/take")
    page = await johan.presses(take, {"has": "", "back": page.inputs("back")[0]})
    assert page.location == "/inbox?queue=waiting&language=ar"
    assert "Vill prata med en människa" not in page.text
    assert "Vill prata med en människa" in (await johan.opens("/inbox")).text
    assert await office.log(amal) == [("Johan", "thread", True)]
    sara = await office.at_desk("Sara")
    page = await sara.presses(take, {"has": "", "back": "/inbox"})  # a page from before
    assert (page.status, page.alert) == (409, "Johan har just tagit uppgiften.")


async def test_a_hand_over_is_seen_on_both_sides_until_it_is_taken(office: Office, johan: Desk, maria: Desk) -> None:
    amal = await office.asks_for_a_human()
    task = await task_of(johan)
    maria_id = str(member_id("trelleborg", "Maria"))
    page = await johan.presses(f"{task}/give", {"to": maria_id, "why": "knows", "words": "Hon vill ha Maria"})
    assert page.location == "/inbox?queue=handed"
    for words in ("Till Maria, inte taget", "Kvar hos dig", "lämnad 9.58"):
        assert words in page.text
    page = await maria.opens("/inbox")
    for words in ("Johan lämnar: Vill prata med en människa", "Känner personen", "Väntar på Maria"):
        assert words in page.text
    assert "Hon vill ha Maria" not in page.source
    (given,) = page.links("/inbox/given/")
    page = await maria.opens(given.partition("?")[0])
    assert "Hon vill ha Maria" in page.text
    page = await maria.presses(f"{given}/decline", {"word": ""})
    assert (page.status, page.alert) == (422, "Skriv några ord om varför du inte tar den.")
    await maria.presses(f"{given}/decline", {"word": "Jag slutar klockan tolv"})
    page = await johan.opens("/inbox")
    assert "Maria gav tillbaka" in page.text
    page = await johan.opens(task)
    assert "Läs varför den kom tillbaka" in page.text
    assert "Jag slutar klockan tolv" in (await johan.opens(given)).text
    await johan.presses(f"{task}/give", {"to": "branch", "why": "theirs"})
    assert "Branschteamet" in (await maria.opens("/inbox?queue=waiting")).text
    page = await maria.opens("/inbox?queue=given")
    assert "Johan lämnar" in page.text
    page = await maria.presses(f"{page.links('/inbox/given/')[0]}/take")
    assert page.location == f"/inbox/threads/{amal.thread}"
    assert page.status == 200
    assert "Kvar hos dig" not in (await johan.opens("/inbox")).text


async def test_a_time_to_arrange_leads_a_caseworker_where_she_may_go(office: Office, johan: Desk, maria: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    async with office.database.transaction() as session:
        made = await tasks.add(session, "time", "meet-again", at=office.backend.clock(), person=amal.person)
    await johan.presses(f"/inbox/tasks/{made.id}/give", {"to": "caseworker", "why": "knows"})
    page = await maria.opens("/inbox?queue=given")
    page = await maria.presses(f"{page.links('/inbox/given/')[0]}/take")
    assert (page.location, page.status) == (f"/inbox/threads/{amal.thread}", 200)


async def test_who_sits_down_as_controller_first_is_handed_what_she_takes_as_caseworker(
    office: Office, johan: Desk
) -> None:
    await office.asks_for_a_human()
    maria = member_id("trelleborg", "Maria")
    async with office.database.transaction() as session:
        await accounts.give_roles(session, "Maria", ["controller", "caseworker"])
        await accounts.give_level(session, "Maria", "lead")
    page = await johan.opens(await task_of(johan))
    assert f'<option value="{maria}">Maria, handläggare</option>' in page.source
    page = await johan.presses(f"{await task_of(johan)}/give", {"to": str(maria), "why": "knows"})
    assert page.location == "/inbox?queue=handed"


async def test_what_is_of_no_person_is_closed_as_other_tasks_are(office: Office, johan: Desk) -> None:
    async with office.database.transaction() as session:
        made = await tasks.add(session, "check", "case-system-gone", at=office.backend.clock())
    (close,) = (await johan.opens(f"/inbox/tasks/{made.id}")).actions("/close")
    page = await johan.presses(close, {"because": "done"})
    assert page.location == "/inbox"
    assert "Ärendesystemet har stängt" not in (await johan.opens("/inbox?queue=waiting")).text


async def test_what_is_typed_stays_when_it_is_refused(office: Office, johan: Desk) -> None:
    await office.asks_for_a_human()
    task = await task_of(johan)
    page = await johan.presses(f"{task}/give", {"to": "nobody", "why": "language", "words": "Hon talar arabiska"})
    assert (page.status, page.alert) == (422, "Välj vem som ska ta uppgiften.")
    assert page.within('id="own-words"', "</textarea>") == "Hon talar arabiska"
    page = await johan.presses(f"{task}/rest", {"until": "own", "day": "2026-11-01", "time": "9.30"})
    assert "ligger framåt" in page.alert
    assert (page.inputs("day"), page.inputs("time")) == (["2026-11-01"], ["9.30"])
    await johan.presses(f"{task}/rest", {"until": "own", "day": "2026-12-01", "time": "9.30"})
    assert "Vilar till i morgon 9.30" in (await johan.opens("/inbox?queue=resting")).text


async def test_closed_and_opened_again_from_the_page(office: Office, johan: Desk) -> None:
    await office.asks_for_a_human()
    task = await task_of(johan)
    await johan.presses(f"{task}/close", {"because": "nothing"})
    page = await johan.opens("/inbox?queue=closed")
    assert "Stängd 9.58" in page.text
    page = await johan.presses(f"{task}/reopen")
    assert "Din uppgift" in page.text
    assert (await johan.opens(f"/inbox/tasks/{uuid4()}")).status == 404


async def hodan(office: Office) -> Applicant:
    applicant = await office.bot.asks_for_help(office.backend.clock(), language="so")
    need = AcuteNeed(person=applicant.person, thread=applicant.thread, at=office.backend.clock())
    await office.bot.put(f"acute-needs/{uuid4()}", need)
    return applicant


async def test_filters_stay_in_the_address_with_their_counts(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await hodan(office)
    page = await johan.opens("/inbox?queue=waiting")
    assert re.search(r"Språk.*arabiska 1.*somaliska 1", page.text)
    assert re.search(r"Att göra Svara eller skriv brev 2", page.text)
    page = await johan.opens("/inbox?queue=waiting&language=ar")
    assert len(page.links("/inbox/tasks/")) == 1
    (leads_to,) = page.links("/inbox/threads/")
    assert leads_to == f"/inbox/threads/{amal.thread}?queue=waiting&language=ar"
    page = await johan.opens(leads_to)
    assert len(page.links("/inbox/tasks/")) >= 1
    assert "row--selected" in page.source
    office.backend.clock.advance(hours=2)
    page = await johan.opens("/inbox?queue=half")
    assert "Halva tiden 1" in page.text


async def test_somebody_is_found_by_name_number_and_task_and_nothing_stands_in_an_address(
    office: Office, johan: Desk
) -> None:
    amal = await office.asks_for_a_human()
    await johan.opens(f"/inbox/cases/{amal.person}?reason=at-the-counter")
    await johan.presses(f"/inbox/cases/{amal.person}/name", {"first_name": "Amal Noor"})
    for words in ("noor", "AM no", "0612", "070-174 06 12", "prata med en människa", "svara"):
        page = await johan.presses("/inbox/search", {"sought": words})
        assert (page.status, page.location) == (200, "")
        assert "1 träff" in page.text, words
        assert f"/inbox/threads/{amal.thread}" in page.source
    for words in ("oor", "06", "0613", "070-174 06 13", "Kim"):
        assert "Ingen träff" in (await johan.presses("/inbox/search", {"sought": words})).text, words
    assert "Kortkommandon" in (await johan.opens("/inbox/keys")).text
