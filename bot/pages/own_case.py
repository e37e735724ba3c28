"""Her whole case, read by herself on the secure page, and taken home as a file.

It is fetched when it is read and kept nowhere here. The file holds the same in words and for machines; what lies under
seal is named in it, never opened.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from fastapi import APIRouter, Request, Response

from backend.contract import Channel, ContractError, EntryState, LookedBy, MeetingStatus, OwnCase, OwnData
from bot.conversation.happening import STEPS
from bot.engine import Engine
from bot.flows.application import PAPERS
from bot.pages import page, secure
from bot.pages.what_was_sent import by_section
from bot.persons.said import was_in_doubt, with_person
from bot.text import N_, local_day, local_time
from bot.turning.threads import Line

PATH = "/s/case"
HOME = "/s/case/home"

LOOKED: Mapping[LookedBy, str] = {
    "customer-service": N_("Customer service"),
    "caseworker": N_("A caseworker"),
    "case-system": N_("The municipality's case system"),
    "automatic": N_("An automatic decision"),
    "municipality": N_("Another municipality, that has taken over"),
    "person": N_("You yourself"),
    "other": N_("Others at the municipality"),
}
MEETINGS: Mapping[MeetingStatus, str] = {
    MeetingStatus.HELD: N_("We met"),
    MeetingStatus.NO_SHOW: N_("We did not meet"),
    MeetingStatus.CANCELLED: N_("Cancelled"),
}
WROTE: Mapping[str, str] = {"person": N_("You"), "bot": N_("The machine"), "staff": N_("A person here")}
A_PAPER = N_("A paper")
LATEST = 40
"""So many messages the page shows; the file has them all."""
NOT_ARRIVED = (EntryState.FAILED, EntryState.GIVEN_UP)

Said: TypeAlias = Sequence[tuple[Channel, Line]]


def router(engine: Engine) -> APIRouter:
    """The page, and the file."""
    routes = APIRouter(route_class=secure.kind_of_route(engine), include_in_schema=False)

    @routes.get(PATH)
    async def read(request: Request) -> Response:
        right = secure.right_of(engine, request)
        if right is None:
            return page.go("/s/read")  # it says that the time is over
        try:
            own = await engine.backend.own_case(right.municipality, right.token)
        except ContractError:
            return page.go("/s/read")
        policy = await engine.policy(right.municipality)
        said = await with_person(engine, right.municipality, own.person)
        told = _told(engine, own, page.language_of(request), said)
        told["in_doubt"] = await was_in_doubt(engine, right.municipality, own.person)
        return secure.show(request, policy, "secure/own_case.html", latest=told["messages"][:LATEST], **told)

    # Taking it out is pressed, not only looked at: nothing that fetches a link ahead takes it.
    @routes.post(HOME)
    async def home(request: Request) -> Response:
        await page.fields(request)
        right = secure.right_of(engine, request)
        if right is None:
            return page.go("/s/read")
        try:
            own = await engine.backend.own_data(right.municipality, right.token)
        except ContractError:
            return page.go("/s/read")
        policy, language = await engine.policy(right.municipality), page.language_of(request)
        said = await with_person(engine, right.municipality, own.case.person)
        words = page.draw(
            "secure/own_file.html",
            language,
            policy=policy,
            **_told(engine, own.case, language, said),
            in_doubt=await was_in_doubt(engine, right.municipality, own.case.person),
            applications=[(sent, list(by_section(sent, language, {}))) for sent in own.applications],
        )
        day = local_day(own.taken_at).isoformat()
        named = {"Content-Disposition": f'attachment; filename="imorgon-{day}.zip"'}
        both = _zip({"imorgon.html": words, "imorgon.json": _for_machines(own, said)})
        return Response(both, media_type="application/zip", headers={**page.HEADERS, **named})

    return routes


def _told(engine: Engine, own: OwnCase, language: str, said: Said) -> dict[str, Any]:
    now = engine.clock()
    live = (MeetingStatus.BOOKED, MeetingStatus.PRELIMINARY)
    coming = [one for one in own.meetings if one.status in live and one.end > now]
    return {
        "own": own,
        "step": STEPS[own.status.step.value],
        "missing": [PAPERS[one.paper] for one in own.missing.papers],
        "coming": coming[::-1],
        "earlier": [
            (local_day(one.start), local_time(one.start), MEETINGS[one.status])
            for one in own.meetings
            if one.status in MEETINGS
        ],
        "decisions": [(one.decided_on, secure.reading(one, language)) for one in own.decisions],
        # Of the last one she has not been told of: it is read where the words of appealing, and the button, stand.
        "untold": bool(own.decisions) and own.decisions[0].told_on is None,
        "papers": [(local_day(one.came_at), PAPERS[one.paper] if one.paper else A_PAPER) for one in own.papers],
        "messages": [_message(line) for _, line in said],
        "agreed": [secure.agreed_in(line, language) for line in own.agreed],
        "plan": secure.readable_plan(own.plan, language) if own.plan else None,
        "calculation": secure.calculated(own.calculation) if own.calculation else None,
        "looked": [(one.on, LOOKED[one.who], one.times) for one in own.looked],
    }


def _message(line: Line) -> dict[str, Any]:
    day, hour = local_day(line.at), local_time(line.at)
    return {
        "who": WROTE[line.who],
        "day": day,
        "hour": hour,
        "language": line.language,
        "words": line.original,
        "arrived": line.state not in NOT_ARRIVED,
    }


def _for_machines(own: OwnData, said: Said) -> str:
    messages = [
        {"at": line.at.isoformat(), "who": line.who, "channel": channel, "language": line.language}
        | {"text": line.original, "state": line.state}
        for channel, line in said
    ]
    return json.dumps(own.model_dump(mode="json") | {"messages": messages}, ensure_ascii=False, indent=2)


def _zip(files: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, words in files.items():
            packed.writestr(name, words)
    return made.getvalue()
