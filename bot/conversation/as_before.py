"""A section of the next month's application as it stands when what she sent last is in it already.

She reads it, changes what is different now, and saves: only then is anything of it kept. What was sent is given by
whoever has read it for her; here it is put into the fields of the page, and the page is read again. Nothing that is
secret is among it, nor what is said anew each month.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from backend.contract import AnswerRecord, ReadableApplication, Sensitivity
from bot.conversation.answering import MISSING, NOT_WRITTEN
from bot.conversation.putting import choices
from bot.conversation.talk import Talk
from bot.flows import flows, lists, written
from bot.flows.renewal import CHANGED, FLOW, OF_ITS_MONTH, begins_with
from bot.form import (
    LEFT,
    Asking,
    Context,
    Each,
    Form,
    Item,
    Json,
    Live,
    Played,
    Stop,
    asks_for_more,
    play,
    secrets,
    usual,
)
from bot.hearing.diverter import divert
from bot.hearing.words import wants_telephone
from bot.messages import Field, Run
from bot.questions import Misunderstood, Question, Unloadable
from bot.text import Text, say

SECRET, PERSONAL = Sensitivity.SECRET, Sensitivity.PERSONAL


@dataclass(frozen=True)
class Group:
    """Fields that stand together: those of one item of a list, under what it is called, or those that stand alone."""

    fields: tuple[Field, ...]
    item: str = ""
    title: Text | None = None


@dataclass(frozen=True)
class Page:
    """A section as a page. ``ids``: by the name of a list, the ids of its items. ``left``: questions that she has left
    to the meeting."""

    section: str
    groups: tuple[Group, ...]
    ids: Mapping[str, tuple[str, ...]]
    left: frozenset[str] = frozenset()

    @property
    def wrong(self) -> tuple[Field, ...]:
        """The fields that were not understood, or are empty."""
        return tuple(one for group in self.groups for one in group.fields if one.error is not None)


@dataclass(frozen=True)
class Posted:
    """A page as it was saved: what was written and chosen by question, the items of each list, those taken away, and
    the questions left to the meeting."""

    fields: Mapping[str, str] = field(repr=False)
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gone: frozenset[tuple[str, str]] = frozenset()
    left: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Saved:
    """What a saved page says: meanings by question (and the ids of its lists), the words of what was written, and what
    was answered before in this section and is not asked any more."""

    answers: Mapping[str, Json] = field(repr=False)
    words: Mapping[str, str] = field(repr=False)
    gone: tuple[str, ...]


# --- What she sent ----------------------------------------------------------------------------------------------------


def said_before(sent: Sequence[ReadableApplication]) -> dict[str, AnswerRecord]:
    """What stands of what she has sent, by question: of each section as it was last said, also where it was called
    unchanged after that."""
    found: dict[str, AnswerRecord] = {}
    sought: set[str] | None = None
    for one in sent:
        for record in one.answers:
            section = section_of(record.question)
            stands = section not in one.unchanged and (sought is None or section in sought)
            said_anew = section == CHANGED.section or record.question.partition("#")[0] in OF_ITS_MONTH
            if section and stands and not said_anew:
                found[record.question] = record
        sought = {*one.unchanged} if sought is None else sought & {*one.unchanged}
    return found


def before(sent: Sequence[ReadableApplication]) -> dict[str, Json]:
    """The answers that a new month begins with, as they are stored; what is no answer any more is left out."""
    found: dict[str, Json] = {}
    for key, record in said_before(sent).items():
        question = _questions()[key.partition("#")[0]]
        if question.sensitivity is not SECRET and record.meaning is not None:
            with suppress(Unloadable):
                question.kind.load(record.meaning)
                found[key] = record.meaning
    return begins_with(found)


@cache
def _questions() -> Mapping[str, Question[Any]]:
    """Every question of this flow by name. One of the first application may stand in another section here."""
    return {question.name: question for question in (*written("application."), *written(FLOW.name))}


def section_of(key: str) -> str:
    """The section a question stands in here; empty for what is not asked."""
    question = _questions().get(key.partition("#")[0])
    return question.section or "" if question is not None else ""


# --- Where she is -----------------------------------------------------------------------------------------------------


def where(talk: Talk, run: Run) -> str | None:
    """The section of the first question that has no answer yet; ``None``: it can be confirmed."""
    asking = _played(talk, run).asking
    return asking.question.section if asking is not None else None


def sections(talk: Talk, run: Run) -> tuple[str, ...]:
    """The sections that have been answered, in order."""
    return tuple(
        dict.fromkeys(
            one.question.section
            for one in _played(talk, run).live
            if one.question.section and one.question.sensitivity is not SECRET
        )
    )


def is_asked_secrets(talk: Talk, run: Run) -> bool:
    """Whether something secret belongs to what she has begun; it is answered on a page of its own."""
    return bool(secrets(flows()[run.flow], talk.context(run), _played(talk, run)))


def _played(talk: Talk, run: Run) -> Played:
    return play(
        flows()[run.flow],
        _context(talk, run),
        run.answers,
        run.facts,
        records=run.records,
        sealed=run.sealed,
        implied=run.implied,
    )


def _context(talk: Talk, run: Run) -> Context:
    """The page carries what the thread may not; what is secret has a page of its own."""
    return talk.context(run)._replace(ceiling=PERSONAL, page=False)


# --- The page ---------------------------------------------------------------------------------------------------------


@dataclass
class _Filling(Form):
    """A form in which one section is filled in, shown or read, and every other question is passed over."""

    section: str = ""
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    posted: Posted | None = None
    speaks: str = "sv"
    blank: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    wrong: dict[str, Text] = field(default_factory=dict)

    def _answer(
        self,
        question: Question[Any],
        about: str,
        among: Any,
        implied: Any,
        *,
        may_leave: bool,
        values: dict[str, Any],
    ) -> Any:
        key = f"{question.name}#{about}" if about else question.name
        if self.posted is not None and key in self.posted.fields:
            implied = None  # what stands in the field is hers
        return super()._answer(question, about, among, implied, may_leave=may_leave, values=values)

    def _hears(self, asking: Asking) -> bool:
        if asking.question.section != self.section:
            self.answers[asking.key] = _passed_over(asking)
        elif self._goes_on(asking.key):
            self.answers[asking.key] = True
        elif self.posted is None:
            self.blank.add(asking.key)
            self.answers[asking.key] = _passed_over(asking)
        else:
            self.answers[asking.key] = self._read(asking, self.posted)
        return True

    def _goes_on(self, key: str) -> bool:
        """Whether this asks for one more after an item that is not the last: it is there."""
        name, _, item = key.partition("#")
        listed = _lists().get(name)
        return listed is not None and item in self.ids.get(listed, ())[:-1]

    def _read(self, asking: Asking, posted: Posted) -> Json:
        key, kind = asking.key, asking.question.kind
        words = posted.fields.get(key)
        if key in posted.left and asking.may_leave:
            self.heard.add(key)
            return LEFT
        if words is None and asks_for_more(asking):
            return kind.dump(False)
        if words is None or not words.strip():
            self.blank.add(key)
            self.wrong[key] = say(MISSING)
            return _passed_over(asking)
        understood = kind.understand(words, self.speaks, today=self.context.now.date())
        if divert(words, kind).found or wants_telephone(words) is not None:
            # What nobody asked for, or is said by telephone, is not taken, and stands there no more.
            self.blank.add(key)
            understood = Misunderstood(say(NOT_WRITTEN))
        if isinstance(understood, Misunderstood):
            self.wrong[key] = understood.reason
            return _passed_over(asking)
        self.heard.add(key)
        return kind.dump(understood.meaning)


def _passed_over(asking: Asking) -> Json:
    return LEFT if asking.may_leave else usual(asking)


@cache
def _lists() -> Mapping[str, str]:
    """The name of a list by the name of the question that asks for one more."""
    return {one.more.name: one.name for one in lists()}


def page(talk: Talk, run: Run, section: str, known: Mapping[str, Json]) -> Page:
    """A section with what she has answered this time, or else what she sent before (``known``), in its fields."""
    start = {**{key: one for key, one in known.items() if section_of(key) == section}, **run.answers}
    ids: dict[str, tuple[str, ...]] = {}
    for key in start:
        name, _, item = key.partition("#")
        if name in _lists() and section_of(name) == section:
            ids[_lists()[name]] = (*ids.get(_lists()[name], ()), item)
    ids = {name: tuple(run.answers.get(name) or found) for name, found in ids.items()}
    form = _form(talk, run, section, {**start, **{name: list(found) for name, found in ids.items()}}, ids)
    left = frozenset(key for key, one in run.answers.items() if one == LEFT and section_of(key) == section)
    return replace(_page(form), left=left)


def read(talk: Talk, run: Run, section: str, posted: Posted, language: str) -> Saved | Page:
    """What a saved page says; or the page once more, with what is missing or unclear in it, and what follows from what
    was changed."""
    ids = {name: tuple(item for item in found if (name, item) not in posted.gone) for name, found in posted.ids.items()}
    ids = {name: found for name, found in ids.items() if found and name in _lists().values()}
    others = {key: one for key, one in run.answers.items() if section_of(key) != section}
    form = _form(
        talk,
        run,
        section,
        {**others, **{name: list(found) for name, found in ids.items()}},
        ids,
        posted=posted,
        speaks=language,
    )
    if form.wrong:
        return replace(_page(form), left=posted.left)
    live = [one for one in form.live if one.question.section == section and one.key not in form.implied]
    answers = {one.key: form.answers[one.key] for one in live if one.question.sensitivity is not SECRET}
    listed = {
        name: form.answers[name]
        for name in _lists().values()
        if name in form.answers and any(_lists().get(key.partition("#")[0]) == name for key in answers)
    }
    typed = {
        one.key: posted.fields[one.key].strip()
        for one in live
        if one.key in form.heard and not one.left and one.question.kind.input not in ("choice", "several")
    }
    gone = tuple(
        key
        for key in run.answers
        if section_of(key) == section
        and key not in answers
        and _questions()[key.partition("#")[0]].sensitivity is not SECRET
    )
    return Saved({**answers, **listed}, typed, gone)


def _form(
    talk: Talk,
    run: Run,
    section: str,
    answers: Mapping[str, Json],
    ids: Mapping[str, tuple[str, ...]],
    *,
    posted: Posted | None = None,
    speaks: str = "sv",
) -> _Filling:
    form = _Filling(
        _context(talk, run),
        dict(answers),
        run.facts,
        records=run.records,
        sealed=run.sealed,
        implied=[key for key in run.implied if section_of(key) != section],
        section=section,
        ids=ids,
        posted=posted,
        speaks=speaks,
    )
    with suppress(Stop):
        flows()[run.flow].play(form)
    return form


def _page(form: _Filling) -> Page:
    items = [one for one in form.listed if isinstance(one.items, Each) and one.items.more.section == form.section]
    ids: dict[str, tuple[str, ...]] = {}
    for listed in items:
        ids[listed.items.name] = (*ids.get(listed.items.name, ()), listed.id)
    groups: list[Group] = []
    for one in form.live:
        if one.question.section != form.section or one.question.sensitivity is SECRET:
            continue
        item = next((item for item in items if item.has(one.key)), None)
        if asks_for_one_more(one.key) and item is not None and item.id != ids[item.items.name][-1]:
            continue  # there is
        name = f"{item.items.name}#{item.id}" if item is not None else ""
        if not groups or groups[-1].item != name:
            groups.append(Group((), name, _title(form.live, item) if item is not None else None))
        groups[-1] = replace(groups[-1], fields=(*groups[-1].fields, _field(form, one)))
    return Page(form.section, tuple(groups), ids)


def asks_for_one_more(key: str) -> bool:
    """Whether this is a list's question of one more."""
    return key.partition("#")[0] in _lists()


def _title(live: Sequence[Live], item: Item) -> Text:
    """What an item is called: by its first answer, or by what that is an answer to."""
    first = live[item.first]
    return first.label() if first.left else first.shown()


def _field(form: _Filling, one: Live) -> Field:
    question = one.question
    posted = form.posted.fields.get(one.key) if form.posted is not None else None
    value = "" if one.key in form.blank else posted if posted is not None else _value(one)
    return Field(
        name=one.key,
        text=one.text,
        input=question.kind.input,
        choices=choices(question),
        value=value,
        error=form.wrong.get(one.key),
        hint=say(question.hint) if question.hint else None,
        why=say(question.why) if question.why else None,
    )


def _value(one: Live) -> str:
    """An answer as it stands in its field: the number of what was chosen, or the words."""
    kind = one.question.kind
    if one.left:
        return ""
    chosen = one.meaning if kind.input == "several" else (one.meaning,)
    if options := kind.options():
        return ",".join(str(n) for n, option in enumerate(options, 1) if option.meaning in chosen)
    return str(kind.dump(one.meaning))
