"""The stories: every module of this folder with a ``STORY`` is one, found by being there.

A story acts over HTTP only, as people and providers do: the applicant by text message or by the pages of the web chat,
staff by the forms of the staff pages. It is played on a throwaway database with story time.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.stories.world import World


@dataclass(frozen=True)
class Story:
    """What happens, on which channels it can begin, and to which others it goes on. ``in_step``: with a case system."""

    name: str
    about: str
    tell: "Callable[[World], Awaitable[None]]"
    channels: tuple[str, ...] = ("sms", "web", "telegram")
    onward: tuple[str, ...] = ()
    in_step: bool = False


@cache
def stories() -> dict[str, Story]:
    """All stories by name."""
    found: dict[str, Story] = {}
    for module in pkgutil.iter_modules(__path__):
        story = getattr(importlib.import_module(f"{__name__}.{module.name}"), "STORY", None)
        if isinstance(story, Story):
            found[story.name] = story
    return found
