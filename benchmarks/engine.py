"""Engine CPU per turn: the pure conversation with the form, in this process, nothing stored and nothing sent."""

import cProfile
import pstats
import sys
from dataclasses import replace
from datetime import UTC, datetime
from time import process_time
from uuid import uuid4

from backend.contract import Policy
from benchmarks import form20
from bot import messages
from bot.codec import Codec
from bot.conversation import turn
from bot.messages import Person, Said, State, Thread
from bot.rendering import as_text, in_swedish

ROUNDS, CONVERSATIONS = 5, 60
NOW = datetime(2026, 11, 30, 8, 58, tzinfo=UTC)
POLICY = Policy(
    version="1",
    municipality="trelleborg",
    name="Trelleborgs kommun",
    ceilings={},
    ceiling_policy="careful",
    address="Exempelgatan 4, Trelleborg",
    telephone="",
    after_hours_telephone="",
    public_page="",
    seal_keys=(),
)


def main() -> None:
    form20.offer()
    talk()
    if "--profile" in sys.argv:
        profile = cProfile.Profile()
        profile.runcall(talk)
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        return
    figures = [talk() for _ in range(ROUNDS)]
    turned, rest = min(turned for turned, _ in figures), min(rest for _, rest in figures)
    print(f"engine: {turned:.0f} us of CPU a turn; its texts, JSON and sealing {rest:.0f} us more (best of {ROUNDS})")


def talk() -> tuple[float, float]:
    """Take every turn of some conversations; microseconds a turn: the turn itself, and what its state and words cost.

    Raises SystemExit at a wrong reply: that would be no turn.
    """
    codec = Codec({1: bytes(32)})
    turned = rest = 0.0
    turns = 0
    for number in range(CONVERSATIONS):
        language = form20.spoken()[number % len(form20.spoken())]
        state = State(Thread(uuid4(), "trelleborg", "sms"), Person(uuid4()), telephone=form20.telephone(number))
        for exchange in form20.conversation(number, language):
            begins = process_time()
            took = turn(state, Said(exchange.writes), POLICY, NOW)
            between = process_time()
            state = _kept(took.state, codec)
            replies = [
                (as_text(message, state.thread.language or "sv", plain=True), in_swedish(message))
                for message in took.says
            ]
            rest += process_time() - between
            turned += between - begins
            turns += 1
            if len(replies) != 1 or not exchange.answered_by(replies[0][0]):
                raise SystemExit(f"{exchange} was answered by {replies}")
    return turned / turns * 1e6, rest / turns * 1e6


def _kept(state: State, codec: Codec) -> State:
    """The state as it would be found again: written, sealed, opened and read."""
    row = state.thread.id

    def through(part: bytes) -> bytes:
        return codec.open(codec.seal(part, "threads", "state", row), "threads", "state", row)

    return replace(
        state,
        thread=messages.load_thread(through(messages.dump(state.thread))),
        person=messages.load_person(through(messages.dump(state.person))),
        runs={run.id: messages.load_run(through(messages.dump(run))) for run in state.runs.values()},
    )


if __name__ == "__main__":
    main()
