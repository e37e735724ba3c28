"""What comes in and what goes out, and the state between: plain data, without any channel's words.

Everything that happens to a thread is one of the events below; a turn takes one event and the state of its thread and
returns a :class:`Turn`: the new state, what to say and what to do. Nothing here sends, saves or looks at a clock.
All of it can be written as JSON (``dump``) and read back (``load``): state is saved between every two turns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias, TypeVar
from uuid import UUID

from pydantic import PlainSerializer, PlainValidator, TypeAdapter

from backend.contract import (
    Branch,
    Channel,
    DocumentRefused,
    Meeting,
    MeetingStatus,
    MoveAsked,
    Moved,
    Notice,
    Paper,
    PapersAsked,
    PhraseDigest,
    PlannedActivity,
    PlanningWeek,
    ProblemCode,
    SealedAnswer,
    Sensitivity,
    Value,
)
from bot.calendars import CalendarName
from bot.form import Given, ToldJob
from bot.text import Text

Json: TypeAlias = Any
"""What ``json.loads`` gives; checked by the question's kind when it is read."""

Words: TypeAlias = Annotated[
    Text,
    PlainSerializer(lambda text: text.to_json()),
    PlainValidator(lambda v: v if isinstance(v, Text) else Text.from_json(v)),
]
"""A :class:`Text` that can be written as JSON with the message it stands in."""

REMOVE = "remove"
"""What a button sends back that takes the item its question is about out of its list."""

LEAVE = "later"
"""What a button sends back that leaves its question to the meeting; no choice has this value."""

# --- Events: everything that can happen to a thread ------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """The person wrote (or pressed a button, or sent a picture).

    ``words`` is what stood there after the diverter; ``question`` is the token of the question a button belongs to
    (``None`` for typed words); ``diverted`` names the kinds of secrets that were sealed away; ``pictures`` counts
    images and files; ``page`` is the language of the page it was written on, where the channel has pages.
    ``unread`` is what else came that nobody here can read; ``edited``: an earlier message was changed to this;
    ``contact``: ``words`` is a number that was handed over with a button, the writer's own or not. ``speaks`` is the
    language the writer's own program is set to, where the channel tells: a hint, not a promise. ``keyword``: what the
    provider does by itself when it sees this word (it blocks us, lets us through again, explains), whatever we do;
    ``answered``: and has told that it answered.
    ``code``: a code was written here that did not fit; ``joined``: one that did, to go on here; ``began``: one that
    did, to help somebody; ``invited``: one that did, to apply together with somebody. ``helping``: what the writer may
    see of whom she helps, where she asked for it; ``helpers``: those who help her, where she asked for it or has ended
    it.
    ``rang``: she wrote nothing and rang the number instead, which is a wish to be rung.
    ``behind``: the question that is open now was asked after this was written (it could not be read then), so it is
    no answer to it. ``agreed``: it is the phrase that was agreed with her (found out right before its turn).
    ``by_telephone``: she wants to speak by telephone alone; ``words`` is what is left of hers
    (:mod:`bot.hearing.withheld`).
    """

    words: str = field(repr=False)
    question: str | None = None
    diverted: tuple[str, ...] = ()
    pictures: int = 0
    page: str | None = None
    unread: Literal["", "voice", "other"] = ""
    edited: bool = False
    contact: Literal["", "own", "other"] = ""
    speaks: str | None = None
    keyword: Literal["", "stop", "start", "help"] = ""
    answered: bool = False
    code: Literal["", "wrong"] = ""
    joined: Joined | None = None
    began: Helping | None = None
    invited: Invited | None = None
    helping: Helping | None = None
    helpers: tuple[Helper, ...] = ()
    rang: bool = False
    behind: bool = False
    agreed: bool = field(default=False, repr=False)
    by_telephone: bool = False


@dataclass(frozen=True)
class Joined:
    """This thread is now the same person's as another, where the code was shown, and has what was open there.

    ``language`` is the other's, ``telephone`` what she wrote from there. ``tells``: it may be told; ``with_staff``: a
    person answers there, or was asked to.
    """

    thread: UUID
    language: str | None = None
    telephone: str | None = None
    tells: bool = True
    with_staff: bool = False


@dataclass(frozen=True)
class Invited:
    """Somebody wants to apply together with whoever wrote the code: never more of her than this.

    ``name`` is what she is called, if she wanted that to be told; ``written_in`` the language of the word before the
    code, ``language`` the one she who invites writes.
    """

    joint: UUID
    name: str = field(default="", repr=False)
    written_in: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Helping:
    """What a helper may see: never more than this.

    ``thread`` is the helped person's; ``question`` names her open question, if a helper may see it, and ``hers_alone``
    says that there is one that a helper may not.
    """

    thread: UUID
    until: datetime
    language: str | None = None
    meeting: Meeting | None = None
    question: str = ""
    hers_alone: bool = False


@dataclass(frozen=True)
class Act:
    """Something a helper saw or did; ``question`` names what it was about."""

    at: datetime
    act: Literal["saw", "saw-question", "answered"]
    question: str = ""


@dataclass(frozen=True)
class Helper:
    """Somebody who helps, or has helped, the thread's person, with everything seen and done."""

    name: str = field(repr=False)
    since: datetime
    until: datetime
    ended: datetime | None = None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class Filled:
    """A section page in the web chat was saved: field name -> what was written or chosen there."""

    token: str
    fields: Mapping[str, str] = field(repr=False)
    leave: bool = False


@dataclass(frozen=True)
class Resulted:
    """A call to the backend was answered: a value of the contract as JSON, or the code of a problem."""

    call: UUID
    value: Json = field(default=None, repr=False)
    problem: ProblemCode | None = None


@dataclass(frozen=True)
class Waiting:
    """A call has waited for the backend longer than a person should be left without a word (once a call)."""

    call: UUID


@dataclass(frozen=True)
class Noticed:
    """The backend has something to tell about the thread's person."""

    notice: Notice


@dataclass(frozen=True)
class Elapsed:
    """A timer of this thread is due."""

    timer: str
    reference: UUID | None = None


@dataclass(frozen=True)
class Went:
    """A proactive message that asks has left: it becomes the open question now, not when it was written.

    The fields are those of the :class:`Outgoing` that left (``question`` is its token).
    """

    message: UUID
    question: str
    ask: str = ""
    reference: UUID | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Linked:
    """This thread now belongs to the loaded person: the telephone was confirmed by a reply."""

    telephone: str = field(repr=False)


@dataclass(frozen=True)
class Helped:
    """Something between a person and her helper, as the other side is to hear it.

    To her: ``began``, ``left``, ``named``, ``answered`` (the answer to ``question``, as it is kept), ``removed`` (as
    she told staff). To the helper: ``ended``. ``late``: it came to nothing, and nobody hears of it. ``helper`` is the
    thread the helper writes from.
    """

    what: Literal["began", "left", "named", "answered", "removed", "ended", "late"]
    helper: UUID
    until: datetime | None = None
    name: str = field(default="", repr=False)
    question: str = ""
    answer: Json = field(default=None, repr=False)


@dataclass(frozen=True)
class Brought:
    """What became of papers she sent: how many are kept, why others cannot be taken, how many could not be had.

    ``waiting``: of some nothing is known yet, and it takes long. ``came`` of ``asked``: papers that her case needs,
    where any are asked for. Where they are asked for by a day (``by``): ``named`` are those she called by their names;
    ``taken_as`` the only one that what she did not name can be, in the documents ``taken``; ``unnamed`` the documents
    that may be any of the ``missing``; ``unclear`` is one that is hard to read.
    """

    kept: int = 0
    hard_to_read: bool = False
    refused: tuple[DocumentRefused, ...] = ()
    lost: int = 0
    waiting: bool = False
    came: int = 0
    asked: int = 0
    by: date | None = None
    named: tuple[Paper, ...] = ()
    taken_as: Paper | None = None
    taken: tuple[UUID, ...] = ()
    unnamed: tuple[UUID, ...] = ()
    unclear: Paper | None = None
    missing: tuple[Paper, ...] = ()


@dataclass(frozen=True)
class OnPage:
    """Secret questions of a run were answered on the secure page, and came sealed; ``left``: they are to wait for the
    meeting after all; ``copies``: for her own browser alone, to read through them."""

    run: UUID
    sealed: Mapping[str, SealedAnswer] = field(default_factory=dict, repr=False)
    left: tuple[str, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Renewed:
    """A section of a run was filled in on the secure page, where what she sent last stood in it: its answers as they
    are stored, in which language, and what was written in letters of hers. ``gone``: what is not asked any more."""

    run: UUID
    language: str
    answers: Mapping[str, Json] = field(default_factory=dict, repr=False)
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    gone: tuple[str, ...] = ()


Event: TypeAlias = (
    Said | Filled | Resulted | Waiting | Noticed | Elapsed | Went | Linked | Helped | Brought | OnPage | Renewed
)

# --- State ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    """The one open question of a thread.

    ``ask`` says what kind of question it is: ``form`` (the run's own question), or one of the conversation's own:
    ``human``, ``reminder``, ``nudge``, ``move-or-cancel``, ``ill``, ``hear``, ``important-day``, ``confirm-contact``,
    ``answered``, ``which`` (``question`` names the answers to choose between), ``interpreter`` (``question`` is the
    language), ``needs`` (after an alarm), ``understood`` (``question`` is the days shown), ``calendar``,
    ``helper-name``, ``helping`` (``question`` is the helped person's, ``reference`` her thread), ``join``, ``attest``
    (of an application of two), and those of ``paper_questions`` (``question`` is what they are about).
    ``token`` changes with every asking, so that a button of an old message never answers a new question. ``over``: the
    kind of another question of ours that could still be answered when this one came.
    """

    ask: str
    token: str
    at: datetime
    question: str = ""
    reference: UUID | None = None
    until: datetime | None = None
    tries: int = 0
    over: str = ""


@dataclass(frozen=True)
class Run:
    """One flow, one person: answers by question name as meanings, facts looked up, and how far it has come.

    ``records``: when each was answered; ``given``: how. ``received``: the application it became. ``sealed``: secret
    answers, for the municipality's key alone; ``copies``: the same for a key that her browser has for half an hour.
    """

    id: UUID
    flow: str
    began: datetime
    language: str
    state: Literal["open", "sent", "accepted", "refused", "closed"] = "open"
    answers: Mapping[str, Json] = field(default_factory=dict, repr=False)
    facts: Mapping[str, Json] = field(default_factory=dict, repr=False)
    said: tuple[str, ...] = ()
    sends: int = 0
    implied: tuple[str, ...] = ()
    records: Mapping[str, str] = field(default_factory=dict, repr=False)
    given: Mapping[str, Given] = field(default_factory=dict, repr=False)
    sealed: Mapping[str, SealedAnswer] = field(default_factory=dict, repr=False)
    copies: Mapping[str, str] = field(default_factory=dict, repr=False)
    digest: str | None = None
    changing: tuple[str, Json] | None = field(default=None, repr=False)
    corrects: UUID | None = None
    received: UUID | None = None


@dataclass(frozen=True)
class ToldDay:
    """A day she was told of, by which she must have acted; of what, the bot does not know. ``notice`` told it.

    ``remind``: whether she wants to be reminded a week before; ``None`` until she has said, and then she is.
    """

    notice: UUID
    day: date
    remind: bool | None = None


@dataclass(frozen=True)
class Two:
    """She applies together with somebody. Of the other nothing is kept, but the name in the invitation to her.

    ``run`` has her own part, which was ``kept`` (handed in) then. ``joined``: whoever was invited said yes. ``untold``:
    how it stands came while a human had the thread, and is told when the machine has it again.
    """

    side: Literal["inviter", "partner"]
    joint: UUID | None = None
    run: UUID | None = None
    joined: bool = False
    kept: datetime | None = None
    complete: bool = False
    name: str = field(default="", repr=False)
    untold: bool = False


@dataclass(frozen=True)
class Person:
    """What the bot keeps of a person: no case, only what the talk needs. ``telephone`` only once it is confirmed.

    ``papers``: what staff have asked for, and by when. ``unsaid``: a meeting that whoever tells her what is new will
    say first. ``wants_work``: she asked for a job, not money, and is not asked to apply. ``agreed``: the phrases agreed
    with her, as they may be kept (several, when she turned out to be two). ``silent_for_safety``: since when nothing
    leaves to her, because she wrote one. ``two``: with whom she applies, as far as she may know. ``alarmed``: when what
    cannot wait was last told to staff. ``week``: what is planned with her, as she was last told; ``branch``: the one
    she chose. ``by_phone``: the meeting at whose hour she wants to be rung instead, which she is not reminded of.
    ``unasked``: one she booked, while she has not been asked yet whether its day came across; it follows the meeting
    when that moves. ``calendar``: by which her days are said too; ``off`` once she was asked and has not said yes.
    ``jobs``: those she has told of since she last applied. ``only_rings``: since when she speaks with us by telephone
    alone, and is asked nothing here. ``staff_ring``: since when staff have it that nothing is sent to her.
    ``moved``: which municipality has her now, and she is asked nothing here; ``move_asked``: whether she wants to be.
    ``wishes_told``: she was told what she may wish of an interpreter.
    """

    id: UUID
    telephone: str | None = field(default=None, repr=False)
    reach: UUID | None = None
    meeting: Meeting | None = None
    helped: bool = False
    applied: UUID | None = None
    acute: bool = False
    alarmed: datetime | None = None
    news: UUID | None = None
    important_day: ToldDay | None = None
    papers: PapersAsked | None = field(default=None, repr=False)
    unsaid: UUID | None = None
    wants_work: bool = False
    agreed: tuple[PhraseDigest, ...] = field(default=(), repr=False)
    silent_for_safety: datetime | None = field(default=None, repr=False)
    two: Two | None = None
    week: PlanningWeek | None = field(default=None, repr=False)
    branch: Branch | None = field(default=None, repr=False)
    by_phone: UUID | None = None
    jobs: tuple[ToldJob, ...] = field(default=(), repr=False)
    unasked: UUID | None = None
    calendar: CalendarName | Literal["off"] | None = None
    only_rings: datetime | None = None
    staff_ring: datetime | None = None
    moved: Moved | None = None
    move_asked: MoveAsked | None = None
    wishes_told: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether nothing leaves to her but an answer to what was just written, which says nothing of her case."""
        return self.silent_for_safety is not None or self.staff_ring is not None

    def is_reminded_of(self, meeting: UUID, start: datetime | None) -> bool:
        """Whether a reminder that a meeting begins at an hour still fits what is known here: it is to be held then, and
        she is not to be rung instead. The backend may not have heard of it yet, or need not."""
        known = self.meeting
        if self.by_phone == meeting:
            return False
        if known is None or known.id != meeting:
            return True
        live = known.status in (MeetingStatus.BOOKED, MeetingStatus.PRELIMINARY)
        return live and start in (None, known.start)


@dataclass(frozen=True)
class Awaited:
    """A call whose answer this thread waits for, what it is for, and the run that made it."""

    call: UUID
    purpose: str
    question: str = ""
    told: bool = False
    run: UUID | None = None


@dataclass(frozen=True)
class Silence:
    """How long the person has been silent with something unfinished. While there is one, a timer of it is set.

    ``since``: when she last wrote or was last asked. ``steps``: how many of the days on which something is due are
    behind. ``alone``: she answered that she does not want to be asked again.
    """

    since: datetime
    steps: int = 0
    alone: bool = False


@dataclass(frozen=True)
class Heard:
    """How often the person has written in the hour that began ``since``."""

    since: datetime
    times: int


@dataclass(frozen=True)
class Thread:
    """A thread belongs to a contact point; it holds the language, the owner with an epoch and the one open question.

    ``confirmed``: trust step 1. ``shared``: ``None`` is unanswered and counts as yes. ``interrupted``: the form's
    question was set aside by a proactive one and is asked again, in full, before any word counts as its answer.
    ``choosing``: the languages offered beside the first question, while nobody knows which one the person reads.
    ``legible``: the person has written in the letters of the language from here, so the telephone shows them; or has
    been told what to do if it does not.
    ``heard``: when somebody last wrote from here; ``doubted``: so long ago that it may be another's by now.
    ``opted_out``: the person said stop; ``provider_stopped``: and her provider took it, so that only her START to it
    lets us through; ``blocked``: nothing of ours gets through to her there, until she writes.
    ``lately``: how often she has written in this hour.
    ``helps``: who writes here helps somebody, and is called so ("" where nobody asked).
    ``staff_wrote``: when a human last wrote to her here; ``away_told``: the day she was last told that we are closed.
    ``turned``: the day whoever has a frozen number was last told where to turn. ``given_up``: somebody else has it,
    with a thread of their own. ``to_prove``: it was called wrong, staff know better, and nobody has said yes since.
    ``drawn``: the papers she has been shown a drawing of here.
    """

    id: UUID
    municipality: str
    channel: Channel
    language: str | None = None
    speaks: str | None = None
    choosing: tuple[str, ...] = ()
    legible: bool = False
    owner: Literal["bot", "staff"] = "bot"
    epoch: int = 0
    open: Open | None = None
    interrupted: Open | None = None
    run: UUID | None = None
    awaited: tuple[Awaited, ...] = ()
    misses: int = 0
    shared: bool | None = None
    confirmed: bool = False
    opted_out: bool = False
    provider_stopped: bool = False
    blocked: bool = False
    frozen: bool = False
    greeted: bool = False
    offered: bool = False
    handed_over: bool = False
    link: UUID | None = None
    helps: str | None = field(default=None, repr=False)
    heard: datetime | None = None
    doubted: bool = False
    silence: Silence | None = None
    lately: Heard | None = None
    turns: int = 0
    staff_wrote: datetime | None = None
    away_told: date | None = None
    turned: date | None = None
    given_up: bool = False
    to_prove: bool = False
    drawn: tuple[Paper, ...] = ()

    def still_asks(self, token: str) -> bool:
        """Whether this question is still unanswered here, open or set aside, and ours to ask."""
        asked = (self.open, self.interrupted)
        return self.owner == "bot" and any(one is not None and one.token == token for one in asked)


@dataclass(frozen=True)
class State:
    """What a turn is given and gives back: the thread, its current person, that person's runs.

    ``telephone`` is the contact point's number where the channel has one (SMS), not saved with the state.
    """

    thread: Thread
    person: Person
    runs: Mapping[UUID, Run] = field(default_factory=dict)
    telephone: str | None = field(default=None, repr=False)

    @property
    def run(self) -> Run | None:
        return self.runs.get(self.thread.run) if self.thread.run else None

    def with_thread(self, **changes: Any) -> State:
        return changed(self, thread=changed(self.thread, **changes))

    def with_person(self, **changes: Any) -> State:
        return changed(self, person=changed(self.person, **changes))

    def with_run(self, run: Run) -> State:
        return changed(self, runs={**self.runs, run.id: run})


T = TypeVar("T", State, Thread, Person, Run)


def changed(part: T, **changes: Any) -> T:
    """As ``dataclasses.replace``, at a tenth of its cost: a turn does it a dozen times, and nothing is checked when
    these are made."""
    made = object.__new__(type(part))
    made.__dict__.update(part.__dict__)
    made.__dict__.update(changes)
    if len(made.__dict__) != len(part.__dict__):
        raise TypeError(f"a {type(part).__name__} has not all of {', '.join(changes)}")
    return made


# --- What a turn gives ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One offered answer: its number as said, its words, and what a button sends back."""

    number: int
    label: Words
    value: str


@dataclass(frozen=True)
class Field:
    """One question of a section page. ``shown_when``: the name of an earlier one, and the values of its answers that
    lead here; ``only_if`` says the same in words, where few do."""

    name: str
    text: Words
    input: Literal["choice", "several", "kronor", "number", "words", "day"]
    choices: tuple[Choice, ...] = ()
    value: str = ""
    error: Words | None = None
    hint: Words | None = None
    why: Words | None = None
    shown_when: tuple[str, str] | None = None
    only_if: Words | None = None


@dataclass(frozen=True)
class Section:
    """A part of the form as one page: honest progress, and its questions. ``depends``: how many are ``left`` depends on
    what is answered here."""

    key: str
    title: Words
    number: int
    of: int
    left: int
    fields: tuple[Field, ...]
    depends: bool = False


@dataclass(frozen=True)
class Summary:
    """Numbered live answers, as shown before they are confirmed."""

    lines: tuple[tuple[int, Words, Words], ...]
    digest: str
    removable: tuple[int, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """What a paper looks like, as it is drawn for everybody, with what it is called."""

    paper: Paper
    name: Words


@dataclass(frozen=True)
class Outgoing:
    """One message: text + numbered choices + tail, rendered late in an explicit language.

    Rendered for SMS as ``text 1 First 2 Second tail``. ``question`` is the open question's token when it asks.
    ``to`` is another thread of the person, or a telephone (``telephone``) that has no thread yet.
    ``card`` shows a meeting as the time card where the channel can, ``week`` what is planned as the week's;
    ``why`` stands in a box above the question;
    ``may_leave``: the question may be left to the meeting with one word; ``may_remove``: what it is about may be taken
    out of its list with one. ``expects``: the name of the kind of answer
    asked for, so that a channel can offer more than words. ``about``: the token of the question this is about; once
    that is answered the message is untrue. ``instead``: what is said in its place when the text to a telephone that
    this turn writes too must not go. ``drawings``: papers it speaks of, shown beside it where the channel can.
    ``calendar``: by which the card says its day too.
    """

    kind: str
    text: Words
    choices: tuple[Choice, ...] = ()
    tail: Words | None = None
    question: str | None = None
    ask: str = ""
    about: str = ""
    instead: Words | None = None
    reference: UUID | None = None
    until: datetime | None = None
    sensitivity: Sensitivity = Sensitivity.OPEN
    language: str | None = None
    to: UUID | None = None
    telephone: str | None = field(default=None, repr=False)
    start: datetime | None = None
    deadline: datetime | None = None
    card: Meeting | None = None
    calendar: CalendarName | None = None
    week: tuple[PlannedActivity, ...] = ()
    may_leave: bool = False
    may_remove: bool = False
    expects: str = ""
    why: Words | None = None
    section: Section | None = None
    summary: Summary | None = None
    drawings: tuple[Drawing, ...] = ()
    verbatim: str | None = field(default=None, repr=False)
    swedish: str | None = field(default=None, repr=False)
    staff_message: UUID | None = None


@dataclass(frozen=True)
class Call:
    """One call to the backend: its id is the idempotency key (or the look-up's id). ``path`` fills the route."""

    id: UUID
    value: Value = field(repr=False)
    path: Mapping[str, str] = field(default_factory=dict)
    answers_to_thread: bool = True


@dataclass(frozen=True)
class Timer:
    """Wake this thread with ``Elapsed(timer, reference)`` at ``at`` (business time); the same pair again replaces."""

    timer: str
    at: datetime
    reference: UUID | None = None


@dataclass(frozen=True)
class Turn:
    """The whole effect of one event. ``supersede``: drop unsent bot messages of older epochs (staff took over).

    ``link``: this contact point is that person's. ``owns``: a telephone that was proved to be the person's own.
    ``letter``: a dead letter that staff have seen to, and whether it is to be tried again.
    ``tells``: threads of others, and what each is to hear.
    """

    state: State
    says: tuple[Outgoing, ...] = ()
    calls: tuple[Call, ...] = ()
    timers: tuple[Timer, ...] = ()
    supersede: bool = False
    link: UUID | None = None
    owns: str | None = None
    understood: str | None = None
    letter: tuple[UUID, bool] | None = None
    tells: tuple[tuple[UUID, Helped], ...] = ()


# --- As JSON ----------------------------------------------------------------------------------------------------------

_THREAD, _PERSON, _RUN = TypeAdapter(Thread), TypeAdapter(Person), TypeAdapter(Run)
_OUTGOING = TypeAdapter(Outgoing)
_ADAPTERS: dict[type, TypeAdapter[Any]] = {Thread: _THREAD, Person: _PERSON, Run: _RUN, Outgoing: _OUTGOING}


def dump(part: Thread | Person | Run | Outgoing) -> bytes:
    """A part of the state, or a message, as JSON for the codec and the database."""
    return _ADAPTERS[type(part)].dump_json(part)


def load_thread(data: bytes) -> Thread:
    return _THREAD.validate_json(data)


def load_person(data: bytes) -> Person:
    return _PERSON.validate_json(data)


def load_run(data: bytes) -> Run:
    return _RUN.validate_json(data)


def load_outgoing(data: bytes) -> Outgoing:
    return _OUTGOING.validate_json(data)


EVENTS: dict[str, type] = {
    kind.__name__.lower(): kind
    for kind in (Said, Filled, Resulted, Waiting, Noticed, Elapsed, Went, Linked, Helped, Brought, OnPage, Renewed)
}


def dump_event(event: Event) -> tuple[str, bytes]:
    """An event's kind and its JSON."""
    return type(event).__name__.lower(), TypeAdapter(type(event)).dump_json(event)


def load_event(kind: str, data: bytes) -> Event:
    event: Event = TypeAdapter(EVENTS[kind]).validate_json(data)
    return event
