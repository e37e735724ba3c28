"""Every kind of message we send, declared once: how sensitive, when it may leave, how long, what if it does not arrive.

The sender reads these rows and nothing else; a message names its kind. Replies answer somebody who just wrote;
proactive messages come unasked, are neutral (no name, unit, amount, reason, link), cost one segment and are checked
with the backend at the moment they leave.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from backend.contract import Sensitivity


@dataclass(frozen=True)
class Kind:
    """``segments``: budget in (GSM-7, UCS-2) languages. ``quiet``: the hours it keeps. ``still_true``: asks the backend
    before it leaves. ``unknown``: what to do where nobody can be asked whether it went. Once more is the rule, since
    to read a text twice harms less than to wait for one that never comes; what staff wrote themselves they look at
    themselves. ``unchecked``: what to do when the backend cannot be asked until shortly before the deadline. ``cap``:
    what a person gets unasked is counted; ``waits`` leaves tomorrow instead when enough came today, and what only
    ``counts`` has its hour and leaves."""

    name: str
    sensitivity: Sensitivity = Sensitivity.OPEN
    proactive: bool = False
    quiet: Literal["never", "day", "decision", "refusal"] = "never"
    still_true: bool = False
    life: timedelta = timedelta(hours=48)
    segments: tuple[int, int] = (1, 2)
    unknown: Literal["resend-once", "give-up"] = "resend-once"
    personal_words: bool = False
    unchecked: Literal["send", "drop"] = "send"
    cap: Literal["free", "counts", "waits"] = "free"


A_DAY, OF_A_KIND = 3, 1
"""How many counted messages a person gets in one day, and how many of one kind, before those that can wait do."""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("reply"),
        Kind("question"),
        Kind("personal-question", sensitivity=Sensitivity.PERSONAL, personal_words=True),
        # The whole summary is shown before it is confirmed: as many segments as it takes, where the ceiling allows it.
        Kind("summary", sensitivity=Sensitivity.PERSONAL, segments=(8, 16), personal_words=True),
        Kind("acute", segments=(2, 3)),
        # A reason why an answer was not understood, and the question again in full.
        Kind("again", sensitivity=Sensitivity.PERSONAL, segments=(2, 4), personal_words=True),
        Kind("staff", life=timedelta(hours=24), segments=(4, 6), unknown="give-up"),
        Kind("confirm-contact", proactive=True, quiet="day", life=timedelta(hours=12), segments=(1, 1)),
        Kind("interpreter-ready", proactive=True, quiet="day", still_true=True, segments=(1, 1)),
        Kind("meeting-changed", proactive=True, quiet="day", still_true=True, segments=(1, 1)),
        Kind("reminder", proactive=True, quiet="day", still_true=True, segments=(1, 1), cap="counts"),
        Kind(
            "nudge",
            proactive=True,
            quiet="day",
            still_true=True,
            life=timedelta(hours=36),
            segments=(1, 1),
            unchecked="drop",
            cap="waits",
        ),
        Kind("something-new", proactive=True, quiet="decision", still_true=True, segments=(1, 2)),
        Kind("something-new-refusal", proactive=True, quiet="refusal", still_true=True, segments=(1, 2)),
        # Told by a human, a date and a time: neutral enough for a text, and too much for 70 characters.
        Kind("new-time", proactive=True, quiet="day", still_true=True, segments=(1, 2)),
        Kind("important-day", proactive=True, quiet="day", still_true=True, segments=(1, 2)),
        Kind("new-lines", proactive=True, quiet="day", still_true=True, segments=(1, 1)),
    )
}
