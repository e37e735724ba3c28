"""Somebody newly arrived goes through the eleven steps: she sees where she is, and is reminded of each day of hers."""

from datetime import date

from bot.conversation.notices.settling_step import ITS_DAY
from bot.flows.first_meeting import PRELIMINARY
from bot.stories import Story
from bot.stories.desk import begin_settling, confirm_interpreter, note_settling, open_case, reads_planning
from bot.stories.meeting_first import HOW_IS_IT_GOING
from bot.stories.week import HELLO, SPEAKS
from bot.stories.world import World

STEP = "Settling in: step {n} of {all}."
DAYS = {
    4: ("2026-12-09", (8, 12, 9)),
    6: ("2026-12-16", (15, 12, 9)),
    8: ("2027-01-12", (11, 1, 9)),
    11: ("2027-06-01", (31, 5, 9)),
}
"""Steps that she has something to do in: their day, and when she is told of it."""


async def settling(world: World) -> None:
    hodan = world.applicant("Hodan", "+46701740607")
    await hodan.begins(**HELLO)
    await hodan.chooses("Book")
    await hodan.picks_first()
    await hodan.expects(PRELIMINARY)
    await hodan.chooses("No")
    await hodan.chooses("At the meeting")
    await hodan.chooses("No")
    elin = await world.staff("Tolkbokning")
    await confirm_interpreter(elin, SPEAKS.get(world.language, world.language), hodan.hour)

    await world.until(1, 12, 11)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, hodan)
    world.stage("hon är nyanländ: handläggaren börjar de elva stegen, och de tre första är klara")
    await begin_settling(maria, case, arrived="2026-12-01")
    for number in (1, 2, 3):
        await note_settling(maria, case, number, done="2026-12-01")
    await hodan.says(**HOW_IS_IT_GOING)
    await hodan.expects(STEP)

    for number in range(4, 12):
        day, reminded = DAYS.get(number, ("", None))
        if reminded is not None:
            await note_settling(maria, case, number, due=day)
            await world.until(*reminded)
            await hodan.expects(ITS_DAY)
            await hodan.says(**HOW_IS_IT_GOING)
            await hodan.expects(STEP)
            held = date.fromisoformat(day)
            await world.until(held.day, held.month, 14)
        world.stage(f"steg {number} är klart")
        await note_settling(maria, case, number, due=day, done=day or f"{world.clock():%Y-%m-%d}")
    await reads_planning(maria, case, "Uppföljning efter sex månader Klart 2027-06-01")


STORY = Story("settling", "the eleven steps of somebody newly arrived", settling, channels=("sms",))
