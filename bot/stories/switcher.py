"""Somebody begins by SMS in a language that is not her own, goes on by Telegram in hers, and ends on the web.

Each time in the middle of the form, by a code shown where she was; a figure of the second one she gets wrong first.
Nothing she has answered is asked again, and each place that she left is told so in one line.
"""

import re

from bot.conversation.elsewhere import DID_NOT_FIT, GONE_ON, HERE_NOW
from bot.conversation.putting import REMINDER
from bot.flows.application.children import HAS_CHILDREN
from bot.flows.application.home import HOUSING
from bot.stories import Story
from bot.stories.desk import confirm_interpreter
from bot.stories.newcomer import ABOUT_HER, BACK_TO, CHILDREN, THE_REST
from bot.stories.speaking import first_words
from bot.stories.world import ByTelegram, StoryError, World

HELLO = {
    "sv": "hej, jag behöver hjälp med pengar",
    "en": "hello, I need help with money",
}
NUMBER = "+46701740609"


async def switcher(world: World) -> None:
    await world.until(30, 11, 15, 20)
    own = world.language
    # What is written for her is Swedish; where that is her own she begins in English.
    world.language = "en" if own == "sv" else "sv"
    phone = world.applicant("Daryna", NUMBER, channel="sms")
    await phone.begins(**HELLO)
    for choice in ("Apply", "No"):
        await phone.chooses(choice)
    await phone.fills_in(ABOUT_HER)
    await phone.expects(HAS_CHILDREN.text)
    await phone.writes(phone.switches())
    code = _code(await phone.reads())
    world.stage("öppnar Telegram med koden")

    telegram = world.applicant("Daryna", NUMBER, channel="telegram")
    if not isinstance(telegram, ByTelegram):
        raise TypeError("this story goes on by Telegram")
    await telegram.writes(f"/start {code}")
    await phone.expects(GONE_ON)
    await telegram.chooses("No")
    await telegram.expects(HAS_CHILDREN.text)
    world.language = own
    await telegram.writes("svenska" if own == "sv" else first_words(BACK_TO, own))
    await telegram.expects(HAS_CHILDREN.text)
    await telegram.fills_in(CHILDREN)
    await telegram.expects(HOUSING.text)
    await telegram.writes(telegram.switches())
    code = _code(await telegram.reads())

    page = world.applicant("Daryna", NUMBER, channel="web")
    world.stage("öppnar webbchatten på en dator, och skriver en siffra fel")
    await page.writes(f"{code[:-1]}{(int(code[-1]) + 1) % 10}")
    await page.expects(DID_NOT_FIT)
    await page.writes(code)
    await page.expects(HERE_NOW)
    await telegram.expects(GONE_ON)
    await page.fills_in({**THE_REST, "contact_by": "Text message"})
    await page.attests()
    await page.expects("Decision: at the latest one working day after the meeting, when everything is in.")
    await page.picks_first()
    await page.chooses("No")
    if own != "sv":
        elin = await world.staff("Tolkbokning")
        world.stage("tolkbokningen bekräftar tolken")
        await confirm_interpreter(elin, own, page.hour)
        await telegram.expects("The interpreter is ready. See you {time}.")
    await world.until(1, 12, 8, 1)
    await telegram.expects(REMINDER)


def _code(read: str) -> str:
    found = re.search(r"\b\d{8}\b", read)
    if found is None:
        raise StoryError(f"no code was given in:\n  {read}")
    return found[0]


STORY = Story(
    "switcher",
    "somebody goes on in the middle of the form from SMS to Telegram to the web, and into her own language",
    switcher,
    channels=("sms",),
    onward=("telegram", "web"),
)
