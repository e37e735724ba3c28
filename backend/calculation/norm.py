"""The riksnorm, by year: what a household's personal and common costs are set to, and whether a year may be used."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from backend.contract import Value
from backend.errors import NormMissing, NormUnverified

Status: TypeAlias = Literal["verified", "totals-verified", "municipal-page", "not-verified"]

_FILE = Path(__file__).with_name("riksnorm.toml")
_LISTED = 7
"""So many persons the table of common costs has."""


class NormYear(Value):
    """One year's riksnorm, in whole kronor a month. ``children``: by the ages as they are published (``4-6``).

    ``single_one_person`` and ``couple_two_persons`` are whole norms, where only those are verified.
    """

    year: int = Field(ge=2000, le=2100)
    status: Status
    source: str = Field(min_length=1)
    source_date: str
    note: str = ""
    adult_single: int | None = Field(None, gt=0)
    adult_couple: int | None = Field(None, gt=0)
    children: dict[str, int] = Field(default_factory=dict)
    children_lunch_away: dict[str, int] = Field(default_factory=dict)
    common: tuple[int, ...] = ()
    single_one_person: int | None = Field(None, gt=0)
    couple_two_persons: int | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _whole_where_it_is_used(self) -> "NormYear":
        ages = {age for band in self.children for age in _ages(band)}
        whole = self.adult_single and self.adult_couple and len(self.common) == _LISTED and ages == set(range(21))
        if self.status == "verified" and not whole:
            raise ValueError(f"{self.year}: a verified year is whole")
        if self.status == "totals-verified" and not (self.single_one_person and self.couple_two_persons):
            raise ValueError(f"{self.year}: the two totals are missing")
        return self

    def child(self, age: int, *, lunch_away: bool = False) -> tuple[str, int]:
        """The ages a child is counted among, and the personal costs of those. Raises NormUnverified where the year has
        no such row."""
        self._only_verified()
        table = self.children_lunch_away if lunch_away and age <= 6 else self.children
        for band, kronor in table.items():
            if age in _ages(band):
                return band, kronor
        raise NormUnverified(year=self.year, status="missing row")

    def adults(self, number: int) -> int:
        """Personal costs of one adult, or of two who live together as a couple."""
        self._only_verified()
        found = self.adult_single if number == 1 else self.adult_couple
        if found is None:
            raise NormUnverified(year=self.year, status="missing row")
        return found

    def shared(self, persons: int) -> int:
        """Common costs of a household of so many persons."""
        self._only_verified()
        if persons <= _LISTED:
            return self.common[persons - 1]
        return self.common[-1] + (persons - _LISTED) * (self.common[-1] - self.common[-2])

    def total(self, adults: int) -> int | None:
        """The whole norm of one alone or of a couple, without children and others, where only that is verified."""
        if self.status != "totals-verified":
            return None
        return self.single_one_person if adults == 1 else self.couple_two_persons

    def _only_verified(self) -> None:
        if self.status != "verified":
            raise NormUnverified(year=self.year, status=self.status)


@cache
def years() -> dict[int, NormYear]:
    """Every year there is a row for."""
    rows = [NormYear.model_validate(row) for row in tomllib.loads(_FILE.read_text("utf-8"))["years"]]
    if len({row.year for row in rows}) != len(rows):
        raise ValueError("riksnorm.toml: a year stands there once")
    return {row.year: row for row in rows}


def of_month(month: date) -> NormYear:
    """The year's row for a month. Raises NormMissing, and NormUnverified where nothing of it may be used."""
    found = years().get(month.year)
    if found is None:
        raise NormMissing(year=month.year)
    if found.status not in ("verified", "totals-verified"):
        raise NormUnverified(year=found.year, status=found.status)
    return found


def _ages(band: str) -> range:
    first, _, last = band.partition("-")
    return range(int(first), int(last or first) + 1)
