"""Different words for one thing: 'too loud', 'cannot sleep' and 'noise' are written by neighbours about the same trouble. A small thesaurus of residents' language, one thing a line in `concepts.txt`."""

import re
from functools import cache
from pathlib import Path


@cache
def _thesaurus() -> tuple[re.Pattern[str], dict[str, str]]:
    things: dict[str, str] = {}
    for line in (Path(__file__).parent / "concepts.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            words = line.split()
            for word in words:
                things.setdefault(word, words[0])
    longest_first = sorted(things, key=lambda word: (-len(word), word))
    pieces = [rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word) for word in longest_first]
    return re.compile("|".join(pieces)), things


def concepts_of(run: str) -> list[str]:
    """The things named in a folded text, each once, as '=thing'."""
    return list(dict.fromkeys(f"={thing}" for _word, thing in named_in(run)))


def named_in(run: str) -> list[tuple[str, str]]:
    """(word as written, thing it names), in the order of the text."""
    pattern, things = _thesaurus()
    return [(match[0], things[match[0]]) for match in pattern.finditer(run)]
