"""Which application it is for somebody on a day, and what is said of one that looks odd."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.applications import choosing
from backend.applications.choosing import History, Sent, after, choose, flags, opens, remind_on
from backend.contract import ApplicationKind
from backend.municipalities import ApplicationMonths, found

OCTOBER, NOVEMBER, DECEMBER, JANUARY = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


def rule(since: date = date(2026, 1, 1), *, opens_on: int = 15, pay_day: int = 27) -> ApplicationMonths:
    return ApplicationMonths(
        since=since, opens_on=opens_on, pay_day=pay_day, remind_before=5, source="example", status="example"
    )


RULES = (rule(),)
CALENDAR = found()["trelleborg"].calendar


def sent(month: date, on: date, *, kind: ApplicationKind = "recurring", number: int = 1, digest: str = "") -> Sent:
    return Sent(UUID(int=number), kind, month, on, digest)


def applied(*months: date) -> History:
    return History(sent=tuple(sent(month, month, number=n) for n, month in enumerate(months, 1)))


@pytest.mark.parametrize(
    ("history", "day", "expected"),
    [
        # Nobody knows her: a new application, for the month it is.
        (History(), date(2026, 11, 26), ("new", NOVEMBER, DECEMBER, date(2026, 11, 15), False)),
        # The month after one she had, as soon as it has opened.
        (applied(OCTOBER, NOVEMBER), date(2026, 11, 15), ("recurring", DECEMBER, JANUARY, date(2026, 12, 15), True)),
        # The day before it opens there is none yet.
        (applied(OCTOBER, NOVEMBER), date(2026, 11, 14), ("none-yet", None, DECEMBER, date(2026, 11, 15), True)),
        # A month she left out comes before the next one.
        (applied(OCTOBER), date(2026, 11, 20), ("recurring", NOVEMBER, DECEMBER, date(2026, 11, 15), True)),
        # One for each month: both that are open are applied for.
        (applied(NOVEMBER, DECEMBER), date(2026, 11, 20), ("none-yet", None, JANUARY, date(2026, 12, 15), True)),
        # Two months after the last one she is still known; on the first day of the third she is not.
        (applied(OCTOBER), date(2026, 12, 31), ("recurring", DECEMBER, JANUARY, date(2026, 12, 15), True)),
        (applied(OCTOBER), date(2027, 1, 1), ("new", JANUARY, date(2027, 2, 1), date(2027, 1, 15), False)),
        # A month the municipality granted by itself counts like one she applied for.
        (
            History(granted=frozenset({NOVEMBER})),
            date(2026, 12, 2),
            ("recurring", DECEMBER, JANUARY, date(2026, 12, 15), True),
        ),
        # A refusal shuts no door: the month can be asked for again.
        (
            History(sent=(sent(NOVEMBER, date(2026, 11, 2)),), refused=frozenset({NOVEMBER})),
            date(2026, 11, 10),
            ("recurring", NOVEMBER, DECEMBER, date(2026, 11, 15), True),
        ),
        # A single cost makes nobody known for a month.
        (
            History(sent=(sent(NOVEMBER, date(2026, 11, 2), kind="supplementary"),)),
            date(2026, 11, 10),
            ("new", NOVEMBER, DECEMBER, date(2026, 11, 15), False),
        ),
        # Over New Year.
        (applied(DECEMBER), date(2026, 12, 15), ("recurring", JANUARY, date(2027, 2, 1), date(2027, 1, 15), True)),
    ],
)  # fmt: skip
def test_which_application_it_is(
    history: History, day: date, expected: tuple[str, date | None, date, date, bool]
) -> None:
    choice = choose(history, day, RULES)
    assert (choice.kind, choice.month, choice.next_month, choice.opens_on, choice.supplementary) == expected


def test_a_rule_holds_from_its_day_and_the_month_goes_by_the_one_that_holds_before_it() -> None:
    rules = (rule(), rule(date(2026, 12, 10), opens_on=20))
    assert opens(JANUARY, rules) == date(2026, 12, 15)  # in December the old one had begun
    assert opens(date(2027, 2, 1), rules) == date(2027, 1, 20)
    assert opens(date(2025, 3, 1), rules) == date(2025, 2, 15)


def test_the_reminder_leaves_time_to_decide_before_the_pay_day() -> None:
    # 27 December is a Sunday and the days before it are closed: five working days before are not five days.
    assert remind_on(JANUARY, RULES, CALENDAR) == date(2026, 12, 17)
    assert remind_on(DECEMBER, RULES, CALENDAR) == date(2026, 11, 20)
    # Never before the month has opened.
    assert remind_on(DECEMBER, (rule(opens_on=25),), CALENDAR) == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("history", "coming", "whys"),
    [
        (History(), sent(NOVEMBER, date(2026, 11, 26), kind="new"), []),
        (applied(NOVEMBER), sent(NOVEMBER, date(2026, 11, 26), number=9), ["same-month"]),
        # A single cost in the same month is not the same application; twice the same cost is said.
        (applied(NOVEMBER), sent(NOVEMBER, date(2026, 11, 26), number=9, kind="supplementary"), []),
        (
            History(
                sent=(*applied(NOVEMBER).sent, sent(NOVEMBER, date(2026, 11, 3), kind="supplementary", digest="d"))
            ),
            sent(NOVEMBER, date(2026, 11, 26), number=9, kind="supplementary", digest="d"),
            ["same-answers"],
        ),
        # After ninety days nobody needs to be told.
        (
            History(sent=(sent(OCTOBER, date(2026, 8, 1), digest="d"),), granted=frozenset({OCTOBER})),
            sent(NOVEMBER, date(2026, 11, 1), number=9, digest="d"),
            [],
        ),
        (History(closed_on=date(2026, 11, 1)), sent(NOVEMBER, date(2026, 11, 26), kind="new"), ["closed-lately"]),
        (History(closed_on=date(2026, 8, 1)), sent(NOVEMBER, date(2026, 11, 26), kind="new"), []),
        (applied(NOVEMBER), sent(JANUARY, date(2026, 11, 26), number=9), ["not-open"]),
        (applied(OCTOBER), sent(NOVEMBER, date(2026, 11, 26), number=9, kind="new"), ["other-kind"]),
        (History(), sent(NOVEMBER, date(2026, 11, 26)), ["other-kind"]),
    ],
)  # fmt: skip
def test_what_looks_odd_is_said(history: History, coming: Sent, whys: list[str]) -> None:
    assert [flag.why for flag in flags(history, coming, RULES)] == whys


def test_a_flag_names_the_application_it_is_about_and_its_day() -> None:
    (flag,) = flags(applied(NOVEMBER), sent(NOVEMBER, date(2026, 11, 26), number=9), RULES)
    assert (flag.application, flag.on) == (UUID(int=1), NOVEMBER)
    (early,) = flags(applied(NOVEMBER), sent(JANUARY, date(2026, 11, 26), number=9), RULES)
    assert early.on == date(2026, 12, 15)


months = st.integers(-6, 3).map(lambda number: after(DECEMBER, number))
histories = st.builds(
    lambda asked, granted, refused: History(
        sent=tuple(sent(month, min(month, date(2026, 12, 20)), number=n) for n, month in enumerate(asked, 1)),
        granted=frozenset(granted),
        refused=frozenset(refused) & {*asked, *granted},
    ),
    st.lists(months, max_size=4),
    st.sets(months, max_size=3),
    st.sets(months, max_size=2),
)


@given(histories, st.integers(0, 60).map(lambda days: date(2026, 12, 1) + timedelta(days=days)))
def test_whatever_the_past_there_is_one_answer_and_it_is_not_odd(history: History, day: date) -> None:
    choice = choose(history, day, RULES)
    assert choice.next_month > choosing.first_of(day)
    if choice.kind == "none-yet":
        assert choice.month is None
        assert choice.opens_on > day or choice.next_month in history.months - history.refused
        return
    assert choice.month is not None
    assert choice.month not in history.months - history.refused
    coming = Sent(UUID(int=99), choice.kind, choice.month, day)
    odd = {flag.why for flag in flags(history, coming, RULES)}
    # Only a month that was refused may be the same one again.
    assert odd <= ({"same-month"} if choice.month in history.refused else set())
