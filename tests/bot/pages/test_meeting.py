"""Her time in her own calendar: from the chat and from the secure page, and for nobody else."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import asyncio
import re

import icalendar
from httpx2 import AsyncClient, Response

from bot.together import Running
from tests.bot.channels.test_web import presses, says, visitor  # noqa: F401  # fixtures
from tests.bot.pages.test_secure import case
from tests.bot.site import alone, site  # noqa: F401  # fixtures

WHERE = "/chat/trelleborg/meeting.ics"


async def booked(visitor: AsyncClient) -> Response:
    """The first of the times that are offered."""
    await presses(visitor, await says(visitor, "hej, jag behöver hjälp", language="sv"), "Boka möte")
    shown = await waits_for(visitor, r'<form class="choices.*?name="choice" value="4".*?</form>')
    form = re.search(r'<form class="choices.*?</form>', shown.text, re.DOTALL)
    assert form
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', form[0]))
    await visitor.post("/chat/trelleborg/say", data={**fields, "choice": "1"})
    return await waits_for(visitor, "timecard")


async def waits_for(visitor: AsyncClient, pattern: str) -> Response:
    """The chat, once this stands there."""
    async with asyncio.timeout(20):
        while True:
            shown = await visitor.get("/chat/trelleborg")
            if re.search(pattern, shown.text, re.DOTALL):
                return shown
            await asyncio.sleep(0.1)


async def test_who_has_a_time_in_the_chat_takes_it_along_and_nobody_else_does(
    site: Running, visitor: AsyncClient
) -> None:
    nobody = await visitor.get(WHERE)
    assert nobody.headers["content-type"].startswith("text/html")
    shown = await booked(visitor)
    assert f'href="{WHERE}"' in shown.text
    assert re.search(r'href="https://www\.openstreetmap\.org/\S+" target="_blank" rel="noopener', shown.text)
    assert "Exempeltorget" in shown.text
    answer = await visitor.get(WHERE)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "private, no-store"
    (event,) = icalendar.Calendar.from_ical(answer.text).events
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Möte", "Exempelgatan 4")
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False) as other:
        assert (await other.get(WHERE)).headers["content-type"].startswith("text/html")


async def test_the_card_has_the_day_by_her_calendar_in_brackets(visitor: AsyncClient) -> None:
    await says(visitor, "persisk kalender", language="sv")
    shown = await booked(visitor)
    assert re.search(r'timecard__day">\w+ \d+ \w+ <span class="timecard__also">\(\d+ [A-Z]\w+\)</span>', shown.text)


async def test_on_the_secure_page_it_needs_the_right_to_read(site: Running) -> None:
    amal = await case(site)
    await amal.is_refused(told=True)
    code = await amal.code()
    async with AsyncClient(base_url=site.address, follow_redirects=True, trust_env=False) as reader:
        assert (await reader.get("/s/meeting.ics")).headers["content-type"].startswith("text/html")
        await reader.post("/s/", data={"municipality": "trelleborg", "code": code})
        answer = await reader.get("/s/meeting.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(answer.text).events
    assert str(event["SUMMARY"]) == "Möte"
    assert amal.language not in str(event["UID"]).split("@")
