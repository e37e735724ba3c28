"""Somebody who does anything in any order, among staff, a backend and a clock that do the same.

A walk is a list of steps; every turn of it is held to what must be true of each turn, whatever came before.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from hypothesis import strategies as st

from backend.contract import (
    ApplicationChoice,
    BookMeeting,
    CallForHelp,
    FreeTime,
    FreeTimes,
    FreeTimesQuery,
    HandedBack,
    Hear,
    HearReceipt,
    ImportantDay,
    JointNews,
    Meeting,
    MeetingNotice,
    MeetingStatus,
    NextApplication,
    NoticeKind,
    ProblemCode,
    SendApplication,
    Sensitivity,
    SomethingNew,
    StaffMessage,
    TakenOver,
    Value,
)
from backend.municipalities import found
from bot.conversation.running import replay
from bot.conversation.talk import Talk
from bot.flows import written
from bot.form import Asking, Played, digest_of
from bot.hearing.diverter import MARK
from bot.hearing.words import is_acute
from bot.leaving.ceilings import guard_ceiling
from bot.leaving.kinds import KINDS
from bot.messages import (
    LEAVE,
    Elapsed,
    Event,
    Filled,
    Invited,
    Linked,
    Outgoing,
    Person,
    Resulted,
    Said,
    State,
    Turn,
    Waiting,
    Went,
)
from bot.questions import Meaning
from bot.rendering import as_text
from bot.stories.meeting_first import HELLO
from bot.stories.speaking import first_words
from bot.text import is_gsm, languages, local, segments, words
from tests.bot.talker import CAREFUL, JOINT, NAMESPACE, NEW, NONE_YET, POLICY, RECURRING, Talker

Step: TypeAlias = tuple[str, Any]

ANSWERS = {
    "person": ("Yara", "jag heter Adam", "سارة"),
    "words": ("lön till nyss", "بعت سيارتي"),
    "kronor": ("5850", "4 200 kr", "٨٠٠٠"),
    "number": ("12", "15", "٠"),
    "email": ("kim@example.org", "min e-post: sara@example.org"),
    "day": ("torsdag", "i morgon", "الخميس"),
    "telephone": ("070-174 06 05",),
    "language": ("arabiska", "2"),
}
"""How somebody answers a question that has no numbered choices (or more answers than those), by its kind."""

QUESTIONS = {question.name: question for question in written()}

OWN_WORDS = 40
"""Characters of one's own words that a text's budget leaves room for."""

JUNK = (
    "banan",
    "",
    "   ",
    "😀😀",
    "x" * 10_000,
    "-500",
    "8 000 000 000",
    "abc مرحبا",
    "\u202e\u200f",
    "31 februari",
    "1 januari 2020",
    "kl 2",
    "1 2 3",
    "99",
    "0",
    "jag har 2 barn",
    "STOP this bill",
    "JA 2",
)

COMMANDS = (
    "help",
    "back",
    "change",
    "repeat",
    "later",
    "status",
    "language",
    "human",
    "what",
    "move",
    "read",
    "elsewhere",
    "invite",
    "helper",
    "helpers",
    "no-helper",
    "apply",
    "single-cost",
    "cannot-come",
    "together",
    "not-together",
)
LANGUAGES = ("svenska", "SV", "العربية", "byt till arabiska", "somaliska", "språk")


class Broken(AssertionError):
    """Something that must hold of every turn did not."""


def holds(truth: object, what: str, **shown: object) -> None:
    """Say what was broken, with what shows it."""
    if not truth:
        raise Broken(what + "".join(f"\n  {name}: {value}" for name, value in shown.items()))


@dataclass
class Walker(Talker):
    """One person's thread, and everybody else who acts on it.

    ``on_its_way``: proactive messages that have not left. ``due``: timers set. ``summary``: digest -> token of the
    summary shown last. ``linked``: whose number this turned out to be.
    """

    on_its_way: list[Outgoing] = field(default_factory=list)
    due: dict[tuple[str, UUID | None], Any] = field(default_factory=dict)
    summary: tuple[str, str] = ("", "")
    shown: str = ""
    refusals: list[ProblemCode] = field(default_factory=list)
    fresh: Iterator[int] = field(default_factory=count)

    def fork(self) -> "Walker":
        """Another from here on: what it does changes nothing here."""
        other = copy.copy(self)
        for name in ("said", "calls", "turns", "on_its_way", "refusals", "refuse"):
            setattr(other, name, list(getattr(self, name)))
        other.due, other.fresh = dict(self.due), count(1000)
        return other

    def walk(self, steps: list[Step]) -> "Walker":
        for name, detail in steps:
            getattr(self, f"_{name}")(detail)
            self.is_not_stuck()
        return self

    def new_id(self) -> UUID:
        return uuid5(NAMESPACE, f"fresh {next(self.fresh)}")

    # --- Where the talk stands ----------------------------------------------------------------------------------------

    @property
    def talk(self) -> Talk:
        return Talk(self.state, self.policy, self.now)

    @property
    def is_heard(self) -> bool:
        """Whether the bot is the one to answer here."""
        thread = self.state.thread
        return thread.owner == "bot" and not thread.frozen and not thread.opted_out

    def played(self) -> Played | None:
        """The open run as it stands."""
        run = self.state.run
        return replay(self.talk, run) if run is not None and run.state == "open" else None

    def asking(self) -> Asking | None:
        """The form's question, when that is what is open."""
        opened, played = self.state.thread.open, self.played()
        return played.asking if played is not None and opened is not None and opened.ask == "form" else None

    def answer_in_words(self, pick: int = 0) -> str | None:
        """What somebody willing would write now; ``None`` when nothing is asked."""
        opened, asking = self.state.thread.open, self.asking()
        if opened is None:
            return None
        if opened.ask == "form" and opened.question.startswith("confirm:"):
            return ("ja", "نعم", "JA")[pick % 3]
        if asking is not None:
            kind = asking.question.kind
            written = ANSWERS.get(kind.name)
            if written is not None:
                heard = [kind.understand(one, self.talk.language, today=self.talk.today) for one in written]
                taken = [one for one, read in zip(written, heard, strict=True) if isinstance(read, Meaning)]
                taken = taken or [str(kind.example())]
                return taken[pick % len(taken)]
            if asking.question.name.endswith("_more"):
                return "1" if pick % 6 == 5 else "2"
            return str(pick % len(kind.options(asking.among)) + 1)
        choices = {"hear": 4, "move-or-cancel": 3, "ill": 3, "reminder": 2, "important-day": 2}
        return str(pick % choices.get(opened.ask, 2) + 1)

    def comes_to_the_summary(self) -> bool:
        """Answer until the summary is to be confirmed; ``False``: that does not come."""
        for _ in range(120):
            opened = self.state.thread.open
            if opened is not None and opened.question.startswith("confirm:"):
                return True
            if self.state.person.applied is not None or not self.is_heard:
                return False
            self.writes(self.answer_in_words() or "hej")
        return False

    # --- Steps: the person --------------------------------------------------------------------------------------------

    def _writes(self, what: str) -> None:
        self.writes(what)

    def _says_no_more(self, what: str) -> None:
        self.writes(what)

    def _answers(self, pick: int) -> None:
        self.writes(self.answer_in_words(pick) or "hej")

    def _presses(self, pick: int) -> None:
        opened = self.state.thread.open
        asked = next((one for one in reversed(self.said) if opened and one.question == opened.token), None)
        if asked is not None and asked.choices:
            choice = asked.choices[pick % len(asked.choices)]
            self.happens(Said(choice.value, question=asked.question))

    def old_token(self, pick: int) -> str | None:
        """The token of a question that is not open any more."""
        opened = self.state.thread.open
        old = [one.question for one in self.said if one.question and (opened is None or one.question != opened.token)]
        return old[pick % len(old)] if old else None

    def _presses_old(self, pick: int) -> None:
        token = self.old_token(pick)
        if token is not None:
            self.happens(Said(str(pick % 4 + 1), question=token))

    def _fills(self, how: tuple[int, bool, bool]) -> None:
        """Fill in the page that is open: with answers, with junk in some, or all left to the meeting."""
        pick, careless, leave = how
        opened = self.state.thread.open
        if opened is None:
            return
        asked = next((one for one in reversed(self.said) if one.question == opened.token), None)
        if asked is None or asked.section is None:
            return
        fields = {}
        for n, one in enumerate(asked.section.fields):
            written = ANSWERS.get("person" if "_name" in one.name else one.input, ())
            answers = tuple(choice.value for choice in one.choices) or written
            fields[one.name] = answers[(pick + n) % len(answers)]
            if careless and n % 2 == pick % 2:
                fields[one.name] = JUNK[pick % len(JUNK)]
        self.happens(Filled(opened.token, fields, leave=leave))

    def _sends_picture(self, words: str) -> None:
        self.happens(Said(words, pictures=1))

    def _sends_by_telegram(self, event: Said) -> None:
        """What only that channel has: a voice, a changed message, a number by a button, a question left by a button."""
        if self.channel == "telegram":
            opened = self.state.thread.open
            token = opened.token if event.words == LEAVE and opened is not None else None
            self.happens(replace(event, question=token))

    def _sends_secret(self, words: str) -> None:
        self.happens(Said(words, diverted=("personal-number",)))

    # --- Steps: staff and backend -------------------------------------------------------------------------------------

    def _staff(self, what: str) -> None:
        thread = self.state.thread.id
        bodies: dict[str, tuple[NoticeKind, Value]] = {
            "take over": (NoticeKind.TAKEN_OVER, TakenOver(thread=thread)),
            "write": (
                NoticeKind.STAFF_MESSAGE,
                StaffMessage(thread=thread, message=self.new_id(), text="Hej, här är Johan.", swedish="Hej."),
            ),
            "hand back": (NoticeKind.HANDED_BACK, HandedBack(thread=thread)),
        }
        self.tells(*bodies[what], name=f"notice {next(self.fresh)}")

    def _meeting(self, what: tuple[str, int]) -> None:
        """Something happens to the meeting at the municipality."""
        change, hours = what
        meeting = self.state.person.meeting
        if meeting is None:
            return
        changes: dict[str, tuple[NoticeKind | None, dict[str, Any]]] = {
            "confirmed": (NoticeKind.INTERPRETER_CONFIRMED, {"status": MeetingStatus.BOOKED}),
            "moved": (NoticeKind.MEETING_MOVED, {"start": self.now + timedelta(hours=hours)}),
            "cancelled": (NoticeKind.MEETING_CANCELLED, {"status": MeetingStatus.CANCELLED}),
            "held": (None, {"status": MeetingStatus.HELD}),
        }
        kind, values = changes[change]
        changed = meeting.model_copy(update=values)
        if kind is None:
            self.state = self.state.with_person(meeting=changed)
        else:
            self.tells(kind, MeetingNotice(meeting=changed), f"notice {next(self.fresh)}")

    def _next_month(self, days: int) -> None:
        """She has applied, and is told when the next month opens."""
        opens = local(self.now).date() + timedelta(days=days)
        told = NextApplication(month=date(2027, 1, 1), opens_on=opens if days else None, remind_on=opens)
        self.tells(NoticeKind.NEXT_APPLICATION, told, f"notice {next(self.fresh)}")

    def _something_new(self, news: SomethingNew) -> None:
        self.tells(NoticeKind.SOMETHING_NEW, news, f"notice {next(self.fresh)}")

    def _backend_is(self, where: str) -> None:
        self.away = where == "away"
        while not self.away and self._answer_next():
            pass

    def _backend_refuses(self, why: ProblemCode) -> None:
        self.refusals.append(why)

    def _keeps_waiting(self, pick: int) -> None:
        awaited = self.state.thread.awaited
        if awaited:
            self.happens(Waiting(awaited[pick % len(awaited)].call))

    def _answers_late(self, pick: int) -> None:
        """An answer to a call that nobody waits for any more comes (again)."""
        awaited = {one.call for one in self.state.thread.awaited}
        answered = [call.id for call in self.calls if call.id not in awaited]
        if answered:
            self.happens(Resulted(answered[pick % len(answered)], {}))

    # --- Steps: somebody she applies together with --------------------------------------------------------------------

    def _invited(self, name: str) -> None:
        """She writes the code of somebody who wants to apply together with her."""
        if self.state.person.two is None and self.is_heard:
            self.happens(Said(MARK, invited=Invited(JOINT, name, None, "ar")))

    def _partner(self, does: str) -> None:
        """The other one of the two does something, and she is told."""
        two = self.state.person.two
        if two is None or two.joint is None:
            return
        changes: dict[str, tuple[dict[str, Any], Any]] = {
            "begins": ({"joined": True}, "joined"),
            "confirms": ({"joined": True, "other": self.joint.other or 1, "other_attested": True}, "attested"),
            "changes": (
                {"joined": True, "other": (self.joint.other or 0) + 1, "own_attested": False, "other_attested": False},
                "attest-again",
            ),
            "leaves": ({"ended": True}, None),
        }
        standing, what = changes[does]
        self.joint = replace(self.joint, **standing)
        if what == "attested" and self.joint.own_attested:
            what = "came-in"
        if what is not None:
            news = JointNews(joint=JOINT, what=what, at=self.now)
            self.tells(NoticeKind.JOINT_NEWS, news, f"notice {next(self.fresh)}")

    # --- Steps: time --------------------------------------------------------------------------------------------------

    def _waits(self, minutes: int) -> None:
        self.later(minutes=minutes)

    def _timer(self, pick: int) -> None:
        """Time goes on until a timer is due."""
        if self.due:
            timer, reference = sorted(self.due, key=str)[pick % len(self.due)]
            self.now = max(self.now, self.due.pop((timer, reference)))
            self.happens(Elapsed(timer, reference))

    def _leaves(self, pick: int) -> None:
        """A proactive message leaves the house."""
        if not self.on_its_way:
            return
        message = self.on_its_way.pop(pick % len(self.on_its_way))
        if message.question is not None:
            self.shown = message.question
            self.happens(
                Went(self.new_id(), message.question, message.ask, message.reference, message.until),
            )

    def _reminded(self, pick: int) -> None:
        """Time goes on until the meeting is near, and the reminder reaches the person."""
        self._timer(pick)
        self._leaves(len(self.on_its_way) - 1)

    def _told(self, day: ImportantDay) -> None:
        """Somebody of the staff has told the person what is new."""
        meeting = self.state.person.meeting
        day = day.model_copy(update={"meeting": meeting if day.by_telephone else None})
        self.tells(NoticeKind.IMPORTANT_DAY, day, f"notice {next(self.fresh)}")
        self._leaves(len(self.on_its_way) - 1)

    def _hears_of_news(self, news: SomethingNew) -> None:
        self._something_new(news)
        self._leaves(len(self.on_its_way) - 1)

    def _number_given(self, _: None) -> None:
        """Somebody on the web says that this number is hers; the neutral text leaves."""
        if self.channel == "sms":
            token = self.new_id().hex[:12]
            self.state = self.state.with_thread(link=uuid5(NAMESPACE, "on the web"))
            self.shown = token
            until = self.now + timedelta(hours=24)
            self.happens(Went(self.new_id(), token, "confirm-contact", uuid5(NAMESPACE, "on the web"), until))

    # --- The backend's answers ----------------------------------------------------------------------------------------

    def _backend(self, value: Value) -> Value | ProblemCode:
        if self.refusals:
            return self.refusals.pop()
        if isinstance(value, FreeTimesQuery):
            return self._free(value)
        if isinstance(value, Hear):
            return HearReceipt(call_at=self.now + timedelta(hours=3))
        return super()._backend(value)

    def _free(self, query: FreeTimesQuery) -> FreeTimes:
        day = query.not_before or local(self.now).date() + timedelta(days=1)
        at = local(self.now).replace(year=day.year, month=day.month, day=day.day, minute=30, second=0, microsecond=0)
        starts = [at.replace(hour=hour) for hour in (9, 13)]
        times = [
            FreeTime(
                slot=start.isoformat(), start=start, end=start + timedelta(minutes=45), address=self.policy.address
            )
            for start in starts
            if start > self.now
        ]
        return FreeTimes(times=tuple(times), within_promise=query.not_before is None)

    def _book(self, call: BookMeeting) -> Meeting:
        start = local(self.now).fromisoformat(call.slot)
        return Meeting(
            id=self.new_id(),
            person=call.person,
            start=start,
            end=start + timedelta(minutes=45),
            address=self.policy.address,
            status=MeetingStatus.PRELIMINARY if call.interpreter_language else MeetingStatus.BOOKED,
            interpreter_language=call.interpreter_language,
        )

    # --- What must hold of every turn ---------------------------------------------------------------------------------

    def _turn(self, event: Event) -> None:
        before = self.state
        super()._turn(event)
        took = self.turns[-1]
        self._note(took)
        self._asks_one_thing(event, took)
        self._keeps_to_its_place(before, event, took)
        self._changes_take_the_confirmation_away(before)
        self._sends_what_was_confirmed(before, event, took)
        self._calls_are_sound(event, took)
        self.texts_fit(took)
        if took.link is not None:
            # The inbox does this in the transaction of the turn that links, and queues the event.
            person = Person(took.link, helped=True)
            self.state = State(replace(self.state.thread, link=None), person, {}, self.state.telephone)
            self._merge(Linked(self.state.telephone or ""))

    def _note(self, took: Turn) -> None:
        for message in took.says:
            if KINDS[message.kind].proactive:
                if message.to is None and message.telephone is None:
                    self.on_its_way.append(message)
            elif message.question is not None:
                self.shown = message.question
            if message.summary is not None:
                self.summary = (message.summary.digest, message.question or "")
        for timer in took.timers:
            self.due[timer.timer, timer.reference] = timer.at

    def _asks_one_thing(self, event: Event, took: Turn) -> None:
        asked = [one for one in took.says if one.question and not KINDS[one.kind].proactive]
        holds(len(asked) <= 1, "two questions in one turn", asked=[self.text(one) for one in asked])
        opened = self.state.thread.open
        if opened is not None and self.state.thread.owner == "bot":
            holds(opened.token == self.shown, "what is open is not what was shown last", event=event, open=opened)
        holds(not asked or opened is not None, "asked, and nothing is open", event=event)

    def _keeps_to_its_place(self, before: State, event: Event, took: Turn) -> None:
        """Ceilings; silence where there is to be silence."""
        thread = self.state.thread
        order_of = {one: place for place, one in enumerate(Sensitivity)}
        for message in took.says:
            kind = KINDS[message.kind]
            if message.to is None and message.telephone is None:
                guard_ceiling(message, self.policy, thread)
            if message.ask == "form" and (asking := self.asking()) is not None:
                said, asked = order_of[message.sensitivity], order_of[asking.question.sensitivity]
                holds(said >= asked, "a question is called less sensitive than it is", question=asking.key)
            for one in message.section.fields if message.section is not None else ():
                asked = order_of[QUESTIONS[one.name.partition("#")[0]].sensitivity]
                holds(order_of[message.sensitivity] >= asked, "a page is called less sensitive than it is", field=one)
            if kind.proactive:
                holds(message.sensitivity is Sensitivity.OPEN, "proactive and not open", kind=kind.name)
                holds(kind.sensitivity is Sensitivity.OPEN, "proactive and not open", kind=kind.name)
        replies = [one for one in took.says if not KINDS[one.kind].proactive and one.kind not in ("staff", "acute")]
        staffs = before.thread.owner == "staff" and thread.owner == "staff"
        if staffs and not isinstance(event, Said):
            holds(not replies, "the bot speaks under staff", event=event, said=[self.text(one) for one in replies])
        if staffs:
            holds(all(one.ask != "form" for one in replies), "the form asks under staff", event=event)
        quiet = before.thread.frozen or before.thread.opted_out
        if quiet and isinstance(event, Said | Filled) and (thread.frozen or thread.opted_out):
            rest = [one for one in took.says if not KINDS[one.kind].always]
            holds(not rest, "an answer to somebody who said stop", said=[self.text(one) for one in rest])

    def _changes_take_the_confirmation_away(self, before: State) -> None:
        for run in self.state.runs.values():
            was = before.runs.get(run.id)
            if was is not None and was.digest is not None and run.answers != was.answers:
                holds(run.digest is None or run.digest != was.digest, "changed, and still confirmed", run=run)

    def _sends_what_was_confirmed(self, before: State, event: Event, took: Turn) -> None:
        sent = [call.value for call in took.calls if isinstance(call.value, SendApplication)]
        if not sent:
            return
        opened = before.thread.open
        if not isinstance(event, Said) or (opened is None or not opened.question.startswith("confirm:")):
            # Of an application of two, one goes on alone: with the part that was confirmed, and not since changed.
            holds(sent[0].digest in {run.digest for run in before.runs.values()}, "sent, and nobody confirmed")
            return
        holds(opened.question == f"confirm:{sent[0].digest}", "another digest was confirmed")
        holds((sent[0].digest, opened.token) == self.summary, "not the summary shown last")
        run = before.run
        if run is not None:
            live = replay(Talk(before, self.policy, self.now), run).live
            holds(digest_of(live, sent[0].language) == sent[0].digest, "what was sent is not what was shown")

    def _calls_are_sound(self, event: Event, took: Turn) -> None:
        waited_for = {one.call for one in self.state.thread.awaited}
        for call in took.calls:
            holds(not call.answers_to_thread or call.id in waited_for, "an answer nobody waits for", call=call)
        holds(len({call.id for call in self.calls}) == len(self.calls), "two calls with one key", event=event)
        helped = [call for call in self.calls if isinstance(call.value, CallForHelp)]
        holds(len({call.value.person for call in helped}) == len(helped), "one call for help too many")  # type: ignore[attr-defined]  # all are CallForHelp
        if isinstance(event, Said) and event.question is None and is_acute(event.words):
            holds(any(one.kind == "acute" for one in took.says), "acute words without the numbers")

    def texts_fit(self, took: Turn) -> None:
        """Nothing is missing in any language, and a text keeps the budget of its kind."""
        for message in took.says:
            texts = {language: as_text(message, language, plain=self.channel == "sms") for language in languages()}
            kind = KINDS[message.kind]
            if self.channel != "sms" or (kind.personal_words and self._wrote_much()) or message.staff_message:
                continue
            text = texts[message.language or self.state.thread.language or "sv"]
            counted, budget = segments(text), kind.segments[0 if is_gsm(text) else 1]
            holds(counted <= budget, "over budget", kind=kind.name, text=text, segments=counted, budget=budget)

    def _wrote_much(self) -> bool:
        """Whether the person's own words or children are more than a budget counts with."""
        answers = [value for run in self.state.runs.values() for value in run.answers.values()]
        long = any(isinstance(one, str) and len(one) > OWN_WORDS for one in answers)
        return long or any(isinstance(one, list) and len(one) > 2 for one in answers)

    # --- Nobody is stuck ----------------------------------------------------------------------------------------------

    def is_not_stuck(self) -> None:
        """A run that waits for nothing but the person has a question open, or has said how to go on."""
        thread, run = self.state.thread, self.state.run
        if not self.is_heard or thread.awaited or run is None or run.state != "open":
            return
        if thread.open is None and thread.interrupted is None:
            last = next((self.text(one) for one in reversed(self.said) if not KINDS[one.kind].proactive), "")
            holds(last, "nothing is open and nothing was said", run=run)
            answered = self.fork()
            answered.away = True
            answered.writes("hej")
            told = answered.turns[-1].says or answered.state.thread.awaited
            holds(told, "nothing is open and words get no answer", run=run, last=last)

    def gets_an_answer(self, words: str) -> None:
        """Whatever is written now, something is answered, where the bot is the one to answer."""
        thread = self.state.thread
        waits = thread.awaited and all(one.told for one in thread.awaited)
        if not self.is_heard or waits:
            return
        other = self.fork().writes(words)
        said = other.turns[-1].says
        quiet = not other.is_heard or bool(other.state.thread.awaited)
        # The last answer of all may be taken in silence: nothing is asked any more.
        done = thread.open is not None and other.state.thread.open is None and other.state.run is None
        holds(said or quiet or done, "written, and no answer", words=words, open=thread.open)

    def finds_the_way_out(self) -> None:
        """From here a willing person comes to the end: nothing is asked any more, nothing is waited for."""
        if self.state.thread.frozen:
            return
        other = self.fork()
        other.refusals.clear()
        if other.state.thread.opted_out:
            other.writes("START")
        if other.state.thread.owner == "staff":
            other._staff("hand back")
        other._backend_is("back")
        asked: list[str] = []
        for pick in range(160):
            thread, run = other.state.thread, other.state.run
            if thread.frozen:
                return
            holds(not thread.awaited, "waits for what has been answered", awaited=thread.awaited)
            if thread.open is None and (run is None or run.state != "open") and thread.interrupted is None:
                return
            words = other.answer_in_words(pick if pick < 60 else 1) or "hej"
            asked.append(f"{thread.open.ask}/{thread.open.question}: {words}" if thread.open else words)
            other.writes(words)
        raise Broken("no way out:\n" + "\n".join(asked[-20:]))


# --- Walks ------------------------------------------------------------------------------------------------------------

HELLOS = ("hej, behöver hjälp", *(first_words(HELLO, language) for language in languages()))


def _phrases(*keys: str) -> list[str]:
    return [words(language, key)[0] for key in keys for language in languages()]


_picks = st.integers(0, 11)
_words = st.one_of(
    st.sampled_from(JUNK),
    st.sampled_from(_phrases(*COMMANDS)),
    st.sampled_from(["ÄNDRA 2", "ÄNDRA 4", "غير 1", "ÄNDRA 99", "BACK"]),
    st.sampled_from(LANGUAGES),
    st.sampled_from([*_phrases("acute"), "min man slår mig"]),
    st.text(max_size=30),
)
_news = st.builds(
    SomethingNew,
    what=st.sampled_from(["decision", "agreed-lines"]),
    refusal=st.booleans(),
    with_interpreter=st.booleans(),
)

_days = st.builds(
    ImportantDay, by_telephone=st.booleans(), day=st.just(date(2026, 12, 22)), remind_on=st.just(date(2026, 12, 15))
)

_by_telegram = st.sampled_from(
    [
        Said("", unread="voice"),
        Said("", unread="other"),
        Said("1", edited=True),
        Said("STATUS", edited=True),
        Said("+46701740605", contact="own"),
        Said("", contact="other"),
        Said("/start", speaks="ar"),
        Said(LEAVE),
    ]
)

STEPS: dict[str, tuple[int, st.SearchStrategy[Any]]] = {
    "answers": (12, _picks),
    "presses": (4, _picks),
    "fills": (4, st.tuples(_picks, st.booleans(), st.booleans())),
    "writes": (8, _words),
    "says_no_more": (1, st.sampled_from(_phrases("stop", "start", "start", "wrong-number"))),
    "presses_old": (1, _picks),
    "sends_picture": (1, st.sampled_from(["", "här är hyran"])),
    "sends_by_telegram": (2, _by_telegram),
    "sends_secret": (1, st.just("mitt nummer är ***")),
    "number_given": (1, st.none()),
    "staff": (5, st.sampled_from(["take over", "write", "hand back", "hand back"])),
    "meeting": (3, st.tuples(st.sampled_from(["confirmed", "moved", "cancelled", "held"]), st.integers(2, 60))),
    "something_new": (1, _news),
    "next_month": (2, st.integers(0, 2)),
    "hears_of_news": (4, _news),
    "told": (2, _days),
    "reminded": (4, _picks),
    "backend_is": (5, st.sampled_from(["away", "back"])),
    "backend_refuses": (2, st.sampled_from(list(ProblemCode))),
    "keeps_waiting": (1, _picks),
    "answers_late": (1, _picks),
    "waits": (3, st.sampled_from([0, 1, 45, 24 * 60])),
    "timer": (1, _picks),
    "leaves": (2, _picks),
    "invited": (2, st.sampled_from(["Sara", "", "أحمد"])),
    "partner": (3, st.sampled_from(["begins", "confirms", "confirms", "changes", "leaves"])),
}
"""What may happen: how often, and its detail."""

_names = st.sampled_from([name for name, (often, _) in STEPS.items() for _ in range(often)])


@st.composite
def _steps(draw: st.DrawFn, longest: int) -> list[Step]:
    names = draw(st.integers(0, longest).flatmap(lambda n: st.lists(_names, min_size=n, max_size=n)))
    return [(name, draw(STEPS[name][1])) for name in names]


@dataclass(frozen=True)
class Walk:
    """Somebody on SMS, on Telegram or on the web comes some way in the talk, and then anything happens."""

    municipality: str
    channel: str
    careful: bool
    choice: ApplicationChoice
    hello: str | None
    answered: int
    steps: list[Step]

    def walk(self) -> Walker:
        town = found()[self.municipality]
        written = {name: getattr(town, name) for name in ("telephone", "after_hours_telephone", "public_page")}
        policy = (CAREFUL if self.careful else POLICY).model_copy(update={"address": town.meetings.address, **written})
        walker = Walker(channel=self.channel, policy=policy, choice=self.choice)
        opening: list[Step] = [("writes", self.hello), *[("answers", 0)] * self.answered] if self.hello else []
        return walker.walk([*opening, *self.steps])


def walks(longest: int = 18) -> st.SearchStrategy[Walk]:
    """Walks of at most so many steps after the opening."""
    return st.builds(
        Walk,
        municipality=st.sampled_from(sorted(found())),
        channel=st.sampled_from(["sms", "sms", "telegram", "web", "web"]),
        careful=st.sampled_from([False, False, True]),
        choice=st.sampled_from([NEW, RECURRING, NONE_YET]),
        hello=st.sampled_from([*HELLOS, None]),
        answered=st.integers(0, 22),
        steps=_steps(longest),
    )
