"""Work and studies: what she does now, what she has done to find work, and what she wants to do next."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from backend.contract import AppliedFor, Sensitivity
from bot.flows.application.money import Money
from bot.form import Each, Form
from bot.questions import OneOf, Question, SeveralOrNone, Words, YesNo, without_none
from bot.text import N_

PERSONAL = Sensitivity.PERSONAL

PLANNING = Question(
    "planning",
    N_("What do you do now?"),
    OneOf(
        {
            "work": N_("I work"),
            "job-seeking": N_("I look for work"),
            "sick-leave": N_("I am on sick leave"),
            "sfi": N_("I study Swedish"),
            "other": N_("Something else"),
        }
    ),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Now"),
    usual="job-seeking",
)
WORK_STEPS = Question(
    "work_steps",
    N_("Have you done any of this?"),
    SeveralOrNone(
        {
            "registered": N_("Registered with Arbetsförmedlingen"),
            "applied": N_("Applied for jobs"),
            "none": N_("None of these"),
        }
    ),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("To find work"),
    usual=("registered",),
)
WORK_STEPS_TOLD = replace(WORK_STEPS, text=N_("Jobs you told us you applied for: {n}. Have you done any of this?"))
"""The same of somebody who has told us of jobs as it happened."""
JOB_TITLE = Question(
    "job_title",
    N_("Which job did you apply for?"),
    Words(100),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Job"),
)
JOB_EMPLOYER = Question(
    "job_employer",
    N_("At which employer, and where?"),
    Words(150),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Employer"),
)
JOB_WHEN = Question(
    "job_when",
    N_("When did you apply for it, about?"),
    Words(50),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Applied"),
)
JOB_MORE = Question(
    "job_more",
    N_("One more job you applied for?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("More jobs"),
)
JOBS = Each("jobs", JOB_MORE, gate=WORK_STEPS.name)
SICK_LEVEL = Question(
    "sick_level",
    N_("How much are you on sick leave?"),
    OneOf({"25": N_("A quarter"), "50": N_("Half"), "75": N_("Three quarters"), "100": N_("All of it")}),
    sensitivity=PERSONAL,
    section="planning",
    why=N_("You need not tell us which illness."),
    short=N_("Sick leave"),
    usual="100",
)
SICK_CERTIFICATE = Question(
    "sick_certificate",
    N_("Do you have a doctor's certificate?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="planning",
    why=N_("You need not tell us which illness. Come even without a certificate."),
    short=N_("Doctor's certificate"),
)
SFI_COURSE = Question(
    "sfi_course",
    N_("Which course in Swedish?"),
    OneOf(
        {
            "A": N_("Course A"),
            "B": N_("Course B"),
            "C": N_("Course C"),
            "D": N_("Course D"),
            "waiting": N_("I wait for a place"),
        }
    ),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Course in Swedish"),
)
SFI_PATH = Question(
    "sfi_path",
    N_("Which study path?"),
    OneOf({"1": N_("Path 1"), "2": N_("Path 2"), "3": N_("Path 3"), "unknown": N_("I do not know")}),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Study path"),
)
WORKED_LAST_YEAR = Question(
    "worked_last_year",
    N_("Have you worked in the last 12 months?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Worked in the last year"),
)
LIVED_ON = Question(
    "lived_on",
    N_("What have you lived on until now? Write a few words."),
    Words(500),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Lived on"),
)
PLANS = Question(
    "plans",
    N_("What do you want to do next, and what help do you need? Write a few words."),
    Words(500),
    sensitivity=PERSONAL,
    section="planning",
    short=N_("Next"),
)


class Told(NamedTuple):
    """A job she told of as it happened, as it stands in the run."""

    id: str
    title: str
    employer: str
    when: str


NOTHING = Told("", "", "", "")
TOLD = "jobs_told"
"""What they are kept under in a run."""


class Planning(NamedTuple):
    planning: str | None
    registered_jobseeker: bool | None
    applied_for: tuple[AppliedFor, ...] | None
    sick_level: int | None
    sick_certificate: bool | None
    sfi_course: str | None
    sfi_path: str | None
    worked_last_year: bool | None
    lived_on: str | None
    plans: str | None


def planning(form: Form, money: Money, *, first: bool = True) -> Planning:
    """``first``: what went before and what she wants to do is asked once, and not every month."""
    does = form.ask_or_leave(PLANNING)
    told = _told(form)
    steps = without_none(_work_steps(form, told)) if does == "job-seeking" else None
    applied_for = None
    if steps is not None:
        applied_for = tuple(_applied_for(form, told)) if "applied" in steps else ()
    level = form.ask_or_leave(SICK_LEVEL) if does == "sick-leave" else None
    certificate = form.ask_or_leave(SICK_CERTIFICATE) if does == "sick-leave" else None
    course = form.ask_or_leave(SFI_COURSE) if does == "sfi" else None
    path = form.ask_or_leave(SFI_PATH) if course not in (None, "waiting") else None
    has_worked = does == "work" or money.is_from_work()
    before = None if has_worked or not first else form.ask_or_leave(WORKED_LAST_YEAR)
    lived_on = form.ask_or_leave(LIVED_ON) if first else None
    plans = form.ask_or_leave(PLANS) if first and does in ("sfi", "other") else None
    return Planning(
        planning=does,
        registered_jobseeker=None if steps is None else "registered" in steps,
        applied_for=applied_for,
        sick_level=None if level is None else int(level),
        sick_certificate=certificate,
        sfi_course=course,
        sfi_path=None if path == "unknown" else path,
        worked_last_year=True if has_worked else before,
        lived_on=lived_on,
        plans=plans,
    )


def _told(form: Form) -> list[Told]:
    """The jobs she had told of when this came so far: what she tells of later stands in the next one."""
    hers = [[str(job.id), job.title, job.employer, f"{job.on.day}/{job.on.month}"] for job in form.context.jobs]
    return [Told(*one) for one in form.carried(TOLD, hers)] if hers or TOLD in form.answers else []


def _work_steps(form: Form, told: Sequence[Told]) -> tuple[str, ...] | None:
    return form.ask_or_leave(WORK_STEPS_TOLD, n=len(told)) if told else form.ask_or_leave(WORK_STEPS)


def _applied_for(form: Form, told: Sequence[Told]) -> list[AppliedFor]:
    found: list[AppliedFor] = []
    known = {str(n): job for n, job in enumerate(told, 1)}
    for job in form.each(JOBS, known=len(told)):
        said = known.get(job, NOTHING)
        title = form.ask_or_leave(JOB_TITLE, about=job, implied=said.title or None)
        employer = form.ask_or_leave(JOB_EMPLOYER, about=job, implied=said.employer or None)
        when = form.ask_or_leave(JOB_WHEN, about=job, implied=said.when or None)
        found.append(AppliedFor(title=title, employer=employer, when=when))
    return found
