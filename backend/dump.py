"""One archive of all the databases of an installation, and an installation again from an archive.

``imorgon dump`` and ``imorgon restore`` are also the way to another major version of PostgreSQL and to a big server.
An archive is a tar with one ``pg_dump`` per database and a list of them with their checksums. It holds what people
told us: keep it as the databases are kept. The envelope key is not in it, and without that key it says very little.

What is restored is older than the world. So a restored backend's feed gets a **new epoch**, by which the bot sees that
positions mean nothing any more and asks for everything, and events for the case system go on under numbers that nobody
has seen; and in a restored bot whatever waited to be sent becomes **unknown**, for people to release, and the senders
are paused: nobody is texted twice because a disk broke.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, unquote, urlsplit

from backend.postgres import clean_environment, find_binaries

_LIST = "imorgon.json"
_FORMAT = 1
_AFTER = """
DO $$ BEGIN
    IF to_regclass('public.feed') IS NOT NULL THEN
        UPDATE public.feed SET epoch = gen_random_uuid();
    END IF;
    IF to_regclass('public.outbox') IS NOT NULL THEN
        UPDATE public.outbox SET state = 'unknown', lease = NULL, lease_until = NULL
         WHERE state IN ('pending', 'sending');
        UPDATE public.entries SET state = 'unknown', changed_at = clock_timestamp()
          FROM public.outbox
         WHERE entries.outbox = outbox.id AND outbox.state = 'unknown' AND entries.state <> 'unknown';
        UPDATE public.feeds SET lease = NULL;
        INSERT INTO public.sending (paused) VALUES (true) ON CONFLICT (one) DO UPDATE SET paused = true;
    END IF;
    -- What an older archive may not have.
    IF to_regclass('public.case_events') IS NOT NULL THEN
        -- What was told since has numbers and files of its own there: none is given out a second time.
        PERFORM setval(numbers::regclass, nextval(numbers::regclass) + 1000000)
           FROM pg_get_serial_sequence('public.case_events', 'number') AS numbers;
    END IF;
    IF to_regclass('public.loose_objects') IS NOT NULL THEN
        -- Of what was being written then, the archive may hold papers received since: they are not swept away.
        DELETE FROM public.loose_objects WHERE NOT unwanted;
    END IF;
    IF to_regclass('public.telegram_bots') IS NOT NULL THEN
        UPDATE public.telegram_bots SET lease = NULL;
    END IF;
    IF to_regclass('public.heartbeats') IS NOT NULL THEN
        DELETE FROM public.heartbeats;
        DELETE FROM public.troubles;
    END IF;
END $$;
"""


class DumpError(RuntimeError):
    """Nothing was dumped, or nothing restored; the message is one line for the person at the keyboard."""


def dump(databases: Mapping[str, str], file: Path) -> None:
    """Write the databases (name to the owner's URL) into ``file``, one after the other, each as of one moment.

    Give the bot first: a backend that knows more than the bot is asked again with the same keys and answers the same;
    a bot that believes done what the backend never heard of would leave people waiting.
    """
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".imorgon-") as folder:  # made with mode 0700
        dumps = {name: Path(folder) / f"{name}.pgdump" for name in databases}
        for name, path in dumps.items():
            _run("pg_dump", databases[name], ["--format=custom", *_PLAIN, "--file", path])
        listed = {
            "format": _FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "databases": {name: _checksum(path) for name, path in dumps.items()},
        }
        (Path(folder) / _LIST).write_text(json.dumps(listed, indent=2))
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
            with tarfile.open(fileobj=output, mode="w") as archive:
                for path in (Path(folder) / _LIST, *dumps.values()):
                    archive.add(path, arcname=path.name)
            output.flush()
            os.fsync(output.fileno())
    unfinished.rename(file)


def restore(file: Path, databases: Mapping[str, str]) -> None:
    """Fill the empty databases (name to the owner's URL) from ``file``; each one whole, or not at all.

    The plain roles get their rights from the migrations: run those after, they are harmless to run again.
    Everything is looked at before anything is written: the archive whole, the same databases, each of them empty.
    """
    with tempfile.TemporaryDirectory(prefix="imorgon-") as folder:
        listed = _unpack(file, Path(folder))
        if set(listed) != set(databases):
            raise DumpError(
                f"{file} holds {_names(listed)}, and this installation has {_names(databases)}: nothing was restored."
            )
        if full := [name for name, url in databases.items() if _tables(url)]:
            raise DumpError(f"Only empty databases can be restored, and there are tables in {_names(full)}.")
        for name, url in databases.items():
            sql = Path(folder) / f"{name}.sql"
            _run("pg_restore", None, [*_PLAIN, "--no-comments", "--file", sql, Path(folder) / f"{name}.pgdump"])
            with sql.open("a") as script:
                script.write(_AFTER)
            _run("psql", url, [*_PSQL, "--single-transaction", "--file", sql])
            sql.unlink()


def _unpack(file: Path, folder: Path) -> list[str]:
    """Lay the archive's dumps into ``folder`` and say whose they are, once every checksum was found right."""
    try:
        with tarfile.open(file) as archive:
            listed = json.loads(_member(archive, _LIST).read())
            if listed["format"] != _FORMAT:
                raise DumpError(f"{file} was made by a newer imorgon (format {listed['format']}).")
            for name, checksum in listed["databases"].items():
                with (folder / f"{name}.pgdump").open("w+b") as unpacked:
                    shutil.copyfileobj(_member(archive, f"{name}.pgdump"), unpacked)
                    unpacked.seek(0)
                    if hashlib.file_digest(unpacked, "sha256").hexdigest() != checksum:
                        raise DumpError(f"{file} is damaged at {name}: nothing was restored.")
    except (tarfile.TarError, KeyError, TypeError, ValueError, OSError):
        raise DumpError(f"{file} is not an archive of imorgon, or only a part of one: nothing was restored.") from None
    return list(listed["databases"])


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    content = archive.extractfile(name)
    if content is None:
        raise KeyError(name)
    return content


def _checksum(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


_PLAIN = ["--no-owner", "--no-privileges"]  # the roles of another installation have other names
# An error that quotes the row it stumbled on would carry what somebody wrote.
_PSQL = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse", "-v", "SHOW_CONTEXT=never"]


def _tables(url: str) -> bool:
    there = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p'))"
    return _run("psql", url, [*_PSQL, "--command", there]).strip() == "t"


def _run(program: str, url: str | None, words: Sequence[str | Path]) -> str:
    where = _where(url) if url else {}
    done = subprocess.run(
        [find_binaries() / program, *words],
        env={**clean_environment(), **where},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error" in line.lower()), "it gave no reason")
        raise DumpError(f"{program} failed on {where.get('PGDATABASE', 'the archive')}: {said}")
    return done.stdout


def _where(url: str) -> dict[str, str]:
    """A SQLAlchemy URL as libpq's environment: a password on a command line can be read by everybody here."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    settings = {
        "PGHOST": query.get("host") or unquote(parts.hostname or ""),
        "PGPORT": str(parts.port or query.get("port", "")),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.removeprefix("/")),
        "PGSSLMODE": query.get("ssl") or query.get("sslmode", ""),
    }
    return {name: value for name, value in settings.items() if value}
