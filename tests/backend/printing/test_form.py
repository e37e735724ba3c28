"""The application on paper: the same questions in two languages, boxes to write in, and a line to sign on."""

import asyncio
import io
from collections import Counter
from collections.abc import Iterable

import pikepdf
import pytest

from backend import locales
from backend.printing import form
from backend.printing.press import Press, Sheet
from tests.backend.printing.papers import answered, letters, pages, structure, text
from tests.backend.stories import MONDAY

KNOWN = (
    answered("applies_alone", "", "", "sv", meaning=False),
    answered("partner_name", "", "", "sv", "Yusuf"),
    answered("child_name#1", "", "", "sv", "Yara"),
    answered("child_days#1", "", "", "sv", 12),
    answered("housing", "", "", "sv", "sublet"),
    answered("housing_kronor", "", "", "sv", 5850),
    answered("income_kinds", "", "", "sv", ["salary", "other"]),
    answered("income_kronor#salary", "", "", "sv", 4200),
    answered("lived_on", "", "", "sv", 'Sparpengar\n#read("x")'),
    answered("plans", "", "", "sv", None),
)
LANGUAGES = form.languages(form.application())


def sheet(language: str = "sv", *, large: bool = False, filled: bool = False) -> Sheet:
    known = KNOWN if filled else ()
    return form.sheet(
        form.application(),
        municipality="Trelleborgs kommun",
        at=MONDAY,
        language=language,
        large=large,
        filled=known,
        case="0000ca5e" if filled else "",
    )


def printed(sheet: Sheet) -> bytes:
    return asyncio.run(Press().pdf(sheet))


def crosses(said: Iterable[str]) -> list[str]:
    return [line.strip() for line in said if line.strip().startswith("X ")]


def test_it_is_had_in_every_language_the_machine_speaks() -> None:
    assert set(LANGUAGES) == locales.languages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_stands_there_in_both_languages(language: str) -> None:
    made = printed(sheet(language))
    said = letters(text(made))
    for asked in form.application().questions:
        assert letters(asked.text["sv"]) in said
        if language == "ar":  # whose letters a program that copies text puts in the order they are seen
            assert Counter(letters(asked.text[language])) <= Counter(said)
        else:
            assert letters(asked.text[language]) in said
    assert letters(locales.say(form.LEGAL, "sv")) in said
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert bool(opened.Root.MarkInfo.Marked)
    assert {"/H1", "/Table", "/TH", "/P"} <= set(structure(made))


def test_an_empty_form_has_no_cross_and_says_of_nobody() -> None:
    said = text(printed(sheet()))
    assert crosses(said.splitlines()) == []
    assert "Ärende" not in said


def test_what_is_known_stands_in_its_box() -> None:
    said = text(printed(sheet(filled=True)))
    for words in ("Yusuf", "Yara", "12", "5850", "4200", "Sparpengar", '#read("x")'):
        assert words in said
    # By the box: not alone, sublet, pay and something else.
    assert crosses(said.splitlines()) == ["X Nej", "X Andra hand", "X Lön", "X Annat"]


def test_a_question_for_few_says_for_whom_by_its_number() -> None:
    said = letters(text(printed(sheet("en"))))
    assert letters("Bara om du svarade Nej på fråga 1.") in said
    assert letters("Only if you answered No to question 1.") in said


def test_large_type_is_large_and_takes_more_paper() -> None:
    ordinary, large = printed(sheet("so")), printed(sheet("so", large=True))
    assert len(pages(large)) > len(pages(ordinary))
    assert letters(locales.say(form.LEGAL, "so")) in letters(text(large))


def test_more_children_than_rows_have_rows_all_the_same() -> None:
    record = tuple(answered(f"child_name#{n}", "", "", "sv", f"Barn{n}") for n in range(1, 8))
    data = form.sheet(form.application(), municipality="T", at=MONDAY, filled=record).data
    children = next(item for part in data["sections"] for item in part["items"] if item["is"] == "list")
    assert [row[0]["lines"] for row in children["rows"]] == [[f"Barn{n}"] for n in range(1, 8)]
