"""A backup restored into an empty database is the same house again."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from liandong.accounts.models import Person
from liandong.config import archive, cli
from tests.support.database import database


@pytest.fixture
def empty_database():
    name = f"{database.name}_empty"
    with database.chores() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
    yield make_conninfo(os.environ["DATABASE_URL"], dbname=name)
    with database.chores() as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def liandong(*words: str, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "liandong.config.cli", *words]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)


@pytest.mark.django_db(transaction=True)
def test_a_backup_restored_into_an_empty_database_is_whole_and_verified(tmp_path, empty_database):
    Person.objects.create(name="李晓雯")
    home, there = tmp_path / "here", tmp_path / "there"
    (home / "files" / "imports").mkdir(parents=True)
    (home / "files" / "imports" / "list.csv").write_text("姓名\n")
    file = tmp_path / "town.tar"

    made = liandong("backup", str(file), LIANDONG_HOME=str(home))
    assert (made.returncode, file.stat().st_mode & 0o777) == (0, 0o600)
    with tarfile.open(file) as tar:
        assert "secret_key" not in [Path(name).name for name in tar.getnames()]

    restored = liandong("restore", str(file), LIANDONG_HOME=str(there), DATABASE_URL=empty_database)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert restored.stdout.splitlines()[-1] == "The backup is restored and its invariants hold."
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT name FROM accounts_person").fetchall() == [("李晓雯",)]
    assert (there / "files" / "imports" / "list.csv").read_text() == "姓名\n"

    again = liandong("restore", str(file), LIANDONG_HOME=str(tmp_path / "elsewhere"), DATABASE_URL=empty_database)
    assert again.returncode == 1
    assert again.stderr.startswith("liandong: The database is not empty.")


def test_a_backup_is_never_overwritten(tmp_path):
    file = tmp_path / "town.tar"
    file.write_text("precious")
    with pytest.raises(cli.Trouble, match="exists already"):
        archive.backup(file)
    assert file.read_text() == "precious"


@pytest.mark.django_db
def test_what_is_not_a_backup_is_one_line(tmp_path, empty_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", empty_database)
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path))
    file = tmp_path / "town.tar"
    file.write_text("no tar")
    with pytest.raises(cli.Trouble, match="is not a backup of Liandong") as trouble:
        archive.restore(file)
    assert "\n" not in str(trouble.value)
