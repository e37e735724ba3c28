"""A question's name, its answers and its words are a promise: answers are kept by name, as meanings.

Every question that can be reached stands in ``tests/bot/question_names.txt``: flow, name, kind with its answers, source
sentence. A changed line is decided, not slipped in: a new meaning needs a new name.
``IMORGON_WRITE_GOLDEN=1 pytest tests/bot/conversation/test_question_names.py`` writes the list anew.
"""

import importlib
import itertools
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest

import bot.flows
from backend.contract import FreeTimes, Meeting, MeetingStatus
from bot.conversation.notices.something_new import HEAR, HEAR_WITH_INTERPRETER
from bot.conversation.putting import CONFIRM_CONTACT, HUMAN, INTERPRETER, MOVE_OR_CANCEL, choices
from bot.conversation.talk import PERSONAL_CHANNELS
from bot.flows import flows
from bot.form import LEFT, Asking, Context, Flow, play, query_digest
from bot.questions import Kind, Question
from bot.text import languages, local, render, say
from tests.bot.talker import MONDAY, NAMESPACE, tomorrow

GOLDEN = Path(__file__).parents[1] / "question_names.txt"
OWN = (HUMAN, INTERPRETER, MOVE_OR_CANCEL, HEAR, HEAR_WITH_INTERPRETER, CONFIRM_CONTACT)
FREE = FreeTimes(times=(tomorrow(9, 30), tomorrow(13, 15)), within_promise=False)
MEETING = Meeting(
    id=uuid5(NAMESPACE, "meeting"),
    person=uuid5(NAMESPACE, "person"),
    start=tomorrow(9, 30).start,
    end=tomorrow(9, 30).end,
    address="Exempelgatan 4",
    status=MeetingStatus.BOOKED,
)


def contexts() -> Iterator[Context]:
    """Everything a thread may know that decides what a flow asks: on every channel, in Swedish and not."""
    for channel, language, guided, shared, meeting, applied, telephone, e_service in itertools.product(
        ("sms", "telegram", "web"),
        ("sv", "ar"),
        (True, False),
        (None, False, True),
        (None, MEETING),
        (False, True),
        (None, "+46"),
        ("", "kommunen.example/ansok"),
    ):
        yield Context(
            person=uuid5(NAMESPACE, "person"),
            thread=uuid5(NAMESPACE, "thread"),
            channel=channel,  # type: ignore[arg-type]  # one of the three
            private=channel in PERSONAL_CHANNELS,
            language=language,
            speaks=language,
            now=MONDAY,
            today=local(MONDAY).date(),
            telephone=telephone,
            shared=shared,
            meeting=meeting,
            applied=applied,
            guided=guided,
            address="Exempelgatan 4",
            e_service=e_service,
        )


def reached(flow: Flow, context: Context) -> dict[tuple[str, int], Asking]:
    """Every question of a flow with every sample of its kind (and left to the meeting: -1) taken once, to the end."""
    taken: dict[tuple[str, int], Asking] = {}
    ways: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [({}, {}, None)]
    while ways:
        answers, facts, changing = ways.pop()
        played = play(flow, context, answers, facts, changing=changing)
        # What the thread implies is asked when the person changes it.
        stored = played.form.answers
        ways += [({k: stored[k] for k in stored if k != implied}, facts, implied) for implied in played.form.implied]
        if played.lookup is not None:
            fact = {"query": query_digest(played.lookup.query(played.form)), "value": FREE.model_dump(mode="json")}
            ways.append((played.form.answers, {**facts, played.lookup_key: fact}, None))
        elif played.asking is not None:
            asking, kind = played.asking, played.asking.question.kind
            samples = dict(enumerate(kind.dump(sample) for sample in kind.samples()))
            if asking.may_leave:
                samples[-1] = LEFT
            new = [n for n in samples if (asking.question.name, n) not in taken]
            # Nothing new here: on by the last way, which ends a list.
            for n in new or [max(samples)]:
                taken[asking.question.name, n] = asking
                ways.append(({**played.form.answers, asking.key: samples[n]}, facts, None))
    return taken


def line(flow: str, question: Question[Any]) -> str:
    return f"{flow} · {question.name} · {described(question.kind)} · {question.text}"


def described(kind: Kind[Any]) -> str:
    """A kind with what may be answered: those meanings are kept, and are as much a promise as the name."""
    limits = {name: value for name, value in vars(kind).items() if not name.startswith("_")}
    said = ", ".join(
        " ".join(value) if name == "choices" else f"{name} {value}" for name, value in sorted(limits.items())
    )
    return f"{kind.name} ({said})" if said else kind.name


@pytest.fixture(scope="module")
def all_reached() -> dict[str, list[Asking]]:
    """Per flow, whatever is asked in any context."""
    return {
        name: [asking for context in contexts() for asking in reached(flow, context).values()]
        for name, flow in flows().items()
    }


def test_every_question_is_as_it_was_promised(all_reached: dict[str, list[Asking]]) -> None:
    lines = {line(flow, asking.question) for flow, asked in all_reached.items() for asking in asked}
    lines |= {line("conversation", question) for question in OWN}
    listed = "".join(f"{one}\n" for one in sorted(lines))
    if os.environ.get("IMORGON_WRITE_GOLDEN"):
        GOLDEN.write_text(listed, "utf-8")
    assert listed == GOLDEN.read_text("utf-8")


def test_every_question_that_is_written_can_be_reached(all_reached: dict[str, list[Asking]]) -> None:
    names = [f"{bot.flows.__name__}.{found.name}" for found in pkgutil.iter_modules(bot.flows.__path__)]
    values = [value for name in names for value in vars(importlib.import_module(name)).values()]
    written = {value.name for value in values if isinstance(value, Question)}
    assert written == {asking.question.name for asked in all_reached.values() for asking in asked}


def test_a_name_means_one_thing(all_reached: dict[str, list[Asking]]) -> None:
    meanings: dict[str, set[str]] = {}
    for asking in itertools.chain(*all_reached.values()):
        meanings.setdefault(asking.question.name, set()).add(described(asking.question.kind))
    for question in OWN:
        meanings.setdefault(question.name, set()).add(described(question.kind))
    assert {name: kinds for name, kinds in meanings.items() if len(kinds) > 1} == {}


def test_every_question_can_be_said_in_every_language(
    all_reached: dict[str, list[Asking]], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing: list[str] = []
    monkeypatch.setattr("bot.text.missing", lambda language, message: missing.append(f"{language}: {message}"))
    asked = {asking.key: asking for asking in itertools.chain(*all_reached.values())}
    for asking, language in itertools.product(asked.values(), languages()):
        question = asking.question
        parts = [asking.text, asking.tail, say("{example}", example=question.kind.example())]
        parts += [say(words) for words in (question.hint, question.why, question.short) if words and "{" not in words]
        parts += [choice.label for choice in choices(question, asking.among)]
        parts += [question.kind.show(sample) for sample in question.kind.samples()]
        assert all(render(part, language).strip() for part in parts if part is not None), question.name
    assert missing == []
