"""How a kind of message is sent: how sensitive, when it may leave, how long, what if it does not arrive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from backend.contract import Sensitivity

CODE = "code"
"""The kind of message that carries a code to go on elsewhere: a place in its text is filled when it is written."""

INVITATION = "invitation"
"""The same with the code that lets somebody in as a helper."""

TOGETHER = "together-code"
"""The same with the code by which somebody says that he or she applies together with her."""

INVITED_FOR = timedelta(hours=24)
"""How long that code lasts."""

CODES = (CODE, INVITATION, TOGETHER)
"""What stands only where nobody else reads, and in no line of a thread."""


STILL_YOURS = "still-yours"
NOT_HERS = "not-hers"
"""The question whether a telephone nobody has written from for a year is still hers; and its kind of message."""

MANY_CHOICES = "many-choices"
"""A personal question with so many choices that they fill more than one text."""

AWAKE = timedelta(hours=2)
"""So long after somebody wrote an answer may wake her: later she may have gone to sleep over it."""

Priority: TypeAlias = Literal["reply", "change", "reminder", "bulk"]

RANKS: Mapping[Priority, int] = {"reply": 0, "change": 1, "reminder": 2, "bulk": 3}
"""Who goes first among what may leave now: whoever waits for an answer, whoever must hear that her meeting is another
one, what has its hour, and last what nobody would miss for a while."""


@dataclass(frozen=True)
class Kind:
    """``segments``: budget in (GSM-7, UCS-2) languages. ``quiet``: the hours it keeps. ``still_true``: asks the backend
    before it leaves. ``unknown``: what to do where nobody can be asked whether it went. Once more is the rule, since
    to read a text twice harms less than to wait for one that never comes; what staff wrote themselves they look at
    themselves. ``unchecked``: what to do when the backend cannot be asked until shortly before the deadline. ``cap``:
    what a person gets unasked is counted; ``waits`` leaves tomorrow instead when enough came today, and what only
    ``counts`` has its hour and leaves. ``always``: leaves also to who has said stop, and when staff have taken over.
    ``to_frozen``: leaves also to a number that was called wrong, where nobody is who we think; in no other silence.
    ``fallback``: whether it goes by her other channel when it certainly did not come on this one; a reply belongs where
    she wrote. ``lost``: what there is to do when it came nowhere: a task, or a letter where the law says that she must
    be told. ``priority``: who goes first where not all can at once. ``spares``: it stays when the day's budget for
    texts is spent."""

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
    always: bool = False
    to_frozen: bool = False
    fallback: Literal["none", "other"] = "none"
    lost: Literal["nothing", "task", "letter"] = "task"
    priority: Priority = "reply"
    spares: bool = False

    @property
    def rests(self) -> bool:
        """Whether it waits for the morning when it comes by night, long after she wrote what it answers. What says
        that help is there never does, and what lasts no longer than that is not late before it is nothing."""
        return not self.proactive and not self.always and self.life > AWAKE

    @property
    def rank(self) -> int:
        """Its priority as a number: lower goes first."""
        return RANKS[self.priority]
