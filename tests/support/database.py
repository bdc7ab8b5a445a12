"""Early pytest plugin: a database of its own for every run, before Django's settings are read.

The server is the embedded one (in var/test, without fsync, stopped when the last run ends) or that of DATABASE_URL. A template database, named by a hash
of the migrations, is migrated once; a run clones it in some ten milliseconds, and clones it again after every test that really commits.
"""

import contextlib
import gc
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from liandong.config import catalogues
from liandong.config.localpg import LocalServer

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "test"
MIGRATION_LOCK = 7_404_011
TOWN_LOCK = 7_404_012
# The process whose run this is: workers that run side by side have it as their parent.
RUN = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


class TestDatabase:
    __test__ = False

    def __init__(self) -> None:
        self.given = os.environ.get("DATABASE_URL")
        self.server = None if self.given else LocalServer(FOLDER / "postgres", fast=True)
        self.name = f"test_{os.getpid()}"
        self.home = FOLDER / str(os.getpid())
        self.template = ""
        self.fresh: list[tuple] = []

    def dsn(self, name: str) -> str:
        return make_conninfo(self.given or self.server.dsn(), dbname=name)

    @contextlib.contextmanager
    def chores(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            yield connection

    def start(self) -> None:
        if self.server:
            self.server.start()
        self.remove_what_the_dead_left()
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "secret_key").write_text(f"the secret of all who take part in run {RUN}")
        os.environ["LIANDONG_HOME"] = str(self.home)
        os.environ["LIANDONG_POOL"] = "0"
        os.environ["LIANDONG_PLAIN_STATIC"] = "1"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's own event loop runs in this thread
        self.template = self.ensure_template()
        self.clone()
        self.fresh = self.state()
        os.environ["DATABASE_URL"] = self.dsn(self.name)

    def state(self) -> list[tuple]:
        """What is told apart by having been written to: every table with its size and definition, every sequence, and the few rows that migrations wrote."""
        with psycopg.connect(self.dsn(self.name)) as connection:
            tables = connection.execute(
                "SELECT oid::regclass::text, xmin::text, relfilenode, CASE WHEN relkind = 'r' THEN pg_relation_size(oid) END FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace ORDER BY oid"
            ).fetchall()
            sequences = connection.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()
            written = [
                connection.execute(sql.SQL("SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t").format(sql.SQL(name))).fetchone()
                for name, _version, _file, size in tables
                if size
            ]
        return [*tables, *sequences, *written]

    def renew(self) -> None:
        """As new after a test that committed. Many only looked."""
        if self.state() != self.fresh:
            self.clone()

    def clone(self, template: str = "") -> None:
        with self.chores() as connection:
            copy(connection, template or self.template, self.name)

    def fill(self, name: str, build: Callable[[], bytes]) -> bytes:
        """Our database becomes one that `build` fills: who asks first builds, all others of this run take a copy of it and of what `build` returned."""
        known = f"filled_{RUN}_{name}"
        kept = FOLDER / str(RUN) / name
        with self.chores() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [TOWN_LOCK])
            if kept.exists():
                copy(connection, known, self.name)
                return kept.read_bytes()
            made = build()
            copy(connection, self.name, known)
            kept.write_bytes(made)
            return made

    def end(self) -> None:
        with contextlib.suppress(psycopg.Error), self.chores() as connection:
            filled = connection.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [f"^filled_{os.getpid()}_"]).fetchall()
            for name in [self.name, *(name for (name,) in filled)]:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        shutil.rmtree(self.home, ignore_errors=True)
        if self.server:
            self.server.stop()

    def ensure_template(self) -> str:
        name = f"template_{migrations_hash()}"
        with self.chores() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if not exists:
                building = f"{name}_new"
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(building)))
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(building)))
                command = [sys.executable, "-m", "liandong.config.cli", "manage", "migrate", "--verbosity=0"]
                environment = os.environ | {"DATABASE_URL": self.dsn(building)}
                if subprocess.run(command, cwd=ROOT, env=environment).returncode:
                    raise pytest.UsageError("The test database could not be migrated; see the lines above.")
                connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name)))
        return name

    def remove_what_the_dead_left(self) -> None:
        with self.chores() as connection:
            rows = connection.execute(
                "SELECT datname, split_part(datname, '_', 2)::int FROM pg_database"
                " WHERE datname ~ '^(test_\\d+|filled_\\d+_.*)$' AND datdba = current_user::regrole AND datname <> %s",
                [self.name],
            ).fetchall()
            for name, pid in rows:
                if self.server and not alive(pid):
                    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            old = connection.execute(
                "SELECT datname FROM pg_database WHERE datname ~ '^template_[0-9a-f]{12}$' ORDER BY oid DESC OFFSET 6"
            ).fetchall()
            for (name,) in old:
                with contextlib.suppress(psycopg.Error):
                    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        for folder in FOLDER.glob("[0-9]*"):
            if not alive(int(folder.name)):
                shutil.rmtree(folder, ignore_errors=True)


def copy(connection: psycopg.Connection, template: str, name: str) -> None:
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template])
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def migrations_hash() -> str:
    """Whatever decides what an empty, migrated database looks like."""
    seen = hashlib.sha256(" ".join(version(package) for package in ("django", "procrastinate")).encode())
    for file in sorted((ROOT / "src" / "liandong").glob("*/migrations/**/*")):
        if file.suffix in {".py", ".sql"}:
            seen.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return seen.hexdigest()[:12]


def refuse_far_sockets() -> None:
    """A test that speaks to the network fails at once, with the address in the message."""
    connect = socket.socket.connect

    def near_only(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(("127.", "::1", "localhost")):  # type: ignore[index]
            self.close()
            raise RuntimeError(f"a test tried to reach {address}")
        return connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = near_only  # type: ignore[method-assign, assignment]


database = TestDatabase()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Iterator[None]:
    asks_only = {"--version", "-V", "--help", "-h", "--markers", "--fixtures"} & set(args)
    if early_config.pluginmanager.has_plugin("django") and not asks_only:
        catalogues.compile_all()
        database.start()
        early_config.add_cleanup(database.end)
    refuse_far_sockets()
    return (yield)


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a test often waits, for the database, the browser or another process."""
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector of garbage need not look through it thousands of times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    # After pytest-django, so that our fixtures win over its own of the same name.
    if config.pluginmanager.has_plugin("django") and database.template:
        config.pluginmanager.import_plugin("tests.support.fixtures")
