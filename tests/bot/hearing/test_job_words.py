"""That a job was applied for is heard in people's own words, and what else they say of work is not."""

from datetime import date

import pytest

from bot.hearing.job_words import Applied, applied_for
from bot.text import languages, words

FRIDAY = date(2026, 11, 27)
YESTERDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("message", "heard"),
    [
        ("Sökte jobb på ICA idag", Applied(FRIDAY, employer="ICA")),
        ("Hej, jag har sökt jobb hos Lidl i Trelleborg i går. Tack!", Applied(YESTERDAY, employer="Lidl i Trelleborg")),
        ("Idag sökte jobb på Willys", Applied(FRIDAY, employer="Willys")),
        ("sökt jobb", Applied(FRIDAY)),
        ("Jag har sökt ett jobb som städare i förrgår", Applied(date(2026, 11, 25), title="städare")),
        ("I applied for a job at the bakery yesterday", Applied(YESTERDAY, employer="the bakery")),
        ("I've applied for a job as a cleaner", Applied(FRIDAY, title="cleaner")),
        ("قدمت على وظيفة في مطعم اليوم", Applied(FRIDAY, employer="مطعم")),
        ("waxaan shaqo ka codsaday ICA", Applied(FRIDAY, employer="ICA")),
        ("подала заявку на роботу в АТБ", Applied(FRIDAY, employer="АТБ")),
    ],
)
def test_what_was_applied_for_is_kept_as_it_was_written(message: str, heard: Applied) -> None:
    assert applied_for(message, FRIDAY) == heard


@pytest.mark.parametrize(
    "message",
    [
        "jag vill söka jobb",
        "Jag har sökt jobb på ICA men fick inget",
        "sökte jobb på ICA, går det bra?",
        "sökte jobb på",
        "sökte jobb på " + "a" * 151,
        "Jag har sökt jobb i två år",
        "Jag söker jobb",
        "jag har inte sökt jobb",
        "Jag har sökt bostad på ICA",
        "hej",
        "",
        "sökte jobb på " + "och ".join(["ICA "] * 16),
    ],
)
def test_what_else_is_said_of_work_is_read_by_somebody(message: str) -> None:
    assert applied_for(message, FRIDAY) is None


@pytest.mark.parametrize("language", languages())
def test_every_way_of_a_list_is_heard(language: str) -> None:
    for said in words(language, "applied"):
        assert applied_for(said, FRIDAY) == Applied(FRIDAY), said
    for said in words(language, "applied-at"):
        assert applied_for(f"{said} ICA", FRIDAY) == Applied(FRIDAY, employer="ICA"), said
    for said in words(language, "applied-as"):
        assert applied_for(f"{said} ICA", FRIDAY) == Applied(FRIDAY, title="ICA"), said


@pytest.mark.parametrize(
    "message",
    [
        "Sökte jobb på ICA. Börjar där på måndag",
        "Sökte jobb på ICA och de vill att jag kommer på intervju imorgon kl tio",
    ],
)
def test_what_tells_something_else_too_is_read_by_somebody(message: str) -> None:
    assert applied_for(message, FRIDAY) is None
