"""Dump and restore: everything comes back, the feed knows that it is older, and nobody is texted twice."""

import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

import backend.migrations
import bot.migrations
from backend import dump as dumping
from backend import postgres
from backend.dump import DumpError, dump, restore
from backend.postgres import Database, Server
from tests.conftest import MakeDatabase

SAID = "Mörkt och 8 500 kr; '' \\ ؟"


def _migrate_backend(database: Database) -> None:
    backend.migrations.migrate(database.owner_url, database.app_role)


def _migrate_bot(database: Database) -> None:
    bot.migrations.migrate(database.owner_url, database.app_role)


@pytest.fixture
def installation(make_database: MakeDatabase, pg: Server) -> dict[str, Database]:
    """A bot that has texts on their way, and two municipalities."""
    made = {
        "bot": make_database("bot", _migrate_bot),
        "trelleborg": make_database("backend", _migrate_backend),
        "svedala": make_database("backend", _migrate_backend),
    }
    pg.run_sql(
        f"""
        INSERT INTO persons (id, municipality, state) VALUES (uuidv7(), 'trelleborg', convert_to($${SAID}$$, 'UTF8'));
        INSERT INTO contact_points (id, municipality, channel, address, address_index)
             VALUES (uuidv7(), 'trelleborg', 'sms', '', '');
        INSERT INTO threads (id, municipality, channel, contact_point, person, state)
             SELECT uuidv7(), 'trelleborg', 'sms', c.id, p.id, '' FROM contact_points c, persons p;
        INSERT INTO outbox (id, municipality, thread, turn, channel, kind, message, proactive, epoch, state, reason,
                            at, deadline, lease, lease_until)
             SELECT uuidv7(), 'trelleborg', t.id, uuidv7(), 'sms', 'reply', '', false, 0, s, s,
                    now(), now(), uuidv7(), now()
               FROM threads t, unnest(ARRAY['pending', 'sending', 'unknown', 'sent', 'dropped']) AS s;
        """,
        made["bot"].name,
    )
    return made


EVENTS = "pg_get_serial_sequence('case_events', 'number')"


def urls(databases: dict[str, Database]) -> dict[str, str]:
    return {name: database.owner_url for name, database in databases.items()}


@pytest.fixture
def empty(pg: Server) -> Iterable[dict[str, Database]]:
    """Another installation, whose roles have other names."""
    made = {name: postgres.create_database(pg, f"new_{name}") for name in ("bot", "trelleborg", "svedala")}
    yield made
    for database in made.values():
        postgres.drop_database(pg, database.name)


def content(pg: Server, database: Database) -> dict[str, str]:
    """Every row of every table as text."""
    tables = pg.run_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database.name).split()
    return {table: pg.run_sql(f'SELECT t FROM "{table}" t ORDER BY t::text', database.name) for table in tables}


def test_everything_comes_back_in_an_installation_whose_roles_have_other_names(
    installation: dict[str, Database], empty: dict[str, Database], pg: Server, tmp_path: Path
) -> None:
    archive = tmp_path / "imorgon.dump"
    epochs = {name: pg.run_sql("SELECT epoch FROM feed", installation[name].name) for name in ("trelleborg", "svedala")}
    before = {name: content(pg, database) for name, database in installation.items()}

    dump(urls(installation), archive)
    restore(archive, urls(empty))

    for name, database in empty.items():
        after = content(pg, database)
        assert after.keys() == before[name].keys()
        changed = {table for table in after if after[table] != before[name][table]}
        assert changed == ({"outbox", "sending"} if name == "bot" else {"feed"})
    said = pg.run_sql("SELECT convert_from(state, 'UTF8') FROM persons", empty["bot"].name)
    assert said == SAID
    for name, old in epochs.items():
        assert pg.run_sql("SELECT epoch FROM feed", empty[name].name) != old
        # What was told since the archive had numbers that are not known here: none is given out a second time.
        assert int(pg.run_sql(f"SELECT nextval({EVENTS})", empty[name].name)) > 1_000_000
    # Owned by the new owner, who may migrate on; nothing is the superuser's or the old owner's.
    for name, migrate in (("bot", _migrate_bot), ("trelleborg", _migrate_backend)):
        migrate(empty[name])
        owners = pg.run_sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", empty[name].name)
        assert owners == f"new_{name}_owner"


def test_what_waited_to_be_sent_is_unknown_and_the_senders_wait(
    installation: dict[str, Database], empty: dict[str, Database], pg: Server, tmp_path: Path
) -> None:
    dump(urls(installation), tmp_path / "archive")
    restore(tmp_path / "archive", urls(empty))

    rows = pg.run_sql("SELECT reason, state, lease IS NULL FROM outbox ORDER BY seq", empty["bot"].name).splitlines()
    assert rows == [
        "pending|unknown|t",
        "sending|unknown|t",
        "unknown|unknown|f",
        "sent|sent|f",
        "dropped|dropped|f",
    ]
    assert pg.run_sql("SELECT paused FROM sending", empty["bot"].name) == "t"
    # The living installation was only read.
    assert "pending" in pg.run_sql("SELECT state FROM outbox", installation["bot"].name)
    assert pg.run_sql("SELECT paused FROM sending", installation["bot"].name) in {"", "f"}


def test_after_a_restore_no_paper_is_taken_for_abandoned(
    installation: dict[str, Database], empty: dict[str, Database], pg: Server, tmp_path: Path
) -> None:
    loose = "INSERT INTO loose_objects (path, unwanted) VALUES ('being/written', false), ('not/wanted', true)"
    pg.run_sql(loose, installation["trelleborg"].name)
    dump(urls(installation), tmp_path / "archive")
    restore(tmp_path / "archive", urls(empty))

    assert pg.run_sql("SELECT path FROM loose_objects", empty["trelleborg"].name) == "not/wanted"


def test_an_archive_from_before_anything_was_watched_is_restored_too(
    installation: dict[str, Database], empty: dict[str, Database], pg: Server, tmp_path: Path
) -> None:
    pg.run_sql("DROP TABLE heartbeats, troubles, tallies, telegram_bots", installation["bot"].name)
    dump(urls(installation), tmp_path / "archive")
    restore(tmp_path / "archive", urls(empty))
    assert pg.run_sql("SELECT paused FROM sending", empty["bot"].name) == "t"


def test_the_archive_is_for_its_owner_alone_and_replaces_the_last_one_only_when_whole(
    installation: dict[str, Database], tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    archive.write_text("yesterday's")

    with pytest.raises(DumpError, match="does_not_exist"):
        dump({"bot": installation["bot"].owner_url.replace(installation["bot"].name, "does_not_exist")}, archive)
    assert archive.read_text() == "yesterday's"

    dump(urls(installation), archive)
    assert archive.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


def test_a_database_that_is_not_empty_is_left_alone_and_so_are_the_others(
    installation: dict[str, Database], empty: dict[str, Database], pg: Server, tmp_path: Path
) -> None:
    dump(urls(installation), tmp_path / "archive")
    pg.run_sql("CREATE TABLE kept ()", empty["svedala"].name)

    with pytest.raises(DumpError, match="there are tables in svedala"):
        restore(tmp_path / "archive", urls(empty))
    assert content(pg, empty["bot"]) == {}


def test_the_archive_of_another_installation_is_refused(
    installation: dict[str, Database], empty: dict[str, Database], pg: Server, tmp_path: Path
) -> None:
    dump(urls({name: installation[name] for name in ("bot", "svedala")}), tmp_path / "archive")

    with pytest.raises(DumpError, match="holds bot, svedala, and this installation has bot, svedala, trelleborg"):
        restore(tmp_path / "archive", urls(empty))
    assert content(pg, empty["bot"]) == {}


@pytest.mark.parametrize("cut", [0, 100, 5000, 20000])
def test_a_part_of_an_archive_is_refused(
    installation: dict[str, Database], empty: dict[str, Database], pg: Server, tmp_path: Path, cut: int
) -> None:
    dump(urls(installation), tmp_path / "whole")
    (tmp_path / "part").write_bytes((tmp_path / "whole").read_bytes()[:cut])

    with pytest.raises(DumpError, match="or only a part of one"):
        restore(tmp_path / "part", urls(empty))
    assert content(pg, empty["bot"]) == {}


def test_a_damaged_archive_is_refused(
    installation: dict[str, Database], empty: dict[str, Database], pg: Server, tmp_path: Path
) -> None:
    dump(urls(installation), tmp_path / "archive")
    damaged = bytearray((tmp_path / "archive").read_bytes())
    with tarfile.open(tmp_path / "archive") as archive:
        middle = archive.getmember("svedala.pgdump").offset_data + 1000
    damaged[middle] ^= 1
    (tmp_path / "archive").write_bytes(damaged)

    with pytest.raises(DumpError, match="damaged at svedala"):
        restore(tmp_path / "archive", urls(empty))
    assert content(pg, empty["bot"]) == {}


def test_an_archive_of_a_newer_imorgon_is_refused(empty: dict[str, Database], tmp_path: Path) -> None:
    (tmp_path / dumping._LIST).write_text(json.dumps({"format": 2, "databases": {}}))
    with tarfile.open(tmp_path / "archive", "w") as archive:
        archive.add(tmp_path / dumping._LIST, dumping._LIST)

    with pytest.raises(DumpError, match="newer imorgon"):
        restore(tmp_path / "archive", urls(empty))


def test_a_database_that_breaks_off_half_way_is_restored_not_at_all(
    installation: dict[str, Database],
    empty: dict[str, Database],
    pg: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dump(urls(installation), tmp_path / "archive")
    monkeypatch.setattr(dumping, "_AFTER", "SELECT 1 / 0;")

    with pytest.raises(DumpError, match=r"psql failed on new_bot: .*division by zero"):
        restore(tmp_path / "archive", urls(empty))
    assert content(pg, empty["bot"]) == {}


def test_an_address_goes_by_the_environment_never_by_the_command_line() -> None:
    where = dumping._where("postgresql+asyncpg://anna:s%40lt@db.example:5433/backend?ssl=require")
    assert where == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "anna",
        "PGPASSWORD": "s@lt",
        "PGDATABASE": "backend",
        "PGSSLMODE": "require",
    }
