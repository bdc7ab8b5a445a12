"""People in bulk: read from cells, recognised by the one rule of `accounts.same_person`, joined or made. What is known is never overwritten."""

import hashlib
import json
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person, id_number_hash
from liandong.accounts.same_person import Clues, PeopleIndex
from liandong.core import clock
from liandong.core.masking import mask_name, mask_phone
from liandong.core.numbers import birth_date_of, sex_of
from liandong.imports import normalising
from liandong.imports.effects import Writer
from liandong.imports.models import ImportEffect, ImportRun
from liandong.imports.specs import Column, Row

PERSON = "accounts.person"
_OTHERS = ("紧急", "家长", "监护", "家属", "负责人", "联络员", "队长", "介绍人", "推荐人")

NAME = Column(
    "name",
    _("Name"),
    ("姓名", "志愿者姓名", "员工姓名", "人员姓名", "名字", "真实姓名", "志愿者", "name", "full name", "volunteer name", "employee name"),
    needed=True,
    avoid=(*_OTHERS, "团队", "队伍", "单位", "社区", "teamname", "company", "username", "用户名"),
    fits=lambda cell: isinstance(cell, str) and looks_like_name(cell),
    sample="王小明",
    hint=_("Needed in every row."),
)
SEX = Column("sex", _("Sex"), ("性别", "sex", "gender"), fits=lambda cell: cell in ("男", "女"), sample="男")
ID_NUMBER = Column(
    "id_number",
    _("ID number"),
    ("身份证号码", "身份证号", "身份证", "居民身份证号", "公民身份号码", "证件号码", "证件号", "id number", "id card", "idcard", "identity number"),
    avoid=(*_OTHERS, "类型", "type"),
    fits=lambda cell: isinstance(cell, str) and bool(normalising.parse_id_number(cell).value),
    hint=_("As text: format the column as text before typing, or Excel cuts the last digits."),
)
PHONE = Column(
    "phone",
    _("Mobile number"),
    (
        "手机",
        "手机号",
        "手机号码",
        "联系方式",
        "联系电话",
        "电话",
        "电话号码",
        "移动电话",
        "联系手机",
        "本人电话",
        "phone",
        "mobile",
        "mobile phone",
        "phone number",
        "tel",
        "telephone",
        "cell",
        "cellphone",
        "contact",
    ),
    avoid=(*_OTHERS, "单位电话", "办公电话", "座机", "emergency", "联系人"),
    fits=lambda cell: bool(normalising.parse_phone(cell).value),
    sample="13800000000",
)
BIRTH_DATE = Column(
    "birth_date",
    _("Day of birth"),
    ("出生日期", "出生年月日", "出生年月", "出生时间", "生日", "出生", "birth date", "date of birth", "birthday", "birthdate", "dob"),
    avoid=("籍贯", "出生地"),
    sample="1990-05-01",
)

_SURNAMES = set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)


def looks_like_name(cell: str) -> bool:
    name = normalising.parse_name(cell).value or ""
    return (2 <= len(name) <= 4 and name[0] in _SURNAMES and all("\u3400" <= c <= "\u9fff" for c in name)) or ("·" in name and len(name) < 20)


def read_person(row: Row) -> None:
    """Name, phone, ID number, day of birth and sex of a row into `row.values`, each with its problems."""
    name = normalising.parse_name(row.cell("name"))
    if name.code and not name.value:
        row.refuse(name.code, "name", **name.values)
    elif name.code:
        row.say(name.code, "name", **name.values)
    row.who = mask_name(name.value or "")
    number = row.take("id_number", normalising.parse_id_number(row.cell("id_number")))
    phone = row.take("phone", normalising.parse_phone(row.cell("phone")))
    born = row.take("birth_date", normalising.parse_birth_date(row.cell("birth_date"), today=clock.today()))
    sex = row.take("sex", normalising.parse_sex(row.cell("sex")))
    if number:
        said = birth_date_of(number)
        if born and said and born != said:
            row.say("birth_contradicts_id", "birth_date", value=born.isoformat(), known=said.isoformat())
        if sex and sex != sex_of(number):
            row.say("sex_contradicts_id", "sex")
        born, sex = said, sex_of(number)
    row.values.update(name=name.value, phone=phone, id_number=number, birth_date=born, sex=sex)
    if name.value and not (phone or number or born):
        row.say("only_name", "name")


class People:
    """Recognises the people of a run, batch by batch. Each row gets `values["person"]`; `is_new` and `filled` say what is to be written."""

    def __init__(self, run: ImportRun, *, dry: bool) -> None:
        self.run, self.dry = run, dry
        # What a dry run would have made so far. A real one finds it in the database.
        self._imagined = PeopleIndex([])
        self._imagined_nameless: dict[str, Person] = {}
        self._new: list[tuple[Row, Person]] = []
        self._filled: list[tuple[Row, Person, dict[str, Any]]] = []

    def match(self, rows: list[Row]) -> None:
        self._new, self._filled = [], []
        if not self.dry:
            lock_names({row.values["name"] for row in rows})
        clues = {id(row): self._clues(row) for row in rows}
        index = PeopleIndex(clues.values())
        nameless = self._nameless(rows)
        for row in rows:
            wanted = clues[id(row)]
            key = bare_key(row)
            person = index.find(wanted) or self._imagined.find(wanted) or (nameless.get(key) or self._imagined_nameless.get(key) if key else None)
            if person is None:
                person = self._make(row, wanted, index)
                if key:
                    nameless[key] = person
                    if self.dry:
                        self._imagined_nameless[key] = person
            else:
                self._join(row, person, index)
            row.values["person"] = person
        self._find_twins(rows)

    def _clues(self, row: Row) -> Clues:
        number = row.values["id_number"]
        return Clues(
            name=row.values["name"], phone=row.values["phone"], birth_date=row.values["birth_date"], id_hash=id_number_hash(number) if number else ""
        )

    def _make(self, row: Row, wanted: Clues, index: PeopleIndex) -> Person:
        values = row.values
        person = Person(name=values["name"], phone=values["phone"], birth_date=values["birth_date"], sex=values["sex"], created_at=clock.now())
        if self.dry:
            person.id_number_hash = wanted.id_hash or None
            self._imagined.add(person)
        else:
            person.set_id_number(values["id_number"])
            person.fill_pinyin()
            self._new.append((row, person))
        if wanted.id_hash and wanted.phone and index.find(Clues(name=wanted.name, phone=wanted.phone)):
            row.say("id_differs", "id_number")
        index.add(person)
        person._made_by_row = row.number  # type: ignore[attr-defined]
        row.values["is_new"] = True
        return person

    def _join(self, row: Row, person: Person, index: PeopleIndex) -> None:
        values = row.values
        before: dict[str, Any] = {}
        for name in ("phone", "birth_date", "sex"):
            new, known = values[name], getattr(person, name)
            if new and not known:
                before[name] = known
                setattr(person, name, new)
            elif new and known != new:
                shown = {"known": mask_phone(str(known)), "value": mask_phone(str(new))} if name == "phone" else {}
                row.say({"phone": "phone_differs", "birth_date": "birth_differs", "sex": "sex_differs"}[name], name, **shown)
        if values["id_number"] and not person.id_number_hash:
            before |= {"id_number_sealed": "", "id_number_hash": None}
            if self.dry:
                person.id_number_hash = id_number_hash(values["id_number"])
            else:
                person.set_id_number(values["id_number"])
        if person.name != values["name"]:
            row.say("name_differs", "name", known=mask_name(person.name), value=mask_name(values["name"]))
        row.values["filled"] = bool(before)
        if before:
            index.add(person)
            if self.dry:
                self._imagined.add(person)
            elif person.pk:
                self._filled.append((row, person, before))

    def _find_twins(self, rows: list[Row]) -> None:
        """Rows whose person this very run has made say so."""
        known = {row.values["person"].pk for row in rows if row.values["person"].pk}
        made = {}
        if known and not self.dry:
            found = ImportEffect.objects.filter(run=self.run, model=PERSON, action=ImportEffect.Action.CREATED, object_id__in=known)
            made = dict(found.values_list("object_id", "row"))
        for row in rows:
            if row.values.get("is_new"):
                continue
            person = row.values["person"]
            if first := getattr(person, "_made_by_row", None) or made.get(person.pk):
                row.values["twin"] = first
                row.note("twin", row=first)

    def _nameless(self, rows: list[Row]) -> dict[str, Person]:
        """People of whom an earlier import knew only the name, by the row that brought them: the same row again is the same person."""
        keys = {key for row in rows if (key := bare_key(row))}
        if not keys:
            return {}
        found = ImportEffect.objects.filter(model=PERSON, action=ImportEffect.Action.CREATED, before__bare__in=list(keys)).values_list(
            "before__bare", "object_id"
        )
        people = Person.objects.filter(merged_into__isnull=True).in_bulk([pk for _key, pk in found])
        return {key: people[pk] for key, pk in found if pk in people}

    def write(self, writer: Writer) -> None:
        """New people and filled fields, with their effects and entries in the journal."""
        people = [person for _row, person in self._new]
        Person.objects.bulk_create(people)
        for row, person in self._new:
            key = bare_key(row)
            writer.created(row, person, before={"bare": key} if key else None)
        writer.record("person.registered", people, lambda person: {"number": person.number})
        if self._filled:
            changed = {person.pk: person for _row, person, _before in self._filled}
            Person.objects.bulk_update(changed.values(), ["phone", "birth_date", "sex", "id_number_sealed", "id_number_hash"])
            for row, person, before in self._filled:
                writer.filled(row, person, before)
            fields = {
                person.pk: sorted({name for _row, other, before in self._filled if other is person for name in before}) for person in changed.values()
            }
            writer.record("person.filled_in", changed.values(), lambda person: {"fields": fields[person.pk]})


def lock_names(names: set[str]) -> None:
    """The locks that `accounts.services.register_person` takes, so that a form and a file cannot make the same person at the same moment."""
    lock_keys(*(f"person:{name}" for name in names))


def lock_keys(*keys: str) -> None:
    """Locks until the end of the transaction, all in one question and in order."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(%s::text[]) as key", [sorted(set(keys))])


def bare_key(row: Row) -> str:
    """For a row of which only the name identifies anybody: a digest of all its cells. "" for other rows."""
    values = row.values
    if values["phone"] or values["id_number"] or values["birth_date"]:
        return ""
    text = json.dumps({key: normalising.text_of(cell) for key, cell in sorted(row.cells.items())}, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
