"""Honours in the demo town: stars on the day they were reached, awards at every step, thanks without names, a wall of those who agreed, and what people said about free will."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from random import Random
from typing import Any

from django.db import connection

from liandong.accounts.models import Consent, Person
from liandong.demo.tools import DAY, HOUR
from liandong.honours.models import (
    Award,
    AwardObjection,
    Honour,
    Nomination,
    NominationEvidence,
    NominationReview,
    PressureAnswer,
    PressureTicket,
    StarGrant,
    StarRule,
    ThanksNote,
    ThanksReceipt,
    WallEntry,
)
from liandong.honours.queries import pressure, thanks
from liandong.honours.queries.awards import evidence_of
from liandong.notices.models import Notice, Topic
from liandong.organizations.models import Membership, Role, RoleGrant
from liandong.recognition.models import ServiceRecord

MOST_NOTES = 90
WHY_PERSON = (
    "一年里几乎每个周末都来，小家电义诊从不缺席，修不好的还带回家接着修。楼里老人都认得他。",
    "陪三位独居老人看病拿药，下雨天也按点到。老人说比自己孩子来得还勤。",
    "把闲置的会议室变成了孩子们的自习室，风雨无阻守了两个学期。",
    "带着同事给骑手做心肺复苏培训，已经有四百多人学会了。",
    "疫情之后一直给行动不便的邻居代买菜，账目一笔一笔记得清清楚楚。",
    "组织楼门口的“每周一小时”大扫除，从三个人带成了三十个人。",
    "手把手教老人用手机挂号，编了一本大字小册子，社区一直在用。",
    "做理发服务四年，给卧床老人上门理发，剪完还收拾得干干净净。",
)
WHY_TEAM = (
    "每月两次进社区义诊，队员轮班有序，全年没有一次空岗。",
    "把旧衣物回收和助困结合起来，帮了六十多户。",
    "三年如一日开展防诈骗宣讲，辖区报案少了一半。",
)
WHY_BODY = (
    "每季度拿出一百个小时的员工志愿时间，还开放了一楼会议室给社区用。",
    "认领了十一个居民需求，件件有回音。",
    "理发店每周二下午停业两小时，专门给老人剪发。",
)
ENDORSED = ("情况属实，居民评价很好。", "社区都看在眼里，推荐。", "材料与记录一致。", "")
THANKS = (
    "电饭煲修好了，又能煮粥了，谢谢你们。",
    "剪完头发人也精神了，孩子们手真巧。",
    "谢谢陪我说话，一下午过得很快。",
    "讲得很慢很清楚，我终于会自己挂号了。",
    "天这么热还上门来，心里过意不去，也很感动。",
    "孩子说今天的课最有意思，下次还想来。",
    "血压量得仔细，还叮嘱我少吃盐，像家里人一样。",
    "你们走了以后屋里亮堂多了，谢谢。",
    "第一次参加，大家都很照顾我。",
    "风扇又转起来了，省得再买一个。",
    "说话和气，不嫌我耳朵背，谢谢。",
    "饭菜热乎，量也够，老伴也夸。",
)
TELLING = (
    ("谢谢小伙子，有事打我电话 13800000000，我给你包饺子。", ["phone"]),
    ("我是 3 号楼 2 单元的老住户，谢谢大家！", ["place", "signed"]),
    ("加我微信 wx_xiaozhuang，想学修电器。", ["reach"]),
)


def plant(town: Any) -> None:
    """After the records are there."""
    made = Honouring(town, Random(f"{town.seed}-honours"))  # noqa: S311 -- repeatable on purpose
    stars = made.stars()
    made.colleagues()
    made.rule()
    made.past_awards()
    made.running_awards()
    notes = made.thanks()
    shown = made.wall()
    made.free_will()
    town.say(f"{stars} stars, {made.honours} honours, {notes} thanks, {shown} on the wall")


class Honouring:
    def __init__(self, town: Any, rng: Random) -> None:
        self.town, self.rng, self.honours = town, rng, 0
        self.street = town.streets[0]
        self.hub = town.hubs[self.street.pk]
        self.boss: Person = town.cast["hub"]
        self.around = [person for person in town.volunteers if town.home_of[person.pk].parent_id == self.street.pk]

    # Stars

    def stars(self) -> int:
        """Each on the day its hours were full, as the nights would have noted it."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                with rule as (select id, star_hours from honours_starrule where territory_id is null and state = 'agreed' order by version limit 1),
                steps as (select rule.id as rule_id, s.level, s.hours::int * 60 as needed from rule, jsonb_array_elements_text(rule.star_hours) with ordinality as s (hours, level)),
                brought as (select person_id, brought_minutes as minutes, registered_on from volunteers_volunteerprofile where brought_minutes > 0),
                running as (
                    select r.person_id, r.confirmed_at, r.minutes,
                           sum(r.minutes) over (partition by r.person_id order by r.confirmed_at, r.id) + coalesce(b.minutes, 0) as total
                    from recognition_servicerecord r left join brought b on b.person_id = r.person_id
                    where r.minutes > 0 and not exists (select 1 from recognition_servicerecord c where c.corrects_id = r.id)
                )
                insert into honours_stargrant (person_id, rule_id, level, needed_minutes, minutes, granted_at, reason)
                select person_id, rule_id, level, needed, total, confirmed_at, '' from running, steps where total >= needed and total - minutes < needed
                union all
                select person_id, rule_id, level, needed, minutes, registered_on::timestamptz + interval '9 hours', '' from brought, steps where minutes >= needed"""
            )
            return int(cursor.rowcount)

    # The hub

    def colleagues(self) -> None:
        """Two more at the hub: what matters takes two."""
        town, start = self.town, self.town.today - 400 * DAY
        people = []
        for name, sex in (("吴静怡", "F"), ("郑海洋", "M")):
            person = Person(
                number="L" + self.code(8),
                name=name,
                sex=sex,
                birth_date=town.today - dt.timedelta(days=36 * 365),
                phone=town.next_phone(),
                created_at=town.now - 400 * DAY,
            )
            person.fill_pinyin()
            people.append(person)
        town.save(people)
        place = town.district if len(town.streets) > 1 else self.street
        town.save([RoleGrant(person=person, role=Role.HUB_STAFF, territory=place, from_date=start) for person in people])
        town.save([Membership(person=person, organization=self.hub, kind=Membership.Kind.STAFF, from_date=start) for person in people])
        self.first, self.second = people

    def code(self, length: int) -> str:
        made: str = self.town.code(length, rng=self.rng)
        return made

    def rule(self) -> None:
        """A colleague proposes the lower steps of another city; the hub's manager is asked."""
        at = self.town.now - 2 * DAY
        rule = StarRule.objects.create(
            territory=self.street, version=1, name="建外街道星级标准（试行）", star_hours=[30, 60, 100, 200, 300], medal_hours=[600, 1000, 1500],
            medal_names=["铜质奖章", "银质奖章", "金质奖章"], source="参照张家港市志愿者星级认定办法，街道志愿服务联席会议纪要", from_date=(self.town.today + 10 * DAY),
            proposed_by=self.first, proposed_at=at,
        )  # fmt: skip
        self.town.note("star_rule.proposed", rule, at, self.first, version=1)

    # Awards

    def top(self, start: dt.date, end: dt.date, count: int) -> list[tuple[Person, int, int]]:
        """Who gave most in the street between two days: (person, minutes, services)."""
        minutes: Counter[int] = Counter()
        services: Counter[int] = Counter()
        rows = ServiceRecord.objects.counting().filter(
            service_date__gte=start, service_date__lte=end, person__in=[person.pk for person in self.around]
        )
        for person, length in rows.values_list("person", "minutes"):
            minutes[person] += length
            services[person] += 1
        known = {person.pk: person for person in self.around}
        return [(known[pk], total, services[pk]) for pk, total in minutes.most_common(count)]

    def award(
        self,
        title: str,
        whom_for: str,
        *,
        places: int,
        start: dt.date,
        end: dt.date,
        created: int,
        until: int,
        criteria: str,
        by: Person,
        **values: Any,
    ) -> Award:
        """`created`, `until`: days ago of the beginning and of the end of nominations (negative: ahead)."""
        at = self.town.now - created * DAY
        award = Award.objects.create(
            title=title, whom_for=whom_for, territory=self.street, issuer=self.hub, places=places, criteria=criteria, from_date=start, to_date=end,
            nominate_until_date=self.town.today - until * DAY, created_by=by, created_at=at, **values,
        )  # fmt: skip
        self.town.note("award.created", award, at, by, state="open", places=places)
        return award

    def notice(self, began: int) -> dict[str, Any]:
        """A notice that began so many days ago, of seven days and to the end of the day."""
        begin = self.town.at(self.town.today - began * DAY, 10)
        return {"notice_from_at": begin, "notice_until_at": self.town.at(self.town.today - (began - 8) * DAY, 0)}

    def nominate(
        self,
        award: Award,
        *,
        words: str,
        state: str,
        ago: float,
        by: Person,
        minutes: int = 0,
        services: int = 0,
        scores: tuple[int, ...] = (),
        **whom: Any,
    ) -> Nomination:
        place = self.town.home_of[whom["person"].pk] if "person" in whom else (whom.get("team") or whom["organization"]).territory
        body = self.town.committees.get(place.pk)
        clerk = self.town.staff[body.pk] if body is not None else self.second
        endorsed = state not in ("proposed", "declined") and clerk != by
        at = self.town.now - dt.timedelta(days=ago)
        row = Nomination.objects.create(
            number="H" + self.code(7), award=award, words=words, state=state, minutes=minutes, record_count=services, proposed_by=by, proposed_at=at,
            endorsed_for=(body or self.hub) if endorsed else None, agreed_by=clerk if endorsed else None, agreed_at=at + 2 * DAY if endorsed else None,
            endorsement=self.rng.choice(ENDORSED) if endorsed else "", **whom,
        )  # fmt: skip
        self.town.note("nomination.made", row, at, by, state="proposed", award=award.pk)
        if endorsed:
            self.town.note("nomination.endorsed", row, at + 2 * DAY, clerk, state="endorsed")
        judges = [person for person in (self.first, self.second, self.boss) if person != by]
        self.town.save(
            [
                NominationReview(nomination=row, reviewed_by=judge, score=score, words="", reviewed_at=at + 3 * DAY)
                for judge, score in zip(judges, scores, strict=False)
            ]
        )
        return row

    def neighbour(self) -> Person:
        found: Person = self.rng.choice(self.town.residents[1:])
        return found

    def grant(self, award: Award, rows: list[Nomination], *, ago: int) -> None:
        at = self.town.now - ago * DAY
        for row in rows:
            honour = Honour.objects.create(
                code=self.code(12), award=award, nomination=row, person=row.person, team=row.team, organization=row.organization, title=award.title, issuer=self.hub,
                words=row.words, evidence=evidence_of(row, award=award), granted_on=self.town.today - ago * DAY,
            )  # fmt: skip
            self.town.note("honour.granted", honour, at, self.boss, state="valid")
            self.honours += 1
        self.town.note("award.granted", award, at, self.boss, state="granted", honours=len(rows))

    def past_awards(self) -> None:
        """Last year's best: people, teams, firms."""
        town, year = self.town, self.town.today.year - 1
        start, end = dt.date(year, 1, 1), dt.date(year, 12, 31)
        if (town.today - end).days < 45:
            start, end, year = town.today - 400 * DAY, town.today - 45 * DAY, town.today.year
        done = {
            "state": "granted",
            **self.notice(30),
            "asked_by": self.first,
            "asked_at": town.now - 21 * DAY,
            "decided_by": self.boss,
            "decided_at": town.now - 20 * DAY,
        }
        best = self.top(start, end, 8)
        me = town.cast["volunteer"]
        if me not in [person for person, _minutes, _services in best]:
            best = [*best[:7], *[row for row in self.top(start, end, 10_000) if row[0] == me]]
        people = self.award(f"{year} 年度优秀志愿者", "person", places=10, start=start, end=end, created=70, until=40, by=self.first, criteria="常年坚持服务，答应的事做到\n居民和服务对象认可\n愿意带新人", **done)  # fmt: skip
        rows = [
            self.nominate(people, words=WHY_PERSON[n % len(WHY_PERSON)], state="honoured", ago=55 - n, by=self.neighbour(), minutes=minutes, services=services, scores=(9, 8 + n % 3), person=person)
            for n, (person, minutes, services) in enumerate(best)
        ]  # fmt: skip
        self.grant(people, rows, ago=20)
        teams = self.award(
            f"{year} 年度优秀志愿服务队",
            "team",
            places=3,
            start=start,
            end=end,
            created=70,
            until=40,
            by=self.second,
            criteria="活动有计划、有记录、有回访\n队员安全有保障",
            **done,
        )
        near = [team for team in town.teams if team.territory.path.startswith(self.street.path)][:3]
        self.grant(teams, [self.nominate(teams, words=WHY_TEAM[n], state="honoured", ago=52, by=self.neighbour(), minutes=12_000 - 1_500 * n, services=90 - 11 * n, scores=(9, 9), team=team) for n, team in enumerate(near)], ago=20)  # fmt: skip
        firms = self.award(
            f"{year} 年度爱心企业",
            "organization",
            places=3,
            start=start,
            end=end,
            created=70,
            until=40,
            by=self.second,
            criteria="承诺的资源如约提供\n支持员工参加志愿服务，不摊派",
            **done,
        )
        bodies = [body for body in town.enterprises if body.territory.path.startswith(self.street.path)][:3]
        self.grant(firms, [self.nominate(firms, words=WHY_BODY[n], state="honoured", ago=51, by=self.neighbour(), minutes=9_000 - 900 * n, services=60 - 7 * n, scores=(8, 9), organization=body) for n, body in enumerate(bodies)], ago=20)  # fmt: skip

    def running_awards(self) -> None:
        """One at every step: to be granted by a second person, on notice, in review, open."""
        town = self.town
        today, me, worker = town.today, town.cast["volunteer"], town.cast["community"]
        best = self.top(today - 120 * DAY, today, 40)
        one = self.award("敬老服务之星（第一期）", "person", places=4, start=today - 120 * DAY, end=today - 20 * DAY, created=40, until=25, by=self.first, criteria="为老年人服务，老人说好", state="notice", **self.notice(12), asked_by=self.first, asked_at=town.now - 2 * DAY)  # fmt: skip
        rows = [self.nominate(one, words=WHY_PERSON[(n + 1) % 8], state="chosen", ago=32, by=self.neighbour(), minutes=m, services=s, scores=(8, 9), person=p) for n, (p, m, s) in enumerate(best[2:6])]  # fmt: skip
        raised = AwardObjection.objects.create(
            nomination=rows[0], raised_by=self.neighbour(), words="听说他上个月有一次没去。", raised_at=town.now - 9 * DAY, state="dismissed",
            answer="核对过签到记录：那一次他提前三天请了假，由队友顶班。", answered_by=self.second, answered_at=town.now - 7 * DAY,
        )  # fmt: skip
        town.note("award_objection.raised", raised, raised.raised_at, raised.raised_by, state="open")
        two = self.award("邻里互助之星", "person", places=5, start=today - 120 * DAY, end=today - 10 * DAY, created=30, until=15, by=self.second, criteria="帮到身边的人，小事也算\n邻居愿意为您说句话", state="notice", **self.notice(3))  # fmt: skip
        rows = [self.nominate(two, words=WHY_PERSON[(n + 4) % 8], state="chosen", ago=24, by=self.neighbour(), minutes=m, services=s, scores=(7 + n % 3, 9), person=p) for n, (p, m, s) in enumerate(best[6:10])]  # fmt: skip
        doubt = AwardObjection.objects.create(
            nomination=rows[1], raised_by=self.neighbour(), words="材料里写的“每周都去”不太准，三月好像停过。", raised_at=town.now - DAY
        )
        town.note("award_objection.raised", doubt, doubt.raised_at, doubt.raised_by, state="open")
        three = self.award(
            "优秀青年志愿者",
            "person",
            places=3,
            start=today - 120 * DAY,
            end=today - DAY,
            created=20,
            until=2,
            by=self.first,
            criteria="35 岁以下\n用专业能力服务社区",
            state="review",
        )
        for n, (p, m, s) in enumerate(best[10:16]):
            self.nominate(three, words=WHY_PERSON[(n + 2) % 8], state="endorsed" if n < 5 else "proposed", ago=12, by=self.neighbour(), minutes=m, services=s, scores=((8, 7), (9,), (), (6, 8), (9, 9), ())[n], person=p)  # fmt: skip
        four = self.award(f"{today.year} 年度优秀志愿者", "person", places=10, start=dt.date(today.year, 1, 1), end=dt.date(today.year, 12, 31), created=6, until=-20, by=self.boss, criteria="常年坚持服务，答应的事做到\n居民和服务对象认可\n愿意带新人")  # fmt: skip
        mine = [row for row in best if row[0] == me] or [(me, 0, 0)]
        home = town.home_of
        close = [row for row in best if home[row[0].pk] == town.communities[0] and row[0] not in town.cast.values()][:2]
        near = [*mine, *close]
        for n, (p, m, s) in enumerate([*near, *[row for row in best[16:] if row not in near][:3]]):
            self.nominate(four, words=WHY_PERSON[n % 8], state="proposed" if n < 3 else "endorsed", ago=4 - 0.5 * n, by=self.neighbour() if n else town.cast["leader"], minutes=m, services=s, person=p)  # fmt: skip
        piece = Nomination.objects.filter(award=four, person=me).get()
        NominationEvidence.objects.create(
            nomination=piece, kind="words", words="社区活动室墙上的锦旗，可以去看", entered_by=town.cast["leader"], added_at=town.now - 3 * DAY
        )
        self.tell(me, "nomination.made", award=four.title, url=f"/honours/nominations/{piece.number}/")
        self.tell(self.boss, "award.to_grant", award=one.title, url=f"/honours/awards/{one.pk}/")
        waits = Nomination.objects.filter(award=four, person__in=[row[0] for row in close]).first()
        if waits is not None:
            self.tell(worker, "nomination.to_endorse", award=four.title, url=f"/honours/nominations/{waits.number}/")

    def tell(self, person: Person, kind: str, *, url: str, **values: Any) -> None:
        topic = Topic.RECORD if kind in ("nomination.made", "thanks.reached") else Topic.WORK
        Notice.objects.create(
            person=person, kind=kind, topic=topic, values=values, url=url, once_key=f"{kind}:demo:{url}", created_at=self.town.now - 3 * HOUR
        )

    # Thanks

    def thanks(self) -> int:
        """Of activities that served three and more; some waiting, three that have to be read first."""
        town, rng, me = self.town, self.rng, self.town.cast["volunteer"]
        served: dict[int, set[Person]] = defaultdict(set)
        serving: dict[int, set[int]] = defaultdict(set)
        activities = {}
        for sign_up, _attendance, activity, shift, position in town.attended:
            if shift.ends_at > town.now - 2 * DAY or sign_up.state != "confirmed" or not activity.territory.path.startswith(self.street.path):
                continue
            activities[activity.pk] = activity
            if position.kind == "participant":
                served[activity.pk].add(sign_up.person)
            elif position.kind == "volunteer":
                serving[activity.pk].add(sign_up.person_id)
        enough = [pk for pk in activities if len(served[pk]) >= 3 and serving[pk]]
        enough.sort(key=lambda pk: (me.pk not in serving[pk], -activities[pk].last_ends_at.timestamp()))
        notes: list[ThanksNote] = []
        receipts: list[ThanksReceipt] = []
        told = list(TELLING)
        for n, pk in enumerate(enough[: MOST_NOTES // 2]):
            people = sorted(served[pk], key=lambda person: person.pk)
            for writer in rng.sample(people, min(len(people), 2)):
                if writer in town.cast.values():
                    continue
                written = min((activities[pk].last_ends_at + rng.randint(1, 5) * DAY).astimezone(town.zone).date(), town.today)
                monday = written + dt.timedelta(days=7 - written.weekday())
                words, flags = told.pop() if told and n >= 3 else (rng.choice(THANKS), [])
                state = "flagged" if flags else "relayed" if monday <= town.today else "waiting"
                note = ThanksNote(
                    id=uuid.UUID(int=rng.getrandbits(128), version=4), activity_id=pk, writer_digest=thanks.writer_digest(writer, activity=activities[pk]), words=words, flags=flags,
                    is_for_wall=rng.random() < 0.35, written_on=written, state=state, relayed_on=monday if state == "relayed" else None,
                )  # fmt: skip
                notes.append(note)
                if state == "relayed":
                    receipts += [ThanksReceipt(note=note, person_id=person, shows_activity=True, reached_on=monday) for person in sorted(serving[pk])]
        town.save(notes)
        town.save(receipts)
        if any(receipt.person_id == me.pk for receipt in receipts):
            self.tell(me, "thanks.reached", url="/honours/#thanks")
        return len(notes)

    # The wall

    def wall(self) -> int:
        """Some of those honoured, and some with stars, said yes; each chose a form of the name."""
        town, rng = self.town, self.rng
        me = town.cast["volunteer"]
        grown = town.today - dt.timedelta(days=18 * 366)
        entries: list[WallEntry] = []
        consents: dict[int, Consent] = {}
        at = town.now - 12 * DAY
        nicknames = ["不留名", "张家大姐", "热心人", "老街坊", "修理工", "小太阳"]

        def agree(person: Person, **thing: Any) -> None:
            if person.birth_date is None or person.birth_date > grown:
                return
            form = rng.choice(("full", "full", "masked", "masked", "nickname"))
            nickname = nicknames.pop() if form == "nickname" and nicknames else ""
            form = "masked" if form == "nickname" and not nickname else form
            moment = at + rng.randint(0, 200) * HOUR
            consents.setdefault(person.pk, Consent(person=person, purpose=Consent.Purpose.PUBLISH, words="荣誉墙展示，本人自愿", given_at=moment))
            entries.append(WallEntry(territory=self.street, name_form=form, nickname=nickname, agreed_by=person, agreed_at=moment, **thing))

        for n, honour in enumerate(Honour.objects.select_related("person", "team__leader", "organization").order_by("pk")):
            if honour.person is not None:
                if honour.person != me and n % 3 != 2:
                    agree(honour.person, honour=honour)
            else:
                by = honour.team.leader if honour.team is not None else town.staff[honour.organization_id]
                entries.append(WallEntry(honour=honour, territory=self.street, name_form="full", agreed_by=by, agreed_at=at + n * HOUR))
        stars = (
            StarGrant.objects.filter(person__in=[person.pk for person in self.around])
            .exclude(person=me)
            .select_related("person")
            .order_by("person", "-level")
        )
        highest: dict[int, StarGrant] = {}
        for grant in stars:
            highest.setdefault(grant.person_id, grant)
        for grant in rng.sample(list(highest.values()), min(len(highest), 9)):
            agree(grant.person, grant=grant)
        town.save(list(consents.values()))
        town.save(entries)
        return len(entries)

    # Free will

    def free_will(self) -> None:
        """Last half year and this one; a few were pressed by an employer."""
        rng, half = self.rng, pressure.half_year(self.town.today)
        before = f"{half[:4]}H1" if half.endswith("2") else f"{int(half[:4]) - 1}H2"
        answers = []
        for name, total, pressed in ((before, 46, 9), (half, 21, 3)):
            answers += [
                PressureAnswer(id=uuid.UUID(int=rng.getrandbits(128), version=4), half_year=name, territory=self.street, was_pressed=n < pressed, source=("employer" if n % 4 else "school") if n < pressed else "")
                for n in range(total)
            ]  # fmt: skip
        PressureTicket.objects.bulk_create(PressureTicket(digest=f"{rng.getrandbits(256):064x}", half_year=answer.half_year) for answer in answers)
        rng.shuffle(answers)
        self.town.save(answers)
