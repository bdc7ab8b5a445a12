"""`liandong solve`: from a file with a problem to an answer as JSON. Needs no database."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from liandong.matching.solver.gap import Answer, Problem, solve_gap

LARGEST = 20_000_000  # pairs of agent and job that are taken on


class Unusable(Exception):
    """The file cannot be solved; the message says why, with the line, in one line."""


def gap_file(
    source: Path, out: Path | None = None, *, maximise: bool = False, seconds: float = 60.0, instance: int | None = None, progress: Callable[[str], None] = lambda text: None
) -> dict[str, Any]:  # fmt: skip
    """Solve the general assignment problems of a text file, each within `seconds`; the answer, also written to `out` when given. Raises Unusable.

    One problem gives `{"objective", "bound", "gap", "assignment": [agent of job 0, …], "proven", "seconds"}`, agents counted from 0; several give
    `{"instances": [those]}`. Where it is proven that there is no answer, `"infeasible": true`; where none was found in time, a `"message"` says so.
    """
    problems = read_gap(source, maximise=maximise)
    if instance is not None:
        if not 1 <= instance <= len(problems):
            raise Unusable(f"{source}: there is no instance {instance}, the file holds {len(problems)}.")
        problems = problems[instance - 1 : instance]
    if out is not None:
        writable(out)
    answers = []
    for number, problem in enumerate(problems, 1):
        answers.append(told(solve_gap(problem, seconds=seconds)))
        if len(problems) > 1:
            progress(f"{number} of {len(problems)}: {answers[-1]['objective']}, bound {answers[-1]['bound']}")
    found = answers[0] if len(answers) == 1 else {"instances": answers}
    if out is not None:
        out.write_text(json.dumps(found) + "\n", encoding="utf-8")
    return found


def told(answer: Answer) -> dict[str, Any]:
    plain = None
    if answer.assignment is not None:
        plain = [agents[0] if len(agents) == 1 else list(agents) for agents in answer.assignment]
    found: dict[str, Any] = {
        "objective": number(answer.objective),
        "bound": number(answer.bound),
        "gap": None if answer.gap is None else round(answer.gap, 9),
        "assignment": plain,
        "proven": answer.proven,
        "seconds": round(answer.seconds, 2),
    }
    if answer.infeasible:
        found = {"infeasible": True} | found
    elif plain is None:
        found = {"infeasible": False} | found | {"message": "No answer was found in the time given; there may be one."}
    return found


def number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def writable(out: Path) -> None:
    if not out.parent.is_dir():
        raise Unusable(f"There is no folder {out.parent} to write into.")
    if out.is_dir():
        raise Unusable(f"{out} is a folder, not a file to write to.")


# Reading


def read_gap(source: Path, *, maximise: bool = False) -> list[Problem]:
    """The problems of a text file in the order of OR-Library: `m n`, m rows of n costs, m rows of n consumptions, m capacities; line breaks mean nothing.

    Several problems follow one another after their number. Raises Unusable with the line.
    """
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, ValueError):
        raise Unusable(f"{source}: this is no text file with numbers.") from None
    except OSError as error:
        raise Unusable(f"{source} cannot be read: {error.strerror or error}.") from None
    words = Words(source, text)
    sizes = words.sizes()
    problems = []
    for at, m, n in sizes:
        costs, consumptions, end = at + 2, at + 2 + m * n, at + 2 + 2 * m * n
        for begin, stop, what in ((consumptions, end, "consumption"), (end, end + m, "capacity")):
            if (below := np.flatnonzero(words.values[begin:stop] < 0)).size:
                words.refuse(begin + int(below[0]), f"a {what} of {words.words[begin + int(below[0])]}; none may be negative.")
        problems.append(
            Problem(
                words.values[costs:consumptions].reshape(m, n),
                words.values[consumptions:end].reshape(m, n),
                words.values[end : end + m],
                maximise=maximise,
            )
        )
    return problems


class Words:
    """The words of a file, all of them numbers, that know the line they stand on."""

    def __init__(self, source: Path, text: str) -> None:
        self.source, self.text, self.words = source, text, text.split()
        if not self.words:
            raise Unusable(f"{source}: the file is empty.")
        try:
            self.values = np.array(self.words, dtype=float)
            odd = np.flatnonzero(~np.isfinite(self.values))
        except ValueError:
            odd = np.array([next(k for k, word in enumerate(self.words) if not finite(word))])
        if odd.size:
            self.refuse(int(odd[0]), f"“{self.words[int(odd[0])][:40]}” is not a number.")

    def sizes(self) -> list[tuple[int, int, int]]:
        """Where each problem begins, with its m and n. Refuses what does not add up."""
        if self.length(0) == len(self.words):
            return [(0, *self.size(0))]
        several = len(self.text.lstrip().splitlines()[0].split()) == 1
        if not several:
            self.fits(0)
            end = self.length(0)
            self.refuse(end, f"{len(self.words) - end} numbers too many: after the capacities the file must end.")
        count, at, found = self.values[0], 1, []
        if count != int(count) or count < 1:
            self.refuse(0, f"a file begins with its agents and jobs, or with the number of its problems, not with {self.words[0]}.")
        for _ in range(int(count)):
            self.fits(at)
            found.append((at, *self.size(at)))
            at += self.length(at)
        if at < len(self.words):
            self.refuse(at, f"{len(self.words) - at} numbers too many: after problem {int(count)} of {int(count)} the file must end.")
        return found

    def size(self, at: int) -> tuple[int, int]:
        return int(self.values[at]), int(self.values[at + 1])

    def length(self, at: int) -> int:
        """How many numbers the problem that begins there takes; 0 when that is no size."""
        if at + 1 >= len(self.words) or not all(value >= 1 and value == int(value) for value in self.values[at : at + 2]):
            return 0
        m, n = self.size(at)
        return 2 + 2 * m * n + m

    def fits(self, at: int) -> None:
        if at + 1 >= len(self.words):
            self.refuse(len(self.words) - 1, "the file ends where the numbers of agents and jobs should stand.")
        if not self.length(at):
            self.refuse(at, f"the numbers of agents and jobs must be whole and at least 1, not {self.words[at]} and {self.words[at + 1]}.")
        m, n = self.size(at)
        have = len(self.words) - at - 2
        if have < 2 * m * n + m:
            what, length = "costs", m * n
            for following in (("consumptions", m * n), ("capacities", m)):
                if have >= length:
                    have, (what, length) = have - length, following
            self.refuse(len(self.words) - 1, f"the file ends in the middle: of {m} agents and {n} jobs, {have} of the {length} {what} are there.")
        if m * n > LARGEST:
            self.refuse(at, f"{m} agents and {n} jobs are too many.")

    def refuse(self, word: int, why: str) -> None:
        seen = 0
        for line, words in enumerate(self.text.splitlines(), 1):
            seen += len(words.split())
            if seen > word:
                raise Unusable(f"{self.source}, line {line}: {why}")
        raise Unusable(f"{self.source}: {why}")


def finite(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False
