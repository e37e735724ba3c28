"""The chat as it is read: the page, a section of the form, the summary, and new entries as they come."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from fastapi import Response
from fastapi.sse import ServerSentEvent

from backend.contract import EntryState
from bot.leaving.hours import ordinary_week
from bot.messages import Field, Section, Summary
from bot.pages import page
from bot.pages.hours import opening_hours
from bot.pages.stopped import Stopped
from bot.pages.thread import OpenQuestion, Shown, Spoken, open_question, shown
from bot.pages.visitor import Visitor
from bot.persons import codes
from bot.text import N_, Text, render, say
from bot.turning import threads

SHOWN_AGAIN = 20
"""Entries sent once more when a stream is taken up: one may have become visible late, behind a newer one."""

_VISIBLE = frozenset({EntryState.RECEIVED, EntryState.SENT, EntryState.DELIVERED})
_STILL_OBEYED = frozenset({"reminder", "move-or-cancel", "ill", "activity"})
"""What may be answered also while staff own the thread."""


async def chat(guest: Visitor) -> Response:
    """The whole conversation."""
    spoken = await _spoken(guest)
    return page.show(
        "chat.html",
        guest.language,
        **frame(guest),
        entries=shown(spoken, guest.language),
        last=spoken[-1].number if spoken else 0,
        open=_question(guest, spoken),
        waiting=_waits(guest, spoken),
        hours=opening_hours(ordinary_week(guest.policy), guest.language),
    )


def saved(guest: Visitor) -> Response:
    """What is kept of what people write."""
    hours = opening_hours(ordinary_week(guest.policy), guest.language)
    return page.show("saved.html", guest.language, **frame(guest, came_from="saved"), hours=hours)


def on(guest: Visitor, code: str) -> Response:
    """Where a link leads: a button that writes the code it holds. Whatever fetches the page to show what it is, a
    messenger or a scanner of links, uses nothing up by that: nothing is looked up here, whatever the code is. It is in
    the language the link was sent in, whatever the browser's is: it may be a library's."""
    found = codes.of_link(code)
    if found is None:
        raise Stopped(404, N_("We cannot find that page"), N_("Go back to the conversation and write there."))
    figures, language = found
    guest = replace(guest, language=language or guest.language)
    return page.show("on.html", guest.language, **frame(guest), code=figures)


async def part(guest: Visitor) -> Response:
    """The open question's own page; the conversation when it has none."""
    spoken = await _spoken(guest)
    question, at_once = _question(guest, spoken), _at_once(spoken)
    message = question.message if question else None
    if question is not None and message is not None and message.summary is not None:
        return _summary(guest, question, message.summary, at_once)
    if question is not None and message is not None and message.section is not None:
        return _section(guest, question, message.section, at_once)
    return page.go(guest.path)


async def open_now(guest: Visitor) -> OpenQuestion | None:
    """The open question as it was shown last."""
    return _question(guest, await _spoken(guest))


async def still_shown(guest: Visitor, digest: str) -> bool:
    """Whether the summary with this digest is what would be confirmed now."""
    question = await open_now(guest)
    summary = question.message.summary if question else None
    return summary is not None and summary.digest == digest


async def still_open(guest: Visitor, token: str) -> bool:
    """Whether the question with this token is the one that is open."""
    question = await open_now(guest)
    return question is not None and question.token == token


async def news(guest: Visitor, thread: UUID, after: int, drawn_in: str) -> AsyncGenerator[ServerSentEvent, None]:
    """New entries as they come, each followed by what can be answered now. Ends when the page must be drawn anew.

    ``drawn_in``: the page's language. The first words may have changed it before anybody listened."""
    lines: dict[int, threads.Line] = {}
    sent: set[int] = set()
    yield ServerSentEvent(retry=3000)
    async for moved in threads.watch(guest.engine, thread):
        if not moved:
            yield ServerSentEvent(comment="still here")  # or a proxy on the way thinks nobody is
            continue
        first = not lines
        lines |= {line.number: line for line in moved}
        state = await threads.state(guest.engine, thread)
        guest = replace(guest, state=state)
        if (state.thread.language or drawn_in) != drawn_in:
            yield ServerSentEvent(event="reload", data={})
            return
        spoken = _visible([lines[number] for number in sorted(lines)])
        for one in shown(spoken, guest.language):
            if one.number not in sent:
                sent.add(one.number)
                if not first or one.number > after - SHOWN_AGAIN:
                    yield _entry(guest, one)
        yield _answers(guest, _question(guest, spoken), waiting=_waits(guest, spoken))


def frame(guest: Visitor, came_from: str = "") -> dict[str, Any]:
    """What every page of a municipality has: its header, and the id that its next post carries."""
    return {
        "home": guest.path,
        "place": guest.policy.name,
        "place_short": guest.municipality.capitalize(),
        "path": guest.path,
        "policy": guest.policy,
        "language_path": f"{guest.path}/language",
        "came_from": came_from,
        "post": uuid4().hex,
    }


# --- Pieces -----------------------------------------------------------------------------------------------------------


async def _spoken(guest: Visitor) -> list[Spoken]:
    return _visible(await threads.lines(guest.engine, guest.thread)) if guest.thread else []


def _visible(lines: Sequence[threads.Line]) -> list[Spoken]:
    return [
        Spoken(line.number, line.who, line.at, line.original, line.outgoing) for line in lines if line.state in _VISIBLE
    ]


def _question(guest: Visitor, spoken: Sequence[Spoken]) -> OpenQuestion | None:
    thread = guest.state.thread if guest.state else None
    if thread is None or thread.open is None or (thread.owner == "staff" and thread.open.ask not in _STILL_OBEYED):
        return None
    if _unanswered(spoken):
        return None  # what was pressed is not yet understood: pressing again would be another answer
    for one in reversed(spoken):
        if one.message is not None and one.message.question == thread.open.token:
            return open_question(one.message, guest.language, address=guest.policy.address)
    return None


def _unanswered(spoken: Sequence[Spoken]) -> bool:
    """Whether the last word is the person's: its turn has not been taken yet."""
    return bool(spoken) and spoken[-1].who == "person"


def _waits(guest: Visitor, spoken: Sequence[Spoken]) -> bool:
    """Whether the bot will say something by itself."""
    thread = guest.state.thread if guest.state else None
    if thread is None or thread.owner == "staff" or thread.opted_out or thread.frozen:
        return False
    return bool(thread.awaited) or _unanswered(spoken)


def _at_once(spoken: Sequence[Spoken]) -> Text | None:
    """What was said first of all when she last wrote, if that was about danger: it is read before the next page."""
    for one in reversed(spoken):
        if one.who == "person":
            return None
        if one.message is not None and one.message.kind == "acute":
            return one.message.text
    return None


def _section(guest: Visitor, question: OpenQuestion, section: Section, at_once: Text | None) -> Response:
    return page.show(
        "part.html",
        guest.language,
        **frame(guest, came_from="part"),
        at_once=at_once,
        token=question.token,
        section=section,
        groups=_groups(section.fields, guest.language),
        meeting=guest.meeting,
    )


def _summary(guest: Visitor, question: OpenQuestion, summary: Summary, at_once: Text | None) -> Response:
    return page.show(
        "summary.html",
        guest.language,
        **frame(guest, came_from="part"),
        at_once=at_once,
        token=question.token,
        summary=summary,
        choices=[(choice.value, render(choice.label, guest.language)) for choice in question.message.choices],
        meeting=guest.meeting,
    )


def _groups(fields: Sequence[Field], language: str) -> list[tuple[str, list[Field]]]:
    """Fields of the same child stand together under its number; the others by themselves."""

    def child(field: Field) -> str:
        name, _, item = field.name.partition("#")
        return item if name.startswith("child_") and item.isdecimal() else ""

    return [
        (render(say(N_("Child {n}"), n=int(item)), language) if item else "", list(group))
        for item, group in groupby(fields, key=child)
    ]


def _entry(guest: Visitor, one: Shown) -> ServerSentEvent:
    html = page.draw("entry.html", guest.language, **frame(guest), entry=one)
    return ServerSentEvent(event="entry", id=str(one.number), data={"number": one.number, "html": html})


def _answers(guest: Visitor, question: OpenQuestion | None, *, waiting: bool) -> ServerSentEvent:
    html = page.draw("answers.html", guest.language, **frame(guest), open=question)
    return ServerSentEvent(event="answers", data={"html": html, "waiting": waiting})
