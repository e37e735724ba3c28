"""Two of the staff open the same conversation, and both begin to answer: one does, the other is told who, and keeps
what she has typed. What the machine had sent just before they saw it stands there for both.
"""

from bot.stories import Story
from bot.stories.browser import Page
from bot.stories.desk import answer, hand_back
from bot.stories.speaking import spoken
from bot.stories.world import NUMBERS, PATIENCE, Applicant, Staff, StoryError, World

HELLO = {
    "sv": "hej, jag behöver hjälp med pengar",
    "en": "hi, I need help with money",
    "ar": "مرحبا، أحتاج مساعدة مالية",
    "so": "salaan, waxaan u baahanahay caawimaad lacageed",
    "uk": "добрий день, мені потрібна допомога з грошима",
}
THERE = {
    "sv": "är någon där?",
    "en": "is anybody there?",
    "ar": "هل من أحد هناك؟",
    "so": "cid ma joogtaa?",
    "uk": "є хтось?",
}
SARAS = "Hej, det är Sara på kundtjänst. Vad kan jag hjälpa dig med?"
BUSY = "Johan"


async def two_answers(world: World) -> None:
    amal = world.applicant("Amal", "+46701740649")
    await amal.begins(**HELLO)
    await amal.asks_for_a_human()
    johan, sara = await world.staff("Johan"), await world.staff("Sara")
    world.stage("två på kundtjänst öppnar samma samtal")
    thread = await _opens(johan, amal)
    await _opens(sara, amal)
    await sara.opens(f"{thread}?answer=words")

    await world.minute()
    await _writes_at_the_same_moment(world, amal)
    page = await johan.browser.press("Ta över")
    _shows(page, "Tar över…", "Du svarar nu")
    world.stage("Johan tar över i samma stund som automaten svarar; Sara har redan börjat skriva")
    page = await sara.browser.submit(sara.browser.page.form_with("/messages"), {"words": SARAS})
    _is_refused(page)
    _shows(page, SARAS)
    await world.settled()
    world.stage("Sara får veta att Johan svarar, och det hon har skrivit står kvar")
    page = await johan.opens(thread)
    _shows(page, "Du svarar nu")
    _shows(page, spoken(THERE, world.language))
    if len(page.soup.select(".message--bot")) < len(world.twilio.sent_to(amal.number)):
        raise StoryError(f"what the machine had sent meanwhile is not shown:\n{page.text}")

    await answer(johan, thread)
    if SARAS in await amal.reads():
        raise StoryError("she was answered twice")
    await hand_back(johan, thread)


async def _opens(desk: Staff, person: Applicant) -> str:
    await desk.opens("/inbox?queue=waiting")
    page = await desk.follows(f"{person.number[-4:-2]} {person.number[-2:]}")
    return page.url.split("?")[0]


async def _writes_at_the_same_moment(world: World, person: Applicant) -> None:
    """Until the machine's answer is with the provider, and nothing is known of it yet."""
    before = len(world.twilio.sent_to(person.number))
    await world.twilio.write(person.number, NUMBERS[person.municipality], spoken(THERE, world.language))
    await world.twilio.wait_for(lambda: len(world.twilio.sent_to(person.number)) > before, PATIENCE)


def _is_refused(page: Page) -> None:
    told = page.soup.select_one(".refused")
    if page.status != 409 or told is None or BUSY not in told.get_text():
        raise StoryError(f"nobody says that {BUSY} answers ({page.status}):\n{page.text}")


def _shows(page: Page, *words: str) -> None:
    if not any(one in page.text for one in words):
        raise StoryError(f"none of {words} stands there:\n{page.text}")


STORY = Story(
    "two-answers",
    "two of the staff on one conversation: one answers, the other is told who, and nothing is lost or said twice",
    two_answers,
    channels=("sms",),
)
