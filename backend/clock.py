"""Business time: the clock every verb is given, so that stories and the demo can play it.

Leases, limits and the feed use the real clock instead (``datetime.now(UTC)`` or the database's ``now()``).
"""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def real_time() -> datetime:
    """The clock on the wall, aware and in UTC."""
    return datetime.now(UTC)
