"""Somebody applies for the next month on the page, where what he sent last stands: only his rent is new.

He shows who he is by a code from the counter, reads what he sent, marks the home, changes its cost and saves the rest
as it stands. The summary comes where he talks, and he confirms it there.
"""

from bot.conversation.notices.next_application import NEW_MONTH
from bot.conversation.putting import ATTESTED
from bot.flows.renewal import MAY_CHANGE
from bot.stories import Story
from bot.stories.browser import Browser, Form
from bot.stories.desk import give_code, reads_application, write_note
from bot.stories.renewal import has_met
from bot.stories.world import StoryError, World

PAGES = 8
"""More than there are."""
HOUSING = str(list(MAY_CHANGE).index("housing") + 1)
NEW: dict[str, dict[str, str]] = {
    "changed": {"f.stays_here": "1", "f.changed": HOUSING},
    "housing": {"f.housing_kronor": "6100"},
}
"""What he changes, by section; of the others nothing."""


async def renewal_on_page(world: World) -> None:
    kalle, maria, case = await has_met(world)
    world.stage("mötet är hållet, handläggaren skriver sin anteckning")
    await write_note(maria, case)

    await world.until(15, 12, 9, 31)
    await kalle.expects(NEW_MONTH.text)
    await kalle.says_yes()
    await maria.opens(f"{case}?reason=at-the-counter")
    code = await give_code(maria, case)
    world.stage("han får en kod vid disken, och läser på sidan det han skickade sist")
    await fills_in_on_page(world, code)
    world.stage("allt är ifyllt på sidan: hyran är ny, resten står som det stod")

    await kalle.expects(ATTESTED)
    await kalle.attests()
    await kalle.expects("Your application came in {time}. A caseworker reads it, and we write when something is new.")
    await reads_application(maria, case, "Återansökan för januari 2027", "6 100", "Barn Oförändrat")
    world.stage("handläggaren läser: hyran är 6 100 kr, resten oförändrat")


async def fills_in_on_page(world: World, code: str) -> None:
    """Section by section, until all of it is filled in."""
    browser = world.browser()
    page = await browser.get("/s/")
    form = next(form for form in page.forms() if "code" in form.fields)
    await browser.submit(form, {"code": code, "municipality": "trelleborg"})
    await browser.get("/s/renewal")
    for _ in range(PAGES):
        section = browser.page.url.rpartition("/")[2]
        if section == "renewal":
            break
        await world.minute()
        await browser.submit(_part(browser, section), NEW.get(section, {}))
    if browser.page.url != f"{world.address}/s/renewal" or not browser.page.soup.find(attrs={"role": "status"}):
        raise StoryError(f"it was not filled in:\n{browser.page.text}")
    await world.settled()


def _part(browser: Browser, section: str) -> Form:
    return next(form for form in browser.page.forms() if form.action.endswith(f"/s/renewal/{section}"))


STORY = Story(
    "renewal-on-page",
    "the next month on the page: what was sent last stands there, and only the rent is new",
    renewal_on_page,
    channels=("sms",),
)
