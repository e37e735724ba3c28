"""Somebody with an LMA card and no phone of her own writes from a friend's, and is shut out of nothing.

The phone is answered as one that others read: times, and where to turn. What is hers is said in the room and read with
a code from the counter. Her number is the Migration Agency's; that it is not a personal number stops nothing.
"""

from bot.conversation.notices.something_new import NEW_LINES
from bot.conversation.putting import REMINDER
from bot.flows.first_meeting import PRELIMINARY
from bot.flows.phone import ONLY_TIMES
from bot.stories import Story
from bot.stories.desk import (
    confirm_interpreter,
    fill_in,
    give_code,
    grant,
    open_case,
    reads_application,
    write_note,
    write_number,
)
from bot.stories.world import StoryError, World

HELLO = {
    "sv": "hej, jag lånar en väns telefon. jag behöver hjälp. pratar arabiska",
    "en": "hello, this is a friend's phone. I need help",
    "ar": "السلام عليكم، هذا هاتف صديقتي. احتاج مساعدة",
    "so": "salaan, taleefankan waa kan saaxiibtay. waxaan u baahanahay caawimaad",
    "uk": "добрий день, це телефон подруги. мені потрібна допомога",
}
SPEAKS = {"sv": "ar"}
NO_PAPERS = {
    "sv": "jag har inga papper, bara LMA-kort. får jag komma?",
    "en": "I have no papers, only an LMA card. May I come?",
    "ar": "ليس لدي أوراق، فقط بطاقة LMA. هل يمكنني الحضور؟",
    "so": "waraaqo ma haysto, kaarka LMA oo keliya. ma iman karaa?",
    "uk": "у мене немає документів, лише картка LMA. чи можна прийти?",
}
SECTIONS = {
    "household": {"applies_alone": "True", "month": "this", "stays_here": "True"},
    "children": {"has_children": "False"},
    "housing": {"housing": "lodger", "housing_kronor": "0", "rooms": "1", "home_persons": "3"},
    "costs": {"cost_kronor#medicine": "340"},
    "income": {"has_income": "False", "pending_benefits": "True", "pending_from": "Migrationsverket"},
    "assets": {"asset_kinds": "none", "debt_kinds": "none"},
    "planning": {"planning": "other", "plans": "Ett eget rum. Svenska.", "worked_last_year": "False"},
    "reaching": {"contact_by": "text", "may_ask": "none"},
}
LMA = "12-345678"


async def no_papers(world: World) -> None:
    rahel = world.applicant("Rahel", "+46701740614")
    await rahel.begins(**HELLO)
    await rahel.chooses("Book")
    await rahel.picks_first()
    await rahel.expects(PRELIMINARY)
    await rahel.chooses("No")
    await rahel.chooses("At the meeting")
    await rahel.chooses("Yes")
    await rahel.expects(ONLY_TIMES)
    await rahel.says(**NO_PAPERS)
    await rahel.expects("Come anyway. We talk first, and see together which papers are needed.")
    await rahel.chooses("Yes")
    elin = await world.staff("Tolkbokning")
    await confirm_interpreter(elin, SPEAKS.get(world.language, world.language), rahel.hour)

    await world.until(1, 12, 8, 10)
    await rahel.expects(REMINDER)
    world.stage("vännen är på jobbet med telefonen; sökanden kommer till disken före mötet")
    johan = await world.staff("Kundtjänst")
    case = await fill_in(johan, rahel, SECTIONS)

    await world.until(1, 12, 10)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, rahel)
    shown = await write_number(maria, case, LMA)
    if "Migrationsverket" not in shown:
        raise StoryError(f"nothing says whose matter an LMA card is:\n{shown}")
    await reads_application(maria, case, "Migrationsverket", "340 kr")
    await write_note(maria, case)
    code = await give_code(maria, case)
    world.stage("handläggaren beviljar medicinen")
    await grant(maria, case, kronor="340")
    await rahel.expects(NEW_LINES)
    world.stage("sökanden läser beslutet på biblioteket, med koden från disken")
    await world.reads_with_code(code)


STORY = Story(
    "no-papers",
    "somebody with an LMA card and a borrowed phone meets, is helped, and reads the decision with a code",
    no_papers,
    channels=("sms",),
)
