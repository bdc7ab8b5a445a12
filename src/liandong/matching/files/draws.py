"""`liandong solve draw`: was this draw honest? From the file anybody can download; needs no database."""

import json
from pathlib import Path
from typing import Any

from liandong.matching.files.gap import Unusable
from liandong.matching.solver import draw as lots

WRONG = {
    "list_changed": "the list is not the one whose digest was announced",
    "seed_changed": "the secret is not the one whose digest was announced",
    "unreadable": "the list cannot be read",
    "other_waiting": "the order does not follow from list, secret and public number",
    "other_winners": "the places did not go out in the order drawn",
    "not_drawn": "it has not been drawn yet",
}


def draw_file(source: Path) -> tuple[list[str], str]:
    """What does not fit, in words (nothing: an honest draw), and what was computed. Raises Unusable for a file that is no draw."""
    try:
        document = json.loads(source.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unusable(f"{source} cannot be read: {error.strerror or error}.") from None
    except json.JSONDecodeError as error:
        raise Unusable(f"{source}, line {error.lineno}: this is no JSON ({error.msg}).") from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Unusable(f"{source}: this is no text file.") from None
    try:
        wrong = [f"{name}: {WRONG[code]}" if name else WRONG[code] for name, code in faults(document)]
        lists = document["lists"]
        counted = ", ".join(f"{each['position']} {len(each['order'])} numbers for {each['places']} places" for each in lists)
        digests = "".join(f"\n  list    {each['list_digest']}" for each in lists)
        told = f"Computed again: {counted}. Compare the digests with those you saw before:\n  secret  {document['seed_digest']}{digests}"
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise Unusable(f"{source}: this is no file of a draw ({error}).") from None
    return wrong, told


def faults(document: dict[str, Any]) -> list[tuple[str, str]]:
    """(name of the list or "", code) of all that does not fit."""
    if document["liandong_draw"] != 1:
        raise TypeError("liandong_draw")
    seed, number = document["seed"], document["public_number"]
    if not seed:
        return [("", "not_drawn")]
    found: list[tuple[str, str]] = [] if lots.digest(seed) == document["seed_digest"] else [("", "seed_changed")]
    for each in document["lists"]:
        wrong = lots.verify(
            each["list"], places=0, seed=seed, public=number, list_digest=each["list_digest"], seed_digest=document["seed_digest"], winners=(), waiting=each["order"]
        )  # fmt: skip
        passed, places = set(each["passed"]), int(each["places"])
        in_turn = [slip for slip in each["order"] if slip not in passed]
        if in_turn[:places] != list(each["winners"]):
            wrong.append("other_winners")
        found += [(str(each["position"]), code) for code in wrong if code != "seed_changed"]
    return found
