"""Someone understands nothing, is afraid, and falls silent; is asked if she wants to go on; at last a human looks.

Three answers in a row that nobody understood: a person is offered. On the second, fifth and tenth day after her last
word a neutral text asks once; any word goes on with the question in full. On the thirtieth day it is a task for staff:
nothing closes by itself. A page in a browser reaches nobody, so there she is only shown to staff.
"""

from bot.answers import answers
from bot.conversation.putting import HUMAN, NUDGE
from bot.flows.application.household import MONTH
from bot.flows.welcome import WANT
from bot.stories import Story
from bot.stories.desk import answer, hand_back, take_over
from bot.stories.world import World

HELLO = {
    "sv": "hej, jag har inga pengar kvar",
    "en": "hello, I have no money left",
    "ar": "مرحبا، لم يبق عندي مال",
    "so": "salaan, lacag iima harin",
    "uk": "вітаю, у мене не залишилося грошей",
}
NO_ANSWERS = (
    {
        "sv": "jag orkar inte tänka på det",
        "en": "I cannot think about it",
        "ar": "هذا كله صعب علي",
        "so": "kama fikiri karo arrintaas",
        "uk": "все це заважко для мене",
    },
    {
        "sv": "det är så mycket just nu",
        "en": "it is all too much right now",
        "ar": "الأمور كثيرة علي الآن",
        "so": "wax badan baa igu soo urursan hadda",
        "uk": "зараз усього так багато",
    },
    {
        "sv": "min syster brukar skriva sådant åt mig",
        "en": "my sister usually writes these things for me",
        "ar": "أختي تكتب لي هذه الأشياء عادة",
        "so": "walaashay ayaa badanaa ii qorta waxyaabahan",
        "uk": "зазвичай таке за мене пише сестра",
    },
)
AFRAID = {
    "sv": "tar ni mina barn?",
    "en": "will you take my children?",
    "ar": "هل ستأخذون أطفالي؟",
    "so": "ma iga qaadaysaan carruurtayda?",
    "uk": "ви заберете моїх дітей?",
}
HERE = {
    "sv": "hej, här är jag",
    "en": "hi, here I am",
    "ar": "مرحبا، أنا هنا",
    "so": "salaan, halkan ayaan joogaa",
    "uk": "вітаю, я тут",
}


async def lost(world: World) -> None:
    nadia = world.applicant("Nadia", "+46701740608")
    reached = nadia.channel != "web"
    await nadia.begins(**HELLO)
    await nadia.expects(WANT.text)
    await nadia.chooses("Apply")
    if reached:
        await nadia.chooses("No")
    for words in NO_ANSWERS:
        await nadia.says(**words)
    await nadia.expects(HUMAN.text)
    await nadia.chooses("No")
    await nadia.says(**AFRAID)
    await nadia.expects(answers()["take-children"].text)
    await nadia.says_yes()
    await nadia.expects(MONTH.text)

    await world.until(2, 12, 18)
    if reached:
        await nadia.expects(NUDGE.text)
    await nadia.says(**HERE)
    await nadia.expects(MONTH.text)

    for day in (4, 7, 12):
        await world.until(day, 12, 19)
        if reached:
            await nadia.expects(NUDGE.text)
    await world.until(4, 1, 9)
    johan = await world.staff("Kundtjänst")
    world.stage("kundtjänst ser att hon har varit tyst i 30 dagar, och bestämmer sig för att skriva")
    thread = await take_over(johan, nadia, because="Tyst i 30 dagar: ta ställning")
    await answer(johan, thread)
    await hand_back(johan, thread)
    await nadia.expects(MONTH.text)


STORY = Story("lost", "three misses, fear, a long silence, three nudges, and a human who decides", lost)
