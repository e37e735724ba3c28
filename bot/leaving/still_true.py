"""Whether messages still hold: asked of the backend at the moment of sending, at once of those that leave together."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Literal, TypeAlias

import structlog
from sqlalchemy import Row

from backend.contract import AllStillTrue, AllStillTrueQuery, ContractError, StillTrue, StillTrueQuery
from bot.backend import BackendAway
from bot.engine import Engine
from bot.gathering import Gathering
from bot.leaving.kinds import KINDS
from bot.messages import Outgoing

UNCHECKED = timedelta(minutes=30)
"""This long before its deadline a message leaves even if the backend cannot say whether it still holds."""

Holds: TypeAlias = Literal["yes", "no", "rings", "unanswered", "unsure"]

_Told: TypeAlias = Literal["yes", "no", "rings"]

log = structlog.get_logger()


async def still_true(engine: Engine, row: Row[Any], message: Outgoing) -> Holds:
    """What the backend says of a message. ``rings``: it holds, and staff have it that they ring instead, which may not
    have been told here yet. ``unanswered``: ask again later; ``unsure``: leaves, and says so."""
    if not KINDS[message.kind].still_true or message.reference is None:
        return "yes"
    start = message.card.start if message.card else message.until
    asked = StillTrueQuery(
        kind=message.kind, person=row.person, reference=message.reference, start=start, at=engine.clock()
    )
    try:
        return await _told(engine, row.municipality, asked)
    except ContractError as error:
        log.warning("still true?", kind=message.kind, problem=error.code)
        return "no"
    except BackendAway:
        if engine.clock() < row.deadline - UNCHECKED:
            return "unanswered"
        return "no" if KINDS[message.kind].unchecked == "drop" else "unsure"


async def _told(engine: Engine, municipality: str, asked: StillTrueQuery) -> _Told:
    """Asked together with others if it can be. Raises ContractError and BackendAway."""
    gathering: Gathering[StillTrueQuery, _Told | Literal["away"]] = engine.gatherings.setdefault(
        f"still true in {municipality}", Gathering(partial(_together, engine, municipality))
    )
    told = await gathering.do(asked)
    if told == "away":
        raise BackendAway("it did not answer those that were asked about together")
    if told is not None:
        return told
    answer = await engine.backend.call(municipality, asked)
    return _said(answer.true, answer.by_telephone) if isinstance(answer, StillTrue) else "no"


def _said(true: bool, by_telephone: bool) -> _Told:
    if not true:
        return "no"
    return "rings" if by_telephone else "yes"


async def _together(
    engine: Engine, municipality: str, asked: Sequence[StillTrueQuery]
) -> Sequence[_Told | Literal["away"] | None]:
    """The answers, or ``None`` for each that is to be asked about alone: all of them, when one spoils the question.

    Nobody is asked again when nobody answered: it would be to wait as long once more.
    """
    nobody: list[_Told | Literal["away"] | None] = [None] * len(asked)
    if len(asked) == 1:
        return nobody
    try:
        answer = await engine.backend.call(municipality, AllStillTrueQuery(queries=tuple(asked)))
    except BackendAway as error:
        return nobody if error.stumbled else ["away"] * len(asked)
    except ContractError:
        return nobody
    if not isinstance(answer, AllStillTrue) or len(answer.true) != len(asked):
        return nobody
    rung = answer.by_telephone or (False,) * len(asked)
    return [_said(true, by_telephone) for true, by_telephone in zip(answer.true, rung, strict=True)]
