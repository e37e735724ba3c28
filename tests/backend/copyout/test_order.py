"""The order of a case system's fields: data, with words for every field and value there can be, and nothing lost."""

import pytest

from backend.copyout.order import arranged, orders, plain, words
from backend.staff.case import fields as known
from backend.staff.case.fields import fields
from tests.backend.staff.case.test_fields import EVERYTHING


def everything() -> list[tuple[str, str]]:
    return list(fields(EVERYTHING))


@pytest.mark.parametrize("system", orders())
def test_every_field_stands_somewhere_once_and_has_words(system: str) -> None:
    order, told = orders()[system], [one for one in everything() if one[1]]
    sections = arranged(order, told)
    placed = [copy.field.partition("#")[0] for section in sections for copy in section.copies]
    assert sorted(placed) == sorted(field for field, _ in told)
    assert {plain(field) for field, _ in told} <= set(words().names)
    assert order.status == "example"  # nobody who has the form before her has looked
    assert [section.title for section in sections if section.title == "Övrigt"] == []


def test_a_field_no_file_names_stands_last_and_is_not_lost() -> None:
    order = orders()["procapita"]
    [first, last] = arranged(order, [("somethingNew", "1"), ("children[1].firstName", "Bo"), ("nothing", "")])
    assert [(copy.field, copy.name, copy.value) for copy in first.copies] == [
        ("children[1].firstName", "Förnamn, barn 2", "Bo")
    ]
    assert [(copy.name, copy.value) for copy in last.copies] == [("somethingNew", "1")]


def test_of_several_each_is_told_whole_and_the_same_name_twice_is_two() -> None:
    told = [("children[0].daysInHome", "5"), ("children[1].firstName", "Bo"), ("children[0].firstName", "Al"),
            ("annan skuld", "100"), ("annan skuld", "200")]  # fmt: skip
    children, debts = arranged(orders()["lifecare"], told)
    assert [copy.value for copy in children.copies] == ["Al", "5", "Bo"]
    assert [(copy.field, copy.value) for copy in debts.copies] == [("annan skuld", "100"), ("annan skuld#2", "200")]


def test_every_value_has_words() -> None:
    tables = (known._TYPES, known._HOUSING, known._OWNED, known._INCOMES, known._ASSETS, known._COSTS, known._PLANNING)
    assert {value for table in tables for value in table.values()} <= set(words().values)
    assert set(known._APPLIES_TO.values()) <= set(words().values)
    assert set(known._DEBTS.values()) <= set(words().names)
