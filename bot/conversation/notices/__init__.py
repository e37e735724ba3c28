"""What the turn does with what the backend tells: every module of this folder is one kind of notice, found by being
there.

A module has a ``TELLING``: the kind it is about (declared with its body in :mod:`backend.contract`), what is done when
it comes, the kinds of message it sends that nothing else sends, and what it asks.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from backend.contract import Meeting, NoticeKind, Value
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Open
from bot.questions import Question
from bot.text import Value as Shown

Body = TypeVar("Body", bound=Value)


@dataclass(frozen=True)
class Asked:
    """What a notice asks: the question, as it is put to this thread; the values in its sentence; what an answer does.

    ``lasts``: it needs no answer and stands for weeks, so words that are none are read like any others.
    """

    question: Callable[[Talk], Question[Any]]
    answered: Callable[[Talk, Any, Open], None]
    values: Callable[[Talk], Mapping[str, Shown]] = lambda _: {}
    lasts: bool = False


@dataclass(frozen=True)
class Telling(Generic[Body]):
    """One kind of notice. ``comes`` is given the notice's id and its body.

    ``kinds``: how what it says is sent, where nothing else is sent so. ``asks`` and ``timers``: by the name that its
    messages and timers have; a timer is given its reference. ``examples``: bodies, about a meeting that stands, that
    lead to all it may say; they are played to count what every language says.
    """

    kind: NoticeKind
    comes: Callable[[Talk, UUID, Body], None]
    kinds: tuple[Kind, ...] = ()
    asks: Mapping[str, Asked] = field(default_factory=dict)
    timers: Mapping[str, Callable[[Talk, UUID | None], None]] = field(default_factory=dict)
    examples: Callable[[Meeting], Iterable[Body]] = lambda _: ()


@cache
def tellings() -> Mapping[NoticeKind, Telling[Any]]:
    """All notices by kind, in the order in which the contract declares them."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    there = {module.TELLING.kind: module.TELLING for module in modules}
    return {kind: there[kind] for kind in NoticeKind if kind in there}


@cache
def notices_ask() -> Mapping[str, Asked]:
    """What notices ask, by name."""
    return {name: asked for telling in tellings().values() for name, asked in telling.asks.items()}


@cache
def notices_timers() -> Mapping[str, Callable[[Talk, UUID | None], None]]:
    """The timers that notices set, by name."""
    return {name: due for telling in tellings().values() for name, due in telling.timers.items()}
