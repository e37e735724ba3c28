"""The engine: a flow is a plain function of the answers so far, run again from the top at every turn.

``form.ask`` gives the stored answer or stops at the first unanswered question. So going back, changing an answer, going
on tomorrow, by another channel or in another language need no code in any flow. A flow asks, says and returns; it does
not send, save, fetch or look at the clock.

    play(flow, run, …) -> Played: what was said, and where it stopped
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, TypeVar, cast
from uuid import UUID

from backend.contract import (
    AnswerRecord,
    Channel,
    Meeting,
    MeetingStatus,
    ProblemCode,
    SealedAnswer,
    Sensitivity,
    Value,
    Work,
)
from bot.questions import Question, SeveralOrNone, Unloadable
from bot.text import N_, Text, local, render, say

T = TypeVar("T")
S = TypeVar("S", bound=str)
Json = Any

SECRET = Sensitivity.SECRET
_ORDER = {sensitivity: place for place, sensitivity in enumerate(Sensitivity)}

LEFT = "left to the meeting"
"""Stored in the place of an answer that the person leaves to the meeting."""

SEALED = "answered on the page"
"""Stored in the place of a secret answer, which lies sealed beside the others. Nobody here can open it."""

ON_THE_PAGE = N_("Answered on the page")


class Stop(BaseException):
    """The flow has come to its first unanswered question. Not an ``Exception``: a flow must not swallow it."""


class _Asks(Stop):
    def __init__(self, asking: "Asking") -> None:
        self.asking = asking


class _LooksUp(Stop):
    def __init__(self, lookup: "LookUp", key: str) -> None:
        self.lookup, self.key = lookup, key


class _Finds(Stop):
    def __init__(self, fact: "Fact", key: str) -> None:
        self.fact, self.key = fact, key


class _Confirms(Stop):
    pass


class Fact(Protocol):
    """Something only the backend knows."""

    def query(self, form: "Form") -> Value:
        """The contract's question."""


class LookUp(Fact, Protocol):
    """A fact needed to ask a question: looked up only while that is unanswered."""

    def among(self, found: Json) -> Sequence[Any]:
        """What may be chosen. Empty: nobody is free."""

    def asking(self, found: Json, question: Question[Any]) -> tuple[Text, Text | None]:
        """The question as it reads with these facts, and what stands after the choices."""

    def remark(self, found: Json) -> Text | None:
        """Something the person should be told first (the promise cannot be kept)."""


@dataclass(frozen=True)
class Asking:
    """The unanswered question where the flow stopped. ``elsewhere``: it is asked here and answered on the page."""

    key: str
    question: Question[Any]
    text: Text
    may_leave: bool
    among: Sequence[Any] | None = None
    tail: Text | None = None
    elsewhere: bool = False


class Live(NamedTuple):
    """An answer on the path the flow took. A tuple: every replay makes one of every answer.

    ``sealed``: what a sealed answer is known by, so that another one is another summary.
    """

    key: str
    question: Question[Any]
    text: Text
    meaning: Any
    left: bool = False
    implied: bool = False
    sealed: str = ""

    def label(self) -> Text:
        """What the answer is called in a summary: as short as is clear."""
        return say(self.question.short, **self.text.values) if self.question.short else self.text

    def shown(self) -> Text:
        """The answer repeated in full."""
        if self.left:
            return say("At the meeting")
        if self.sealed:
            return say(ON_THE_PAGE)
        # A summary's sentences end with our full stop; one of the person's own would stand before it.
        meaning = self.meaning.rstrip(" .") if isinstance(self.meaning, str) else self.meaning
        return self.question.kind.show(meaning)


@dataclass(frozen=True)
class Given:
    """How an answer was given: the language and the channel the question stood in, and the words, if they were hers."""

    language: str
    channel: Channel
    words: str = ""


@dataclass(frozen=True)
class Go:
    """A flow that leads straight on to another; ``carries``: what that one is given to begin with."""

    flow: str
    carries: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Reach:
    """A flow's wish that a telephone be confirmed as the person's own, by a reply to a neutral text there."""

    telephone: str


@dataclass(frozen=True)
class Shared:
    """Whether anybody else reads what stands in this thread; nothing for the backend, which keeps telephones."""

    yes: bool


@dataclass(frozen=True)
class Each:
    """A list in a form: items have stable ids, and a question after each item asks whether there is one more.

    ``gate``: the name of the question that said that there are any; the one before the list, where none is given.
    """

    name: str
    more: Question[bool]
    gate: str = ""


class Item(NamedTuple):
    """One item of a list that the flow came past; its first answer is ``live[first]``.

    A list is asked item by item, or is what was chosen of several: then the question names it, and a choice is an id.
    """

    items: "Each | Question[Any]"
    id: str
    first: int

    def has(self, key: str) -> bool:
        """Whether a question is about this item: ``"child_name#2"``."""
        return key.partition("#")[2] == self.id


@dataclass(frozen=True)
class Refusal:
    """When the backend refuses: say this, forget these answers and their facts, and the flow asks again by itself."""

    text: str
    forget: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """One file in ``bot/flows``: the function, what is said when its effect is accepted, and what comes after.

    ``waits``: whether the thread waits for the effect's answer before it goes on to ``then``.
    ``until_met``: asked around the booking of a meeting; when the person has been met, what is left of it lapses.
    ``sections``: (key, title) in the order they come, for the pages of the web.
    ``application``: what it sends is an application, which is corrected by changing what was sent.
    ``if_left``: who falls silent in it is ``asked`` whether she wants to go on, and at last shown to staff; is only
    shown to ``staff``; or neither, where all that mattered is done.
    ``depends_on``: the sections, the first ones, whose answers decide how many questions there are.
    """

    name: str
    play: "Callable[[Form], Value | Go | Reach | Shared | None]"
    accepted: "Callable[[Form, Json], None] | None" = None
    refused: Mapping[ProblemCode, Refusal] = field(default_factory=dict)
    then: str | None = None
    waits: bool = True
    until_met: bool = False
    sections: tuple[tuple[str, str], ...] = ()
    application: bool = False
    if_left: Literal["asked", "staff", "nothing"] = "nothing"
    depends_on: tuple[str, ...] = ()

    @property
    def after(self) -> Go | None:
        """What comes after it, where the answers say nothing else."""
        return Go(self.then) if self.then is not None else None


@dataclass(frozen=True)
class ToldJob:
    """A job she told us that she has applied for, in her own words, and the day she did."""

    id: UUID
    on: date
    title: str = field(default="", repr=False)
    employer: str = field(default="", repr=False)


class Context(NamedTuple):
    """What the thread already knows, told to a flow, not asked. ``private``: the screen is the person's own.
    ``unsure``: nobody knows which language the person speaks. ``ceiling``: the most sensitive thing it may carry.
    ``page``: she can open the secure page now, so what may not be asked here is asked there.
    ``e_service``: where the municipality takes the application itself; empty where we do. ``invites``: a partner can be
    given a code here; not on paper. ``alarmed``: staff have been told today of something that cannot wait.
    ``jobs``: those she has told us of since she last applied. ``closed``: nobody of the staff is there at this hour."""

    person: UUID
    thread: UUID
    channel: Channel
    private: bool
    language: str
    speaks: str
    now: datetime
    today: date
    telephone: str | None = None
    shared: bool | None = None
    meeting: Meeting | None = None
    applied: bool = False
    guided: bool = False
    address: str = ""
    after_hours: str = ""
    work: Work = Work()
    wants_work: bool = False
    customer_service: str = ""
    takes_papers: bool = False
    unsure: bool = False
    ceiling: Sensitivity = Sensitivity.SECRET
    e_service: str = ""
    invites: bool = True
    page: bool = False
    alarmed: bool = False
    jobs: tuple[ToldJob, ...] = ()
    closed: bool = False

    @property
    def cancelled(self) -> bool:
        """Whether her meeting was cancelled, by her or by us."""
        return self.meeting is not None and self.meeting.status is MeetingStatus.CANCELLED

    @property
    def unmet(self) -> bool:
        """Whether there is no meeting, held or to come."""
        return self.meeting is None or self.cancelled

    def carries(self, question: Question[Any]) -> bool:
        """Whether a question may be asked in this thread."""
        return _ORDER[question.sensitivity] <= _ORDER[self.ceiling]


Hear: TypeAlias = Callable[[Asking], Json]
"""Hears the answer to the question a flow has come to: its meaning as it is stored, or ``None``."""


@dataclass
class Form:
    """The paper between the flow and the person: what has been answered, looked up and said."""

    context: Context
    answers: dict[str, Json]
    facts: Mapping[str, Json]
    digest: str | None = None
    corrects: UUID | None = None
    records: Mapping[str, Json] = field(default_factory=dict)
    given: Mapping[str, "Given"] = field(default_factory=dict)
    sealed: Mapping[str, SealedAnswer] = field(default_factory=dict)
    implied: list[str] = field(default_factory=list)
    changing: str | None = None
    live: list[Live] = field(default_factory=list)
    said: list[tuple[str, Text]] = field(default_factory=list)
    then: Go | None = None
    hear: Hear | None = None
    listed: list[Item] = field(default_factory=list)
    part: bool = False

    @property
    def today(self) -> date:
        """The day the run began, so that a replay on another day gives the same."""
        return self.context.today

    def ask(
        self,
        question: Question[T],
        about: str = "",
        among: LookUp | None = None,
        implied: T | None = None,
        **values: Any,
    ) -> T:
        """The answer, or stop here. ``about`` names the item of a list; ``implied`` is what the thread already knows:
        stored as an answer first, shown, and changeable."""
        answer = self._answer(question, about, among, implied, may_leave=False, values=values)
        return cast(T, answer)

    def ask_or_leave(self, question: Question[T], about: str = "", implied: T | None = None, **values: Any) -> T | None:
        """As :meth:`ask`, but the person may leave it to the meeting with one word: then ``None``.

        What may not be asked in this thread is left so by itself, or answered on the page. ``implied`` is what earlier
        answers say: it follows them when they are changed, until the person changes it.
        """
        return cast("T | None", self._answer(question, about, None, implied, may_leave=True, values=values))

    def say(self, message: str | Text, **values: Any) -> None:
        """Say something once, remembered by the answers before it."""
        text = message if isinstance(message, Text) else say(message, **values)
        after = self.live[-1].key if self.live else ""
        self.said.append((after, text))

    def find(self, key: str, fact: Fact) -> Json | None:
        """What the backend says, looked up once in a run, or stop here. ``None`` where it could not be had: a flow goes
        on without, and keeps nobody waiting."""
        found = self.facts.get(key)
        if found is None or found["query"] != query_digest(fact.query(self)):
            raise _Finds(fact, key)
        return found["value"]

    def carried(self, name: str, otherwise: Json) -> Json:
        """What the flow before gave this one; it stays as it was then, also in a correction."""
        return self.answers.setdefault(name, otherwise)

    def each(self, items: Each, known: int = 0) -> Iterator[str]:
        """The ids of a list's items, from the first; after each item asks whether there is one more.

        ``known``: so many there are already, as the thread knows; after the last of them it is asked.
        """
        ids: list[str] = list(self.answers.get(items.name) or ["1"])
        position = 0
        while position < len(ids):
            self.listed.append(Item(items, ids[position], len(self.live)))
            yield ids[position]
            if not self.ask(items.more, about=ids[position], implied=True if int(ids[position]) < known else None):
                ids = ids[: position + 1]
            elif position == len(ids) - 1:
                ids.append(str(max(int(known) for known in ids) + 1))
            self.answers[items.name] = ids
            position += 1

    def each_of(self, question: Question[tuple[S, ...]], chosen: Iterable[S] | None) -> Iterator[S]:
        """What was chosen of several, one after the other; each can be taken away as an item of a list can."""
        for choice in chosen or ():
            self.listed.append(Item(question, choice, len(self.live)))
            yield choice

    def confirm(self) -> str:
        """Show the numbered live answers and stop until exactly this has been confirmed; gives the digest."""
        if self.digest is None or self.digest != digest_of(self.live, self.context.language):
            raise _Confirms
        return self.digest

    def answered_on(self, question: Question[Any]) -> date:
        """The day the question was answered, so that "this month" stays the month it was said in."""
        said = self.records.get(question.name)
        return local(datetime.fromisoformat(said) if said else self.context.now).date()

    def go_on(self, flow: str, carries: Mapping[str, Json] | None = None) -> None:
        """Which flow comes after this one, where the answers decide it; ``carries``: what that one is given."""
        self.then = Go(flow, carries or {})

    def is_one_part(self) -> None:
        """What it gives is one part of an application of two: the other one answers another."""
        self.part = True

    def left(self) -> tuple[str, ...]:
        """Names of the questions left to the meeting."""
        return tuple(live.key for live in self.live if live.left)

    def sealed_answers(self) -> tuple[SealedAnswer, ...]:
        """The secret answers on the path, as they were sealed."""
        return tuple(self.sealed[live.key] for live in self.live if live.sealed)

    def record(self) -> tuple[AnswerRecord, ...]:
        """Each live answer as it was given: the sentence shown, in the language and in Swedish, and its meaning."""
        return tuple(map(self._record, self.live))

    def _record(self, live: Live) -> AnswerRecord:
        given = self.given.get(live.key) or Given(self.context.language, self.context.channel)
        return AnswerRecord(
            question=live.key,
            shown=render(live.text, given.language),
            shown_in_swedish=render(live.text, "sv"),
            language=given.language,
            meaning=None if live.left or live.sealed else live.question.kind.dump(live.meaning),
            answer=render(live.shown(), given.language),
            answer_in_swedish=render(live.shown(), "sv"),
            words=given.words,
            at=datetime.fromisoformat(self.records[live.key]) if live.key in self.records else self.context.now,
            channel=given.channel,
        )

    def _answer(
        self,
        question: Question[T],
        about: str,
        among: LookUp | None,
        implied: T | None,
        *,
        may_leave: bool,
        values: dict[str, Any],
    ) -> T | None:
        key = f"{question.name}#{about}" if about else question.name
        text = say(question.text, **values) if values else question.said
        if may_leave and key in self.implied:
            self.implied.remove(key)
            self.answers.pop(key, None)
        if key not in self.answers and implied is not None and key != self.changing:
            self.answers[key] = question.kind.dump(implied)
            self.implied.append(key)
        elif key not in self.answers and may_leave and not self._is_asked(question):
            self.answers[key] = LEFT
        if key in self.answers and (live := self._kept(key, question, text, may_leave=may_leave)) is not None:
            self.live.append(live)
            return cast("T | None", live.meaning)
        asking = (
            Asking(key, question, text, may_leave, elsewhere=not self.context.carries(question))
            if among is None
            else self._asking(key, question, among)
        )
        if self._hears(asking):
            return self._answer(question, about, among, implied, may_leave=may_leave, values=values)
        if among is not None and (remark := among.remark(self.facts[key]["value"])) is not None:
            self.say(remark)
        raise _Asks(asking)

    def _kept(self, key: str, question: Question[T], text: Text, *, may_leave: bool) -> Live | None:
        """What was answered; ``None``: it is no answer any more, and is asked again."""
        stored = self.answers[key]
        if stored == LEFT and may_leave:
            return Live(key, question, text, None, left=True)
        if stored == SEALED and key in self.sealed:
            mark = hashlib.sha256(self.sealed[key].jwe.encode()).hexdigest()[:16]
            return Live(key, question, text, None, sealed=mark)
        try:
            meaning = question.kind.load(stored)
        except Unloadable:
            # A limit was tightened since it was answered: asked again rather than carried on.
            del self.answers[key]
            return None
        return Live(key, question, text, meaning, implied=key in self.implied)

    def _is_asked(self, question: Question[Any]) -> bool:
        """Whether she is asked: here, or on the page. Who left one secret to the meeting has left all that follow."""
        if self.context.carries(question):
            return True
        return self.context.page and not any(one.left and one.question.sensitivity is SECRET for one in self.live)

    def _asking(self, key: str, question: Question[Any], among: LookUp) -> Asking:
        found = self.facts.get(key)
        if found is None or found["query"] != query_digest(among.query(self)):
            raise _LooksUp(among, key)
        text, tail = among.asking(found["value"], question)
        return Asking(key, question, text, may_leave=False, among=among.among(found["value"]), tail=tail)

    def _hears(self, asking: Asking) -> bool:
        """Whether this question has just been answered: then the flow goes on as it would with the answer stored."""
        hear, self.hear = self.hear, None
        answer = hear(asking) if hear is not None else None
        if answer is None:
            return False
        self.answers[asking.key] = answer
        self.records = {**self.records, asking.key: self.context.now.isoformat()}
        self.implied = [key for key in self.implied if key != asking.key]
        self.digest = self.changing = None
        return True


def item_of(played: "Played", key: str) -> Item | None:
    """The item of a list that a question is about; the nearest before it, where lists have the same ids."""
    keys = [live.key for live in played.live]
    return _item_at(played, key, keys.index(key) if key in keys else len(keys))


def _item_at(played: "Played", key: str, place: int) -> Item | None:
    found = [item for item in played.form.listed if item.has(key) and item.first <= place]
    return found[-1] if found else None


def taken_away(played: "Played", item: Item) -> tuple[dict[str, Json], str | None]:
    """The answers when an item is taken out of its list. The ids of the others stay.

    With the only item goes the answer that said that there are any: its key is given, to be asked again.
    """
    answers, live = dict(played.form.answers), played.live
    items = [one for one in played.form.listed if one.items is item.items]
    # The flow may have stopped at this item, before it came to the ones after it.
    ids = list(answers.get(item.items.name) or [one.id for one in items])
    owners = [(one.key, _item_at(played, one.key, place)) for place, one in enumerate(live)]
    asked = {key.partition("#")[0] for key, owner in owners if owner is not None and owner.items is item.items}
    if played.asking is not None and (owner := item_of(played, played.asking.key)) and owner.items is item.items:
        asked.add(played.asking.question.name)
    for name in asked:
        answers.pop(f"{name}#{item.id}", None)
    if isinstance(item.items, Question):
        return _chosen_away(played, item.items, item.id, answers)
    more = item.items.more
    answers.pop(f"{more.name}#{item.id}", None)
    place = ids.index(item.id)
    ids.remove(item.id)
    if not ids:
        answers.pop(item.items.name, None)
        return answers, item.items.gate or (live[item.first - 1].key if item.first else None)
    if place == len(ids):
        answers[f"{more.name}#{ids[-1]}"] = more.kind.dump(False)
    answers[item.items.name] = ids
    return answers, None


def _chosen_away(
    played: "Played", question: Question[Any], choice: str, answers: dict[str, Json]
) -> tuple[dict[str, Json], str | None]:
    """One choice less. Where it was the only one, none of them is chosen; or what they are kinds of is not ("care");
    or it is asked again whether there is any."""
    left = [one for one in answers[question.name] if one != choice]
    if not left and isinstance(question.kind, SeveralOrNone):
        left = [question.kind.none]
    if left:
        answers[question.name] = left
        return answers, None
    del answers[question.name]
    keys = [one.key for one in played.live]
    place = keys.index(question.name)
    for item in played.form.listed:
        if item.first == place and isinstance(item.items, Question):
            return _chosen_away(played, item.items, item.id, answers)
    return answers, keys[max(0, place - 1)]


def query_digest(query: Value) -> str:
    """What a fact was looked up for, without the time of asking: another language or day makes it stale."""
    return hashlib.sha256(query.model_dump_json(exclude={"at"}).encode()).hexdigest()[:16]


def digest_of(live: Sequence[Live], language: str) -> str:
    """SHA-256 of exactly what a summary shows, in the language it is shown in."""
    shown = [
        [one.key, render(one.label(), language), render(one.shown(), language), *([one.sealed] if one.sealed else [])]
        for one in live
    ]
    return hashlib.sha256(json.dumps([language, shown], ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Played:
    """How far a flow came: exactly one of ``asking``, ``lookup``, ``fact``, ``confirming`` or ``finished``.

    ``lookup_key``: of the look-up or the fact.
    """

    form: Form
    asking: Asking | None = None
    lookup: LookUp | None = None
    fact: Fact | None = None
    lookup_key: str = ""
    confirming: bool = False
    finished: bool = False
    returned: Value | Go | Reach | Shared | None = None
    then: Go | None = None

    @property
    def live(self) -> list[Live]:
        return self.form.live


def play(
    flow: Flow,
    context: Context,
    answers: Mapping[str, Json],
    facts: Mapping[str, Json],
    *,
    digest: str | None = None,
    corrects: UUID | None = None,
    records: Mapping[str, Json] | None = None,
    given: Mapping[str, Given] | None = None,
    sealed: Mapping[str, SealedAnswer] | None = None,
    implied: Sequence[str] = (),
    changing: str | None = None,
    hear: Hear | None = None,
) -> Played:
    """Run the flow from the top over the answers so far. Pure: same input, same outcome.

    ``changing``: the question whose answer the person is about to change: asked, also where the thread implies one.
    ``hear``: an answer is heard at the first question that has none, and the flow goes on from there.
    """
    form = Form(
        context,
        dict(answers),
        facts,
        digest,
        corrects,
        records or {},
        given or {},
        sealed or {},
        list(implied),
        changing,
        hear=hear,
    )
    try:
        returned = flow.play(form)
    except _Asks as stop:
        return Played(form, asking=stop.asking)
    except _LooksUp as stop:
        return Played(form, lookup=stop.lookup, lookup_key=stop.key)
    except _Finds as stop:
        return Played(form, fact=stop.fact, lookup_key=stop.key)
    except _Confirms:
        return Played(form, confirming=True)
    return Played(form, finished=True, returned=returned, then=form.then or flow.after)


@dataclass
class _Guessing(Form):
    """A form where what has no answer is answered as most people do."""

    guessed: int = 0

    def _hears(self, asking: Asking) -> bool:
        self.guessed += 1
        self.answers[asking.key] = usual(asking)
        return True


@dataclass
class _Sweeping(Form):
    """A form where what has no answer is left to the meeting, or answered as most people do."""

    def _hears(self, asking: Asking) -> bool:
        self.answers[asking.key] = LEFT if asking.may_leave else usual(asking)
        return True


def secrets(flow: Flow, context: Context, played: Played) -> list[Live]:
    """The secret questions of this run, answered or not, those that are still to come too."""
    known = played.form
    form = _Sweeping(context, dict(known.answers), known.facts, sealed=known.sealed, implied=list(known.implied))
    with suppress(Stop):
        flow.play(form)
    return [one for one in form.live if one.question.sensitivity is SECRET]


def questions_left(flow: Flow, context: Context, played: Played, *, but: str = "") -> int:
    """About how many questions remain if each is answered as most people do; told honestly as *about*. ``but``: as it
    was before this one was answered."""
    known = played.form
    answers = {key: value for key, value in known.answers.items() if key != but}
    form = _Guessing(context, answers, known.facts, sealed=known.sealed, implied=list(known.implied))
    with suppress(Stop):
        flow.play(form)
    return form.guessed


def usual(asking: Asking) -> Json:
    """What most people answer, as it is stored."""
    kind, usual = asking.question.kind, asking.question.usual
    if asks_for_more(asking):
        return kind.dump(False)
    return kind.dump(kind.samples()[0] if usual is None else usual)


def asks_for_more(asking: Asking) -> bool:
    """Whether this is a list's "is there one more?": no ends the list."""
    return asking.question.name.endswith("_more")


def new_words(said: Sequence[tuple[str, Text]], before: Sequence[str]) -> tuple[list[Text], tuple[str, ...]]:
    """What has not been said yet, and all said so far: a replay repeats nothing, a changed value is said anew."""
    known, fresh = list(before), []
    for after, text in said:
        mark = hashlib.sha256(
            json.dumps([after, text.to_json()], ensure_ascii=False, sort_keys=True, default=str).encode()
        ).hexdigest()[:12]
        if mark not in known:
            known.append(mark)
            fresh.append(text)
    return fresh, tuple(known)


def most_sensitive(asking: Sequence[Asking]) -> Sensitivity:
    """The ceiling a page or question needs."""
    return max((one.question.sensitivity for one in asking), key=_ORDER.__getitem__, default=Sensitivity.OPEN)


def without(asking: Asking, reason: Text | None) -> Asking:
    """The same question with a reason put before it, for asking again."""
    return (
        asking
        if reason is None
        else replace(asking, text=say("{reason} {question}", reason=reason, question=asking.text))
    )
