"""What words of thanks could give away: who wrote them, or how to reach somebody. Plain rules, no database; a colleague looks where one speaks up."""

import re
import unicodedata

PHONE, NUMBER, REACH, NAME, PLACE, SIGNED = "phone", "number", "reach", "name", "place", "signed"

_CHINESE_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_DIGITS = re.compile(r"\d(?:[\s\-‐-―—.,，。·*()（）]?\d){6,}")
_ID = re.compile(r"(?<!\d)\d{17}[\dXx]")
_REACH = re.compile(
    r"(?:微信|薇信|威信|wx|vx|v信|wechat|qq|电话|手机号|加我)\s*(?:号|是|为)?\s*[:：]?\s*[a-z0-9_\-]{4,}|[\w.+-]+@[\w-]+\.[a-z]{2,}", re.I
)
_PLACE = re.compile(r"\d+\s*(?:号楼|栋|幢|单元|室|门|号院)|[一二三四五六七八九十]+(?:号楼|栋|单元)")
_SIGNED = re.compile(r"(?:我是|我叫|我姓|本人)[\u4e00-\u9fff]{1,4}|(?:[-—－]{1,3}|\n)\s*[\u4e00-\u9fff·]{2,8}\s*$")


def found_in(words: str, *, name: str) -> list[str]:
    """Which kinds of leak speak up; `name` is the writer's, never kept."""
    plain = unicodedata.normalize("NFKC", words)
    flags = []
    if _ID.search(plain):
        flags.append(NUMBER)
    elif _DIGITS.search(plain) or _DIGITS.search(plain.translate(_CHINESE_DIGITS)):
        flags.append(PHONE)
    if _REACH.search(plain):
        flags.append(REACH)
    if name and (name in plain or _called(name, plain)):
        flags.append(NAME)
    if _PLACE.search(plain):
        flags.append(PLACE)
    if _SIGNED.search(plain):
        flags.append(SIGNED)
    return flags


def _called(name: str, plain: str) -> bool:
    """王奶奶, 老王, 小王: the writer's surname with a title."""
    if name.isascii() or len(name) < 2:
        return False
    surname = re.escape(name[0])
    titles = "奶奶|爷爷|大爷|大妈|阿姨|叔叔|先生|女士|老师|师傅|婆婆|大姐|大哥|姥姥|姥爷"
    given = name[1:] if len(name) > 2 else ""
    return bool(re.search(rf"{surname}(?:{titles})|[老小]{surname}(?![\u4e00-\u9fff]*队)", plain)) or (bool(given) and given in plain)
