"""Translations are complete, templates hold no script, no style and no unescaped text."""

import re
from pathlib import Path

import pytest

from liandong.config import catalogues

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "liandong"
TEMPLATES = sorted(SOURCE.glob("*/templates/**/*.html"))
HAN = re.compile(r"[\u4e00-\u9fff]")
FORBIDDEN = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")", re.I),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "unescaped text": re.compile(r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape\s+off"),
    "third party": re.compile(r"(?:src|href)=\"(?:https?:)?//", re.I),
}


def test_translations_are_complete():
    assert list(catalogues.found_problems()) == []


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_templates_are_free_of(rule):
    # A `>` inside a template tag must not end an HTML tag for us.
    found = [
        str(template.relative_to(ROOT))
        for template in TEMPLATES
        if FORBIDDEN[rule].search(re.sub(r"{%.*?%}", lambda tag: tag[0].replace(">", " "), template.read_text(), flags=re.S))
    ]
    assert found == []


def test_templates_hold_no_chinese_of_their_own():
    allowed = {"ui"}  # the gallery shows Chinese on purpose
    found = [
        str(template.relative_to(ROOT))
        for template in TEMPLATES
        if template.relative_to(SOURCE).parts[0] not in allowed
        and HAN.search(re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", template.read_text(), flags=re.S))
    ]
    assert found == []


def test_text_is_marked_safe_by_the_kit_only():
    found = [
        str(file.relative_to(ROOT))
        for file in SOURCE.rglob("*.py")
        if "mark_safe" in file.read_text() and file.relative_to(SOURCE).parts[0] != "ui" and "tests" not in file.parts
    ]
    assert found == []
