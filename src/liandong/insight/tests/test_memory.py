"""A figure that takes long is kept for a minute, a quick one never."""

import pytest

from liandong.insight import memory
from liandong.insight.filters import Filters
from liandong.insight.spans import span_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("long_seconds", "answers"), [(-1, [1, 1, 2]), (3600, [1, 2, 3])], ids=["long", "quick"])
def test_a_long_figure_is_kept_for_a_minute(settings, clock, long_seconds, answers):
    settings.FIGURE_LONG_SECONDS = long_seconds
    made = iter(range(1, 9))
    filters = Filters(span=span_of("month"))
    seen = [memory.kept("hours", filters, lambda: next(made)), memory.kept("hours", filters, lambda: next(made))]
    clock.advance(seconds=61)
    assert [*seen, memory.kept("hours", filters, lambda: next(made))] == answers
