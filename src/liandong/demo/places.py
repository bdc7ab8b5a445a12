"""Places, bodies, people, teams and venues of the demo town."""

import datetime as dt
from collections import defaultdict
from itertools import accumulate
from typing import Any

from liandong.accounts.models import Account, Consent, Person
from liandong.demo import words
from liandong.demo.tools import BATCH, DAY, HISTORY_DAYS, Tools
from liandong.organizations.models import Membership, Organization, Role, RoleGrant, Territory
from liandong.venues.models import Venue
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile


class Places(Tools):
    """Places, bodies, people, teams and venues of the demo town."""

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
                created_at=self.now - (4 if more.get("state") == Organization.State.APPLIED else HISTORY_DAYS) * DAY,
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
            body(
                full,
                short,
                "enterprise",
                self.communities[0] if n == 0 else rng.choice(self.communities),
                intro="出时间，出手艺，和街坊做邻居。",
                staff_count=(46, 180, 28, 520, 74, 12, 260, 90)[n % 8],
            )
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
