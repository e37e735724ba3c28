"""Somebody has a time and leaves the questions for later; before it she comes to the counter and will not write.

Customer service fills in her application with her, in Swedish, through an interpreter; reads it back to her; and she
says that it is right. Her telephone knows of it: STATUS says that the application has come.
"""

import re

from bot.flows.first_meeting import PRELIMINARY
from bot.stories import Story
from bot.stories.desk import confirm_interpreter, fill_in, open_case, reads_application
from bot.stories.world import StoryError, World

HELLO = {
    "sv": "hej jag behöver hjälp med pengar. pratar arabiska",
    "en": "hello, I need help with money",
    "ar": "السلام عليكم، احتاج مساعدة مالية",
    "so": "salaan, waxaan u baahanahay caawimaad lacag ah",
    "uk": "добрий день, мені потрібна допомога з грошима",
}
SPEAKS = {"sv": "ar"}
HOW_IS_IT_GOING = {"sv": "STATUS", "en": "STATUS", "ar": "الحالة", "so": "STATUS", "uk": "STATUS"}
SECTIONS = {
    "household": {"applies_alone": "True", "month": "next", "stays_here": "True"},
    "children": {"has_children": "True", "child_name#1": "Yara", "child_age#1": "7", "child_days#1": "30"},
    "housing": {"housing": "rental", "housing_kronor": "6200", "rooms": "2", "home_persons": "2"},
    "costs": {"cost_kronor#electricity": "615", "cost_period#electricity": "quarter", "cost_kronor#medicine": "130"},
    "income": {"has_income": "False", "pending_benefits": "False"},
    "assets": {"asset_kinds": "none", "debt_kronor#rent": "6200"},
    "planning": {"planning": "job-seeking", "work_steps": "registered", "worked_last_year": "True"},
    "reaching": {"contact_by": "text", "may_ask": "none", "account": "8327-9, 000 000 001-2"},
}


async def at_the_desk(world: World) -> None:
    samira = world.applicant("Samira", "+46701740613")
    await samira.begins(**HELLO)
    await samira.chooses("Book")
    await samira.picks_first()
    await samira.expects(PRELIMINARY)
    await samira.chooses("No")
    await samira.chooses("At the meeting")
    elin = await world.staff("Tolkbokning")
    await confirm_interpreter(elin, SPEAKS.get(world.language, world.language), samira.hour)

    await world.until(1, 12, 8, 10)
    world.stage("sökanden kommer till disken före mötet, och vill inte skriva själv")
    johan = await world.staff("Kundtjänst")
    case = await fill_in(johan, samira, SECTIONS)
    world.stage("kundtjänst har läst upp allt genom tolk, och sökanden har sagt att det stämmer")
    await samira.says(**HOW_IS_IT_GOING)
    await samira.expects("Step 3 of 5: your application has come in.")

    await world.until(1, 12, 10)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, samira)
    shown = await reads_application(maria, case, "Yara", "6 200 kr", "Medicin", "Vid disken".lower())
    if re.search("8327|000 000 001", shown):
        raise StoryError(f"what is sealed stands there:\n{shown}")
    world.stage("handläggaren läser ansökan, som personen själv har sagt att den stämmer")


STORY = Story(
    "desk",
    "customer service fills in the application with somebody at the counter, who confirms it in her language",
    at_the_desk,
    channels=("sms",),
)
