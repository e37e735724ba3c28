"""What two municipalities tell each other of somebody who is handed over; nothing else crosses.

The offer carries a copy: how she is reached, in which language, what she asked for and what she wants to add. No number
of identity, no sealed answer, no decision; and what could not be verified says so. Which papers go along is said in it;
they themselves come when she has been taken.

The two are not upgraded at the same moment. What is told with more than we know is taken all the same. An offer that
nothing may be lost of says so (``needs``), and is refused until we know that much.
"""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from backend.contract import Language, Paper, Value

KNOWS = 2
"""The version of what is told that is known here. 1 took nothing it did not know."""
LONGEST = 2000
MOST_PAPERS = 40
"""So many papers go along with one hand-over."""
_E164 = r"^\+[1-9][0-9]{6,14}$"


class Told(Value):
    """What the other municipality tells. A field that is not known here is kept with the rest, unread: it is read where
    we are upgraded before what it stands in has gone."""

    model_config = ConfigDict(extra="allow")


class AlongPaper(Told):
    """A paper that goes along. ``id``: there; ``size``: bytes, unsealed; ``handed_in_on``: by her, there."""

    id: UUID
    paper: Paper | None
    pages: int = Field(ge=1)
    size: int = Field(ge=1)
    handed_in_on: date


class Copy(Told):
    """What is needed of her, and no more.

    ``language``: what she speaks; ``reads``: what she is written to in, where that is another. ``came_by``: the
    hand-over by which she once came from the very municipality she is offered to now.
    ``telephone``: E.164. ``shared``: whether others read it; unknown is ``None``. ``confirmed``: she has answered from
    it. ``identity_seen``: a caseworker has seen who she is; her number is not told. ``asked_since``: when she first
    asked for help. ``own_words``: what she herself wants to add. ``papers``: those that go along.
    """

    first_name: str = Field("", max_length=100)
    language: Language
    interpreter: Language | None = None
    telephone: str = Field(pattern=_E164)
    shared: bool | None = None
    confirmed: bool = False
    identity_seen: bool = False
    asked_since: date | None = None
    asked_for: str = Field("", max_length=LONGEST)
    own_words: str = Field("", max_length=LONGEST)
    # Left out where it is not so: an offer that was told before this was is still the same offer.
    reads: Language | None = Field(None, exclude_if=lambda told: told is None)
    came_by: UUID | None = Field(None, exclude_if=lambda told: told is None)
    papers: tuple[AlongPaper, ...] = Field((), max_length=MOST_PAPERS, exclude_if=lambda told: not told)


class Offer(Told):
    """PUT moves/{move}: somebody is offered. The same again changes nothing. ``by_name``: who of the staff hands over;
    ``consent``: how she said yes. ``needs``: the version that has to be known (``KNOWS``), so that nothing that matters
    of this offer is lost."""

    at: datetime
    by_name: str = Field(min_length=1, max_length=120)
    consent: Literal["asked", "oral"]
    copied: Copy
    needs: int = Field(1, ge=1, exclude_if=lambda told: told == 1)


class Settle(Told):
    """POST moves/{move}/settlement: the offer is taken, or goes back with a reason. Answer: :class:`Settled`."""

    take: bool
    by_name: str = Field(min_length=1, max_length=120)
    reason: str = Field("", max_length=LONGEST)


class Settled(Told):
    """Whose she is, by the word of the municipality she is handed over from. ``not-yet``: something came meanwhile that
    is seen to there first, as what cannot wait; the offer stands.

    ``telephone`` and ``shared``: of who is taken, as she is reached now, where the copy may say what was so before.
    ``papers``: those of the copy that come."""

    state: Literal["taken", "returned", "withdrawn", "not-yet"]
    telephone: str | None = Field(None, pattern=_E164)
    shared: bool | None = None
    papers: tuple[UUID, ...] = Field((), exclude_if=lambda told: not told)


class Carried(Told):
    """The answer to PUT moves/{move}/papers/{paper}, whose body is the paper, and X-Paper-SHA256 its digest: it is
    here. ``refused``: it was not taken in, and why. Asked again, the same answer."""

    refused: str | None = None
