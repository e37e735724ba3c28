"""The municipality takes applications in an e-service of its own: what it asks is explained here, part by part.

The sentences are those of the application. Nothing is answered here and nothing is sent; what is secret is only named,
so that nobody writes it in a chat. Whoever is stuck is rung; the meeting and everything else go on as otherwise.
"""

from collections.abc import Iterator

from backend.contract import HandOver, Sensitivity
from bot.flows import written
from bot.flows.application import PAPERS, SECTIONS
from bot.flows.application.household import OWN_NAME, PARTNER_PART
from bot.form import Flow, Form, Go
from bot.questions import OneOf, Question, Several, SeveralOrNone
from bot.text import N_, Text, render, say

_TOGETHER = 100
"""Letters of the source sentences that are said in one text: so many fit one SMS in each language."""

PART = Question(
    "guide_part",
    N_("That was {title}, part {number} of {parts}. How is it going?"),
    OneOf({"next": N_("Next part"), "stuck": N_("I am stuck"), "stop": N_("Stop here")}),
    unread=N_("You write that in the e-service, not here."),
)


def guide(form: Form) -> HandOver | Go | None:
    form.say(N_("You apply here: {page}. I explain what it asks. You send nothing here."), page=form.context.e_service)
    for number, (key, title) in enumerate(SECTIONS, 1):
        for text in explained(key):
            form.say(text)
        answer = form.ask(PART, about=key, title=say(title), number=number, parts=len(SECTIONS))
        if answer == "stuck":
            form.go_on("number")
            form.say(N_("A person rings you, with an interpreter if you want."))
            return HandOver(
                person=form.context.person,
                thread=form.context.thread,
                channel=form.context.channel,
                language=form.context.language,
                at=form.context.now,
                reason="call-me",
                telephone=form.context.telephone,
                shared_phone=form.context.shared if form.context.channel == "sms" else None,
            )
        if answer == "stop":
            break
    form.say(N_("Have ready: {papers}. You may apply even without them."), papers=tuple(map(say, PAPERS.values())))
    return Go("first_meeting") if form.context.unmet else None


def explained(section: str) -> Iterator[Text]:
    """What the e-service asks in a section, with why, a few sentences to a text; what is secret is named last."""
    said: list[Text] = []
    for sentence in _sentences(section):
        if said and sum(map(_length, [*said, sentence])) > _TOGETHER:
            yield _joined(said)
            said = []
        said.append(sentence)
    if said:
        yield _joined(said)
    secret = tuple(
        say(one.short or one.text, name=_whose(one.name))
        for one in written("application.")
        if _is_field(one.name, one.section, section) and one.sensitivity is Sensitivity.SECRET
    )
    if secret:
        yield say(N_("It also asks for: {fields}. Write that there, never here."), fields=secret)


def _sentences(section: str) -> Iterator[Text]:
    choice: Text | None = None
    for question in written("application."):
        if not _is_field(question.name, question.section, section) or question.sensitivity is Sensitivity.SECRET:
            continue
        # The first choice stands for all; which kind of a kind it is (of care) is not one more.
        if isinstance(question.kind, SeveralOrNone) or (choice is None and isinstance(question.kind, Several)):
            choice = question.kind.options()[0].label
        values = {"kind": choice or "", "name": _whose(question.name)} if "{" in question.text else {}
        asked = say(question.text, **values)
        yield say("{why} {asked}", why=say(question.why), asked=asked) if question.why else asked


def _is_field(name: str, stands_in: str | None, section: str) -> bool:
    """Whether it is a field of a section of the application. "One more?" is none, nor what an invitation needs."""
    return stands_in == section and not name.endswith("_more") and name not in (PARTNER_PART.name, OWN_NAME.name)


def _whose(name: str) -> Text:
    return say(N_("the child")) if name.startswith("child") else say(N_("your partner"))


def _length(text: Text) -> int:
    """How long a sentence is in the source language, in which every other fits as it does."""
    return len(render(text, "en"))


def _joined(said: list[Text]) -> Text:
    names = [f"part{number}" for number, _ in enumerate(said)]
    return say(" ".join(f"{{{name}}}" for name in names), **dict(zip(names, said, strict=True)))


FLOW = Flow("guide", guide, waits=False, if_left="asked")
