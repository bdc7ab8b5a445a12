"""What a text is made of: words that say what it is about, names that say where, and runs of characters that survive a wrong cut."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import rjieba

from liandong.needs.mining.concepts import concepts_of

LONGEST = 400  # characters read of one text; what it is about stands in front

# How people open and close a message; says nothing about the matter.
_OPENING = re.compile(
    r"^(?:您好|你好|大家好|尊敬的?|领导们?|书记|市长|请问(?:一下)?|咨询(?:一下)?|反映|反应|投诉|举报|建议|求助|急|再次|强烈|关于|对于|就|居民|希望|我?想|要求|请求|恳请|呼吁|"
    r"【[^】]{1,6}】|\[[^\]]{1,6}\]|[，,。！!：:、\s])+"
)
_CLOSING = re.compile(
    r"(?:谢谢|感谢|请(?:尽快)?(?:解决|处理|回复|核实|关注)|望(?:尽快)?(?:解决|处理|回复)|怎么办|最好周末|预算不多|的?(?:问题|建议|咨询|投诉|情况|请求|求助)|[，,。！!？?：:、\s])+$"
)
# A district in front of an estate: the cut would otherwise run across.
_AREA = re.compile(r"([A-Za-z]\d{0,2}(?:市|区|县|镇)|(?<=[\u4e00-\u9fff])[区县](?![场民政委域别城长级局容面块间分划]))(?=[\u4e00-\u9fff])")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_TOKEN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[a-z]+(?:'[a-z]+)?|\d+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PLACE_ENDS = _words("""
    小区 花园 家园 花苑 佳苑 新村 新城 公馆 公寓 广场 大厦 国际 名城 华府 学校 小学 中学 大学 学院 幼儿园 医院 公司 集团 酒店 市场 超市 商场 大道 街道 社区 工地 公园 地铁口 号线 路口 健身
    教育 早教 财富 酒吧 餐厅 饭店 影院 物业 地产 置业
""")
_END_CHARS = frozenset("路街巷村镇乡桥园苑府湾庭轩墅郡站")
_NUMBERED = frozenset("路号线中小")  # 825路, 6号线, 12中
_SAYING = frozenset("个了着得不没有盼想求找做办能会把要给来去我你他她这那哪啥咋很太还都也")  # unknown words with these are pieces of a sentence
# Kinds, not names: what may stand before 'estate' or 'school' without naming one.
GENERIC = _words("""
    老旧 居民 住宅 高档 封闭 整个 本 该 各 某 全 配套 公立 民办 公办 重点 农贸 商业 城市 主要 乡村 附属 安置 商品房 开放式 新建 在建 城乡 农村 大型 私立 职业 技术 临时 周围 门前 楼下 对面
    中心 人民 小区 第一 第二 第三 第四 公共 城区 主城 市区 县城 城中 自然 行政 乡镇 地铁 高铁 公交 火车 加油 充电 变电 服务 社区 幸福 驿
""")
NAME_TAGS = frozenset({"ns", "nr", "nt", "nz", "nrt", "nrfg", "eng"})

STOP = _words("""
    的 了 和 是 在 我 有 也 就 不 都 想 要 能 没 没有 希望 可以 一个 我们 大家 请 最近 需要 帮忙 帮助 居民 什么 怎么 人 个 吗 呢 吧 很 去 来 给 让 把 被 上 下 里 中 到 对 从 与
    及 或 等 还 又 再 已 将 会 能不能 有没有 不能 可不可以 时候 有人 哪里有 能否 是否 为什么 为何 何时 什么时候 如何 请问 咨询 问题 反映 反应 投诉 举报 建议 求助 相关 部门 领导 政府 有关 尽快 解决 处理 严重 情况 关于
    对于 要求 强烈 请求 恳请 再次 存在 进行 这 那 这个 那个 这里 这边 哪里 谁 您 你 他 她 它 自己 我家 啊 呀 了吗 一直 经常 总是 天天 每天 多 大 小 好 太 真 更 最 多年 几个 一些 一下
    一次 附近 旁边 周边 旁 边 附 门口 一带 the a an of to in for on at is are be i we my our me us you your it this that there
    with and or not no can could would should have has do does please need want wish hope like help some any from
    by
""")


@dataclass(frozen=True)
class Parts:
    """`about`: words that say what it is about; `names`: tokens that name a place, firm or person; `run`: the folded text the characters are taken from; `things`: what the thesaurus says is meant."""

    about: tuple[str, ...]
    names: tuple[str, ...]
    run: str
    things: tuple[str, ...] = ()


def fold(text: str) -> str:
    """One way to write it: width, case, spaces, and no greeting or closing words (unless nothing else is left)."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    text = re.sub(r"\s+", " ", text).strip()
    bare = _CLOSING.sub("", _OPENING.sub("", text))
    return bare or text


@lru_cache(maxsize=100_000)
def _known(word: str) -> bool:
    return bool(rjieba.has_word(word))


def _stem(word: str) -> str:
    """English plural and -ing away; enough to make 'lifts' and 'lift' one."""
    for end in ("ing", "ies", "es", "s"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)] + ("y" if end == "ies" else "")
    return word


def without_places(text: str, places: Sequence[str]) -> str:
    """The text with the given names blanked; longest names first."""
    for name in places:
        if name in text:
            text = text.replace(name, " ")
    return text


def names_of_places(places: Collection[str]) -> list[str]:
    """The names, and their short forms ('永安里东社区' is also '永安里东'), folded, longest first."""
    found = set()
    for name in places:
        name = unicodedata.normalize("NFKC", name).lower().strip()
        if len(name) < 2:
            continue
        found.add(name)
        for end in ("社区居委会", "居委会", "社区", "街道", "区", "县", "市"):
            if name.endswith(end) and len(name) - len(end) >= 3:
                found.add(name[: -len(end)])
    return sorted(found, key=lambda name: (-len(name), name))


@dataclass(frozen=True)
class Names:
    """What a list itself tells about names. `known`: given by one text with its kind ('Waterside Spring estate'), so known in all; `wide`: in so many texts that they say as much as nothing."""

    known: frozenset[str] = frozenset()
    wide: frozenset[str] = frozenset()


WIDE_SHARE, WIDE_LEAST = 0.02, 30


def parts_of_all(texts: Sequence[str], places: Sequence[str] = ()) -> tuple[list[Parts], Names]:
    """Cut the texts of a list, and learn its names on the way."""
    runs = [_run_of(text, places) for text in texts]
    named = Counter(name for run in set(runs) for name in named_places(run))
    most = max(WIDE_LEAST, WIDE_SHARE * len(runs))
    known = frozenset(name for name, count in named.items() if count <= most)
    parts = [_parts(run, names_in(run, known)) for run in runs]
    counts = Counter(name for part in {part.run: part for part in parts}.values() for name in set(part.names))
    wide = frozenset(name for name, count in counts.items() if count > most)
    return [without(part, wide) for part in parts], Names(known, wide)


def parts_of(text: str, places: Sequence[str] = (), names: Names = Names()) -> Parts:
    """Cut one text. `places` from `names_of_places`: taken out beforehand; `names`: of the list it is compared with."""
    run = _run_of(text, places)
    return without(_parts(run, {*named_places(run), *names_in(run, names.known)}), names.wide)


def without(part: Parts, wide: Collection[str]) -> Parts:
    """A city or a district that every other text names is no name that tells texts apart."""
    if not any(name in wide for name in part.names):
        return part
    return replace(part, names=tuple(name for name in part.names if name not in wide))


def says_something(run: str) -> bool:
    """There is a letter or a digit in it."""
    return _TOKEN.search(run) is not None


def names_in(run: str, names: Collection[str]) -> list[str]:
    """Those of the names (two to six characters) that stand in the text."""
    found = {run[start : start + length] for length in range(2, 7) for start in range(len(run) - length + 1)}
    return [piece for piece in found if piece in names]


def _run_of(text: str, places: Sequence[str]) -> str:
    run = fold(text)
    return without_places(run, places).strip() or run


def named_places(run: str) -> list[str]:
    """What stands before 'estate', 'village', 'road' …: one or two words, when they are a name and not a kind ('old estate', 'our estate')."""
    found = []
    cut = [(word, tag) for word, tag in rjieba.tag(_AREA.sub(r"\1 ", run))]
    for number, (word, _tag) in enumerate(cut):
        if not (word in PLACE_ENDS or word in _END_CHARS):
            continue
        taken: list[str] = []
        telling = word in _END_CHARS  # 'bridgehead village' names; 'children school' does not
        for before, tag in reversed(cut[max(0, number - 2) : number]):
            if before in STOP or before in GENERIC or not _HAN.match(before) or tag[:1] in "pucdrmvfqy" or concepts_of(before):
                break
            taken.insert(0, before)
            telling = telling or tag in NAME_TAGS or not _known(before)
        name = "".join(taken)
        if 2 <= len(name) <= 6 and (telling or len(taken) > 1):
            found.append(name)
    return found


def _parts(run: str, known: Collection[str]) -> Parts:
    marked = run
    inside: list[str] = []
    for name in sorted(known, key=lambda name: (-len(name), name)):
        if name in marked:
            marked = marked.replace(name, f" {len(inside)}\u2060 ")
            inside.append(name)
    about: list[str] = []
    names: list[str] = []
    named = -2  # where in the cut the last name stood: neighbours are one name
    cut = rjieba.tag(_AREA.sub(r"\1 ", marked))
    for number, (word, tag) in enumerate(cut):
        word = word.strip()
        following = cut[number + 1][0] if number + 1 < len(cut) else ""
        if following == "\u2060" and word.isdigit() and int(word) < len(inside):
            names.append(inside[int(word)])
            named = number + 1
            continue
        if not word or not _TOKEN.fullmatch(word):
            continue
        if word.isdigit():
            if following[:1] in _NUMBERED and following:
                names.append(word + following[0])
            continue
        if word.isascii():
            if word in STOP or len(word) < 2:
                continue
            (names if any(character.isdigit() for character in word) else about).append(_stem(word))
            continue
        if word in STOP:
            continue
        if _is_name(word, tag):
            if named == number - 1 and names:
                names[-1] += word
            else:
                names.append(word)
            named = number
        elif len(word) > 1 or tag[:1] in "nv":
            about.append(word)
    return Parts(tuple(about), tuple(names), run, tuple(concepts_of(run)))


def _is_name(word: str, tag: str) -> bool:
    if word in PLACE_ENDS or concepts_of(word):
        return False
    if not _known(word) and len(word) >= 2:
        return not any(character in _SAYING for character in word)
    return tag in NAME_TAGS


def grams(run: str, sizes: Sequence[int] = (1, 2, 3)) -> list[str]:
    """Runs of one to three characters of Chinese, whole words of anything else."""
    found: list[str] = []
    for match in _TOKEN.finditer(run):
        piece = match[0]
        if not _HAN.match(piece):
            found.append(piece)
            continue
        for size in sizes:
            found.extend(piece[start : start + size] for start in range(len(piece) - size + 1))
    return found
