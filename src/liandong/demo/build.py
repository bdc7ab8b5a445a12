"""Builds the demo town: a year of a street or a district, the same for the same seed, with dates relative to today.

The past is written in bulk, because verbs act now; it obeys the same rules, and `check_invariants` says so. Random numbers come from one
generator in a fixed order, so two runs on one day give the same town.
"""

import datetime as dt
import uuid
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import accumulate
from random import Random
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from liandong.accounts.models import Account, Consent, Person
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.core import clock, ids
from liandong.core.actors import DEMO
from liandong.core.search import vector
from liandong.demo import words
from liandong.demo.sizes import SIZES, Size
from liandong.evaluation.models import Rating, RatingInvitation
from liandong.journal.models import Entry
from liandong.journal.services import key_of, seal_entries
from liandong.needs.models import Need, NeedAnswer
from liandong.needs.services import answer_due_from
from liandong.organizations.models import Membership, Organization, Role, RoleGrant, Territory
from liandong.projects.models import Milestone, Pledge, Project, ProjectNeed
from liandong.recognition import rules
from liandong.recognition.models import PointsAccount, PointsEntry, PointsTransfer, RecognitionRule, ServiceRecord
from liandong.venues.models import Venue
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile

BATCH = 2_000
HISTORY_DAYS = 425
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


class NotEmpty(Exception):
    """The database holds people already; the demo town is only built into an empty one."""


def build(size: str = "street", *, seed: int = 2026, say: Callable[[str], None] = lambda line: None) -> "Town":
    """Build the town in one transaction. Raises NotEmpty when there are people already."""
    if Person.objects.exists():
        raise NotEmpty
    with transaction.atomic():
        town = Town(SIZES[size], seed=seed, say=say)
        town.build()
    while seal_entries(limit=50_000):
        pass
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    return town


class Town:
    def __init__(self, size: Size, *, seed: int, say: Callable[[str], None]) -> None:
        self.size, self.say = size, say
        self.rng = Random(seed)  # noqa: S311 -- repeatable on purpose
        self.now = clock.now().replace(microsecond=0)
        self.today = clock.today()
        self.zone = timezone.get_current_timezone()
        self.journal: list[Entry] = []
        self.used_codes: set[str] = set()
        self.busy: set[tuple[int, dt.date]] = set()
        self.phone = 0

    # --- small tools -------------------------------------------------------------------------------------------------------------

    def code(self, length: int, prefix: str = "") -> str:
        while True:
            made = prefix + "".join(self.rng.choices(ids.ALPHABET, k=length))
            if made not in self.used_codes:
                self.used_codes.add(made)
                return made

    def at(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=self.zone)

    def working_moment(self, day: dt.date) -> dt.datetime:
        """A moment in office hours of that day, never in the future."""
        return min(self.at(day, self.rng.randint(9, 17), self.rng.randint(0, 59)), self.now - dt.timedelta(minutes=5))

    def later(self, moment: dt.datetime, low: float, high: float) -> dt.datetime:
        """Some days after a moment, skewed to the near end, never in the future."""
        days = low + (high - low) * self.rng.random() ** 1.6
        return min(moment + dt.timedelta(days=days), self.now - dt.timedelta(minutes=2))

    def save(self, rows: list[Any]) -> list[Any]:
        return type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH) if rows else []

    def note(self, verb: str, on: models.Model, at: dt.datetime, by: models.Model | None = None, **after: Any) -> None:
        self.journal.append(Entry(at=at, verb=verb, by=key_of(by) if by else str(DEMO), on=key_of(on), after=after, before={}, request_id="DEMO"))

    def person_name(self, old: bool = False) -> str:
        return self.rng.choice(words.SURNAMES) + self.rng.choice(words.GIVEN_OLD if old else words.GIVEN_YOUNG)

    def next_phone(self) -> str:
        self.phone += 1
        return f"199000{self.phone:05d}"

    def person(self, name: str, *, old: bool = False) -> Person:
        person = Person(
            number=self.code(8, "L"),
            name=name,
            sex=self.rng.choice("FM"),
            birth_date=self.today
            - dt.timedelta(days=self.rng.randint(60, 82) * 365 if old else self.rng.randint(20, 58) * 365 + self.rng.randint(0, 364)),
            phone=self.next_phone(),
            created_at=self.now - HISTORY_DAYS * DAY,
        )
        person.fill_pinyin()
        return person

    # --- the whole ---------------------------------------------------------------------------------------------------------------

    def build(self) -> None:
        for step in (
            self.make_places,
            self.make_bodies,
            self.make_people,
            self.make_teams,
            self.make_venues,
            self.make_needs,
            self.make_story,
            self.make_projects,
            self.make_other_activities,
            self.make_sign_ups,
            self.make_records,
            self.make_ratings,
        ):
            step()
        self.save(sorted(self.journal, key=lambda entry: entry.at))

    def make_places(self) -> None:
        city = Territory.objects.create(name="北京市", level=Territory.Level.CITY, code="110000")
        self.district = Territory.objects.create(name="朝阳区", level=Territory.Level.DISTRICT, parent=city, code="110105")
        self.streets, self.communities = [], []
        for index in range(self.size.streets):
            street = Territory.objects.create(name=words.STREETS[index], level=Territory.Level.STREET, parent=self.district)
            self.streets.append(street)
            stem = street.name[:2]
            names = words.COMMUNITIES if index == 0 else [stem + part for part in words.COMMUNITY_STEMS]
            for name in names:
                self.communities.append(Territory.objects.create(name=f"{name}社区", level=Territory.Level.COMMUNITY, parent=street))
        for name in ("禾木大厦", "华澜中心"):
            Territory.objects.create(name=name, level=Territory.Level.BUILDING, parent=self.communities[0])
        self.in_street = {street.pk: [c for c in self.communities if c.parent_id == street.pk] for street in self.streets}

    def make_bodies(self) -> None:
        made: list[Organization] = []

        def body(name: str, short: str, kind: str, territory: Territory, **more: Any) -> Organization:
            row = Organization(
                name=name,
                short_name=short,
                slug=f"{kind[:3]}-{len(made) + 1}",
                kind=kind,
                territory=territory,
                created_at=self.now - HISTORY_DAYS * DAY,
                **more,
            )
            row.pinyin = ""
            row.save()
            made.append(row)
            return row

        rng = self.rng
        self.hubs = {
            s.pk: body(
                f"{s.name}社会动员中心", f"{s.name[:2]}枢纽", "hub", s, intro="把需求、场地、方案和时间接到一起。", contact_phone="010-5555 0100"
            )
            for s in self.streets
        }
        self.committees = {
            c.pk: body(
                f"{c.name}居委会",
                c.name,
                "community",
                c,
                intro="街坊的事，先找社区。",
                address=f"{c.name} 12 号楼 1 层",
                contact_name="社区服务站",
                contact_phone=f"010-5555 01{n % 100:02d}",
            )
            for n, c in enumerate(self.communities, 1)
        }
        names = list(words.ENTERPRISES)
        while len(names) < self.size.enterprises:
            short = words.ENTERPRISE_STEMS[len(names) % 16] + words.ENTERPRISE_TRADES[(len(names) // 16) % 8] + ("" if len(names) < 148 else "集团")
            names.append((short, f"{short}有限公司"))
        self.enterprises = [
            body(full, short, "enterprise", self.communities[0] if n == 0 else rng.choice(self.communities), intro="出时间，出手艺，和街坊做邻居。")
            for n, (short, full) in enumerate(names[: self.size.enterprises])
        ]
        for firm in self.enterprises[:6]:
            body(f"{firm.short_name}工会", f"{firm.short_name}工会", "union_branch", firm.territory, parent=firm)
        social = list(words.SOCIAL)
        while len(social) < self.size.social:
            stem = words.ENTERPRISE_STEMS[len(social) % 16] + ("社工" if len(social) < 22 else "助老" if len(social) < 38 else "助学")
            social.append((stem, f"{stem}服务中心", "agency"))
        self.social = [
            body(full, short, kind, self.streets[n % len(self.streets)], intro="出方案，带队伍，管安全。")
            for n, (short, full, kind) in enumerate(social[: self.size.social])
        ]
        body("晨光助残服务社", "晨光助残", "grassroots", self.streets[0], state=Organization.State.APPLIED, intro="想在枢纽备案，一起做助残服务。")
        self.bodies = made
        self.plan_of = {s.pk: [b for b in self.social if b.territory_id == s.pk and b.kind in ("agency", "association")] for s in self.streets}
        self.firms_of = {s.pk: [b for b in self.enterprises if b.territory.parent_id == s.pk] for s in self.streets}

    def make_people(self) -> None:
        rng = self.rng
        cast = {
            "hub": "周敏",
            "community": "李芳",
            "enterprise": "陈宇",
            "agency": "赵文静",
            "volunteer": "李晓雯",
            "resident": "王桂兰",
            "leader": "张建国",
        }
        people = [self.person(name, old=key in ("resident", "leader")) for key, name in cast.items()]
        staff_names = [self.person_name() for _ in range(len(self.bodies))]
        people += [self.person(name) for name in staff_names]
        people += [self.person(self.person_name(old=rng.random() < 0.35), old=False) for _ in range(self.size.volunteers - 2)]
        people += [self.person(self.person_name(old=True), old=True) for _ in range(self.size.residents)]
        self.save(people)
        self.cast = dict(zip(cast, people, strict=False))
        first = len(cast)
        self.staff = dict(zip((b.pk for b in self.bodies), people[first : first + len(self.bodies)], strict=True))
        first += len(self.bodies)
        self.volunteers = [self.cast["volunteer"], self.cast["leader"], *people[first : first + self.size.volunteers - 2]]
        self.residents = [self.cast["resident"], *people[first + self.size.volunteers - 2 :]]
        home = self.committees[self.communities[0].pk]
        self.staff[self.hubs[self.streets[0].pk].pk] = self.cast["hub"]
        self.staff[home.pk] = self.cast["community"]
        self.staff[self.enterprises[0].pk] = self.cast["enterprise"]
        self.staff[self.social[0].pk] = self.cast["agency"]

        skills = self.save([Skill(name=name) for name in words.SKILLS])
        slots = [value for value, _label in VolunteerProfile.Slot.choices]
        start = self.today - HISTORY_DAYS * DAY
        self.home_of: dict[int, Territory] = {}
        profiles, memberships, firm_of = [], [], {}
        for index, person in enumerate(self.volunteers):
            self.home_of[person.pk] = self.communities[0] if index < 2 else rng.choice(self.communities)
            profiles.append(
                VolunteerProfile(
                    person=person,
                    residence=self.home_of[person.pk],
                    availability=sorted(rng.sample(slots, rng.randint(1, 3))),
                    registered_on=start - dt.timedelta(days=rng.randint(0, 900)),
                    brought_minutes=rng.choice((0, 0, 0, 600, 1_800, 5_400)),
                    brought_source="",
                )
            )
            if index == 0 or (index > 1 and rng.random() < 0.55):
                firm = self.enterprises[0] if index == 0 else rng.choice(self.firms_of[self.home_of[person.pk].parent_id] or self.enterprises)
                firm_of[person.pk] = firm
                memberships.append(
                    Membership(
                        person=person,
                        organization=firm,
                        kind=Membership.Kind.EMPLOYEE,
                        department=rng.choice(("行政部", "研发部", "市场部", "客服中心", "财务部")),
                        staff_number=f"E{1000 + index}",
                        from_date=start - dt.timedelta(days=rng.randint(30, 2_000)),
                    )
                )
            else:
                memberships.append(
                    Membership(
                        person=person, organization=self.committees[self.home_of[person.pk].pk], kind=Membership.Kind.RESIDENT, from_date=start
                    )
                )
        for profile in profiles:
            if profile.brought_minutes:
                profile.brought_source = "2024 年纸质台账"
        self.save(profiles)
        through = VolunteerProfile.skills.through
        self.save([through(volunteerprofile_id=p.pk, skill_id=s.pk) for p in profiles for s in rng.sample(skills, rng.choice((0, 1, 1, 2, 3)))])
        for person in self.residents:
            self.home_of[person.pk] = self.communities[0] if person is self.cast["resident"] else rng.choice(self.communities)
            memberships.append(
                Membership(person=person, organization=self.committees[self.home_of[person.pk].pk], kind=Membership.Kind.RESIDENT, from_date=start)
            )
        grants = []
        for organization in self.bodies:
            worker = self.staff[organization.pk]
            memberships.append(Membership(person=worker, organization=organization, kind=Membership.Kind.STAFF, from_date=start))
            if organization.kind == Organization.Kind.HUB:
                territory = self.district if len(self.streets) > 1 and organization.territory_id == self.streets[0].pk else organization.territory
                grants.append(RoleGrant(person=worker, role=Role.HUB_MANAGER, territory=territory, from_date=start))
            else:
                grants.append(RoleGrant(person=worker, role=Role.ORG_MANAGER, organization=organization, from_date=start))
        grants.append(
            RoleGrant(person=self.cast["leader"], role=Role.ACTIVITY_LEADER, organization=home, from_date=start, granted_by=self.cast["community"])
        )
        self.save(memberships)
        self.save(grants)
        for key, person in self.cast.items():
            Account.objects.create_account(person=person, phone=person.phone, username=f"demo.{key}")
        Consent.objects.create(
            person=self.cast["resident"],
            purpose=Consent.Purpose.PROXY,
            words="当面同意由社区代为登记",
            given_at=self.now - 150 * DAY,
            given_through=self.cast["community"],
        )
        # A few give most of the time, as everywhere.
        weights = [3 + 40 * rng.random() ** 6 for _ in self.volunteers]
        weights[0], weights[1] = max(weights) * 9, max(weights) * 6
        self.pool: dict[int, tuple[list[Person], list[float]]] = {}
        for street in self.streets:
            members = [(p, w) for p, w in zip(self.volunteers, weights, strict=True) if self.home_of[p.pk].parent_id == street.pk]
            self.pool[street.pk] = ([p for p, _ in members], list(accumulate(w for _, w in members)))
        self.firm_of = firm_of
        self.say(f"{len(people)} people, {len(self.bodies)} bodies")

    def make_teams(self) -> None:
        rng, teams, used = self.rng, [], set()
        keepers = [b for b in self.bodies if b.kind in ("community", "enterprise", "union_branch", "agency", "association")]
        start = self.today - HISTORY_DAYS * DAY
        while len(teams) < self.size.teams:
            keeper = keepers[0] if not teams else rng.choice(keepers)
            name = f"{keeper.label.removesuffix('社区')}{rng.choice(words.TEAM_KINDS)}"
            if (keeper.pk, name) in used:
                continue
            used.add((keeper.pk, name))
            team = Team(
                name=name,
                organization=keeper,
                territory=keeper.territory,
                founded_on=start - dt.timedelta(days=rng.randint(60, 2_500)),
                intro="常年招新，欢迎街坊和职工来。",
            )
            teams.append(team)
        for team in teams:
            team.save()
        by_street: dict[int, list[Team]] = defaultdict(list)
        for team in teams:
            by_street[team.territory.pk if team.territory.level == Territory.Level.STREET else team.territory.parent_id].append(team)
        memberships, leaders = [], {}
        for index, person in enumerate(self.volunteers):
            local = by_street.get(self.home_of[person.pk].parent_id) or teams
            chosen = [teams[0]] if index < 2 else rng.sample(local, min(len(local), 1 if rng.random() < 0.85 else 2))
            for team in chosen:
                memberships.append(TeamMembership(team=team, person=person, from_date=start - dt.timedelta(days=rng.randint(0, 800))))
                leaders.setdefault(team.pk, person)
        leaders[teams[0].pk] = self.cast["leader"]
        self.save(memberships)
        for team in teams:
            team.leader = leaders.get(team.pk)
        Team.objects.bulk_update(teams, ["leader"], batch_size=BATCH)
        self.teams = teams

    def make_venues(self) -> None:
        rooms = []
        for community in self.communities:
            committee = self.committees[community.pk]
            rooms.append(
                Venue(
                    name=f"{community.name}活动站",
                    host=committee,
                    territory=community,
                    address=f"{community.name.removesuffix('社区')}里 12 号楼 1 层",
                    directions="门口无台阶",
                    capacity=60,
                    is_step_free=True,
                )
            )
            rooms.append(
                Venue(
                    name=f"{community.name}小广场",
                    kind=Venue.Kind.OUTDOORS,
                    host=committee,
                    territory=community,
                    address=f"{community.name}北门内",
                    capacity=200,
                    is_step_free=True,
                )
            )
        for firm in self.enterprises:
            rooms.append(
                Venue(
                    name=f"{firm.label}多功能厅",
                    kind=Venue.Kind.OFFICE,
                    host=firm,
                    territory=firm.territory,
                    address=f"{firm.territory.name}{firm.label} 3 层",
                    capacity=40,
                )
            )
        self.save(rooms)
        self.venues_of: dict[int, list[Venue]] = defaultdict(list)
        for venue in rooms:
            self.venues_of[venue.territory_id].append(venue)

    # --- needs -------------------------------------------------------------------------------------------------------------------

    def make_needs(self) -> None:
        rng = self.rng
        weights = [theme.weight for theme in words.THEMES]
        self.needs: list[Need] = []
        self.theme_of: dict[str, words.Theme] = {}
        self.planned: dict[tuple[int, str, int], list[Need]] = defaultdict(list)
        answers: list[tuple[Need, str, dt.datetime]] = []
        for _ in range(self.size.needs):
            theme = rng.choices(words.THEMES, weights)[0]
            age = int(HISTORY_DAYS * rng.random() ** 1.15)
            day = self.today - dt.timedelta(days=age)
            community = rng.choice(self.communities)
            need = self.need(theme, community, self.working_moment(day))
            reach = rng.random()
            age_factor = min(1.0, age / 45)
            self.step(need, "accepted", self.later(need.submitted_at, 0.05, 1.5), reach < 0.97 and age >= 1)
            if need.state == "accepted" and reach > 0.93:
                self.end(need, "declined", rng.choice(words.DECLINED), self.later(need.accepted_at, 0.3, 3))
            if need.state == "accepted" and reach < 0.86 * max(age_factor, 0.5):
                need.claimed_by = self.committees[community.pk] if theme.category != "staff" else rng.choice(self.plan_of[community.parent_id])
                need.handler = self.staff[need.claimed_by_id]
                self.step(need, "claimed", self.later(need.accepted_at, 0.1, 2.5), True)
                slow = rng.random() < 0.06
                moment = self.later(need.claimed_at, 3.5, 8) if slow else self.later(need.claimed_at, 0.05, 1.4)
                if age > 3:
                    need.answered_at = moment
                    answers.append((need, rng.choice(words.ANSWERS).format(d=f"{(moment + 14 * DAY).astimezone(self.zone):%-m月%-d日}"), moment))
            if need.state == "claimed" and need.answered_at and reach < 0.78 * age_factor:
                self.step(need, "matched", self.later(need.answered_at, 0.5, 9), True)
            if need.state == "matched" and reach < 0.52 * age_factor and age > 20:
                self.planned[(community.parent_id, theme.key, age // 110)].append(need)
            self.needs.append(need)
        self.answers = answers

    def need(self, theme: words.Theme, community: Territory, moment: dt.datetime, said: str = "", asker: Person | None = None) -> Need:
        rng = self.rng
        said = said or rng.choice(theme.needs).format(c=community.name)
        from_body = asker is None and (theme.category == "staff" or rng.random() < 0.25)
        need = Need(
            number=self.code(7, "N"),
            words=said,
            title=said.rstrip("。？！")[:40],
            category=theme.category,
            urgency=rng.choices((0, 1, 2), (8, 2, 1))[0],
            territory=community,
            place=community.name,
            people_count=rng.choice((None, 1, 3, 5, 8, 12, 20, 30, 50, 120)),
            wanted_time=rng.choice(("", "周末", "工作日晚上", "越快越好", "每月一次")),
            answer_due_at=answer_due_from(moment),
            submitted_at=moment,
        )
        if from_body:
            body = rng.choice(self.firms_of[community.parent_id] or self.enterprises) if theme.category == "staff" else self.committees[community.pk]
            need.asker_organization, need.asker_name, need.submitted_by = body, body.name, self.staff[body.pk]
        else:
            need.asker = asker or rng.choice(self.residents[1:])
            need.submitted_by = need.asker if rng.random() < 0.5 else self.staff[self.committees[community.pk].pk]
        self.theme_of[need.number] = theme
        return need

    def step(self, need: Need, state: str, moment: dt.datetime, happens: bool) -> None:
        if happens:
            need.state = state
            setattr(need, f"{state}_at", moment)

    def end(self, need: Need, state: str, said: str, moment: dt.datetime) -> None:
        need.state, need.closing_words, need.closed_at = state, said, moment
        need.answered_at = need.answered_at or moment

    # --- projects and activities -------------------------------------------------------------------------------------------------

    def make_story(self) -> None:
        """The one story told in full: Mrs Wang's rice cooker, from the sentence to the repair day, and the next one to come."""
        theme = words.THEMES[0]
        home = self.communities[0]
        asked = self.at(self.today - 102 * DAY, 10, 20)
        need = self.need(theme, home, asked, said="电饭煲坏了，扔了可惜，找不到人修。", asker=self.cast["resident"])
        need.title, need.submitted_by, need.people_count = "家里小家电坏了没处修", self.cast["community"], 1
        need.claimed_by, need.handler = self.committees[home.pk], self.cast["community"]
        for state, days in (("accepted", 0.2), ("claimed", 1.0), ("matched", 16.0)):
            self.step(need, state, asked + dt.timedelta(days=days), True)
        need.answered_at = asked + DAY
        self.answers.append((need, "维修师傅在找了，凑够几家就办一场。", need.answered_at))
        others = []
        for community in (home, home, self.communities[1], self.communities[1], self.communities[2]):
            other = self.need(theme, community, asked + dt.timedelta(days=self.rng.uniform(0.5, 12)))
            other.claimed_by, other.handler = self.committees[community.pk], self.staff[self.committees[community.pk].pk]
            for state, days in (("accepted", 0.2), ("claimed", 1.0), ("matched", 3.0)):
                self.step(other, state, other.submitted_at + dt.timedelta(days=days), True)
            other.answered_at = other.submitted_at + 1.2 * DAY
            others.append(other)
        lamp = self.need(words.THEMES[5], home, self.now - 6 * DAY, said="楼道灯坏了，晚上看不清台阶。", asker=self.cast["volunteer"])
        lamp.submitted_by, lamp.claimed_by, lamp.handler = self.cast["volunteer"], self.committees[home.pk], self.cast["community"]
        for state, days in (("accepted", 0.3), ("claimed", 0.8), ("matched", 2.0)):
            self.step(lamp, state, lamp.submitted_at + dt.timedelta(days=days), True)
        lamp.answered_at = lamp.submitted_at + DAY
        self.answers.append((lamp, "正在找电工。", lamp.answered_at))
        self.needs += [need, *others, lamp]
        self.story_needs = [need, *others]
        self.story_need = need

    def make_projects(self) -> None:
        rng = self.rng
        self.projects: list[Project] = []
        self.project_needs: list[tuple[Project, list[Need]]] = []
        self.activity_rows: list[dict[str, Any]] = []
        pledges, milestones = [], []
        groups: list[tuple[words.Theme, list[Need]]] = [(words.THEMES[0], self.story_needs)]
        by_key = {theme.key: theme for theme in words.THEMES}
        groups += [(by_key[key[1]], needs) for key, needs in sorted(self.planned.items(), key=lambda item: item[0])]
        for number, (theme, needs) in enumerate(groups):
            story = number == 0
            last = max(need.matched_at for need in needs)
            created = last + 5 * DAY if story else self.later(last, 2, 16)
            if created >= self.now - 2 * DAY:
                continue
            community = needs[0].territory
            street = community.parent_id
            plan = self.social[0] if story else rng.choice(self.plan_of[street])
            place = self.committees[community.pk]
            firm = self.enterprises[0] if story else rng.choice(self.firms_of[street] or self.enterprises)
            budget = 320_000 if story else rng.choice((0, 150_000, 300_000, 600_000, 1_200_000))
            project = Project(
                number=self.code(7, "P"),
                name=theme.project if story else f"{community.name.removesuffix('社区')}{theme.project}",
                goal=theme.summary,
                category=theme.category,
                lead=plan,
                territory=community,
                manager=self.staff[plan.pk],
                state="running",
                budget_fen=budget,
                starts_date=(created + 3 * DAY).date(),
                ends_date=(created + 90 * DAY).date(),
                created_by=self.staff[plan.pk],
                created_at=created,
                approved_at=self.later(created, 0.2, 2),
            )
            self.projects.append(project)
            self.project_needs.append((project, needs))
            lacking = not story and rng.random() < 0.12
            for kind, body, said, quantity in (
                ("place", place, "出场地，请街坊", None),
                ("plan", plan, "出方案，管安全", None),
                ("hours", firm, "出 12 位职工", 12),
            ):
                waiting = lacking and kind == rng.choice(("place", "hours"))
                pledges.append(
                    Pledge(
                        project=project,
                        organization=body,
                        kind=kind,
                        words=said,
                        quantity=quantity,
                        state="proposed" if waiting else "agreed",
                        agreed_by=None if waiting else self.staff[body.pk],
                        agreed_at=None if waiting else self.later(created, 0.1, 4),
                    )
                )
            count = 1 if story else max(1, round(rng.gauss(2.2 if self.size.streets == 1 else 4, 1)))
            day = (created + dt.timedelta(days=18 if story else rng.randint(5, 16))).astimezone(self.zone).date()
            if story:
                day += dt.timedelta(days=(5 - day.weekday()) % 7)
            for turn in range(count):
                self.plan_activity(
                    theme,
                    host=plan if story or rng.random() < 0.6 else place,
                    community=community,
                    day=day + dt.timedelta(days=turn * rng.choice((7, 14, 14, 21))),
                    project=project,
                    story=story,
                )
            if story:
                ahead = (5 - self.today.weekday()) % 7 or 7
                self.plan_activity(theme, host=plan, community=community, day=self.today + ahead * DAY, project=project, story=True)
            milestones.append(
                Milestone(
                    project=project,
                    name="三方约定签好",
                    due_date=(created + 10 * DAY).date(),
                    done_date=None if lacking else (created + 4 * DAY).date(),
                    proof="" if lacking else "三方约定",
                )
            )
            milestones.append(Milestone(project=project, name="首场活动", due_date=day, done_date=day if day < self.today else None))
            milestones.append(
                Milestone(
                    project=project,
                    name="回访与小结",
                    due_date=(created + 90 * DAY).date(),
                    done_date=(created + 85 * DAY).date() if created + 85 * DAY < self.now else None,
                )
            )
        for project in self.projects:
            project.search = vector(project.name, project.goal)
        self.save(self.projects)
        for row in (*pledges, *milestones):
            row.project_id = row.project.pk
        self.pledges = self.save(pledges)
        self.save(milestones)

    def plan_activity(
        self,
        theme: words.Theme,
        *,
        host: Organization,
        community: Territory,
        day: dt.date,
        project: Project | None = None,
        story: bool = False,
        team_leader: Person | None = None,
    ) -> None:
        if day > self.today + 35 * DAY:
            return
        self.activity_rows.append(
            {"theme": theme, "host": host, "community": community, "day": day, "project": project, "story": story, "leader": team_leader}
        )

    def make_other_activities(self) -> None:
        """The regular days of the teams, until the hours of the year are reached."""
        rng = self.rng
        low, high = self.size.volunteers_a_shift
        hours_each = (low + high) / 2 * 2.15 * 0.9
        wanted = int(self.size.hours * (HISTORY_DAYS / 365) / hours_each)
        past = sum(1 for row in self.activity_rows if row["day"] < self.today)
        for _ in range(max(0, wanted - past)):
            team = rng.choice(self.teams)
            theme = rng.choices(words.THEMES, [theme.weight for theme in words.THEMES])[0]
            street = team.territory if team.territory.level == Territory.Level.STREET else team.territory.parent
            community = rng.choice(self.in_street[street.pk])
            self.plan_activity(
                theme,
                host=team.organization,
                community=community,
                day=self.today - dt.timedelta(days=int(HISTORY_DAYS * rng.random() ** 1.1) + 1),
                team_leader=team.leader,
            )
        for ahead in range(1, 22):
            for _ in range(max(1, len(self.streets) * 2 // 2)):
                team = rng.choice(self.teams)
                street = team.territory if team.territory.level == Territory.Level.STREET else team.territory.parent
                self.plan_activity(
                    rng.choice(words.THEMES),
                    host=team.organization,
                    community=rng.choice(self.in_street[street.pk]),
                    day=self.today + ahead * DAY,
                    team_leader=team.leader,
                )
        self.plan_activity(
            words.THEMES[1],
            host=self.committees[self.communities[0].pk],
            community=self.communities[0],
            day=self.today,
            team_leader=self.cast["leader"],
        )
        self.activity_rows[-1]["today"] = True
        self.write_activities()

    def write_activities(self) -> None:
        rng = self.rng
        rows: list[tuple[Activity, Shift, list[Position], dict[str, Any]]] = []
        for plan in sorted(self.activity_rows, key=lambda row: row["day"]):
            theme, community, day = plan["theme"], plan["community"], plan["day"]
            start_hour, start_minute = (14, 0) if plan["story"] else rng.choice(((9, 30), (12, 10), (14, 0), (15, 30), (18, 30)))
            start = self.at(day, start_hour, start_minute)
            length = dt.timedelta(minutes=150 if plan["story"] else rng.choice((60, 90, 120, 120, 150, 150, 180)))
            if plan.get("today"):
                start = (self.now + dt.timedelta(minutes=40)).replace(minute=0 if self.now.minute < 20 else 30, second=0) + dt.timedelta(minutes=30)
                if start.astimezone(self.zone).hour >= 21 or start.astimezone(self.zone).hour < 7:
                    start = self.at(self.today, 19, 30)
                length = dt.timedelta(minutes=120)
            over = start + length < self.now
            venue = self.venues_of[community.pk][0] if plan["story"] else rng.choice(self.venues_of[community.pk])
            host = plan["host"]
            leader = plan["leader"] or self.staff[host.pk]
            published = start - dt.timedelta(days=rng.randint(5, 9))
            activity = Activity(
                code=self.code(7),
                title=theme.activity,
                summary=theme.summary,
                category=theme.category,
                host=host,
                territory=community,
                project=plan["project"],
                venue=venue,
                place="",
                leader=leader,
                contact_name=leader.name,
                contact_phone="010-5555 0186",
                is_good_first_time=rng.random() < 0.4 or plan["story"],
                state="finished" if over else "published",
                first_starts_at=start,
                last_ends_at=start + length,
                created_by=self.staff[host.pk],
                created_at=min(published - 2 * HOUR, self.now - HOUR),
                published_at=min(published, self.now - HOUR),
                finished_at=start + length + 2 * HOUR if over else None,
                search=vector(theme.activity, theme.summary, host.name, community.name),
            )
            if over and activity.finished_at > self.now:
                activity.state, activity.finished_at = "published", None
            shift = Shift(
                activity=activity,
                starts_at=start,
                ends_at=start + length,
                secret=f"{rng.getrandbits(128):032x}",
                closed_at=start + length + HOUR / 2 if over else None,
            )
            low, high = self.size.volunteers_a_shift
            people_low, people_high = self.size.participants_a_shift
            volunteers = rng.randint(low, high) + (4 if plan["story"] else 0)
            split = len(theme.volunteer)
            positions = [
                Position(shift=shift, kind="volunteer", name=name, note=note, capacity=max(1, -(-(volunteers + 2) // split)), order=n)
                for n, (name, note) in enumerate(theme.volunteer)
            ]
            positions.append(
                Position(
                    shift=shift,
                    kind="participant",
                    name=theme.participant[0],
                    note=theme.participant[1],
                    capacity=40 if plan["story"] else max(12, people_high * 3),
                    order=8,
                )
            )
            rows.append(
                (
                    activity,
                    shift,
                    positions,
                    plan
                    | {"volunteers": volunteers, "participants": rng.randint(people_low, people_high) * (3 if plan["story"] else 1), "over": over},
                )
            )
        self.save([row[0] for row in rows])
        self.save([self.linked(row[1], "activity") for row in rows])
        self.save([self.linked(position, "shift") for row in rows for position in row[2]])
        self.rows = rows
        self.say(f"{len(rows)} activities")

    @staticmethod
    def linked(row: Any, field: str) -> Any:
        """Give the key of a parent that was saved in bulk after the child had been made."""
        setattr(row, f"{field}_id", getattr(row, field).pk)
        return row

    # --- who came ----------------------------------------------------------------------------------------------------------------

    def choose(self, street: int, day: dt.date, count: int, seen: set[int]) -> list[Person]:
        members, cumulative = self.pool[street]
        chosen: list[Person] = []
        for _ in range(count * 6):
            if len(chosen) == count:
                break
            person = members[bisect(cumulative, self.rng.random() * cumulative[-1])]
            if (person.pk, day) not in self.busy and person.pk not in seen:
                self.busy.add((person.pk, day))
                seen.add(person.pk)
                chosen.append(person)
        return chosen

    def make_sign_ups(self) -> None:
        rng = self.rng
        residents_of: dict[int, list[Person]] = defaultdict(list)
        for person in self.residents:
            residents_of[self.home_of[person.pk].parent_id].append(person)
        sign_ups: list[SignUp] = []
        attendances: list[Attendance] = []
        self.attended: list[tuple[SignUp, Attendance, Activity, Shift, Position]] = []
        came: dict[int, int] = defaultdict(int)
        for activity, shift, positions, plan in self.rows:
            seen: set[int] = set()
            day = shift.starts_at.astimezone(self.zone).date()
            street = activity.territory.parent_id
            volunteer_positions = [p for p in positions if p.kind == "volunteer"]
            people: list[tuple[Person, Position]] = []
            for p in [self.cast["volunteer"]] if plan["story"] or plan.get("today") else []:
                self.busy.add((p.pk, day))
                seen.add(p.pk)
                people.append((p, volunteer_positions[0]))
            fill = 1.0 if plan["over"] else rng.choice((0.3, 0.6, 0.9, 1.0))
            for n, person in enumerate(self.choose(street, day, int(plan["volunteers"] * fill), seen)):
                people.append((person, volunteer_positions[(n + 1) % len(volunteer_positions)]))
            guests = [
                g
                for g in rng.sample(residents_of[street], min(len(residents_of[street]), int(plan["participants"] * fill)))
                if (g.pk, day) not in self.busy
            ]
            if plan["story"] and plan["over"] and self.cast["resident"] not in guests:
                guests.insert(0, self.cast["resident"])
            for guest in guests:
                self.busy.add((guest.pk, day))
                people.append((guest, positions[-1]))
            taken: dict[int, int] = defaultdict(int)
            for sequence, (person, position) in enumerate(people, 1):
                taken[position.pk] += 1
                state = "confirmed" if taken[position.pk] <= position.capacity else "waiting"
                signed = min(activity.published_at + dt.timedelta(hours=rng.uniform(0.1, 90)), shift.starts_at - HOUR, self.now)
                sign_up = SignUp(
                    position=position,
                    shift=shift,
                    person=person,
                    state=state,
                    sequence=sequence,
                    code=self.code(6),
                    signed_up_at=max(signed, activity.published_at),
                    signed_up_by=person,
                )
                if plan["over"] and state == "waiting":
                    sign_up.state, sign_up.cancelled_at = "cancelled", shift.starts_at
                elif plan["over"] and rng.random() < 0.07 and not (plan["story"] and person in self.cast.values()):
                    sign_up.state = "absent"
                elif plan["over"]:
                    attendance = Attendance(
                        sign_up=sign_up,
                        in_at=shift.starts_at + dt.timedelta(minutes=rng.randint(-9, 6)),
                        in_method=rng.choices(("venue_code", "ticket", "list"), (6, 3, 1))[0],
                        out_at=shift.ends_at + dt.timedelta(minutes=rng.randint(-8, 9)),
                        out_method=rng.choices(("venue_code", "ticket", "list", "shift_end"), (5, 2, 1, 2))[0],
                    )
                    if attendance.out_method == "shift_end":
                        attendance.out_at = shift.ends_at
                    attendance.in_by = activity.leader if attendance.in_method != "venue_code" else person
                    attendance.out_by = (
                        None if attendance.out_method == "shift_end" else activity.leader if attendance.out_method != "venue_code" else person
                    )
                    attendances.append(attendance)
                    came[activity.pk] += 1
                    self.attended.append((sign_up, attendance, activity, shift, position))
                sign_ups.append(sign_up)
        self.save(sign_ups)
        self.save([self.linked(a, "sign_up") for a in attendances])
        with connection.cursor() as cursor:
            cursor.execute(
                """update activities_shift s set next_sequence = taken.last + 1
                   from (select shift_id, max(sequence) as last from activities_signup group by shift_id) taken where taken.shift_id = s.id"""
            )
        over = [row for row in self.rows if row[3]["over"]]
        served_each = self.size.served / max(1, len(over))
        for activity, _shift, _positions, plan in over:
            served = max(plan["participants"], round(rng.uniform(0.5, 1.5) * served_each))
            if plan["story"]:
                activity.served_count, activity.outcome = 63, "修好 41 件小家电"
            else:
                activity.served_count, activity.outcome = served, plan["theme"].outcome.format(n=served)
            self.note("activity.finished", activity, activity.finished_at or self.now, activity.leader, state="finished")
        Activity.objects.bulk_update([row[0] for row in over], ["served_count", "outcome"], batch_size=BATCH)
        self.finish_needs()
        self.say(f"{len(sign_ups)} sign-ups, {len(attendances)} came")

    def finish_needs(self) -> None:
        """What became of the needs, now that the activities are known."""
        rng = self.rng
        by_project: dict[int, list[Activity]] = defaultdict(list)
        for activity, *_ in self.rows:
            if activity.project_id or activity.project:
                by_project[activity.project.pk].append(activity)
        for project, needs in self.project_needs:
            activities = by_project[project.pk]
            finished = [a for a in activities if a.state == "finished"]
            upcoming = [a for a in activities if a.state == "published"]
            for need in needs:
                self.step(need, "planned", max(project.created_at, need.matched_at), True)
                if activities:
                    self.step(need, "active", max(min(a.published_at for a in activities), need.planned_at), True)
                if finished and (not upcoming or need is self.story_need):
                    done = self.story_done(finished) if need is self.story_need else max(*(a.finished_at for a in finished), need.active_at)
                    self.step(need, "done", done, True)
                    if need is not self.story_need and rng.random() < 0.55 and done + 2 * DAY < self.now:
                        need.state, need.closed_at = "confirmed", self.later(done, 1, 8)
                        need.closing_words = rng.choice(self.theme_of[need.number].praise)
            if finished and not upcoming and project.ends_date < self.today:
                project.state, project.finished_at = "done", max(a.finished_at for a in finished) + 3 * DAY
            project.spent_fen = 284_600 if needs is self.story_needs else int(project.budget_fen * rng.uniform(0.55, 0.98)) if finished else 0
        for need in self.needs:
            need.search = vector(need.words, need.title, need.territory.name)
        self.save(self.needs)
        self.save([ProjectNeed(project=project, need=need, added_at=need.planned_at) for project, needs in self.project_needs for need in needs])
        self.save(
            [
                NeedAnswer(need=need, words=said, answered_by=need.handler, organization=need.claimed_by, answered_at=moment)
                for need, said, moment in self.answers
            ]
        )
        Project.objects.bulk_update(self.projects, ["state", "finished_at", "spent_fen"], batch_size=BATCH)
        done = {project.pk for project in self.projects if project.state == "done"}
        kept = [pledge for pledge in self.pledges if pledge.project_id in done and pledge.state == "agreed"]
        for pledge in kept:
            pledge.state = "kept"
        Pledge.objects.bulk_update(kept, ["state"], batch_size=BATCH)
        for need in self.needs:
            for state in ("submitted", "accepted", "claimed", "matched", "planned", "active", "done"):
                if moment := getattr(need, f"{state}_at"):
                    self.note(f"need.{state}", need, moment, need.submitted_by if state == "submitted" else need.handler, state=state)
            if need.closed_at:
                self.note(f"need.{need.state}", need, need.closed_at, need.handler, state=need.state)
        for project in self.projects:
            self.note("project.created", project, project.created_at, project.created_by, state="draft")
            self.note("project.approved", project, project.approved_at, self.cast["hub"], state="running")
            if project.finished_at:
                self.note("project.finished", project, project.finished_at, project.manager, state="done")
        for activity, *_ in self.rows:
            self.note("activity.published", activity, activity.published_at, activity.created_by, state="published")
        self.say(f"{len(self.needs)} needs, {len(self.projects)} projects")

    def story_done(self, finished: Iterable[Activity]) -> dt.datetime:
        return min(activity.finished_at for activity in finished if activity.finished_at)

    # --- what it was worth -------------------------------------------------------------------------------------------------------

    def make_records(self) -> None:
        rng = self.rng
        rule = RecognitionRule.objects.get(version=1)
        issue = PointsAccount.objects.get(kind=PointsAccount.Kind.ISSUE)
        records: list[ServiceRecord] = []
        for sign_up, attendance, activity, shift, position in self.attended:
            if position.kind != "volunteer":
                continue
            age = (self.now - shift.ends_at).days
            if (age < 6 and rng.random() < 0.75) or (age < 12 and rng.random() < 0.12):
                continue
            starts, ends, minutes = rules.served_window(
                attendance.in_at, attendance.out_at, shift_starts_at=shift.starts_at, shift_ends_at=shift.ends_at
            )
            if minutes < 1:
                continue
            records.append(
                ServiceRecord(
                    number=self.code(9, "R"),
                    person_id=sign_up.person_id,
                    organization=activity.host,
                    territory=activity.territory,
                    activity=activity,
                    shift=shift,
                    position=position,
                    sign_up=sign_up,
                    activity_name=activity.title,
                    service_date=starts.astimezone(self.zone).date(),
                    place=f"{activity.venue.name} {activity.venue.address}",
                    content=position.name,
                    category=activity.category,
                    starts_at=starts,
                    ends_at=ends,
                    minutes=minutes,
                    organizer_name=activity.host.name,
                    leader_name=activity.leader.name,
                    method=f"{attendance.in_method}/{attendance.out_method}",
                    rule=rule,
                    confirmed_by=self.staff[activity.host_id],
                    confirmed_at=min(shift.ends_at + dt.timedelta(days=rng.uniform(0.1, 5)), self.now),
                )
            )
        self.save(records)
        owners = sorted({record.person_id for record in records})
        accounts = dict(zip(owners, self.save([PointsAccount(kind="person", person_id=owner) for owner in owners]), strict=True))
        transfers, entries = [], []
        for record in records:
            points = rules.points_for(record.minutes, rule)
            transfer = PointsTransfer(
                id=rules.transfer_id_of(record),
                kind="award",
                record=record,
                made_by=key_of(self.staff[record.organization_id]),
                made_at=record.confirmed_at,
            )
            transfers.append(transfer)
            if points:
                entries += [
                    PointsEntry(transfer=transfer, account=issue, amount=-points),
                    PointsEntry(transfer=transfer, account=accounts[record.person_id], amount=points),
                ]
            self.note("service.confirmed", record, record.confirmed_at, self.staff[record.organization_id], minutes=record.minutes, points=points)
        self.save(transfers)
        self.save(entries)
        self.confirm_attendances()
        self.say(f"{len(records)} service records, {sum(r.minutes for r in records) // 60} hours")

    def confirm_attendances(self) -> None:
        """An attendance whose record was written stands."""
        with connection.cursor() as cursor:
            cursor.execute(
                "update activities_attendance a set confirmed_at = r.confirmed_at from recognition_servicerecord r where r.sign_up_id = a.sign_up_id"
            )

    def make_ratings(self) -> None:
        rng = self.rng
        invitations, ratings = [], []
        for sign_up, _attendance, activity, shift, position in self.attended:
            story = activity.project_id is not None and activity.project_id == self.projects[0].pk
            if not story and rng.random() > (0.7 if self.size.streets == 1 else 0.25):
                continue
            answered = rng.random() < (0.6 if story else 0.42)
            invitations.append(
                RatingInvitation(sign_up=sign_up, activity=activity, asked_at=min(shift.ends_at + HOUR, self.now), is_answered=answered)
            )
            if answered:
                theme = next(t for t in words.THEMES if t.activity == activity.title)
                score = rng.choices((5, 4, 3, 1), (62, 27, 9, 2))[0]
                side = Rating.Side.SERVED if position.kind == "participant" else Rating.Side.SERVING
                said = rng.choice(theme.praise) if score >= 4 and rng.random() < 0.3 and side == Rating.Side.SERVED else ""
                ratings.append(
                    Rating(
                        id=uuid.UUID(int=rng.getrandbits(128), version=4),
                        activity=activity,
                        side=side,
                        score=score,
                        words=said,
                        rated_date=min((shift.ends_at + DAY).date(), self.today),
                    )
                )
        rng.shuffle(ratings)
        self.save(invitations)
        self.save(ratings)
        self.say(f"{len(ratings)} ratings")


__all__ = ["NotEmpty", "Town", "build"]
