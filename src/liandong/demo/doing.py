"""Projects and activities of the demo town."""

import datetime as dt
from typing import Any

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, Shift
from liandong.core.search import vector
from liandong.demo import words
from liandong.demo.asking import Asking
from liandong.demo.tools import DAY, HISTORY_DAYS, HOUR
from liandong.needs.models import Need
from liandong.organizations.models import Organization, Territory
from liandong.projects.models import Milestone, Pledge, Project


class Doing(Asking):
    """Projects and activities of the demo town."""

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
            created = max(self.working_moment(created.astimezone(self.zone).date()), last)
            if created >= self.now - 2 * DAY:
                continue
            approved = self.working_moment((created + DAY).astimezone(self.zone).date())
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
                approved_at=approved,
            )
            self.projects.append(project)
            self.project_needs.append((project, needs))
            lacking = not story and created > self.now - 60 * DAY and rng.random() < 0.3
            for kind, body, said, quantity in (
                ("place", place, "出场地，请街坊", None),
                ("plan", plan, "出方案，管安全", None),
                ("hours", firm, "出 12 位职工", 12),
                ("goods", firm, "出 20 份小礼品", 20),
            ):
                if (waiting := kind == "goods") and not lacking:
                    continue
                pledges.append(
                    Pledge(
                        project=project,
                        organization=body,
                        kind=kind,
                        words=said,
                        quantity=quantity,
                        state="proposed" if waiting else "agreed",
                        agreed_by=None if waiting else self.staff[body.pk],
                        agreed_at=None if waiting else created + (approved - created) * rng.random(),
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
                    done_date=approved.date(),
                    proof="三方约定",
                )
            )
            if lacking:
                milestones.append(Milestone(project=project, name="小礼品备齐", due_date=(created + 10 * DAY).date()))
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
                day=self.today - dt.timedelta(days=int(HISTORY_DAYS * rng.random()) + 1),
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
        home = self.communities[0]
        for ago, host, theme in ((1, self.committees[home.pk], words.THEMES[8]), (2, self.social[0], words.THEMES[12])):
            self.plan_activity(theme, host=host, community=home, day=self.today - ago * DAY, team_leader=self.cast["leader"])
            self.activity_rows[-1]["to_confirm"] = True
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
                if start.astimezone(self.zone).hour >= 22 or start.astimezone(self.zone).hour < 7:
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
                    plan | {"volunteers": volunteers, "participants": 38 if plan["story"] else rng.randint(people_low, people_high), "over": over},
                )
            )
        self.save([row[0] for row in rows])
        self.save([self.linked(row[1], "activity") for row in rows])
        self.save([self.linked(position, "shift") for row in rows for position in row[2]])
        self.rows = rows
        self.say(f"{len(rows)} activities")
