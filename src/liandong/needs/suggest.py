"""What the words of a need suggest: a title, a category, needs that say the same. Plain text in, plain values out; people can change all of it."""

import re
from collections.abc import Iterable, Sequence

from liandong.core.masking import mask_phone
from liandong.core.search import words_of
from liandong.core.text import fold
from liandong.needs.models import Category, Segment
from liandong.organizations.models import Organization

TITLE_LENGTH = 40
_SENTENCE_END = re.compile(r"[。！？!?；;\n]|\.\s")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_OPENING = re.compile(r"^(您好|你好|大家好|请问|老师好|麻烦问一下)[，,。！!、\s]*")

# First match by number of words found wins; on a tie the order here decides.
KEYWORDS: dict[str, tuple[str, ...]] = {
    Category.ELDERS: (
        "老人",
        "老年",
        "独居",
        "高龄",
        "助老",
        "养老",
        "残疾",
        "轮椅",
        "陪诊",
        "空巢",
        "失能",
        "奶奶",
        "爷爷",
        "大爷",
        "大妈",
        "挂号",
        "智能手机",
        "助浴",
    ),
    Category.CHILDREN: (
        "孩子",
        "儿童",
        "小朋友",
        "亲子",
        "青少年",
        "学生",
        "放学",
        "作业",
        "托管",
        "暑假",
        "寒假",
        "幼儿",
        "家长",
        "宝宝",
        "四点半",
        "课后",
    ),
    Category.OUTDOOR: ("骑手", "环卫", "快递", "外卖", "户外", "保洁", "歇脚", "驿站", "司机", "热饭", "新就业"),
    Category.STAFF: ("员工", "职工", "白领", "午间", "下班", "公司", "企业", "颈椎", "肩颈", "减压", "团建", "工会", "单身", "联谊", "瑜伽"),
    Category.HEALTH: ("血压", "体检", "义诊", "急救", "健康", "心理", "看病", "医院", "睡眠", "康复", "中医", "血糖"),
    Category.JOBS: ("工作", "就业", "求职", "招聘", "培训", "简历", "技能", "烘焙", "再就业", "创业", "面试", "学手艺", "家政"),
    Category.ORDER: (
        "楼道",
        "路灯",
        "电动车",
        "停车",
        "消防",
        "纠纷",
        "安全",
        "噪音",
        "邻里",
        "扶手",
        "门禁",
        "充电",
        "物业",
        "井盖",
        "台阶",
        "防诈",
        "诈骗",
        "高空",
    ),
    Category.CULTURE: (
        "垃圾",
        "环境",
        "绿化",
        "花园",
        "读书",
        "电影",
        "文艺",
        "书法",
        "合唱",
        "家电",
        "电器",
        "电饭煲",
        "修理",
        "找人修",
        "跳舞",
        "文化",
        "图书",
        "分类",
        "旧衣",
        "种花",
        "音乐",
    ),
}


def title_from(words: str) -> str:
    """The first sentence, without the greeting, at most 40 characters."""
    text = without_phones(fold_lines(words))
    text = _OPENING.sub("", text) or text
    first = next((part.strip() for part in _SENTENCE_END.split(text) if part.strip()), text)
    if len(first) <= TITLE_LENGTH:
        return first
    cut = first[:TITLE_LENGTH]
    comma = max(cut.rfind(mark) for mark in "，,、")
    return cut[:comma] if comma >= 10 else cut[: TITLE_LENGTH - 1] + "…"


def without_phones(text: str) -> str:
    """For everybody to read: mobile numbers in the words are masked."""
    return _PHONE.sub(lambda match: mask_phone(re.sub(r"[ -]", "", match[0])), text)


def unnamed(text: str, *names: str) -> str:
    """For those who must not know who asks: phones masked, these names and places left out."""
    for name in sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True):
        text = text.replace(name, "…")
    return without_phones(text)


def fold_lines(words: str) -> str:
    return "\n".join(fold_keeping_marks(line) for line in words.splitlines() if line.strip())


def fold_keeping_marks(line: str) -> str:
    """Spaces tidied, full-width punctuation kept: a title is shown as it was written."""
    return re.sub(r"\s+", " ", line).strip()


def category_from(words: str) -> str:
    """The category whose keywords occur most often, OTHER when none does."""
    text = fold(words)
    counts = {category: sum(word in text for word in keywords) for category, keywords in KEYWORDS.items()}
    best = max(counts, key=lambda category: counts[category])
    return str(best) if counts[best] else str(Category.OTHER)


# Who is meant, by the words that name them; the first group named wins a tie.
SEGMENT_WORDS: dict[str, tuple[str, ...]] = {
    Segment.OUTDOOR: ("骑手", "外卖", "快递", "环卫", "保洁", "户外", "工友", "司机", "保安"),
    Segment.DISABLED: ("残疾", "轮椅", "盲人", "听障", "视障", "聋"),
    Segment.ELDERS: ("老人", "老年", "独居", "高龄", "空巢", "奶奶", "爷爷", "大爷", "大妈", "退休", "养老", "老伴"),
    Segment.PARENTS: ("孩子", "儿童", "家长", "接送", "放学", "作业", "托管", "亲子", "宝宝", "小朋友", "双职工"),
    Segment.SHOPS: ("商户", "店铺", "小店", "门店", "商铺", "底商"),
    Segment.STAFF: ("员工", "职工", "白领", "同事", "加班", "上班族", "午休"),
    Segment.YOUTH: ("青年", "年轻人", "单身", "大学生", "毕业生"),
}


SMALL_FIRM_BELOW, MEDIUM_FIRM_BELOW = 100, 300


def segment_of_firm(staff_count: int | None) -> str:
    """The size class of a firm, "" when its staff count is not known."""
    if staff_count is None:
        return ""
    if staff_count < SMALL_FIRM_BELOW:
        return str(Segment.SMALL_FIRM)
    return str(Segment.MEDIUM_FIRM if staff_count < MEDIUM_FIRM_BELOW else Segment.LARGE_FIRM)


def segment_from(words: str, asker: Organization | None = None) -> str:
    """The size class of the firm that asks, else the group of people the words name most often, "" when they name none."""
    if asker is not None and asker.kind == Organization.Kind.ENTERPRISE and asker.staff_count is not None:
        return segment_of_firm(asker.staff_count)
    text = fold(words)
    counts = {segment: sum(word in text for word in named) for segment, named in SEGMENT_WORDS.items()}
    best = max(counts, key=lambda segment: counts[segment])
    return str(best) if counts[best] else ""


# Words after which nobody should wait three working days.
DANGER = ("自杀", "轻生", "不想活", "活不下去", "家暴", "被打", "打我", "虐待", "性侵", "跳楼", "割腕", "煤气味", "着火", "昏倒", "失踪")


def sounds_dangerous(words: str) -> bool:
    """Somebody may be in danger now: hotlines are shown before the need is sent."""
    text = fold(words)
    return any(word in text for word in DANGER)


COMMON = frozenset({
    "的", "了", "和", "是", "在", "我", "有", "也", "就", "不", "都", "想", "要", "能", "没", "没有", "希望", "可以", "一个", "我们", "大家", "请", "最近", "需要", "帮忙",
    "帮助", "居民", "社区", "小区", "家里", "这里", "什么", "怎么", "人", "个", "吗", "呢", "吧", "很", "去", "来", "给", "让", "把", "被", "上", "下", "里", "能不能", "有没有",
})  # fmt: skip


def telling_words(text: str) -> set[str]:
    """The words that say what a text is about."""
    return {word for word in words_of(text) if word not in COMMON and len(word) > 1}


def most_alike(words: str, others: Iterable[tuple[int, str]], *, least: float = 0.2, limit: int = 3) -> Sequence[int]:
    """Ids of the texts that share most telling words (share of the smaller set), best first."""
    mine = telling_words(words)
    scored = []
    for key, text in others:
        theirs = telling_words(text)
        shared = len(mine & theirs)
        if shared and (score := shared / min(len(mine), len(theirs))) >= least and (shared > 1 or score >= 0.5):
            scored.append((-score, -shared, key))
    return [key for _score, _shared, key in sorted(scored)[:limit]]
