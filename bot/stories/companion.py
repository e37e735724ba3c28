"""A relative helps: let in by a code, sees the time and some of the questions, types two answers, and is thanked.

The one who is helped reads at once what was typed, asks for the list of all that was seen, and ends it with a word. Of
children and money the helper sees no question.
"""

import re

from bot.conversation.helping import (
    HAS_BEGUN,
    HELP_OVER,
    HERS_ALONE,
    MEETING,
    NOBODY_NOW,
    NOT_CERTAIN,
    NOTHING,
    ONLY_TYPING,
    PASSED_ON,
    TYPED,
    YOUR_NAME,
)
from bot.conversation.putting import OF_HER, REMINDER
from bot.flows.application.children import HAS_CHILDREN
from bot.flows.application.household import ALONE, MONTH, STAYS_HERE
from bot.hearing.words import Name
from bot.stories import Story
from bot.stories.interrupted import HELLO
from bot.stories.world import StoryError, World
from bot.text import words


async def companion(world: World) -> None:
    await world.until(30, 11, 14, 30)
    layla = world.applicant("Layla", "+46701740612")
    await layla.begins(**HELLO)
    await layla.chooses("Book")
    await layla.picks_first()
    await layla.chooses("No")
    await layla.chooses("Now")
    await layla.chooses("No")
    await layla.expects(ALONE.text)

    await layla.writes(_word(world, "invite"))
    code = re.search(r"\b\d{8}\b", await layla.reads())
    if code is None:
        raise StoryError("no code was given")
    nephew = world.applicant("Omar", "+46701740613", channel="web")
    world.stage("brorsonen öppnar webbchatten med koden")
    await nephew.writes(code[0])
    await nephew.expects(ONLY_TYPING)
    await layla.expects(HAS_BEGUN)
    await nephew.writes("Omar")
    await nephew.expects(YOUR_NAME)

    await nephew.writes(_word(world, "helper"))
    await nephew.expects(MEETING, NOT_CERTAIN)
    await nephew.chooses("No")
    await nephew.expects(PASSED_ON)
    world.stage("Layla läser det genast, och ändrar det")
    await layla.expects(TYPED)
    await layla.goes_back()
    await layla.chooses("Yes")
    await layla.expects(MONTH.text)
    await nephew.writes(_word(world, "helper"))
    await nephew.expects(OF_HER)
    await nephew.chooses("This month")
    await layla.expects(STAYS_HERE.text)
    await layla.chooses("Yes")
    await layla.expects(HAS_CHILDREN.text)
    await nephew.writes(_word(world, "helper"))
    await nephew.expects(HERS_ALONE)

    await layla.writes(_word(world, "helpers"))
    await layla.expects("a question was answered")
    await layla.writes(_word(world, "no-helper"))
    await layla.expects(NOBODY_NOW)
    await nephew.expects(HELP_OVER)
    await nephew.writes(_word(world, "helper"))
    await nephew.expects(NOTHING)
    await world.until(1, 12, 8, 1)
    await layla.expects(REMINDER)


def _word(world: World, name: Name) -> str:
    return words(world.language, name)[0].upper()


STORY = Story(
    "companion",
    "a relative is let in with a code, sees the time, types two answers, and is a helper no more after one word",
    companion,
    channels=("sms",),
    onward=("web",),
)
