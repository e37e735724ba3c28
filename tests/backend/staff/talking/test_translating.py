"""A machine's translation on the pages: asked for, marked, beside the original, logged; and nothing waits for it."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import uuid4

import pytest
from sqlmodel import select

from backend import tasks
from backend.audit import Access
from backend.contract import NoticeKind, StaffMessage, WriteComment
from backend.decisions import codes, comments, written
from backend.translating.models import MachineTranslation
from tests.backend.staff.case.test_cases import case, met
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import JOHAN, Applicant
from tests.backend.translating.servers import Service, running

ASKS, IN_SWEDISH = "هل يمكنني إحضار الأطفال؟", "Kan jag ta med barnen?"
ANSWERS, IN_ARABIC = "Ja, ta gärna med barnen.", "نعم، أحضر الأطفال."


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with running(Service(says={ASKS: IN_SWEDISH, ANSWERS: IN_ARABIC})) as found:
        yield found


@pytest.fixture
def environ(environ: dict[str, str], service: Service) -> dict[str, str]:
    return {**environ, "IMORGON_LIBRETRANSLATE_URL_TRELLEBORG": service.address}


def thread(applicant: Applicant) -> str:
    return f"/inbox/threads/{applicant.thread}"


async def reasons(office: Office, applicant: Applicant) -> list[str]:
    async with office.database.transaction() as session:
        rows = await session.exec(select(Access.why).where(Access.person == applicant.person))
        return [why.partition(". ")[2] for why in rows.all()]


async def test_a_message_is_translated_when_asked_marked_kept_and_logged(
    office: Office, johan: Desk, service: Service
) -> None:
    amal = await office.asks_for_a_human(words=ASKS)
    page = await johan.opens(thread(amal))
    assert service.sent == []
    (ask,) = page.actions("/translation")
    page = await johan.presses(ask)
    assert IN_SWEDISH in page.text
    assert ASKS in page.text
    assert "Maskinöversatt, kan vara fel (LibreTranslate 9.58)" in page.text
    assert service.sent == [{"q": ASKS, "source": "ar", "target": "sv", "format": "text"}]
    assert "Lät LibreTranslate översätta ett meddelande från arabiska" in await reasons(office, amal)
    assert page.actions("/translation") == []
    await johan.presses(ask)
    assert len(service.sent) == 1
    async with office.database.transaction() as session:
        (row,) = (await session.exec(select(MachineTranslation))).all()
    assert IN_SWEDISH.encode() not in row.words


async def test_money_decisions_and_what_comes_back_about_them_are_for_a_human(
    office: Office, johan: Desk, service: Service
) -> None:
    amal = await office.asks_for_a_human(words="أحتاج ١٢٠٠ كرون")
    (ask,) = (await johan.opens(thread(amal))).actions("/translation")
    page = await johan.presses(ask)
    assert "Där står en summa. Det översätter ingen maskin." in page.text
    assert service.sent == []
    kim = await office.asks_for_a_human(words=ASKS)
    service.says[ASKS] = "Har jag fått avslag?"
    (ask,) = (await johan.opens(thread(kim))).actions("/translation")
    page = await johan.presses(ask)
    assert "Det handlar om ett beslut." in page.text
    assert "avslag" not in page.text
    for _ in range(2):
        page = await johan.presses(page.actions("/interpreter")[0])
    assert "ringa upp med tolk" in page.text
    async with office.database.transaction() as session:
        found = [one.reason for one in await tasks.waiting(session, kim.person)]
    assert found.count(tasks.ASK_INTERPRETER) == 1


async def test_a_service_that_is_away_stops_neither_reading_nor_writing(
    office: Office, johan: Desk, service: Service
) -> None:
    amal = await office.asks_for_a_human(words=ASKS)
    service.hangs = True
    (ask,) = (await johan.opens(thread(amal))).actions("/translation")
    page = await johan.presses(ask)
    assert page.status == 200
    assert "Översättningen svarar inte." in page.text
    assert ASKS in page.text
    page = await johan.presses(f"{thread(amal)}/preview", {"words": ANSWERS, "how": "machine"})
    assert page.status == 503
    assert ANSWERS in page.within('id="words"', "</textarea>")
    assert (await johan.presses(f"{thread(amal)}/messages", {"words": ANSWERS})).status == 200
    assert len(await office.told(NoticeKind.STAFF_MESSAGE)) == 1


async def test_own_words_are_sent_translated_only_with_the_original_and_marked(
    office: Office, johan: Desk, service: Service
) -> None:
    amal = await office.asks_for_a_human(words=ASKS)
    page = await johan.presses(f"{thread(amal)}/preview", {"words": ANSWERS, "how": "machine"})
    assert "märkt som maskinöversatt" in page.text
    assert "2 sms" in page.text
    assert await office.told(NoticeKind.STAFF_MESSAGE) == []
    assert "Lät LibreTranslate översätta egna ord till arabiska" in await reasons(office, amal)
    sent = {"words": ANSWERS, "translation": page.inputs("translation")[0], "message": str(uuid4())}
    for _ in range(2):
        await johan.presses(f"{thread(amal)}/messages", sent)
    (notice,) = await office.told(NoticeKind.STAFF_MESSAGE)
    body = StaffMessage.model_validate(notice.body)
    assert body.text == f"ترجمة آلية، قد تكون خاطئة:\n{IN_ARABIC}\n\nكما كُتب بالسويدية:\n\u2068{ANSWERS}\u2069"
    assert body.swedish == ANSWERS
    page = await johan.presses(f"{thread(amal)}/messages", {**sent, "words": "Du får beslut.", "message": str(uuid4())})
    assert page.status == 422
    assert "Det handlar om ett beslut." in page.alert


async def test_a_language_it_lacks_is_said(office: Office, johan: Desk) -> None:
    hodan = await office.asks_for_a_human(words="Waan imanayaa", language="so")
    (ask,) = (await johan.opens(thread(hodan))).actions("/translation")
    assert "Det gick inte att översätta." in (await johan.presses(ask)).text


async def test_what_she_writes_of_a_decision_stands_beside_its_translation_and_is_read_before_it_is_signed(
    office: Office, maria: Desk, service: Service
) -> None:
    amal = await met(office, maria, complete="yes")
    page = await maria.presses(
        f"{case(amal)}/comments", {"found_out": "En insättning.", "until": date(2026, 12, 4).isoformat()}
    )
    assert "Har skrivit i samtalet" not in page.text
    office.backend.clock.advance(minutes=1)
    await office.writes(amal, 9, "مرحباً")
    grant = {"kind": "bifall", "month": "2026-12", "kronor": "4000"}
    async with office.database.transaction() as session:
        standing = await comments.standing(session, amal.person)
        assert standing is not None
        token = await codes.use(
            session, await codes.issue(session, office.backend.clock, JOHAN, amal.person), office.backend.clock()
        )
        assert token is not None
        said = WriteComment(comment=standing.id, language="ar", words=ASKS)
        await written.write(session, office.backend.clock, token.token, uuid4(), said)
    page = await maria.presses(f"{case(amal)}/decision", {**grant, "written": "0"})
    assert page.alert == "Personen har kommenterat medan du skrev. Läs det först, och visa beslutet igen."
    page = await maria.opens(f"{case(amal)}/decision")
    assert "På sidan på arabiska" in page.text
    assert "Har skrivit i samtalet efter att hen blev tillfrågad" in page.text
    (ask,) = page.actions("/translation")
    page = await maria.presses(ask)
    assert IN_SWEDISH in page.text
    assert ASKS in page.text
    assert "Lät LibreTranslate översätta personens yttrande" in await reasons(office, amal)
    page = await maria.presses(f"{case(amal)}/decision", {**grant, "written": "1"})
    assert page.location.endswith("?done=signed"), page.text
