"""Papers are asked for by a day, and come one by one: one without a word, one that cannot be read, one too late.

She is told once of each and how many are here; what she cannot get her caseworker reads, and nobody asks for it again.
The day passes without a threat, and what comes after it counts too.
"""

from bot.conversation.elsewhere import HERE_TOO
from bot.conversation.missing import (
    ALL_HERE,
    AS_IT_IS,
    NOTED,
    STAFF_LOOK,
    TAKEN_AS,
    THIS_CAME,
)
from bot.conversation.notices.papers_asked import SOON, WHICH
from bot.conversation.notices.papers_overdue import PASSED
from bot.conversation.paper_questions import ANYWAY, CAN_GET, CANNOT_GET, HARD_TO_READ, WHICH_PAPER
from bot.flows.application import PAPERS
from bot.flows.welcome import WANT
from bot.stories import Story, paper
from bot.stories.desk import ask_for_papers, open_case
from bot.stories.newcomer import ABOUT_HER, THE_REST
from bot.stories.world import ByTelegram, StoryError, World
from bot.text import render, say, words

THURSDAY = "2026-12-03"


async def completions(world: World) -> None:
    await world.until(30, 11, 16, 20)
    lina = world.applicant("Lina", "+46701740608")
    if not isinstance(lina, ByTelegram):
        raise TypeError("this story is told on Telegram")
    await _applies(lina)

    await world.until(1, 12, 10)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, lina)
    world.stage("handläggaren ber om fyra papper, senast torsdag 3 december")
    await ask_for_papers(maria, case, "lease", "payslip", "rent-invoice", "bank-statements", by=THURSDAY)
    await lina.expects(WHICH.text)
    await lina.chooses("Yes")
    await lina.expects(CAN_GET)
    await lina.chooses("Yes")
    await lina.expects(HERE_TOO)

    world.stage("skickar en bild utan ett ord")
    await lina.sends_picture(paper.sharp(1))
    await lina.expects(WHICH_PAPER)
    await lina.chooses(PAPERS["lease"])
    await lina.expects(THIS_CAME)
    world.stage("skickar en suddig bild av lönebeskedet")
    await lina.sends_picture(paper.unsharp(2), render(say(PAPERS["payslip"]), world.language))
    await lina.expects(HARD_TO_READ)
    await lina.chooses(ANYWAY)
    await lina.expects(AS_IT_IS)

    await world.until(2, 12, 9, 1)
    await lina.expects(SOON)
    await lina.writes(words(world.language, "which-papers")[0])
    await lina.expects(CAN_GET)
    await lina.chooses("No")
    await lina.expects(CANNOT_GET)
    await lina.chooses(PAPERS["rent-invoice"])
    await lina.expects(NOTED)

    await world.until(4, 12, 9)
    await lina.expects(PASSED)
    world.stage("skickar en bild utan ett ord: bara ett papper saknas")
    await lina.sends_picture(paper.sharp(3))
    await lina.expects(TAKEN_AS)
    await lina.chooses("Yes")
    await lina.expects(STAFF_LOOK)
    world.stage("skickar kontoutdragen")
    await lina.sends_picture(paper.sharp(4), render(say(PAPERS["bank-statements"]), world.language))
    await lina.expects(ALL_HERE)

    page = await maria.opens(case)
    said = "Hyresavi: personen säger att det inte går att få tag i"
    if said not in page.text:
        raise StoryError(f"it does not stand there what she cannot get:\n{page.text}")
    world.stage("handläggaren läser vad som kommit, och att hyresavin inte går att få tag i")


async def _applies(lina: ByTelegram) -> None:
    """On the first evening: the application, a time, her number."""
    await lina.opens()
    await lina.expects(WANT.text)
    await lina.chooses("Apply")
    await lina.chooses("No")
    await lina.fills_in({**ABOUT_HER, "has_children": "No", **THE_REST})
    await lina.attests()
    await lina.expects("Bring to the meeting: {papers}.")
    await lina.picks_first()
    await lina.chooses("No")
    await lina.gives_number()


STORY = Story("completions", "papers asked for by a day, sent one by one on Telegram", completions, ("telegram",))
