"""How lists of needs come in: every line keeps its own words."""

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.accounts.same_person import Clues, PeopleIndex
from liandong.core import clock, search
from liandong.core.masking import mask_name
from liandong.core.text import fold
from liandong.imports import normalising, people, problems
from liandong.imports.effects import Writer
from liandong.imports.models import ImportRun
from liandong.imports.places import Bodies, Places
from liandong.imports.specs import Column, Importer, Row, register
from liandong.needs import suggest
from liandong.needs.models import Category, Need, Source
from liandong.needs.services import answer_due_from
from liandong.organizations.models import Organization, Territory

problems.register({
    "words_missing": _("The need is not described."),
    "words_too_short": _("“%(value)s” does not say what is needed."),
    "category_unknown": _("The category “%(value)s” is not known; the words decided."),
    "need_place_unknown": _("The place “%(value)s” is not known here; the need was entered for %(place)s."),
    "need_twin": _("The same need as in row %(row)s."),
    "number_twin": _("The number %(value)s stands in row %(row)s already; this row was left out."),
    "words_differ": _("A need with this number is known with other words. It was not changed."),
    "wanted_cut": _("The wanted time is longer than 60 characters; the rest was left out."),
    "body_of_asker_not_yours": _("“%(value)s” was kept as a name only: this list may not speak for that body."),
})  # fmt: skip

_CATEGORIES = {
    Category.ELDERS: "助老助残 助老 为老 养老 老年 老人 助残 残疾 敬老",
    Category.CHILDREN: "亲子儿童 亲子 儿童 家庭 青少年 教育 未成年",
    Category.OUTDOOR: "户外劳动者 户外 环卫 骑手 新就业",
    Category.STAFF: "企业员工 企业 员工 职工 白领",
    Category.CULTURE: "环保文化 环保 文化 文体 环境 绿色",
    Category.ORDER: "治理安全 治理 安全 邻里 秩序 平安 消防",
    Category.HEALTH: "健康 医疗 卫生 心理",
    Category.JOBS: "职业指导 职业 就业 技能 创业 培训",
    Category.OTHER: "其他 其它 综合",
}
_URGENT = re.compile(r"^[\s\[【（(]*(特急|紧急|加急|急)[\]】）)：:！!\s]+")


def category_named(text: str) -> str:
    """'职业' and '职业指导类' are jobs; "" for what is not known."""
    text = re.sub(r"[\s类型]", "", fold(text))
    if not text:
        return ""
    by_label = {value.lower(): value for value in Category.values}
    if text.lower() in by_label:
        return by_label[text.lower()]
    for category, names in _CATEGORIES.items():
        if text in names.split():
            return str(category)
    for category, names in _CATEGORIES.items():
        if any(name in text or (len(text) >= 2 and name.startswith(text)) for name in names.split()):
            return str(category)
    return ""


def urgency_of(words: str, wanted: str, said: str) -> int:
    if _URGENT.match(words) or re.search(r"特急|紧急|加急|^急$|^高$", said) or normalising.parse_yes_no(said).value:
        return Need.Urgency.URGENT
    return Need.Urgency.SOON if re.search(r"越快越好|尽快|马上|立刻|急需", wanted + said) else Need.Urgency.NORMAL


class NeedsImporter(Importer):
    """社区需求清单: one need a row. Recognised again by its number in the list, or by its words, asker and place where the list has no numbers."""

    kind = ImportRun.Kind.NEEDS
    label = _("List of needs")
    noun = _("needs")
    columns = (
        Column("outside_number", _("Number in the list"), ("编号", "需求编号", "需求号", "工单号", "流水号", "number", "id", "need number"), avoid=("身份",), sample="XQ0001", hint=_("The same number is the same need, however often the list comes.")),
        Column("asker", _("Asked by"), ("提出单位/个人", "提出单位", "提出人", "提出单位或个人", "需求方", "需求单位", "需求提出方", "需求主体", "申报单位", "提报单位", "来源", "提出者", "诉求人", "单位", "申请人", "asked by", "asker", "requester"), avoid=("电话", "时间", "日期"), sample="示例社区居委会"),
        Column("category", _("Category"), ("类别", "需求类别", "需求类型", "类型", "分类", "需求分类", "服务类别", "服务类型", "category", "type"), sample="助老助残"),
        Column("words", _("What is needed"), ("需求描述", "需求内容", "具体需求", "需求", "描述", "内容", "需求事项", "诉求", "诉求内容", "具体内容", "事项", "需求说明", "description", "need", "what is needed"), needed=True, avoid=("编号", "时间", "人数", "类", "方", "单位", "主体"), fits=lambda cell: isinstance(cell, str) and len(cell) >= 12 and bool(re.search(r"[\u3400-\u9fff]{6}", cell)), sample="想请人教老人用智能手机挂号"),
        Column("people_count", _("For how many people"), ("服务对象人数", "人数", "服务人数", "受益人数", "覆盖人数", "需求人数", "参与人数", "服务对象数", "people", "number of people", "headcount"), sample="30"),
        Column("wanted", _("Wanted when"), ("希望时间", "期望时间", "需求时间", "服务时间", "时间要求", "时间", "希望服务时间", "期望完成时间", "when", "wanted time", "date"), avoid=("提出时间", "登记", "填报", "受理"), sample="2026-12-12"),
        Column("place", _("Place"), ("地点", "服务地点", "所属社区", "所在社区", "社区", "地址", "位置", "活动地点", "需求地点", "place", "location", "community"), sample="示例社区"),
        Column("contact_name", _("Contact"), ("联系人", "联系人姓名", "对接人", "负责人", "经办人", "联络人", "姓名", "contact", "contact person", "contact name"), avoid=("电话", "手机", "方式", "phone"), sample="王小明"),
        Column("contact_phone", _("Phone of the contact"), ("联系电话", "电话", "手机", "联系方式", "联系人电话", "手机号", "手机号码", "联系人手机", "联系人联系方式", "phone", "mobile", "tel", "contact phone", "phone number"), fits=lambda cell: bool(normalising.parse_phone(cell, landline=True).value), sample="13800000000"),
        Column("urgency", _("Urgency"), ("紧急程度", "是否紧急", "紧急", "优先级", "urgency", "priority"), sample="急"),
        Column("asked_on", _("Asked on"), ("提出时间", "提出日期", "登记时间", "登记日期", "填报时间", "填报日期", "收集时间", "提交时间", "asked on", "date asked"), sample="2026-11-20"),
        Column("note", _("Note"), ("备注", "说明", "其他", "备注说明", "note", "notes", "remark", "remarks", "comment"), sample=""),
    )  # fmt: skip
    made_labels = {"places": _("Places created")}

    def __init__(self, run: ImportRun, *, dry: bool) -> None:
        super().__init__(run, dry=dry)
        self.places = Places(self)
        self.bodies = Bodies(self)
        self.now, self.today = clock.now(), clock.today()
        self._met: dict[tuple[Any, ...], int] = {}
        self._begin()

    def _begin(self) -> None:
        self.new: list[tuple[Row, Need]] = []
        self.filled: list[tuple[Row, Need, dict[str, Any]]] = []

    # reading

    def read(self, row: Row) -> None:
        values = row.values
        words = normalising.words_of(row.cell("words"))
        if not words or set(words) <= set("-—/无"):
            row.refuse("words_missing", "words")
        elif len(fold(words)) < 4:
            row.refuse("words_too_short", "words", value=words[:20])
        elif normalising.is_formula(row.cell("words")):
            row.say("formula", "words")
        values["words"] = words[:4000]
        number = str(row.take("outside_number", normalising.parse_text(row.cell("outside_number"), longest=40)))
        # 1, 2, 3 count the lines of one list; the next list begins at 1 again.
        values["outside_number"] = "" if re.fullmatch(r"\d{1,4}", number) else number
        values["asker"] = str(row.take("asker", normalising.parse_text(row.cell("asker"), longest=100)))
        values["place"] = str(row.take("place", normalising.parse_text(row.cell("place"), longest=120)))
        values["contact_name"] = str(row.take("contact_name", normalising.parse_text(row.cell("contact_name"), longest=50)))
        phone = normalising.parse_phone(row.cell("contact_phone"), landline=True)
        values["contact_phone"] = row.take("contact_phone", phone)
        if not values["contact_name"] and isinstance(row.cell("contact_phone"), str):  # "王主任 13800000000" in one cell
            name = re.sub(r"[^\u3400-\u9fff·A-Za-z]|电话|手机|转\d*", "", row.cell("contact_phone"))
            values["contact_name"] = name if 2 <= len(name) <= 10 and values["contact_phone"] else ""
        values["people_count"] = row.take("people_count", normalising.parse_count(row.cell("people_count")))
        wanted = row.take("wanted", normalising.parse_wanted(row.cell("wanted"), today=self.today))
        values["wanted_time"], values["wanted_date"] = wanted
        asked = row.take("asked_on", normalising.parse_date(row.cell("asked_on"), today=self.today))
        values["asked_on"] = asked if asked and asked <= self.today else None
        note = normalising.words_of(row.cell("note"))
        if normalising.is_formula(row.cell("note")):
            row.say("formula", "note")
        values["note"] = note[:2000]
        values["urgency"] = urgency_of(words, values["wanted_time"], normalising.text_of(row.cell("urgency")))
        values["category"] = self._category(row)
        row.who = mask_name(values["asker"]) if 0 < len(values["asker"]) <= 4 else values["asker"]

    def _category(self, row: Row) -> str:
        said = normalising.text_of(row.cell("category"))
        named = category_named(said)
        if said and not named:
            row.note("category_unknown", "category", value=said[:20])
        return named or suggest.category_from(row.values["words"])

    # recognising

    def plan(self, rows: list[Row]) -> None:
        self._begin()
        if not self.dry:
            people.lock_keys(f"imports.needs:{self.places.top.pk}")  # two lists of one street come in one after the other
        for row in rows:
            row.values["territory"] = self._territory(row)
        known = self._known(rows)
        askers = PeopleIndex([Clues(name=row.values["asker"], phone=row.values["contact_phone"]) for row in rows if row.values["contact_phone"]])
        for row in rows:
            self._plan_need(row, known, askers)

    def _territory(self, row: Row) -> Territory:
        """By the place named, else by who asks, else by the words, else the run's own."""
        values = row.values
        run_place: Territory = self.run.territory
        if name := values["place"]:
            if found := self.places.find(name) or self.places.find_in(name):
                return found
            if re.search(r"社区$|村$", fold(name)) and (made := self.places.find_or_make(name, row)):
                return made
        asker = values["asker"]
        body = self.bodies.find(asker) if asker else None
        if body is not None and body.kind == Organization.Kind.COMMUNITY and self.places.top.holds(body.territory):
            return body.territory
        if asker and (found := self.places.find(asker)):
            return found
        if re.search(r"社区(居委会|居民委员会)?$", fold(asker)) and (made := self.places.find_or_make(asker, row)):
            return made
        if found := self.places.find_in(values["words"]):
            return found
        if name and self.places.top.level in (Territory.Level.STREET, Territory.Level.COMMUNITY) and re.search(r"社区|村$", name):
            row.say("need_place_unknown", "place", value=name[:30], place=run_place.name)
        return run_place

    def _known(self, rows: list[Row]) -> dict[tuple[Any, ...], Need]:
        """Needs of these rows that are in the database already, by key."""
        inside = (
            Need.objects.filter(territory__path__startswith=self.places.top.path, is_wish=False)
            .select_related("territory")
            .defer("search")
            .order_by("-id")
        )
        numbers = {row.values["outside_number"] for row in rows if row.values["outside_number"]}
        texts = {row.values["words"] for row in rows if not row.values["outside_number"]}
        found: dict[tuple[Any, ...], Need] = {}
        if numbers:
            found |= {("number", need.outside_number): need for need in inside.filter(outside_number__in=numbers)}
        if texts:
            found |= {("words", need.words, need.asker_name, need.territory_id): need for need in inside.filter(words__in=texts, outside_number="")}
        return found

    @staticmethod
    def _key(row: Row) -> tuple[Any, ...]:
        values = row.values
        if values["outside_number"]:
            return "number", values["outside_number"]
        return "words", values["words"], values["asker"], values["territory"].pk

    def _plan_need(self, row: Row, known: dict[tuple[Any, ...], Need], askers: PeopleIndex) -> None:
        values, key = row.values, self._key(row)
        if first := self._met.get(key):
            if key[0] == "number":
                need = known.get(key)
                same = need is None or need.words == values["words"]
                if not same:
                    row.refuse("number_twin", "outside_number", value=values["outside_number"], row=first)
                    return
            row.note("need_twin", row=first)
            row.outcome = "unchanged"
            return
        self._met[key] = row.number
        need = known.get(key)
        if need is not None:
            if need.words != values["words"]:
                row.say("words_differ", "words")
            row.outcome = "joined" if self._fill(row, need) else "unchanged"
            return
        known[key] = self._make(row, askers)
        row.outcome = "taken"

    def _make(self, row: Row, askers: PeopleIndex) -> Need:
        values = row.values
        body, asker = self._asker(row, askers)
        at = self._asked_at(values["asked_on"])
        title = suggest.title_from(_URGENT.sub("", values["words"]) or values["words"])
        need = Need(
            words=values["words"],
            title=title[:80],
            category=values["category"],
            segment=suggest.segment_from(values["words"], body),
            source=Source.LIST,
            urgency=values["urgency"],
            territory=values["territory"],
            place=values["place"],
            people_count=values["people_count"],
            wanted_time=values["wanted_time"],
            wanted_date=values["wanted_date"],
            asker=asker,
            asker_organization=body,
            asker_name=values["asker"],
            contact_name=values["contact_name"],
            contact_phone=values["contact_phone"],
            submitted_by=self.run.uploaded_by,
            note=values["note"],
            outside_number=values["outside_number"],
            submitted_at=at,
            answer_due_at=answer_due_from(self.now),
        )
        self.new.append((row, need))
        return need

    def _asked_at(self, day: dt.date | None) -> dt.datetime:
        """The day the list gives, at noon; the answer clock starts when the need arrives here."""
        if day is None or day >= self.today:
            return self.now
        return clock.day_bounds(day)[0] + dt.timedelta(hours=12)

    def _asker(self, row: Row, askers: PeopleIndex) -> tuple[Organization | None, Person | None]:
        """A body by its name, a person by name and phone; anybody else stays a name."""
        values = row.values
        name = values["asker"]
        if not name:
            return self.run.organization, None
        body = self.bodies.find(name)
        if body is not None:
            if self.bodies.reached(body):
                return body, None
            row.note("body_of_asker_not_yours", "asker", value=name[:40])
            return None, None
        if values["contact_phone"] and values["contact_name"] in ("", name):
            return None, askers.find(Clues(name=name, phone=values["contact_phone"]))
        return None, None

    def _fill(self, row: Row, need: Need) -> bool:
        before: dict[str, Any] = {}
        for name in ("place", "people_count", "contact_name", "contact_phone", "note", "asker_name"):
            value, held = row.values["asker" if name == "asker_name" else name], getattr(need, name)
            if value and not held:
                before[name] = held
                setattr(need, name, value)
        wanted = row.values["wanted_time"], row.values["wanted_date"]
        if any(wanted) and not need.wanted_time and not need.wanted_date:
            before |= {"wanted_time": "", "wanted_date": None}
            need.wanted_time, need.wanted_date = wanted
        if before:
            self.filled.append((row, need, before))
        return bool(before)

    def made(self) -> dict[str, int]:
        told, self.places.made = {"places": self.places.made}, 0
        return told

    # writing

    def write(self, rows: list[Row], writer: Writer) -> None:
        people.lock_keys("imports.names")
        self.places.write(writer)
        for _row, need in self.new:
            need.territory = need.territory  # it has its key now
            need.search = search.vector(need.title, need.words, need.place)  # type: ignore[assignment]
        Need.objects.bulk_create([need for _row, need in self.new], batch_size=500)
        for row, need in self.new:
            writer.created(row, need)
        after = {"state": Need.State.SUBMITTED, "from_list": self.run.pk}
        writer.record(
            "need.submitted",
            [need for _row, need in self.new],
            lambda need: {**after, "territory": need.territory_id, "category": need.category, "answer_due_at": need.answer_due_at},
        )
        if self.filled:
            fields = ["place", "people_count", "contact_name", "contact_phone", "note", "asker_name", "wanted_time", "wanted_date"]
            Need.objects.bulk_update([need for _row, need, _before in self.filled], fields)
            for row, need, before in self.filled:
                writer.filled(row, need, before)
            writer.record("need.filled_in", [need for _row, need, _before in self.filled], lambda need: {"from_list": self.run.pk})


register(NeedsImporter)
