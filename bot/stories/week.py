"""A whole planning week by SMS: told in one text on the Friday, reminded of each day, with a branch chosen on Thursday.

One day she is done, one day she is ill; a digit says so, and nothing is cancelled by it. Staff see both, note
themselves who came, and see the branch before the plan is shown.
"""

from bot.conversation.notices.planning_week import (
    CHOSEN,
    TO_CHOOSE,
    TODAY,
    TOMORROW,
    WHICH_BRANCH,
    YOUR_TIMES,
    YOUR_WEEK,
)
from bot.flows.first_meeting import PRELIMINARY
from bot.flows.welcome import WANT
from bot.stories import Story
from bot.stories.desk import begin_week, confirm_interpreter, note_that_she_came, open_case, reads_planning
from bot.stories.world import Applicant, Staff, World

HELLO = {
    "sv": "hej behöver hjälp. pratar somaliska",
    "en": "hello, I need help",
    "ar": "السلام عليكم, احتاج مساعدة",
    "so": "salaan, waxaan u baahanahay caawimaad",
    "uk": "добрий день, мені потрібна допомога",
}
SPEAKS = {"sv": "so"}
MY_WEEK = {"sv": "VECKAN", "en": "WEEK", "ar": "أسبوعي", "so": "JADWAL", "uk": "ТИЖДЕНЬ"}


async def week(world: World) -> None:
    hodan = await _gets_a_time(world)
    await world.until(4, 12, 11)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, hodan)
    world.stage("mötet är hållet på fredagen; med anteckningen börjar planeringsveckan på måndag")
    await begin_week(maria, case)
    await hodan.expects(YOUR_TIMES)
    await hodan.says(**MY_WEEK)
    await hodan.expects(YOUR_WEEK)
    await _monday_and_tuesday(world, hodan, maria, case)
    await _until_friday(world, hodan)
    await reads_planning(maria, case, "Industri", "Visa din plan", "Kom", "Noterat av")
    world.stage("på fredagen visar hon sin plan; handläggaren har sett vilken bransch hon valt")


async def _gets_a_time(world: World) -> Applicant:
    """Writes on the Thursday, with an interpreter the next morning."""
    await world.until(3, 12, 14)
    hodan = world.applicant("Hodan", "+46701740607")
    await hodan.begins(**HELLO)
    await hodan.expects(WANT.text)
    await hodan.chooses("Book")
    await hodan.picks_first()
    await hodan.expects(PRELIMINARY)
    await hodan.chooses("No")
    await hodan.chooses("At the meeting")
    await hodan.chooses("No")
    elin = await world.staff("Tolkbokning")
    world.stage("tolkbokningen bekräftar tolken")
    await confirm_interpreter(elin, SPEAKS.get(world.language, world.language), hodan.hour)
    return hodan


async def _monday_and_tuesday(world: World, hodan: Applicant, maria: Staff, case: str) -> None:
    await world.until(6, 12, 18, 1)
    await hodan.expects(TOMORROW)
    await world.until(7, 12, 8, 1)
    await hodan.expects(TODAY)
    await world.until(7, 12, 11, 30)
    await hodan.chooses("Done")
    await hodan.expects("Thank you. We have written it down.")
    world.stage("handläggaren noterar att hon kom")
    await note_that_she_came(maria, case, "Om olika yrken")

    await world.until(7, 12, 18, 1)
    await hodan.expects(TOMORROW)
    await world.until(8, 12, 8, 1)
    await hodan.expects(TODAY)
    await hodan.chooses("I am ill")
    await hodan.expects("Thank you for telling us. Get well. Nothing is cancelled.")
    await reads_planning(maria, case, "säger själv: sjuk")
    world.stage("handläggaren ser att hon är sjuk")


async def _until_friday(world: World, hodan: Applicant) -> None:
    await world.until(9, 12, 8, 1)
    await hodan.expects(TODAY)
    await world.until(9, 12, 12, 30)
    await hodan.chooses("Done")
    await world.until(10, 12, 8, 1)
    await hodan.expects(TODAY)
    await world.until(10, 12, 9, 31)
    await hodan.expects(TO_CHOOSE.text)
    await hodan.says_yes()
    await hodan.expects(WHICH_BRANCH)
    await hodan.chooses("Industry")
    await hodan.expects(CHOSEN)

    await world.until(11, 12, 8, 1)
    await hodan.expects(TODAY)


STORY = Story("week", "a planning week: its times, its reminders, a day of illness, a branch", week, channels=("sms",))
