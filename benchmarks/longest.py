"""The longest application by SMS, answered so that most is asked: CPU of a turn early, in the middle and late.

A flow is played again from its first answer in every turn, so a turn costs more the more has been answered; this shows
how much more. Everything that can be had is had, four of each that can be several, and the partner is named.
"""

from collections import deque
from dataclasses import replace
from datetime import UTC, date, datetime
from time import process_time
from uuid import uuid4

from backend.contract import ApplicationChoice, ApplicationChoiceQuery, Sensitivity
from benchmarks.engine import POLICY
from bot.conversation import turn
from bot.flows import written
from bot.messages import Event, Person, Resulted, Said, State, Thread
from bot.questions import Question, SeveralOrNone, YesNo
from bot.rendering import as_text
from bot.text import render, say, words

ROUNDS = 5
NOW = datetime(2026, 11, 30, 8, 58, tzinfo=UTC)
LANGUAGE = "sv"
OF_EACH = 4
OPEN_HERE = POLICY.model_copy(update={"ceiling_policy": "guided", "ceilings": {"sms": Sensitivity.PERSONAL}})
CHOICE = ApplicationChoice(
    kind="new", month=date(2026, 11, 1), next_month=date(2026, 12, 1), opens_on=date(2026, 11, 15), supplementary=True
)
CHOSEN = {"applies_alone": "no", "partner_part": 2, "planning": 2}
"""Where the first choice, or yes, is not what most follows from."""


def main() -> None:
    taken = [walk() for _ in range(ROUNDS)]
    costs = [min(times) for times in zip(*taken, strict=True)]
    tenth = len(costs) // 10
    early, late = sum(costs[:tenth]) / tenth, sum(costs[-tenth:]) / tenth
    print(
        f"longest: {len(costs)} questions, {sum(costs) / 1000:.0f} ms of CPU; {sum(costs) / len(costs):.0f} us a turn, "
        f"{early:.0f} us in the first tenth, {late:.0f} us in the last, at most {max(costs):.0f} us (best of {ROUNDS})"
    )


def walk() -> list[float]:
    """Microseconds of every answer, from the first question to the summary.

    Raises SystemExit where it goes no further: that would be no application.
    """
    questions = {question.name: question for question in written("application.")}
    state = State(
        Thread(uuid4(), "trelleborg", "sms", language=LANGUAGE, greeted=True, shared=False),
        Person(uuid4()),
        telephone="+46701740605",
    )
    state, _ = _takes(state, Said(words(LANGUAGE, "apply")[0]))
    costs: list[float] = []
    while (opened := state.thread.open) is not None and not opened.question.startswith("confirm:"):
        name, _, row = opened.question.partition("#")
        if opened.ask != "form" or name not in questions or len(costs) > 500:
            raise SystemExit(f"{opened} is no question of the application")
        state, cost = _takes(state, Said(_answer(questions[name], name, row)))
        costs.append(cost)
        if state.thread.open is not None and state.thread.open.tries:
            raise SystemExit(f"{opened.question} was not answered")
    if opened is None:
        raise SystemExit("nothing was asked")
    return costs


def _answer(question: Question[object], name: str, row: str) -> str:
    if name.endswith("_more"):
        return words(LANGUAGE, "yes" if int(row) < OF_EACH else "no")[0]
    chosen = CHOSEN.get(name)
    if isinstance(chosen, int):
        return str(chosen)
    if isinstance(question.kind, YesNo):
        return words(LANGUAGE, "no" if chosen else "yes")[0]
    if isinstance(question.kind, SeveralOrNone):
        return words(LANGUAGE, "all")[0]
    return render(say("{example}", example=question.kind.example()), LANGUAGE)


def _takes(state: State, event: Event) -> tuple[State, float]:
    """The state after an event and what the backend answers to it; microseconds of the turns themselves."""
    events, cost = deque([event]), 0.0
    while events:
        begins = process_time()
        took = turn(state, events.popleft(), OPEN_HERE, NOW)
        cost += process_time() - begins
        state = replace(took.state)
        for message in took.says:
            as_text(message, LANGUAGE, plain=True)
        for call in took.calls:
            if isinstance(call.value, ApplicationChoiceQuery):
                events.append(Resulted(call.id, CHOICE.model_dump(mode="json")))
    return state, cost * 1e6


if __name__ == "__main__":
    main()
