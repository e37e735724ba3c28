"""Somebody may comment before she is refused: she rings and does, it is weighed, and a human tells her, interpreted.

The texts say only that there is something to read, and by when; then that there is something new; then the new time and
the important day.
"""

from bot.conversation.notices.comment_asked import TO_READ
from bot.conversation.notices.important_day import NEW_TIME_PRELIMINARY
from bot.conversation.notices.something_new import HEAR, NEW_LINES, READ_HERE
from bot.flows.first_meeting import PRELIMINARY
from bot.stories import Story
from bot.stories.desk import confirm_interpreter, give_code, open_case, record_told, write_note
from bot.stories.world import Staff, StoryError, World

HELLO = {
    "sv": "hej jag behöver hjälp med pengar. pratar arabiska",
    "en": "hello, I need help with money",
    "ar": "السلام عليكم، احتاج مساعدة مالية",
    "so": "salaan, waxaan u baahanahay caawimaad lacag ah",
    "uk": "добрий день, мені потрібна допомога з грошима",
}
SPEAKS = {"sv": "ar"}
READ = {"sv": "LÄS", "en": "READ", "ar": "قراءة", "so": "AKHRI", "uk": "ЧИТАТИ"}
FOUND = "Försäkringskassan har betalat ut 9 200 kr till personen i november."


async def refusal(world: World) -> None:
    layla = world.applicant("Layla", "+46701740611")
    await layla.begins(**HELLO)
    await layla.chooses("Book")
    await layla.picks_first()
    await layla.expects(PRELIMINARY)
    elin = await world.staff("Tolkbokning")
    await confirm_interpreter(elin, SPEAKS.get(world.language, world.language), layla.hour)

    await world.until(1, 12, 12, 10)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, layla)
    await write_note(maria, case)
    code = await give_code(maria, case)
    await layla.expects(NEW_LINES)
    world.stage("registret säger något annat än ansökan: personen får yttra sig innan det beslutas")
    await let_comment(maria, case, by="2026-12-04")
    await layla.expects(TO_READ)
    await layla.says(**READ)
    await layla.expects(READ_HERE)
    await world.reads_with_code(code)

    await world.until(2, 12, 9)
    world.stage("personen ringer, med tolk, och handläggaren skriver in vad hon säger")
    await write_comment(maria, case, "Pengarna var för oktober, och är slut.")

    await world.until(2, 12, 10)
    world.stage("handläggaren väger in det och skriver under ett avslag, med ny tid")
    await refuse_after_comment(maria, case)
    await layla.expects(HEAR.text)
    await layla.chooses("Ring me, with interpreter")
    await layla.expects("We ring you {time}, with an interpreter.")

    await world.until(2, 12, 12, 30)
    world.stage("handläggaren ringer med tolk: varför, hur man överklagar och till när")
    await record_told(maria, case)
    await layla.expects(NEW_TIME_PRELIMINARY)


async def let_comment(desk: Staff, case: str, *, by: str) -> None:
    """She may read what was found out, and comment by a day; until then it is not decided."""
    await desk.opens(f"{case}/decision")
    page = await desk.sends("/comments", found_out=FOUND, until=by)
    if "Inget svar än" not in page.text:
        raise StoryError(f"she may not comment:\n{page.text}")


async def write_comment(desk: Staff, case: str, words: str) -> None:
    """What she said on the telephone."""
    await desk.opens(f"{case}/decision")
    await desk.sends("/comments/answer", how="telephone", answer=words, speaks="no")


async def refuse_after_comment(desk: Staff, case: str) -> None:
    """A refusal on what she did not know and could comment on: what she said stands with it."""
    page = await desk.opens(f"{case}/decision")
    slot = page.soup.find("input", attrs={"name": "slot", "value": True})
    if slot is None:
        raise StoryError(f"no new time:\n{page.text}")
    await desk.sends(
        "/decision/preview",
        kind="avslag",
        month="2026-12",
        kronor="",
        reasons="enough-means",
        facts="unknown",
        slot=str(slot["value"]),
    )
    await desk.sends("/decision")
    page = await desk.opens(f"{case}/decision")
    if "Pengarna var för oktober" not in page.text:
        raise StoryError(f"what she said does not stand with it:\n{page.text}")


STORY = Story(
    "refusal",
    "a comment before, a refusal after, told by a human with an interpreter, and a new time",
    refusal,
    channels=("sms",),
)
