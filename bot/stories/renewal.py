"""Somebody who applied for December is told when January opens, and applies again in a few messages; then for glasses.

Nothing has changed but one cost and one income, and so nothing else is asked: staff read the rest as unchanged.
"""

from collections.abc import Mapping

from bot.conversation.notices.next_application import NEW_MONTH
from bot.conversation.notices.something_new import HEAR
from bot.flows.renewal import CHANGED
from bot.stories import Story
from bot.stories.application_first import FORM, HELLO
from bot.stories.desk import confirm_interpreter, grant, open_case, reads_application, record_told, write_note
from bot.stories.world import Applicant, Staff, World

GLASSES = {
    "sv": "ansöka om glasögon",
    "en": "apply for glasses",
    "ar": "أريد تقديم طلب نظارة",
    "so": "muraayado codso",
    "uk": "подати заяву на окуляри",
}
WHEN = {"sv": "I januari.", "en": "In January.", "ar": "في يناير", "so": "Bisha Janaayo.", "uk": "У січні."}
WHY = {
    "sv": "Jag kan inte läsa utan.",
    "en": "I cannot read without them.",
    "ar": "لا أستطيع القراءة بدونها",
    "so": "La'aanteed wax ma akhrin karo.",
    "uk": "Без них я не можу читати.",
}
JANUARY: Mapping[str, str | Mapping[str, str]] = {
    "stays_here": "Yes",
    "changed": "Nothing",
    "cost_kinds": "Internet",
    "cost_kronor#internet": dict.fromkeys(HELLO, "299"),
    "cost_period#internet": "Each month",
    "cost_receipt#internet": "Yes",
    "has_income": "Yes",
    "income_kinds": "Pay",
    "income_kronor#salary": dict.fromkeys(HELLO, "2100"),
    "income_day#salary": dict.fromkeys(HELLO, "23"),
    "pending_benefits": "No",
    "planning": "I look for work",
    "work_steps": "Registered with Arbetsförmedlingen",
}
ONE_COST: Mapping[str, str | Mapping[str, str]] = {
    "single_cost": "Glasses",
    "cost_kronor": dict.fromkeys(HELLO, "1900"),
    "single_cost_when": WHEN,
    "single_cost_paper": "An estimate of the price",
    "single_cost_why": WHY,
}


async def has_met(world: World) -> tuple[Applicant, Staff, str]:
    """Kalle has applied for December and met Maria, who has his case open: the way to it."""
    await world.until(30, 11, 14, 30)
    kalle = world.applicant("Kalle", "+46701740606")
    await kalle.begins(**HELLO)
    await kalle.chooses("Apply")
    await kalle.chooses("No")
    await kalle.fills_in(FORM)
    await kalle.attests()
    await kalle.expects("Decision: at the latest one working day after the meeting, when everything is in.")
    await kalle.picks_first()
    await kalle.chooses("No")
    kalle = await kalle.gives_number()
    if world.language != "sv":
        elin = await world.staff("Tolkbokning")
        world.stage("tolkbokningen bekräftar tolken")
        await confirm_interpreter(elin, world.language, kalle.hour)

    await world.until(1, 12, 11)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, kalle)
    return kalle, maria, case


async def renewal(world: World) -> None:
    kalle, maria, case = await has_met(world)
    world.stage("mötet är hållet, handläggaren skriver sin anteckning och skriver under ett bifall för december")
    await write_note(maria, case)
    await grant(maria, case, kronor="7485")
    await kalle.expects(HEAR.text)
    await kalle.chooses("Ring me" if world.language == "sv" else "Ring me, with interpreter")
    world.stage("handläggaren ringer och berättar")
    await record_told(maria, case)

    await world.until(15, 12, 9, 31)
    await kalle.expects(NEW_MONTH.text)
    await kalle.says_yes()
    await kalle.fills_in({"stays_here": "Yes"})
    await kalle.expects(CHANGED.text)
    await kalle.fills_in({name: answer for name, answer in JANUARY.items() if name != "stays_here"})
    await kalle.attests()
    await kalle.expects("Your application came in {time}. A caseworker reads it, and we write when something is new.")
    shown = ("Återansökan för januari 2027", "Boende Oförändrat", "Bredband", "Lön")
    await reads_application(maria, case, *shown)
    world.stage("handläggaren läser: boende, barn och kontakt oförändrat; bredband och lön för månaden")

    await world.until(17, 12, 10)
    await kalle.says(**GLASSES)
    await kalle.fills_in(ONE_COST)
    await kalle.attests()
    await kalle.expects("Keep the paper. To send a picture of it, write PAPERS.")
    await reads_application(maria, case, "Tilläggsansökan för december 2026", "Glasögon", "kostnadsförslag finns")
    world.stage("handläggaren läser: glasögon, 1 900 kr, kostnadsförslag finns")


STORY = Story(
    "renewal",
    "the next month opens, nothing has changed but one cost and one income; then glasses",
    renewal,
    channels=("sms",),
)
