"""How much one address may post to the pages in a short time: a whole school at once, not a machine all day.

Kept in this process' memory alone, by an address that is hashed with the day's salt.
"""

from dataclasses import dataclass, field
from time import monotonic

from bot.leaving.rates import Rate

POSTS = Rate(10, 300)
MOST = 10_000
"""Addresses remembered; those that have been quiet for a moment are forgotten first."""


@dataclass
class Crowd:
    """Who posts, and up to which moment each address has spent its tokens."""

    _spent: dict[str, float] = field(default_factory=dict)

    def lets_in(self, source: str) -> bool:
        """Whether one more post is taken from there. Where nobody knows the address, it is."""
        if not source:
            return True
        now = monotonic()
        spent = max(self._spent.get(source, now), now)
        if spent > now + POSTS.ahead():
            return False
        if len(self._spent) >= MOST:
            self._spent = {one: until for one, until in self._spent.items() if until > now}
        self._spent[source] = spent + POSTS.every
        return True
