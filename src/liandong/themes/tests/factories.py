"""Needs of a few matters in the town of the needs' tests."""

from typing import Any

from liandong.needs.models import Need
from liandong.needs.tests import factories as needs
from liandong.needs.tests.factories import Town
from liandong.themes.models import Theme, ThemeMember

PHONE = (
    "老人不会用手机挂号，去医院白跑了两趟",
    "不会在手机上挂号，孩子又不在身边",
    "手机挂号不会点，验证码还没看清就没了",
    "想学手机挂号，每次都要麻烦孩子",
    "手机挂号太难了，老人学不会",
    "医院都要手机挂号，我们老人不会用",
)
REPAIR = (
    "电饭煲坏了没处修，扔了可惜",
    "家里电饭煲坏了，找不到人修",
    "小家电坏了没处修，电饭煲、电扇都有",
    "电风扇坏了找不到人修，扔了可惜",
    "收音机、电饭煲坏了没处修",
)
RIDER = (
    "骑手午休没处歇脚，想有个地方充电喝水",
    "骑手中午没处歇脚，下雨也没地方躲",
    "送外卖的骑手没处歇脚，喝口热水都难",
    "骑手想有个歇脚的地方，能给手机充电",
)
LONE = ("想有人教写毛笔字",)


def ask(town: Town, texts: Any, **fields: Any) -> list[Need]:
    """Each text by another person."""
    return [town.need(words, **{"by": needs.person(f"街坊{number}"), **fields}) for number, words in enumerate(texts)]


def matters(town: Town) -> dict[str, list[Need]]:
    """Three matters, each said in one sentence by several people, and one that stands alone: how well different words are joined is for the mining to show."""
    return {
        "phone": ask(town, PHONE[:1] * 6),
        "repair": ask(town, REPAIR[:1] * 5),
        "rider": ask(town, RIDER[:1] * 4, on=town.south),
        "lone": ask(town, LONE),
    }


def theme(label: str = "老人不会用手机挂号", *, of: list[Need], **fields: Any) -> Theme:
    """A theme made by hand, its needs placed by the machine."""
    from liandong.core import clock

    row = Theme.objects.create(label=label, first_seen_at=clock.now(), **{"phrases": ["挂号", "手机"], **fields})
    ThemeMember.objects.bulk_create([ThemeMember(need=need, theme=row, degree=0.9, placed_at=clock.now()) for need in of])
    return row


def where() -> dict[int, int | None]:
    """Need -> theme, as it stands."""
    return dict(ThemeMember.objects.values_list("need_id", "theme_id"))


def members(row: Theme) -> set[int]:
    return set(ThemeMember.objects.filter(theme=row).values_list("need_id", flat=True))
