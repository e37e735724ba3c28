"""Agencies that stories about interpreters order from."""

from datetime import date, time
from typing import Any

from backend.municipalities.agencies import Agency, Price


def agency(slug: str = "orda", **other: Any) -> Agency:
    """An agency that has Arabic and Tigrinya by telephone and on site, and answers within an hour between 7 and 17."""
    given: dict[str, Any] = {
        "slug": slug,
        "name": slug.capitalize(),
        "telephone": "070-174 06 90",
        "languages": ("ar", "ti"),
        "modes": ("on-site", "phone"),
        "order_by": "e-mail",
        "address": f"order@{slug}.example",
        "answers_from": time(7),
        "answers_until": time(17),
        "answer_minutes": 60,
        "ordered_before": {"on-site": 20, "phone": 2},
        "free_until": {"on-site": 18, "phone": 4},
        "prices": (
            Price(mode="phone", since=date(2026, 1, 1), kronor_per_hour=400, source="example", status="example"),
            Price(mode="on-site", since=date(2026, 1, 1), kronor_per_hour=700, source="example", status="verified"),
        ),
        "source": "example",
        "status": "agreed",
        **other,
    }
    return Agency.model_validate(given)
