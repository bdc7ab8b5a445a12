"""Backup and restore: the whole database and all files, in one tar file.

Inside: `about.json` (when, which version), `database.dump` (PostgreSQL's own custom format) and `files/`. The secret key is not in it: whoever holds a
backup must not be able to read the sealed fields. Keep LIANDONG_HOME/secret_key (or LIANDONG_SECRET_KEY) in another safe place.
"""

import datetime as dt
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg

from liandong.config import cli, database
from liandong.config.localpg import LocalServer, find_programs

FORMAT = 1


def backup(file: Path) -> int:
    """Writes `file`, readable by its owner only. It appears whole or not at all."""
    if file.exists():
        raise cli.Trouble(f"{file} exists already; a backup is never overwritten.")
    if not file.absolute().parent.is_dir():
        raise cli.Trouble(f"There is no folder {file.absolute().parent}.")
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    files = database.home() / "files"
    try:
        with tempfile.TemporaryDirectory(dir=file.absolute().parent) as folder:
            dump = Path(folder) / "database.dump"
            # Taken before the files: a file that the dump does not know is harmless, the reverse is not.
            program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-unlogged-table-data", f"--file={dump}", "--dbname", dsn())
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
                about = {"format": FORMAT, "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "version": our_version()}
                add_text(tar, "about.json", json.dumps(about, indent=1))
                tar.add(dump, "database.dump")
                if files.is_dir():
                    tar.add(files, "files")
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    print(f"{file}: {file.stat().st_size / 1e6:.1f} MB. Keep the secret key ({database.home() / 'secret_key'}) in another safe place.")
    return 0


def restore(file: Path) -> None:
    """Reads `file` into an empty database, all or nothing. The caller verifies the invariants."""
    if not file.is_file():
        raise cli.Trouble(f"There is no file {file}.")
    refuse_unless_empty()
    files = database.home() / "files"
    if files.is_dir() and any(files.iterdir()):
        raise cli.Trouble(f"The folder {files} is not empty: a backup is only restored where nothing is.")
    try:
        with tarfile.open(file) as tar, tempfile.TemporaryDirectory() as folder:
            about = json.load(tar.extractfile("about.json") or io.BytesIO())
            if about.get("format") != FORMAT:
                raise cli.Trouble(f"{file} was made by another version of Liandong ({about.get('version')}) and cannot be read by this one.")
            tar.extract("database.dump", folder, filter="data")
            program(
                "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--dbname", dsn(), f"{folder}/database.dump"
            )
            inside = [member for member in tar.getmembers() if member.name.startswith("files/")]
            files.parent.mkdir(parents=True, exist_ok=True)
            tar.extractall(files.parent, inside, filter="data")
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise cli.Trouble(f"{file} is not a backup of Liandong, or it is damaged ({str(error).splitlines()[0]}).") from error
    print(f"{file}: made at {about['made_at']} by version {about['version']}.")


def refuse_unless_empty() -> None:
    with psycopg.connect(dsn()) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone()
    if tables and tables[0]:
        raise cli.Trouble(
            "The database is not empty. Restore into a new one: set LIANDONG_HOME to an empty folder, or DATABASE_URL to an empty database."
        )


def dsn() -> str:
    return os.environ.get("DATABASE_URL") or LocalServer(database.home() / "postgres").dsn()


def program(name: str, *words: str) -> None:
    done = subprocess.run([find_programs() / name, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        if "No space left on device" in done.stdout:
            raise cli.Trouble("The disk is full: free some space and repeat.")
        print(done.stdout, file=sys.stderr)
        raise cli.Trouble(f"{name} failed: {lines[0] if lines else done.returncode}")


def add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = 0o600
    tar.addfile(member, io.BytesIO(content))


def our_version() -> str:
    try:
        return version("liandong")
    except PackageNotFoundError:
        return "of a checkout"
