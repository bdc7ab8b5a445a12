"""Set-up says in one line what it needs."""

import ast
import importlib.util
import runpy
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap():
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_old_python_can_read_far_enough_to_say_that_it_is_too_old():
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


def test_an_old_python_is_told_so_in_one_line(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 8, 10, "final", 0))
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    line = str(stopped.value)
    assert line.startswith("liandong: Liandong needs Python 3.11 or newer")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("a\nERROR: Could not install packages: [Errno 28] No space left on device", "the disk is full. Free some space and repeat."),
        (
            "WARNING: Retrying ... NewConnectionError('<...>: Failed to establish a new connection')\nERROR: No matching distribution found",
            "no connection to the package index. Connect to the network, or set a mirror for pip or uv, and repeat.",
        ),
        ("some words\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"),
        ("", "no reason given"),
    ],
)
def test_the_chatter_of_installers_becomes_one_line(bootstrap, said, line):
    assert bootstrap.reason(said) == line


def test_the_stamp_changes_with_the_locks(bootstrap, tmp_path, monkeypatch):
    before = bootstrap.stamp(True)
    other = tmp_path / "requirements-dev.lock"
    other.write_text("django==0.1\n")
    monkeypatch.setattr(bootstrap, "lock_file", lambda dev: str(other))
    assert bootstrap.stamp(True) != before
