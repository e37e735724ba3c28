"""One file per kind of notice: all are there, and what they declare is theirs alone."""

import inspect
from collections import Counter
from typing import Any, get_type_hints

import pytest

from backend.contract import NoticeKind
from bot.conversation.notices import Telling, tellings
from bot.leaving.kinds import KINDS
from bot.messages import Elapsed
from tests.bot.conversation.test_interruptions import booked

TELLINGS = list(tellings().values())
each = pytest.mark.parametrize("telling", TELLINGS, ids=lambda telling: telling.kind)


def test_every_kind_that_can_be_told_has_a_file() -> None:
    assert list(tellings()) == list(NoticeKind)


@each
def test_it_is_given_the_body_that_the_contract_says(telling: Telling[Any]) -> None:
    body = list(inspect.signature(telling.comes).parameters)[2]
    assert get_type_hints(telling.comes)[body] is telling.kind.body


@each
def test_its_examples_lead_to_every_kind_of_message_it_declares(telling: Telling[Any]) -> None:
    meeting = booked("2", "1").state.person.meeting
    assert meeting is not None
    sent = set()
    for body in telling.examples(meeting):
        assert isinstance(body, telling.kind.body)
        person = booked("2", "1").tells(telling.kind, body)
        for timer in person.turns[-1].timers:
            person.happens(Elapsed(timer.timer, timer.reference))
        sent |= {one.kind for one in person.said}
    assert {kind.name for kind in telling.kinds} <= sent


def test_two_kinds_of_notice_never_declare_the_same() -> None:
    named = [
        *(("kind", kind.name) for telling in TELLINGS for kind in telling.kinds),
        *(("ask", name) for telling in TELLINGS for name in telling.asks),
        *(("timer", name) for telling in TELLINGS for name in telling.timers),
    ]
    assert [name for name, times in Counter(named).items() if times > 1] == []
    assert {name for what, name in named if what == "kind"} <= set(KINDS)
