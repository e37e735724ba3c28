"""Children: the first name, how old, and how many days a month each lives here."""

from typing import NamedTuple

from backend.contract import Child, Sensitivity
from bot.form import Each, Form
from bot.questions import Number, Person, Question, Words, YesNo
from bot.text import N_, say

PERSONAL = Sensitivity.PERSONAL

HAS_CHILDREN = Question(
    "has_children",
    N_("Do children live with you, always or sometimes?"),
    YesNo(),
    sensitivity=PERSONAL,
    section="children",
    why=N_("Children can give a right to more money. That is why we ask."),
    short=N_("Children"),
    usual=False,
)
CHILD_NAME = Question(
    "child_name",
    N_("What is the child's first name?"),
    Person(),
    sensitivity=PERSONAL,
    section="children",
    short=N_("Child"),
)
CHILD_AGE = Question(
    "child_age",
    N_("How old is {name}? 0 = under one year."),
    Number(0, 20),
    sensitivity=PERSONAL,
    section="children",
    short=N_("Age of {name}"),
)
CHILD_DAYS = Question(
    "child_days",
    N_("How many days a month does {name} live with you? 30 = always."),
    Number(0, 31),
    sensitivity=PERSONAL,
    section="children",
    short=N_("Days with {name}"),
)
CHILD_SCHOOL = Question(
    "child_school",
    N_("Which school does {name} go to? None: write NO."),
    Words(100),
    sensitivity=PERSONAL,
    section="children",
    short=N_("School of {name}"),
)
CHILD_MORE = Question(
    "child_more", N_("One more child?"), YesNo(), sensitivity=PERSONAL, section="children", short=N_("More children")
)
CHILDREN = Each("children", CHILD_MORE, gate=HAS_CHILDREN.name)

SCHOOL_DECIDES = 16
"""From this age a child is supported as one only while at school (riksnorm); before, school is a matter of course."""


class Children(NamedTuple):
    children: tuple[Child, ...] | None


def children(form: Form) -> Children:
    has_children = form.ask_or_leave(HAS_CHILDREN)
    if has_children is None:
        return Children(None)
    found: list[Child] = []
    for child in form.each(CHILDREN) if has_children else ():
        name = form.ask_or_leave(CHILD_NAME, about=child)
        called = name or say(N_("the child"))
        age = form.ask_or_leave(CHILD_AGE, about=child, name=called)
        days = form.ask_or_leave(CHILD_DAYS, about=child, name=called)
        older = age is not None and age >= SCHOOL_DECIDES
        school = form.ask_or_leave(CHILD_SCHOOL, about=child, name=called) if older else None
        found.append(Child(first_name=name or "", age=age, days=days, school=school))
    return Children(tuple(found))
