"""Are two plans about to serve the same people twice? Plain rules over plain values; no database, no Django.

An alarm needs the same matter AND (the same place or the same people) AND a time that is near. Each part is a number from 0 to 1 with the reason beside it, their
product is the score, and ALARM is the least score that is shown. Two matters in one place at one time are no alarm; nor is one matter in two distant places.
"""

import datetime as dt
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from liandong.core.search import words_of
from liandong.core.text import fold
from liandong.overlap.matters import matters_in

ALARM = 0.5
SAME_DAY, SAME_WEEK, SAME_MONTH, MONTHLY, SAME_SPAN, NEXT_SPAN = 1.0, 0.85, 0.6, 0.6, 0.85, 0.4
WEEK, MONTH = 7, 31
SAME_PLACE, WHOLE_STREET, SAME_PEOPLE = 1.0, 0.8, 0.75
KIN = (frozenset({"staff", "youth"}), frozenset({"elders", "disabled"}))  # groups that are partly the same people
OTHER_PEOPLE, PERHAPS_OTHER = 0.4, 0.6  # both say for whom and it is not the same group; one of them is only guessed
MOVING = frozenset({"outdoor", "staff", "youth", "shops", "small_firm", "medium_firm", "large_firm"})  # not bound to the community they live in
LONGEST = 600  # characters read of what is done

# Says nothing about the matter. People (老人, 孩子) are compared as people, places as places.
_COMMON = (
    "活动 服务 志愿 志愿者 志愿服务 社区 居民 小区 街道 街坊 邻里 邻居 我们 大家 一起 免费 公益 爱心 便民 惠民 主题 专场 系列 开展 举办 组织 参加 参与 走进 进社区 社工 社会 主办 协办 项目 计划 行动 "
    "老人 老年 老年人 长者 银龄 孩子 儿童 小朋友 青少年 家长 职工 员工 白领 青年 骑手 小哥 居家 家庭 群众 市民 朋友 人员 师傅 老师 专业 现场 上门 门口 家门 家门口 进门 楼下 广场 中心 活动室 活动站 服务站 "
    "本月 每月 每周 周末 周六 周日 今天 明天 上午 下午 晚上 中午 第一 一次 几个 时间 地点 欢迎 报名 需要 可以 帮助 帮忙 关爱 关怀 温暖 快乐 幸福 美好 健康 生活 日常 学习 体验 课堂 讲座 培训 沙龙 "
    "公开课 大讲堂 宣传 宣讲 咨询 辅导 教学 分享 交流 教您 教 学 学会 做 送 请 来 去 为 给 把 和 与 的 了 在 到 有 不 也 都 会 一 个 位 名 组 场 期 节 日 月 年 进 更 新 "
    "国庆 元旦 迎新 新春 春节 新年 首届 首场 启动 启动仪式 仪式 大型 嘉年华 集市 市集 招募 招新 比赛 大赛 擂台 入门 基础 进阶 培训班 半日 一日 小小 来了 快来 一起来 开张 开放 计划 周 夜 晚 时间 秀 角 站 队 "
    "the a an of to in for on at and or with we our you your free day activity service community project "
)
COMMON = frozenset(_COMMON.split())


@dataclass(frozen=True)
class Plan:
    """What the radar knows of an activity or a project. `path` is the territory's ("/1/4/9/"), `street` the part of it that is the street or wider.

    `spans`: first and last day of each shift, or of the whole project. `ground`: names that stand for the place or the body, not for the matter.
    """

    key: str
    host: int
    title: str
    words: str = ""
    path: str = ""
    street: str = ""
    venue: int | None = None
    spans: tuple[tuple[dt.date, dt.date], ...] = ()
    segment: str = ""  # stated
    guessed: str = ""  # read from the title
    ground: tuple[str, ...] = ()
    is_project: bool = False

    @property
    def for_whom(self) -> str:
        return self.segment or self.guessed


@dataclass(frozen=True)
class Reason:
    """Why, to be put into words by `saying`."""

    kind: str
    value: str = ""
    number: int = 0
    day: dt.date | None = None


@dataclass(frozen=True)
class Match:
    score: float
    matter: float
    near: float
    time: float
    reasons: tuple[Reason, ...]
    days_apart: int = 0

    @property
    def is_alarm(self) -> bool:
        return self.score >= ALARM

    def why(self, kind: str) -> Reason | None:
        return next((reason for reason in self.reasons if reason.kind.startswith(kind)), None)


@dataclass(frozen=True)
class Wording:
    """What a text is about: `head` the matters of its title (of the whole text when the title names none), `matters` all of them, and its telling words."""

    head: Mapping[str, str]
    matters: Mapping[str, str]
    title_words: frozenset[str]
    words: frozenset[str] = field(default_factory=frozenset)
    has_titled_matter: bool = False


@lru_cache(maxsize=20_000)
def wording(title: str, words: str, ground: tuple[str, ...] = ()) -> Wording:
    title, words = without(title, ground), without(words[:LONGEST], ground)
    in_title, in_all = matters_in(title), matters_in(f"{title}。{words}")
    heard = frozenset(telling(title))
    return Wording(in_title or in_all, {**in_all, **in_title}, heard, heard | frozenset(telling(words)), bool(in_title))


def without(text: str, names: Sequence[str]) -> str:
    """The text without the names of places and bodies: they say where and who, not what."""
    text = fold(text)
    for name in sorted((fold(name) for name in names if len(name) > 1), key=len, reverse=True):
        text = text.replace(name, " ")
    return text


@lru_cache(maxsize=20_000)
def telling(text: str) -> tuple[str, ...]:
    return tuple(word for word in words_of(text) if len(word) > 1 and word not in COMMON and not word.isdigit())


Rarity = Callable[[str], float]


def evenly(_word: str) -> float:
    """When nothing is known of how common words are."""
    return 1.0


def rarity_from(counts: Mapping[str, int], total: int) -> Rarity:
    """From how many of the recent activities hold a word: 0.2 for one that stands in a third of them and more, 1 for one that hardly anybody uses."""
    scale = math.log(max(total, 10))

    @cache
    def rarity(word: str) -> float:
        return min(1.0, max(0.2, math.log(max(total, 10) / (1 + counts.get(word, 0))) / scale * 1.4))

    return rarity


def same_matter(a: Wording, b: Wording, rarity: Rarity = evenly) -> tuple[float, Reason]:
    """How far two texts are about one matter, and the words of the first that say so."""
    shared = [key for key in a.head if key in b.head]
    if shared:
        part = len(shared) / min(len(a.head), len(b.head))
        titled = a.has_titled_matter + b.has_titled_matter
        score = 1.0 if titled == 2 and part >= 0.5 else 0.9 if part >= 0.5 else 0.75
        return score, Reason("matter", a.head[shared[0]])
    words, score = _shared_words(a, b, rarity)
    if a.head and b.head and len(a.title_words & b.title_words) < 2:  # each says what it is, and it is not the same
        score = min(score, 0.4)
    return score, Reason("matter", "、".join(words[:2]))


def _shared_words(a: Wording, b: Wording, rarity: Rarity) -> tuple[list[str], float]:
    """Dice over telling words, those of titles counted twice. One word in both titles that is rare, or that names the matter of one, says nearly as much as a matter."""

    def weigh(words: Wording) -> dict[str, float]:
        return {word: rarity(word) * (2.0 if word in words.title_words else 1.0) for word in words.words}

    left, right = weigh(a), weigh(b)
    shared = sorted(left.keys() & right.keys(), key=lambda word: -min(left[word], right[word]))
    if not shared:
        return [], 0.0
    dice = 2 * sum(min(left[word], right[word]) for word in shared) / (sum(left.values()) + sum(right.values()))
    score = min(1.0, dice * 1.9) * min(1.0, 1.4 * max(rarity(word) for word in shared))
    titled = [word for word in shared if word in a.title_words and word in b.title_words]
    said = "".join([*a.head.values(), *b.head.values()])
    if any(word in said for word in titled) or any(rarity(word) >= 0.6 for word in titled):
        score = max(score, 0.85 if len(titled) > 1 or dice > 0.25 or any(rarity(word) >= 0.8 for word in titled) else 0.66)
    elif dice < 0.22:
        score = min(score, 0.4)
    return (titled or shared), score


def same_place(a: Plan, b: Plan) -> tuple[float, Reason | None]:
    """The same venue or community; one place lying in the other up to a street."""
    if a.venue is not None and a.venue == b.venue:
        return SAME_PLACE, Reason("place_venue")
    if not a.path or not b.path:
        return 0.0, None
    if a.path == b.path:
        if len(a.path) > len(a.street):
            return SAME_PLACE, Reason("place_community")
        return WHOLE_STREET, Reason("place_street")
    outer, inner = sorted((a.path, b.path), key=len)
    if inner.startswith(outer) and len(outer) >= len(a.street or outer):
        return (SAME_PLACE, Reason("place_community")) if len(outer) > len(a.street) else (WHOLE_STREET, Reason("place_street"))
    return 0.0, None


def same_people(a: Plan, b: Plan) -> tuple[float, Reason | None]:
    """A group that moves about the street. Groups that live in their community are the same people only in the same place."""
    if a.for_whom and a.for_whom == b.for_whom and a.for_whom in MOVING and a.street and a.street == b.street:
        return SAME_PEOPLE, Reason("people", a.for_whom)
    return 0.0, None


def near_time(a: Plan, b: Plan) -> tuple[float, Reason | None, int]:
    """The nearest two days of both."""
    if not a.spans or not b.spans:
        return 0.0, None, 0
    first, second = min(((one, other) for one in a.spans for other in b.spans), key=lambda pair: _gap(*pair))
    gap = _gap(first, second)
    if a.is_project or b.is_project:
        if gap == 0:
            return SAME_SPAN, Reason("time_span"), 0
        return (NEXT_SPAN, Reason("time_days", number=gap), gap) if gap <= MONTH else (0.0, None, gap)
    if gap == 0:
        return SAME_DAY, Reason("time_day", day=max(first[0], second[0])), 0
    if gap <= WEEK:
        return SAME_WEEK, Reason("time_days", number=gap), gap
    if gap <= MONTH:
        return SAME_MONTH, Reason("time_month", number=gap), gap
    return 0.0, None, gap


def _gap(one: tuple[dt.date, dt.date], other: tuple[dt.date, dt.date]) -> int:
    """Days between two spans; 0 when they share a day."""
    return max((other[0] - one[1]).days, (one[0] - other[1]).days, 0)


def compare(a: Plan, b: Plan, *, rarity: Rarity = evenly, twice: int = 0, monthly: dt.date | None = None) -> Match | None:
    """None when nothing speaks for an overlap. `twice`: about how many people stand on both lists; `monthly`: the other has held it month by month, last on that day."""
    time, when, gap = near_time(a, b)
    if monthly is not None:
        time, when = MONTHLY, Reason("time_monthly", day=monthly)
    if when is None:
        return None
    place, where = same_place(a, b)
    people, who = same_people(a, b)
    if twice:
        people, who = 1.0, Reason("twice", number=twice)
    near = max(place, people)
    if not near:
        return None
    if not twice and a.for_whom and b.for_whom and a.for_whom != b.for_whom and {a.for_whom, b.for_whom} not in KIN:
        near *= OTHER_PEOPLE if a.segment and b.segment else PERHAPS_OTHER
    matter, what = same_matter(wording(a.title, a.words, a.ground), wording(b.title, b.words, b.ground), rarity)
    if not twice and place and a.for_whom and a.for_whom == b.for_whom:
        who = Reason("people", a.for_whom)
    score = matter * near * time
    return Match(score, matter, near, time, tuple(reason for reason in (what, where, when, who) if reason is not None and matter), gap)


def fingerprint(*plans: Plan) -> str:
    """Changes when the matter, the place or the days of a plan change, and not with a comma."""
    parts = []
    for plan in sorted(plans, key=lambda plan: plan.key):
        said = wording(plan.title, "", plan.ground)
        about = sorted(said.head) or sorted(said.title_words)
        parts.append(f"{plan.key}|{about}|{plan.path}|{plan.venue}|{sorted(str(span) for span in plan.spans)}|{plan.segment}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def groups(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Plans that overlap with one another, directly or through a third."""
    found: list[set[str]] = []
    for one, other in pairs:
        touched = [group for group in found if one in group or other in group]
        joined = {one, other}.union(*touched)
        found = [group for group in found if group not in touched] + [joined]
    return found
