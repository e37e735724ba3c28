"""She writes to Trelleborg and lives in Svedala: asked, handed over, taken, and written to first by those who took her.

Until somebody in Svedala has taken over she is Trelleborg's; afterwards the old number tells her who has her, whatever
she writes there.
"""

import re

from bot.conversation.asked import THEY_CAN
from bot.conversation.by_telephone import THEY_HAVE_IT
from bot.conversation.notices.arrived import FIRST_LINE
from bot.conversation.notices.move_asked import MAY_WE, MAY_WE_ASK, THEN_WE_ASK
from bot.conversation.notices.moved import OTHERS_HELP
from bot.stories import Story
from bot.stories.desk import take_over
from bot.stories.world import StoryError, World
from bot.text import render, say

HELLO = {
    "sv": "hej, jag bor i Svedala och behöver hjälp med pengar",
    "en": "hello, I live in Svedala and need help with money",
    "ar": "مرحبا، أسكن في Svedala وأحتاج مساعدة مالية",
    "so": "salaan, waxaan degganahay Svedala, waxaan u baahanahay caawimaad lacageed",
    "uk": "добрий день, я живу в Svedala, мені потрібна допомога з грошима",
}
ANYBODY_THERE = {"sv": "hallå?", "en": "hello?", "ar": "مرحبا؟", "so": "salaan?", "uk": "добрий день?"}
ASKED = "Bor i Svedala. Pengarna räcker inte till hyran."


async def moved(world: World) -> None:
    amal = world.applicant("Amal", "+46701740627")
    await amal.begins(**HELLO)
    await amal.expects(THEY_CAN)
    await amal.asks_for_a_human()
    await amal.reads()

    johan = await world.staff("Kundtjänst")
    thread = await take_over(johan, amal)
    world.stage("kundtjänst i Trelleborg ringer upp; sökanden bor i Svedala, och ingen annan läser telefonen")
    await johan.sends("/who-reads", others="no")
    await johan.opens(thread)
    case = next((one for one in johan.browser.page.links().values() if "/inbox/cases/" in one), "")
    case = re.sub(r".*(/inbox/cases/[0-9a-f-]+).*", r"\1", case)
    await johan.opens(f"{case}/moving")
    await johan.sends("/moving", neighbour="svedala", consent="asked", asked_for=ASKED)
    world.stage("kundtjänst frågar sökanden på hennes språk om Svedala får ta över")
    await amal.expects(MAY_WE_ASK.text)
    await world.minute()  # who answers at once is asked which of two questions it was
    await amal.chooses("Yes")
    await amal.expects(MAY_WE.text)
    await amal.chooses("Yes")
    await amal.expects(THEN_WE_ASK)
    await world.settled()

    anders = await world.staff("Kundtjänst", municipality="svedala")
    await anders.opens("/inbox?queue=waiting")
    page = await anders.follows("En annan kommun vill lämna över någon")
    if ASKED not in page.text:
        raise StoryError(f"what she asked for did not come along:\n{page.text}")
    world.stage("Svedala läser kopian och tar över; till dess är hon kvar i Trelleborg")
    await anders.presses("Vi tar över")
    page = await anders.opens("/inbox")
    if "Kom från en annan kommun: hör av er först" not in page.text:
        raise StoryError(f"nobody in Svedala has to write to her first:\n{page.text}")
    there = await amal.reads()
    for words in (OTHERS_HELP, FIRST_LINE):
        if render(say(words), world.language, plain=True) not in there:
            raise StoryError(f"she did not read {words!r} but:\n{there}")
    page = await johan.opens(f"{case}/moving?reason=follow-up")
    if "Den andra kommunen har tagit över" not in page.text:
        raise StoryError(f"Trelleborg does not know that she is taken:\n{page.text}")
    world.stage("hon skriver till Trelleborgs nummer igen")
    await amal.says(**ANYBODY_THERE)
    await amal.expects(THEY_HAVE_IT)
    world.stage("och sedan till Svedalas")
    at_home = world.applicant("Amal", amal.number, municipality="svedala")
    await at_home.asks_for_a_human()
    page = await anders.opens("/inbox?queue=waiting")
    if f"{amal.number[-4:-2]} {amal.number[-2:]}" not in page.text and "Amal" not in page.text:
        raise StoryError(f"what she writes to Svedala reaches nobody there:\n{page.text}")


STORY = Story(
    "moved",
    "somebody writes to Trelleborg and lives in Svedala: she is asked, handed over, taken, and written to first",
    moved,
    channels=("sms",),
)
