"""The state between turns: a part is changed by making another, and only in fields it has."""

from uuid import uuid4

import pytest

from bot.messages import Person, State, Thread, changed


def test_a_changed_part_is_another_and_the_first_stays_as_it_was() -> None:
    state = State(Thread(uuid4(), "trelleborg", "sms"), Person(uuid4()))
    later = state.with_thread(misses=1, language="so").with_person(helped=True)
    assert (state.thread.misses, state.thread.language, state.person.helped) == (0, None, False)
    assert (later.thread.misses, later.thread.language, later.person.helped) == (1, "so", True)
    assert (later.thread.id, later.person.id) == (state.thread.id, state.person.id)
    assert later == State(
        Thread(state.thread.id, "trelleborg", "sms", "so", misses=1), Person(state.person.id, helped=True)
    )


def test_a_field_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="Thread has not all of mises"):
        changed(Thread(uuid4(), "trelleborg", "sms"), mises=1)
