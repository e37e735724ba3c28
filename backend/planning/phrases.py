"""What a plan is written with: goals and steps that exist in every language we write. Own words stay Swedish."""

from backend.cases.lines import DAY, TIME, Line
from backend.contract import Branch
from backend.locales import N_

MOST_STEPS = 5

GOALS: tuple[Line, ...] = (
    Line("job", N_("Goal: a job.")),
    Line("placement-then-job", N_("Goal: first a work placement, then a job.")),
    Line("study-then-job", N_("You study first, and then look for a job.")),
    Line("swedish-and-job", N_("You learn Swedish and look for a job at the same time.")),
)

STEPS: tuple[Line, ...] = (
    Line("cv-ready", N_("Your CV is ready by {day}."), (DAY,)),
    Line("letter-ready", N_("Your personal letter is ready by {day}."), (DAY,)),
    Line("look-for-jobs", N_("You look for jobs with us every week, from {day}."), (DAY,)),
    Line("meet-weekly", N_("You meet your caseworker every week, first {day} at {time}."), (DAY, TIME)),
    Line("begin-placement", N_("You begin a work placement {day}."), (DAY,)),
    Line("begin-studies", N_("You begin your studies {day}."), (DAY,)),
    Line("apply-to-studies", N_("You apply to a course by {day}."), (DAY,)),
    Line("meet-recruiter", N_("You meet a recruiter {day} at {time}."), (DAY, TIME)),
)

BRANCHES: dict[Branch, str] = {
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

BY_KEY = {line.key: line for line in (*GOALS, *STEPS)}
