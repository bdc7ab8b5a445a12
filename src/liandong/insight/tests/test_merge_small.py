from hypothesis import given
from hypothesis import strategies as st

from liandong.insight.queries import SMALL, merge_small

rows = st.lists(st.integers(1, 12), max_size=12).map(
    lambda sizes: [{"name": str(n), "people": size, "minutes": size * 7} for n, size in enumerate(sizes)]
)


@given(rows)
def test_merging_keeps_the_sums_and_shows_no_small_group(given: list[dict]) -> None:
    merged = merge_small(given, size="people", sums=("people", "minutes"))
    for name in ("people", "minutes"):
        assert sum(row[name] for row in merged) == sum(row[name] for row in given)
    if sum(row["people"] for row in given) >= SMALL:
        assert all(row["people"] >= SMALL for row in merged)
    rest = [row for row in merged if row.get("merged")]
    assert len(rest) <= 1
    assert all(row["merged"] >= 2 for row in rest) or len(given) == 1


def test_nothing_is_merged_when_every_group_is_large_enough() -> None:
    given = [{"people": 5, "minutes": 1}, {"people": 9, "minutes": 2}]
    assert merge_small(given, size="people", sums=("people", "minutes")) == given
