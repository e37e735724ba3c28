"""Which answer a message asks for, counted: what must be found, and what must not."""

import tomllib
from collections.abc import Iterator

import pytest

from bot.answers import answers, find, frightened, is_question
from bot.answers.finding import PHRASES, read
from bot.hearing.words import command, is_acute
from bot.spelling import fold
from bot.text import languages, words
from tests.bot.answers.sentences import (
    ASKED,
    FRIGHTENED_AT_LEAST,
    ORDINARY_AT_LEAST,
    OTHER,
    OTHERS_AT_LEAST,
)

FRIGHTENED = [answer.name for answer in frightened.ANSWERS]
FALSE_AT_MOST = 0.01
"""Of the sentences that ask for none of this."""


def asked() -> Iterator[tuple[str, str, str]]:
    for language, by_answer in ASKED.items():
        for name, messages in by_answer.items():
            for message in messages:
                yield language, name, message


@pytest.mark.parametrize(("language", "name", "message"), list(asked()))
def test_a_question_finds_its_answer(language: str, name: str, message: str) -> None:
    assert find(message).names == (name,)


def test_the_table_has_every_answer_in_every_language() -> None:
    assert {path.stem for path in PHRASES.glob("*.toml")} == set(ASKED) == set(OTHER)
    for language, by_answer in ASKED.items():
        assert set(by_answer) == set(answers()), language
        for name, messages in by_answer.items():
            least = FRIGHTENED_AT_LEAST if name in FRIGHTENED else ORDINARY_AT_LEAST
            assert len(set(messages)) >= least, (language, name)
        assert len(set(OTHER[language])) >= OTHERS_AT_LEAST, language


def test_answers_names_and_other_questions_find_none() -> None:
    others = [message for messages in OTHER.values() for message in messages]
    found = [(message, find(message).names) for message in others if find(message)]
    assert len(found) <= FALSE_AT_MOST * len(others), found


def test_a_misspelt_question_is_found_too() -> None:
    for written, name in (
        ("ringr ni polisn?", "police"),
        ("kostra det nåt", "costs"),
        ("Will you take my childern?", "take-children"),
        ("HAR NI ÖPPET PÅ LÖRDAG!!!", "opening-hours"),
        ("har ni oppet pa lordag", "opening-hours"),
        ("هل هو مجّاني؟؟", "costs"),
        ("hal bta5do wladi", "take-children"),
    ):
        assert find(written).names == (name,), written


def test_a_question_inside_a_longer_message_is_found() -> None:
    for written, name in (
        ("Hej! Jag är ensam med två barn. Jag är så rädd, kan ni ta mina barn? Tack", "take-children"),
        ("Hello, I lost my job in May. Will my husband find out about this? Please answer", "family-told"),
    ):
        assert find(written).names == (name,), written


def test_two_that_are_as_likely_are_both_offered() -> None:
    assert set(find("när får jag beslut, och hur mycket får jag?").names) == {"when-decision", "how-much"}


def test_a_message_that_is_the_question_and_nothing_else_is_certain() -> None:
    assert find("Kostar det något?").certain
    assert not find("nej, kostar det något?").certain


@pytest.mark.parametrize("language", sorted(ASKED))
def test_most_of_what_is_asked_is_known_for_a_question(language: str) -> None:
    with_marks = [message for _, messages in ASKED[language].items() for message in messages if message[-1] in "?؟"]
    assert len(with_marks) > 20
    assert all(map(is_question, with_marks))
    assert not any(is_question(message) for message in ("?", "...", "", "😀?", "070-174 06 05", "1"))


@pytest.mark.parametrize("language", sorted(ASKED))
def test_no_phrase_is_a_word_that_works_anywhere_or_one_that_alarms(language: str) -> None:
    for name, entry in read(language).items():
        for phrase in entry.get("phrases", ()):
            heard = command(phrase)
            assert heard is None or heard.name not in ("stop", "wrong-number", "start"), (name, phrase)
            assert not is_acute(phrase), (name, phrase)


@pytest.mark.parametrize("language", sorted(ASKED))
def test_the_phrases_of_a_language_are_whole(language: str) -> None:
    with (PHRASES / f"{language}.toml").open("rb") as file:
        listed = tomllib.load(file)
    assert set(listed) == {*answers(), "questions"}
    folded = [fold(phrase) for name, entry in listed.items() for phrase in entry.get("phrases", ())]
    assert all(folded)
    for name in answers():
        assert len(listed[name]["phrases"]) >= 5, name
        for phrase in listed[name]["phrases"]:
            assert find(phrase).names == (name,), phrase


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("key", ["yes", "no", "all", "politeness", "another-day"])
def test_a_word_list_is_never_a_question(language: str, key: str) -> None:
    assert [word for word in words(language, key) if find(word)] == []
