"""Whoever was handed over to a municipality by another, and has not written to it: her thread is made by its notice.

The two have a number each, so this is a thread of its own, with a person of its own. Where somebody has written here
from her number, that thread is whose it is, and the notice is told there.
"""

from uuid import UUID, uuid5

from backend.contract import Arrived, Notice, NoticeKind
from bot.messages import Person, Thread
from bot.policies import may_use
from bot.text import languages
from bot.turning import threads
from bot.turning.desk import Desk


def is_one(notice: Notice) -> bool:
    """Whether a notice is about somebody who was handed over here."""
    return notice.kind is NoticeKind.ARRIVED


async def thread_of(desk: Desk, notice: Notice) -> UUID | None:
    """Where she is written to; made where nobody has written from there. ``None``: no text leaves here at all, and she
    hears of it by a call alone."""
    told = Arrived.model_validate(notice.body)
    if "sms" not in desk.engine.channels or not may_use(desk.policy, "sms"):
        return None
    known = await threads.find_in(desk.connection, desk.codec, desk.municipality, "sms", told.telephone)
    if known is not None:
        return known
    language = next((one for one in (told.reads, told.language) if one in languages()), "sv")
    made = Thread(
        id=uuid5(notice.id, "thread"),
        municipality=desk.municipality,
        channel="sms",
        language=language,
        speaks=told.language,
        # It is told of nobody whose telephone others read.
        shared=False,
    )
    thread = await threads.make(desk.connection, desk.codec, told.telephone, made, Person(told.person))
    await desk.link_row(thread.contact_point, told.person, "given", notice.at)
    return thread.id
