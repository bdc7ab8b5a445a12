"""The fields of the exchange format, version 1: one list from which come the checker, the JSON Schema and the tables of docs/exchange.md.

Modelled on the groups of MZ/T 061-2015 (volunteer, service time, training, honour, evaluation) and on Order 67 articles 5 to 10. The tables of that standard were not
at hand, so no conformity is claimed.
"""

from dataclasses import dataclass
from typing import Any

FORMAT, VERSION = "liandong-dossier", "1.0"
MANIFEST = "manifest.json"
CATEGORIES = ("elders", "children", "outdoor", "staff", "culture", "order", "health", "jobs", "other")
GRADES = ("excellent", "good", "fair", "poor")
ID_KINDS = ("resident", "hkmt_residence", "hkm_permit", "taiwan_permit", "passport", "foreign_card")


@dataclass(frozen=True)
class Field:
    """One field: its kind (text, date, moment, minutes, flag, code, codes, texts), how long at most, whether it must be there, what it is in Chinese, its source."""

    name: str
    kind: str
    zh: str
    rule: str = ""
    longest: int = 200
    needed: bool = True
    codes: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        text: dict[str, Any] = {"type": "string", "maxLength": self.longest} | ({"minLength": 1} if self.needed else {})
        made: dict[str, Any] = {
            "text": text,
            "date": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
            "moment": {"type": "string", "format": "date-time"},
            "minutes": {"type": "integer", "minimum": 1, "maximum": self.longest},
            "flag": {"type": "boolean"},
            "code": {"type": "string", "enum": [*self.codes, *([] if self.needed else [""])]},
            "codes": {"type": "array", "items": {"type": "string", "enum": list(self.codes)}},
            "texts": {"type": "array", "items": {"type": "string", "maxLength": self.longest}},
        }[self.kind]
        return made | {"description": f"{self.zh} {self.rule}".strip()}


WHO = Field("volunteer", "text", "志愿者编号", longest=40)


def _number(zh: str) -> Field:
    return Field("number", "text", zh, longest=60)


FILES: dict[str, tuple[Field, ...]] = {
    "volunteers.jsonl": (
        Field("number", "text", "志愿者编号（不是证件号码）", longest=40),
        Field("name", "text", "姓名", "第五条", 50),
        Field("sex", "code", "性别", "第五条", needed=False, codes=("F", "M")),
        Field("birth_date", "date", "出生日期", "第五条", needed=False),
        Field("id_kind", "code", "证件类型", "第五条", needed=False, codes=ID_KINDS),
        Field("id_number", "text", "证件号码", "第五条", 40, needed=False),
        Field("residence", "text", "居住区域", "第五条", 120, needed=False),
        Field("phone", "text", "联系方式", "第五条", 20, needed=False),
        Field("skills", "texts", "专业技能", "第五条", 30, needed=False),
        Field("categories", "codes", "服务类别", "第五条", needed=False, codes=CATEGORIES),
        Field("registered_on", "date", "注册日期", needed=False),
    ),
    "service.jsonl": (
        WHO,
        _number("服务记录编号"),
        Field("activity_name", "text", "活动名称", "第七条", 80),
        Field("service_date", "date", "服务日期", "第七条"),
        Field("place", "text", "服务地点", "第七条", 200),
        Field("content", "text", "服务内容", "第七条", 200),
        Field("category", "code", "服务类别", "第五条", needed=False, codes=CATEGORIES),
        Field("starts_at", "moment", "开始时间", "第七条"),
        Field("ends_at", "moment", "结束时间", "第七条"),
        Field("minutes", "minutes", "服务时间（分钟）", "第七条", 1440),
        Field("organizer_name", "text", "活动组织单位", "第七条", 100),
        Field("leader_name", "text", "活动负责人", "第七条", 50, needed=False),
        Field("is_back_filled", "flag", "是否补录", needed=False),
        Field("recorded_by", "text", "记录单位", "第二条", 100, needed=False),
    ),
    "training.jsonl": (
        WHO,
        _number("培训记录编号"),
        Field("name", "text", "培训名称", "第八条", 80),
        Field("content", "text", "主要内容", "第八条", 300),
        Field("minutes", "minutes", "学习时长（分钟）", "第八条", 1_600_000),
        Field("organizer_name", "text", "举办单位", "第八条", 100),
        Field("from_date", "date", "开始日期", "第八条"),
        Field("to_date", "date", "结束日期", "第八条"),
    ),
    "honours.jsonl": (
        WHO,
        _number("表彰记录编号"),
        Field("name", "text", "表彰奖励名称", "第九条", 80),
        Field("honoured_on", "date", "表彰日期", "第九条"),
        Field("granted_by_name", "text", "授予单位", "第九条", 100),
        Field("is_government", "flag", "是否党政机关授予", "第九条", needed=False),
    ),
    "evaluations.jsonl": (
        WHO,
        _number("评价记录编号"),
        Field("activity_name", "text", "活动名称", longest=80),
        Field("grade", "code", "服务质量评价", "第十条", codes=GRADES),
        Field("words", "text", "评语", "第十条", 200, needed=False),
        Field("evaluated_on", "date", "评价日期", "第十条"),
    ),
}

MANIFEST_FIELDS = {
    "format": "固定为 liandong-dossier",
    "version": "格式版本，固定为 1.0",
    "source": "数据来源：系统和单位的名称，同一来源的编号不得重复",
    "made_at": "生成时间（ISO 8601，带时区）",
    "purpose": "用途",
    "is_masked": "是否脱敏；脱敏的文件只能查看，不能导入",
    "people": "志愿者人数",
    "files": "每个文件的 name、rows（行数）、sha256（摘要）",
}


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12): a definition for a line of each file, and one for the manifest."""
    lines = {
        name.removesuffix(".jsonl"): {
            "type": "object",
            "properties": {field.name: field.schema() for field in fields},
            "required": [field.name for field in fields if field.needed],
            "additionalProperties": False,
        }
        for name, fields in FILES.items()
    }
    entry = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "enum": list(FILES)},
            "rows": {"type": "integer", "minimum": 0},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        },
        "required": ["name", "rows", "sha256"],
        "additionalProperties": False,
    }
    kinds: dict[str, Any] = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "source": {"type": "string", "minLength": 1, "maxLength": 120},
        "made_at": {"type": "string", "format": "date-time"},
        "purpose": {"type": "string", "maxLength": 200},
        "is_masked": {"type": "boolean"},
        "people": {"type": "integer", "minimum": 0},
        "files": {"type": "array", "items": entry},
    }
    manifest = {
        "type": "object",
        "properties": {name: schema | {"description": MANIFEST_FIELDS[name]} for name, schema in kinds.items()},
        "required": list(kinds),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{FORMAT} {VERSION}",
        "description": "One definition for a line of each file of the zip, and one for its manifest.",
        "$defs": {"manifest": manifest, **lines},
    }


def tables() -> str:
    """The field tables of docs/exchange.md."""
    parts = []
    for name, fields in FILES.items():
        parts.append(f"### `{name}`\n\n| Field | 中文 | Kind | Needed | Order 67 |\n|---|---|---|---|---|")
        for field in fields:
            kind = {"text": f"text, at most {field.longest}", "minutes": f"whole minutes, 1 to {field.longest}"}.get(field.kind, field.kind)
            if field.codes:
                kind += ": " + ", ".join(f"`{code}`" for code in field.codes)
            parts.append(f"| `{field.name}` | {field.zh} | {kind} | {'yes' if field.needed else 'no'} | {field.rule} |")
        parts.append("")
    return "\n".join(parts).strip() + "\n"
