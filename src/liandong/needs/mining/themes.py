"""From texts to themes."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import rjieba

from liandong.needs.mining.types import Member, Mined, MinedTheme, Text


def mine(
    texts: Sequence[Text],
    *,
    places: Collection[str] = (),
    held: Mapping[int, int] | None = None,
    progress: Callable[[float], None] = lambda share: None,
    resamples: int = 100,
    seed: int = 0,
) -> Mined:
    """Themes of the texts.

    `places`: names that say only where somebody asks (communities of the hub); they neither join nor part. A place that is named in the words alone is
    part of the matter. `held`: rows that people put together, as row -> key; rows of one key stay in one theme, rows of different keys never meet.
    `progress` is told the share done, 0 to 1.
    """
    held = held or {}
    bags = [{word for word in rjieba.cut(text.words) if len(word) > 1} for text in texts]
    frequency = Counter(word for bag in bags for word in bag)
    groups: list[list[int]] = []
    keys: dict[int, int] = {}
    for row in range(len(texts)):
        if row in held:
            if held[row] in keys:
                groups[keys[held[row]]].append(row)
            else:
                keys[held[row]] = len(groups)
                groups.append([row])
    for row, bag in enumerate(bags):
        if row in held:
            continue
        best, score = None, 0.5
        for number, group in enumerate(groups):
            other = bags[group[0]]
            shared = sum(1 / frequency[word] for word in bag & other) / (sum(1 / frequency[word] for word in bag | other) or 1)
            if shared > score:
                best, score = number, shared
        if best is None:
            groups.append([row])
        else:
            groups[best].append(row)
    progress(1.0)
    kept = {number: key for key, number in keys.items()}
    mined = Mined()
    for number, group in enumerate(groups):
        if len(group) < 2 and number not in kept:
            mined.loose += group
            continue
        words = Counter(word for row in group for word in bags[row])
        phrases = [word for word, _n in words.most_common(4)]
        mined.themes.append(MinedTheme(texts[group[0]].words[:20], phrases, 1.0, [Member(row, 1.0) for row in group], kept.get(number)))
    mined.themes.sort(key=lambda theme: -len(theme.members))
    return mined
