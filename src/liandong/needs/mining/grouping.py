"""From likely pairs to groups: average linkage on the pairs that were looked at, until no two groups are more likely one than two."""

import heapq
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

JOIN_AT = 0.3  # the average likelihood from which two groups become one


def grouped(
    count: int,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    likely: NDArray[np.float32],
    *,
    sizes: Sequence[int] | None = None,
    held: Mapping[int, int] | None = None,
    join_at: float = JOIN_AT,
) -> list[int]:
    """A group number for each of `count` items.

    Two groups are joined when the mean of `likely` over all pairs between them (0 for pairs that are not listed) is highest of all and at least `join_at`.
    `sizes`: how many texts an item stands for. `held`: item -> key; items of one key start together, items of different keys never meet.
    The result does not depend on the order of the items, but for exact ties.
    """
    parent = list(range(count))
    weight = [1] * count if sizes is None else list(sizes)
    key: dict[int, int] = {}
    start: dict[int, int] = {}
    for item, name in (held or {}).items():
        if name in start:
            parent[item] = start[name]
            weight[start[name]] += weight[item]
        else:
            start[name] = item
            key[item] = name
    ties: list[dict[int, float]] = [{} for _ in range(count)]
    own = [1] * count if sizes is None else list(sizes)
    for a, b, value in zip(first.tolist(), second.tolist(), likely.tolist(), strict=True):
        value *= own[a] * own[b]
        a, b = parent[a], parent[b]
        if a != b:
            ties[a][b] = ties[a].get(b, 0.0) + value
            ties[b][a] = ties[b].get(a, 0.0) + value
    heap = [
        (-value / (weight[a] * weight[b]), a, b, weight[a], weight[b])
        for a in range(count)
        for b, value in ties[a].items()
        if a < b and value >= join_at * weight[a] * weight[b] and not (a in key and b in key)
    ]
    heapq.heapify(heap)
    gone = [False] * count
    while heap:
        _mean, a, b, weight_a, weight_b = heapq.heappop(heap)
        if gone[a] or gone[b] or weight[a] != weight_a or weight[b] != weight_b:
            continue
        if len(ties[a]) < len(ties[b]):
            a, b = b, a
        gone[b] = True
        parent[b] = a
        weight[a] += weight[b]
        if b in key:
            key[a] = key.pop(b)
        ties[a].pop(b, None)
        for c, value in ties[b].items():
            if c == a:
                continue
            del ties[c][b]
            ties[a][c] = ties[c][a] = ties[a].get(c, 0.0) + value
        ties[b] = {}
        for c, value in ties[a].items():
            mean = value / (weight[a] * weight[c])
            if mean >= join_at and not (a in key and c in key):
                low, high = (a, c) if a < c else (c, a)
                heapq.heappush(heap, (-mean, low, high, weight[low], weight[high]))
    for item in range(count):
        root = item
        while parent[root] != root:
            root = parent[root]
        while parent[item] != root:
            parent[item], item = root, parent[item]
    return parent
