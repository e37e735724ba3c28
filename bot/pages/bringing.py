"""The page where papers are sent: what can be taken, the form, and what has been sent from here."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Response

from bot.arriving import papers
from bot.arriving.papers import Listed
from bot.conversation.bringing import HARD_TO_READ, NOT_FETCHED, why_not
from bot.flows.application import PAPERS
from bot.pages import chat, page
from bot.pages.visitor import Visitor
from bot.text import N_, Text, render, say

ON_ITS_WAY = N_("On its way to us. Look again in a moment.")
IS_HERE = N_("It has arrived.")
TOLD = {
    "none": N_("Choose a picture or a file first."),
    "large": N_("That was too much at once. Send one at a time."),
    "read": N_("Somebody has already read it, so it stays with us."),
    "away": N_("It is taken away."),
    "wait": N_("That did not work right now. Try again in a moment."),
}
_GOOD = frozenset({"away"})


@dataclass(frozen=True)
class Row:
    """One line of the list. ``warns``: she may want to do something about it; ``removable``: it can be taken away."""

    id: UUID
    name: str
    words: str
    warns: bool
    removable: bool


async def show(guest: Visitor, told: str = "") -> Response:
    """The page; where no papers are taken, the conversation."""
    limits = guest.policy.documents
    if limits is None:
        return page.go(guest.path)
    sent = await papers.sent_from(guest.engine, guest.thread) if guest.thread else []
    return page.show(
        "papers.html",
        guest.language,
        **chat.frame(guest, came_from="papers"),
        limits=limits,
        kinds=[(paper, render(say(name), guest.language)) for paper, name in PAPERS.items()],
        sent=[_row(one, guest) for one in reversed(sent)],
        told=render(say(TOLD[told]), guest.language) if told in TOLD else "",
        wrong=told in TOLD and told not in _GOOD,
    )


def _row(one: Listed, guest: Visitor) -> Row:
    name = say(PAPERS[one.paper]) if one.paper in PAPERS else say(N_("A paper"))
    words, warns = _stands(one, guest)
    return Row(
        one.id, _capital(render(name, guest.language)), render(words, guest.language), warns, one.state == "kept"
    )


def _stands(one: Listed, guest: Visitor) -> tuple[Text, bool]:
    match one.state:
        case "kept":
            return (say(HARD_TO_READ), True) if one.is_hard_to_read else (say(IS_HERE), False)
        case "refused":
            return why_not(one.refused or "unreadable", guest.policy.documents), True
        case "lost" | "stuck":
            return say(NOT_FETCHED), True
        case _:
            return say(ON_ITS_WAY), False


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
