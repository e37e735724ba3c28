"""Svedala's own caseworkers are away, and somebody meets Trelleborg's Ann in the hours that she works in Svedala."""

from bot.flows.first_meeting import PRELIMINARY
from bot.stories import Story
from bot.stories.desk import away, confirm_interpreter, open_case, write_note
from bot.stories.late import BOOKED, HELLO
from bot.stories.world import StoryError, World


async def svedala(world: World) -> None:
    world.stage("Lena och Omar i Svedala är på kurs; Ann från Trelleborg är i Svedala tisdag 13-16")
    anders = await world.staff("Kundtjänst", municipality="svedala")
    for name in ("Lena", "Omar"):
        await away(anders, name, "2026-11-30T08:00", "2026-12-01T17:00")

    sami = world.applicant("Sami", "+46701740622", municipality="svedala")
    await sami.begins(**HELLO)
    await sami.chooses("Book")
    await sami.picks_first()
    await sami.expects(PRELIMINARY, BOOKED)
    await sami.chooses("No")
    if world.language != "sv":
        petra = await world.staff("Tolkbokning", municipality="svedala")
        await confirm_interpreter(petra, world.language, sami.hour)
        await sami.expects("The interpreter is ready. See you {time}.")

    page = await anders.opens("/inbox/tomorrow?day=2026-12-01")
    if "Ann" not in page.text:
        raise StoryError(f"Ann meets nobody in Svedala:\n{page.text}")
    await world.until(1, 12, 15, 50)
    world.stage("Ann loggar in i Svedala, med kalendern hon har hemma i Trelleborg")
    ann = await world.staff("Ann", municipality="svedala")
    await write_note(ann, await open_case(ann, sami))


STORY = Story(
    "svedala",
    "a caseworker of Trelleborg meets somebody of Svedala in the hours that are lent there",
    svedala,
    channels=("sms",),
)
