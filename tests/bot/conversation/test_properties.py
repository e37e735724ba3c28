"""What is true of every talk, whatever happens in whatever order: held over walks that hypothesis makes up.

Every turn of a walk is taken twice and gives the same, and its state is written as JSON and read back
(:class:`tests.bot.talker.Talker`); what else holds of every turn stands in :mod:`tests.bot.conversation.walk`.
"""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from backend.contract import HandInPart, MeetingNotice, NoticeKind, SendApplication, Sensitivity
from bot.conversation.running import replay
from bot.leaving.kinds import KINDS
from bot.messages import Elapsed, Filled, Outgoing, Said, Turn
from bot.questions import Meaning
from bot.stories.meeting_first import HELLO
from bot.text import STOCKHOLM, languages, say
from tests.bot.conversation.walk import Broken, Walk, Walker, holds, walks


def some(examples: int, *, anew: bool = False) -> settings:
    """So many walks: the same ones each time, so that a build is never red by chance; ``anew``: others each time."""
    return settings(
        max_examples=examples,
        derandomize=not anew,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
    )


@pytest.fixture(autouse=True)
def nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence without a translation is a mistake, not a Swedish sentence."""

    def missing(language: str, message: str) -> str:
        raise AssertionError(f"no translation in {language}: {message}")

    monkeypatch.setattr("bot.text.missing", missing)


def sent(walker: Walker) -> list[SendApplication]:
    """Applications, and parts of one."""
    values = [call.value.part if isinstance(call.value, HandInPart) else call.value for call in walker.calls]
    return [value for value in values if isinstance(value, SendApplication)]


@some(60)
@given(walks())
def test_nobody_is_stuck(walk: Walk) -> None:
    nobody_is_stuck(walk.walk())


@pytest.mark.long
@some(4000, anew=True)
@given(walks(longest=40))
def test_nobody_is_stuck_on_long_walks(walk: Walk) -> None:
    nobody_is_stuck(walk.walk())


def nobody_is_stuck(walker: Walker) -> None:
    for words in ("banan", "", "1", "STATUS", "RING"):
        walker.gets_an_answer(words)
    walker.finds_the_way_out()


@some(80)
@given(walks())
def test_an_answer_heard_on_the_way_is_as_one_that_was_stored(walk: Walk) -> None:
    """A turn plays its flow once; what comes of that is what would come of beginning again with the answer stored."""
    walker = walk.walk()
    run, asking, words = walker.state.run, walker.asking(), walker.answer_in_words()
    assume(run is not None and asking is not None and words is not None)
    assert run is not None
    assert asking is not None
    heard = asking.question.kind.understand(
        words or "", walker.talk.language, today=walker.talk.today, among=asking.among
    )
    assert isinstance(heard, Meaning)
    answer = {asking.key: asking.question.kind.dump(heard.meaning)}
    stored = replace(
        run,
        answers={**run.answers, **answer},
        records={**run.records, asking.key: walker.now.isoformat()},
        implied=tuple(key for key in run.implied if key != asking.key),
        digest=None,
        changing=None,
    )
    on_the_way, again = replay(walker.talk, run, lambda asked: answer.get(asked.key)), replay(walker.talk, stored)
    assert on_the_way.form.hear is None
    assert on_the_way == again


@some(40)
@given(walks())
def test_back_undoes_the_last_given_answer(walk: Walk) -> None:
    walker = walk.walk()
    before, run, words = walker.played(), walker.state.run, walker.answer_in_words()
    assume(walker.is_heard and walker.asking() is not None and words is not None)
    assert before is not None
    assert before.asking is not None
    assert run is not None
    after = walker.fork().writes(words or "")
    went_on = after.state.run
    # The last answer of a flow cannot be taken back: what it does is done.
    assume(went_on is not None and went_on.id == run.id and went_on.state == "open" and run.changing is None)
    # A page may have answered what comes after the open question: then that is the last, and is undone first.
    then, known = after.played(), {one.key for one in before.live}
    assume(then is not None and not {one.key for one in then.live if one.key in run.answers} - known)
    after.writes("TILLBAKA")
    back = after.played()
    assert back is not None
    assert back.asking is not None
    assert [(one.key, one.meaning) for one in back.live] == [(one.key, one.meaning) for one in before.live]
    assert back.asking.key == before.asking.key


@some(50)
@given(walks())
def test_a_language_switch_keeps_every_answer(walk: Walk) -> None:
    walker = walk.walk()
    assume(walker.is_heard)
    for name in ("svenska", "العربية"):
        other = walker.fork().writes(name)
        for run in walker.state.runs.values():
            given = {key: value for key, value in run.answers.items() if key not in run.implied}
            kept = other.state.runs[run.id].answers
            holds(given.items() <= kept.items(), "an answer was lost", run=run, kept=kept)
        holds(other.state.person == walker.state.person, "the person changed")
        holds(other.state.thread.language in languages(), "no language")


@some(20)
@given(walks(), st.integers(1, 20))
def test_a_changed_answer_or_language_must_be_confirmed_anew(walk: Walk, line: int) -> None:
    walker = walk.walk()
    assume(walker.comes_to_the_summary())
    before, digest = len(sent(walker)), walker.summary
    played = walker.played()
    assert played is not None
    switched = walker.fork().writes("svenska" if walker.talk.language != "sv" else "العربية")
    changed = walker.fork().writes(f"ÄNDRA {(line - 1) % len(played.live) + 1}")
    for other in (switched, changed):
        for old in (Said("JA", question=digest[1]), Said("1", question=digest[1])):
            holds(len(sent(other.fork().happens(old))) == before, "the old summary was confirmed")
        assume(other.comes_to_the_summary())
        shown = other.summary
        other.writes("JA")
        for application in sent(other)[before:]:
            holds(application.digest == shown[0], "another digest than the one shown")
    holds(sent(switched)[-1].digest != digest[0], "the digest of another language's summary")


@some(40)
@given(walks())
def test_an_old_button_and_an_old_page_store_nothing(walk: Walk) -> None:
    walker = walk.walk()
    old = [token for pick in range(3) if (token := walker.old_token(pick)) is not None]
    assume(old)
    for token in old:
        for event in (
            Said("1", question=token),
            Said("JA", question=token),
            Filled(token, {"applies_alone": "1", "has_children": "2"}),
            Filled(token, {}, leave=True),
        ):
            other = walker.fork().happens(event)
            for run in walker.state.runs.values():
                holds(other.state.runs[run.id].answers == run.answers, "an old button answered", event=event)
            effects = [call.value for call in other.calls[len(walker.calls) :] if not call.answers_to_thread]
            holds(not effects, "an old button had an effect", event=event, effects=effects)


# --- What goes unasked ------------------------------------------------------------------------------------------------


def test_what_goes_unasked_is_open() -> None:
    assert {kind.sensitivity for kind in KINDS.values() if kind.proactive} == {Sensitivity.OPEN}


@pytest.mark.parametrize("language", languages())
def test_what_is_said_of_a_meeting_is_one_segment_whatever_its_day(language: str) -> None:
    for month, day in itertools.product(range(1, 13), range(21, 28)):
        start = datetime(2026, month, day, 13, 45, tzinfo=STOCKHOLM)
        walker = Walker(now=start - timedelta(days=1, hours=4))
        walker.writes(HELLO[language]).writes("1").writes("1")
        meeting = walker.state.person.meeting
        assert meeting is not None
        told = MeetingNotice(meeting=meeting.model_copy(update={"start": start}))
        for kind in (NoticeKind.MEETING_MOVED, NoticeKind.INTERPRETER_CONFIRMED, NoticeKind.MEETING_CANCELLED):
            walker.fork().tells(kind, told)
        for timer in ("reminder", "reminder-evening"):
            walker.fork().happens(Elapsed(timer, meeting.id))
        assert walker.state.thread.language == language


def test_the_budget_is_what_the_walks_hold_every_text_to() -> None:
    """Proof that a text over its budget does break a walk."""
    walker = Walker()
    walker.state = walker.state.with_thread(language="ar")
    too_long = Outgoing("reminder", say("{words}", words="م" * 71))
    with pytest.raises(Broken, match="over budget"):
        walker.texts_fit(Turn(walker.state, says=(too_long,)))
