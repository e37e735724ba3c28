"""One process of an installation in four, as ``tests/test_crashes.py`` runs and kills it.

``python tests/part.py postgres|backend|bot|worker FOLDER PORT``. What the database's process writes to
``FOLDER/environ.json`` is what the others start with. The conversation is one that says what it heard, so that every
text in a provider's log is of one message; the first message of a person calls for help. The times by which the dead
are noticed are short, so that the living need not wait long.
"""

import json
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid5

import uvloop

from backend import postgres
from backend.contract import CallForHelp, Policy
from bot.arriving import notices
from bot.leaving import settling, states, unknown
from bot.messages import Call, Event, Outgoing, Said, State, Turn
from bot.text import say
from bot.together import make_home
from bot.turning import calls

LEASE = timedelta(seconds=6)
TIMEOUT = 3.0
LISTED = timedelta(seconds=20)


def now() -> datetime:
    return datetime.now(UTC)


def answered(words: str) -> str:
    return f"Du skrev: {words}"


def turn(state: State, event: Event, _policy: Policy, at: datetime) -> Turn:
    """Say what was heard; the first time, call for help."""
    if not isinstance(event, Said):
        return Turn(state)
    words = answered(event.words)
    made: tuple[Call, ...] = ()
    if state.thread.turns == 0:
        thread = state.thread
        asks = CallForHelp(
            person=state.person.id, thread=thread.id, channel=thread.channel, language="sv", received_at=at
        )
        made = (Call(uuid5(thread.id, "help"), asks, answers_to_thread=False),)
    state = state.with_thread(turns=state.thread.turns + 1, language="sv")
    return Turn(state, says=(Outgoing("reply", say("{words}", words=words), verbatim=words),), calls=made)


def database(folder: Path) -> None:
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    given = json.loads((folder / "given.json").read_text())
    with postgres.start(folder / "pg") as server:
        home = make_home(server, folder)
        written = folder / "environ.new"
        written.write_text(
            json.dumps({"pid": server.process.pid, "environ": home.environ(given["backend"], **given["more"])})
        )
        written.replace(folder / "environ.json")
        while not stopped.wait(0.2) and server.process.poll() is None:
            pass


def _settings(folder: Path) -> dict[str, str]:
    while not (folder / "environ.json").exists():
        time.sleep(0.05)
    environ: dict[str, str] = json.loads((folder / "environ.json").read_text())["environ"]
    return environ


def serve(what: str, folder: Path, port: int) -> None:
    from bot.serving import Server  # each part loads what it needs: it starts two hundred times

    environ = _settings(folder)
    if what == "backend":
        import backend.app  # as above
        import backend.settings  # as above

        app = backend.app.create(backend.settings.read(environ), now)
    else:
        import bot.app  # as above
        import bot.settings  # as above

        app = bot.app.create(bot.settings.read(environ), now, turn)
    Server(app, host="127.0.0.1", port=port).run()


async def work(folder: Path) -> None:
    import asyncio  # as above

    from bot import channels, settings, worker  # as above
    from bot.engine import Engine  # as above

    read = settings.read(_settings(folder))
    await worker.run(Engine(read, now, turn, channels.found(read)), asyncio.Event())


def main() -> None:
    what, folder, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    calls.LEASE = notices.LEASE = states.LEASE = LEASE
    unknown.LISTED_UNTIL, settling.ASK_AGAIN = LISTED, timedelta(seconds=1)
    if what == "postgres":
        database(folder)
    elif what == "worker":
        from bot.sms import twilio  # as above
        from bot.telegram.calling import Bots  # as above

        twilio.TIMEOUT = TIMEOUT
        Bots.call.__defaults__ = (int(TIMEOUT),)
        uvloop.run(work(folder))
    else:
        serve(what, folder, port)
    os._exit(0)


if __name__ == "__main__":
    main()
