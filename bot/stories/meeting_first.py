"""Someone with two children who needs an interpreter writes for help, meets the next morning, is decided, and reads it.

The questions are left to the meeting. The interpreter is asked and confirms; the reminder needs no answer; the
caseworker's note starts the clock; the decision is read with a code from the counter.
"""

from bot.conversation.notices.something_new import HEAR, NEW_LINES, READ_HERE
from bot.conversation.putting import REMINDER
from bot.conversation.understood import WHICH_DAY
from bot.flows.first_meeting import PRELIMINARY
from bot.flows.welcome import WANT
from bot.stories import Story
from bot.stories.desk import confirm_interpreter, give_code, grant, open_case, write_note
from bot.stories.world import World

HELLO = {
    "sv": "hej behöver hjälp. har två barn. pratar arabiska",
    "en": "hello, I need help. I have two children",
    "ar": "السلام عليكم, احتاج مساعدة. عندي طفلان",
    "so": "salaan, waxaan u baahanahay caawimaad. waxaan leeyahay laba carruur ah",
    "uk": "добрий день, мені потрібна допомога. у мене двоє дітей",
}
TUESDAY = {"en": "Tuesday", "ar": "الثلاثاء", "so": "Talaado", "uk": "у вівторок"}
"""What she answers when she is asked, outside Swedish, which day it is."""
SPEAKS = {"sv": "ar"}
"""Whoever writes Swedish here says that she speaks Arabic; the others speak what they write."""
HOW_IS_IT_GOING = {"sv": "STATUS", "en": "STATUS", "ar": "الحالة", "so": "STATUS", "uk": "STATUS"}


async def meeting_first(world: World) -> None:
    amal = world.applicant("Amal", "+46701740605")
    await amal.begins(**HELLO)
    await amal.expects(WANT.text)
    await amal.chooses("Book")
    await amal.picks_first()
    await amal.expects("Preliminary" if amal.channel == "web" else PRELIMINARY)
    await amal.chooses("No")
    await amal.chooses("At the meeting")
    if amal.channel == "sms":
        await amal.chooses("No")
    else:
        amal = await amal.gives_number()
    if world.language != "sv" and world.channel != "web":  # on the page it is asked where she sits no more
        await amal.expects(WHICH_DAY)
        await amal.says(**TUESDAY)
        await amal.expects("Good. See you at {time}.")

    elin = await world.staff("Tolkbokning")
    world.stage("tolkbokningen bekräftar tolken")
    await confirm_interpreter(elin, SPEAKS.get(world.language, world.language), amal.hour)
    await amal.expects("The interpreter is ready. See you {time}.")

    await world.until(1, 12, 8, 1)
    await amal.expects(REMINDER)

    await world.until(1, 12, 9, 30)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, amal)
    world.stage("mötet är hållet, handläggaren skriver sin anteckning")
    await write_note(maria, case)
    code = await give_code(maria, case)
    await amal.expects(NEW_LINES)

    await world.until(1, 12, 13)
    world.stage("handläggaren skriver under ett bifall")
    await grant(maria, case, kronor="7485")
    await amal.expects(HEAR.text)
    await amal.chooses("I read it")
    await amal.expects(READ_HERE)
    await world.reads_with_code(code)
    await amal.says(**HOW_IS_IT_GOING)
    await amal.expects("Step 5 of 5: we have answered you.")


STORY = Story("meeting-first", "an SMS for help, a meeting with an interpreter the next day, a decision", meeting_first)
