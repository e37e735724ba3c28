"""The week after the first meeting: its times in one text, each reminded of, and a branch chosen before it ends.

What comes unasked says when and where, and never what. What she answers to a reminder cancels nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from backend.contract import (
    Branch,
    ChooseBranch,
    Meeting,
    NoticeKind,
    PlannedActivity,
    PlannedKind,
    PlanningWeek,
    SayOfActivity,
    Sensitivity,
)
from bot.conversation.notices import Asked, Telling
from bot.conversation.putting import choices, put_own
from bot.conversation.running import ask_again, resume
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Open, Outgoing, Timer
from bot.openings import BY_VIDEO
from bot.questions import OneOf, Question, YesNo
from bot.text import N_, STOCKHOLM, Brief, Text, Value, local, local_day, local_time, say

ACTIVITIES: Mapping[PlannedKind, str] = {
    "branches": N_("About different jobs"),
    "workplaces": N_("Visit a workplace"),
    "cv": N_("We write a CV"),
    "letter": N_("We write a personal letter"),
    "recruiters": N_("Meet a recruiter"),
    "interview": N_("Practise an interview"),
    "guidance": N_("Guidance in a group"),
    "plan": N_("Show your plan"),
    "caseworker": N_("Meet your caseworker"),
    "job-search": N_("Look for jobs with us"),
    "open-house": N_("Ask us anything"),
    "placement": N_("Work placement"),
    "planning-talk": N_("Talk about your plan"),
    "recruiter-interview": N_("Interview with a recruiter"),
    "recruiting": N_("Meet employers"),
}
BRANCHES: Mapping[Branch, str] = {
    "care": N_("Care"),
    "childcare": N_("Children and school"),
    "cleaning": N_("Cleaning"),
    "construction": N_("Construction"),
    "industry": N_("Industry"),
    "retail": N_("Shops"),
    "restaurant": N_("Restaurant"),
    "transport": N_("Transport and stores"),
    "green": N_("Farming and gardens"),
    "office": N_("Office"),
}

YOUR_TIMES = N_("Your times with us: {times}. Place: {place}. More: write WEEK.")
YOUR_TIMES_IN_PLACES = N_("Your times with us: {times}. Places: write WEEK.")
YOUR_WEEK = N_("Your week:")
ILL_OR_LATE = N_("Ill or late? Write to us, that is enough.")
INTERPRETER_THERE = N_("{what}, with an interpreter")
NOTHING_PLANNED = N_("Nothing is planned with you right now.")
NOT_HERE = N_("Others may read here. Write RING and we tell you what it is about.")
TOMORROW = N_("Tomorrow at {time}, {place}. You need not answer.")
TODAY = N_("Today at {time}, {place}. Answer afterwards. Can you not come? Answer 2.")
OF_ACTIVITY = Question(
    "activity",
    N_("How did it go?"),
    OneOf({"done": N_("Done"), "could-not": N_("Could not"), "ill": N_("I am ill"), "help": N_("I want help")}),
)
TO_CHOOSE = Question("to_choose", N_("There is something to choose by {day}. Do you want to do it now?"), YesNo())
WHICH_BRANCH = N_("What do you want to work with? You can change it when we meet.")
CHOSEN = N_("Thank you. You have chosen: {branch}.")
CHOOSE_LATER = N_("All right. We help you choose when we meet.")
WRITTEN = N_("Thank you. We have written it down.")
THANKS: Mapping[str, str] = {
    "done": WRITTEN,
    "could-not": N_("Thank you. We have written it down. Nothing is cancelled. To talk: write RING."),
    "ill": N_("Thank you for telling us. Get well. Nothing is cancelled."),
    "help": N_("Good. Somebody helps you with it, and gets in touch."),
}

EVENING, MORNING, CHOOSE_AT = time(18, 0), time(8, 0), time(9, 30)
_TOO_LATE = timedelta(minutes=10)
"""How long before it begins nothing of it is sent any more."""

WEEK = Kind(
    "planning-week",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 3),
    fallback="other",
    priority="change",
)
REMINDED_EVENING = Kind(
    "activity-evening",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 1),
    cap="counts",
    fallback="other",
    lost="nothing",
    priority="reminder",
)
REMINDED_MORNING = Kind(
    "activity-morning",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 2),
    cap="counts",
    fallback="other",
    priority="reminder",
)
CHOOSE = Kind(
    "branch-asked",
    proactive=True,
    quiet="day",
    still_true=True,
    segments=(1, 1),
    cap="counts",
    unchecked="drop",
    fallback="other",
    lost="nothing",
    priority="reminder",
)


def comes(talk: Talk, notice: UUID, week: PlanningWeek) -> None:
    """The week as it stands is told; one without times too, for she knew of some."""
    before = talk.person.week
    talk.state = talk.state.with_person(week=week if week.activities else None)
    text = _times(week) if week.activities else say(NOTHING_PLANNED)
    talk.says.append(Outgoing(WEEK.name, text, language=talk.language, to=talk.other_reach(), reference=notice))
    if week.quiet or not week.activities:
        return
    days = set()
    for one in week.activities:
        _set_reminders(talk, one, first=local_day(one.start) not in days)
        days.add(local_day(one.start))
    # Told again within the same week, the branch is not asked for a second time.
    is_new = before is None or before.week != week.week
    if week.remind_on is not None and talk.person.branch is None and is_new:
        talk.timers.append(Timer("branch", datetime.combine(week.remind_on, CHOOSE_AT, STOCKHOLM), notice))


def _times(week: PlanningWeek) -> Text:
    """When, and where if it is one place."""
    times = tuple(Brief(one.start) for one in week.activities)
    if len({(one.place, one.digital) for one in week.activities}) == 1:
        return say(YOUR_TIMES, times=times, place=where(week.activities[0]))
    return say(YOUR_TIMES_IN_PLACES, times=times)


def where(one: PlannedActivity) -> Text | str:
    """Where she is to be: an address, or by video."""
    return say(BY_VIDEO) if one.digital else one.place


def _set_reminders(talk: Talk, one: PlannedActivity, *, first: bool) -> None:
    """The evening before, of the first of a day; and the same morning, where it does not begin before that."""
    start_at = local(one.start)
    evening = datetime.combine(start_at.date() - timedelta(days=1), EVENING, STOCKHOLM)
    morning = datetime.combine(start_at.date(), MORNING, STOCKHOLM)
    if first and evening > talk.now:
        talk.timers.append(Timer("activity-evening", evening, one.id))
    if talk.now < morning < start_at:
        talk.timers.append(Timer("activity-morning", morning, one.id))


# --- Reminders --------------------------------------------------------------------------------------------------------


def in_the_evening(talk: Talk, activity: UUID | None) -> None:
    """Something is planned tomorrow: when and where."""
    one = _planned(talk, activity)
    # Whoever stood still over night says nothing of tomorrow in the morning; nor may it leave then.
    if one is not None and talk.today < local_day(one.start):
        midnight = datetime.combine(local_day(one.start), time(0), STOCKHOLM)
        text = say(TOMORROW, time=local_time(one.start), place=where(one))
        talk.says.append(replace(_reminder(talk, REMINDED_EVENING, one, text), deadline=midnight))


def in_the_morning(talk: Talk, activity: UUID | None) -> None:
    """Something is planned today: when and where, and how it went is answered with one digit or none."""
    one = _planned(talk, activity)
    if one is None:
        return
    text = say(TODAY, time=local_time(one.start), place=where(one))
    talk.says.append(
        replace(
            _reminder(talk, REMINDED_MORNING, one, text),
            choices=choices(OF_ACTIVITY),
            question=talk.new_token(),
            ask="activity",
            until=datetime.combine(local_day(one.start) + timedelta(days=1), time(0), STOCKHOLM),
        )
    )


def _reminder(talk: Talk, kind: Kind, one: PlannedActivity, text: Text) -> Outgoing:
    return Outgoing(
        kind.name,
        text,
        language=talk.language,
        to=talk.other_reach(),
        reference=one.id,
        deadline=one.start - _TOO_LATE,
    )


def _planned(talk: Talk, activity: UUID | None) -> PlannedActivity | None:
    week = talk.person.week
    if week is None or week.quiet:
        return None
    return next((one for one in week.activities if one.id == activity and one.start > talk.now), None)


def says_of_it(talk: Talk, how: Any, opened: Open) -> None:
    """She has said how it went, or that she is ill: her own word, which staff see.

    What has not begun is not done: she says that she comes, and may still answer afterwards.
    """
    start = start_of(talk, opened.reference)
    if how == "done" and start is not None and start > talk.now:
        talk.open(opened)
        if talk.thread.owner == "bot":
            talk.say(say(N_("Good. See you at {time}."), time=local_time(start)))
        return
    if opened.reference is not None:
        take_down(talk, how, opened.reference)
    if talk.thread.owner == "bot":
        resume(talk)


def take_down(talk: Talk, how: Any, activity: UUID) -> None:
    """Her own word of something planned, for staff; she is thanked, unless a human has the thread."""
    talk.call(SayOfActivity(person=talk.person.id, at=talk.now, how=how), activity=str(activity))
    if talk.thread.owner == "bot":
        talk.say(say(THANKS[how]))


def start_of(talk: Talk, activity: UUID | None) -> datetime | None:
    """When something planned begins, if it still stands in her week."""
    week = talk.person.week
    return next((one.start for one in week.activities if one.id == activity), None) if week is not None else None


# --- The branch -------------------------------------------------------------------------------------------------------


def branch_is_due(talk: Talk, notice: UUID | None) -> None:
    """The week is about to end, and nothing is chosen: unasked it is not said what."""
    week = talk.person.week
    if week is None or week.choose_by is None or talk.person.branch is not None or notice is None:
        return
    talk.says.append(
        Outgoing(
            CHOOSE.name,
            say(TO_CHOOSE.text, day=week.choose_by),
            choices=choices(TO_CHOOSE),
            question=talk.new_token(),
            ask="to-choose",
            reference=notice,
            until=datetime.combine(week.choose_by + timedelta(days=1), time(0), STOCKHOLM),
            language=talk.language,
            to=talk.other_reach(),
        )
    )


def wants_to_choose(talk: Talk, yes: bool, _: Open) -> None:
    """Now, where nobody else reads; or when she comes."""
    if yes and talk.person.week is not None and talk.carries(Sensitivity.PERSONAL):
        put_own(talk, "branch")
        return
    talk.say(say(NOT_HERE if yes else CHOOSE_LATER))
    resume(talk)


def _by_when(talk: Talk) -> Mapping[str, Value]:
    week = talk.person.week
    return {"day": week.choose_by} if week is not None and week.choose_by is not None else {}


def _which_branch(talk: Talk) -> Question[Any]:
    week = talk.person.week
    among = (week.branches if week is not None else ()) or tuple(BRANCHES)
    return Question(
        "branch",
        WHICH_BRANCH,
        OneOf({branch: BRANCHES[branch] for branch in among}),
        sensitivity=Sensitivity.PERSONAL,
    )


def chosen(talk: Talk, branch: Any, _: Open) -> None:
    """She chose a branch."""
    talk.call(ChooseBranch(person=talk.person.id, at=talk.now, branch=branch))
    talk.state = talk.state.with_person(branch=branch)
    text = say(CHOSEN, branch=say(BRANCHES[branch]))
    talk.says.append(Outgoing("week-list", text, sensitivity=Sensitivity.PERSONAL))
    resume(talk)


# --- WEEK -------------------------------------------------------------------------------------------------------------


def my_week(talk: Talk) -> None:
    """What is planned with her from today on: activity by activity, where nobody else reads; and the branch, when
    there is one to choose."""
    week = talk.person.week
    ahead = [one for one in week.activities if local_day(one.start) >= talk.today] if week is not None else []
    if week is None or not ahead:
        talk.say(say(NOTHING_PLANNED))
    elif not talk.carries(Sensitivity.PERSONAL):
        talk.say(_lines([say(YOUR_WEEK), *_when_and_where(ahead)]))
        talk.say(say(NOT_HERE))
    else:
        text = _lines([say(YOUR_WEEK), *(_line(one, week) for one in ahead), say(ILL_OR_LATE)])
        talk.says.append(Outgoing("week-list", text, week=tuple(ahead), sensitivity=Sensitivity.PERSONAL))
        if (
            week.branches
            and talk.person.branch is None
            and _has_heard_of_branches(talk, week)
            and talk.thread.open is None
        ):
            put_own(talk, "branch")
            return
    ask_again(talk)


def _lines(lines: Sequence[Text]) -> Text:
    listed: dict[str, Value] = {f"line{n}": line for n, line in enumerate(lines)}
    return say("\n".join(f"{{{name}}}" for name in listed), **listed)


def _when_and_where(ahead: Sequence[PlannedActivity]) -> list[Text]:
    """Each time, with its place where there are several: what others may read, and all that the first text left out."""
    if len({(one.place, one.digital) for one in ahead}) == 1:
        times = tuple(Brief(one.start) for one in ahead)
        return [say("{times}, {place}", times=times, place=where(ahead[0]))]
    return [say("{when}, {place}", when=Brief(one.start), place=where(one)) for one in ahead]


def _line(one: PlannedActivity, week: PlanningWeek) -> Text:
    what = say(ACTIVITIES[one.kind])
    if one.interpreter:
        what = say(INTERPRETER_THERE, what=what)
    if len({(other.place, other.digital) for other in week.activities}) == 1:
        return say("{when} {what}", when=Brief(one.start), what=what)
    return say("{when} {what}, {place}", when=Brief(one.start), what=what, place=where(one))


def _has_heard_of_branches(talk: Talk, week: PlanningWeek) -> bool:
    return all(one.end <= talk.now for one in week.activities if one.kind == "branches")


# --- As it is played --------------------------------------------------------------------------------------------------


def examples(meeting: Meeting) -> Iterator[PlanningWeek]:
    monday = local_day(meeting.start) + timedelta(days=7 - local_day(meeting.start).weekday())
    kinds: tuple[PlannedKind, ...] = ("branches", "cv", "workplaces", "recruiters", "plan")
    yield PlanningWeek(
        week=meeting.id,
        activities=tuple(_example(monday + timedelta(days=n), kind, meeting) for n, kind in enumerate(kinds)),
        branches=("care", "cleaning", "industry", "restaurant", "transport"),
        choose_by=monday + timedelta(days=4),
        remind_on=monday + timedelta(days=3),
    )


def _example(day: date, kind: PlannedKind, meeting: Meeting) -> PlannedActivity:
    start = datetime.combine(day, time(13), STOCKHOLM)
    return PlannedActivity(
        id=uuid5(meeting.id, kind), kind=kind, start=start, end=start + timedelta(hours=2), place="Exempelgatan 4"
    )


TELLING = Telling(
    NoticeKind.PLANNING_WEEK,
    comes,
    kinds=(WEEK, REMINDED_EVENING, REMINDED_MORNING, CHOOSE),
    asks={
        "activity": Asked(lambda _: OF_ACTIVITY, says_of_it, lasts=True),
        "to-choose": Asked(
            lambda _: TO_CHOOSE,
            wants_to_choose,
            _by_when,
            lasts=True,
        ),
        "branch": Asked(_which_branch, chosen, lasts=True),
    },
    timers={"activity-evening": in_the_evening, "activity-morning": in_the_morning, "branch": branch_is_due},
    examples=examples,
)
