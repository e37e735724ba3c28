"""Whatever somebody wrote comes out as the same words: it runs nothing, reads nothing, turns nothing and ends."""

import asyncio
import time

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from backend.applications.snapshot import Snapshot
from backend.printing import archive
from backend.printing.letters import read_back
from backend.printing.press import MOST, NotPrintedError, Press, Sheet
from tests.backend.printing.papers import ARABIC, TOWN, answered, archived, letters, says, text
from tests.backend.stories import MONDAY

INJECTED = (
    '#import "@preview/cetz:0.3.0"',
    '#read("/etc/passwd")',
    '#include "sheet.typ"',
    "#{while true {}}",
    '#eval("1+1")',
    "$ x^2 $ @ref <label> = Heading *bold* _it_ `raw` ~ -- --- ... \\ \\u{41}",
    "// comment /* and */ [content] {code} - item + item / term: it",
    '"]) #panic("x") "',
    "sys.inputs.data",
)


def printed(one: Snapshot) -> bytes:
    return asyncio.run(Press().pdf(archive.sheet(one, TOWN)))


@pytest.mark.parametrize("words", INJECTED)
def test_the_templates_language_is_words_like_others(words: str) -> None:
    said = read_back(text(printed(says(words))))
    assert letters(words) in letters(said)
    assert "root:" not in said


@pytest.mark.parametrize(
    "words",
    ["a" * 100_000, "hej på dig " * 9_100, "سلام عليكم " * 9_100, "\u202e" * 3_000, "\n" * 5_000, "\u0301" * 3_000],
    ids=["one word", "words", "arabic", "overrides", "lines", "marks"],
)
def test_a_hundred_thousand_letters_are_printed_in_time(words: str) -> None:
    began = time.monotonic()
    assert printed(says(words)).startswith(b"%PDF")
    assert time.monotonic() - began < 30


def test_a_word_longer_than_the_paper_is_there_to_its_end() -> None:
    # In Swedish, and beside it as it stood.
    assert text(printed(says("w" * 5_000 + "x"))).count("w") == 2 * 5_000


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)


# A printing takes a while: what fails is not made smaller.
@settings(max_examples=15, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(ANYTHING, min_size=1, max_size=30))
def test_any_words_come_out_the_same(words: list[str]) -> None:
    record = tuple(answered(f"q{n}", "Fråga", "Fråga", "sv", one) for n, one in enumerate(words))
    said = read_back(letters(text(printed(archived(record)))))
    # Letters from the right stand in a PDF as they are seen; each is there twice, in Swedish and as it stood.
    written = letters("".join(words))
    assert [letter for letter in set(written) if said.count(letter) < 2 * written.count(letter)] == []


def test_it_ends_when_its_time_is_over() -> None:
    with pytest.raises(NotPrintedError, match="too slow"):
        asyncio.run(Press(seconds=0.01).pdf(archive.sheet(says("hej"), TOWN)))


def test_more_than_anybody_writes_is_not_begun() -> None:
    with pytest.raises(NotPrintedError, match="too long"):
        asyncio.run(Press().pdf(Sheet("archive", {"title": "a" * MOST}, MONDAY)))


def test_what_is_no_sheet_is_said_without_its_words() -> None:
    with pytest.raises(NotPrintedError) as raised:
        asyncio.run(Press().pdf(Sheet("archive", {"title": ARABIC}, MONDAY)))
    assert str(raised.value) == "not set"
