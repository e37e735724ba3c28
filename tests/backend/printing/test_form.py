"""The application on paper: the same questions in two languages, boxes to write in, and a line to sign on."""

import asyncio
import io
import re
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
    answered("cost_kinds", "", "", "sv", ["electricity", "care", "other"]),
    answered("cost_kronor#electricity", "", "", "sv", 615),
    answered("cost_period#electricity", "", "", "sv", "quarter"),
    answered("cost_receipt#electricity", "", "", "sv", meaning=True),
    answered("care_kinds", "", "", "sv", ["medicine"]),
    answered("cost_kronor#medicine", "", "", "sv", 130),
    answered("cost_other#other", "", "", "sv", "Glasögon"),
    answered("vehicle_kind#1", "", "", "sv", "car"),
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
    """What a cross stands before, with what stands after it on its line."""
    return [f"X {line.partition('X ')[2]}" for line in said if "X " in line]


def unbroken(words: str) -> str:
    """Letters alone: the head of a narrow column is broken where a word may be."""
    return re.sub(r"[-\u2010\u00ad]", "", letters(words))


def printed_words(asked: form.Asked, language: str) -> list[str]:
    """What stands on paper of a question: its sentence, or the head of its column, and its answers."""
    words = asked.short if asked.of and asked.options and asked.short else asked.text
    head = form.without_choice(words[language]) if asked.of else words[language]
    answers = [] if asked.list else [option.label[language] for option in asked.options]
    return [head, *answers]


def test_it_is_had_in_every_language_the_machine_speaks() -> None:
    assert set(LANGUAGES) == locales.languages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_stands_there_in_both_languages(language: str) -> None:
    made = printed(sheet(language))
    said = unbroken(text(made))
    for asked in form.application().questions:
        for words in (*printed_words(asked, "sv"), *printed_words(asked, language)):
            if language == "ar":  # whose letters a program that copies text puts in the order they are seen
                assert Counter(unbroken(words)) <= Counter(said)
            else:
                assert unbroken(words) in said
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
    for words in ("Yusuf", "Yara", "12", "5850", "4200", "615", "130", "Glasögon", "Bil", "Sparpengar", '#read("x")'):
        assert words in said
    # By the box: not alone, sublet, pay and something else; electricity with how often and a bill under their heads.
    assert crosses(said.splitlines()) == [
        "X Nej",
        "X Andra hand Inneboende Egen bostad",
        "X El 615 X X",
        "X Vård eller medicin",
        "X Medicin 130",
        "X Annat",
        "X Lön 4200",
        "X Annat",
    ]


def test_what_is_asked_of_each_choice_is_one_table() -> None:
    data = form.sheet(form.application(), municipality="T", at=MONDAY, filled=KNOWN).data
    tables = {
        item["text"][0]["lines"][0]: item
        for part in data["sections"]
        for item in part["items"]
        if item["is"] == "table"
    }
    costs = tables["Vad av det här betalar du?"]
    heads = [column["heading"][0]["lines"][0] for column in costs["columns"]]
    assert heads == ["Hur mycket, i kronor?", "Hur ofta", "Räkning", "För vem"]
    rows = {row["name"][0]["lines"][0]: row for row in costs["rows"]}
    # Which care it is stands under it, and has what each cost has; "none of these" has nothing.
    names = list(rows)
    assert names[names.index("Vård eller medicin") + 1] == "Vård"
    assert [name for name, row in rows.items() if row["deeper"]] == [
        "Vård",
        "Medicin",
        "Resor till vård",
        "Akut tandvård",
    ]
    assert rows["Inget av det"]["cells"] == []
    kronor, period, receipt, whose = rows["El"]["cells"]
    assert rows["El"]["chosen"]
    assert kronor["filled"]["lines"] == ["615"]
    assert (period["crosses"], receipt["crosses"]) == ([False, True, False, False], [True, False])
    assert whose["crosses"] == [False] * 4
    assert rows["Medicin"]["cells"][0]["filled"]["lines"] == ["130"]
    assert rows["Annat"]["below"][0]["filled"]["lines"] == ["Glasögon"]
    assert set(tables) >= {"Vilka pengar får du? Du kan välja flera.", "Finns det räkningar som du inte kunde betala?"}


def test_it_takes_five_pages_in_swedish() -> None:
    assert len(pages(printed(sheet()))) <= 5


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


def test_a_row_left_empty_between_two_moves_nothing_and_loses_nothing() -> None:
    """The first child has a name, the second none at all, and of the fifth only the days are known."""
    record = (answered("child_name#1", "", "", "sv", "Yara"), answered("child_days#5", "", "", "sv", 12))
    data = form.sheet(form.application(), municipality="T", at=MONDAY, filled=record).data
    children = next(item for part in data["sections"] for item in part["items"] if item["is"] == "list")
    said = [["".join(cell["lines"]) for cell in row] for row in children["rows"]]
    assert [number for number, row in enumerate(said, 1) if any(row)] == [1, 5]
    assert (said[0][0], said[4].count("12")) == ("Yara", 1)
