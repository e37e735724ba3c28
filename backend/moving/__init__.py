"""Handing somebody over to another municipality: a copy of what is needed goes there as an offer, and is taken or not.

The row of the municipality she is handed over *from* decides whose she is, and nothing else does: until it says *taken*
she is there, also while the other one wants to take her. Nothing is joined across databases; what one tells the other
goes over HTTP, and is told again until it is answered.
"""

WAITS = "move-waits"
"""The reason of the giver's task while nobody there has taken her."""
CAME_BACK = "move-returned"
SAID_NO = "move-refused"
NOT_HER_WORD = "move-ask"
"""A yes came from where she may no longer be asked: nobody knows whether it was hers."""
OFFERED = "move-offered"
"""The reason of the task by which staff find an offer. It is about nobody who is known here."""
MOVED_HERE = "moved-here"
"""The reason of the first thing to do for her: she hears from this municipality first."""

OF_MOVING = {
    WAITS: "Lämnas till en annan kommun, inte tagen: kvar hos er",
    CAME_BACK: "En annan kommun gav tillbaka: läs varför",
    SAID_NO: "Vill inte lämnas över till en annan kommun",
    NOT_HER_WORD: "Ja till en annan kommun, men andra kan ha svarat: fråga personen själv",
    OFFERED: "En annan kommun vill lämna över någon: läs och ta över",
    MOVED_HERE: "Kom från en annan kommun: hör av er först",
}
"""By reason: what there is to do, in words that say nothing of the case."""
