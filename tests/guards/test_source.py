"""The habits of docs/house.md that a machine can watch."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "liandong"
APPS = sorted(folder for folder in SOURCE.iterdir() if (folder / "__init__.py").exists())
CODE = [file for file in sorted(SOURCE.rglob("*.py")) if not {"tests", "migrations"} & set(file.relative_to(SOURCE).parts)]


def kept_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_app_says_what_belongs_into_it(app):
    readme = app / "README.md"
    assert readme.exists()
    assert len(readme.read_text().splitlines()) < 40


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "helpers", "common", "misc", "base"}
    assert [
        str(file.relative_to(ROOT)) for file in SOURCE.rglob("*.py") if file.stem in drawers or drawers & set(file.relative_to(SOURCE).parts[:-1])
    ] == []


def test_no_signals():
    found = [
        str(file.relative_to(ROOT))
        for file in CODE
        if re.search(r"django\.(db\.models|core|dispatch|contrib\.auth)[.\w]*\bsignals?\b|import Signal\b|@receiver", file.read_text())
    ]
    assert found == []


def test_verbs_take_the_thing_first_and_name_the_rest():
    wrong = []
    for file in [*SOURCE.glob("*/services.py"), *SOURCE.glob("*/services/*.py")]:
        for node in ast.parse(file.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            keywords = [argument.arg for argument in node.args.kwonlyargs]
            if (
                re.match(r"(handle|process|manage|do)_", node.name)
                or ("by" in keywords and keywords[-1] != "by")
                or "by" in [a.arg for a in node.args.args]
            ):
                wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert wrong == []


def test_views_write_nothing_by_themselves():
    writes = re.compile(r"\.objects\.(create|bulk_create|update_or_create|get_or_create)\(|\.save\(|\.delete\(\)")
    found = []
    for file in [*SOURCE.glob("*/views.py"), *SOURCE.glob("*/views/*.py")]:
        found += [f"{file.relative_to(ROOT)}:{number}" for number, line in enumerate(file.read_text().splitlines(), 1) if writes.search(line)]
    assert found == []


def test_migrations_are_one_line_each_app():
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    assert [
        str(node) for node in loader.graph.leaf_nodes() if node[0] in {app.name for app in APPS} and re.search(r"_auto_|_alter_.*_and_more", node[1])
    ] == []


def test_nothing_of_somebodys_machine_is_kept():
    telling = re.compile(r"(?<![\w.])/(home|Users|root)/[a-z]\w+|[a-z]+://[^ \n\"']*(/simple/|registry\.)|-----BEGIN [A-Z ]*PRIVATE KEY")
    found = []
    for file in kept_files():
        if file == Path(__file__).resolve() or file.suffix in {".png", ".woff2", ".ico", ".xls", ".xlsx", ".jpg"}:
            continue
        found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in telling.finditer(file.read_text(errors="replace"))]
    assert found == []


def test_locks_name_no_host():
    assert [name for name in ("requirements.lock", "requirements-dev.lock") if "://" in (ROOT / name).read_text()] == []


def test_every_dependency_has_its_reason():
    lines = (ROOT / "pyproject.toml").read_text().split("dependencies = [", 1)[1].split("\n]", 1)[0].splitlines()
    assert [line for line in lines if line.strip() and not re.search(r'",\s*#\s*\S+', line)] == []


def test_the_locks_hold_every_dependency():
    text = (ROOT / "pyproject.toml").read_text()
    dev = text.split("dev = [", 1)[1].split("\n]", 1)[0]
    run = text.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    for wanted, lock in ((run, "requirements.lock"), (run + dev, "requirements-dev.lock")):
        locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(), flags=re.M))
        assert sorted(set(re.findall(r'^\s*"([a-z0-9-]+)', wanted, flags=re.M)) - locked) == []
