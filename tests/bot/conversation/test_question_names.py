"""A question's name, its answers and its words are a promise: answers are kept by name, as meanings.

Every question that can be reached stands in ``tests/bot/question_names.txt``: flow, name, kind with its answers, source
sentence. A changed line is decided, not slipped in: a new meaning needs a new name.
``IMORGON_WRITE_GOLDEN=1 pytest tests/bot/conversation/test_question_names.py`` writes the list anew.
"""

import itertools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid5

import pytest

from backend.contract import FreeTimes, Meeting, MeetingStatus
from bot.conversation.notices.something_new import HEAR, HEAR_WITH_INTERPRETER
from bot.conversation.putting import (
    CONFIRM_CONTACT,
    HUMAN,
    ILL,
    INTERPRETER,
    MOVE_OR_CANCEL,
    WHICH_JOB,
    choices,
)
from bot.conversation.talk import PERSONAL_CHANNELS
from bot.flows import flows, written
from bot.flows.call_time import FreeHours
from bot.flows.first_meeting import Free
from bot.flows.which import Choice
from bot.form import LEFT, Asking, Context, Flow, Form, Stop, ToldJob, query_digest
from bot.questions import Kind, Question
from bot.text import languages, local, render, say
from tests.bot.talker import MONDAY, NAMESPACE, NEW, NONE_YET, RECURRING, tomorrow

Way: TypeAlias = tuple[dict[str, Any], Mapping[str, Any], str | None]
"""Answers, facts, and what is being changed."""

GOLDEN = Path(__file__).parents[1] / "question_names.txt"
OWN = (HUMAN, ILL, INTERPRETER, MOVE_OR_CANCEL, HEAR, HEAR_WITH_INTERPRETER, CONFIRM_CONTACT, WHICH_JOB)
FREE = FreeTimes(times=(tomorrow(9, 30), tomorrow(13, 15)), within_promise=False)
CHOICES = (NEW, RECURRING, NONE_YET)
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
    for known in _without_jobs():
        yield known
    job = ToldJob(uuid5(NAMESPACE, "job"), local(MONDAY).date())
    yield known._replace(applied=True, guided=True, shared=False, e_service="", jobs=(job,))


def _without_jobs() -> Iterator[Context]:
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


@dataclass
class _TakingAll(Form):
    """A form that is answered as it goes, in a way that nobody has gone; the other new ways are for later."""

    taken: dict[tuple[str, int], Asking] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)

    def _hears(self, asking: Asking) -> bool:
        kind = asking.question.kind
        samples = dict(enumerate(kind.dump(sample) for sample in kind.samples()))
        if asking.may_leave:
            samples[-1] = LEFT
        # Nothing new here: on by the last way, which ends a list.
        last, *others = [n for n in samples if (asking.question.name, n) not in self.taken] or [max(samples)]
        for n in (last, *others):
            self.taken[asking.question.name, n] = asking
        self.ways += [({**self.answers, asking.key: samples[n]}, self.facts, None) for n in others]
        self.answers[asking.key] = samples[last]
        return True


def reached(flow: Flow, context: Context) -> dict[tuple[str, int], Asking]:
    """Every question of a flow with every sample of its kind (and left to the meeting: -1) taken once, to the end."""
    taken: dict[tuple[str, int], Asking] = {}
    ways: list[Way] = [({}, {}, None)]
    changed: set[str] = set()
    while ways:
        answers, facts, changing = ways.pop()
        form = _TakingAll(context, dict(answers), facts, changing=changing, taken=taken, ways=ways)
        try:
            flow.play(form)
        except Stop as stop:
            if isinstance(
                lookup := getattr(stop, "lookup", None) or getattr(stop, "fact", None), Free | FreeHours | Choice
            ):
                for found in CHOICES if isinstance(lookup, Choice) else (FREE,):
                    fact = {"query": query_digest(lookup.query(form)), "value": found.model_dump(mode="json")}
                    ways.append((form.answers, {**facts, stop.key: fact}, None))  # type: ignore[attr-defined]  # it has both
        # What the thread implies is asked when the person changes it.
        for implied in set(form.implied) - changed:
            changed.add(implied)
            ways.append(({k: form.answers[k] for k in form.answers if k != implied}, facts, implied))
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


class _Watched(Context):
    """What a thread knows, and which of it a flow has looked at."""

    looked_at: set[str]

    def __getattribute__(self, name: str) -> Any:
        if name in Context._fields:
            self.looked_at.add(name)
        return super().__getattribute__(name)


def reached_anywhere(flow: Flow) -> Iterator[Asking]:
    """Whatever is asked in any context. Contexts that differ in nothing the flow looks at are one."""
    tried: list[dict[str, Any]] = []
    for context in contexts():
        known = context._asdict()
        if not any(all(known[name] == value for name, value in one.items()) for one in tried):
            watched = _Watched(*context)
            watched.looked_at = set()
            yield from reached(flow, watched).values()
            tried.append({name: known[name] for name in watched.looked_at})


@pytest.fixture(scope="module")
def all_reached() -> dict[str, list[Asking]]:
    """Per flow, whatever is asked in any context."""
    return {name: list(reached_anywhere(flow)) for name, flow in flows().items()}


def test_every_question_is_as_it_was_promised(all_reached: dict[str, list[Asking]]) -> None:
    lines = {line(flow, asking.question) for flow, asked in all_reached.items() for asking in asked}
    lines |= {line("conversation", question) for question in OWN}
    listed = "".join(f"{one}\n" for one in sorted(lines))
    if os.environ.get("IMORGON_WRITE_GOLDEN"):
        GOLDEN.write_text(listed, "utf-8")
    assert listed == GOLDEN.read_text("utf-8")


def test_every_question_that_is_written_can_be_reached(all_reached: dict[str, list[Asking]]) -> None:
    found = {asking.question.name for asked in all_reached.values() for asking in asked}
    assert {question.name for question in written()} == found


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
