"""Conditions as XLSForm writes them: `${age} > 60 and selected(${wishes}, 'meals')`. A small language of its own, read into a tree; nothing is ever run as code.

Known: `${question}`, `.` (the answer itself), texts, numbers, = != < <= > >=, and, or, not( ), selected( , ), round brackets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 1000
DEEPEST = 20
_TOKEN = re.compile(
    r"\s*(?:(?P<name>\$\{\s*[^{}\s]+\s*\})|(?P<text>'[^']*'|\"[^\"]*\"|‘[^’]*’|“[^”]*”)|(?P<number>-?\d+(?:\.\d+)?)|(?P<sign><=|>=|!=|=|<|>|\(|\)|,)"
    r"|(?P<word>[A-Za-z_][\w-]*(?=\s*\()|and\b|or\b|not\b)|(?P<self>\.))"
)
SIGNS = ("=", "!=", "<", "<=", ">", ">=")

Tree = tuple[Any, ...]


class Unknown(ValueError):
    """The condition holds something this language does not know; `part` is the text at which reading stopped."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part[:40]


@dataclass
class _Reader:
    tokens: list[tuple[str, str]]
    place: int = 0
    depth: int = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")

    def take(self, value: str = "") -> tuple[str, str]:
        token = self.peek()
        if (value and token[1] != value) or token[0] == "end":
            raise Unknown(token[1] or value)
        self.place += 1
        return token

    def either(self, word: str) -> Tree:
        parts = [self.both("and") if word == "or" else self.one()]
        while self.peek() == ("word", word):
            self.take()
            parts.append(self.both("and") if word == "or" else self.one())
        return parts[0] if len(parts) == 1 else (word, *parts)

    both = either

    def one(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unknown("(")
        kind, value = self.peek()
        if value == "(":
            self.take()
            found = self.either("or")
            self.take(")")
        elif kind == "word" and value == "not":
            self.take()
            self.take("(")
            found = ("not", self.either("or"))
            self.take(")")
        elif kind == "word" and value == "selected":
            self.take()
            self.take("(")
            name = self.operand()
            self.take(",")
            choice = self.operand()
            self.take(")")
            if name[0] not in ("name", "self") or choice[0] != "text":
                raise Unknown("selected")
            found = ("selected", name, choice[1])
        else:
            left = self.operand()
            sign = self.take()[1]
            if sign not in SIGNS:
                raise Unknown(sign)
            found = (sign, left, self.operand())
        self.depth -= 1
        return found

    def operand(self) -> Tree:
        kind, value = self.take()
        if kind == "name":
            return ("name", value[2:-1].strip())
        if kind == "text":
            return ("text", value[1:-1])
        if kind == "number":
            return ("number", float(value))
        if kind == "self":
            return ("self",)
        raise Unknown(value)


def parse(text: str) -> Tree | None:
    """The condition as a tree, None for an empty one. Raises Unknown at the part it cannot read."""
    text = text.strip()
    if not text:
        return None
    if len(text) > LONGEST:
        raise Unknown(text)
    tokens, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.end() == place:
            if not text[place:].strip():
                break
            raise Unknown(text[place:].strip())
        kind = str(match.lastgroup)
        tokens.append((kind, match[kind]))
        place = match.end()
    reader = _Reader(tokens)
    tree = reader.either("or")
    if reader.peek()[0] != "end":
        raise Unknown(reader.peek()[1])
    return tree


def names_in(tree: Tree | None) -> set[str]:
    """The questions a condition asks about."""
    if tree is None or not isinstance(tree, tuple):
        return set()
    if tree[0] == "name":
        return {tree[1]}
    return set().union(*(names_in(part) for part in tree[1:] if isinstance(part, tuple)))


def asks_itself(tree: Tree | None) -> bool:
    return isinstance(tree, tuple) and (tree[0] == "self" or any(asks_itself(part) for part in tree[1:] if isinstance(part, tuple)))


def holds(tree: Tree | None, answers: Mapping[str, Any], own: Any = None) -> bool:
    """Does the condition hold? A question without an answer equals nothing but ''; it is neither smaller nor larger than anything."""
    if tree is None:
        return True
    sign = tree[0]
    if sign == "and":
        return all(holds(part, answers, own) for part in tree[1:])
    if sign == "or":
        return any(holds(part, answers, own) for part in tree[1:])
    if sign == "not":
        return not holds(tree[1], answers, own)
    if sign == "selected":
        value = _value(tree[1], answers, own)
        return tree[2] in value if isinstance(value, list) else value == tree[2]
    left, right = _value(tree[1], answers, own), _value(tree[2], answers, own)
    if sign in ("=", "!="):
        return _same(left, right) == (sign == "=")
    first, second = _number(left), _number(right)
    if first is None or second is None:
        if isinstance(left, str) and isinstance(right, str) and left and right:  # days, written 2026-06-10
            return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]
        return False
    return {"<": first < second, "<=": first <= second, ">": first > second, ">=": first >= second}[sign]


def _value(part: Tree, answers: Mapping[str, Any], own: Any) -> Any:
    if part[0] == "name":
        return answers.get(part[1])
    return own if part[0] == "self" else part[1]


def _same(left: Any, right: Any) -> bool:
    if left in (None, "", []) or right in (None, "", []):
        return left in (None, "", []) and right in (None, "", [])
    if isinstance(left, list) or isinstance(right, list):
        return (left if isinstance(left, list) else [left]) == (right if isinstance(right, list) else [right])
    first, second = _number(left), _number(right)
    return first == second if first is not None and second is not None else str(left) == str(right)


def _number(value: Any) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(value) if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) else None
    except ValueError:
        return None
