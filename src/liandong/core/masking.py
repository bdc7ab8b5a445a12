"""Masks for personal data. The mask is the default everywhere; the full value needs a right and a reason."""

_DOUBLE = {
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "司徒",
    "令狐",
    "端木",
    "夏侯",
    "长孙",
    "宇文",
    "南宫",
    "单于",
    "呼延",
}


def mask_name(name: str) -> str:
    """张明 -> 张*, 张小明 -> 张*明, 欧阳娜娜 -> 欧阳**, John Smith -> J*** S***."""
    name = name.strip()
    if not name:
        return ""
    if name.isascii():
        return " ".join(part[0] + "***" for part in name.split())
    if name[:2] in _DOUBLE and len(name) > 2:
        return name[:2] + "*" * (len(name) - 2)
    if len(name) <= 2:
        return name[0] + "*"
    if "·" in name:
        return name[0] + "**"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_phone(phone: str) -> str:
    """13812341234 -> 138****1234; shorter numbers keep their last two digits."""
    if len(phone) >= 11:
        return phone[:3] + "****" + phone[-4:]
    return "*" * max(len(phone) - 2, 0) + phone[-2:] if phone else ""


def mask_id_number(number: str) -> str:
    """18 characters -> first four and last four."""
    return number[:4] + "*" * max(len(number) - 8, 0) + number[-4:] if len(number) > 8 else "*" * len(number)
