"""Somebody without a smartphone or credit on it asks by SMS, meets, is refused, and hears it by telephone, interpreted.

She saves her texts: three for a time, one for how she wants to hear what is new. Silence changes nothing; after the
call the new time and the important day stand in a text, and a week before that day she is asked once more.
"""

from bot.conversation.notices.important_day import NEW_TIME_PRELIMINARY, SOON_IMPORTANT_DAY
from bot.conversation.notices.something_new import HEAR
from bot.conversation.putting import REMINDER, REMINDER_EVENING
from bot.flows.first_meeting import PRELIMINARY
from bot.stories import Story
from bot.stories.desk import (
    arrange_call_interpreter,
    confirm_interpreter,
    is_waiting_for,
    open_case,
    record_told,
    refuse,
    write_note,
)
from bot.stories.world import World

HELLO = {
    "sv": "hej jag behöver hjälp, pengarna är slut. pratar tigrinja",
    "en": "hello, I need help, my money is finished",
    "ar": "السلام عليكم، احتاج مساعدة، لم يبق عندي مال",
    "so": "salaan, waxaan u baahanahay caawimaad, lacagtii way iga dhammaatay",
    "uk": "добрий день, мені потрібна допомога, у мене закінчилися гроші",
}
SPEAKS = {"sv": "ti"}
"""Who writes Swedish here has had it written for her, and speaks Tigrinya."""


async def no_web(world: World) -> None:
    selam = world.applicant("Selam", "+46701740607")
    await selam.begins(**HELLO)
    await selam.chooses("Book")
    await selam.picks_first()
    await selam.expects(PRELIMINARY)
    if selam.channel == "telegram":
        # At the library's computer an answer costs nothing.
        await selam.chooses("No")
        await selam.chooses("At the meeting")
        await selam.gives_number()
    world.stage("sökanden har inte pengar på kortet och svarar inte mer i dag")

    language = SPEAKS.get(world.language, world.language)
    elin = await world.staff("Tolkbokning")
    world.stage("tolkbokningen bekräftar tolken")
    await confirm_interpreter(elin, language, selam.hour)
    await selam.expects("The interpreter is ready. See you {time}.")
    await world.until(1, 12, 8, 1)
    await selam.expects(REMINDER)

    await world.until(1, 12, 10)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, selam)
    world.stage("sökanden kom; handläggaren skriver sin anteckning")
    await write_note(maria, case)
    world.stage("handläggaren skriver under ett avslag, med ny tid")
    await refuse(maria, case)
    await selam.expects(HEAR.text)
    await world.until(1, 12, 10, 20)
    await selam.chooses("Ring me, with interpreter")
    await selam.expects("We ring you {time}, with an interpreter.")

    elin = await world.staff("Tolkbokning")
    world.stage("tolkbokningen ordnar en telefontolk till samtalet")
    await arrange_call_interpreter(elin)
    await world.until(1, 12, 13, 1)
    world.stage("handläggaren ringer med tolk och läser beslutet: varför, hur man överklagar och till när")
    await record_told(maria, case)
    await selam.expects(NEW_TIME_PRELIMINARY)
    elin = await world.staff("Tolkbokning")
    world.stage("tolkbokningen bekräftar tolken till den nya tiden")
    await confirm_interpreter(elin, language)
    await selam.expects("The interpreter is ready. See you {time}.")

    await world.until(1, 12, 18, 1)  # a meeting at 8 is reminded of now, any later one in the morning
    await world.until(2, 12, 8, 1)
    await selam.expects(REMINDER, REMINDER_EVENING)
    await world.until(15, 12, 9, 1)
    await selam.expects(SOON_IMPORTANT_DAY)
    await world.until(15, 12, 9, 10)
    await selam.chooses("Yes")
    await selam.expects("A person rings you, with an interpreter if you want.")
    johan = await world.staff("Kundtjänst")
    await is_waiting_for(johan, selam, "Vill ha hjälp före den viktiga dagen")
    world.stage("kundtjänst ser det och ringer, med tolk")


STORY = Story(
    "no-web",
    "somebody without smartphone or credit is refused, hears it by telephone with an interpreter, and gets help",
    no_web,
    channels=("sms", "telegram"),
)
