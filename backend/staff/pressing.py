"""A button was pressed: it is done in one transaction, or the page it was pressed on says why not."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.errors import Refusal
from backend.staff.desk import Seat, in_words, to

Done = TypeVar("Done")


async def press(
    here: Seat,
    act: Callable[[AsyncSession], Awaitable[Done]],
    *,
    then: Callable[[Done], str],
    again: Callable[..., Awaitable[Response]],
    words: Callable[[Refusal], str] = in_words,
) -> Response:
    """Do it and go on to the address ``then`` gives; refused, everything is undone and ``again`` shows the page, given
    ``refused`` (in ``words``) and ``status``."""
    try:
        async with here.database.transaction() as session:
            done = await act(session)
    except Refusal as refusal:
        return await again(refused=words(refusal), status=refusal.problem.status)
    return to(then(done))
