"""Groups: who is at the same place, for the same thing, at the same time, in the same language."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.planning.models import Group
from backend.planning.week import Time


async def group_at(
    session: AsyncSession,
    activity: str,
    one: Time,
    place: str,
    *,
    capacity: int,
    language: str = "",
    digital: bool = False,
) -> UUID:
    """The group of that time; made, with so many places, when nobody has been in it yet."""
    made = insert(Group).values(
        id=database.new_id(),
        activity=activity,
        starts_at=one.start,
        ends_at=one.end,
        place=place,
        digital=digital,
        language=language,
        capacity=capacity,
    )
    await session.exec(made.on_conflict_do_nothing())
    found = select(Group.id).where(
        Group.activity == activity,
        Group.starts_at == one.start,
        Group.language == language,
        Group.place == place,
    )
    return (await session.exec(found)).one()
