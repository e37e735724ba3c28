"""What she has sent: the runs that lie with the municipality, and which of them came last."""

from bot.messages import Run, State


def has_sent(state: State) -> bool:
    """Whether an application of hers lies there, or her part of one of two."""
    two = state.person.two
    return state.person.applied is not None or (two is not None and two.kept is not None)


def was_sent(state: State, run: Run) -> bool:
    """Whether this run lies there and can be corrected. A part of two can as long as the two are these two."""
    two = state.person.two
    if two is not None and two.run == run.id:
        return run.state == "closed" and two.kept is not None
    return run.state == "closed" and run.received is not None and run.flow != "part"


def sent_last(state: State) -> Run | None:
    """The run of what came last, also where another was begun after it; or of her part, which is yet to come in."""
    two, applied = state.person.two, state.person.applied
    sent = [run for run in state.runs.values() if was_sent(state, run)]
    waits = two.run if two is not None and not two.complete else None
    latest = [run for run in sent if run.id == waits or (applied is not None and run.received == applied)]
    return max(latest or sent, key=lambda run: run.began, default=None)


def changes_nothing(state: State, run: Run) -> bool:
    """Whether this is a correction that says what was sent, so far: it may be left without losing a word."""
    return any(
        run.corrects is not None
        and one.received == run.corrects
        and (one.answers, one.sealed) == (run.answers, run.sealed)
        for one in state.runs.values()
    )


def as_it_stands(state: State, run: Run) -> Run:
    """What was sent, as she corrected it last."""
    later = [
        one
        for one in state.runs.values()
        if was_sent(state, one) and run.received is not None and one.corrects == run.received and one.began > run.began
    ]
    return as_it_stands(state, max(later, key=lambda one: one.began)) if later else run
