"""Words that work anywhere, and what each does."""

from dataclasses import replace

from backend.contract import CancelCall, MeetingStatus, StatusQuery
from bot.calendars import CALENDARS
from bot.conversation import jobs
from bot.conversation.also_by import CALENDAR, WHICH_ONE, counts_by
from bot.conversation.also_by import choose as choose_calendar
from bot.conversation.answering import answer, back, change, later, remove
from bot.conversation.beforehand import cannot_come_to, ill, late, of_activity
from bot.conversation.elsewhere import elsewhere, invite, not_shared, others_read, where_to_send
from bot.conversation.helping import of_helpers
from bot.conversation.missing import look_up
from bot.conversation.notices.planning_week import my_week
from bot.conversation.notices.something_new import read
from bot.conversation.ownership import a_person_comes
from bot.conversation.putting import SHORT_WELCOME, put_own
from bot.conversation.running import ask_again, close, start
from bot.conversation.sent import changes_nothing
from bot.conversation.speaking import choose
from bot.conversation.talk import Talk
from bot.conversation.together import not_together, together
from bot.conversation.understood import UNDERSTOOD
from bot.conversation.wishing import wish
from bot.flows.call_time import FROM_DAY
from bot.flows.phone import NOBODY, SHARED
from bot.flows.work import NO_APPLICATION, helpers
from bot.hearing.words import Command
from bot.messages import Said
from bot.text import N_, render, say

HELP = N_("Write BACK, CHANGE 2, LATER, STATUS, LANGUAGE or RING. Others read here: SHARED PHONE. Stop: STOPP.")

_BEFORE_A_MEETING = ("welcome", "work", "apply", "application", "guide")
"""Flows that whoever wants a job, not money, leaves."""
_BEFORE_AN_APPLICATION = ("welcome", "work", "questions", "apply", "which")
"""Flows that whoever wants to apply leaves."""


_GIVES_WAY_TO_A_CALL = ("form", "answered", "which", "human", "nudge")
"""What is asked and may be left for the choice of an hour to be rung in; a form comes again."""


def obey(talk: Talk, event: Said, asked: Command) -> None:  # noqa: C901, PLR0912, PLR0915  # one line for each word
    match asked.name:
        case "help":
            talk.say(say(HELP))
            ask_again(talk)
        case "what":
            talk.say(
                say(
                    N_(
                        "The municipality keeps what you write, to help you and because the law says so. "
                        "Only staff who work with your case read it. You may ask to see it."
                    )
                )
            )
            ask_again(talk)
        case "language":
            choose(talk, asked.argument)
        case "human":
            a_person_comes(talk)
            talk.hand_over("asked")
            ask_again(talk)
        case "status":
            talk.wait_for(talk.call(StatusQuery(person=talk.person.id, at=talk.now), answers=True), "status")
        case "back":
            back(talk)
        case "change" | "remove":
            (change if asked.name == "change" else remove)(talk, asked.argument)
        case "later":
            later(talk)
        case "move" | "elsewhere":
            _wants_to_move(talk, event.words) if asked.name == "move" else elsewhere(talk)
        case "others-read":
            others_read(talk)
        case "not-shared":
            _nobody_else_reads(talk, event)
        case "late":
            late(talk, asked.argument)
        case "ill":
            ill(talk)
        case "papers":
            # Asked for by a day, she is told first which; nobody sends what nobody waits for.
            look_up(talk, to_send=True) if talk.person.papers is not None else where_to_send(talk)
        case "which-papers":
            look_up(talk)
        case "invite":
            invite(talk)
        case "together" | "not-together":
            (together if asked.name == "together" else not_together)(talk)
        case "helper" | "helpers":
            of_helpers(talk, event, asked)
        case "work":
            _wants_work(talk)
        case "apply" | "single-cost":
            _wants_to_apply(talk, "which" if asked.name == "apply" else "single_cost")
        case "read":
            read(talk)
        case "my-week":
            my_week(talk)
        case "calendar":
            _by_calendar(talk, asked.argument)
        case "call-time":
            _wants_a_call(talk, asked.argument)
        case "no-call":
            _wants_no_call(talk)
        case "interpreter-wish":
            wish(talk, asked)
            if talk.thread.open is None or talk.thread.open.ask not in (UNDERSTOOD, CALENDAR):
                ask_again(talk)
        case "job":
            jobs.told(talk, event.words)
        case _:
            ask_again(talk)


def _nobody_else_reads(talk: Talk, event: Said) -> None:
    """Where that is asked it is the answer, as No is."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "form" and opened.question == SHARED.name:
        answer(talk, replace(event, words=render(NOBODY, talk.language)), opened)
    else:
        not_shared(talk)


def _by_calendar(talk: Talk, wish: str | None) -> None:
    """Which calendar her days are said by too; without its name, the one that many who speak as she does count by."""
    calendar = counts_by(talk) if wish == "own" else next((one for one in CALENDARS if one == wish), None)
    if wish == "off" or calendar is not None:
        choose_calendar(talk, calendar or "off")
    else:
        talk.say(say(WHICH_ONE))
    ask_again(talk)


def _wants_work(talk: Talk) -> None:
    """A job, not money: who helps with that, and the offer of a meeting where none is on its way."""
    run, opened = talk.run, talk.thread.open
    instead_of = run.flow if run is not None and run.state == "open" else None
    own = opened is not None and opened.ask != "form"
    under_way = own or talk.thread.awaited or talk.person.applied or talk.stands(talk.person.meeting)
    if under_way or instead_of not in (None, *_BEFORE_A_MEETING):
        talk.say(helpers(talk.policy.work))
        ask_again(talk)
        return
    if run is not None and instead_of is not None:
        close(talk, run)
    if instead_of == "application":
        talk.say(say(NO_APPLICATION))
    talk.state = talk.state.with_person(wants_work=True).with_thread(greeted=True, interrupted=None)
    start(talk, "work")


def _wants_a_call(talk: Talk, day: str | None) -> None:
    """She chooses when she is rung; a form under way waits in its run. In the middle of something else of ours, or
    while an answer is waited for, it is a plain wish to be rung."""
    run, opened = talk.run, talk.thread.open
    if talk.thread.awaited and run is not None and run.flow == "call_time":
        return  # the hours are on their way
    if talk.thread.awaited or (opened is not None and opened.ask not in _GIVES_WAY_TO_A_CALL):
        a_person_comes(talk)
        talk.hand_over("asked")
        ask_again(talk)
        return
    if run is not None and run.state == "open" and run.flow in ("welcome", "call_time", "work"):
        close(talk, run)
    talk.open(None)
    if not talk.thread.greeted:
        talk.say(say(SHORT_WELCOME))
    talk.state = talk.state.with_thread(greeted=True, interrupted=None)
    start(talk, "call_time", {FROM_DAY: day} if day is not None else None)


def _wants_no_call(talk: Talk) -> None:
    """The call of the hour she chose is taken back; the choice of one, where that was under way, is left."""
    run = talk.run
    if run is not None and run.state == "open" and run.flow == "call_time":
        close(talk, run)
        talk.open(None)
        waiting = [other for other in talk.state.runs.values() if other.state == "open"]
        if waiting:
            talk.state = talk.state.with_thread(run=max(waiting, key=lambda other: other.began).id)
    talk.wait_for(talk.call(CancelCall(person=talk.person.id, at=talk.now), answers=True), "no-call")


def _wants_to_apply(talk: Talk, wants: str) -> None:
    """Which application it is, or a single cost; but what she is in the middle of is finished first."""
    run, opened = talk.run, talk.thread.open
    instead_of = run if run is not None and run.state == "open" else None
    asks = opened is not None and opened.ask not in ("form", "reminder", "new-month")
    leaves = instead_of is None or instead_of.flow in _BEFORE_AN_APPLICATION or changes_nothing(talk.state, instead_of)
    if asks or talk.thread.awaited or not leaves:
        ask_again(talk)
        return
    if instead_of is not None:
        close(talk, instead_of)
    talk.open(None)
    talk.state = talk.state.with_person(wants_work=False).with_thread(greeted=True, interrupted=None)
    start(talk, "apply", {"wants": wants})


def _wants_to_move(talk: Talk, words: str) -> None:
    """The person cannot come, said at any time: which of the two is asked before anything changes."""
    if (planned := cannot_come_to(talk, words)) is not None:
        of_activity(talk, planned, "could-not")
        return
    meeting, opened = talk.person.meeting, talk.thread.open
    gone = meeting is not None and meeting.status in (MeetingStatus.CANCELLED, MeetingStatus.NO_SHOW)
    idle = opened is None or opened.ask == "missed-why"
    if gone and idle and not talk.thread.awaited:
        # "Write when you want a new one": she does.
        talk.open(None)
        start(talk, "first_meeting")
        return
    if meeting is None or not talk.stands(meeting):
        ask_again(talk)
        return
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)
    put_own(talk, "move-or-cancel", meeting.id, meeting.start)
