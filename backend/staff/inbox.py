"""The inbox: the queues and the list of one of them. It shows who waits and by when, and opens nothing."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.calendar import day_in_sweden, moment
from backend.cases import desk as cases
from backend.cases.desk import CaseRow
from backend.contract import Step
from backend.handover import desk as handover
from backend.handover.desk import PromiseRow, QueueRow, ThreadRow
from backend.staff import swedish, tomorrow
from backend.staff.conversation import UNREAD
from backend.staff.desk import PLACES, Page, Role, Seat, SignInNeededError, only, page, seat, to
from backend.staff.facts import DO_NOT_REACH, said_name
from backend.staff.sign_in import sign_in_page
from backend.staff.views import Badge, Queue, Row
from backend.tasks import AGREED_PHRASE, OF_A_CALL, OF_PLANNING

router = APIRouter(route_class=Page)
may_read = only(Role.CUSTOMER_SERVICE, Role.CASEWORKER)

QueueKey = Literal["mine", "acute", "waiting", "promises", "new", "to-sign", "by-hand", "technical"]
QUEUES: dict[QueueKey, str] = {
    "mine": "Mina nu",
    "acute": "Akut",
    "waiting": "Väntar",
    "promises": "Löften i dag",
    "new": "Nya som vill söka",
    "to-sign": "Framlagda beslut",
    "by-hand": "Över norm: för hand",
    "technical": "Tekniska fel",
}
_OF_CASEWORKERS: dict[QueueKey, str] = {
    "to-sign": "beyond-delegation",
    "by-hand": "above-norm",
    "technical": "technical-error",
}
"""What only a caseworker can settle has lists of its own: by the reason of its tasks, whoever has taken them."""
_ROLE_WAITED_FOR = {
    "customer-service": "Väntar på kundtjänst",
    "caseworker": "Väntar på handläggare",
    "interpreter-booking": "Väntar på tolkbokning",
}
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
    "important-day": "Vill ha hjälp före den viktiga dagen",
    "silent": "Tyst i 30 dagar: ta ställning",
    "flood": "Skriver mer än automaten svarar på: läs och svara",
    "abroad": "Utländskt nummer: automatens sms går inte dit",
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
    "beyond-delegation": "Framlagt beslut: någon med delegation skriver under",
    "above-norm": "Kostnad över norm: bedöms för hand",
    "technical-error": "Något från ärendesystemet gick inte att ta in: för in det för hand",
    "decision": "Skicka beslutet med brev",
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
    **OF_A_CALL,
    "activity-interpreter": OF_PLANNING["activity-interpreter"],
}
_HEARING = {
    "ring": "Ring upp, med tolk om det behövs",
    "visit": "Kommer hit för att få veta",
    "letter": "Vill ha brev",
}
# Somebody wants to apply, and has not applied or met anybody yet.
_NEW = (Step.WANTS_TO_APPLY, Step.MEETING_BOOKED)
# What is done in the case and not in the conversation.
_IN_THE_CASE = frozenset({"decide", "check", "visit", "letter"})
# What is to be looked at stands in the conversation.
_IN_THE_CONVERSATION = frozenset(
    {"unreachable", "undelivered", "lost", "silent", "dead-letter", "opted-out", "flood", "abroad"}
)


@router.get("")
async def inbox(request: Request, queue: Annotated[QueueKey, Query()] = "mine") -> Response:
    """The list of a queue; for who has not signed in, the way in."""
    try:
        here = await seat(request)
    except SignInNeededError:
        return await sign_in_page(request)
    if here.role not in (Role.CUSTOMER_SERVICE, Role.CASEWORKER):
        return to(PLACES[here.role][0].href)
    async with here.database.transaction() as session:
        queues, rows = await listed(session, here, queue)
    return page("inbox", here, queues=queues, listed=chosen(queues, queue), rows=rows, thread=None, region="list")


async def listed(
    session: AsyncSession, here: Seat, queue: QueueKey, selected: str = ""
) -> tuple[tuple[Queue, ...], tuple[Row, ...]]:
    """The queues with their counts, and the rows of one of them; ``selected`` is the address of the open row."""
    now = here.now
    waiting = await handover.queue(session, here.clock)
    mine = [task for task in waiting if task.assigned_to == here.member.id]
    acute = [task for task in waiting if task.acute]
    taken = {task.thread for task in mine}
    rows: dict[QueueKey, list[Row]] = {
        "mine": [
            *(_task(task, now) for task in waiting if task in mine or (task.acute and task.assigned_to is None)),
            *(_thread(row, now) for row in await _answering(session, here) if row.thread not in taken),
        ],
        "acute": [_task(task, now) for task in acute],
        "waiting": [
            *(_task(task, now) for task in waiting if task.assigned_to is None and task.queue == here.role),
            *await tomorrow.waits(session, here),
        ],
        "promises": [
            _promise(row, now) for row in await handover.promised(session, here.clock) if row.soon or _today(row, now)
        ],
        "new": [_case(row, now) for row in await cases.in_list(session, here.clock) if row.step in _NEW],
        **{key: [_task(task, now) for task in waiting if task.reason == why] for key, why in _OF_CASEWORKERS.items()},
    }
    shown = [key for key in QUEUES if key not in _OF_CASEWORKERS or here.role == Role.CASEWORKER or key == queue]
    queues = tuple(Queue(key, QUEUES[key], len(rows[key])) for key in shown)
    return queues, tuple(replace(_in(row, queue), selected=row.href == selected) for row in rows[queue])


def chosen(queues: tuple[Queue, ...], key: QueueKey) -> Queue:
    """The queue whose list is shown."""
    return next(queue for queue in queues if queue.key == key)


async def _answering(session: AsyncSession, here: Seat) -> list[ThreadRow]:
    rows = await handover.threads(session)
    return [row for row in rows if row.assigned_to == here.member.id and "staff" in (row.owner, row.wanted)]


def _in(row: Row, queue: QueueKey) -> Row:
    # The list stays the same beside the conversation that is opened from it.
    if not row.href.startswith("/inbox/threads/") or queue == "mine":
        return row
    return replace(row, href=f"{row.href}?queue={queue}")


def _task(task: QueueRow, now: datetime) -> Row:
    badges = [Badge("acute", "Akut")] if task.acute else []
    if task.silent:
        badges.append(DO_NOT_REACH)
    if task.broken:
        badges.append(Badge("broken", "Löfte brutet"))
    if task.assigned_name is None:
        badges.append(Badge("waiting", _ROLE_WAITED_FOR[task.queue]))
    if task.opted_out:
        badges.append(Badge("opted-out", "Vill inte ha sms"))
    return Row(
        href=_where(task),
        name=said_name(task.name, task.ending),
        due=_due(task, now),
        language=swedish.language_name(task.language) if task.language else "",
        why=why(task),
        badges=tuple(badges),
        acute=task.acute,
    )


def _due(task: QueueRow, now: datetime) -> str:
    if task.due_at is None:
        return f"sedan {swedish.when(task.made_at, now)}"
    return swedish.task_due(task.reason, task.due_at, now)


def why(task: QueueRow) -> str:
    """What there is to do, in words that say nothing of the case."""
    by_kind = _HEARING if task.reason == "hearing" else {}
    return by_kind.get(task.kind) or _WHY.get(task.reason) or task.in_swedish


def _where(task: QueueRow) -> str:
    if task.reason == "absence":
        return "/inbox/absences"
    if task.kind == "time":
        return "/inbox/interpreters"
    in_the_case = (task.kind in _IN_THE_CASE or task.reason == "hearing") and task.reason not in _IN_THE_CONVERSATION
    if task.thread and not in_the_case:
        return f"/inbox/threads/{task.thread}"
    if task.person is None:
        return f"/inbox/unread/{task.task}" if task.reason == "malformed" else ""
    return f"/inbox/cases/{task.person}"


def _thread(row: ThreadRow, now: datetime) -> Row:
    return Row(
        href=f"/inbox/threads/{row.thread}",
        name=said_name(row.name, row.ending),
        due=f"sedan {swedish.when(row.last_at, now)}",
        language=swedish.language_name(row.language),
        why="Du svarar",
    )


def _promise(row: PromiseRow, now: datetime) -> Row:
    return Row(
        href=f"/inbox/threads/{row.thread}" if row.thread else f"/inbox/cases/{row.person}",
        name=said_name(row.name, row.ending),
        due=swedish.due(row.due_at, now),
        language=swedish.language_name(row.language),
        why=row.in_swedish,
        badges=(Badge("broken", "Löfte brutet"),) if row.broken else (),
    )


def _today(row: PromiseRow, now: datetime) -> bool:
    return row.due_at < moment(day_in_sweden(now) + timedelta(days=1), time.min)


def _case(row: CaseRow, now: datetime) -> Row:
    return Row(
        href=f"/inbox/threads/{row.thread}" if row.thread else f"/inbox/cases/{row.person}",
        name=said_name(row.name, row.ending),
        due=f"sedan {swedish.when(row.opened_at, now)}",
        language=swedish.language_name(row.language),
        why=f"Ville ha hjälp {swedish.when(row.opened_at, now)}",
        badges=(Badge("plain", f"Möte {swedish.when(row.next_meeting, now)}"),) if row.next_meeting else (),
    )
