"""Two people draw at the same moment, on connections of their own."""

import datetime as dt

import pytest

from liandong.core import clock as moments
from liandong.core.errors import Refused
from liandong.matching import services
from liandong.matching.models import Draw
from liandong.matching.tests.draw_factories import Lots
from liandong.needs.tests.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_draw_at_once_one_draws_and_the_other_is_told_that_it_was_drawn():
    lots = Lots()
    lots.enter(4)
    Draw.objects.update(closes_at=moments.now() - dt.timedelta(minutes=1))
    results = together(*[lambda: services.hold_draw(lots.draw, by=lots.planner) for _person in range(2)])
    (refused,) = [result for result in results if isinstance(result, Refused)]
    (drawn,) = [result for result in results if isinstance(result, Draw)]
    assert str(refused.reason) == "已经抽过了，抽签只有一次。"  # said in the language of the site
    assert (lots.draw.seed, len(lots.draw.lists.get().winners)) == (drawn.seed, 2)
