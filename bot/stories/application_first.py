"""Someone who has just lost a job applies first, on the web or by SMS; then meets, is refused, and hears it by phone.

On the web the form comes by section and a telephone is given, which is confirmed by a reply there and nothing else.
In between a question has an approved answer, which is not enough: a human takes over, answers, and hands back.
"""

from collections.abc import Mapping

from bot.conversation.notices.something_new import HEAR
from bot.conversation.putting import REMINDER
from bot.stories import Story
from bot.stories.desk import answer_and_hand_back, confirm_interpreter, open_case, record_told, refuse, write_note
from bot.stories.world import World

HELLO = {
    "sv": "blev av med jobbet, har inga pengar",
    "en": "I lost my job and I have no money",
    "ar": "فقدت عملي ولا يوجد عندي مال",
    "so": "shaqadii waan waayay, lacag ma haysto",
    "uk": "я втратив роботу, у мене немає грошей",
}
LIVED_ON = {
    "sv": "Lön till och med oktober.",
    "en": "Salary until the end of October.",
    "ar": "راتب حتى نهاية أكتوبر",
    "so": "Mushahar ilaa dhammaadka Oktoobar.",
    "uk": "Зарплата до кінця жовтня.",
}
QUESTION = {
    "sv": "Kan jag ta med en vän?",
    "en": "Can I bring a friend?",
    "ar": "هل يمكنني إحضار صديق؟",
    "so": "Ma keeni karaa saaxiib?",
    "uk": "Чи можу я взяти з собою друга?",
}
RENT = {"sv": "5 850:-", "en": "5850 kr", "ar": "٥٨٥٠", "so": "5850", "uk": "5 850 крон"}
PAY = {"sv": "4200", "en": "4,200", "ar": "4200", "so": "4200", "uk": "4200"}
FORM: Mapping[str, str | Mapping[str, str]] = {
    "applies_alone": "Yes",
    "month": "Next month",
    "stays_here": "Yes",
    "has_children": "No",
    "housing": "Rented flat",
    "housing_kronor": RENT,
    "rooms": dict.fromkeys(HELLO, "2"),
    "cost_kinds": "Electricity",
    "cost_kronor#electricity": dict.fromkeys(HELLO, "420"),
    "cost_period#electricity": "Each month",
    "cost_receipt#electricity": "Yes",
    "has_income": "Yes",
    "income_kinds": "Pay",
    "income_kronor#salary": PAY,
    "income_day#salary": dict.fromkeys(HELLO, "25"),
    "pending_benefits": "No",
    "asset_kinds": "None of these",
    "debt_kinds": "None of these",
    "planning": "I look for work",
    "work_steps": "Registered with Arbetsförmedlingen",
    "lived_on": LIVED_ON,
    "may_ask": "None of them",
}
ON_PAGES = {**FORM, "contact_by": "Text message"}
"""On the web nobody knows her number yet, and it is asked how she may be reached."""


async def application_first(world: World) -> None:
    await world.until(30, 11, 14, 30)
    kalle = world.applicant("Kalle", "+46701740606")
    await kalle.begins(**HELLO)
    await kalle.chooses("Apply")
    if kalle.channel != "web":
        # By SMS and on Telegram that comes first: nothing personal is asked before the person has said who reads it.
        await kalle.chooses("No")
    await kalle.fills_in(ON_PAGES if kalle.channel == "web" else FORM)
    await kalle.attests()
    await kalle.expects("Decision: at the latest one working day after the meeting, when everything is in.")
    await kalle.picks_first()
    await kalle.chooses("No")
    kalle = await kalle.gives_number()

    await kalle.says(**QUESTION)
    await kalle.expects("Did that answer your question? If not, a person answers you.")
    await kalle.chooses("No")
    await kalle.expects("A person reads what you wrote and answers you.")
    johan = await world.staff("Kundtjänst")
    world.stage("kundtjänst tar över, svarar och lämnar tillbaka")
    await answer_and_hand_back(johan, kalle)
    await kalle.expects("The machine is back. Write if you need anything.")

    if world.language != "sv":
        elin = await world.staff("Tolkbokning")
        world.stage("tolkbokningen bekräftar tolken")
        await confirm_interpreter(elin, world.language, kalle.hour)
        await kalle.expects("The interpreter is ready. See you {time}.")
    await world.until(1, 12, 8, 1)
    await kalle.expects(REMINDER)

    await world.until(1, 12, 11)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, kalle)
    world.stage("mötet är hållet, handläggaren skriver sin anteckning")
    await write_note(maria, case)
    world.stage("handläggaren skriver under ett avslag, med ny tid")
    await refuse(maria, case)
    await kalle.expects(HEAR.text)
    await kalle.chooses("Ring me" if world.language == "sv" else "Ring me, with interpreter")
    await kalle.expects("We ring you {time}." if world.language == "sv" else "We ring you {time}, with an interpreter.")
    world.stage("handläggaren ringer och läser beslutet")
    await record_told(maria, case)
    await kalle.writes("STATUS")
    await kalle.expects("Step 5 of 5: we have answered you.")


STORY = Story(
    "application-first",
    "an application on the web or by SMS, then a meeting, a refusal and a new time",
    application_first,
)
