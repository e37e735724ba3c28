"""What differs and waits for somebody to take a stand on it: nothing is complete or decided over it unseen.

It reads rows alone, so that whoever decides can ask it. What differed waits until a stand is taken, also when the
control has been made again since: nothing that was found falls away by itself.
"""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.cases.models import Case
from backend.controls.models import Control, Stand
from backend.errors import ControlsDiffer


async def check(session: AsyncSession, person: UUID) -> None:
    """Raises ControlsDiffer while something differs that nobody has taken a stand on."""
    waiting = (await waiting_of(session, await persons.same(session, person))).values()
    if count := sum(waiting):
        raise ControlsDiffer(waiting=count)


async def waiting_of(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, int]:
    """How many controls differ and wait, by the person they were made of; who has none is left out. Of open cases."""
    waiting = (
        select(Control.person, func.count())
        .join(Case, col(Case.id) == Control.case)
        .outerjoin(Stand, col(Stand.control) == Control.id)
        .where(
            col(Control.person).in_(people),
            Control.result == "differs",
            col(Stand.control).is_(None),
            col(Case.closed_at).is_(None),
        )
        .group_by(col(Control.person))
    )
    return dict((await session.exec(waiting)).all())
