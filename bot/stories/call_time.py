"""Somebody asks when one may come without a time, and chooses an hour to be rung in instead; takes it back, and chooses
again."""

from bot.stories import Story
from bot.stories.desk import arrange_call_interpreter, is_waiting_for
from bot.stories.world import World

HELLO = {
    "sv": "hej, jag behöver hjälp",
    "en": "hello, I need help",
    "ar": "السلام عليكم، أحتاج إلى مساعدة",
    "so": "salaan, caawimaad ayaan u baahanahay",
    "uk": "добрий день, мені потрібна допомога",
}
WITHOUT_A_TIME = {
    "sv": "har ni drop-in?",
    "en": "do you have drop-in?",
    "ar": "هل يمكنني الحضور بدون موعد؟",
    "so": "ballan la'aan ma imaan karaa?",
    "uk": "чи можна прийти без запису?",
}


BOOKED = (
    "We ring you {day}, between {opens} and {closes}. Other time: CALL TIME. None: NO CALL.",
    "We ring you {day}, between {opens} and {closes}, with an interpreter. Other time: CALL TIME. None: NO CALL.",
)


async def call_time(world: World) -> None:
    idil = world.applicant("Idil", "+46701740614")
    await idil.begins(**HELLO)
    await idil.says(**WITHOUT_A_TIME)
    await idil.expects("{next} You need not book.")
    await idil.asks_to_be_rung_at_an_hour()
    await idil.picks_first()
    await idil.expects(*BOOKED)
    world.stage("sökanden vill ändå inte bli uppringd, och så en gång till")
    await idil.wants_no_call()
    await idil.expects("We do not ring you {day}, between {opens} and {closes}. Another time? Write CALL TIME.")
    await idil.asks_to_be_rung_at_an_hour()
    await idil.picks_first()
    await idil.expects(*BOOKED)
    if world.language != "sv":
        world.stage("tolkbokningen bekräftar tolken till samtalet")
        await arrange_call_interpreter(await world.staff("Tolkbokning"))
    johan = await world.staff("Kundtjänst")
    await is_waiting_for(johan, idil, "Ring upp på den tid som personen valde")
    world.stage("kundtjänst ringer den timmen, med tolk om det behövs")


STORY = Story(
    "call-time",
    "somebody asks when one may come without a time, and chooses an hour to be rung in",
    call_time,
    channels=("sms",),
)
