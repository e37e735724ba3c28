"""Nothing goes as it was planned: she moves her time, the interpreter cannot, she is late and then does not come.

Each time she reads which time holds now. Who missed her meeting gets a new one, and is asked once what hindered her.
"""

import re

from bot.conversation.beforehand import WAITS
from bot.conversation.notices.meeting_missed import MISSED
from bot.conversation.putting import MOVE_OR_CANCEL, REMINDER
from bot.conversation.understood import WHICH_DAY
from bot.flows.first_meeting import PRELIMINARY
from bot.stories import Story
from bot.stories.desk import confirm_interpreter, decline_interpreters, did_not_come, is_on_the_list, open_case
from bot.stories.world import StoryError, World

HELLO = {
    "sv": "hej, jag behöver hjälp med pengar",
    "en": "hello, I need help with money",
    "ar": "السلام عليكم، أحتاج مساعدة مالية",
    "so": "salaan, waxaan u baahanahay caawimaad lacageed",
    "uk": "добрий день, мені потрібна допомога з грошима",
}
MONDAY = {"en": "monday?", "ar": "الاثنين؟", "so": "Isniin", "uk": "понеділок?"}
"""What she answers when she is asked, outside Swedish, which day it is: a wrong one, and the time is said once more."""
LATE = {
    "sv": "hej, jag blir tyvärr 10 min sen",
    "en": "hi, sorry, I will be 10 minutes late",
    "ar": "مرحبا، سأتأخر 10 دقائق",
    "so": "salaan, waan soo daahayaa 10 daqiiqo",
    "uk": "добрий день, запізнюся на 10 хвилин",
}


async def moves(world: World) -> None:
    await world.until(30, 11, 14, 10)
    noor = world.applicant("Noor", "+46701740609")
    await noor.begins(**HELLO)
    await noor.chooses("Book")
    await noor.picks_first()
    await noor.chooses("No")
    await noor.chooses("At the meeting")
    await noor.chooses("No")
    if world.language != "sv":
        await noor.expects(WHICH_DAY)
        await noor.says(**MONDAY)
        await noor.expects("Your time: {time}, {address}.")

    await noor.asks_for_another_time()
    await noor.expects(MOVE_OR_CANCEL.text)
    await noor.chooses("Move")
    await noor.picks_first()
    elin, interpreted = await world.staff("Tolkbokning"), world.language != "sv"
    if interpreted:
        await noor.expects(PRELIMINARY)
        world.stage("tolkbokningen: tolkarna kan inte den tiden")
        await decline_interpreters(elin, world.language, noor.hour)
        hour = _hour(await noor.expects("Your meeting has a new time: {time}."))
        world.stage("en tolk bekräftar, på telefon")
        await confirm_interpreter(elin, world.language, f"kl {hour}")
        await noor.expects("The interpreter is ready. See you {time}.")
        await is_on_the_list(elin, "Tolk klar, telefon")

    await world.until(1, 12, 8, 1)
    await noor.expects(REMINDER)
    await noor.says(**LATE)
    await noor.expects(WAITS)
    maria = await world.staff("Handläggare")
    await is_on_the_list(maria, "Blir sen, cirka 10 min", day="2026-12-01")

    await world.until(1, 12, 16)
    case = await open_case(maria, noor)
    world.stage("hon kom inte: handläggaren läser vad som är känt och skriver sin anteckning")
    await did_not_come(maria, case)
    new_hour = _hour(await noor.expects(MISSED))
    await noor.chooses("I was ill")
    await noor.expects("Thank you. It helps us to do better.")

    if interpreted:
        world.stage("tolkbokningen bekräftar tolken till den nya tiden")
        await confirm_interpreter(elin, world.language, f"kl {new_hour}")
        await noor.expects("The interpreter is ready. See you {time}.")
    await world.until(2, 12, 8, 1)
    await noor.expects(REMINDER)


def _hour(read: str) -> str:
    """The last hour of a text, as staff write it."""
    found = re.findall(r"(\d{1,2})[.:](\d{2})", read)
    if not found:
        raise StoryError(f"no hour in:\n  {read}")
    hour, minute = found[-1]
    return f"{int(hour)}.{minute}"


STORY = Story(
    "moves",
    "a time that is moved, an interpreter who cannot, somebody late and then missed, and a new time",
    moves,
    channels=("sms",),
)
