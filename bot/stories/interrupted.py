"""Someone leaves the questions for the night; in the morning the reminder comes between, then a human; nothing is lost.

The notice that the interpreter is ready disturbs nothing. After the reminder, and when staff hand back, the question is
asked again in full before a word counts as its answer; what is written to a human answers no question of the form.
"""

from bot.conversation.putting import REMINDER
from bot.flows.application.home import HOUSING
from bot.flows.application.household import ALONE
from bot.stories import Story
from bot.stories.application_first import FORM, ON_PAGES
from bot.stories.desk import answer, confirm_interpreter, hand_back, take_over
from bot.stories.world import World

HELLO = {
    "sv": "hej, jag behöver hjälp med pengar till mat och hyra",
    "en": "hi, I need help with money for food and rent",
    "ar": "مرحبا، أحتاج مساعدة مالية للطعام والإيجار",
    "so": "salaan, waxaan u baahanahay caawimaad lacageed oo cunto iyo kiro ah",
    "uk": "вітаю, мені потрібна допомога з грошима на їжу та оренду",
}
RING = {"sv": "RING", "en": "CALL", "ar": "اتصلوا بي", "so": "WAC", "uk": "ДЗВІНОК"}
FIRST = {name: FORM[name] for name in ("applies_alone", "month", "stays_here", "has_children")}
REST = {name: answered for name, answered in FORM.items() if name not in FIRST}


async def interrupted(world: World) -> None:
    await world.until(30, 11, 14, 30)
    sami = world.applicant("Sami", "+46701740607")
    pages = sami.channel == "web"
    await sami.begins(**HELLO)
    await sami.chooses("Book")
    await sami.picks_first()
    await sami.chooses("No")
    await sami.chooses("Now")
    if not pages:
        await sami.chooses("No")
        await sami.fills_in(FIRST)
    asked = ALONE.text if pages else HOUSING.text
    await sami.expects(asked)
    if world.language != "sv":
        elin = await world.staff("Tolkbokning")
        world.stage("tolkbokningen bekräftar tolken")
        await confirm_interpreter(elin, world.language, sami.hour)
        await sami.expects("The interpreter is ready. See you {time}.")

    await world.until(1, 12, 8, 1)
    await sami.expects(REMINDER)
    await world.minute()
    await sami.says_yes()
    await sami.expects(asked)

    await sami.says(**RING)
    await sami.expects("A person will answer you here or ring you. The machine helps you meanwhile.")
    johan = await world.staff("Kundtjänst")
    world.stage("kundtjänst tar över mitt i frågorna")
    thread = await take_over(johan, sami, because="Vill prata med en människa")
    await sami.says_yes()
    await answer(johan, thread)
    world.stage("kundtjänst lämnar tillbaka")
    await hand_back(johan, thread)
    await sami.expects(asked)

    await sami.fills_in(ON_PAGES if pages else REST)
    await sami.attests()
    await sami.expects("Decision: at the latest one working day after the meeting, when everything is in.")


STORY = Story("interrupted", "a reminder and then a human come in the middle of the questions", interrupted)
