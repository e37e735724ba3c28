"""A municipality with an e-service of its own: what it asks is explained in the person's language; stuck, she is rung.

Nothing of the application is answered in the chat. The meeting is booked and reminded of as otherwise.
"""

from bot.stories import Story
from bot.stories.desk import is_waiting_for
from bot.stories.world import World

HELLO = {
    "sv": "hej jag vill söka pengar",
    "en": "hello, I want to apply for money",
    "ar": "السلام عليكم، أريد تقديم طلب مساعدة مالية",
    "so": "salaan, waxaan rabaa inaan codsado lacag",
    "uk": "добрий день, хочу подати заяву на гроші",
}


async def guide(world: World) -> None:
    idil = world.applicant("Idil", "+46701740614", municipality="svedala")
    await idil.begins(**HELLO)
    await idil.chooses("Apply")
    await idil.chooses("No")
    await idil.expects("You apply here: {page}. I explain what it asks. You send nothing here.")
    await idil.chooses("Next part")
    await idil.chooses("Next part")
    world.stage("sökanden skriver i e-tjänsten, del för del")
    await idil.chooses("I am stuck")
    await idil.expects("A person rings you, with an interpreter if you want.")
    johan = await world.staff("Kundtjänst", municipality="svedala")
    await is_waiting_for(johan, idil, "ring")
    world.stage("kundtjänst ringer och hjälper till i e-tjänsten")


STORY = Story(
    "guide",
    "the municipality's own e-service is explained part by part, and whoever is stuck is rung",
    guide,
    channels=("sms",),
)
