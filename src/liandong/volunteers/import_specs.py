"""How rosters of volunteers and lists of employees come in."""

import re
from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.text import fold
from liandong.imports import normalising, people, places, problems
from liandong.imports.effects import Writer
from liandong.imports.models import ImportRun
from liandong.imports.normalising import Parsed
from liandong.imports.people import People
from liandong.imports.places import Bodies, Places
from liandong.imports.specs import Column, Importer, Row, register
from liandong.organizations.models import Membership, Organization, Territory
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile

Slot = VolunteerProfile.Slot

problems.register({
    "place_unknown": _("The place “%(value)s” is not known here; it was left out."),
    "body_unknown": _("The body “%(value)s” is not known; it was left out."),
    "body_not_yours": _("“%(value)s” keeps its own list of people; it was left out."),
    "team_unknown": _("The team “%(value)s” is not known, and no body here could keep it; it was left out."),
    "availability_unread": _("“%(value)s” names no times that are known; it was kept as a note."),
    "hours_differ": _("Another number of brought hours is known. It was not changed."),
    "residence_differs": _("Another place of residence is known. It was not changed."),
    "details_differ": _("Something else is known here. It was not changed."),
    "dates_swapped": _("The day of entry lies ahead; today was taken."),
})  # fmt: skip


def keep_text(row: Row, key: str, *, longest: int) -> str:
    return str(row.take(key, normalising.parse_text(row.cell(key), longest=longest)))


class Belonging:
    """Who belongs to which body, for the people of a batch: read at once, added to, written at once."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, int], Membership] = {}
        self.new: list[tuple[Row, Membership]] = []
        self.filled: list[tuple[Row, Membership, dict[str, Any]]] = []

    def begin(self, rows: list[Row]) -> None:
        self.new, self.filled = [], []
        known = {row.values["person"].pk: row.values["person"] for row in rows if row.values["person"].pk}
        for membership in Membership.objects.filter(person_id__in=known, to_date__isnull=True).select_related("organization"):
            person = known[membership.person_id]
            self.remember(person, membership)

    @staticmethod
    def of(person: Person) -> dict[tuple[str, str], Membership]:
        """(name of the body, kind) -> membership. Kept on the person: people who are not saved yet have no key."""
        return person.__dict__.setdefault("_belongs", {})

    def remember(self, person: Person, membership: Membership) -> None:
        self.of(person).setdefault((membership.organization.name, membership.kind), membership)

    def add(self, row: Row, body: Organization, kind: str, **details: Any) -> bool:
        """True when something is to be written."""
        person: Person = row.values["person"]
        held = self.of(person).get((body.name, kind))
        from_date = details.pop("from_date", None)
        if held is None:
            membership = Membership(person=person, organization=body, kind=kind, from_date=from_date or clock.today(), **details)
            self.remember(person, membership)
            self.new.append((row, membership))
            return True
        before: dict[str, Any] = {}
        for name, value in details.items():
            known = getattr(held, name)
            if value in ("", None) or value == known:
                continue
            if known in ("", None):
                before[name] = known
                setattr(held, name, value)
            else:
                row.say("details_differ", name)
        if before and held.pk:
            self.filled.append((row, held, before))
        return bool(before)

    def write(self, writer: Writer) -> None:
        for _row, membership in self.new:
            membership.person, membership.organization = membership.person, membership.organization  # they have their keys now
        Membership.objects.bulk_create([membership for _row, membership in self.new])
        for row, membership in self.new:
            writer.created(row, membership)
        if self.filled:
            changed = {membership.pk: membership for _row, membership, _before in self.filled}
            Membership.objects.bulk_update(changed.values(), ["department", "staff_number", "is_union_member"])
            for row, membership, before in self.filled:
                writer.filled(row, membership, before)


def outcome_of(row: Row, *, changed: bool) -> str:
    """taken: somebody new; joined: known, and something was added, or met before in this very file; unchanged: nothing to add."""
    if row.values.get("is_new"):
        return "taken"
    return "joined" if changed or row.values.get("filled") or row.values.get("twin") else "unchanged"


class Drained:
    """Counters that tell each number once."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = defaultdict(int)

    def drain(self) -> dict[str, int]:
        told, self.counts = {key: number for key, number in self.counts.items() if number}, defaultdict(int)
        return told


# Volunteers


_PARTS = (
    (r"上午|早上|早晨|清晨|morning", "am"),
    (r"中午|午间|午休|noon", "noon"),
    (r"下午|午后|afternoon", "pm"),
    (r"晚|夜|evening|night", "eve"),
)
_SLOTS = {
    ("wd", "am"): [Slot.WEEKDAY_MORNING],
    ("wd", "noon"): [Slot.WEEKDAY_NOON],
    ("wd", "pm"): [Slot.WEEKDAY_AFTERNOON],
    ("wd", "eve"): [Slot.WEEKDAY_EVENING],
    ("sat", "am"): [Slot.SATURDAY_MORNING],
    ("sat", "pm"): [Slot.SATURDAY_AFTERNOON],
    ("sat", "noon"): [Slot.SATURDAY_MORNING, Slot.SATURDAY_AFTERNOON],
    ("sat", "eve"): [Slot.WEEKEND_EVENING],
    ("sun", "am"): [Slot.SUNDAY_MORNING],
    ("sun", "pm"): [Slot.SUNDAY_AFTERNOON],
    ("sun", "noon"): [Slot.SUNDAY_MORNING, Slot.SUNDAY_AFTERNOON],
    ("sun", "eve"): [Slot.WEEKEND_EVENING],
}


def slots_of(words: str) -> list[str]:
    """'周末全天' -> four half days, '不限' -> all, '周三下午' -> weekday afternoons (the word Wednesday stays in the note)."""
    text = fold(words).lower().replace("星期", "周").replace("礼拜", "周")
    if re.search(r"不限|随时|都可以|均可|任意|全部|anytime|any time", text):
        return list(Slot.values)
    found: set[str] = set()
    for part in re.split(r"[、，,;；/|\s]+", text):
        days: set[str] = set()
        if re.search(r"工作日|平时|平日|周[一二三四五1-5]|weekday|mon|tue|wed|thu|fri", part):
            days.add("wd")
        if re.search(r"周六|双休|周末|周[一二三四五]?(?:至|到|-)周?[六日天]|weekend|sat|周6", part):
            days.add("sat")
        if re.search(r"周[日天七]|双休|周末|周[一二三四五六]?(?:至|到|-)周?[日天]|weekend|sun|周7", part):
            days.add("sun")
        if re.search(r"节|假|holiday", part):
            found.add(Slot.HOLIDAY)
        times = {code for pattern, code in _PARTS if re.search(pattern, part)}
        if not days and times and not re.search(r"节|假", part):
            days = {"wd", "sat", "sun"}
        for day in days:
            for time in times or ({"am", "noon", "pm", "eve"} if day == "wd" else {"am", "pm"}):
                found.update(_SLOTS[day, time])
    return [slot for slot in Slot.values if slot in found]


_POLITICAL = {
    "党员": "中共党员",
    "中国共产党党员": "中共党员",
    "预备党员": "中共预备党员",
    "团员": "共青团员",
    "无党派": "无党派人士",
    "民众": "群众",
    "群众": "群众",
}


class RosterImporter(Importer):
    """志愿者花名册: people, their profile as volunteers, skills, times, team, employer, hours brought from elsewhere."""

    kind = ImportRun.Kind.ROSTER
    label = _("Volunteer roster")
    noun = _("volunteers")
    columns = (
        people.NAME,
        people.SEX,
        people.ID_NUMBER,
        people.PHONE,
        people.BIRTH_DATE,
        Column("employer", _("Employer"), ("所在单位", "工作单位", "单位", "单位名称", "公司", "所属单位", "就职单位", "company", "employer"), avoid=("电话", "地址", "填报", "服务"), sample="某某有限公司"),
        Column("residence", _("Community"), ("居住社区", "所在社区", "所属社区", "社区", "居住地社区", "现居住社区", "居委会", "所属居委", "community"), avoid=("职务", "工作"), sample="示例社区"),
        Column("team", _("Team"), ("所属服务队", "服务队", "志愿服务队", "所属队伍", "所属团队", "团队", "队伍", "志愿者队伍", "所在队伍", "服务队伍", "小队", "team"), avoid=("队长", "职务"), sample="示例服务队"),
        Column("political_status", _("Political status"), ("政治面貌", "政治面目", "党派", "political status"), sample="群众"),
        Column("skills", _("Skills"), ("技能特长", "特长", "技能", "专业特长", "个人特长", "服务技能", "爱好特长", "专长", "skills"), sample="英语翻译、急救", hint=_("Several skills: put a comma between them.")),
        Column("availability", _("When free"), ("可服务时间", "服务时间", "空闲时间", "可参加时间", "可提供服务时间", "服务时段", "availability", "available"), avoid=("累计", "时长", "起始", "开始"), sample="周六上午"),
        Column("hours", _("Hours so far"), ("累计时长", "服务时长", "志愿服务时长", "累计服务时长", "累计小时", "服务小时", "总时长", "志愿时长", "累计服务时间", "时长", "hours", "total hours"), sample="36", hint=_("Hours given before Liandong. They are kept as brought along, not as service records.")),
        Column("registered_on", _("Registered on"), ("注册日期", "注册时间", "登记日期", "登记时间", "加入日期", "加入时间", "入队时间", "入队日期", "registered"), sample="2024-03-01"),
    )  # fmt: skip
    leaning = (("volunteers.volunteerprofile", "volunteers.teammembership", "person_id"),)
    made_labels = {
        "teams": _("Teams created"),
        "skills": _("Skills added to the list"),
        "bodies": _("Bodies entered as applied"),
        "places": _("Places created"),
    }

    def __init__(self, run: ImportRun, *, dry: bool) -> None:
        super().__init__(run, dry=dry)
        self.people = People(run, dry=dry)
        self.places = Places(self)
        self.bodies = Bodies(self)
        self.belonging = Belonging()
        self.body = places.home_body(run)
        self.told = Drained()
        self.teams = self._known_teams()
        self.skills = {skill.name: skill for skill in Skill.objects.all()}
        self.today = clock.today()
        self._begin()

    def _begin(self) -> None:
        self.new_profiles: list[tuple[Row, VolunteerProfile]] = []
        self.filled_profiles: list[tuple[Row, VolunteerProfile, dict[str, Any]]] = []
        self.new_teams: list[tuple[Row, Team]] = []
        self.new_in_teams: list[tuple[Row, TeamMembership]] = []
        self.new_skills: list[tuple[Row, Skill]] = []
        self.new_able: list[tuple[Row, VolunteerProfile, Skill]] = []

    def _known_teams(self) -> dict[str, Team]:
        """Teams in reach by name; those of the body that keeps the run win."""
        top = self.places.top
        found = Team.objects.exclude(state=Team.State.CLOSED).select_related("organization", "territory").order_by("-id")
        near = [team for team in found.filter(territory__path__startswith=top.path) if self.bodies.reached(team.organization)]
        own = [team for team in near if self.body is not None and team.organization_id == self.body.pk]
        return {re.sub(r"\s", "", fold(team.name)): team for team in (*near, *own)}

    # reading

    def read(self, row: Row) -> None:
        people.read_person(row)
        values = row.values
        values["employer"] = keep_text(row, "employer", longest=100)
        values["residence"] = keep_text(row, "residence", longest=60)
        values["team"] = keep_text(row, "team", longest=60)
        status = keep_text(row, "political_status", longest=20)
        values["political_status"] = _POLITICAL.get(status, status)
        values["skills"] = row.take("skills", normalising.parse_list(row.cell("skills")))
        note = keep_text(row, "availability", longest=100)
        values["availability_note"], values["availability"] = note, slots_of(note)
        if note and not values["availability"]:
            row.note("availability_unread", "availability", value=note[:30])
        values["minutes"] = row.take("hours", normalising.parse_hours(row.cell("hours"), in_minutes="分钟" in self.headers.get("hours", "")))
        registered = row.take("registered_on", normalising.parse_date(row.cell("registered_on"), today=self.today))
        values["registered_on"] = registered if registered and registered <= self.today else None

    # recognising

    def plan(self, rows: list[Row]) -> None:
        self._begin()
        self.people.match(rows)
        self.belonging.begin(rows)
        self._meet(rows)
        for row in rows:
            changed = [self._plan_profile(row), self._plan_team(row), self._plan_bodies(row)]
            row.outcome = outcome_of(row, changed=any(changed))

    def _meet(self, rows: list[Row]) -> None:
        """What is known of the batch's people as volunteers, kept on each person."""
        known = {row.values["person"].pk: row.values["person"] for row in rows if row.values["person"].pk}
        for profile in VolunteerProfile.objects.filter(person_id__in=known).select_related("residence"):
            known[profile.person_id]._profile = profile
        able = VolunteerProfile.skills.through.objects.filter(volunteerprofile__person_id__in=known)
        for person_id, name in able.values_list("volunteerprofile__person_id", "skill__name"):
            self._skills_of(known[person_id]).add(name)
        for person_id, team_id in TeamMembership.objects.filter(person_id__in=known, to_date__isnull=True).values_list("person_id", "team_id"):
            self._teams_of(known[person_id]).add(team_id)

    @staticmethod
    def _skills_of(person: Person) -> set[str]:
        return person.__dict__.setdefault("_skills", set())

    @staticmethod
    def _teams_of(person: Person) -> set[Any]:
        return person.__dict__.setdefault("_teams", set())

    def _plan_profile(self, row: Row) -> bool:
        values, person = row.values, row.values["person"]
        residence = self._residence(row)
        wanted = {
            "residence": residence,
            "political_status": values["political_status"],
            "availability": values["availability"],
            "availability_note": values["availability_note"],
            "brought_minutes": values["minutes"],
        }
        profile = person.__dict__.get("_profile")
        changed = False
        if profile is None:
            profile = VolunteerProfile(person=person, registered_on=values["registered_on"] or self.today, **wanted)
            profile.brought_source = self.run.file_name if values["minutes"] else ""
            person._profile = profile
            self.new_profiles.append((row, profile))
            changed = True
        else:
            changed = self._fill_profile(row, profile, wanted)
        for name in values["skills"]:
            if name not in self._skills_of(person):
                self._skills_of(person).add(name)
                self.new_able.append((row, profile, self._skill(row, name)))
                changed = True
        return changed

    def _fill_profile(self, row: Row, profile: VolunteerProfile, wanted: dict[str, Any]) -> bool:
        before: dict[str, Any] = {}
        differs = {"residence": "residence_differs", "brought_minutes": "hours_differ"}
        columns = {"brought_minutes": "hours", "availability_note": "availability"}
        for name, value in wanted.items():
            known = getattr(profile, name)
            if not value or value == known:
                continue
            if not known:
                before["residence_id" if name == "residence" else name] = None if name == "residence" else known
                setattr(profile, name, value)
                if name == "brought_minutes":
                    before["brought_source"] = profile.brought_source
                    profile.brought_source = self.run.file_name
            elif name != "availability":
                row.say(differs.get(name, "details_differ"), columns.get(name, name))
        if before and profile.pk:
            self.filled_profiles.append((row, profile, before))
        return bool(before)

    def _residence(self, row: Row) -> Territory | None:
        name = row.values["residence"]
        if not name:
            return None
        place = self.places.find_or_make(name, row)
        if place is None:
            row.say("place_unknown", "residence", value=name[:30])
        return place

    def _skill(self, row: Row, name: str) -> Skill:
        if name not in self.skills:
            self.skills[name] = Skill(name=name)
            self.new_skills.append((row, self.skills[name]))
            self.told.counts["skills"] += 1
        return self.skills[name]

    def _plan_team(self, row: Row) -> bool:
        name = row.values["team"]
        if not name:
            return False
        team = self._team(row, name)
        if team is None:
            row.say("team_unknown", "team", value=name[:30])
            return False
        person = row.values["person"]
        key = team.pk or id(team)
        if key in self._teams_of(person):
            return False
        self._teams_of(person).update({key, id(team)})
        self.new_in_teams.append((row, TeamMembership(team=team, person=person, from_date=self.today)))
        return True

    def _team(self, row: Row, name: str) -> Team | None:
        key = re.sub(r"\s", "", fold(name))
        if key not in self.teams:
            if self.body is None or normalising.is_formula(name):
                return None
            self.teams[key] = Team(name=name, organization=self.body, territory=self.body.territory)
            self.new_teams.append((row, self.teams[key]))
            self.told.counts["teams"] += 1
        return self.teams[key]

    def _plan_bodies(self, row: Row) -> bool:
        """The volunteer belongs to the body that keeps the list, and works for the employer named, if this run may say so."""
        changed = self.body is not None and self.belonging.add(row, self.body, Membership.Kind.MEMBER)
        name = row.values["employer"]
        if not name:
            return changed
        body = self.bodies.find(name) or self.bodies.apply_for(name, row)
        if body is None:
            row.say("body_unknown", "employer", value=name[:40])
        elif not self.bodies.reached(body):
            row.say("body_not_yours", "employer", value=name[:40])
        elif body.party not in (Organization.Party.COMMUNITY,):
            changed = self.belonging.add(row, body, Membership.Kind.EMPLOYEE) or changed
        return changed

    def made(self) -> dict[str, int]:
        told = self.told.drain()
        told["places"], self.places.made = self.places.made, 0
        told["bodies"], self.bodies.made = self.bodies.made, 0
        return told

    # writing

    def write(self, rows: list[Row], writer: Writer) -> None:
        people.lock_keys("imports.names")  # places, bodies and teams of one name are made once, whoever brings them
        self.places.write(writer)
        self.bodies.write(writer)
        self.people.write(writer)
        self._write_profiles(writer)
        self._write_skills(writer)
        self._write_teams(writer)
        self.belonging.write(writer)

    def _write_profiles(self, writer: Writer) -> None:
        for _row, profile in self.new_profiles:
            profile.person, profile.residence = profile.person, profile.residence
        VolunteerProfile.objects.bulk_create([profile for _row, profile in self.new_profiles])
        for row, profile in self.new_profiles:
            writer.created(row, profile)
        writer.record("volunteer.registered", [profile for _row, profile in self.new_profiles], lambda profile: {"person": profile.person_id})
        if self.filled_profiles:
            changed = {profile.pk: profile for _row, profile, _before in self.filled_profiles}
            for profile in changed.values():
                profile.residence = profile.residence
            fields = ["residence", "political_status", "availability", "availability_note", "brought_minutes", "brought_source"]
            VolunteerProfile.objects.bulk_update(changed.values(), fields)
            for row, profile, before in self.filled_profiles:
                writer.filled(row, profile, before)
            writer.record("volunteer.filled_in", changed.values(), lambda profile: {"person": profile.person_id})

    def _write_skills(self, writer: Writer) -> None:
        for _row, skill in self.new_skills:
            made, created = Skill.objects.get_or_create(name=skill.name)
            skill.pk = made.pk
            if created:
                writer.created(None, skill)
        through = VolunteerProfile.skills.through
        links = [(row, through(volunteerprofile_id=profile.pk, skill_id=skill.pk)) for row, profile, skill in self.new_able]
        through.objects.bulk_create([link for _row, link in links])
        for row, link in links:
            writer.created(row, link)

    def _write_teams(self, writer: Writer) -> None:
        shared: set[int] = set()
        for _row, team in self.new_teams:
            if found := Team.objects.filter(organization=team.organization, name=team.name).first():  # another list was faster
                team.pk = found.pk
                shared.add(found.pk)
                continue
            team.save()
            writer.created(None, team)
            writer.record("team.created", [team], lambda team: {"name": team.name})
        for _row, membership in self.new_in_teams:
            membership.team, membership.person = membership.team, membership.person
        if shared:
            held = set(TeamMembership.objects.filter(team__in=shared, to_date__isnull=True).values_list("team_id", "person_id"))
            self.new_in_teams = [(row, each) for row, each in self.new_in_teams if (each.team_id, each.person_id) not in held]
        TeamMembership.objects.bulk_create([membership for _row, membership in self.new_in_teams])
        for row, membership in self.new_in_teams:
            writer.created(row, membership)


# Employees


class EmployeesImporter(Importer):
    """企业员工名单: people and their employment with one body."""

    kind = ImportRun.Kind.EMPLOYEES
    label = _("Employee list")
    noun = _("employees")
    columns = (
        people.NAME,
        Column("staff_number", _("Staff number"), ("工号", "员工编号", "员工号", "职工号", "人员编号", "职工编号", "staff number", "employee number", "employee id", "staff id"), sample="E1001"),
        people.PHONE,
        people.SEX,
        people.ID_NUMBER,
        people.BIRTH_DATE,
        Column("department", _("Department"), ("部门", "所在部门", "所属部门", "科室", "岗位部门", "department", "dept"), sample="市场部"),
        Column("from_date", _("Day of entry"), ("入职日期", "入职时间", "参加工作时间", "到岗日期", "入司日期", "入司时间", "hire date", "entry date", "start date", "joined"), sample="2020-03-01"),
        Column("is_union_member", _("Union member"), ("是否工会会员", "工会会员", "是否会员", "是否入会", "入会情况", "会员", "union member", "union"), sample="是"),
    )  # fmt: skip
    needs_organization = True

    def __init__(self, run: ImportRun, *, dry: bool) -> None:
        super().__init__(run, dry=dry)
        self.people = People(run, dry=dry)
        self.belonging = Belonging()
        self.today = clock.today()

    def read(self, row: Row) -> None:
        people.read_person(row)
        values = row.values
        values["staff_number"] = keep_text(row, "staff_number", longest=40)
        values["department"] = keep_text(row, "department", longest=60)
        since = row.take("from_date", normalising.parse_date(row.cell("from_date"), today=self.today))
        if since and since > self.today:
            row.take("from_date", Parsed(None, "dates_swapped"))
            since = None
        values["from_date"] = since
        values["is_union_member"] = row.take("is_union_member", normalising.parse_yes_no(row.cell("is_union_member")))

    def plan(self, rows: list[Row]) -> None:
        assert self.run.organization is not None
        self.people.match(rows)
        self.belonging.begin(rows)
        for row in rows:
            details = {name: row.values[name] for name in ("department", "staff_number", "is_union_member", "from_date")}
            changed = self.belonging.add(row, self.run.organization, Membership.Kind.EMPLOYEE, **details)
            row.outcome = outcome_of(row, changed=changed)

    def write(self, rows: list[Row], writer: Writer) -> None:
        self.people.write(writer)
        self.belonging.write(writer)


register(RosterImporter)
register(EmployeesImporter)
