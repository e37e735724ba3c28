"""How fast a channel is written to: token buckets that all workers share, so that we wait before a provider says so.

A bucket is one moment, up to which its tokens are spent: a token moves it on, and it may lie ahead of now by as much as
may leave at once. What is not urgent leaves half of that alone, so a flood of reminders never takes the last token from
a reply. Buckets of channels and senders are rows of their own, changed in one short statement that holds nobody else
up; the bucket of a chat stands in its thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from bot.database import Database
from bot.environment import number
from bot.leaving.sending import RANKS


@dataclass(frozen=True)
class Rate:
    """So many messages a second in the long run; so many at once after a rest."""

    a_second: float
    at_once: int

    @property
    def every(self) -> float:
        """Seconds from one token to the next."""
        return 1 / self.a_second

    def ahead(self, *, urgent: bool = True) -> float:
        """By how many seconds the bucket may lie ahead of now for one more message to leave."""
        return ((self.at_once if urgent else max(1, self.at_once // 2)) - 1) * self.every


@dataclass(frozen=True)
class Pace:
    """How fast one sender of a channel may write (a municipality's number or bot), to one chat, and all together."""

    sender: Rate
    chat: Rate
    channel: Rate | None = None


PACES: Mapping[str, Pace] = {
    # core.telegram.org/bots/faq, "My bot is hitting limits": about one message a second in one chat, short bursts are
    # tolerated; about 30 a second in all, counted for each bot.
    "telegram": Pace(sender=Rate(20, 10), chat=Rate(1, 5)),
    # twilio.com/docs, "Understanding Twilio rate limits and message queues": long codes outside North America carry
    # about 10 segments a second, and what comes faster waits at Twilio, where nothing overtakes. What a Swedish number
    # carries is agreed with the provider: half of that until it is known. Over all numbers it is the account's limit
    # of requests under way at the same time that counts (429, error 20429).
    "sms": Pace(sender=Rate(5, 10), chat=Rate(1, 5), channel=Rate(50, 50)),
}
"""How fast we write. Channels people read here themselves have no pace."""

URGENT = RANKS["change"]
"""Replies and changes of a meeting may take the last token."""

_SENDER, _CHAT = "IMORGON_RATE_{}", "IMORGON_RATE_{}_CHAT"


def paces(environ: Mapping[str, str]) -> dict[str, Pace]:
    """The paces with what the environment says instead. Raises SettingsError."""
    return {channel: _given(environ, channel.upper(), pace) for channel, pace in PACES.items()}


def _given(environ: Mapping[str, str], name: str, pace: Pace) -> Pace:
    sender = number(environ, _SENDER.format(name), "messages a second from one sender")
    chat = number(environ, _CHAT.format(name), "messages a second to one person")
    together = pace.channel
    if sender is not None and together is not None:
        together = _as_given(max(sender, together.a_second), together)
    return Pace(_as_given(sender, pace.sender), _as_given(chat, pace.chat), together)


def _as_given(a_second: float | None, rate: Rate) -> Rate:
    return rate if a_second is None else Rate(a_second, max(rate.at_once, int(a_second)))


# As many of those wanted as every bucket has; the condition at the end is for a bucket that others began meanwhile.
_TAKE = """
with wanted as (
         select * from unnest($2::text[], $3::float8[], $4::float8[]) as w (municipality, every, ahead)),
     held as (
         select b.municipality, b.free_at from buckets b join wanted using (municipality)
          where b.channel = $1 order by b.municipality for update of b),
     may as (
         select least($5::int, min(1 + floor((ahead - greatest(0, extract(epoch from held.free_at - now()))) / every
                                             + 1e-6))::int) as many
           from wanted left join held using (municipality))
insert into buckets as b (municipality, channel, free_at)
select municipality, $1, now() + make_interval(secs => every * many) from wanted, may where many > 0
 order by municipality
    on conflict (municipality, channel) do update
   set free_at = greatest(b.free_at, now()) + (excluded.free_at - now())
 where b.free_at <= now() + interval '1 microsecond' + (
       select make_interval(secs => w.ahead - w.every * (many - 1)) from wanted w, may
        where w.municipality = b.municipality)
returning (select many from may)
"""


async def take_token(database: Database, municipality: str, channel: str, pace: Pace | None, rank: int) -> bool:
    """Take the tokens one message needs. ``False``: there are none left for its rank."""
    return bool(await take_tokens(database, municipality, channel, pace, 1, urgent=rank <= URGENT))


async def take_tokens(
    database: Database, municipality: str, channel: str, pace: Pace | None, wanted: int, *, urgent: bool
) -> int:
    """Take the tokens that so many messages of one sender need, now, whatever becomes of them; gives how many of the
    messages there are tokens for.

    A transaction by itself: the rows that all messages of a sender share are held for one statement, and no longer. Not
    on the connections of the pool: whoever asks holds one, and if all who hold one asked for another, all would wait.
    """
    if pace is None:
        return wanted
    buckets = {municipality: pace.sender} | ({"": pace.channel} if pace.channel else {})
    every = [rate.every for rate in buckets.values()]
    ahead = [rate.ahead(urgent=urgent) for rate in buckets.values()]
    try:
        took = await database.at_once(_TAKE, channel, list(buckets), every, ahead, wanted)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ConnectionError(type(error).__name__) from None  # as any database that does not answer
    return int(took[0]["many"]) if len(took) == len(buckets) else 0
