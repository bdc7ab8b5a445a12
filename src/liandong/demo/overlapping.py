"""Bodies that are about to do the same, planted into the town: three with one matter on one day, one joint activity agreed and one already held, a proposal that
waits, and an overlap that was looked at and found to be none."""

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any

from liandong.activities.models import Activity, Position, Shift, SignUp
from liandong.core import workdays
from liandong.core.search import vector
from liandong.organizations.models import Organization, Territory
from liandong.overlap import digests
from liandong.overlap.models import BeneficiaryChange, BeneficiaryDigest, BeneficiaryList, CoHosting, HostShare, OverlapDecision
from liandong.overlap.plans import key_of, pair_of
from liandong.overlap.queries import fingerprint_of
from liandong.venues.models import Venue

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@dataclass(frozen=True)
class Planned:
    title: str
    summary: str
    category: str
    segment: str
    position: str
    hour: int = 9


PRESSURE = (
    Planned("家门口量血压", "护士带血压计来，量完告诉您要不要去医院。", "health", "elders", "来量血压"),
    Planned("银发健康角：三高随手测", "血糖血脂现场查，带好老花镜。", "health", "elders", "来检测", 9),
    Planned("药师进社区：测血压、讲用药", "药师一对一看药盒，顺便把血压量了。", "health", "elders", "来咨询", 14),
    Planned("敬老月免费血压监测", "每人建一个血压小本子。", "health", "elders", "来监测", 10),
)
PHONE = (
    Planned("手机课堂：挂号缴费不求人", "一对一，把挂号、缴费、扫码走一遍。", "elders", "elders", "来学手机", 14),
    Planned("老友学微信", "志愿者小老师手把手，从连网开始。", "elders", "elders", "来学微信", 15),
)
READING = (
    Planned("读报聊天进家门", "两人一组，上门陪独居老人坐坐。", "elders", "elders", "等人上门", 10),
    Planned("独居老人结对探访", "带一份水果，听老人说说话。", "elders", "elders", "等人上门", 14),
)
LAW = (
    Planned("律师坐堂半天", "合同、邻里、继承的事都可以问。", "order", "", "来咨询", 9),
    Planned("民法典夜谈", "下班后来，讲讲租房和借钱。", "order", "", "来听", 19),
)


class Planting:
    """Writes activities of the near future in the way the town writes its others."""

    def __init__(self, town: Any) -> None:
        self.town, self.rng = town, Random(f"{town.seed}-overlapping")  # noqa: S311 -- repeatable on purpose
        self.home: Territory = town.communities[0]
        self.next_door: Territory = town.communities[1]

    def code(self, length: int) -> str:
        made: str = self.town.code(length, rng=self.rng)
        return made

    def activity(self, plan: Planned, host: Organization, community: Territory, day: dt.date, *, state: str = "published") -> Activity:
        town = self.town
        start = town.at(day, plan.hour)
        leader = town.staff[host.pk]
        venue = Venue.objects.filter(territory=community).order_by("pk").first()
        written = min(town.now - 3 * DAY, start - 6 * DAY)
        row = Activity.objects.create(
            code=self.code(7), title=plan.title, summary=plan.summary, category=plan.category, segment=plan.segment, host=host, territory=community,
            venue=venue, leader=leader, contact_name=leader.name, contact_phone="010-5555 0186", state=state, first_starts_at=start,
            last_ends_at=start + 2 * HOUR, created_by=leader, created_at=written, published_at=written + HOUR if state != "draft" else None,
        )  # fmt: skip
        Activity.objects.filter(pk=row.pk).update(search=vector(plan.title, plan.summary, host.name, community.name))
        shift = Shift.objects.create(activity=row, starts_at=start, ends_at=start + 2 * HOUR, secret=f"{self.rng.getrandbits(128):032x}")
        Position.objects.create(shift=shift, kind="volunteer", name="引导登记", capacity=6, order=0)
        Position.objects.create(shift=shift, kind="participant", name=plan.position, capacity=40, order=8)
        town.note("activity.created", row, written, leader, state="draft")
        if state != "draft":
            town.note("activity.published", row, row.published_at, leader, state="published")
        return row

    def sign_up(self, activity: Activity, count: int) -> None:
        """Some residents of the street have a place already."""
        shift = activity.shifts.get()
        position = shift.positions.get(kind="participant")
        street = activity.territory.parent_id
        people = [person for person in self.town.residents if self.town.home_of[person.pk].parent_id == street]
        day = shift.starts_at.astimezone(self.town.zone).date()
        free = [person for person in people if (person.pk, day) not in self.town.busy]
        rows = []
        for number, person in enumerate(self.rng.sample(free, min(count, len(free))), 1):
            self.town.busy.add((person.pk, day))
            rows.append(
                SignUp(
                    position=position, shift=shift, person=person, state="confirmed", sequence=number, code=self.code(6),
                    signed_up_at=activity.published_at + number * HOUR / 4, signed_up_by=person,
                )
            )  # fmt: skip
        SignUp.objects.bulk_create(rows)
        Shift.objects.filter(pk=shift.pk).update(next_sequence=len(rows) + 1)

    def list_of(self, activity: Activity, first: int, count: int) -> None:
        """People who do not exist, known by numbers that nobody has."""
        people = [digests.digests_of(phone=f"1990099{number:04}") for number in range(first, first + count)]
        made = activity.created_at + HOUR
        kept = BeneficiaryList.objects.create(
            activity=activity, organization=activity.host, people_count=count, content=digests.content_of(people), made_by=activity.created_by,
            made_at=made, expires_date=(activity.last_ends_at + 30 * DAY).date(),
        )  # fmt: skip
        BeneficiaryDigest.objects.bulk_create(
            [BeneficiaryDigest(list=kept, person_number=number, digest=digest) for number, known in enumerate(people, 1) for digest in known]
        )
        BeneficiaryChange.objects.create(organization=activity.host, changed_by=activity.created_by, changed_at=made)
        self.town.note("beneficiary_list.kept", activity, made, activity.created_by, people=count)

    def co_hosting(
        self, joint: Activity, twin: Activity | None, partner: Organization, *, state: str, words: str, answer: str = "", ago: float = 1
    ) -> CoHosting:
        town = self.town
        proposed = town.now - dt.timedelta(days=ago)
        row = CoHosting.objects.create(
            activity=joint, partner=partner, asked_by=joint.host, twin=twin, state=state, hours_percent=40, people_percent=50, words=words, answer_words=answer,
            proposed_by=town.staff[joint.host_id], proposed_at=proposed, answer_due_at=workdays.after_workdays(proposed, 3),
            answered_by=town.staff[partner.pk] if answer else None, answered_at=proposed + 5 * HOUR if answer else None,
        )  # fmt: skip
        town.note("co_hosting.proposed", row, proposed, row.proposed_by, state="proposed")
        if state == "agreed":
            HostShare.objects.create(activity=joint, organization=joint.host, hours_from=0, hours_to=60, people_from=0, people_to=50)
            HostShare.objects.create(activity=joint, organization=partner, hours_from=60, hours_to=100, people_from=50, people_to=100)
            town.note("co_hosting.agreed", row, row.answered_at, row.answered_by, state="agreed")
        if twin is not None:
            self.decision(joint, twin, kind="co_host", organization=joint.host, at=proposed)
        return row

    def decision(self, one: Activity, other: Activity, *, kind: str, organization: Organization | None, at: dt.datetime, words: str = "") -> None:
        first, second = sorted((one, other), key=key_of)
        by = self.town.staff[organization.pk] if organization else self.town.cast["hub"]
        OverlapDecision.objects.create(
            pair=pair_of(key_of(first), key_of(second)), activity=first, other_activity=second, organization=organization, kind=kind, words=words,
            fingerprint=fingerprint_of(first, second), decided_by=by, decided_at=at,
        )  # fmt: skip
        self.town.note("overlap.decided", one, at, by, kind=kind)


def plant(town: Any) -> None:
    """After everything else of the town is there."""
    here = Planting(town)
    home, next_door = here.home, here.next_door
    committee, neighbours = town.committees[home.pk], town.committees[next_door.pk]
    agency, elders, _children, association = town.social[:4]
    medicine, lawyers = town.enterprises[4 - 1], town.enterprises[13]
    saturday = town.today + dt.timedelta(days=(5 - town.today.weekday()) % 7 or 7)

    # Three bodies, one matter, one community, one day; a fourth still drafts. Two have put in whom they mean to serve.
    pressure = [here.activity(PRESSURE[0], committee, home, saturday + 7 * DAY), here.activity(PRESSURE[1], agency, home, saturday + 7 * DAY)]
    pressure.append(here.activity(PRESSURE[2], medicine, home, saturday + 7 * DAY))
    here.activity(PRESSURE[3], association, home, saturday + 9 * DAY, state="draft")
    here.sign_up(pressure[0], 9)
    here.sign_up(pressure[1], 6)
    here.list_of(pressure[0], 0, 60)
    here.list_of(pressure[1], 34, 48)

    # Agreed: one class instead of two. And one of last month, whose hours are split already.
    joint, twin = here.activity(PHONE[0], neighbours, next_door, saturday + 4 * DAY), here.activity(PHONE[1], elders, next_door, saturday + 5 * DAY)
    here.sign_up(joint, 12)
    here.co_hosting(joint, twin, elders, state="agreed", words="您出小老师，我们出教室和茶水。", answer="好，小老师我们派六位。", ago=3)
    held = [row for row, *_rest in town.rows if row.host_id == neighbours.pk and row.state == "finished"]
    if held:
        here.co_hosting(held[-1], None, elders, state="agreed", words="一起办。", answer="好。", ago=20)

    # A proposal that waits for the community's answer.
    visit, other = here.activity(READING[0], agency, home, saturday + 3 * DAY), here.activity(READING[1], committee, home, saturday + 6 * DAY)
    here.co_hosting(visit, other, committee, state="proposed", words="都是同一批老人，合在一起走，老人不用等两回。", ago=1)

    # Looked at, and both take place.
    day, night = here.activity(LAW[0], lawyers, home, saturday + 11 * DAY), here.activity(LAW[1], association, home, saturday + 12 * DAY)
    here.decision(day, night, kind="accepted", organization=None, at=town.now - 2 * DAY, words="一场白天一场晚上，来的人不一样。")
    town.say("14 activities that overlap")
