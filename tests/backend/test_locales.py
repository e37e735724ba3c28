"""Catalogues of the backend: complete, with the same fields, the right plural order, and values that keep direction."""

import ast
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest

from backend import locales
from backend.cases import lines
from backend.decisions import texts
from backend.locales import Kronor, Month, Words
from backend.municipalities import found

BACKEND = Path(locales.__file__).parents[1]
LANGUAGES = sorted(locales.languages())


def messages() -> Iterator[str]:
    """Every source sentence marked in the code."""
    for file in sorted(BACKEND.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
                message = ast.literal_eval(node.args[0])
                assert isinstance(message, str)
                yield message


def test_there_are_texts_in_the_languages_the_bot_speaks() -> None:
    catalogues = {path.parts[-3] for path in locales.FOLDER.glob("*/LC_MESSAGES/backend.po")}
    assert {path.parts[-3] for path in BACKEND.parent.glob("bot/locales/*/LC_MESSAGES/bot.po")} == catalogues
    assert set(LANGUAGES) <= catalogues
    assert {"sv", "ar", "en", "so", "uk"} <= set(LANGUAGES)
    for municipality in found().values():
        assert set(locales.among(municipality.languages)) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_sentence_with_its_fields_and_no_other(language: str) -> None:
    catalogue = locales.catalogue(language)
    assert set(catalogue) == set(messages())
    for message, said in catalogue.items():
        assert said.strip() == said != ""
        assert sorted(locales.fields(said)) == sorted(locales.fields(message)), message


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_says_who_has_read_it(language: str) -> None:
    path = locales.FOLDER / language / "LC_MESSAGES" / "backend.po"
    if language != locales.SWEDISH:
        assert "reviewed by a native speaker" in path.read_text(encoding="utf-8")


def test_values_are_written_as_the_language_writes_them() -> None:
    day, hour = date(2026, 12, 1), time(9, 30)
    assert locales.write(day, "sv") == "tisdag 1 december"
    assert locales.write(hour, "sv") == "9.30"
    assert locales.write(time(13, 5), "sv") == "13.05"
    assert locales.write(Month(day), "sv") == "december 2026"
    assert locales.write(Kronor(7485), "sv") == "7\u00a0485\u00a0kr"
    assert locales.write(Kronor(485), "sv") == "485\u00a0kr"
    assert locales.write(day, "ar") == "\u2068الثلاثاء 1 كانون الأول\u2069"
    assert locales.write(hour, "ar") == "\u20689:30\u2069"
    assert locales.write(day, "so") == "Talaado 1 Diseembar"
    assert locales.write(day, "uk") == "вівторок, 1 грудня"
    assert locales.write(hour, "uk") == "9:30"
    assert locales.write(Month(day), "ar") == "\u2068كانون الأول 2026\u2069"
    assert locales.write(Month(day), "uk") == "грудень 2026"
    assert locales.write(Words("the lease"), "sv") == "hyreskontraktet"
    assert "\u2068" not in locales.write(Words("the lease"), "ar")


@pytest.mark.parametrize(
    ("text", "segments", "room"),
    [("a" * 160, 1, 160), ("a" * 161, 2, 153), ("ا" * 70, 1, 70), ("ا" * 71, 2, 67), ("å€", 1, 160)],
)
def test_what_a_text_costs(text: str, segments: int, room: int) -> None:
    assert locales.as_sms(text) == locales.Sms(segments, len(text), room)


FORBIDDEN = ("bankid", "logga in", "e-legitimation", "i morgon")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_promises_what_does_not_exist_or_money_tomorrow(language: str) -> None:
    for said in locales.catalogue(language).values():
        assert not [word for word in FORBIDDEN if word in said.lower()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_says_how_to_appeal_by_when_what_it_costs_and_the_new_time(language: str) -> None:
    facts = texts.Facts(
        kind="avslag",
        month=date(2026, 12, 1),
        reasons=("other-benefit",),
        told_on=date(2026, 12, 1),
        appeal_by=date(2026, 12, 22),
        new_day=date(2026, 12, 2),
        new_time=time(10, 0),
        new_address="Exempelgatan 4",
    )
    town = found()["trelleborg"]
    whole = "\n".join(texts.paragraphs(facts, language, town))
    for said in (town.committee, town.court, town.address, town.telephone, "Exempelgatan 4"):
        assert said in whole
    assert locales.write(date(2026, 12, 22), language) in whole
    assert locales.write(time(10, 0), language) in whole
    assert locales.say(texts.REASONS["other-benefit"], language) in whole


def test_every_agreed_line_can_be_said_in_every_language() -> None:
    filled = {"day": "2026-12-01", "time": "9.30", "paper": "lease"}
    for line in lines.LINES:
        values = {known.name: lines.read(known, filled[known.kind]) for known in line.fields}
        assert set(locales.fields(line.message)) == set(values)
        for language in LANGUAGES:
            assert "{" not in locales.say(line.message, language, values)
