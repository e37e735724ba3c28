"""The turn under way: the state it was given, and what it has said and done so far."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha1
from typing import Literal
from uuid import UUID, uuid5

from backend.contract import HandOver, Meeting, MeetingStatus, Policy, Sensitivity, Value
from bot.form import Context
from bot.leaving.hours import opens_at
from bot.messages import Awaited, Call, Helped, Open, Outgoing, Person, Run, State, Thread, Timer
from bot.text import Text, local, render, say

PERSONAL_CHANNELS = ("web", "terminal")
"""Where personal questions may be asked without more: the page is the person's own screen."""

A_YEAR = timedelta(days=365)

ALARMED_FOR = timedelta(hours=24)
"""So long after an alarm that nobody has answered she is not asked what she needs today."""

Reason = Literal[
    "asked",
    "missed-three",
    "acute",
    "call-me",
    "dead-letter",
    "opted-out",
    "wrong-number",
    "question",
    "important-day",
    "silent",
    "flood",
    "agreed-phrase",
    "not-shared",
]


def is_doubted(thread: Thread, now: datetime) -> bool:
    """Whether nobody has written from here for so long that it may be another's by now."""
    if thread.channel in PERSONAL_CHANNELS:
        return False
    return thread.doubted or (thread.heard is not None and now - thread.heard > A_YEAR)


@dataclass
class Talk:
    """One turn. Ids are derived from the thread and its number of turns, so the same turn gives the same ids."""

    state: State
    policy: Policy
    now: datetime
    says: list[Outgoing] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    superseding: bool = False
    linking: UUID | None = None
    owning: str | None = None
    letter: tuple[UUID, bool] | None = None
    tells: list[tuple[UUID, Helped]] = field(default_factory=list)
    understood: str | None = None
    _ids: int = 0

    @property
    def thread(self) -> Thread:
        return self.state.thread

    @property
    def person(self) -> Person:
        return self.state.person

    @property
    def run(self) -> Run | None:
        return self.state.run

    @property
    def language(self) -> str:
        return self.thread.language or "sv"

    @cached_property
    def today(self) -> date:
        return local(self.now).date()

    def new_id(self) -> UUID:
        return uuid5(self.thread.id, self._next())

    def new_token(self) -> str:
        """The beginning of what would be the next id."""
        return sha1(self.thread.id.bytes + self._next().encode(), usedforsecurity=False).hexdigest()[:12]

    def _next(self) -> str:
        self._ids += 1
        return f"{self.thread.turns}:{self._ids}"

    # --- Saying and doing ---------------------------------------------------------------------------------------------

    def say(self, text: Text, kind: str = "reply") -> None:
        self.says.append(Outgoing(kind, text))

    def call(self, value: Value, *, key: UUID | None = None, answers: bool = False, **path: str) -> UUID:
        """Leave a call to the backend; its id is the idempotency key."""
        call = Call(key or self.new_id(), value, path, answers_to_thread=answers)
        self.calls.append(call)
        return call.id

    def wait_for(self, call: UUID, purpose: str, question: str = "") -> None:
        awaited = Awaited(call, purpose, question, run=self.thread.run)
        self.state = self.state.with_thread(awaited=(*self.thread.awaited, awaited))

    def open(self, opened: Open | None) -> None:
        """The one open question from now on. The form's own is thereby not set aside any more."""
        forms = opened is not None and opened.ask == "form"
        self.state = self.state.with_thread(open=opened, interrupted=None if forms else self.thread.interrupted)

    def forget(self, *keys: str) -> None:
        """Take answers of the run under way back, as if they had not been asked for."""
        run = self.run
        if run is not None:
            kept = {key: value for key, value in run.answers.items() if key not in keys}
            self.state = self.state.with_run(replace(run, answers=kept, digest=None))

    def hand_over(self, reason: Reason) -> None:
        """Put the thread in the inbox. The bot goes on answering until staff take over."""
        self.call(
            HandOver(
                person=self.person.id,
                thread=self.thread.id,
                channel=self.thread.channel,
                language=self.thread.speaks or self.language,
                at=self.now,
                reason=reason,
                telephone=self.state.telephone or self.person.telephone,
                # Who reads an account says nothing of who reads the telephone.
                shared_phone=self.thread.shared if self.state.telephone else None,
            )
        )
        self.state = self.state.with_thread(handed_over=True, misses=0)

    def means(self, answer: Text) -> None:
        """What the person's words meant, for staff: in Swedish, without a machine between."""
        self.understood = render(answer, "sv", plain=True)

    # --- What is known ------------------------------------------------------------------------------------------------

    def stands(self, meeting: Meeting | None) -> bool:
        """Whether there is a meeting to come to."""
        live = (MeetingStatus.BOOKED, MeetingStatus.PRELIMINARY)
        return meeting is not None and meeting.status in live and meeting.start > self.now

    @property
    def is_told_of_this(self) -> bool:
        """Whether what staff have done for her is said here: the machine answers, she wants to hear from it, and nobody
        else may have the number by now."""
        thread = self.thread
        free = not (thread.opted_out or thread.frozen or thread.blocked or is_doubted(thread, self.now))
        return thread.owner == "bot" and free and not self.person.is_silent

    @property
    def telephone(self) -> str | None:
        """Where a person can ring her: a number she has given, or the one she writes from."""
        return self.person.telephone or self.state.telephone

    def other_reach(self) -> UUID | None:
        """The thread where the person wants to be reached, when it is another than this."""
        return self.person.reach if self.person.reach != self.thread.id else None

    def ceiling(self) -> Sensitivity:
        """The most sensitive thing this thread may carry. A phone that others may read carries open things only."""
        if self.thread.channel in PERSONAL_CHANNELS:
            return Sensitivity.PERSONAL
        if self.thread.shared is not False:
            return Sensitivity.OPEN
        return self.policy.ceilings.get(self.thread.channel, Sensitivity.OPEN)

    def carries(self, sensitivity: Sensitivity) -> bool:
        order = list(Sensitivity)
        return order.index(sensitivity) <= order.index(self.ceiling())

    def is_alarmed(self) -> bool:
        """Whether staff were told a while ago of what cannot wait, and nobody of them has written to her since.

        A human who writes has asked, or will; after a day what she needs today may be something else.
        """
        at, wrote = self.person.alarmed, self.thread.staff_wrote
        return at is not None and self.now - at < ALARMED_FOR and (wrote is None or wrote < at)

    def context(self, run: Run) -> Context:
        """What the flow is told of the thread."""
        return Context(
            person=self.person.id,
            thread=self.thread.id,
            channel=self.thread.channel,
            private=self.thread.channel in PERSONAL_CHANNELS,
            language=self.language,
            speaks=self.thread.speaks or self.language,
            now=self.now,
            today=local(run.began).date(),
            telephone=self.telephone,
            shared=self.thread.shared,
            meeting=self.person.meeting,
            applied=self.person.applied is not None or self.person.two is not None,
            guided=self.policy.ceiling_policy == "guided",
            address=self.policy.address,
            after_hours=self.policy.after_hours_telephone,
            ceiling=self.ceiling(),
            e_service=self.policy.e_service if self.policy.application == "guide" else "",
            work=self.policy.work,
            wants_work=self.person.wants_work,
            customer_service=self.policy.telephone,
            takes_papers=self.policy.documents is not None,
            unsure=bool(self.thread.choosing) and self.thread.speaks is None,
            alarmed=self.is_alarmed(),
            jobs=self.person.jobs,
            closed=opens_at(self.policy, self.now) is not None,
            page=(self.policy.e_identification or bool(run.sealed)) and self.carries(Sensitivity.PERSONAL),
        )


def with_reason(reason: Text | None, question: Text) -> Text:
    """A question asked again, with why before it."""
    return question if reason is None else say("{reason} {question}", reason=reason, question=question)
