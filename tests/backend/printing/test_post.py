"""A letter on paper: the address in the window, Swedish first, Arabic as it is read, and found by a screen reader."""

import io
from datetime import date
from uuid import UUID

import pikepdf
import pytest

from backend import municipalities
from backend.contract import DecisionText
from backend.decisions import texts
from backend.letters import words
from backend.letters.words import Words
from backend.printing import post
from backend.printing.press import Press
from tests.backend.printing.papers import CASE, letters, pages, structure, text
from tests.backend.stories import MONDAY

TOWN = municipalities.found()["trelleborg"]
TO = ("Amal Exempel", "Exempelgatan 9 lgh 1001", "231 00 Trelleborg")
FACTS = texts.Facts("avslag", date(2026, 12, 1), reasons=("enough-means",), own_words="Vi såg kontoutdraget.")


def refusal(language: str, *, approved: bool) -> Words:
    text_ = DecisionText(
        id=UUID(int=1),
        kind="avslag",
        decided_on=date(2026, 11, 30),
        paragraphs={one: texts.paragraphs(FACTS, one, TOWN) for one in ("sv", "ar", "so")},
        approved={"sv": True, "ar": approved, "so": approved},
    )
    return words.decision(text_, "Maria", language, TOWN)


async def printed(of: Words, to: tuple[str, ...] = TO) -> bytes:
    return await Press().pdf(post.sheet(of, to, TOWN, case=CASE, at=MONDAY))


async def test_a_refusal_says_how_to_appeal_in_swedish_and_where_it_is_approved_in_arabic() -> None:
    of = refusal("ar", approved=True)
    pdf = await printed(of)
    said = letters(text(pdf))
    for one in (*TO, *of.swedish, "30 november 2026", f"Ärende {str(CASE)[:8]}"):
        assert letters(one) in said
    assert "inom tre veckor från den dag du fick veta beslutet" in " ".join(of.swedish)
    assert of.swedish[-1] == "Beslutat 30 november 2026 av Maria, Arbetsmarknadsnämnden i Trelleborg."
    # A program that copies text reads each line from the left: Arabic comes last word first, behind its full stop.
    seen = [line.strip(".").split()[::-1] for line in text(pdf).splitlines()]
    assert of.theirs[1].strip(".").split() in seen
    assert str(CASE) not in text(pdf)


async def test_where_no_text_is_approved_one_sentence_says_that_we_explain_it() -> None:
    of = refusal("so", approved=False)
    assert len(of.theirs) == 1
    assert TOWN.telephone in of.theirs[0]
    assert letters(of.theirs[0]) in letters(text(await printed(of)))
    assert refusal("sv", approved=True).theirs == ()


async def test_the_address_stands_in_the_window_and_a_screen_reader_finds_its_way() -> None:
    pdf = await printed(refusal("ar", approved=True))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == "sv-SE"
        assert bool(opened.Root.MarkInfo.Marked)
        with opened.open_metadata() as about:
            assert about["dc:title"] == words.TITLES["decision"]
            assert about["pdfuaid:part"] == "1"
        spoken = {str(node.Lang) for node in opened.objects if isinstance(node, pikepdf.Dictionary) and "/Lang" in node}
    assert {language.partition("-")[0] for language in spoken} >= {"sv", "ar"}
    assert {"/Title", "/P"} <= set(structure(pdf))
    assert letters(f"Sida 1 av {len(pages(pdf))}") in letters(pages(pdf)[0])


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (" Amal  Exempel \r\n\r\nGatan 1\n", ("Amal Exempel", "Gatan 1")),
        ("", None),
        ("\n".join("abcdef"), None),
        ("x" * 46, None),
    ],
)
def test_an_address_fits_the_window_or_is_refused(written: str, lines: tuple[str, ...] | None) -> None:
    assert post.address_lines(written) == lines
