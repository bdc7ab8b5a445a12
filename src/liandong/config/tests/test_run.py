"""`liandong run` starts everything and leaves nothing behind, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from liandong.config import cli


@pytest.fixture
def place(tmp_path_factory):
    """A home that the server's user can reach, also for root."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="run-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start():
    started: list[subprocess.Popen] = []

    def start_one(*words: str, **environment: str) -> subprocess.Popen:
        started.append(launched(*words, **environment))
        return started[-1]

    yield start_one
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def launched(*words: str, **environment: str) -> subprocess.Popen:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIANDONG_") and name != "DATABASE_URL"}
    command = [sys.executable, "-m", "liandong.config.cli", *words]
    return subprocess.Popen(
        command,
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=heeds_ctrl_c,  # noqa: PLW1509
    )


def heeds_ctrl_c() -> None:
    """Tests that run in the background of a shell have inherited that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def said(process: subprocess.Popen, seconds: float = 60) -> tuple[int, str]:
    text, _ = process.communicate(timeout=seconds)
    return process.returncode, text


def wait_until_up(process: subprocess.Popen, port: int) -> None:
    end = time.monotonic() + 180  # an empty database is prepared first, perhaps beside other tests
    while time.monotonic() < end and process.poll() is None:
        try:
            urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
    process.kill()
    pytest.fail(process.communicate()[0])


def processes_of(home: Path, port: int) -> list[str]:
    """Command lines that mention our home or our port."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if str(home) in command or f"--port {port}" in command or f"LIANDONG_HOME={home}\0".encode() in environment:
            found.append(command)
    return found


def assert_nothing_is_left(home: Path, port: int) -> None:
    end = time.monotonic() + 15
    while (left := processes_of(home, port)) and time.monotonic() < end:
        time.sleep(0.1)
    assert left == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_run_leaves_nothing_behind_and_starts_again(place, port, start):
    words = ("run", "--port", str(port), "--no-demo")
    process = start(*words, LIANDONG_HOME=str(place))
    wait_until_up(process, port)
    assert len(processes_of(place, port)) >= 5
    process.send_signal(signal.SIGINT)
    code, text = said(process)
    assert (code, text.splitlines()[-1]) == (0, "liandong: stopped.")
    assert_nothing_is_left(place, port)

    process = start(*words, LIANDONG_HOME=str(place))
    wait_until_up(process, port)
    second = start(*words, LIANDONG_HOME=str(place))
    code, text = said(second)
    assert code == 1
    assert text == (
        f"liandong: 127.0.0.1:{port} cannot be used (Address already in use): stop the other program, or choose another port, "
        f"e.g. `make run PORT={port + 1}`.\n"
    )
    process.kill()
    process.communicate()
    assert_nothing_is_left(place, port)


def test_a_database_that_is_not_there_is_one_line(start):
    code, text = said(start("check-invariants", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"))
    assert (code, len(text.splitlines())) == (1, 1)
    assert text.startswith("liandong: The database of DATABASE_URL cannot be reached:")


@pytest.mark.parametrize(
    ("words", "line"), [(["import", "roster", "/no/such.xlsx"], "There is no file /no/such.xlsx."), (["restore", "/no/such.tar"], "There is no file")]
)
def test_a_missing_file_is_one_line(capsys, words, line):
    assert cli.main(words) == 1
    assert capsys.readouterr().err.startswith(f"liandong: {line}")


def test_a_full_disk_is_one_line():
    error = RuntimeError("somewhere")
    error.__cause__ = OSError(28, "No space left on device", "x")
    assert cli.known_trouble(error) == "The disk is full: free some space and start again."
    assert cli.known_trouble(ValueError("a defect")) == ""


def test_an_older_postgresql_is_refused(monkeypatch):
    monkeypatch.setattr(cli, "OLDEST_POSTGRESQL", 99)
    with pytest.raises(cli.Trouble, match="Liandong needs 99 or newer"):
        cli.require_database_url()
