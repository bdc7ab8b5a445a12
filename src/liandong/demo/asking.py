"""What the town asks for, and the one story told in full."""

import datetime as dt
from collections import defaultdict
from random import Random

from liandong.accounts.models import Person
from liandong.core.search import vector
from liandong.demo import words
from liandong.demo.places import Places
from liandong.demo.tools import DAY, HISTORY_DAYS, HOUR
from liandong.demo.voices import VOICES
from liandong.needs.models import Need
from liandong.needs.services import answer_due_from
from liandong.needs.suggest import segment_from
from liandong.organizations.models import Territory


class Asking(Places):
    """What the town asks for, and the one story told in full."""

    def make_needs(self) -> None:
        rng = self.rng
        weights = [theme.weight for theme in words.THEMES]
        self.needs: list[Need] = []
        self.theme_of: dict[str, words.Theme] = {}
        self.planned: dict[tuple[int, str, int], list[Need]] = defaultdict(list)
        self.answers: list[tuple[Need, str, dt.datetime, dt.date | None]] = []
        for _ in range(self.size.needs):
            theme = rng.choices(words.THEMES, weights)[0]
            age = rng.randint(0, 13) if rng.random() < 0.07 else rng.randint(0, HISTORY_DAYS)
            day = self.today - dt.timedelta(days=age)
            community = rng.choice(self.communities)
            need = self.need(theme, community, self.working_moment(day))
            self.live(need, theme, age)
            self.needs.append(need)

    def live(self, need: Need, theme: words.Theme, age: int) -> None:
        """What a need that was asked `age` days ago has come to, up to the point where a project takes it up."""
        rng = self.rng
        if age < 1 or (age < 3 and rng.random() < 0.3):
            return None
        self.step(need, "accepted", self.later(need.submitted_at, 0.05, 1), True)
        forgotten = 4 <= age <= 10 and rng.random() < 0.16
        if forgotten or (age < 4 and rng.random() < 0.4):
            return None
        if rng.random() < 0.06:
            return self.end(need, "declined", rng.choice(words.DECLINED), self.later(need.accepted_at, 0.2, 1.5))
        need.claimed_by = self.committees[need.territory.pk] if theme.category != "staff" else rng.choice(self.plan_of[need.territory.parent_id])
        need.handler = self.staff[need.claimed_by_id]
        self.step(need, "claimed", self.later(need.accepted_at, 0.1, 1.2), True)
        need.answered_at = self.later(need.claimed_at, 4, 8) if rng.random() < 0.03 else self.later(need.claimed_at, 0.05, 0.7)
        said, promised = rng.choice(words.ANSWERS), (need.answered_at + 14 * DAY).astimezone(self.zone).date()
        self.answers.append((need, said.format(d=f"{promised.month}月{promised.day}日"), need.answered_at, promised if "{d}" in said else None))
        if age > 6 and rng.random() < 0.88:
            self.step(need, "matched", self.later(need.answered_at, 0.5, 9), True)
        if need.state == "matched" and age > 18 and rng.random() < 0.66:
            self.planned[(need.territory.parent_id, theme.key, age // 75)].append(need)
        elif age > 48:
            self.end(need, "declined", rng.choice(words.NOT_DONE), min(need.submitted_at + rng.uniform(25, 47) * DAY, self.now))
        return None

    def need(self, theme: words.Theme, community: Territory, moment: dt.datetime, said: str = "", asker: Person | None = None) -> Need:
        rng = self.rng
        if not said:
            usual = rng.choice(theme.needs)
            said = self.voices.choice(VOICES.get(theme.key, (usual,))).format(c=community.name)
        from_body = asker is None and (theme.category == "staff" or rng.random() < 0.25)
        need = Need(
            number=self.code(7, "N"),
            words=said,
            title=said.rstrip("。？！")[:40],
            category=theme.category,
            urgency=rng.choices((0, 1, 2), (8, 2, 1))[0],
            territory=community,
            place=community.name,
            people_count=rng.choice((None, 1, 2, 3, 5, 5, 8, 12, 20, 30)),
            wanted_time=rng.choice(("", "weekends", "evenings", "soon", "每月一次")),
            answer_due_at=answer_due_from(moment),
            submitted_at=moment,
        )
        if from_body:
            body = rng.choice(self.firms_of[community.parent_id] or self.enterprises) if theme.category == "staff" else self.committees[community.pk]
            need.asker_organization, need.asker_name, need.submitted_by = body, body.name, self.staff[body.pk]
        else:
            need.asker = asker or rng.choice(self.residents[1:])
            need.submitted_by = need.asker if rng.random() < 0.5 else self.staff[self.committees[community.pk].pk]
        need.segment = segment_from(said, need.asker_organization)
        self.theme_of[need.number] = theme
        return need

    def step(self, need: Need, state: str, moment: dt.datetime, happens: bool) -> None:
        if happens:
            need.state = state
            setattr(need, f"{state}_at", moment)

    def end(self, need: Need, state: str, said: str, moment: dt.datetime) -> None:
        need.state, need.closing_words, need.closed_at = state, said, moment
        need.answered_at = need.answered_at or moment

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
        self.answers.append((need, "维修师傅在找了，凑够几家就办一场。", need.answered_at, None))
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
        for state, days in (("accepted", 0.3), ("claimed", 0.8)):
            self.step(lamp, state, lamp.submitted_at + dt.timedelta(days=days), True)
        lamp.answered_at = lamp.submitted_at + DAY
        self.answers.append((lamp, "正在找电工。", lamp.answered_at, self.today + 8 * DAY))
        self.needs += [need, *others, lamp]
        self.story_needs = [need, *others]
        self.story_need = need

    def make_overdue(self) -> None:
        """One need that somebody took over and forgot: every hub has one."""
        home, asked = self.communities[1], self.at(self.today - 12 * DAY, 10)
        body = self.committees[home.pk]
        said = "单元门口的坡太陡，轮椅自己推不上去。"
        need = Need(
            number=self.code(7, "N", rng=Random(f"{self.seed}-overdue")),  # noqa: S311 -- repeatable on purpose
            words=said,
            title=said.rstrip("。"),
            category="elders",
            territory=home,
            place=home.name,
            asker=self.residents[5],
            submitted_by=self.residents[5],
            submitted_at=asked,
            accepted_at=asked + 2 * HOUR,
            claimed_at=asked + 5 * HOUR,
            claimed_by=body,
            handler=self.staff[body.pk],
            state="claimed",
            answer_due_at=answer_due_from(asked),
            search=vector(said),
        )
        self.save([need])
        for state in ("submitted", "accepted", "claimed"):
            self.note(f"need.{state}", need, getattr(need, f"{state}_at"), None if state == "submitted" else need.handler, state=state)
