"""Somebody new in Sweden opens the bot on Telegram, in her own language, applies there and is helped in full.

She does what people do: presses a button that is behind her, sends her papers as pictures though nobody asked, tries
another language in the middle of the form and goes back to her own, and shares her number with the button for it.
"""

from collections.abc import Mapping

from bot.conversation.bringing import ALL_CAME
from bot.conversation.notices.something_new import HEAR
from bot.conversation.putting import REMINDER
from bot.flows.first_meeting import PRELIMINARY
from bot.flows.welcome import WANT
from bot.stories import Story
from bot.stories.desk import confirm_interpreter, grant, open_case, record_told, write_note
from bot.stories.speaking import first_words
from bot.stories.world import ByTelegram, World

PAPERS = {
    "sv": "här är mina papper",
    "en": "here are my papers",
    "ar": "هذه أوراقي",
    "so": "waa kuwan waraaqahaygii",
    "uk": "ось мої документи",
}
LIVED_ON = {
    "sv": "Dagersättning från Migrationsverket.",
    "en": "Daily allowance from Migrationsverket.",
    "ar": "البدل اليومي من مصلحة الهجرة",
    "so": "Lacagta maalinlaha ah ee Migrationsverket.",
    "uk": "Добова допомога від Migrationsverket.",
}
PLANS = {
    "sv": "Lära mig svenska och arbeta som sjuksköterska igen.",
    "en": "Learn Swedish and work as a nurse again.",
    "ar": "أن أتعلم السويدية وأعمل ممرضة من جديد",
    "so": "Inaan Iswiidhishka barto oo aan mar kale kalkaaliso caafimaad noqdo.",
    "uk": "Вивчити шведську й знову працювати медсестрою.",
}
ABOUT_HER: Mapping[str, str | Mapping[str, str]] = {"applies_alone": "Yes", "month": "Next month", "stays_here": "Yes"}
CHILDREN: Mapping[str, str | Mapping[str, str]] = {
    "has_children": "Yes",
    "child_name#1": {"sv": "Marko", "en": "Marko", "ar": "ماركو", "so": "Marko", "uk": "Марко"},
    "child_age#1": {"sv": "8", "en": "8", "ar": "٨", "so": "8", "uk": "8"},
    "child_days#1": {"sv": "30", "en": "30", "ar": "٣٠", "so": "30", "uk": "30"},
    "child_more#1": "No",
}
THE_REST: Mapping[str, str | Mapping[str, str]] = {
    "housing": "Lodger",
    "housing_kronor": {"sv": "3000", "en": "3000", "ar": "٣٠٠٠", "so": "3000", "uk": "3000 крон"},
    "rooms": {"sv": "1", "en": "1", "ar": "١", "so": "1", "uk": "1"},
    "home_persons": {"sv": "4", "en": "4", "ar": "٤", "so": "4", "uk": "4"},
    "cost_kinds": "None of these",
    "has_income": "No",
    "pending_benefits": "Yes",
    "pending_from": dict.fromkeys(("sv", "en", "ar", "so", "uk"), "Försäkringskassan"),
    "asset_kinds": "None of these",
    "debt_kinds": "None of these",
    "planning": "I study Swedish",
    "sfi_course": "I wait for a place",
    "worked_last_year": "No",
    "lived_on": LIVED_ON,
    "plans": PLANS,
    "may_ask": "None of them",
}
OTHER_LANGUAGE = {"sv": ("english", "svenska")}
"""What she tries in the middle, and how she comes back; Swedish, where she is not at home in it."""
BACK_TO = {"en": "english", "ar": "عربي", "so": "soomaali", "uk": "українська"}


async def newcomer(world: World) -> None:
    await world.until(30, 11, 16, 20)
    oksana = world.applicant("Oksana", "+46701740608")
    if not isinstance(oksana, ByTelegram):
        raise TypeError("this story is told on Telegram")
    await oksana.opens()
    await oksana.expects(WANT.text)
    first = oksana.looks()
    for choice in ("Apply", "No"):
        await oksana.chooses(choice)
    await oksana.fills_in(ABOUT_HER)
    await oksana.presses_old(first, "Book")
    await oksana.expects("Do children live with you, always or sometimes?")
    await oksana.fills_in(CHILDREN)
    await oksana.sends_album(3, oksana.words(PAPERS))
    await oksana.expects(ALL_CAME)
    other, own = OTHER_LANGUAGE.get(world.language) or ("svenska", first_words(BACK_TO, world.language))
    await oksana.writes(other)
    await oksana.writes(own)
    await oksana.expects("How do you live?")
    await oksana.fills_in(THE_REST)
    await oksana.attests()
    await oksana.expects("Decision: at the latest one working day after the meeting, when everything is in.")
    await oksana.picks_first()
    if world.language != "sv":
        await oksana.expects(PRELIMINARY)
    await oksana.chooses("No")
    await oksana.gives_number()
    await oksana.expects("Thank you. Now we can ring you.")

    if world.language != "sv":
        elin = await world.staff("Tolkbokning")
        world.stage("tolkbokningen bekräftar tolken")
        await confirm_interpreter(elin, world.language, oksana.hour)
        await oksana.expects("The interpreter is ready. See you {time}.")
    await world.until(1, 12, 8, 1)
    await oksana.expects(REMINDER)

    await world.until(1, 12, 11)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, oksana)
    world.stage("mötet är hållet, handläggaren skriver sin anteckning")
    await write_note(maria, case)
    world.stage("handläggaren skriver under ett bifall i sin helhet")
    await grant(maria, case, kronor="9150")
    await oksana.expects(HEAR.text)
    await oksana.chooses("I come to you")
    await oksana.expects("Welcome to {address}. Someone tells you there, with an interpreter.")
    await world.until(1, 12, 14)
    world.stage("kundtjänst berättar vid disken: bifall, 9 150 kr för december")
    await record_told(maria, case, how="counter")
    await oksana.writes("STATUS")
    await oksana.expects("Step 5 of 5: we have answered you.")


STORY = Story(
    "newcomer",
    "somebody new in Sweden applies on Telegram in her own language, and is granted everything",
    newcomer,
    channels=("telegram",),
)
