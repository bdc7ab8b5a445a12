"""Which sentences of a longer text state a need."""

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
_ASKS = re.compile(
    r"希望|盼|想(?!起|到|法|象|必)|需要|需求|最好能|能不能|能否|可不可以|要是能|要是有|建议|缺|没有?人|没有?地方|没处|没法|不会|不懂|不方便|不敢|困难|难(?!道)|愁|发愁|担心|帮忙|帮我|求|"
    r"坏了|太远|不够|不足|赶不上|顾不上|排不上|找不到|买不到|看不清|听不见|\b(?:need|want|wish|would like|hope|lack|cannot|can't|no one|nobody|help)\b",
    re.I,
)


@dataclass(frozen=True)
class Sentence:
    """`text[start:end]` is `words`; `asks`: it states a need."""

    start: int
    end: int
    words: str
    asks: bool


def asking(text: str) -> list[Sentence]:
    """All sentences of the text in order, each with whether it states a need."""
    found = []
    for match in _SENTENCE.finditer(text):
        words = match[0].strip()
        if not words:
            continue
        start = match.start() + match[0].index(words)
        found.append(Sentence(start, start + len(words), words, len(words) >= 4 and _ASKS.search(words) is not None))
    return found
