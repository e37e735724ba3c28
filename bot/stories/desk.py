"""What staff do in the stories, by the forms of their pages."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.stories.browser import Page
from bot.stories.world import Applicant, Staff, StoryError
from bot.text import language_name

CASEWORKERS = ("Ann", "Erik", "Maria", "Lena", "Omar")


async def confirm_interpreter(desk: Staff, language: str, hour: str = "") -> None:
    """The interpreter desk: the one into this language comes; to the meeting at this hour, where there are several."""
    await desk.opens("/inbox/interpreters")
    await desk.presses_at((language_name(language, "sv"), hour), "Bekräfta")


async def arrange_call_interpreter(desk: Staff) -> None:
    """The interpreter desk: the interpreter comes to the one call that waits for one."""
    await desk.opens("/inbox/interpreters")
    await desk.presses_at(("samtal på vald tid",), "Bekräfta")


async def away(desk: Staff, name: str, starts: str, ends: str) -> None:
    """Somebody is not there, from and to on Swedish clocks."""
    page = await desk.opens("/inbox/absences")
    option = next(one for one in page.soup.find_all("option") if one.get_text().strip().endswith(f": {name}"))
    await desk.sends("/inbox/absences", resource=str(option["value"]), starts=starts, ends=ends)


async def all_are_away(desk: Staff, hour: str) -> None:
    """Every caseworker is away this Monday and Tuesday, but for whoever has Tuesday's meeting at this hour, then."""
    page = await desk.opens("/inbox/tomorrow?day=2026-12-01")
    row = next(
        one for one in page.soup.find_all("tr") if (cell := one.find("td")) is not None and cell.get_text() == hour
    )
    holds = next(name for name in CASEWORKERS if re.search(rf"\b{name}\b", row.get_text(" ")))
    minutes = int(re.search(r"(\d+) min", row.get_text(" "))[1])  # type: ignore[index]  # every row has it
    at_hour, _, at_minute = hour.partition(".")
    begins = datetime(2026, 12, 1, int(at_hour), int(at_minute))  # noqa: DTZ001  # as a clock on the wall shows it
    ends = begins + timedelta(minutes=minutes)
    for name in CASEWORKERS[:3]:
        if name != holds:
            await away(desk, name, "2026-11-30T10:00", "2026-12-01T17:00")
            continue
        await away(desk, name, "2026-11-30T10:00", f"{begins:%Y-%m-%dT%H:%M}")
        await away(desk, name, f"{ends:%Y-%m-%dT%H:%M}", "2026-12-01T17:00")


async def decline_interpreters(desk: Staff, language: str, hour: str) -> None:
    """The interpreter desk: nobody who is asked can come to the meeting at this hour."""
    page = await desk.opens("/inbox/interpreters")
    name = language_name(language, "sv").casefold()
    while any(
        name in row.get_text().casefold() and f"kl {hour}" in row.get_text() and row.find("form")
        for row in page.soup.find_all("li")
    ):
        await desk.presses_at((name, f"kl {hour}"), "Tolken kan inte")
        page = await desk.opens("/inbox/interpreters")


async def is_on_the_list(desk: Staff, *expected: str, day: str = "") -> None:
    """What stands on the list of a day: of tomorrow, unless one is named."""
    page = await desk.opens(f"/inbox/tomorrow?day={day}" if day else "/inbox/tomorrow")
    missing = [words for words in expected if words not in page.text]
    if missing:
        raise StoryError(f"the list says nothing of {missing}:\n{page.text}")


async def did_not_come(desk: Staff, case: str) -> None:
    """The note that nobody came; what she has said beforehand stands above it."""
    page = await desk.opens(f"{case}/meeting")
    if "Blir sen" not in page.text:
        raise StoryError(f"what she said is not shown:\n{page.text}")
    await desk.sends("/note", came="no")


async def open_case(desk: Staff, person: Applicant) -> str:
    """Open the case of somebody who comes today, as the caseworker who meets her; gives the case's address."""
    page, ending = await desk.opens("/inbox/cases"), f"{person.number[-4:-2]} {person.number[-2:]}"
    row = next((one.get_text(" ", strip=True) for one in page.soup.find_all("li") if ending in one.get_text()), "")
    meets = next((name for name in CASEWORKERS if name in row), None)
    if meets is None:
        raise StoryError(f"nobody meets {person.name} today:\n{page.text}")
    await desk.sign_in(person.municipality, meets)
    await desk.opens("/inbox/cases")
    await desk.follows(ending)
    path = re.search(r"/inbox/cases/[0-9a-f-]+", desk.browser.page.url)
    if path is None:
        raise StoryError(f"the case did not open:\n{desk.browser.page.text}")
    return path[0]


async def reads_application(desk: Staff, case: str, *expected: str) -> str:
    """What was applied for, as it stands on the caseworker's page; all of these words must be there."""
    page = await desk.opens(f"{case}/application")
    shown = re.sub(r"\s+", " ", page.text)
    missing = [words for words in expected if words not in shown]
    if missing:
        raise StoryError(f"the application says nothing of {missing}:\n{shown}")
    return shown


async def fill_in(desk: Staff, person: Applicant, sections: Mapping[str, Mapping[str, str]]) -> str:
    """Fill in the application with somebody who stands at the counter, and send it as she has confirmed it."""
    await desk.opens("/inbox/cases")
    await desk.follows(f"{person.number[-4:-2]} {person.number[-2:]}")
    path = re.search(r"/inbox/cases/[0-9a-f-]+", desk.browser.page.url)
    if path is None:
        raise StoryError(f"no case:\n{desk.browser.page.text}")
    case = path[0]
    await desk.opens(f"{case}?reason=at-the-counter")
    await desk.opens(f"{case}/fill")
    await desk.follows("Börja fylla i")
    for section, answers in sections.items():
        await desk.sends(f"/fill/{section}", **answers)
    page = await desk.sends("/fill/confirm", where="room", through="interpreter", she_said_so="yes")
    if "Ansökan" not in page.text or "Läs upp för personen" in page.text:
        raise StoryError(f"it was not sent:\n{page.text}")
    return case


async def write_note(desk: Staff, case: str) -> None:
    """The one-screen note: came, identity seen, everything in, two agreed lines."""
    await desk.opens(f"{case}/meeting")
    await desk.sends(
        "/note",
        came="yes",
        identity_seen="yes",
        complete="yes",
        active="active",
        told_in_room="yes",
        **{"paper_bank-statements": "seen", "paper_rent-invoice": "seen"},
        line_1="cv",
        line_1_day="2026-12-03",
        line_1_time="13:00",
        line_2="planning-week",
        line_2_first_day="2026-12-07",
        line_2_last_day="2026-12-11",
    )


async def begin_week(desk: Staff, case: str) -> None:
    """The note after the meeting, which begins the planning week."""
    await desk.opens(f"{case}/meeting")
    await desk.sends("/note", came="yes", identity_seen="yes", active="active", told_in_room="yes", planning_week="yes")


async def reads_planning(desk: Staff, case: str, *expected: str) -> None:
    """What is planned, as it stands on the caseworker's page; all of these words must be there."""
    shown = re.sub(r"\s+", " ", (await desk.opens(f"{case}/planning")).text)
    missing = [words for words in expected if words not in shown]
    if missing:
        raise StoryError(f"the page says nothing of {missing}:\n{shown}")


async def note_that_she_came(desk: Staff, case: str, activity: str) -> None:
    """Attendance, which only staff set: she came to this one."""
    page = await desk.opens(f"{case}/planning")
    row = next(one for one in page.soup.select(".happened li") if activity in one.get_text())
    form = row.find("form")
    if form is None:
        raise StoryError(f"nothing to note of {activity}:\n{page.text}")
    await desk.sends(str(form["action"]), attended="came", because="unknown")


async def begin_settling(desk: Staff, case: str, *, arrived: str) -> None:
    """The eleven steps of somebody newly arrived."""
    await desk.opens(f"{case}/planning")
    await desk.sends("/planning/settling", arrived_on=arrived)


async def note_settling(desk: Staff, case: str, number: int, *, due: str = "", done: str = "") -> None:
    """The day of a step, and when it was done."""
    await desk.opens(f"{case}/planning")
    await desk.sends(f"/planning/settling/{number}", due_on=due, done_on=done)


async def ask_for_papers(desk: Staff, case: str, *papers: str, by: str) -> None:
    """Ask for papers by a day; the clock of the decision stands still."""
    await desk.opens(case)
    await desk.sends("/papers", papers=",".join(papers), by=by)


async def write_number(desk: Staff, case: str, number: str) -> str:
    """A number of identity that was shown in the room; gives the box that says who she is."""
    await desk.opens(case)
    page = await desk.sends("/number", number=number, seen="yes")
    box = page.soup.find("section", attrs={"aria-labelledby": "identity"})
    if box is None or number in page.text:
        raise StoryError(f"the number is not written down, or shown:\n{page.text}")
    return " ".join(box.stripped_strings)


async def give_code(desk: Staff, case: str) -> str:
    """A code from the counter, shown once."""
    await desk.opens(case)
    page = await desk.presses("Ge ut en kod")
    shown = page.soup.find(class_="code")
    if shown is None:
        raise StoryError(f"no code was shown:\n{page.text}")
    return " ".join(shown.stripped_strings)


async def grant(desk: Staff, case: str, *, kronor: str) -> None:
    """See how it reads, then sign."""
    await desk.opens(f"{case}/decision")
    await desk.sends("/decision/preview", kind="bifall", month="2026-12", kronor=kronor)
    await desk.sends("/decision")


async def refuse(desk: Staff, case: str) -> None:
    """A refusal with a reason and a new time: see how it reads, then sign."""
    page = await desk.opens(f"{case}/decision")
    slot = _first(page, "slot")
    await desk.sends(
        "/decision/preview",
        kind="avslag",
        month="2026-12",
        reasons="other-benefit",
        slot=slot,
        facts="known",
        kronor="",
    )
    await desk.sends("/decision")


async def record_told(desk: Staff, case: str, how: str = "call") -> None:
    """The person has heard the decision: by telephone, unless another way is said."""
    await desk.opens(case)
    await desk.sends("/told", how=how)


async def is_waiting_for(desk: Staff, person: Applicant, why: str) -> None:
    """Somebody at customer service sees in the inbox what the person waits for."""
    await desk.opens("/inbox")
    page, ending = await desk.follows("Väntar"), f"{person.number[-4:-2]} {person.number[-2:]}"
    rows = [one.get_text(" ", strip=True) for one in page.soup.find_all("li")]
    if not any(ending in row and why in row for row in rows):
        raise StoryError(f"{person.name} does not wait for {why!r}:\n{page.text}")


async def agree_on(desk: Staff, case: str, phrase: str) -> None:
    """Write down the sentence that was agreed on in the room; the page shows that there is one, and not which."""
    await desk.opens(f"{case}/meeting")
    page = await desk.sends("/phrase", phrase=phrase)
    if "Avtalad" not in page.text or phrase in page.text:
        raise StoryError(f"it is not agreed on, or shown:\n{page.text}")


async def is_alarmed(desk: Staff, person: Applicant) -> None:
    """The first line of what is acute says that the sentence was written, and to do what was agreed."""
    page = await desk.opens("/inbox?queue=acute")
    row, ending = page.soup.select_one(".list li"), f"{person.number[-4:-2]} {person.number[-2:]}"
    words = row.get_text(" ", strip=True) if row is not None else ""
    if ending not in words or "Ring inte och skriv inte. Gör det ni kom överens om." not in words:
        raise StoryError(f"the alarm does not stand first:\n{page.text}")


async def lift(desk: Staff, case: str, held: str) -> None:
    """See what was held, tell it in another way, and say that she may be written to again."""
    page = await desk.opens(f"{case}?reason=follow-up")
    if held not in page.text:
        raise StoryError(f"it does not stand there what was held:\n{page.text}")
    await desk.sends("/lift", because="met")


async def answer_and_hand_back(desk: Staff, person: Applicant) -> None:
    """Open the thread from the inbox, answer with a phrase and in own words, then give it back to the machine."""
    thread = await take_over(desk, person)
    await answer(desk, thread)
    await desk.opens(f"{thread}?answer=words")
    await desk.sends("/messages", words="Ja, ta gärna med en vän. Hälsar Johan")
    await hand_back(desk, thread)


async def take_over(desk: Staff, person: Applicant, *, because: str = "") -> str:
    """Take over somebody's thread from the list of those who wait; gives its address. ``because`` stands beside her."""
    await desk.opens("/inbox")
    page = await desk.follows("Väntar")
    ending = _ending(page, person, because)
    page = await desk.follows(ending)
    await desk.presses("Ta över")
    return page.url.split("?")[0]


async def answer(desk: Staff, thread: str) -> None:
    """A fixed phrase, which arrives in the person's language."""
    await desk.opens(f"{thread}?phrase=anything-else")
    await desk.sends("/messages")


async def hand_back(desk: Staff, thread: str) -> None:
    await desk.opens(thread)
    await desk.presses("Ge till automaten")


def _ending(page: Page, person: Applicant, because: str) -> str:
    """How the list names somebody: by the end of her number, or by why she stands there when none is known."""
    ending = f"{person.number[-4:-2]} {person.number[-2:]}"
    if because and because not in page.text:
        raise StoryError(f"nobody stands there because of {because!r}:\n{page.text}")
    return ending if ending in page.text else because


def _first(page: Page, name: str) -> str:
    field = page.soup.find("input", attrs={"name": name, "value": True})
    if field is None:
        raise StoryError(f"nothing to choose for {name}:\n{page.text}")
    return str(field["value"])
