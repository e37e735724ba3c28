"""Somebody in danger agrees at the meeting on an everyday sentence, and writes it the evening after.

She is answered as anybody is. From then on nothing reaches the telephone: not the decision, not a reminder; whoever
writes from it learns nothing. Staff are told first of all, do what was agreed, see what was held, and say when she is
safe.
"""

from bot.conversation.notices.something_new import NEW_LINES
from bot.conversation.running import A_PERSON_READS
from bot.flows.first_meeting import PRELIMINARY
from bot.stories import Story
from bot.stories.desk import agree_on, confirm_interpreter, grant, is_alarmed, lift, open_case, write_note
from bot.stories.speaking import spoken
from bot.stories.world import StoryError, World

HELLO = {
    "sv": "hej jag behöver hjälp med pengar. pratar arabiska",
    "en": "hello, I need help with money",
    "ar": "السلام عليكم، احتاج مساعدة مالية",
    "so": "salaan, waxaan u baahanahay caawimaad lacag ah",
    "uk": "добрий день, мені потрібна допомога з грошима",
}
SPEAKS = {"sv": "ar"}
PHRASE = {
    "sv": "Kan du hälsa moster Karin från mig",
    "en": "Please greet aunt Karin from me",
    "ar": "سلّمي على خالتي كارين",
    "so": "Eeddaday Karin iiga salaan",
    "uk": "Передай тітці Карін вітання",
}
WRITTEN = {
    "sv": "hej! kan du halsa moster karin från mig, tack",
    "en": "please greet AUNT KARIN from me!",
    "ar": "السلام عليكم سلمي على خالتي كارين",
    "so": "eeddaday karin iiga salaan. mahadsanid",
    "uk": "передай тітці Карін вітання, дякую",
}
SOMEBODY = {
    "sv": "vad skriver du om",
    "en": "what are you writing about",
    "ar": "عن ماذا تكتبين",
    "so": "maxaad ka qoraysaa",
    "uk": "про що ти пишеш",
}
HOW_IS_IT_GOING = {"sv": "STATUS", "en": "STATUS", "ar": "الحالة", "so": "STATUS", "uk": "STATUS"}


async def agreed_phrase(world: World) -> None:
    nour = world.applicant("Nour", "+46701740609")
    await nour.begins(**HELLO)
    await nour.chooses("Book")
    await nour.picks_first()
    await nour.expects(PRELIMINARY)
    elin = await world.staff("Tolkbokning")
    await confirm_interpreter(elin, SPEAKS.get(world.language, world.language), nour.hour)

    await world.until(1, 12, 10)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, nour)
    await write_note(maria, case)
    world.stage("på mötet kommer de överens om en vardaglig mening, och om vad som händer när den skrivs")
    await agree_on(maria, case, spoken(PHRASE, world.language))
    await nour.expects(NEW_LINES)

    await world.until(1, 12, 19)
    await nour.says(**WRITTEN)
    await nour.expects(A_PERSON_READS)
    johan = await world.staff("Kundtjänst")
    await is_alarmed(johan, nour)
    world.stage("kundtjänst larmas överst i inkorgen, skriver inget, ringer inte, och gör det som är avtalat")
    world.stage("någon annan tar telefonen")
    await nour.says(**SOMEBODY)
    await nour.expects(A_PERSON_READS)
    await nour.says(**HOW_IS_IT_GOING)
    await nour.expects(A_PERSON_READS)

    await world.until(2, 12, 9)
    texts = len(world.twilio.sent_to(nour.number))
    await grant(maria, case, kronor="7485")
    world.stage("handläggaren skriver under ett bifall; inget går ut, meddelandet syns i ärendet")
    await world.until(3, 12, 9)
    if len(world.twilio.sent_to(nour.number)) != texts:
        raise StoryError("something reached the telephone")
    await lift(johan, case, "Det finns något nytt till dig")
    world.stage("kundtjänst har träffat henne, berättar själv, och låter automaten skriva igen")
    await nour.says(**HOW_IS_IT_GOING)
    await nour.expects("Step 5 of 5: we have answered you.")


STORY = Story(
    "agreed-phrase",
    "somebody in danger writes the sentence agreed at the meeting: texts stop, staff are alerted, nothing shows",
    agreed_phrase,
    channels=("sms",),
)
