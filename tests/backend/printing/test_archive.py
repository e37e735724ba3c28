"""The archive of an application: what was asked, in both languages, what was answered, and anybody can read it."""

import asyncio
import io
from datetime import timedelta
from uuid import UUID

import pikepdf
import pytest
from PIL import Image

from backend.applications.snapshot import Snapshot
from backend.contract import ApplicationFlag
from backend.printing import archive
from backend.printing.letters import FONTS
from backend.printing.press import Press
from tests.backend.printing.papers import (
    APPLICATION,
    ARABIC,
    ARABIC_RENT,
    CASE,
    THREE_LANGUAGES,
    TIGRINYA,
    TOWN,
    answered,
    archived,
    letters,
    many,
    pages,
    structure,
    text,
)
from tests.backend.stories import MONDAY


async def printed(one: Snapshot) -> bytes:
    return await Press().pdf(archive.sheet(one, TOWN))


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return asyncio.run(printed(archived()))


async def test_it_says_what_was_asked_answered_and_written_and_when(pdf: bytes) -> None:
    said = letters(text(pdf))
    for record in THREE_LANGUAGES:
        assert letters(record.shown_in_swedish) in said
    for words in ("Ja", "5 850 kr", "Sparpengar", "På mötet", "30 november 2026 kl. 9.58, sms, arabiska"):
        assert letters(words) in said
    for fact in (CASE, APPLICATION, "ab" * 32, "Intygad av personen 30 november 2026 kl. 10.18."):
        assert letters(str(fact)) in said
    assert letters("webben, tigrinja") in said


async def test_what_was_taken_down_at_a_desk_says_who_wrote_and_how_she_said_it() -> None:
    how = "sagt av personen i rummet, läst upp av tolk på arabiska, nedskrivet av Johan"
    record = answered("applies_alone", "Söker du ensam?", ARABIC, "ar", meaning=True, channel="desk", taken_down=how)
    said = letters(text(await printed(archived((record,)))))
    assert letters(f"30 november 2026 kl. 9.58, vid disken, arabiska, {how}") in said


async def test_arabic_runs_from_the_right_tigrinya_from_the_left_and_figures_as_they_are(pdf: bytes) -> None:
    # A program that copies text reads each line from the left: Arabic words come last word first.
    seen = [" ".join(reversed(line.split())) for line in text(pdf).splitlines()]
    assert ARABIC in seen
    assert ARABIC_RENT in seen
    lines = text(pdf).splitlines()
    assert TIGRINYA in lines
    assert any("٥٨٥٠" in line and "كرونة" in line for line in lines)
    assert sum(letters(line) == letters("5 850 kr") for line in lines) == 2
    assert any(line.endswith("እወ፣ 2 ቆልዑ") for line in lines)


def ink(picture: bytes) -> tuple[float, float]:
    """From where to where there is ink in the column of the original, in parts of the page's width."""
    grey = Image.open(io.BytesIO(picture)).convert("L")
    width, height = grey.size
    column = grey.crop((width * 51 // 100, height * 36 // 100, width, height * 90 // 100))
    left, _, right, _ = column.point(lambda light: 255 if light < 80 else 0).getbbox() or (0, 0, 0, 0)
    return 0.51 + left / width, 0.51 + right / width


@pytest.mark.parametrize("words", ["سلام", "سلام 5 850 kr"])
async def test_arabic_is_seen_at_the_right_edge_and_swedish_at_the_left(words: str) -> None:
    async def seen(said: str, language: str) -> tuple[float, float]:
        one = archived((answered("q", "Fråga", said, language, "Ja", answer=said),))
        return ink(await Press().picture(archive.sheet(one, TOWN)))

    arabic, swedish = await seen(words, "ar"), await seen("hej", "sv")
    assert arabic[1] > 0.90
    assert arabic[0] > 0.70
    assert swedish[0] < 0.55
    assert swedish[1] < 0.70


async def test_a_screen_reader_finds_its_way(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root = opened.Root
        assert str(root.Lang) == "sv-SE"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with opened.open_metadata() as about:
            assert about["dc:title"] == archive.TITLE
            assert about["pdfuaid:part"] == "1"
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("2", "A")
        spoken = {str(node.Lang) for node in opened.objects if isinstance(node, pikepdf.Dictionary) and "/Lang" in node}
    assert {language.partition("-")[0] for language in spoken} >= {"sv", "ar", "ti"}
    tags = structure(pdf)
    assert {"/Document", "/H1", "/Table", "/TH", "/TD", "/P"} <= set(tags)


async def test_only_the_projects_letters_are_in_it(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        names = {
            str(node.FontName)
            for node in opened.objects
            if isinstance(node, pikepdf.Dictionary) and "/FontFile2" in node
        }
    assert {name.partition("+")[2].partition("-")[0] for name in names} <= {
        path.name.partition("-")[0] for path in FONTS.glob("*.ttf")
    }
    assert len(names) >= 4


async def test_the_same_application_gives_the_same_bytes(pdf: bytes) -> None:
    assert await printed(archived()) == pdf
    later = archived(digest="cd" * 32)
    assert await printed(later) != pdf


async def test_each_page_says_whose_case_and_which_of_how_many(pdf: bytes) -> None:
    several = pages(await printed(many(60)))
    assert len(several) > 3
    for number, page in enumerate(several, 1):
        assert letters(f"Sida {number} av {len(several)}") in letters(page)
        assert "Trelleborgs kommun" in page
        assert str(CASE)[:8] in page
        assert letters("Så som det stod") in letters(page)  # the head of the table comes again


async def test_a_correction_says_which_version_it_corrects() -> None:
    corrected = archived(version=2, corrects=APPLICATION, corrected_version=1)
    assert letters("2, rättar version 1") in letters(text(await printed(corrected)))


async def test_an_application_without_its_questions_says_so() -> None:
    assert "är inte sparade" in text(await printed(archived(())))


async def test_an_answer_of_before_is_said_by_its_meaning() -> None:
    old = (
        answered("a", "Söker du ensam?", "Söker du ensam?", "sv", meaning=False),
        answered("b", "Vilka av de här betalar du?", "Vilka av de här betalar du?", "sv", ["el", "vård"]),
        answered("c", "Vilka dagar?", "Vilka dagar?", "sv", {"from": "2026-12-01"}),
        answered("d", "Hyra?", "Hyra?", "sv", None),
    )
    said = text(await printed(archived(old)))
    for words in ("Nej", "el, vård", '{"from": "2026-12-01"}', "Tas på mötet"):
        assert letters(words) in letters(said)


async def test_it_is_dated_when_it_was_received_and_not_when_it_is_printed(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20261130091800")
    one = archived()
    assert archive.sheet(one, TOWN).at == one.answers[0].at + timedelta(minutes=20)


async def test_what_she_attested_and_what_she_was_told_before_stand_there_too() -> None:
    attestation = answered("attestation", "Jag har svarat så sant jag kan.", ARABIC, "ar", meaning=True, answer="نعم")
    told = answered("told", "Din partner får se er gemensamma beräkning.", "شريكك سيرى الحساب", "ar", meaning=True)
    flag = ApplicationFlag(why="same-month", on=MONDAY.date())
    partner = UUID(int=0xB << 96)
    one = archived(attestation=attestation, told=told, flags=(flag,), together_with=partner, sealed=("account",))
    said = letters(text(await printed(one)))
    for words in (
        "Jag har svarat så sant jag kan.",
        "Din partner får se er gemensamma beräkning.",
        f"ansökan {partner}",
        "30 november 2026",
        "1, läses i ärendet av handläggare",
    ):
        assert letters(words) in said


async def test_it_says_when_she_attested_and_not_when_the_other_one_did_or_it_was_printed() -> None:
    at = MONDAY - timedelta(days=2)
    attestation = answered("attested", "Jag har svarat så sant jag kan.", ARABIC, "ar", meaning=True, at=at)
    said = letters(text(await printed(archived(attestation=attestation))))
    assert letters("Intygad av personen 28 november 2026 kl. 9.58.") in said
    assert letters("Kom in 30 november 2026 kl. 10.18") in said
