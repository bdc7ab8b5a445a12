"""What the papers say can be typed, can be typed."""

import re
from pathlib import Path

import pytest

from liandong.config import cli

ROOT = Path(__file__).resolve().parents[2]
PAPERS = [file for pattern in ("*.md", "docs/**/*.md") for file in sorted(ROOT.glob(pattern))]
RECIPES = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), flags=re.M))


def commands(text: str, program: str) -> set[str]:
    """The word behind `program`, wherever the paper shows it as code."""
    code = re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.S)
    return {word for piece in code for word in re.findall(rf"(?:^|[\s`/$]){program} ([a-z][a-z-]+)", piece)}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_recipes_and_commands_of_the_papers_exist(paper):
    text = paper.read_text()
    known = set(cli.parser()._subparsers._group_actions[0].choices)
    assert commands(text, "make") - RECIPES == set()
    assert commands(text, "liandong") - known == set()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_links_and_pictures_of_the_papers_exist(paper):
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", paper.read_text())
    assert [target for target in targets if not (paper.parent / target).exists()] == []


def test_ci_runs_the_test_command_of_the_readme():
    assert "make test" in (ROOT / "README.md").read_text()
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec make test")


def test_every_recipe_explains_itself():
    text = (ROOT / "Makefile").read_text()
    silent = {"setup", "dev", "check-types", "check-rules"}
    assert set(re.findall(r"^([a-z][a-z-]*):.*## ", text, flags=re.M)) == RECIPES - silent
