"""Turns and messages, counted once what they wrote is committed."""

from collections.abc import Sequence
from datetime import datetime

from bot.engine import Engine
from bot.messages import Event, Filled, Said
from bot.turning.threads import LockedThread
from bot.watching.tally import NONE


def count_turn(engine: Engine, thread: LockedThread, event: Event, replies: Sequence[str], at: datetime) -> None:
    """Count a turn that is committed, and the kinds of its replies where people read our entries: those are here."""
    language, kind = thread.state.language or NONE, type(event).__name__.lower()
    engine.counts("turns", thread.channel, thread.municipality, language=language, kind=kind)
    if engine.reads_here(thread.channel):
        for reply in replies:
            count_message(engine, thread, reply, "delivered")
        if replies and isinstance(event, Said | Filled):
            took = (engine.clock() - at).total_seconds()
            engine.tally.waited(thread.municipality, thread.channel, language, took)


def count_message(engine: Engine, thread: LockedThread, kind: str, state: str, provider: str | None = None) -> None:
    """Count a message of ours that has come to a state, and is committed there."""
    language = thread.state.language or NONE
    engine.counts(
        "messages",
        thread.channel,
        thread.municipality,
        provider=provider,
        language=language,
        kind=kind,
        word=state,
    )
