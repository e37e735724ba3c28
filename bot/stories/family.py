"""Two adults in two languages and three children, one of them every other week: each of the two answers a part.

She begins, answers for home and children, and gives her partner a code. He writes it from his own place, is told what
the calculation will show her before he answers, and confirms; then she does. Neither reads what the other answered.
"""

import re
from collections.abc import Mapping

from bot.conversation.notices.joint_news import AND_BRING, CAME_IN, JOINED, YOUR_TURN
from bot.conversation.putting import ATTEST, JOIN
from bot.conversation.together import SHOWS_THE_OTHER, YOU_CONFIRMED, YOUR_CODE
from bot.stories import Story
from bot.stories.application_first import HELLO
from bot.stories.world import StoryError, World
from bot.text import translations, words

HIS_LANGUAGE = {"sv": "so", "en": "uk", "ar": "sv", "so": "ar", "uk": "en"}
"""Who writes the first, and what the other of the two writes."""

Answers = Mapping[str, str | Mapping[str, str]]


def _figures(figures: str) -> Mapping[str, str]:
    return dict.fromkeys(HELLO, figures)


LIVED_ON = {
    "sv": "pengar från min bror",
    "en": "money from my brother",
    "ar": "مال من أخي",
    "so": "lacag walaalkay",
    "uk": "гроші від брата",
}
HER_JOB = {"sv": "städare", "en": "cleaner", "ar": "عاملة تنظيف", "so": "nadiifiye", "uk": "прибиральниця"}
AT = {
    "sv": "Hotellet i Trelleborg",
    "en": "the hotel in Trelleborg",
    "ar": "فندق في ترلبوري",
    "so": "hudheelka Trelleborg",
    "uk": "готель у Треллеборзі",
}
WHEN = {
    "sv": "i förra veckan",
    "en": "last week",
    "ar": "الأسبوع الماضي",
    "so": "toddobaadkii hore",
    "uk": "минулого тижня",
}
SCHOOL = {
    "sv": "Söderslättsgymnasiet",
    "en": "Söderslättsgymnasiet",
    "ar": "ثانوية سودرسليت",
    "so": "Söderslättsgymnasiet",
    "uk": "гімназія Söderslätt",
}
HERS: Answers = {
    "applies_alone": "No",
    "partner_name": dict.fromkeys(HELLO, "Adam"),
    "partner_part": "Alone, with a code",
    "own_name": dict.fromkeys(HELLO, "Sara"),
    "month": "Next month",
    "stays_here": "Yes",
    "has_children": "Yes",
    "child_name#1": dict.fromkeys(HELLO, "Lina"),
    "child_age#1": _figures("4"),
    "child_days#1": _figures("30"),
    "child_more#1": "Yes",
    "child_name#2": dict.fromkeys(HELLO, "Noor"),
    "child_age#2": _figures("9"),
    "child_days#2": _figures("30"),
    "child_more#2": "Yes",
    "child_name#3": dict.fromkeys(HELLO, "Elias"),
    "child_age#3": _figures("16"),
    "child_days#3": _figures("15"),
    "child_school#3": SCHOOL,
    "child_more#3": "No",
    "housing": "Rented flat",
    "housing_kronor": _figures("9250"),
    "rooms": _figures("3"),
    "cost_kinds": "Electricity",
    "cost_kronor#electricity": _figures("640"),
    "cost_period#electricity": "Each month",
    "cost_receipt#electricity": "Yes",
    "cost_for#electricity": "All of us",
    "has_income": "Yes",
    "income_kinds": "Child support",
    "income_kronor#child-support": _figures("1673"),
    "income_day#child-support": _figures("20"),
    "pending_benefits": "No",
    "asset_kinds": "None of these",
    "debt_kinds": "Electricity",
    "debt_kronor#electricity": _figures("812"),
    "planning": "I look for work",
    "work_steps": "Applied for jobs",
    "job_title#1": HER_JOB,
    "job_employer#1": AT,
    "job_when#1": WHEN,
    "job_more#1": "No",
    "worked_last_year": "No",
    "lived_on": LIVED_ON,
    "may_ask": "None of them",
}
HIS: Answers = {
    "has_income": "Yes",
    "income_kinds": "Pay",
    "income_kronor#salary": _figures("7431"),
    "income_day#salary": _figures("25"),
    "pending_benefits": "No",
    "asset_kinds": "Car or other vehicle",
    "vehicle_kind#1": "Car",
    "vehicle_bought#1": _figures("2014"),
    "vehicle_more#1": "No",
    "debt_kinds": "None of these",
    "planning": "I work",
    "lived_on": {
        "sv": "min lön",
        "en": "my pay",
        "ar": "راتبي",
        "so": "mushaharkayga",
        "uk": "моя зарплата",
    },
    "may_ask": "None of them",
}
ONLY_HERS, ONLY_HIS = ("1673", "812", "9250"), ("7431", "2014")
"""Sums and a year that stand in one part alone."""


async def family(world: World) -> None:
    await world.until(30, 11, 14, 30)
    sara = world.applicant("Sara", "+46701740615")
    await sara.begins(**HELLO)
    await sara.chooses("Apply")
    await sara.chooses("No")
    await sara.fills_in(HERS)
    await sara.attests()
    hers = await sara.reads()
    code = re.search(r"\b\d{8}\b", hers)
    if code is None or not _stands(YOUR_CODE, hers, sara.language):
        raise StoryError(f"no code was given:\n{hers}")
    await sara.picks_first()
    await sara.chooses("No")

    his_language = HIS_LANGUAGE[world.language]
    adam = world.applicant("Adam", "+46701740616", channel="telegram", speaks=his_language)
    world.stage(f"Adam skriver koden från sin telefon, på {his_language}")
    await adam.writes(f"{words(his_language, 'together')[0]} {code[0]}")
    await adam.chooses("No")
    his = await adam.reads()
    if not (_stands(SHOWS_THE_OTHER, his, his_language) and _stands(JOIN.text, his, his_language)):
        raise StoryError(f"Adam was not told what it is:\n{his}")
    await adam.chooses("Yes")
    hers += await sara.reads()
    await adam.fills_in(HIS)
    await adam.attests()
    his += await adam.reads()
    if not _stands(ATTEST.text, his, his_language):
        raise StoryError(f"Adam was not asked to confirm:\n{his}")
    await adam.chooses("Yes")
    his += await adam.reads()
    hers += await sara.reads()
    await sara.writes(words(world.language, "together")[0].upper())
    hers += await sara.reads()
    await sara.chooses("Yes")
    hers += await sara.reads()
    his += await adam.reads()
    _each_read(hers, world.language, JOINED, YOUR_TURN, SHOWS_THE_OTHER, ATTEST.text, CAME_IN)
    await adam.writes(words(his_language, "together")[0])
    his += await adam.reads()
    _each_read(his, his_language, YOU_CONFIRMED, AND_BRING, CAME_IN)
    _is_not_told(hers, ONLY_HIS)
    _is_not_told(his, ONLY_HERS)


def _stands(sentence: str, there: str, language: str) -> bool:
    """Whether it stands there in the language, whatever its values."""
    parts = re.split(r"[{]\w+[}]", translations(language).gettext(sentence))
    return all(part in re.sub(r"[\u2066-\u2069]", "", there) for part in parts)


def _each_read(there: str, language: str, *sentences: str) -> None:
    for sentence in sentences:
        if not _stands(sentence, there, language):
            raise StoryError(f"not told: {sentence}\nbut:\n{there}")


def _is_not_told(there: str, secret: tuple[str, ...]) -> None:
    told = [one for one in secret if one in there]
    if told:
        raise StoryError(f"one of the two read what the other answered: {told}")


STORY = Story(
    "family",
    "two adults in two languages and three children: each answers a part, and it comes in when both have confirmed",
    family,
    channels=("sms",),
    onward=("telegram",),
)
