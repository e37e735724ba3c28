"""The box of the case page that says two are one, and that they are two after all."""

import re

from backend.contract import NoticeKind
from tests.backend.staff.case.test_cases import case
from tests.backend.staff.desks import Desk, Office


async def test_two_are_made_one_on_the_page_and_two_again(office: Office, maria: Desk) -> None:
    amal, other = [await office.bot.asks_for_help(office.backend.clock(), words=f"ord {n}") for n in range(2)]
    await maria.opens(f"{case(amal)}?reason=follow-up")
    page = await maria.opens(case(amal))
    assert f'value="{other.person}"' in page.source
    page = await maria.presses(f"{case(amal)}/merge/find", {"sought": "Kim"})
    assert "Ingen träff" in page.text
    page = await maria.presses(f"{case(amal)}/merge/find", {"sought": "0612"})
    assert f'<option value="{other.person}">' in page.source
    page = await maria.presses(f"{case(amal)}/merge", {"other": str(other.person)})
    assert page.location.endswith("?done=merged"), page.text
    assert "Maria" in page.within('aria-labelledby="same"', "</section>")
    listed = await maria.opens("/inbox/cases")
    assert len(set(listed.links("/inbox/cases/"))) == 1

    (merged,) = page.inputs("merged")
    third = await office.bot.asks_for_help(office.backend.clock(), words="ord 3")
    assert (await maria.presses(f"{case(third)}/part", {"merged": merged})).status == 404
    page = await maria.presses(f"{case(amal)}/part", {"merged": merged})
    assert page.location.endswith("?done=parted"), page.text
    assert page.inputs("merged") == []
    assert len(set((await maria.opens("/inbox/cases")).links("/inbox/cases/"))) == 3
    assert len(await office.told(NoticeKind.PERSONS_MERGED)) == len(await office.told(NoticeKind.PERSONS_PARTED)) == 1
    again = await maria.presses(f"{case(amal)}/part", {"merged": merged})
    assert again.status == 404

    looked = await maria.opens(f"{case(amal)}/looked")
    assert re.search(r"Maria.*Samma person, eller inte", looked.text)


async def test_customer_service_sees_no_such_box_and_may_not_press_it(office: Office, johan: Desk) -> None:
    amal, other = [await office.asks_for_a_human() for _ in range(2)]
    page = await johan.opens(case(amal))
    assert page.actions("/merge") == []
    assert (await johan.presses(f"{case(amal)}/merge", {"other": str(other.person)})).status == 403
