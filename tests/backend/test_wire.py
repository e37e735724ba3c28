"""What is said of a database that does not answer, and what of an error of ours."""

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.wire import is_away


class Told(Exception):
    """As the driver tells it."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize("state", ["57P03", "57P01", "53300", "08006"])
def test_a_server_that_starts_anew_or_is_full_is_away(state: str) -> None:
    assert is_away(DBAPIError("", {}, Told(state)))
    assert is_away(Told(state))


def test_what_the_database_refuses_is_an_error_of_ours() -> None:
    assert not is_away(IntegrityError("", {}, Told("23505")))
    assert not is_away(DBAPIError("", {}, Told("57014")))
    assert not is_away(ValueError())
