"""Somebody who thinks again applies: goes back, opens and closes parts of the form, takes a child out of it, moves her
time, and corrects what she sent. Each time she reads what holds now, and staff read the same.
"""

import re
from collections.abc import Mapping

from bot.conversation.answering import CORRECTING, TAKEN_AWAY
from bot.conversation.putting import MOVE_OR_CANCEL, REMINDER
from bot.flows.application import CORRECTED
from bot.flows.application.household import ALONE
from bot.stories import Story
from bot.stories.desk import confirm_interpreter, open_case, reads_application
from bot.stories.world import World

Answers = Mapping[str, str | Mapping[str, str]]

HELLO = {
    "sv": "hej, vi behöver hjälp med pengar",
    "en": "hi, we need help with money",
    "ar": "مرحبا، نحتاج مساعدة مالية",
    "so": "salaan, waxaan u baahanahay caawimaad lacageed",
    "uk": "добрий день, нам потрібна допомога з грошима",
}
LIVED_ON = {
    "sv": "Sparade pengar och lån av min syster.",
    "en": "Savings and a loan from my sister.",
    "ar": "مدخراتي وقرض من أختي",
    "so": "Lacag kayd ah iyo deyn aan walaashay ka qaatay.",
    "uk": "Заощадження і позика від сестри.",
}
SARA = {"sv": "Sara", "en": "Sara", "ar": "سارة", "so": "Saara", "uk": "Сара"}
ALI = {"sv": "Ali", "en": "Ali", "ar": "علي", "so": "Cali", "uk": "Алі"}
MAJA = {"sv": "Maja", "en": "Maja", "ar": "مايا", "so": "Maryan", "uk": "Майя"}


def _number(figures: str) -> Mapping[str, str]:
    return dict.fromkeys(HELLO, figures)


NOT_ALONE: Answers = {"applies_alone": "No"}
FORM: Answers = {
    "applies_alone": "Yes",
    "month": "Next month",
    "stays_here": "Yes",
    "has_children": "Yes",
    "child_name#1": SARA,
    "child_age#1": _number("9"),
    "child_days#1": _number("30"),
    "child_more#1": "Yes",
    "child_name#2": ALI,
    "child_age#2": _number("7"),
    "child_days#2": _number("15"),
    "child_more#2": "Yes",
    "child_name#3": MAJA,
    "child_age#3": _number("3"),
    "child_days#3": _number("30"),
    "child_more#3": "No",
    "housing": "Rented flat",
    "housing_kronor": _number("6200"),
    "rooms": _number("3"),
    "cost_kinds": "None of these",
    "has_income": "No",
    "pending_benefits": "No",
    "asset_kinds": "None of these",
    "debt_kinds": "None of these",
    "planning": "I look for work",
    "work_steps": "Registered with Arbetsförmedlingen",
    "worked_last_year": "Yes",
    "lived_on": LIVED_ON,
    "may_ask": "None of them",
}
ON_PAGES = {**FORM, "contact_by": "Text message"}
NO_HOME: Answers = {"housing": "No home"}
LODGER: Answers = {"housing": "Lodger", "home_persons": _number("4")}
A_JOB: Answers = {
    "has_income": "Yes",
    "income_kinds": "Pay",
    "income_kronor#salary": _number("3800"),
    "income_day#salary": _number("25"),
}


async def change_of_mind(world: World) -> None:
    await world.until(30, 11, 14, 10)
    hana = world.applicant("Hana", "+46701740609")
    await hana.begins(**HELLO)
    await hana.chooses("Apply")
    if hana.channel != "web":
        await hana.chooses("No")
        await hana.fills_in(NOT_ALONE)
        await hana.expects("What is your partner's first name?")
        await hana.goes_back()
        await hana.expects(ALONE.text)
    await hana.fills_in(ON_PAGES if hana.channel == "web" else FORM)

    await hana.changes("Home")
    await hana.fills_in(NO_HOME)
    await hana.changes("Home")
    await hana.fills_in(LODGER)
    await hana.takes_away("Child", ALI)
    await hana.expects(TAKEN_AWAY)
    await hana.attests()
    await hana.expects("Decision: at the latest one working day after the meeting, when everything is in.")
    await hana.picks_first()
    await hana.chooses("No")
    phone = await hana.gives_number()

    await hana.asks_for_another_time()
    await hana.expects(MOVE_OR_CANCEL.text)
    await hana.chooses("Move")
    await hana.picks_first()
    phone.hour = hana.hour
    await hana.wants_to_change()
    await hana.expects(CORRECTING)
    await hana.changes("Money this month")
    await hana.fills_in(A_JOB)
    await hana.attests()
    await hana.expects(CORRECTED)

    if world.language != "sv":
        elin = await world.staff("Tolkbokning")
        world.stage("tolkbokningen bekräftar tolken")
        await confirm_interpreter(elin, world.language, hana.hour)
        await phone.expects("The interpreter is ready. See you {time}.")
    await world.until(1, 12, 8, 1)
    await phone.expects(REMINDER)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, phone)
    shown = await reads_application(maria, case, "version 2", "3 800 kr", "Inneboende", hana.words(SARA))
    if re.search(rf"\b{re.escape(hana.words(ALI))}\b", shown):
        raise AssertionError(f"the child that was taken away stands there:\n{shown}")
    world.stage("handläggaren läser ansökan före mötet: version 2, lön 3 800 kr, två barn, inneboende")


STORY = Story(
    "change-of-mind",
    "an application with second thoughts: back, changed, a child taken away, another time, and corrected when sent",
    change_of_mind,
)
