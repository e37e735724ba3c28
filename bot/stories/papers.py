"""Somebody sends her papers on Telegram: one that was asked for, one that is hard to read, an album, and what is none.

Each is answered once, kindly and counted; the caseworker sees what came and how it stands, and opens it.
"""

from bot.conversation.bringing import ALL_CAME, CAME, HARD_TO_READ, NOT_OPENED
from bot.conversation.elsewhere import HERE_TOO
from bot.flows.application import PAPERS
from bot.flows.welcome import WANT
from bot.stories import Story, paper
from bot.stories.desk import open_case
from bot.stories.newcomer import ABOUT_HER, THE_REST
from bot.stories.world import ByTelegram, StoryError, World
from bot.text import render, say, words

HERE = {
    "sv": "här är resten av mina papper",
    "en": "here are the rest of my papers",
    "ar": "هذه بقية أوراقي",
    "so": "waa kuwan waraaqaha kale ee aan haysto",
    "uk": "ось решта моїх документів",
}


async def papers(world: World) -> None:
    await world.until(30, 11, 16, 20)
    rima = world.applicant("Rima", "+46701740608")
    if not isinstance(rima, ByTelegram):
        raise TypeError("this story is told on Telegram")
    await rima.opens()
    await rima.expects(WANT.text)
    await rima.chooses("Apply")
    await rima.chooses("No")
    await rima.fills_in({**ABOUT_HER, "has_children": "No", **THE_REST})
    await rima.attests()
    await rima.expects("Bring to the meeting: {papers}.")
    await rima.picks_first()
    await rima.chooses("No")
    await rima.gives_number()

    await rima.writes(words(world.language, "papers")[0])
    await rima.expects(HERE_TOO)
    world.stage("skickar en bild av hyresavin")
    await rima.sends_picture(paper.sharp(1), render(say(PAPERS["rent-invoice"]), world.language))
    await rima.expects(CAME)
    world.stage("skickar en suddig bild")
    await rima.sends_picture(paper.unsharp(2))
    await rima.expects(HARD_TO_READ)
    world.stage("skickar tre bilder på en gång")
    await rima.sends_album(3, rima.words(HERE))
    await rima.expects(ALL_CAME)
    world.stage("skickar en fil som inte är något papper")
    await rima.sends_file(b"nothing that can be read", "film.bin")
    await rima.expects(NOT_OPENED)

    await world.until(1, 12, 10)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, rima)
    page = await maria.opens(case)
    listed = [" ".join(one.stripped_strings) for one in page.soup.select("[aria-label=Inlämnat] li")]
    if len(listed) != 5 or sum("Suddig" in one for one in listed) != 1 or sum("Hyresavi" in one for one in listed) != 1:
        raise StoryError(f"the papers do not stand there as they came: {listed}")
    world.stage("handläggaren ser fem papper: en hyresavi, och ett som är suddigt")


STORY = Story("papers", "papers by Telegram, one by one and together, and what is told of them", papers, ("telegram",))
