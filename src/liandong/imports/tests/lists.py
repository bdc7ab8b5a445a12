"""Made-up lists of the kind that people bring, with the oddities that people make."""

import datetime as dt
import random
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from liandong.core.numbers import check_digit

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静秀强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红鹏辉云建国丽慧欣晨"
COMMUNITIES = ["甲一社区", "甲二社区", "乙里社区", "乙东社区", "丙南社区"]
TEAMS = ["晨光服务队", "邻里服务队", "夕阳红服务队"]
SKILLS = ["英语翻译", "急救", "摄影摄像", "理发", "手语", "书法"]
ROSTER_HEADS = [
    "序号",
    "姓名",
    "性别",
    "身份证号码",
    "手机",
    "出生日期",
    "所在单位",
    "居住\n社区",
    "所属服务队",
    "政治面貌",
    "技能特长",
    "可服务时间",
    "累计时长（小时）",
]
NEED_HEADS = ["编号", "提出单位/个人", "类别", "需求描述", "服务对象人数", "希望时间", "地点", "联系人", "联系电话", "备注"]


def id_number(born: dt.date, serial: int, place: str = "110101") -> str:
    first = f"{place}{born:%Y%m%d}{serial % 1000:03d}"
    return first + check_digit(first)


def people(count: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """Different people; nobody of them exists: phones begin with 199000…"""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        born = dt.date(1950, 1, 1) + dt.timedelta(days=chance.randrange(20_000))
        serial = 1 + (number % 99) * 10 + chance.randrange(9)
        name = chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2))))
        made.append(
            {
                "name": name,
                "born": born,
                "id": id_number(born, serial, f"11{number // 99 % 10_000:04d}"),
                "phone": f"199{number:08d}",
                "sex": "男" if serial % 2 else "女",
            }
        )
    return made


def roster_rows(who: Sequence[dict[str, Any]], *, seed: int = 1) -> list[list[Any]]:
    chance = random.Random(seed)
    rows = []
    for number, person in enumerate(who, 1):
        born: dt.date = person["born"]
        date = chance.choice(
            [
                born,
                f"{born:%Y-%m-%d}",
                f"{born:%Y.%m.%d}",
                f"{born:%Y%m%d}",
                f"{born.year}年{born.month}月{born.day}日",
                f"{born.year}/{born.month}/{born.day}",
            ]
        )
        rows.append([
            number, person["name"], person["sex"], person["id"], person["phone"], date, "", chance.choice(COMMUNITIES), chance.choice(TEAMS),
            "群众", "、".join(chance.sample(SKILLS, chance.randrange(3))), "周六上午", chance.choice([0, 2, 36, 58.5]),
        ])  # fmt: skip
    return rows


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]], *, memory: bool = False) -> Path:
    """Dates become date cells, numbers number cells, everything else text cells."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": not memory})
    date = book.add_format({"num_format": "yyyy/m/d"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(line, column, dt.datetime.combine(cell, dt.time()), date)
                elif isinstance(cell, int | float):
                    sheet.write_number(line, column, cell)
                elif cell:
                    sheet.write_string(line, column, cell)
    book.close()
    return path


def roster(path: Path, rows: Sequence[Sequence[Any]], *, heads: Sequence[str] = ROSTER_HEADS, title: str = "示例地区志愿者花名册（2026年）") -> Path:
    return workbook(path, {"名册": [[title], ["填报单位：示例动员中心　　填报人："], list(heads), *rows]})


def old_workbook(path: Path, rows: Sequence[Sequence[Any]], *, name: str = "Sheet1") -> Path:
    """An .xls of Excel 97: a BIFF8 stream in an OLE file, as small as readers take it."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def wide(text: str) -> bytes:
        return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")

    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    body += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(len(row) for row in rows), 0))
    for line, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, int | float):
                body += record(0x0203, struct.pack("<HHHd", line, column, 0, cell))
            elif cell:
                body += record(0x0204, struct.pack("<HHH", line, column, 0) + wide(str(cell)))
    body += record(0x000A, b"")
    head = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + record(0x0042, struct.pack("<H", 1200))
    title = struct.pack("<BB", len(name), 0) + name.encode("ascii")
    start = len(head) + 4 + 6 + len(title) + 4
    stream = head + record(0x0085, struct.pack("<IH", start, 0) + title) + record(0x000A, b"") + body
    stream += b"\0" * (max(4096, -(-len(stream) // 512) * 512) - len(stream))
    sectors = len(stream) // 512
    fat = [*range(1, sectors), 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFD]  # stream, directory, the table itself
    assert len(fat) <= 128

    def entry(label: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
        text = (label + "\0").encode("utf-16-le") if label else b""
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + b"\0" * 36
            + struct.pack("<IQ", first, size)
        )

    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry("Workbook", 2, 0, len(stream)) + entry("", 0, 0, 0) * 2
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<IIIIIIII", 1, sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", sectors + 1) + b"\xff" * 432
    path.write_bytes(header + stream + directory + struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat))))
    return path
