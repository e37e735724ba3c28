"""What did not arrive, in words: why, and what helps."""

from collections.abc import Sequence

from backend.contract import NotArrived
from backend.handover.desk import EntryView
from backend.tasks import Task

WHY: dict[NotArrived, str] = {
    "no-such-number": "numret finns inte",
    "no-texts": "numret tar inte emot sms",
    "not-sent-there": "våra sms går inte till det numret",
    "barred": "operatören släpper inte fram våra sms till numret",
    "stopped": "personen har stoppat våra meddelanden",
    "gone": "kontot finns inte längre",
    "out-of-reach": "telefonen var avstängd eller utan täckning",
    "filtered": "operatörens filter stoppade texten, numret fungerar",
    "our-side": "felet är vårt eller leverantörens",
    "too-late": "hann inte iväg i tid",
    "not-tried": "vi skickar inte dit",
    "unknown": "operatören säger inte varför",
}

_WHAT_HELPS: dict[NotArrived, str] = {
    "no-such-number": "Ta reda på rätt nummer.",
    "no-texts": "Ring, eller fråga efter ett mobilnummer.",
    "not-sent-there": "Ring, och säg till systemförvaltaren.",
    "barred": "Ring.",
    "stopped": "Nå personen på annat sätt.",
    "gone": "Nå personen på annat sätt.",
    "out-of-reach": "Ring senare.",
    "filtered": "Skriv med andra ord, eller ring.",
    "our-side": "Ring, och säg till systemförvaltaren.",
    "too-late": "Ring.",
    "not-tried": "Nå personen på annat sätt.",
    "unknown": "Ring.",
}

_TASKS = {
    "lost": "Ett meddelande kom inte fram",
    "undelivered": "Ett meddelande kom kanske inte fram: läs samtalet och ring om det behövs",
    "unreachable": "Nås inte längre där vi skrev",
    "wrong-number": "Fel person där vi skrev: ta reda på hur personen nås, eller säg att det är rätt",
}
"""By a task's reason."""


def task_words(task: Task, entries: Sequence[EntryView]) -> str:
    """What there is to do because something did not arrive; empty for a task of another kind."""
    words = _TASKS.get(task.reason, "")
    why = next((entry.why for entry in entries if entry.number == task.entry), None) if words else None
    return f"{words}: {WHY[why]}. {_WHAT_HELPS[why]}" if why is not None else words
