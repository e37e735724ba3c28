"""Every kind of message we send, declared once: here, or with the notice that leads to it and to nothing else.

The sender reads these rows and nothing else; a message names its kind. Replies answer somebody who just wrote;
proactive messages come unasked, are neutral (no name, unit, amount, reason, link), cost one segment and are checked
with the backend at the moment they leave.
"""

from datetime import timedelta

from backend.contract import Sensitivity
from bot.conversation.notices import tellings
from bot.leaving.sending import CODE, INVITATION, INVITED_FOR, MANY_CHOICES, NOT_HERS, STILL_YOURS, TOGETHER, Kind

A_DAY, OF_A_KIND = 3, 1
"""How many counted messages a person gets in one day, and how many of one kind, before those that can wait do."""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("reply"),
        Kind("question"),
        Kind("personal-question", sensitivity=Sensitivity.PERSONAL, personal_words=True),
        # So many kinds of money or costs to choose from that one text cannot hold them: two questions would cost more.
        Kind(MANY_CHOICES, sensitivity=Sensitivity.PERSONAL, segments=(2, 3)),
        # The whole summary is shown before it is confirmed: as many segments as it takes, where the ceiling allows it.
        Kind("summary", sensitivity=Sensitivity.PERSONAL, segments=(8, 16), personal_words=True),
        Kind("acute", segments=(2, 3), always=True, lost="nothing"),  # staff have the alarm
        # To who has a number that is not hers whom we look for: where to turn, and that somebody reads.
        Kind(NOT_HERS, to_frozen=True, lost="nothing"),
        # A reason why an answer was not understood, and the question again in full.
        Kind("again", sensitivity=Sensitivity.PERSONAL, segments=(2, 4), personal_words=True),
        # What was answered on the page, by its names.
        Kind("on-page", sensitivity=Sensitivity.PERSONAL, segments=(2, 3), personal_words=True),
        # Later than it lasts it says nothing any more.
        # With a link beside it, where the municipality allows that; alone it is one text.
        Kind(CODE, life=timedelta(minutes=10), segments=(2, 2)),
        Kind(INVITATION, life=timedelta(minutes=10)),
        # With the words that go before the code, and where it is written.
        Kind(TOGETHER, life=INVITED_FOR, segments=(2, 3)),
        # What the calculation for two shows the other: the same sentence as the backend keeps, whole.
        Kind("shows-the-other", segments=(2, 4)),
        # What is planned with her, activity by activity.
        Kind("week-list", sensitivity=Sensitivity.PERSONAL, segments=(2, 4)),
        # A question of hers as whoever helps her reads it: it says whose it is.
        Kind("helping", sensitivity=Sensitivity.PERSONAL, segments=(2, 4), personal_words=True),
        # Everything that helpers did, since she asked for it.
        Kind("helpers", sensitivity=Sensitivity.PERSONAL, segments=(8, 16), personal_words=True),
        Kind("staff", life=timedelta(hours=24), segments=(4, 6), unknown="give-up"),
        Kind(
            "confirm-contact",
            proactive=True,
            quiet="day",
            life=timedelta(hours=12),
            segments=(1, 1),
            priority="change",
            spares=True,
        ),
        Kind(STILL_YOURS, proactive=True, quiet="day", life=timedelta(days=7), segments=(1, 1), priority="change"),
        Kind(
            "meeting-changed",
            proactive=True,
            quiet="day",
            still_true=True,
            segments=(1, 1),
            fallback="other",
            priority="change",
        ),
        Kind(
            "reminder",
            proactive=True,
            quiet="day",
            still_true=True,
            segments=(1, 1),
            cap="counts",
            fallback="other",
            priority="reminder",
        ),
        Kind(
            "nudge",
            proactive=True,
            quiet="day",
            still_true=True,
            life=timedelta(hours=36),
            segments=(1, 1),
            unchecked="drop",
            cap="waits",
            lost="nothing",
            priority="bulk",
            spares=True,
        ),
        # Of an application of two that one of them goes on with alone.
        Kind(
            "joint-told",
            proactive=True,
            quiet="day",
            segments=(1, 2),
            fallback="other",
            lost="nothing",
            priority="change",
        ),
        *(kind for telling in tellings().values() for kind in telling.kinds),
    )
}
