"""The inbox: the queues and the list of one of them. It shows who waits and by when, and opens nothing."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import promises, tasks
from backend.calendar import day_in_sweden, moment
from backend.cases import new_ones
from backend.cases.desk import CaseRow
from backend.handover import desk as handover
from backend.handover import lists, passing
from backend.handover.desk import PromiseRow, QueueRow, ThreadRow
from backend.handover.models import Passing
from backend.interpreters import besides
from backend.moving import OF_MOVING
from backend.staff import swedish
from backend.staff.desk import (
    INTERPRETERS,
    PLACES,
    ROLE_NAMES,
    Page,
    Role,
    Seat,
    SignInNeededError,
    page,
    seat,
    to,
)
from backend.staff.facts import DO_NOT_REACH, GROUP, UNREAD, said_name
from backend.staff.inbox import both_desks, together, tomorrow
from backend.staff.inbox.narrowing import OF_TASKS, Chosen, QueueKey, TheList
from backend.staff.inbox.views import ListView, Queue, RailGroup, RailLink
from backend.staff.signing_in.sign_in import sign_in_page
from backend.staff.views import ACUTE, BELOW, FIRST, ORDINARY, Badge, Row, Urgency
from backend.tasks import AGREED_PHRASE, IN_SWEDISH, LETTER_CAME, OF_A_CALL, OF_PLANNING

router = APIRouter(route_class=Page)

QUEUES: dict[QueueKey, str] = {
    "mine": "Mina nu",
    "acute": "Akut",
    "half": "Halva tiden",
    "given": "Lämnat till dig",
    "waiting": "Väntar",
    "handed": "Lämnat, inte taget",
    "resting": "Vilar",
    "promises": "Löften i dag",
    "new": "Nya som vill söka",
    "to-sign": "Framlagda beslut",
    "by-hand": "Över norm: för hand",
    "technical": "Tekniska fel",
    "closed": "Stängt av dig",
}
_OF_CASEWORKERS = frozenset({"to-sign", "by-hand", "technical"})
"""What only a caseworker can settle has lists of its own, whoever has taken its tasks."""
Region = Literal["list", "queues"]
_ROLE_WAITED_FOR = {
    "customer-service": "Väntar på kundtjänst",
    "caseworker": "Väntar på handläggare",
    "interpreter-booking": "Väntar på tolkbokning",
}
_SEALED = "Något hemligt kom in oombett: det ligger förseglat i ärendet"
_WHY = {
    "asked": "Vill prata med en människa",
    "missed-three": "Automaten förstod inte",
    "question": "Fråga utan godkänt svar",
    AGREED_PHRASE: "Den avtalade meningen har skrivits. Ring inte och skriv inte. Gör det ni kom överens om.",
    "acute": "Mat, medicin eller sovplats i dag",
    "said-so": "Mat, medicin eller sovplats i dag",
    "call-me": "Vill bli uppringd",
    "dead-letter": UNREAD,
    "malformed": "Något kom in som inte gick att läsa",
    "opted-out": "Vill inte att vi skriver",
    "wrong-number": "Fel nummer",
    "unreachable": "Nås inte längre där vi skrev",
    "undelivered": "Ett meddelande kom kanske inte fram",
    "lost": "Ett meddelande kom inte fram",
    "not-shared": "Säger att ingen annan läser telefonen längre: ring och fråga",
    "letter": "Kom inte fram, skicka brev",
    LETTER_CAME: "Beslutet är skickat med post: fråga vilken dag brevet kom, och anteckna den",
    "important-day": "Vill ha hjälp före den viktiga dagen",
    "silent": "Tyst i 30 dagar: ta ställning",
    "flood": "Skriver mer än automaten svarar på: läs och svara",
    "abroad": "Utländskt nummer: automatens sms går inte dit",
    **dict.fromkeys(("personal-number", "account-number", "card-number", "photo"), _SEALED),
    "application": "Ansökan kom in",
    "document": "Papper kom in",
    "papers": "Papper behövs: personen nås inte med sms",
    "papers-came": "Alla papper som begärdes har kommit",
    "papers-answered": "Personen har svarat om papper som begärdes",
    "papers-overdue": "Dagen för papper har gått",
    "partner-silent": "Ansökan av två är inte klar i tid",
    "joint-left": "Söker inte ihop längre",
    "complete": "Allt är inne, beslut ska fattas",
    "code": "Behöver en kod för att läsa själv",
    "comment": "Skicka med brev det som personen får läsa innan det beslutas",
    "commented": "Personen har kommenterat",
    "commented-late": "Personen har kommenterat efter beslutet: läs, det kan vara ett överklagande",
    "beyond-delegation": "Framlagt beslut: någon med delegation skriver under",
    "decided-automatically": "Beslutat automatiskt: se efter i efterhand",
    "above-norm": "Kostnad över norm: bedöms för hand",
    "technical-error": "Något från ärendesystemet gick inte att ta in: för in det för hand",
    "decision": "Skicka beslutet med brev",
    "calculation": "Skicka beräkningen med brev",
    "same-number": "Samma personnummer hos två: se vems det är",
    "control-failed": "Ett register svarade inte: gör kontrollen för hand",
    "case-system-away": "Ärendesystemet tar inte emot: det som händer väntar. Säg till systemförvaltaren.",
    "case-system-gone": "Ärendesystemet har stängt sin mottagning: det som händer väntar. Säg till systemförvaltaren.",
    "case-system-refused": "Ärendesystemet tog inte emot något som hänt: för in det för hand",
    "case-system-disagrees": "Ärendesystemet säger något annat än ärendet här",
    "nobody-free": "Ingen tid i dag eller i morgon",
    "interpreter-missing": "Tolk saknas",
    "meeting-moved": "Mötet flyttades, tolken kunde inte",
    "interpreter-silent": "Tolken har inte svarat i tid, och ingen annan kan tillfrågas",
    "interpreter-gave-back": "Tolken lämnade återbud, en annan är tillfrågad",
    "interpreter-not-sent": "En beställning går inte iväg till en förmedling: beställ på annat sätt",
    "interpreter-not-cancelled": "En avbokning når inte fram till en förmedling: ring dit",
    "interpreter-too-late": "En förmedling sa ja för sent och är avbokad: kontrollera att den vet det",
    "interpreter-wish": "Önskemål om tolken, som redan är tillfrågad: se om det går att ordna",
    "interpreter-other": "Önskar en annan tolk: se om det går att ordna. Fråga inte varför.",
    "absence": "Någon är borta, ordna ny tid",
    **OF_MOVING,
    **OF_A_CALL,
    **{reason: OF_PLANNING[reason] for reason in (besides.FOR_PLANNED, besides.PLANNED_WITHOUT)},
}
_HEARING = {
    "ring": "Ring upp, med tolk om det behövs",
    "visit": "Kommer hit för att få veta",
    "letter": "Vill ha brev",
}
# What is done in the case and not in the conversation.
_IN_THE_CASE = frozenset({"decide", "check", "visit", "letter"})
# What is to be looked at stands in the conversation.
IN_THE_CONVERSATION = frozenset(
    {"unreachable", "undelivered", "lost", "silent", "dead-letter", "opted-out", "flood", "abroad"}
)


@router.get("")
async def inbox(request: Request, the_list: TheList, *, region: Annotated[Region, Query()] = "list") -> Response:
    """The list of a queue; for who has not signed in, the way in."""
    try:
        here = await seat(request)
    except SignInNeededError:
        return await sign_in_page(request)
    if here.role not in (Role.CUSTOMER_SERVICE, Role.CASEWORKER):
        return to(PLACES[here.role][0].href)
    others = await both_desks.others(here, the_list, listed)
    async with here.database.transaction() as session:
        shown = await listed(session, here, others.the_list)
    return page("inbox", here, **as_values(both_desks.joined(here, shown, others)), thread=None, region=region)


def as_values(shown: ListView) -> dict[str, Any]:
    """What of a page is its rail and its list."""
    return {
        "queues": shown.queues,
        "groups": shown.groups,
        "listed": shown.listed,
        "rows": shown.rows,
        "more": shown.more,
        "back": shown.href,
        "towns": shown.towns,
        "of": shown.of,
        "chips": shown.chips,
        "more_in": shown.more_in,
    }


async def listed(session: AsyncSession, here: Seat, the_list: Chosen, selected: str = "") -> ListView:
    """The queues with their counts, and a page of the list of one; ``selected`` is the address of the open row. No line
    stands in a list of another municipality."""
    desk = lists.Desk(here.member.id, here.role, here.now)
    midnight = moment(day_in_sweden(here.now) + timedelta(days=1), time.min)

    async def count_all() -> tuple[lists.Tally, int, int]:
        close = await promises.count_close(session, here.now, midnight)
        return await lists.tally(session, here.now), close, await new_ones.count(session)

    async def promised() -> tuple[PromiseRow, ...]:
        soonest = await promises.close_ones(session, here.now, midnight, lists.PAGE)
        return await handover.promise_rows(session, here.clock, soonest)

    async def newest() -> tuple[CaseRow, ...]:
        return await new_ones.listed(session, here.clock, lists.PAGE)

    tallied, close, new = await together.read(session, here.told, "counts", count_all)
    counted = await lists.counts(session, desk, tallied)
    answered = await _answering(session, here)
    counts: dict[QueueKey, int] = {
        **{key: counted.lists[which] for key, which in OF_TASKS.items()},
        "promises": close,
        "new": new,
    }
    counts["mine"] += len(answered)
    for_tomorrow = await tomorrow.waits(session, here)
    counts["waiting"] += len(for_tomorrow)
    queues = tuple(
        Queue(key, name, counts[key])
        for key, name in QUEUES.items()
        if key not in _OF_CASEWORKERS or here.role == Role.CASEWORKER or key == the_list.queue
    )
    groups = [_queues_of_others(here, the_list, counted)]
    which, more, whole = OF_TASKS.get(the_list.queue), False, replace(the_list, town="")
    if the_list.town not in ("", here.database.municipality.slug):
        rows: list[Row] = []
    elif which is not None:
        found, more, passed, facets = await _lines(session, here, desk, the_list)
        rows = [row_of(row, here, passed.get(row.task)) for row in found]
        groups += _facets(the_list, facets)
        if whole == Chosen():
            rows += [thread_row(row, here.now) for row in answered]
        if whole == Chosen("waiting"):
            rows += for_tomorrow
    elif the_list.queue == "promises":
        rows = [_promise(row, here.now) for row in await together.read(session, here.told, "promises", promised)]
    else:
        rows = [_case(row, here.now) for row in await together.read(session, here.told, "new", newest)]
    name = next((group.current for group in groups[:1] if group.current), "") or QUEUES[the_list.queue]
    return ListView(
        queues=queues,
        groups=tuple(group for group in groups if group.links),
        listed=Queue(the_list.queue, name, counts[the_list.queue]),
        rows=tuple(replace(_in(row, the_list), selected=bool(selected) and row.href == selected) for row in rows),
        more=the_list.from_line(the_list.start + lists.PAGE).href if more else "",
        href=the_list.href,
    )


async def _lines(session: AsyncSession, here: Seat, desk: lists.Desk, the_list: Chosen) -> "_Lines":
    """A page of a list of tasks, whether more follow, what is handed over of it, and its filters."""
    which = OF_TASKS[the_list.queue]

    async def read() -> "_Lines":
        found, more = await lists.listed(session, desk, which, the_list.narrowed)
        passed = await passing.latest(session, [task.id for task in found])
        facets = await lists.facets(session, desk, which, the_list.narrowed)
        return await handover.rows_of(session, here.clock, found), more, passed, facets

    told = here.told if lists.of_a_role(which) else None
    return await together.read(session, told, ("lines", here.role, the_list.queue, the_list.narrowed), read)


_Lines = tuple[tuple[QueueRow, ...], bool, Mapping[UUID, Passing], lists.Facets]


def _queues_of_others(here: Seat, the_list: Chosen, counted: lists.Counts) -> RailGroup:
    """The queues of the other roles, and the routes where something waits."""
    links = [
        RailLink(
            ROLE_NAMES[Role(role)],
            Chosen("waiting", role=role).href,
            counted.roles[role],
            current=the_list.role == role,
        )
        for role in get_args(tasks.Role)
        if role != here.role
    ]
    for route, (name, _) in passing.ROUTES.items():
        if (many := counted.routes.get(route, 0)) or the_list.route == route:
            address = Chosen("waiting", route=route).href
            links.append(RailLink(name, address, many, current=the_list.route == route))
    return RailGroup("Köer", tuple(links))


def _facets(the_list: Chosen, found: lists.Facets) -> list[RailGroup]:
    """The same list by language and by sort; what is chosen can be let go of."""
    languages = sorted(found.languages.items(), key=lambda one: (-one[1], one[0]))
    if the_list.language and the_list.language not in found.languages:
        languages.append((the_list.language, 0))
    by_language = [
        RailLink(
            swedish.language_name(code),
            the_list.in_language("" if code == the_list.language else code).href,
            many,
            current=code == the_list.language,
        )
        for code, many in languages
    ]
    by_sort = [
        RailLink(
            name,
            the_list.of(None if sort == the_list.sort else sort).href,
            found.sorts.get(sort, 0),
            current=sort == the_list.sort,
        )
        for sort, (name, _) in tasks.SORTS.items()
        if sort in found.sorts or sort == the_list.sort
    ]
    return [RailGroup("Språk", tuple(by_language)), RailGroup("Att göra", tuple(by_sort))]


async def _answering(session: AsyncSession, here: Seat) -> list[ThreadRow]:
    """Whom one answers without a task of one's own."""
    rows = await handover.answered_by(session, here.member.id)
    taken = await lists.threads_with_own_task(session, here.member.id)
    return [row for row in rows if row.thread not in taken]


def _in(row: Row, the_list: Chosen) -> Row:
    # The list stays the same beside the conversation that is opened from it.
    if not row.href.startswith("/inbox/threads/"):
        return row
    return replace(row, href=f"{row.href}{the_list.query}")


def row_of(task: QueueRow, here: Seat, passed: Passing | None) -> Row:
    """A task as a line; ``passed`` is its last hand-over."""
    now, waits = here.now, passed is not None and _waits(task, passed)
    return Row(
        href=f"/inbox/given/{passed.id}" if passed and waits and _to_me(here, passed) else where(task, here.role),
        name=GROUP if task.kind == "time" and task.person is None else said_name(task.name, task.ending),
        due=_due(task, now) if not (passed and waits) else f"lämnad {swedish.when(passed.at, now)}",
        language=swedish.language_name(task.language) if task.language else "",
        why=_passed_why(here, task, passed) if passed and waits else why(task),
        badges=tuple(_badges(task, here, passed)),
        acute=task.acute,
        task=f"/inbox/tasks/{task.task}",
        take=f"/inbox/tasks/{task.task}/take" if task.assigned_to is None and task.done_at is None else "",
        urgency=_urgency(task),
    )


def _urgency(task: QueueRow) -> Urgency:
    """As the database orders them (``tasks.by_urgency``; what is closed, the latest first)."""
    if task.done_at is not None:
        return ORDINARY, -task.done_at.timestamp(), 0
    sort = FIRST if task.reason == AGREED_PHRASE else ACUTE if task.acute else ORDINARY
    return sort, task.due_at.timestamp() if task.due_at else math.inf, task.made_at.timestamp()


def _waits(task: QueueRow, passed: Passing) -> bool:
    return passed.state == "offered" and task.done_at is None and task.assigned_to == passed.by


def _to_me(here: Seat, passed: Passing) -> bool:
    return passing.is_for(passed, here.member.id, here.role)


def _passed_why(here: Seat, task: QueueRow, passed: Passing) -> str:
    if passed.by == here.member.id:
        return f"Till {passed.to_name}, inte taget: {why(task)}"
    return f"{passed.by_name} lämnar: {why(task)}. {passing.why(passed)}."


def _badges(task: QueueRow, here: Seat, passed: Passing | None) -> list[Badge]:
    badges = [Badge("acute", "Akut")] if task.acute else []
    if task.silent:
        badges.append(DO_NOT_REACH)
    if task.broken:
        badges.append(Badge("broken", "Löfte brutet"))
    if task.half:
        badges.append(Badge("half", "Halva tiden har gått"))
    if task.done_at is not None:
        badges.append(Badge("confirmed", f"Stängd {swedish.when(task.done_at, here.now)}"))
    elif passed is not None and _waits(task, passed):
        mine = passed.by == here.member.id
        badges.append(Badge("waiting", "Kvar hos dig" if mine else f"Väntar på {passed.to_name}"))
    elif task.assigned_name is None:
        badges.append(Badge("waiting", _ROLE_WAITED_FOR[task.queue]))
    elif passed is not None and passed.state == "declined" and passed.by == task.assigned_to:
        badges.append(Badge("waiting", f"{passed.settled_name} gav tillbaka"))
    if task.rests_until is not None:
        badges.append(Badge("waiting", f"Vilar till {swedish.when(task.rests_until, here.now)}"))
    if task.opted_out:
        badges.append(Badge("opted-out", "Vill inte ha sms"))
    return badges


def _due(task: QueueRow, now: datetime) -> str:
    if task.due_at is None:
        return f"sedan {swedish.when(task.made_at, now)}"
    return swedish.task_due(task.reason, task.due_at, now)


def why(task: QueueRow) -> str:
    """What there is to do, in words that say nothing of the case."""
    by_kind = _HEARING if task.reason == "hearing" else {}
    return by_kind.get(task.kind) or _WHY.get(task.reason) or task.in_swedish


def looked_at(task: tasks.Task) -> str:
    """What there is to look at, for whoever has opened the conversation; empty for a task of another kind."""
    return _WHY.get(task.reason, "") if task.kind == "check" else ""


def called(words: str) -> tuple[set[str], set[str]]:
    """Which kinds and reasons of tasks have these words in what a list calls them."""
    sought = words.casefold()
    kinds: set[str] = {kind for kind, said in IN_SWEDISH.items() if sought in said.casefold()}
    return kinds, {reason for reason, said in {**_WHY, **OF_PLANNING}.items() if sought in said.casefold()}


def where(task: QueueRow, role: Role) -> str:
    """Where what is to be done is done, of what this role may open."""
    if task.reason == "absence":
        return "/inbox/absences"
    if task.kind == "time" and INTERPRETERS in PLACES[role]:
        return INTERPRETERS.href
    if task.reason in OF_MOVING:
        return f"/inbox/cases/{task.person}/moving" if task.person else f"/inbox/arrivals/{task.task}"
    in_the_case = (task.kind in _IN_THE_CASE or task.reason == "hearing") and task.reason not in IN_THE_CONVERSATION
    if task.thread and not in_the_case:
        return f"/inbox/threads/{task.thread}"
    if task.person is None:
        return f"/inbox/unread/{task.task}" if task.reason == "malformed" else ""
    return f"/inbox/cases/{task.person}"


def thread_row(row: ThreadRow, now: datetime) -> Row:
    """A conversation as a line."""
    return Row(
        href=f"/inbox/threads/{row.thread}",
        name=said_name(row.name, row.ending),
        due=f"sedan {swedish.when(row.last_at, now)}",
        language=swedish.language_name(row.language),
        why="Du svarar",
        urgency=(BELOW, -row.last_at.timestamp(), 0),
    )


def _promise(row: PromiseRow, now: datetime) -> Row:
    return Row(
        href=f"/inbox/threads/{row.thread}" if row.thread else f"/inbox/cases/{row.person}",
        name=said_name(row.name, row.ending),
        due=swedish.due(row.due_at, now),
        language=swedish.language_name(row.language),
        why=row.in_swedish,
        badges=(Badge("broken", "Löfte brutet"),) if row.broken else (),
        urgency=(ORDINARY, row.due_at.timestamp(), 0),
    )


def _case(row: CaseRow, now: datetime) -> Row:
    return Row(
        href=f"/inbox/threads/{row.thread}" if row.thread else f"/inbox/cases/{row.person}",
        name=said_name(row.name, row.ending),
        due=f"sedan {swedish.when(row.opened_at, now)}",
        language=swedish.language_name(row.language),
        why=f"Ville ha hjälp {swedish.when(row.opened_at, now)}",
        badges=(Badge("plain", f"Möte {swedish.when(row.next_meeting, now)}"),) if row.next_meeting else (),
        urgency=(ORDINARY, row.opened_at.timestamp(), 0),
    )
