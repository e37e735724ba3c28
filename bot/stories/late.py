"""Nobody is free today or tomorrow: she is told so and gets the earliest there is. Then somebody cancels, and she is
offered that time, takes it, and meets when it was promised.
"""

from bot.conversation.notices.earlier_time import EARLIER
from bot.conversation.putting import MOVE_OR_CANCEL
from bot.flows.first_meeting import LATE, PRELIMINARY
from bot.stories import Story
from bot.stories.desk import all_are_away, confirm_interpreter, open_case, write_note
from bot.stories.world import StoryError, World

HELLO = {
    "sv": "hej, jag behöver hjälp med pengar",
    "en": "hi, I need help with money",
    "ar": "مرحبا، أحتاج مساعدة مالية",
    "so": "salaan, waxaan u baahanahay caawimaad lacageed",
    "uk": "добрий день, мені потрібна допомога з грошима",
}
YOUR_TIME = "Your time: {time}, {address}."
BOOKED = "Your time: {time}, {address}. Bring ID if you have it. Come even without papers."


async def late(world: World) -> None:
    await world.until(30, 11, 14, 10)  # too late for a time the same day
    nour = world.applicant("Nour", "+46701740620")
    await nour.begins(**HELLO)
    await nour.chooses("Book")
    await nour.picks_first()
    await nour.expects(PRELIMINARY, BOOKED)
    await nour.chooses("No")

    world.stage("flera handläggare är sjuka: kundtjänst antecknar det, utom tiden som Nour har")
    johan = await world.staff("Kundtjänst")
    await all_are_away(johan, nour.hour)

    dana = world.applicant("Dana", "+46701740621")
    await dana.begins(**HELLO)
    await dana.chooses("Book")
    await dana.expects(LATE)
    await dana.picks_first()
    await dana.expects(PRELIMINARY, BOOKED)
    await dana.chooses("No")
    page = await johan.opens("/inbox?queue=promises")
    if "Möte i dag eller nästa arbetsdag: ingen var ledig" not in page.text:
        raise StoryError(f"customer service does not see the promise before it breaks:\n{page.text}")
    world.stage("kundtjänst ser löftet innan det bryts")

    await nour.asks_for_another_time()
    await nour.expects(MOVE_OR_CANCEL.text)
    await nour.chooses("Cancel")
    await nour.expects("Your time is cancelled. Write when you want a new one.")

    await world.until(30, 11, 15, 30)
    await dana.expects(EARLIER)
    await dana.says_yes()
    await dana.expects(PRELIMINARY, YOUR_TIME)
    dana.hour = nour.hour
    if world.language != "sv":
        elin = await world.staff("Tolkbokning")
        await confirm_interpreter(elin, world.language, dana.hour)
        await dana.expects("The interpreter is ready. See you {time}.")

    await world.until(1, 12, 16)
    world.stage("Dana möter sin handläggare dagen efter att hon bad om det")
    maria = await world.staff("Handläggare")
    await write_note(maria, await open_case(maria, dana))


STORY = Story(
    "late",
    "no time tomorrow: told so, the earliest taken, then a cancelled time offered and taken",
    late,
    channels=("sms",),
)
