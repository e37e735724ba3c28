"""What the machine could not read: seen in the inbox in plain words, read, tried again or seen to by hand."""

from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from backend.contract import DeadLetter, HandOver, NoticeKind
from backend.tasks import Task
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import Applicant

UNREAD = "Ett meddelande kunde inte läsas av automaten"
LETTER = UUID("00000000-0000-4000-8000-0000000000dd")


def thread(applicant: Applicant) -> str:
    return f"/inbox/threads/{applicant.thread}"


async def dies(office: Office, *, letter: UUID | None = LETTER) -> Applicant:
    """The second thing she wrote could not be read."""
    amal = await office.bot.asks_for_help(office.backend.clock(), language="sv")
    await office.writes(amal, 1, "Hej, jag behöver hjälp")
    await office.writes(amal, 2, "Jag väntar barn i mars")
    call = HandOver(
        person=amal.person,
        thread=amal.thread,
        channel="sms",
        language="sv",
        at=office.backend.clock(),
        reason="dead-letter",
        telephone="+46701740612",
        about=letter,
        entry=2,
    )
    assert (await office.bot.put(f"handovers/{uuid4()}", call)).status_code == 204
    return amal


async def closed_because(office: Office) -> list[str | None]:
    async with office.database.transaction() as session:
        rows = await session.exec(select(Task.because, Task.done_at).where(Task.reason == "dead-letter"))
        return [because for because, done_at in rows.all() if done_at is not None]


async def test_it_stands_in_the_inbox_in_plain_words_and_can_be_read(office: Office, johan: Desk) -> None:
    amal = await dies(office)
    page = await johan.opens("/inbox?queue=waiting")
    assert UNREAD in page.text
    assert "Jag väntar barn" not in page.text
    assert any(link.startswith(thread(amal)) for link in page.links("/inbox/threads/"))
    page = await johan.opens(thread(amal))
    assert UNREAD in page.within('id="facts"', "</aside>")
    assert page.text.count("Automaten kunde inte läsa det här") == 1
    assert "Jag väntar barn i mars" in page.text


async def test_released_it_is_tried_again_once(office: Office, johan: Desk) -> None:
    amal = await dies(office)
    (release,) = (await johan.opens(thread(amal))).actions("/release")
    for _ in range(2):
        await johan.presses(release)
    (notice,) = await office.told(NoticeKind.DEAD_LETTER)
    assert DeadLetter.model_validate(notice.body) == DeadLetter(thread=amal.thread, letter=LETTER, again=True)
    assert await closed_because(office) == ["released"]
    page = await johan.opens(f"{thread(amal)}?reason=follow-up")
    assert "Automaten kunde inte läsa det här" not in page.text
    assert page.actions("/release") == []


@pytest.mark.parametrize("because", ["answered", "rung", "nothing"])
async def test_seen_to_by_hand_it_is_closed_with_a_reason(office: Office, johan: Desk, because: str) -> None:
    amal = await dies(office)
    (close, *_) = (await johan.opens(thread(amal))).actions("/close")
    assert (await johan.presses(close, {"because": because})).status in (200, 403)
    (notice,) = await office.told(NoticeKind.DEAD_LETTER)
    assert DeadLetter.model_validate(notice.body).again is False
    assert await closed_because(office) == [because]


async def test_without_a_reason_it_is_not_closed(office: Office, johan: Desk) -> None:
    amal = await dies(office)
    (close, *_) = (await johan.opens(thread(amal))).actions("/close")
    for wrong in ({}, {"because": "orkade inte"}):
        assert (await johan.presses(close, wrong)).status == 422
    assert await closed_because(office) == []
    assert await office.told(NoticeKind.DEAD_LETTER) == []


async def test_what_lies_sealed_and_not_with_the_bot_can_only_be_closed(office: Office, johan: Desk) -> None:
    amal = await dies(office, letter=None)
    page = await johan.opens(thread(amal))
    assert page.actions("/release") == []
    (close, *_) = page.actions("/close")
    task = close.split("/")[-2]
    assert (await johan.presses(f"{thread(amal)}/tasks/{task}/release")).status == 404
    await johan.presses(close, {"because": "rung"})
    assert await closed_because(office) == ["rung"]
    assert await office.told(NoticeKind.DEAD_LETTER) == []


async def test_another_task_is_no_dead_letter(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    (done,) = (await johan.opens(thread(amal))).actions("/done")
    assert (await johan.presses(done.replace("/done", "/release"))).status == 404
    assert (await johan.presses(done.replace("/done", "/close"), {"because": "rung"})).status == 404


async def test_two_dead_letters_are_two_tasks(office: Office, johan: Desk) -> None:
    amal = await dies(office)
    call = HandOver(
        person=amal.person,
        thread=amal.thread,
        channel="sms",
        language="sv",
        at=office.backend.clock(),
        reason="dead-letter",
        about=uuid4(),
        entry=1,
    )
    await office.bot.put(f"handovers/{uuid4()}", call)
    page = await johan.opens(thread(amal))
    assert len(page.actions("/release")) == 2
    assert page.text.count("Automaten kunde inte läsa det här") == 2
