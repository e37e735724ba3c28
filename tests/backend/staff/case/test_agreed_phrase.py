"""A phrase agreed on with somebody: written down once and never shown; and the desk from when she writes it until she
is safe."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.contract import AgreedPhrase, AskForGrant, HandOver, Held, NoticeKind, phrase_digest, phrase_words
from tests.backend.staff.case.test_cases import case
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import TELEPHONE, Applicant
from tests.planted import Heard, hearing

PHRASE = "Hälsa moster Karin från mig"
WRITTEN = "Den avtalade meningen har skrivits. Ring inte och skriv inte. Gör det ni kom överens om."


async def agrees(office: Office, desk: Desk, phrase: str = PHRASE) -> Applicant:
    amal = await office.asks_for_a_human()
    await desk.opens(f"{case(amal)}?reason=meeting")
    page = await desk.presses(f"{case(amal)}/phrase", {"phrase": phrase})
    assert page.location.endswith("?done=agreed"), page.text
    return amal


async def writes_it(office: Office, applicant: Applicant) -> None:
    call = HandOver(
        person=applicant.person,
        thread=applicant.thread,
        channel="sms",
        language=applicant.language,
        at=office.backend.clock(),
        reason="agreed-phrase",
        telephone=TELEPHONE,
    )
    assert (await office.bot.put(f"handovers/{uuid4()}", call)).status_code == 204


async def everything(office: Office) -> str:
    """Every value of every table of the backend, as text; bytes as they lie there, opened where they are sealed."""
    found = []
    async with office.database.transaction() as session:
        connection = await session.connection()
        tables = await connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
        for table in tables.scalars().all():
            found += [repr(tuple(row)) for row in (await connection.execute(text(f'select * from "{table}"'))).all()]
    found += [repr(one) for kind in NoticeKind for one in await office.told(kind)]
    return "\n".join(found)


async def test_it_is_told_as_a_digest_and_shown_never_again(office: Office, maria: Desk) -> None:
    amal = await agrees(office, maria)
    page = await maria.opens(case(amal))
    box = page.within('aria-labelledby="agreed-phrase"', "</section>")
    assert "Avtalad måndag 30 november av Maria." in box
    (notice,) = await office.told(NoticeKind.AGREED_PHRASE)
    kept = AgreedPhrase.model_validate(notice.body).phrase
    assert kept is not None
    assert phrase_digest(phrase_words("hälsa MOSTER Karin, från mig!"), bytes.fromhex(kept.salt)).hex() == kept.digest
    assert kept.letters == 23
    looked = await maria.opens(f"{case(amal)}/looked")
    assert "En mening är avtalad" in looked.text
    for place in (page.source, looked.source, await everything(office)):
        assert "moster" not in place.casefold()


async def test_what_will_not_do_is_said_and_not_repeated(office: Office, maria: Desk) -> None:
    amal = await office.asks_for_a_human()
    await maria.opens(f"{case(amal)}?reason=meeting")
    page = await maria.presses(f"{case(amal)}/phrase", {"phrase": "Zebran sover"})
    assert (page.status, page.alert) == (422, "Välj en hel mening med minst tre ord, utöver hej och tack.")
    assert "zebran" not in page.source.casefold()
    assert (await maria.presses(f"{case(amal)}/phrase", {"phrase": "jag vill prata med en människa"})).status == 422
    assert (await maria.presses(f"{case(amal)}/phrase", {})).status == 422
    assert await office.told(NoticeKind.AGREED_PHRASE) == []


async def test_another_one_takes_its_place_and_it_can_be_taken_back(office: Office, maria: Desk) -> None:
    amal = await agrees(office, maria)
    await maria.presses(f"{case(amal)}/phrase", {"phrase": "kaffet är slut hemma"})
    page = await maria.presses(f"{case(amal)}/phrase/forget")
    assert page.location.endswith("?done=forgotten")
    assert page.actions("/phrase/forget") == []
    told = [AgreedPhrase.model_validate(one.body).phrase for one in await office.told(NoticeKind.AGREED_PHRASE)]
    assert [one and one.letters for one in told] == [23, 17, None]
    assert (await maria.presses(f"{case(amal)}/phrase/forget")).status == 404
    assert "slut hemma" not in await everything(office)


async def test_when_she_writes_it_staff_see_it_before_anything_else(office: Office, maria: Desk, johan: Desk) -> None:
    amal = await agrees(office, maria)
    acute = await office.asks_for_a_human()
    need = {"person": str(acute.person), "thread": str(acute.thread), "at": office.backend.clock().isoformat()}
    assert (await office.bot.put(f"acute-needs/{uuid4()}", need)).status_code == 204
    office.backend.clock.now += timedelta(hours=1)
    await writes_it(office, amal)
    await writes_it(office, amal)

    listed = await johan.opens("/inbox?queue=acute")
    first, *others = listed.source.split('<li class="row')[1:]
    assert WRITTEN in first
    assert "Ring inte, skriv inte" in first
    assert len(others) == 1
    assert WRITTEN not in others[0]
    waiting = await johan.opens("/inbox?queue=waiting")
    (asked,) = [
        row for row in waiting.source.split('<li class="row')[1:] if "Vill prata" in row and "skriv inte" in row
    ]
    assert str(amal.thread) in asked, "also at what else there is to do for her"

    page = await johan.opens(f"/inbox/threads/{amal.thread}")
    assert "Ring inte och skriv inte till personen. Gör det ni kom överens om." in page.text
    assert page.actions("/messages") == page.actions("/take-over") == []
    for action, fields in (("messages", {"words": "Hur mår du?"}), ("take-over", {})):
        refused = await johan.presses(f"/inbox/threads/{amal.thread}/{action}", fields)
        assert (refused.status, refused.alert) == (409, WRITTEN)
    for kind in (NoticeKind.STAFF_MESSAGE, NoticeKind.TAKEN_OVER):
        assert await office.told(kind) == []


async def test_nobody_reads_as_her_with_a_code(office: Office, maria: Desk) -> None:
    amal = await agrees(office, maria)
    page = await maria.presses(f"{case(amal)}/code")
    one = page.within('class="code"', "</p>")
    grant = (await office.bot.post("grants", AskForGrant(code=one, at=office.backend.clock()))).json()
    assert (await office.bot.get("readable", **{"X-Read-Grant": grant["token"]})).status_code == 200
    two = (await maria.presses(f"{case(amal)}/code")).within('class="code"', "</p>")
    await writes_it(office, amal)
    used = await office.bot.post("grants", AskForGrant(code=two, at=office.backend.clock()))
    invented = await office.bot.post("grants", AskForGrant(code="0000000000", at=office.backend.clock()))
    assert (used.status_code, used.json()) == (invented.status_code, invented.json()), "as for any code that is over"
    assert (await office.bot.get("readable", **{"X-Read-Grant": grant["token"]})).json()["code"] == "grant-expired"
    assert (await maria.presses(f"{case(amal)}/code")).alert == WRITTEN


async def test_what_was_held_is_shown_until_she_is_safe(office: Office, maria: Desk, johan: Desk) -> None:
    amal = await agrees(office, maria)
    await writes_it(office, amal)
    key = uuid4()
    held = Held(person=amal.person, at=office.backend.clock(), swedish="Mötet i dag är kl 9.30.")
    for _ in range(2):
        assert (await office.bot.put(f"held/{key}", held)).status_code == 204
    page = await johan.opens(case(amal))
    assert page.text.count("Mötet i dag är kl 9.30.") == 1
    assert "Det här har inte gått ut (1)" in page.text

    page = await johan.presses(f"{case(amal)}/lift", {"because": "met"})
    assert page.location.endswith("?done=safe"), page.text
    assert "Ring inte" not in page.text
    assert "Avtalad måndag 30 november" in page.text, "it can be used again"
    assert len(await office.told(NoticeKind.SAFE_AGAIN)) == 1
    assert "Vi får skriva igen: jag har träffat personen och frågat" in (await johan.opens(f"{case(amal)}/looked")).text
    assert WRITTEN not in (await johan.opens("/inbox?queue=acute")).text
    assert (await johan.presses(f"{case(amal)}/lift", {"because": "met"})).status == 404
    assert (await johan.presses(f"/inbox/threads/{amal.thread}/messages", {"words": "Välkommen"})).status == 200


async def test_who_has_no_role_there_sees_nothing(both_offices: Office) -> None:
    maria = await both_offices.at_desk("Maria")
    amal = await agrees(both_offices, maria)
    await writes_it(both_offices, amal)
    elin = await both_offices.at_desk("Elin")
    lena = await both_offices.at_desk("Lena", "svedala")
    for desk, may_be in ((elin, (403,)), (lena, (404,))):
        assert (await desk.opens(case(amal))).status in may_be
        for action, fields in (("phrase", {"phrase": PHRASE}), ("phrase/forget", {}), ("lift", {"because": "met"})):
            assert (await desk.presses(f"{case(amal)}/{action}", fields)).status in may_be
    assert WRITTEN not in (await lena.opens("/inbox?queue=acute")).text
    assert len(await both_offices.told(NoticeKind.AGREED_PHRASE)) == 1
    assert await both_offices.told(NoticeKind.SAFE_AGAIN) == []


async def test_no_log_and_no_figure_says_that_there_is_danger(
    office: Office, maria: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hearing(monkeypatch) as heard:
        amal = await agrees(office, maria)
        await writes_it(office, amal)
        await maria.presses(f"{case(amal)}/lift", {"because": "as-agreed"})
        figures = (await office.bot.client.get("/metrics")).text
        says_nothing(heard, figures)


def says_nothing(heard: Heard, *places: str) -> None:
    """Neither the phrase nor what it means."""
    for place in (heard.written.getvalue(), repr(heard.raw), *places):
        for word in ("moster", "karin", "phrase", "danger", "safety", "silent"):
            assert word not in place.casefold(), word
