"""What no machine translates, in every language we write; and what it may."""

import pytest

from backend.translating.rules import Why, why_not


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Du får 7 485 kr", "money"),
        ("Бракує 1200 крон", "money"),
        ("أحتاج ١٢٠٠ كرون", "money"),
        ("Beslutet kommer i morgon", "decision"),
        ("Your application was rejected", "decision"),
        ("هل صدر قرار؟", "decision"),
        ("Codsigayga waa la diiday", "decision"),
        ("Мені відмовили", "decision"),
        ("Du kan överklaga till den 3 januari", "appeal"),
        ("Can I appeal?", "appeal"),
        ("كيف أقدم الاعتراض؟", "appeal"),
        ("Sidee loo racfaan qaataa?", "appeal"),
        ("Як подати апеляцію?", "appeal"),
    ],
)
def test_decisions_money_and_appeals_are_for_a_human(words: str, why: Why) -> None:
    assert why_not(words) == why


@pytest.mark.parametrize(
    "words",
    ["هل يمكنني إحضار الأطفال؟", "Kan jag ta med barnen?", "Чи можна прийти о 9:30?", "Waan imanayaa", "I need help"],
)
def test_the_rest_may_be_translated(words: str) -> None:
    assert why_not(words) is None
