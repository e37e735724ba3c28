"""Sums and numbers as they are written at a desk."""

import pytest

from backend.staff import amounts


@pytest.mark.parametrize(
    ("words", "kronor", "whole"),
    [
        ("0", 0, 0),
        ("6200", 6200, 6200),
        ("1 615 kr", 1615, 1615),
        ("1\N{NO-BREAK SPACE}615 kronor", 1615, 1615),
        ("1.615", 1615, 1615),
        ("1,615", 1615, 1615),
        ("1.234.567", 1234567, 1234567),
        ("200:-", 200, 200),
        ("200,-", 200, 200),
        ("12.50", 13, None),
        ("12,50", 13, None),
        ("12:49 kr", 12, None),
        ("1 615,50 kr", 1616, None),
        ("1.615,00", 1615, 1615),
        ("7,5", 8, None),
        ("12.5000", None, None),
        ("1.61", 2, None),
        ("1 61", None, None),
        ("-5", None, None),
        ("1_000", None, None),
        ("1e3", None, None),
        ("200 300", 200300, 200300),
        ("200 eller 300", None, None),
        ("lite", None, None),
        ("", None, None),
        ("9" * 5000, None, None),
    ],
)
def test_a_number_is_what_was_written_or_none(words: str, kronor: int | None, whole: int | None) -> None:
    assert (amounts.kronor(words), amounts.whole(words)) == (kronor, whole)
