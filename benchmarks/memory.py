"""Memory of one process of the bot after thousands of conversations: what is kept of each is in the database alone.

Each conversation is of another person: the language and three answers. Our goal: less than 2 MiB after 10 000.
"""

import argparse

import uvloop

from benchmarks import form20
from benchmarks.client import talk
from benchmarks.site import installed, memory
from benchmarks.turns import channel_of, check

EXCHANGES, WARM, STEPS = 4, 300, 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=2000)
    given = parser.parse_args()
    form20.offer()
    with installed() as site, site.process("bot") as bot:
        figures, first, done = [], 0, 0
        for some in (min(WARM, given.conversations), *[given.conversations // STEPS] * STEPS):
            channel, people = channel_of(site, "sms"), range(first, first + some)
            talks = uvloop.run(
                talk(channel, [bot.port], users=32, people=people, languages=form20.spoken(), exchanges=EXCHANGES)
            )
            uvloop.run(check(site, channel, talks))
            first += some
            figures.append(memory(bot.pid) / 2**20)
            if len(figures) > 1:
                done += some
                print(f"after {done} conversations: {figures[-1] - figures[0]:+.2f} MiB", flush=True)
        print(f"memory: {figures[0]:.1f} MiB before, {figures[-1]:.1f} after {done} conversations")


if __name__ == "__main__":
    main()
