"""Dossiers of the demo town: trainings of a year, honours on proof, words on each service, what came along from elsewhere, who is about to move."""

import datetime as dt
from collections import defaultdict
from random import Random
from typing import Any

from liandong.accounts.models import Person
from liandong.core import workdays
from liandong.demo.tools import DAY, HOUR
from liandong.dossier.models import DossierClaim, ExchangeProblem, ExchangeRun, HonourEntry, OutsideRecord, ServiceEvaluation, TrainingEntry, Transfer
from liandong.dossier.queries.due import EVALUATE_WORKDAYS
from liandong.organizations.models import Membership

# (name, what was learned, minutes, held by, days ago, how many took part)
TRAININGS = (
    ("初级急救员培训", "心肺复苏、除颤仪使用、止血包扎，现场考核", 480, "街道红十字会", 320, 24),
    ("志愿服务通用培训", "《志愿服务条例》、服务礼仪、隐私与安全", 120, "", 290, 40),
    ("助老服务技能", "与失能老人沟通、轮椅推行、防跌倒", 180, "暖邻社会工作事务所", 240, 22),
    ("小家电检修安全", "用电安全、常见故障、拒修边界", 150, "", 200, 12),
    ("手语入门", "问候、问路、就医常用手语", 240, "区残疾人联合会", 160, 15),
    ("反诈骗宣讲员培训", "常见骗局、案例讲法、居民提问应答", 90, "", 120, 18),
    ("心理支持技能", "倾听、情绪识别、转介", 180, "暖邻社会工作事务所", 70, 16),
    ("活动领队培训", "风险预案、签到与时长、突发处置", 120, "", 30, 20),
)
HONOURS = (
    ("优秀志愿者", "北京某物业服务有限公司", False), ("学雷锋志愿服务先进个人", "区委社会工作部", True), ("防汛工作先进个人", "街道办事处", True),
    ("年度公益之星", "某科技公司工会", False), ("最美邻里", "社区居民委员会", False),
)  # fmt: skip
WORDS = {
    "excellent": ("耐心细致，老人点名还要他来", "主动补位，收尾干净", "带新人很用心", "登记清楚，一处没错", ""),
    "good": ("守时，配合好", "认真负责", "", "", ""),
    "fair": ("到得稍晚，完成了分工", ""),
    "poor": ("中途离开没有打招呼，已当面沟通",),
}
OUTSIDE = (
    ("国际马拉松赛道服务", "赛道补给", 300, 380), ("图书馆整架", "图书上架", 180, 350), ("春运车站引导", "旅客引导", 240, 310),
    ("湿地公园净滩", "清捡垃圾", 210, 270), ("高考考点服务", "秩序引导", 270, 190),
)  # fmt: skip
SOURCE = "东城志愿平台（演示）"
ENOUGH = 9  # days after which the host has usually written its word


def plant(town: Any) -> None:
    """After everything that writes service."""
    _entered_twice(town)
    book = Book(town)
    book.trainings()
    book.honours()
    book.evaluations()
    book.outside()
    book.claims()
    book.transfers()
    book.save()
    town.say(f"{len(book.training)} trainings, {len(book.evaluated)} evaluations, {len(book.claimed)} claims, {len(book.moving)} people moving")


def _entered_twice(town: Any) -> None:
    """A neighbouring community wrote down a volunteer who was long there: same name, same date of birth, no phone. The hub finds and joins them."""
    rng = Random(f"{town.seed}-twice")  # noqa: S311 -- repeatable on purpose
    person = town.cast["volunteer"]
    body = town.committees[next(place for place in town.communities if place.pk != town.home_of[person.pk].pk).pk]
    day = town.today - 40 * DAY
    twin = Person(number=town.code(8, "L", rng=rng), name=person.name, sex=person.sex, birth_date=person.birth_date, created_at=town.at(day, 15, 10))
    twin.fill_pinyin()
    town.save([twin])
    town.save([Membership(person=twin, organization=body, kind=Membership.Kind.RESIDENT, from_date=day)])
    town.save(
        [
            TrainingEntry(
                number=town.code(9, "D", rng=rng), person=twin, organization=body, written_by=town.staff[body.pk], written_at=town.at(day, 16, 0),
                name="楼门长能力提升", content="矛盾调解、信息上报、邻里活动组织", minutes=120, organizer_name=body.name, from_date=day, to_date=day,
            )
        ]
    )  # fmt: skip


class Book:
    def __init__(self, town: Any) -> None:
        self.town = town
        self.rng = Random(f"{town.seed}-dossiers")  # noqa: S311 -- repeatable on purpose
        self.training: list[TrainingEntry] = []
        self.honoured: list[HonourEntry] = []
        self.evaluated: list[ServiceEvaluation] = []
        self.elsewhere: list[OutsideRecord] = []
        self.claimed: list[DossierClaim] = []
        self.moving: list[Transfer] = []
        self.runs: list[ExchangeRun] = []

    def code(self) -> str:
        made: str = self.town.code(9, "D", rng=self.rng)
        return made

    def before(self, days: float, hour: int = 10) -> dt.datetime:
        return min(self.town.at(self.town.today - days * DAY, hour, 20), self.town.now - HOUR)

    def trainings(self) -> None:
        """By the hub of each street and by its social organisations, for volunteers of the street."""
        town, persona = self.town, self.town.cast["volunteer"]
        for turn, street in enumerate(town.streets):
            near = [person for person in town.volunteers if town.home_of[person.pk].parent_id == street.pk]
            bodies = [town.hubs[street.pk], *town.plan_of[street.pk][:1]]
            for number, (name, content, minutes, organizer, days, count) in enumerate(TRAININGS):
                body = town.social[0] if turn == 0 and number in (2, 6) else bodies[number % len(bodies)]
                writer = town.staff[body.pk]
                day = town.today - days * DAY
                people = {person.pk: person for person in self.rng.sample(near, min(count, len(near)))}
                if turn == 0 and number in (0, 1, 3):
                    people[persona.pk] = persona
                for person in people.values():
                    if person != writer:
                        self.training.append(
                            TrainingEntry(
                                number=self.code(), person=person, organization=body, written_by=writer, written_at=self.before(days - 3), name=name,
                                content=content, minutes=minutes, organizer_name=organizer or body.name, from_date=day, to_date=day,
                            )
                        )  # fmt: skip

    def honours(self) -> None:
        town = self.town
        chosen = [town.cast["volunteer"], *self.rng.sample(town.volunteers[2:], min(7, len(town.volunteers) - 2))]
        for number, person in enumerate(chosen):
            name, giver, is_government = HONOURS[number % len(HONOURS)]
            body = town.committees[town.home_of[person.pk].pk]
            days = self.rng.randint(60, 300)
            self.honoured.append(
                HonourEntry(
                    number=self.code(), person=person, organization=body, written_by=town.staff[body.pk], written_at=self.before(days - 20), name=name,
                    honoured_on=town.today - days * DAY, granted_by_name=giver, is_government=is_government,
                )
            )  # fmt: skip

    def evaluations(self) -> None:
        """A word on nearly every recorded service that is more than a few days old; lately some still wait."""
        town, rng = self.town, self.rng
        for record in town.records:
            age = (town.now - record.ends_at).days
            writer = town.staff[record.organization_id]
            if record.minutes < 1 or writer.pk == record.person_id or (age < ENOUGH and rng.random() < 0.6):
                continue
            grade = rng.choices(("excellent", "good", "fair", "poor"), (30, 62, 7, 1))[0]
            at = min(record.confirmed_at + rng.uniform(0.1, 3) * DAY, town.now)
            self.evaluated.append(
                ServiceEvaluation(
                    number=self.code(), person_id=record.person_id, organization=record.organization, written_by=writer, written_at=at,
                    activity=record.activity, shift=record.shift, activity_name=record.activity_name, grade=grade, words=rng.choice(WORDS[grade]),
                    evaluated_on=at.astimezone(town.zone).date(),
                )
            )  # fmt: skip

    def outside(self) -> None:
        """What two volunteers brought along from another platform, by a file that the hub took in."""
        town = self.town
        hub = town.hubs[town.streets[0].pk]
        at = self.before(150)
        run = ExchangeRun(
            direction="in", state="done", organization=hub, file_name="dossiers-dongcheng.zip", digest=f"{self.rng.getrandbits(256):064x}", source=SOURCE,
            people_total=2, people_done=2, counts={"people_known": 2, "service_new": 2 * len(OUTSIDE), "refused": 1, "problems": 1, "is_broken": False},
            asked_by=town.cast["hub"], created_at=at, finished_at=at + HOUR / 30,
        )  # fmt: skip
        out = ExchangeRun(
            direction="out", state="done", organization=hub, purpose="区级平台年度核对", is_masked=True, file_name=f"dossiers-{hub.slug}.zip",
            digest=f"{self.rng.getrandbits(256):064x}", source="liandong", people_total=40, people_done=40, asked_by=town.cast["hub"],
            counts={"volunteers.jsonl": 40, "service.jsonl": 212, "training.jsonl": 61, "honours.jsonl": 3, "evaluations.jsonl": 190},
            created_at=self.before(45), finished_at=self.before(45) + HOUR / 60,
        )  # fmt: skip
        self.runs = [run, out]
        free = self._free_days()
        for person in (town.cast["volunteer"], town.volunteers[2]):
            for number, (name, content, minutes, days) in enumerate(OUTSIDE):
                day = town.today - (400 + days) * DAY  # before the town's own records begin
                if day in free[person.pk]:
                    continue
                starts = town.at(day, 9)
                self.elsewhere.append(
                    OutsideRecord(
                        number=self.code(), person=person, run=run, source=SOURCE, source_number=f"DC{person.pk}{number:03}", activity_name=name,
                        service_date=day, place="东城区", content=content, starts_at=starts, ends_at=starts + dt.timedelta(minutes=minutes),
                        minutes=minutes, organizer_name="东城志愿服务队", taken_in_at=run.finished_at,
                    )
                )  # fmt: skip

    def _free_days(self) -> dict[int, set[dt.date]]:
        days: dict[int, set[dt.date]] = defaultdict(set)
        for record in self.town.records:
            days[record.person_id].add(record.service_date)
        return days

    def claims(self) -> None:
        """What waits for a look at the community, what was refused, and a volunteer's own."""
        town = self.town
        persona, community = town.cast["volunteer"], town.committees[town.communities[0].pk]
        others = [person for person in town.volunteers[2:] if town.home_of[person.pk] == town.communities[0]][:3]
        body_of = dict(Membership.objects.filter(person=persona, to_date__isnull=True).values_list("person", "organization"))
        own_body = next((body for body in town.bodies if body.pk == body_of.get(persona.pk)), community)
        rows: list[tuple[Person, Any, str, str, str, int, str]] = [
            (person, community, "honour", HONOURS[number][0], HONOURS[number][1], 2 + 3 * number, "open") for number, person in enumerate(others)
        ]
        rows += [
            (persona, own_body, "honour", "五星志愿者", "市志愿服务联合会", 4, "open"),
            (persona, own_body, "training", "应急救援知识讲座", "街道安全办", 60, "refused"),
        ]
        for person, body, kind, name, giver, days, state in rows:
            at = self.before(days, 15)
            done = state != "open"
            self.claimed.append(
                DossierClaim(
                    kind=kind, person=person, organization=body, name=name, giver_name=giver, from_date=town.today - (days + 40) * DAY,
                    content="火灾、地震自救" if kind == "training" else "", minutes=90 if kind == "training" else None, state=state, claimed_at=at,
                    answer_due_at=workdays.after_workdays(at, EVALUATE_WORKDAYS), answer="照片看不清单位公章，请重新拍一张。" if done else "",
                    answered_by=town.staff[body.pk] if done else None, answered_at=at + 3 * DAY if done else None,
                )
            )  # fmt: skip

    def transfers(self) -> None:
        """Some employees of one firm go to another one; the last yes is missing for a few."""
        town, rng = self.town, self.rng
        firms = town.firms_of[town.streets[0].pk]
        if len(firms) < 2:
            return
        old, new = firms[1], firms[0]
        rows = Membership.objects.filter(organization=old, kind="employee", to_date__isnull=True).select_related("person").order_by("pk")[:3]
        for place, membership in enumerate(rows):
            at, asks = self.before(rng.randint(1, 6), 11), place > 0  # the first one has no account: a paper will be signed
            self.moving.append(
                Transfer(
                    person=membership.person, from_organization=old, to_organization=new, kind="employee", words="换了工作单位，志愿时长随人走",
                    asked_by=membership.person if asks else town.staff[old.pk], asked_at=at, from_agreed_by=town.staff[old.pk],
                    from_agreed_at=at + HOUR, person_agreed_at=at if asks else None,
                )
            )  # fmt: skip

    def save(self) -> None:
        save, linked = self.town.save, self.town.linked
        for rows in (self.training, self.honoured, self.evaluated, self.runs):
            save(rows)
        save([linked(row, "run") for row in self.elsewhere])
        save([ExchangeProblem(run=self.runs[0], file="service.jsonl", line=7, field="ends_at", code="ends_before")])
        save(self.claimed)
        save(self.moving)
        for claim in self.claimed:
            self.town.note("dossier_claim.made", claim, claim.claimed_at, claim.person, kind=claim.kind)
        for transfer in self.moving:
            self.town.note("transfer.asked", transfer, transfer.asked_at, transfer.person, person=transfer.person_id)
