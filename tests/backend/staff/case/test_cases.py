"""The case desk: the note that starts the clock, the decision after the meeting, the code, who was told, who looked."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from joserfc import jwe
from sqlmodel import select

from backend import access
from backend.applications import completions
from backend.bookings import lists
from backend.bookings import service as bookings
from backend.calendar import day_in_sweden
from backend.cases import asked as on_case
from backend.cases import desk
from backend.contract import (
    AnswerRecord,
    AskForGrant,
    Child,
    Cost,
    Income,
    Meeting,
    MeetingStatus,
    NoticeKind,
    PapersCame,
    Partner,
    Sealed,
    SendApplication,
    SomethingNew,
)
from backend.decisions import service as decisions
from backend.decisions.models import Decision
from backend.staff import swedish
from tests.backend.staff.case.test_fields import EVERYTHING
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import MARIA, PERSON_NUMBER, SEAL_KEYS, Applicant

CAME = {"came": "yes", "identity_seen": "yes", "active": "active", "told_in_room": "yes"}


def case(applicant: Applicant) -> str:
    return f"/inbox/cases/{applicant.person}"


async def met(office: Office, maria: Desk, **note: str) -> Applicant:
    """Somebody asks for help, has a meeting, comes, and the note is written."""
    amal = await office.bot.asks_for_help(office.backend.clock())
    meeting = await office.books(amal)
    office.backend.clock.now = meeting.end
    await maria.opens(f"{case(amal)}?reason=meeting")
    page = await maria.presses(f"{case(amal)}/note", {"meeting": str(meeting.id), **CAME, **note})
    assert page.location.endswith("?done=note"), page.text
    return amal


async def applies(office: Office, applicant: Applicant, **answers: object) -> None:
    sent = SendApplication(
        person=applicant.person,
        received_at=office.backend.clock(),
        language=applicant.language,
        attested=True,
        digest=sha256(b"summary").hexdigest(),
        **answers,
    )
    assert (await office.bot.put(f"applications/{uuid4()}", sent)).status_code == 200


async def signs(maria: Desk, applicant: Applicant, **fields: str) -> str:
    """Press *Skriv under*; gives where it led, or the words of the refusal."""
    page = await maria.presses(f"{case(applicant)}/decision", {"month": "2026-12", **fields})
    return page.location.removeprefix(case(applicant)) or page.alert


async def latest_meeting(office: Office, applicant: Applicant) -> Meeting:
    async with office.database.transaction() as session:
        return (await bookings.of_person(session, applicant.person))[0]


# --- Opening ---------------------------------------------------------------------------------------------------------


async def test_the_list_of_cases_opens_none(office: Office, johan: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock(), words="hemligt")
    await office.books(amal)
    page = await johan.opens("/inbox/cases")
    assert "Nummer …06 12" in page.text
    assert "Möte bokat" in page.text
    assert "hemligt" not in page.source
    assert await office.log(amal) == []


async def test_who_has_the_meeting_need_not_say_why(office: Office) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    meeting = await office.books(amal)
    office.backend.clock.now = meeting.start
    async with office.database.transaction() as session:
        (planned,) = await lists.of_day(session, day_in_sweden(meeting.start))
    assert planned.caseworker is not None
    others = {"Ann", "Erik", "Maria"} - {planned.caseworker.name}
    theirs = await office.at_desk(planned.caseworker.name)
    page = await theirs.opens("/inbox/cases")
    (link,) = {link for link in page.links("/inbox/cases/") if link.endswith("/meeting")}
    page = await theirs.opens(link)
    assert page.status == 200
    assert f"mötet {swedish.hour(meeting.start)}" in page.text
    assert (await (await office.at_desk(others.pop())).opens(link)).status == 403


async def test_every_look_stands_in_the_log_and_refusals_too(office: Office, johan: Desk, maria: Desk) -> None:
    amal = await office.asks_for_a_human()
    assert (await maria.opens(case(amal))).status == 403
    await maria.opens(f"{case(amal)}?reason=follow-up")
    await johan.opens(case(amal))
    page = await johan.opens(f"{case(amal)}/looked")
    looked = page.within("<tbody", "</tbody>")
    assert "Maria Ärendet Nekad" in looked
    assert "Maria Ärendet Uppföljning" in looked
    assert "Johan Ärendet Uppgift i din kö: Svara" in looked


async def test_who_wrote_for_long_is_asked_why_again_and_loses_nothing(
    office: Office, maria: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    amal = await met(office, maria)
    monkeypatch.setattr(access, "_SAME_OPENING", timedelta())
    written = {"kind": "bifall", "month": "2026-12", "kronor": "4500", "own_words": 'Två "långa" rader.\nOch en till.'}
    page = await maria.presses(f"{case(amal)}/decision", written)
    assert page.status == 403
    assert "Det du skrev är kvar" in page.text
    kept = {name: page.inputs(name)[0] for name in written}
    assert kept == written
    (again,) = {at["formaction"] for _, at in page.elements if at.get("formaction", "").endswith("=supervision")}
    monkeypatch.undo()
    assert (await maria.presses(again, kept)).location.endswith("?done=signed")
    async with office.database.transaction() as session:
        assert (await access.log_of(session, amal.person))[0].why == "Tillsyn och kontroll"
        (decided,) = await decisions.of_person(session, amal.person)
    assert (decided.draft.kronor, decided.draft.own_words) == (4500, written["own_words"])


@pytest.mark.parametrize("written", ["12,50", "12.50", "lite", "0", "9999999999"])
async def test_a_sum_that_is_not_whole_kronor_is_not_granted(office: Office, maria: Desk, written: str) -> None:
    amal = await met(office, maria)
    fields = {"kind": "bifall", "month": "2026-12", "kronor": written, "own_words": "Välkommen."}
    for press in ("/decision/preview", "/decision"):
        page = await maria.presses(f"{case(amal)}{press}", fields)
        assert "Skriv hela kronor" in page.alert
        assert "Välkommen." in page.source


async def test_a_note_that_is_sent_twice_is_one_and_of_her_own_meeting(office: Office, maria: Desk) -> None:
    amal, other = [await office.bot.asks_for_help(office.backend.clock()) for _ in range(2)]
    theirs, meeting = await office.books(other), await office.books(amal)
    office.backend.clock.now = max(theirs.end, meeting.end)
    page = await maria.opens(f"{case(amal)}?reason=meeting")
    page = await maria.opens(f"{case(amal)}/meeting")
    note = {"meeting": str(meeting.id), **CAME, "line_1": "sfi", "key": page.inputs("key")[0]}
    assert (await maria.presses(f"{case(amal)}/note", {**note, "meeting": str(theirs.id)})).status == 404
    for _ in range(2):
        assert (await maria.presses(f"{case(amal)}/note", note)).location.endswith("?done=note")
    assert len(await office.told(NoticeKind.SOMETHING_NEW)) == 1
    assert (await latest_meeting(office, other)).status == MeetingStatus.PRELIMINARY


async def test_papers_are_asked_for_once_and_what_was_written_stays_when_the_day_will_not_do(
    office: Office, maria: Desk
) -> None:
    amal = await met(office, maria)
    page = await maria.opens(case(amal))
    (key,) = re.findall(r'/papers" class="form">\s*<input type="hidden" name="key" value="([^"]+)"', page.source)
    asked = {"papers": "lease", "about_lease": "alla sidor", "by": "2026-11-01", "key": key}
    page = await maria.presses(f"{case(amal)}/papers", asked)
    assert page.status == 422
    assert page.inputs("about_lease") == ["alla sidor"]
    assert page.inputs("by") == ["2026-11-01"]
    assert 'value="lease" checked' in page.source
    for _ in range(2):
        page = await maria.presses(f"{case(amal)}/papers", {**asked, "by": "2026-12-18"})
        assert page.location.endswith("?done=papers")
    async with office.database.transaction() as session:
        assert len(await completions.of_person(session, amal.person)) == 1


async def test_a_phrase_that_will_not_do_is_not_shown_on_the_page_that_asks_why(
    office: Office, maria: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    monkeypatch.setattr(access, "_SAME_OPENING", timedelta())
    page = await maria.presses(f"{case(amal)}/phrase", {"phrase": "mormors gula"})
    assert page.status == 422
    assert "mormors" not in page.source


@pytest.mark.parametrize("address", ["/meeting", "/decision"])
async def test_only_a_caseworker_writes_the_note_and_decides(office: Office, johan: Desk, address: str) -> None:
    amal = await office.asks_for_a_human()
    assert (await johan.opens(case(amal))).status == 200
    page = await johan.opens(f"{case(amal)}{address}")
    assert page.status == 403
    assert "inte rätt" in page.text
    for path in ("/note", "/decision", "/complete", "/papers"):
        assert (await johan.presses(f"{case(amal)}{path}", {**CAME, "kind": "bifall", "papers": "lease"})).status == 403


# --- The application -------------------------------------------------------------------------------------------------


async def test_an_application_is_read_in_swedish_with_what_was_left_and_what_is_missing(
    office: Office, johan: Desk
) -> None:
    amal = await office.asks_for_a_human()
    asked = AnswerRecord(
        question="housing",
        shown="كيف تسكن؟",
        shown_in_swedish="Hur bor du?",
        language="ar",
        meaning="rental",
        at=office.backend.clock(),
        channel="web",
    )
    await applies(
        office,
        amal,
        applies_alone=True,
        children=(Child(first_name="Nour", days=15), Child(days=30), Child()),
        housing="rental",
        housing_kronor=5850,
        has_income=True,
        incomes=(Income(kind="salary", kronor=4200),),
        later=("planning", "child_days/c2"),
        record=(asked,),
    )
    page = await johan.opens(f"{case(amal)}/application")
    for words in (
        "Söker ensam Ja",
        "Nour, 15 dagar i månaden här; Barn, alltid här; Barn, dagar tas på mötet",
        "Hyresrätt",
        "Boendekostnad 5 850 kr",
        "Sysselsättning Inte svarat",
        "Hur bor du? كيف تسكن؟",
        "Hyreskontrakt",
        "Lönebesked",
        "Dagar som ett barn bor här",
    ):
        assert words in page.text, words


async def test_everything_the_form_asks_about_is_read_in_swedish(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await applies(
        office,
        amal,
        applies_alone=False,
        partner=Partner(first_name="Yusuf", planning="studies"),
        month=date(2026, 12, 1),
        stays_here=True,
        housing="lodger",
        home_persons=4,
        rent_debt=True,
        cost_kinds=("electricity", "care"),
        pending_benefits=True,
        asset_kinds=(),
        planning="sick-leave",
        sick_certificate=False,
        worked_last_year=False,
        plans="Läsa klart till undersköterska.",
        later=("partner_name", "income_kronor#salary"),
    )
    page = await johan.opens(f"{case(amal)}/application")
    for words in (
        "Partner Yusuf, studerar",
        "Söker för december 2026",
        "I kommunen hela månaden Ja",
        "Personer i bostaden 4",
        "Obetald hyra eller el Ja",
        "Betalar för El, Vård eller medicin",
        "Väntar på andra pengar Ja",
        "Äger Inget",
        "Har läkarintyg Nej",
        "Har arbetat senaste året Nej",
        "Vill göra Läsa klart till undersköterska.",
        "Partnerns namn",
        "En inkomsts storlek",
    ):
        assert words in page.text, words
    assert "Arbetsförmedlingen" not in page.text


async def test_a_whole_application_is_read_by_section_and_by_the_fields_it_is_carried_over_to(
    office: Office, johan: Desk
) -> None:
    amal = await office.asks_for_a_human()
    await applies(
        office, amal, **EVERYTHING.model_dump(exclude={"person", "received_at", "language", "digest", "attested"})
    )
    page = await johan.opens(f"{case(amal)}/application")
    for words in (
        "Partnern har arbetat senaste året Nej",
        "Nour, 17 år, alltid här, skola: Bäckaskolan; Ali, 9 år, 15 dagar i månaden här",
        "Boende Boende Äger sin bostad (hus)",
        "Rum utöver köket 3",
        "El 420 kr, per månad, för alla, räkning eller kvitto finns",
        "Akut tandvård 900 kr, en gång, för ett barn, utan kvitto",
        "Annat Inte svarat, bussen",
        "Lön 4 200 kr, den 31",
        "Sparade pengar, värde 100 kr",
        "Fordon Bil, från 2015",
        "Hyra, obetalt 2 000 kr",
        "Sysselsättning Sjukskriven 50 %",
        "Sfi Kurs B, studieväg 2",
        "Har sökt jobb städare, ISS, Trelleborg, 20 november",
        "Tolk arabiska",
        "Vill nås med Sms, E-post",
        "Får vi tala med, i ansökan (vad som gäller nu står på översikten) Inte svarat",
        "maritalStatus COHABITING",
        "costs[1].type ELECTRICITY",
    ):
        assert words in page.text, words


async def test_what_was_not_asked_about_or_left_is_said_as_it_is(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await applies(office, amal, applies_alone=False, partner=Partner(), planning="job-seeking", asset_kinds=("other",))
    page = await johan.opens(f"{case(amal)}/application")
    for words in (
        "Partner Namn tas på mötet, sysselsättning tas på mötet",
        "Söker för Inte svarat",
        "Betalar för Inte svarat",
        "Äger Annat",
        "Inskriven hos Arbetsförmedlingen Inte svarat",
    ):
        assert words in page.text, words


async def test_what_is_unchanged_is_read_as_that_and_the_one_before_is_at_hand(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await applies(office, amal, month=date(2026, 12, 1))
    await applies(
        office,
        amal,
        kind="recurring",
        month=date(2027, 1, 1),
        unchanged=("household", "children", "housing", "assets", "reaching"),
        planning="job-seeking",
    )
    page = await johan.opens(f"{case(amal)}/application")
    for words in (
        "Återansökan för januari 2027, kom in",
        "Söker ensam Oförändrat",
        "Barn Oförändrat",
        "Boende Boende Oförändrat",
        "Äger och är skyldig Oförändrat",
        "Kontakt och konto Oförändrat",
        "applicationType RENEWAL",
        "housingChanged false",
        "Tidigare ansökningar Nyansökan för december 2026, kom in",
    ):
        assert words in page.text, words
    assert "Har levt på" not in page.text


async def test_a_single_cost_is_read_with_its_paper_and_why(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    glasses = Cost(kind="glasses", kronor=1900, period="once", paper="estimate", when="i januari", why="ser dåligt")
    await applies(office, amal, kind="supplementary", month=date(2026, 12, 1), costs=(glasses,))
    page = await johan.opens(f"{case(amal)}/application")
    for words in (
        "Tilläggsansökan för december 2026, kom in",
        "Glasögon 1 900 kr, en gång, kostnadsförslag finns",
        "Glasögon, när i januari",
        "Glasögon, varför ser dåligt",
        "costs[0].description Glasögon. i januari. ser dåligt",
    ):
        assert words in page.text, words
    assert "Inte svarat" not in page.text


# --- The note --------------------------------------------------------------------------------------------------------


async def test_the_note_settles_the_meeting_and_complete_starts_the_clock(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes", paper_lease="seen", paper_payslip="not-needed")
    assert (await latest_meeting(office, amal)).status == MeetingStatus.HELD
    page = await maria.opens(case(amal))
    assert "Beslut senast onsdag 2 december" in page.text
    assert "kl 16.30" in page.text
    assert "En arbetsdag från komplett ansökan" in page.text
    assert "Möte hölls, id sett" in page.text
    assert "Hyreskontrakt" in page.text
    page = await maria.opens("/inbox/cases")
    assert "före i morgon 16.30" in page.within('aria-labelledby="group-2"', "</section>")


async def test_without_complete_no_clock_runs(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    page = await maria.opens(case(amal))
    assert "ingen klocka än" in page.text
    page = await maria.presses(f"{case(amal)}/complete")
    assert "Beslut senast" in page.text
    page = await maria.presses(f"{case(amal)}/papers", {"papers": ["lease", "payslip"], "by": "2026-11-30"})
    assert page.alert == "Välj minst ett papper, och en dag som inte har varit än."
    asked = {"papers": ["lease", "payslip"], "about_payslip": "oktober", "by": "2026-12-04"}
    page = await maria.presses(f"{case(amal)}/papers", asked)
    assert "klockan står stilla" in page.text
    assert page.text.count("Saknas") == 2
    assert "Begärda till 4 dec: 0 av 2 har kommit" in page.text
    assert "Lönebesked (oktober): inte kommit" in page.text


@pytest.mark.parametrize("how", ["complete", "note"])
async def test_a_caseworker_who_goes_on_asks_for_nothing_by_a_day_any_more(
    office: Office, maria: Desk, how: str
) -> None:
    amal = await met(office, maria)
    await maria.presses(f"{case(amal)}/papers", {"papers": ["lease", "identity"], "by": "2026-12-04"})
    assert "Begärda till 4 dec: 0 av 2 har kommit" in (await maria.opens(case(amal))).text
    # What was seen in the room has come.
    await maria.presses(f"{case(amal)}/note", CAME)
    assert "Begärda till 4 dec: 1 av 2 har kommit" in (await maria.opens(case(amal))).text
    if how == "note":
        await maria.presses(f"{case(amal)}/note", {**CAME, "complete": "yes", "paper_lease": "seen"})
    else:
        await maria.presses(f"{case(amal)}/complete")
    page = await maria.opens(case(amal))
    assert "Beslut senast" in page.text
    assert "Begärda till" not in page.text
    came = [PapersCame.model_validate(one.body).came for one in await office.told(NoticeKind.PAPERS_CAME)]
    # What is seen with the note that ends it is told all the same.
    assert came == ([1, 2] if how == "note" else [1])


async def test_a_paper_that_came_while_the_note_was_written_has_come(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    asked = {"papers": ["lease", "payslip", "rent-invoice"], "by": "2026-12-04"}
    await maria.presses(f"{case(amal)}/papers", asked)
    form = await maria.opens(f"{case(amal)}/meeting")
    shown = {name: form.inputs(name)[0] for name in ("was_lease", "was_payslip", "was_rent-invoice")}
    assert set(shown.values()) == {"missing"}
    async with office.database.transaction() as session:
        file = await desk.open_case(session, office.backend.clock, MARIA, amal.person, "follow-up")
        await on_case.came(session, file.id, "lease", office.backend.clock())
    # She leaves the lease as it stood, and says that the payslip has come by post.
    chosen = {"paper_lease": "missing", "paper_payslip": "came", "paper_rent-invoice": "missing"}
    await maria.presses(f"{case(amal)}/note", {**CAME, **shown, **chosen})
    async with office.database.transaction() as session:
        papers = {view.paper: view.state for view in await desk.papers(session, file.id)}
    assert (papers["lease"], papers["payslip"], papers["rent-invoice"]) == ("came", "came", "missing")
    assert "Begärda till 4 dec: 1 av 3 har kommit" in (await maria.opens(case(amal))).text


async def test_three_lines_are_agreed_and_a_text_says_only_that_there_is_something_new(
    office: Office, maria: Desk
) -> None:
    amal = await met(
        office,
        maria,
        line_1="cv",
        line_1_day="2026-12-03",
        line_1_time="13.00",
        line_2="sfi",
        line_3="own",
        line_3_words="Vi hör av oss om förskolan.",
    )
    agreed = (await maria.opens(case(amal))).within('id="agreed"', "</section>")
    assert "torsdag 3 december" in agreed
    assert "13.00" in agreed
    assert "Vi hör av oss om förskolan." in agreed
    (notice,) = await office.told(NoticeKind.SOMETHING_NEW)
    assert SomethingNew.model_validate(notice.body).what == "agreed-lines"


async def test_a_note_that_is_refused_keeps_what_was_filled_in(office: Office, maria: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    await maria.opens(f"{case(amal)}?reason=meeting")
    page = await maria.presses(f"{case(amal)}/note", {**CAME, "line_1": "cv", "line_1_day": "2026-12-03"})
    assert (page.status, page.alert) == (422, "Fyll i alla fält i frasen.")
    assert page.inputs("line_1_day") == ["2026-12-03"]
    kept = [at for tag, at in page.elements if tag in ("input", "option") and ("checked" in at or "selected" in at)]
    assert {"yes", "active", "cv"} <= {at["value"] for at in kept}
    page = await maria.presses(f"{case(amal)}/note", {"came": "maybe"})
    assert page.status == 422
    page = await maria.presses(f"{case(amal)}/note", {"came": "no", "complete": "yes"})
    assert (page.status, page.alert) == (422, "Klockan kan inte börja innan mötet är hållet.")


async def test_who_did_not_come_may_have_the_case_go_on(office: Office, maria: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    meeting = await office.books(amal)
    office.backend.clock.now = meeting.end
    await maria.opens(f"{case(amal)}?reason=meeting")
    note = {"meeting": str(meeting.id), "came": "no", "waived": "illness", "complete": "yes"}
    page = await maria.presses(f"{case(amal)}/note", note)
    assert "Kom inte" in page.text
    assert "Beslut senast" in page.text
    page = await maria.opens(f"{case(amal)}/meeting")
    assert "Kom inte, allt är inne, sjuk, ärendet går vidare." in page.text
    assert (await latest_meeting(office, amal)).status == MeetingStatus.NO_SHOW


# --- The decision ----------------------------------------------------------------------------------------------------


async def test_no_decision_before_the_meeting(office: Office, maria: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    await applies(office, amal)
    await maria.opens(f"{case(amal)}?reason=follow-up")
    assert "Beslut fattas efter mötet" in (await maria.opens(f"{case(amal)}/decision")).text
    page = await maria.presses(
        f"{case(amal)}/decision", {"kind": "bifall", "month": "2026-12", "kronor": "7 485", "own_words": "Välkommen."}
    )
    assert page.status == 422
    assert page.alert == "Beslut fattas efter mötet. Skriv först anteckningen från mötet."
    assert page.inputs("kronor")[0] == "7 485"
    assert "Välkommen." in page.text
    async with office.database.transaction() as session:
        assert (await session.exec(select(Decision))).all() == []


async def test_a_bifall_is_shown_as_it_is_read_and_then_signed(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    fields = {"kind": "bifall", "month": "2026-12", "kronor": "7485"}
    page = await maria.presses(f"{case(amal)}/decision/preview", fields)
    assert "Skriv under bifall, 7 485 kr" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "december 2026" in page.text
    assert any(at.get("dir") == "rtl" for _, at in page.elements)
    sent = {name: page.inputs(name)[0] for name in ("kind", "month", "kronor", "reasons", "own_words", "slot", "key")}
    page = await maria.presses(f"{case(amal)}/decision", sent)
    assert page.location.endswith("?done=signed")
    assert "Beslutat" in page.text
    assert "Personen har inte sagt hur än" in page.text
    (notice,) = await office.told(NoticeKind.SOMETHING_NEW)
    assert SomethingNew.model_validate(notice.body) == SomethingNew(what="decision", with_interpreter=True)
    assert await signs(maria, amal, **fields) == "Beslutet är redan underskrivet."


async def test_what_is_applied_for_after_a_decision_is_decided_anew(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    await applies(office, amal, month=date(2026, 12, 1))
    office.backend.clock.now += timedelta(minutes=1)
    assert await signs(maria, amal, kind="bifall", kronor="7485") == "?done=signed"
    assert "Beslutat" in (await maria.opens(case(amal))).text
    office.backend.clock.now += timedelta(days=16)
    await applies(office, amal, kind="recurring", month=date(2027, 1, 1))

    page = await maria.opens(f"{case(amal)}?reason=follow-up")
    assert "ingen klocka än" in page.text
    assert "Be om papper" in page.text
    assert "Löfte brutet" not in (await maria.opens("/inbox/cases")).text
    # No other meeting is needed for it.
    asked = {"papers": ["payslip"], "by": "2026-12-22"}
    assert "klockan står stilla" in (await maria.presses(f"{case(amal)}/papers", asked)).text
    assert "Beslut senast" in (await maria.presses(f"{case(amal)}/complete")).text
    office.backend.clock.now += timedelta(minutes=1)
    assert await signs(maria, amal, kind="bifall", kronor="7485", month="2027-01") == "?done=signed"
    assert "Beslutat" in (await maria.opens(case(amal))).text
    assert await signs(maria, amal, kind="bifall", kronor="7485", month="2027-01") != "?done=signed"


async def test_a_refusal_needs_a_reason_and_a_new_time(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    assert await signs(maria, amal, kind="avslag") == "Ett beslut som går personen emot behöver minst ett skäl."
    said = await signs(maria, amal, kind="avslag", reasons="other-benefit")
    assert said == "Välj om beslutet bygger på något som personen inte känner till."
    said = await signs(maria, amal, kind="avslag", reasons="other-benefit", facts="known")
    assert said == "Ett avslag ska innehålla en ny tid."
    page = await maria.opens(f"{case(amal)}/decision")
    slot = page.inputs("slot")[0]
    preview = await maria.presses(
        f"{case(amal)}/decision/preview",
        {
            "kind": "avslag",
            "month": "2026-12",
            "reasons": ["other-benefit", "enough-means"],
            "slot": slot,
            "facts": "known",
        },
    )
    assert "Din nya tid:" in preview.text
    assert "överklaga" in preview.text
    sent = {name: preview.inputs(name)[0] for name in ("kind", "month", "kronor", "own_words", "slot", "facts", "key")}
    assert await signs(maria, amal, **sent, reasons=preview.inputs("reasons")[0]) == "?done=signed"
    meeting = await latest_meeting(office, amal)
    assert meeting.status == MeetingStatus.PRELIMINARY
    assert meeting.interpreter_language == "ar"
    async with office.database.transaction() as session:
        signed = (await session.exec(select(Decision))).one()
    assert signed.new_meeting == meeting.id
    assert signed.reasons == ["enough-means", "other-benefit"]


async def test_a_refusal_names_the_meeting_she_has_and_books_no_second_one(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    office.backend.clock.advance(minutes=1)
    hers = await office.books(amal)
    page = await maria.opens(f"{case(amal)}/decision")
    assert page.inputs("slot") == []
    assert "Personen har redan en tid:" in page.text
    refused = {"kind": "avslag", "reasons": "enough-means", "facts": "known", "key": str(uuid4())}
    page = await maria.presses(f"{case(amal)}/decision/preview", {"month": "2026-12", **refused})
    assert "Din nya tid:" in page.text
    assert await signs(maria, amal, **refused) == "?done=signed"
    async with office.database.transaction() as session:
        assert (await session.exec(select(Decision))).one().new_meeting == hers.id
    assert (await latest_meeting(office, amal)).id == hers.id


async def test_a_refused_signature_books_no_time(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    slot = (await maria.opens(f"{case(amal)}/decision")).inputs("slot")[0]
    held = await latest_meeting(office, amal)
    said = await signs(maria, amal, kind="avslag", slot=slot, key=str(uuid4()))
    assert said == "Ett beslut som går personen emot behöver minst ett skäl."
    assert await latest_meeting(office, amal) == held
    assert (
        await signs(maria, amal, kind="avslag", slot="x-30", reasons="enough-means", facts="known", key=str(uuid4()))
        != "?done=signed"
    )


async def test_a_decision_of_a_single_cost_leaves_the_month_and_its_papers_waiting(office: Office, maria: Desk) -> None:
    amal = await met(office, maria)
    await applies(office, amal, month=date(2026, 12, 1))
    assert 'name="single_cost" value="yes"' not in (await maria.opens(f"{case(amal)}/decision")).source
    fields = {"papers": ["lease"], "by": "2026-12-08", "key": str(uuid4())}
    page = await maria.presses(f"{case(amal)}/papers", fields)
    assert page.location.endswith("?done=papers"), page.text
    office.backend.clock.advance(minutes=1)
    glasses = Cost(kind="glasses", kronor=1900, period="once", paper="estimate")
    await applies(office, amal, kind="supplementary", month=date(2026, 12, 1), costs=(glasses,))
    assert 'name="single_cost" value="yes"' in (await maria.opens(f"{case(amal)}/decision")).source
    office.backend.clock.advance(minutes=1)

    assert await signs(maria, amal, kind="bifall", kronor="1900", single_cost="yes") == "?done=signed"
    page = await maria.opens(case(amal))
    assert "klockan står stilla" in page.text
    assert "Begärda till 8 dec: 0 av 1 har kommit" in page.text
    assert "Bifall, 1 900 kr, en enda kostnad" in (await maria.opens(f"{case(amal)}/decision")).text
    # Once is enough; and the month is decided as ever.
    assert "?done" not in await signs(maria, amal, kind="bifall", kronor="1900", single_cost="yes")
    assert await signs(maria, amal, kind="bifall", kronor="7485") == "?done=signed"
    assert "Beslutat" in (await maria.opens(case(amal))).text


# --- Told, and the code ----------------------------------------------------------------------------------------------


async def test_what_was_written_down_wrongly_of_her_being_told_is_mended(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    assert await signs(maria, amal, kind="bifall", kronor="7485") == "?done=signed"
    decision = (await maria.opens(case(amal))).inputs("decision")[0]
    await maria.presses(f"{case(amal)}/told", {"decision": decision, "how": "call"})
    page = await maria.opens(case(amal))
    assert f"{case(amal)}/told/mend" in page.actions("/told/mend")
    page = await maria.presses(f"{case(amal)}/told/mend", {"decision": decision, "how": "not", "on": ""})
    assert page.location.endswith("?done=told-mended"), page.text
    page = await maria.opens(case(amal))
    assert "Personen har inte sagt hur än." in page.text
    assert page.actions("/told/mend") == []
    assert "Rättade: personen har inte fått veta" in (await maria.opens(f"{case(amal)}/looked")).text


async def test_told_by_a_human_starts_the_three_weeks(office: Office, maria: Desk) -> None:
    amal = await met(office, maria, complete="yes")
    slot = (await maria.opens(f"{case(amal)}/decision")).inputs("slot")[0]
    await signs(maria, amal, kind="avslag", reasons="enough-means", facts="known", slot=slot, key=str(uuid4()))
    page = await maria.opens(case(amal))
    decision = page.inputs("decision")[0]
    other = await office.asks_for_a_human(words="someone else")
    await maria.opens(f"{case(other)}?reason=follow-up")
    assert (await maria.presses(f"{case(other)}/told", {"decision": decision, "how": "call"})).status == 404
    page = await maria.presses(f"{case(amal)}/told", {"decision": decision, "how": "call"})
    assert "Har fått veta" in page.text
    day = date(2026, 12, 1) + timedelta(weeks=3)
    assert f"Överklaga senast tisdag {day.day} december" in page.text
    page = await maria.presses(f"{case(amal)}/told", {"decision": decision, "how": "counter"})
    assert (page.status, page.alert) == (409, "Det är redan antecknat att personen har fått veta.")


async def test_the_code_from_the_counter_is_shown_once_and_opens_the_page(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await johan.opens(case(amal))
    page = await johan.presses(f"{case(amal)}/code")
    code = page.within('class="code"', "</p>")
    assert re.fullmatch(r"\d{4} \d{3} \d{3}", code)
    assert code not in (await johan.opens(case(amal))).source
    answer = await office.bot.post("grants", AskForGrant(code=code, at=office.backend.clock()))
    assert answer.status_code == 200
    assert ("Johan", "code", True) in await office.log(amal)


async def test_a_name_is_written_down_and_used_from_then_on(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await johan.opens(case(amal))
    page = await johan.presses(f"{case(amal)}/name", {"first_name": "Amal"})
    assert "Amal" in page.within('class="case__name"', "</h1>")
    assert "Amal" in (await johan.opens("/inbox?queue=waiting")).text


async def test_something_sealed_is_opened_by_a_caseworker_only(office: Office, johan: Desk, maria: Desk) -> None:
    amal = await office.asks_for_a_human()
    key = uuid4()
    header: Mapping[str, str] = {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "kid": str(SEAL_KEYS["trelleborg"].kid),
        "municipality": "trelleborg",
        "person": str(amal.person),
        "key": str(key),
    }
    registry = jwe.JWERegistry(algorithms=["ECDH-ES", "A256GCM"], strict_check_header=False)
    locked = jwe.encrypt_compact(dict(header), PERSON_NUMBER, SEAL_KEYS["trelleborg"], registry=registry)
    item = Sealed(person=amal.person, at=office.backend.clock(), kind="personal-number", jwe=locked)
    assert (await office.bot.put(f"sealed/{key}", item)).status_code == 204
    page = await johan.opens(case(amal))
    assert "Personnummer" in page.text
    assert not [action for action in page.actions("") if "/sealed/" in action]
    page = await maria.opens(case(amal))
    assert PERSON_NUMBER not in page.source
    (action,) = [action for action in page.actions("") if "/sealed/" in action]
    assert (await johan.presses(action)).status == 403
    other = await office.asks_for_a_human(words="someone else")
    under_another = await maria.presses(action.replace(str(amal.person), str(other.person)))
    assert under_another.status == 404
    assert PERSON_NUMBER not in under_another.source
    page = await maria.presses(action)
    assert PERSON_NUMBER in page.text
    assert ("Maria", "sealed", True) in await office.log(amal)
    assert PERSON_NUMBER not in (await maria.opens(case(amal))).source
