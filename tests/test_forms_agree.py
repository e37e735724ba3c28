"""An application that staff fill in says the same as one that the talk took, for the same answers."""

from datetime import date
from uuid import UUID

import pytest

from backend.applications.by_name import put_together
from backend.contract import SendApplication
from backend.printing.form import application as paper
from backend.staff.behalf import form_page
from bot import paper as asking
from bot.flows import flows
from bot.form import LEFT, Json, digest_of, play

FLOW = flows()["application"]
WAYS = [way.answers for way in asking._ways(FLOW).found]
TOLD_OTHERWISE = {"person", "received_at", "language", "interpreter_language", "later", "digest", "record", "corrects"}


def taken_by_the_talk(answers: dict[str, Json]) -> SendApplication:
    played = asking._play(FLOW, answers)
    digest = digest_of(played.form.live, "sv")
    finished = play(FLOW, played.form.context, played.form.answers, {}, digest=digest)
    assert finished.finished
    assert isinstance(finished.returned, SendApplication)
    return finished.returned


def test_every_way_through_the_talk_makes_the_same_application_at_the_desk() -> None:
    for way in WAYS:
        told = taken_by_the_talk(dict(way))
        # What was left to the meeting is there without a meaning, so that an item of a list counts.
        given = {record.question: record.meaning for record in told.record}
        filled = put_together(
            given,
            date(2026, 11, 30),
            person=UUID(int=0),
            received_at=told.received_at,
            language="sv",
            attested=True,
            digest="",
        )
        assert filled.model_dump(exclude=TOLD_OTHERWISE) == told.model_dump(exclude=TOLD_OTHERWISE)


def test_the_page_asks_everything_that_the_talk_asked_on_each_way() -> None:
    for way in WAYS:
        told = taken_by_the_talk(dict(way))
        given = {record.question: record.meaning for record in told.record if record.meaning is not None}
        asked = {key for key, _, _ in form_page.live(paper(), given)}
        # One more child is one more row on the page.
        assert {key for key in given if "_more#" not in key} <= asked


@pytest.mark.parametrize("key", ["cost_kronor#medicine", "child_age#2", "housing"])
def test_every_answer_has_its_sentence(key: str) -> None:
    assert "{" not in form_page.sentence_of(paper(), key)
    assert LEFT not in form_page.sentence_of(paper(), key)
