"""Three in the morning: twelve people write within a quarter of an hour, by three channels, and one cannot wait.

She has the numbers to ring in the same turn, and stands first in the inbox, to be seen to within minutes of opening.
The others are answered by the machine, at night as by day; whoever wants a human has one by ten, and all who want to
apply stand in the list of the night.
"""

import re
from urllib.parse import quote

from bot.flows.acute import AT_NIGHT
from bot.flows.welcome import WANT
from bot.stories import Story
from bot.stories.desk import take_over
from bot.stories.world import Applicant, Staff, StoryError, World

HELLO = {
    "sv": "hej, jag behöver hjälp med pengar",
    "en": "hi, I need help with money",
    "ar": "مرحبا، أحتاج مساعدة مالية",
    "so": "salaan, waxaan u baahanahay caawimaad lacageed",
    "uk": "добрий день, мені потрібна допомога з грошима",
}
CALL_ME = {
    "sv": "kan ni ringa mig?",
    "en": "please call me",
    "ar": "اتصلوا بي",
    "so": "ii soo garaac fadlan",
    "uk": "передзвоніть мені",
}
HITS_ME = {
    "sv": "hej, jag behöver hjälp, min man slår mig",
    "en": "hello, I need help, my husband hits me",
    "ar": "مرحبا، أحتاج مساعدة، زوجي يضربني",
    "so": "salaan, caawimaad ayaan u baahanahay, ninkaygu wuu i garaacayaa",
    "uk": "добрий день, мені потрібна допомога, чоловік мене б'є",
}
BROKEN = "Löfte brutet"
WANT_TO_APPLY = (("Amal", "sms"), ("Bilal", "telegram"), ("Dina", "web"), ("Emil", "telegram"), ("Farah", "web"))
LATER = (("Hala", "telegram"), ("Ivan", "web"))
WANT_A_HUMAN = ("Jonas", "Kamal", "Leyla", "Mina")
HERE = "Rådhuset, Algatan 13"
BY = "före 10.00"
FIRST_NUMBER = 650


async def night(world: World) -> None:
    await world.until(1, 12, 3)
    numbers = iter(f"+46701740{n}" for n in range(FIRST_NUMBER, FIRST_NUMBER + 12))
    for name, channel in WANT_TO_APPLY:
        await _wants_to_apply(world.applicant(name, next(numbers), channel=channel))
    humans = [world.applicant(name, next(numbers), channel="sms") for name in WANT_A_HUMAN]
    for one in humans[:2]:
        await _wants_a_human(one)
    nour = world.applicant("Nour", next(numbers), channel="sms")
    await nour.begins(**HITS_ME)
    await nour.expects(AT_NIGHT)
    for one in humans[2:]:
        await _wants_a_human(one)
    for name, channel in LATER:
        await _wants_to_apply(world.applicant(name, next(numbers), channel=channel))

    await world.until(1, 12, 8)
    world.stage("kundtjänst öppnar: den som har bråttom står först")
    johan = await world.staff("Kundtjänst")
    for queue in ("acute", "waiting"):
        first = (await _rows(johan, queue))[0]
        if _ending(nour) not in first or BROKEN in first:
            raise StoryError(f"what cannot wait does not stand first, in time:\n{johan.browser.page.text}")
    waiting = await _rows(johan, "waiting")
    late = [one.name for one in humans if not any(_ending(one) in row and BY in row for row in waiting)]
    if late:
        raise StoryError(f"{', '.join(late)} are not promised an answer by ten:\n{johan.browser.page.text}")
    if len(await _rows(johan, "new")) < len(world.people):
        raise StoryError(f"not all of the night stand there:\n{johan.browser.page.text}")
    world.stage("de som vill prata med en människa har svar före tio; alla nya står i nattens lista")
    thread = await take_over(johan, nour)
    await johan.opens(f"{thread}?phrase=come-here&field_address={quote(HERE)}")
    await johan.sends("/messages")
    if HERE not in await nour.reads():
        raise StoryError("whoever could not wait was not answered")


async def _wants_to_apply(person: Applicant) -> None:
    await person.begins(**HELLO)
    await person.expects(WANT.text)


async def _wants_a_human(person: Applicant) -> None:
    await person.begins(**CALL_ME)
    if not await person.reads():
        raise StoryError(f"{person.name} was left without an answer")


async def _rows(desk: Staff, queue: str) -> list[str]:
    page = await desk.opens(f"/inbox?queue={queue}")
    return [re.sub(r"\s+", " ", row.get_text(" ", strip=True)) for row in page.soup.select(".list li.row")]


def _ending(person: Applicant) -> str:
    return f"{person.number[-4:-2]} {person.number[-2:]}"


STORY = Story(
    "night",
    "twelve write at three in the morning, one of them cannot wait; what staff find in the morning",
    night,
    channels=("sms",),
    onward=("telegram", "web"),
)
