"""A bot that stands still until a person has mended it: which, and why, in words. (Needs no library of Telegram's.)"""

from sqlalchemy import select

from bot.database import Database
from bot.tables import telegram_bots

STOPPED = {
    "conflict": "somebody else asks for its updates, or has set a webhook (409); end that, then restart the worker",
    "unauthorized": "Telegram does not know its token any more (401); give the new one, then restart the worker",
}


async def stopped(database: Database) -> dict[str, str]:
    """The municipalities whose bot stands still, and why. Raises database errors."""
    async with database.transaction() as connection:
        found = await connection.execute(select(telegram_bots).where(telegram_bots.c.stopped.is_not(None)))
        return {row.municipality: STOPPED[row.stopped] for row in found}
