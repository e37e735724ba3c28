"""Somebody is granted a part of what she applied for, reads it with a code, and is told the day it is paid, once.

The bank moves the day: she is told the new one. No text says of what, or how much.
"""

from bot.conversation.notices.pay_day import ANOTHER_DAY, THE_DAY
from bot.conversation.notices.something_new import HEAR, NEW_LINES, READ_HERE
from bot.flows.first_meeting import PRELIMINARY
from bot.stories import Story
from bot.stories.desk import confirm_interpreter, give_code, open_case, write_note
from bot.stories.world import Staff, StoryError, World

HELLO = {
    "sv": "hej jag behöver hjälp, har inga pengar. pratar arabiska",
    "en": "hello, I need help, I have no money",
    "ar": "السلام عليكم، احتاج مساعدة، لا يوجد عندي مال",
    "so": "salaan, waxaan u baahanahay caawimaad, lacag ma haysto",
    "uk": "добрий день, мені потрібна допомога, у мене немає грошей",
}
SPEAKS = {"sv": "ar"}


async def decision(world: World) -> None:
    rana = world.applicant("Rana", "+46701740610")
    await rana.begins(**HELLO)
    await rana.chooses("Book")
    await rana.picks_first()
    await rana.expects(PRELIMINARY)
    elin = await world.staff("Tolkbokning")
    await confirm_interpreter(elin, SPEAKS.get(world.language, world.language), rana.hour)

    await world.until(1, 12, 12, 10)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, rana)
    world.stage("mötet är hållet, handläggaren skriver sin anteckning och ger en kod")
    await write_note(maria, case)
    code = await give_code(maria, case)
    await rana.expects(NEW_LINES)

    await world.until(1, 12, 14)
    world.stage("handläggaren skriver under ett delavslag: en del beviljas, resten avslås")
    await grant_in_part(maria, case)
    await rana.expects(HEAR.text)
    await rana.chooses("I read it")
    await rana.expects(READ_HERE)
    await world.reads_with_code(code)

    await world.until(2, 12, 10)
    world.stage("banken har bekräftat dagen; handläggaren antecknar utbetalningen")
    await pay(maria, case, kronor="7485", on="2026-12-04")
    await rana.expects(THE_DAY)
    await world.until(3, 12, 10)
    world.stage("banken flyttar dagen")
    await pays_another_day(maria, case, on="2026-12-07")
    await rana.expects(ANOTHER_DAY)


async def grant_in_part(desk: Staff, case: str) -> None:
    """A grant in part: see how it reads, then sign."""
    await desk.opens(f"{case}/decision")
    await desk.sends(
        "/decision/preview",
        kind="delavslag",
        month="2026-12",
        kronor="7485",
        reasons="cost-too-high",
        facts="known",
    )
    page = await desk.sends("/decision")
    if "underskrivet" not in page.text:
        raise StoryError(f"it is not signed:\n{page.text}")


async def pay(desk: Staff, case: str, *, kronor: str, on: str) -> None:
    """A payment of the latest decision."""
    await desk.opens(f"{case}/decision")
    await desk.sends("/payments", paid=kronor, paid_on=on)


async def pays_another_day(desk: Staff, case: str, *, on: str) -> None:
    """The payment comes another day."""
    await desk.opens(f"{case}/decision")
    await desk.sends("/payments/move", paid_on=on)


STORY = Story(
    "decision",
    "a grant in part, read with a code; the day it is paid is told, and told anew when it moves",
    decision,
    channels=("sms",),
)
