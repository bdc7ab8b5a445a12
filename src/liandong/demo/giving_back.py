"""What points can be spent on in the demo town, and what became of it: a dozen offers, vouchers in every state, haircuts that were needs, two offers before the hub."""

import datetime as dt
import uuid
from dataclasses import dataclass
from random import Random
from typing import Any

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core.actors import SCHEDULER
from liandong.core.search import vector
from liandong.demo.tools import DAY, HOUR
from liandong.journal.services import key_of
from liandong.needs.models import Need, NeedAnswer
from liandong.needs.services import answer_due_from
from liandong.organizations.models import Organization, Right, RoleGrant
from liandong.organizations.permissions import RIGHTS_OF
from liandong.points.models import PointsAccount, PointsEntry, PointsReservation, PointsTransfer
from liandong.rewards.models import Redemption, Reward, SpendingCare
from liandong.rewards.services.taking import SERVICE_DAYS
from liandong.venues.models import Venue

MOST = 600  # vouchers of a town
HALF = 0.7  # nobody spends more of what they have here


@dataclass(frozen=True)
class Plan:
    """One offer of the first street. `host`: a body's short name, or community, enterprise, agency, hub."""

    host: str
    kind: str
    title: str
    points: int
    words: str
    stock: int | None = None
    monthly: int = 10
    category: str = "other"
    where: str = ""
    when: str = ""
    terms: str = ""
    per_person: int = 0
    state: str = "open"
    decision: str = ""
    days: int | None = None  # until its last day


PLANS = (
    Plan("光华里理发店", "service", "上门理发", 10, "腿脚不便也能体体面面。师傅带工具上门，剪完收拾干净。", monthly=5, category="elders", where="家里", when="周二、周四下午", terms="建外街道内；有传染病请提前说一声。", per_person=6),
    Plan("光华里理发店", "voucher", "到店剪发一次", 8, "不用排队，报券号就剪。", monthly=6, when="周一至周五 9:00–17:00"),
    Plan("community", "goods", "东北大米 5 斤", 12, "当季新米，居委会代领。", stock=18, monthly=8, where="北郎东社区服务站前台", when="工作日 9:00–17:00", per_person=2),
    Plan("小庄便利店", "goods", "食用油 1.8 升", 16, "大豆油，保质期一年以上。", stock=3, monthly=6, when="每天 7:00–23:00", per_person=1),
    Plan("enterprise", "voucher", "健身房一小时", 6, "午后空着的健身房，留给常做志愿的街坊。", monthly=6, where="禾木大厦 B1", when="工作日 14:00–16:00", terms="请带运动鞋；未满 18 岁须家长陪同。"),
    Plan("enterprise", "service", "简历和面试辅导", 8, "人事同事一对一看简历、练面试，一次一小时。", monthly=4, category="jobs", where="线上或禾木大厦 1 层"),
    Plan("agency", "service", "陪同就医半天", 14, "挂号、取药、听医嘱，社工全程陪着。", monthly=3, category="health", where="家里接，送回家", when="提前三天约"),
    Plan("agency", "service", "作业辅导一小时", 8, "大学生志愿者上门或到站辅导，小学各科。", monthly=4, category="children"),
    Plan("拾光咖啡", "voucher", "热饮一杯", 4, "咖啡、豆浆、热巧都行。", monthly=10, when="每天 7:30–20:00", terms="堂食、外带都可以，不找零。"),
    Plan("建外医院", "voucher", "血压血糖检查一次", 10, "查完医生给讲一讲，带走一张小结。", stock=40, monthly=4, where="体检中心 2 层", when="周一至周五 8:00–10:30", terms="空腹来，带身份证。"),
    Plan("community", "place", "留一个活动名额", 4, "热门活动常常报满，给出过力的街坊留几个座。", stock=6, monthly=4),
    Plan("hub", "goods", "志愿者雨衣", 5, "反光条，放得进口袋。", stock=0, monthly=5, where="枢纽一层服务台", per_person=1),
    Plan("小庄便利店", "goods", "纸巾一提", 6, "三层抽纸六包。", stock=20, monthly=8, state="paused"),
    Plan("建外医院", "voucher", "全身体检套餐", 80, "含腹部彩超，限志愿服务满一百小时的街坊。", stock=4, monthly=1, where="体检中心 2 层", state="waiting"),
    Plan("拾光咖啡", "service", "家庭咖啡课", 12, "咖啡师上门教两款手冲。", monthly=2, category="culture", state="waiting"),
    Plan("小庄便利店", "goods", "散装白酒一斤", 10, "自家酿的。", stock=10, state="declined", decision="酒不进兑换目录。换成别的日用品吧。"),
)  # fmt: skip
ELSEWHERE = (PLANS[2], PLANS[1], PLANS[6], PLANS[7])
ASKED = (
    "想请师傅来家里给我理个发，这阵子膝盖不好，下楼费劲。",
    "周三上午想去医院复查，儿女都在外地，盼有人陪一趟。",
    "孩子四年级数学跟不上，想请大学生来辅导几次。",
    "想练练面试，下个月有个机会。",
)


class Book:
    """Everything of this step, in the order it is saved."""

    def __init__(self, town: Any) -> None:
        self.town, self.rng = town, Random(f"{town.seed}-giving-back")  # noqa: S311 -- repeatable on purpose
        self.redemptions: list[Redemption] = []
        self.needs: list[Need] = []
        self.answers: list[NeedAnswer] = []
        self.spent: dict[int, int] = {}
        self.accounts = {row.person_id: row for row in PointsAccount.objects.filter(person__isnull=False).order_by("pk")}
        self.keepers: dict[int, Person] = {}

    def code(self, length: int, prefix: str = "") -> str:
        made: str = self.town.code(length, prefix, rng=self.rng)
        return made

    def keeper(self, host: Organization) -> Person | None:
        """Somebody of the body who takes vouchers in."""
        if host.pk not in self.keepers:
            roles = [role for role, rights in RIGHTS_OF.items() if Right.CHECK_PEOPLE in rights]
            grant = RoleGrant.objects.filter(organization=host, role__in=roles).select_related("person").order_by("pk").first()
            self.keepers[host.pk] = grant.person if grant is not None else self.town.staff.get(host.pk)
            if grant is not None:
                self.town.staff.setdefault(host.pk, grant.person)  # later steps ask who acts for a body
        return self.keepers[host.pk]

    def free(self, person: Person) -> int:
        account = self.accounts.get(person.pk)
        return int((account.balance - account.pending) * HALF) - self.spent.get(person.pk, 0) if account is not None else 0


def plant(town: Any) -> None:
    book = Book(town)
    rewards = _offers(book)
    _vouchers(book, rewards)
    _save(book)
    _ask(book)
    town.say(f"{len(rewards)} offers for points, {len(book.redemptions)} vouchers")


def _offers(book: Book) -> list[Reward]:
    town, rewards = book.town, []
    for number, street in enumerate(town.streets):
        home = town.in_street[street.pk][0]
        for plan in PLANS if number == 0 else ELSEWHERE:
            host = _host(book, plan, street, home)
            if host is not None:
                rewards.append(_offer(book, plan, host))
    return town.save(rewards)  # type: ignore[no-any-return]


def _host(book: Book, plan: Plan, street: Any, home: Any) -> Organization | None:
    town = book.town
    if plan.host == "community":
        return town.committees[home.pk]  # type: ignore[no-any-return]
    if plan.host == "enterprise":
        return town.enterprises[0]  # type: ignore[no-any-return]
    if plan.host == "agency":
        return (town.plan_of[street.pk] or town.social)[0]  # type: ignore[no-any-return]
    if plan.host == "hub":
        return town.hubs[street.pk]  # type: ignore[no-any-return]
    named = Organization.objects.filter(name=plan.host).first() if street.pk == town.streets[0].pk else None
    return named or (None if street.pk == town.streets[0].pk else (town.firms_of[street.pk] or [None])[0])


def _offer(book: Book, plan: Plan, host: Organization) -> Reward:
    town, rng = book.town, book.rng
    venue = Venue.objects.filter(host=host, is_open=True).order_by("latitude", "pk").first() if plan.kind != "service" else None
    activity = None
    if plan.kind == "place":
        activity = Activity.objects.filter(host=host, state="published", first_starts_at__gt=town.now).order_by("first_starts_at", "pk").first()
    created = town.now - (3 if plan.state in ("waiting", "declined") else rng.randint(300, 380)) * DAY
    decided = town.staff[town.hubs[town.streets[0].pk].pk]
    reward = Reward(
        number=book.code(6),
        kind="goods" if plan.kind == "place" and activity is None else plan.kind,
        title=plan.title,
        words=plan.words,
        category=plan.category,
        points=plan.points,
        put_count=plan.stock,
        left_count=plan.stock,
        monthly_count=plan.monthly,
        per_person=plan.per_person,
        host=host,
        venue=venue,
        territory=venue.territory if venue is not None else host.territory,
        activity=activity,
        where_words=plan.where,
        when_words=plan.when,
        terms=plan.terms,
        from_date=created.date(),
        state=plan.state,
        decision_words=plan.decision,
        proposed_by=book.keeper(host),
        decided_by=decided if plan.state == "declined" or (plan.kind == "service" and plan.state == "open") else None,
        created_at=created,
    )
    if reward.decided_by == reward.proposed_by:
        reward.decided_by = None
    return reward


def _vouchers(book: Book, rewards: list[Reward]) -> None:
    """The persona's own first, then half a year of others'."""
    town, rng = book.town, book.rng
    open_ones = [reward for reward in rewards if reward.state in ("open", "paused")]
    first = {reward.title: reward for reward in reversed(open_ones)}
    me = town.cast["volunteer"]
    for title, state, days in (
        ("上门理发", "reserved", 3), ("东北大米 5 斤", "reserved", 2), ("热饮一杯", "used", 26), ("陪同就医半天", "used", 61), ("健身房一小时", "expired", 45),
        ("食用油 1.8 升", "refunded", 90), ("热饮一杯", "returned", 120),
    ):  # fmt: skip
        if title in first:
            _take(book, first[title], me, state, days)
    leader = town.cast["leader"]
    if "健身房一小时" in first:
        _take(book, first["健身房一小时"], leader, "reserved", 1)
    people = [person for person in town.volunteers[2:] if person.pk in book.accounts and book.accounts[person.pk].balance >= 8 and rng.random() < 0.5]
    for person in people[:MOST]:
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            near = [reward for reward in open_ones if reward.territory.path.startswith(town.home_of[person.pk].parent.path)] or open_ones
            reward = rng.choice(near)
            days = rng.randint(2, 290)
            state = rng.choices(("used", "expired", "returned", "refunded"), (80, 9, 8, 3))[0] if days > 25 else rng.choice(("reserved", "used"))
            _take(book, reward, person, state, days)


def _take(book: Book, reward: Reward, person: Person, state: str, days: int) -> None:
    """One voucher taken so many days ago. Left out where the person's points do not reach, or no piece is left."""
    town, rng, keeper = book.town, book.rng, book.keeper(reward.host)
    if book.free(person) < reward.points or keeper is None or keeper == person:
        return
    is_service, at = reward.kind == "service", min(town.working_moment(town.today - days * DAY), town.now - 2 * HOUR)
    if is_service:
        state = {"refunded": "used", "expired": "returned"}.get(state, state)
    holding = state in ("reserved", "used")
    if reward.left_count is not None and holding:
        if state == "reserved" and not reward.left_count:
            return
        if state == "used":
            assert reward.put_count is not None
            reward.put_count += 1
        else:
            reward.left_count -= 1
    length = SERVICE_DAYS if is_service else reward.valid_days
    until = town.at((at.astimezone(town.zone) + (length + 1) * DAY).date(), 0)
    row = Redemption(
        reward=reward,
        person=person,
        points=reward.points,
        code=book.code(8),
        transfer_id=uuid.UUID(int=rng.getrandbits(128), version=4),
        state=state,
        takes_piece=reward.left_count is not None and holding,
        reserved_at=at,
        holds_until_at=until,
    )
    if is_service:
        row.need = _need(book, row, keeper)
    if state in ("used", "refunded"):
        row.used_at = row.need.closed_at if row.need is not None else min(at + rng.uniform(0.1, 6) * DAY, town.now - HOUR)
        row.used_by, row.given_by = None if is_service else keeper, reward.host
    if state == "expired":
        row.ended_at = until
        if until >= town.now:
            row.state, row.ended_at = "returned", min(at + DAY, town.now)
    elif state == "returned":
        row.ended_at = row.need.closed_at if row.need is not None else min(at + rng.uniform(0.2, 5) * DAY, town.now)
    elif state == "refunded":
        assert row.used_at is not None
        row.ended_at, row.reason = min(row.used_at + DAY, town.now), "包装破了，给您退回积分"
    book.redemptions.append(row)
    book.spent[person.pk] = book.spent.get(person.pk, 0) + row.points  # all are kept back at once before they end


def _need(book: Book, row: Redemption, keeper: Person) -> Need:
    """The need a service raised: still on its way, done and confirmed, or refused."""
    town, rng, reward, asked = book.town, book.rng, row.reward, row.reserved_at
    home = town.home_of[row.person.pk]
    words = {"elders": ASKED[0], "health": ASKED[1], "children": ASKED[2], "jobs": ASKED[3]}.get(reward.category, ASKED[0])
    need = Need(
        number=book.code(7, "N"),
        words=words,
        title=reward.title,
        category=reward.category,
        territory=home,
        place=f"{rng.randint(1, 18)} 号楼 {rng.randint(1, 6)}0{rng.randint(1, 3)}",
        people_count=1,
        wanted_time="weekdays",
        asker=row.person,
        submitted_by=row.person,
        submission_key=uuid.uuid5(row.transfer_id, "need"),
        submitted_at=asked,
        answer_due_at=answer_due_from(asked),
        search=vector(reward.title, words),
    )

    def after(days: float) -> dt.datetime:
        return min(asked + days * DAY, town.now - dt.timedelta(minutes=5))

    need.accepted_at = after(0.2)
    if row.state == "returned":
        need.state, need.answered_at, need.closed_at = "declined", after(1.5), after(1.5)
        need.closing_words = "师傅这个月排满了，积分已经退回您账上。下月初再给您留。"
        book.answers.append(NeedAnswer(need=need, words=need.closing_words, answered_by=keeper, organization=None, answered_at=need.answered_at))
    else:
        need.claimed_by, need.handler, need.state = reward.host, keeper, "claimed"
        need.claimed_at, need.answered_at = after(0.6), after(0.9)
        said = "周四下午师傅上门，您在家等着就行。"
        book.answers.append(NeedAnswer(need=need, words=said, answered_by=keeper, organization=reward.host, answered_at=need.answered_at))
        if row.state == "used":
            need.state, need.matched_at, need.done_at, need.closed_at = "confirmed", after(1.2), after(4), after(4.5)
            need.closing_words, need.asker_words = "已经办好了。", "师傅手艺好，还陪我聊了会儿天。"
    book.needs.append(need)
    return need


def _save(book: Book) -> None:
    town = book.town
    town.save(book.needs)
    town.save([town.linked(answer, "need") for answer in book.answers])
    Reward.objects.bulk_update({row.reward.pk: row.reward for row in book.redemptions}.values(), ["put_count", "left_count"])
    for row in book.redemptions:
        if row.need is not None:
            town.linked(row, "need")
    town.save(book.redemptions)
    _ledger(book)
    for reward in {row.reward.pk: row.reward for row in book.redemptions}.values():
        town.note("reward.offered", reward, reward.created_at, reward.proposed_by, host=reward.host_id, points=reward.points, state=reward.state)
    for need in book.needs:
        town.note("need.submitted", need, need.submitted_at, need.asker, state="submitted", category=need.category)
        for state, at, by in (("accepted", need.accepted_at, None), ("claimed", need.claimed_at, need.handler), ("done", need.done_at, need.handler), ("confirmed", need.closed_at, need.asker)):  # fmt: skip
            if at is not None and (state != "confirmed" or need.state == "confirmed"):
                town.note(f"need.{state}", need, at, by, state=state)
        if need.state == "declined":
            town.note("need.declined", need, need.closed_at, None, state="declined")
    for row in book.redemptions:
        town.note("reward.redeemed", row, row.reserved_at, row.person, reward=row.reward_id, points=row.points)
        if row.used_at is not None:
            town.note("voucher.used", row, row.used_at, row.used_by, state="used", points=row.points, giver=row.given_by_id)
        if row.ended_at is not None:
            verb = {"expired": "voucher.ran_out", "returned": "voucher.given_back", "refunded": "voucher.refunded"}[row.state]
            town.note(verb, row, row.ended_at, row.person if row.state == "returned" and row.need is None else None, state=row.state)


def _ledger(book: Book) -> None:
    """Kept back, then handed over or let go, then given back: as the verbs would have written it."""
    town = book.town
    hosts = {row.reward.host_id: row.reward.host for row in book.redemptions}
    tills = {
        key: PointsAccount.objects.get_or_create(kind=PointsAccount.Kind.TILL, organization=host, defaults={"floor": None})[0]
        for key, host in sorted(hosts.items())
    }
    kept = [
        PointsReservation(
            id=row.transfer_id, kind="spend", source=book.accounts[row.person_id], target=tills[row.reward.host_id], amount=row.points,
            words=row.reward.title, made_by=key_of(row.person), made_at=row.reserved_at,
        )
        for row in book.redemptions
    ]  # fmt: skip
    town.save(kept)
    ended, transfers, entries = [], [], []

    def move(
        key: uuid.UUID, kind: str, at: dt.datetime, source: PointsAccount, target: PointsAccount, amount: int, words: str, of: Any = None
    ) -> None:
        transfers.append(
            PointsTransfer(
                id=key, kind=kind, words=words, made_by=str(SCHEDULER), made_at=at, on_date=at.astimezone(town.zone).date(), refund_of_id=of
            )
        )
        entries.extend(
            [
                PointsEntry(transfer_id=key, account=source, amount=-amount),
                PointsEntry(transfer_id=key, account=target, amount=amount),
            ]
        )

    for row, reservation in zip(book.redemptions, kept, strict=True):
        if row.state == "reserved":
            continue
        used = row.used_at is not None
        reservation.state, reservation.ended_by, reservation.ended_at = (
            "completed" if used else "released",
            str(SCHEDULER),
            row.used_at or row.ended_at,
        )
        if row.used_at is not None:
            reservation.transfer_id = row.transfer_id
            move(row.transfer_id, "spend", row.used_at, reservation.source, reservation.target, row.points, row.reward.title)
        if row.state == "refunded":
            assert row.ended_at is not None
            move(
                uuid.uuid5(row.transfer_id, "refund"),
                "refund",
                row.ended_at,
                reservation.target,
                reservation.source,
                row.points,
                row.reason,
                row.transfer_id,
            )
        ended.append(reservation)
    PointsReservation.objects.bulk_update(ended, ["state", "ended_by", "ended_at", "transfer"], batch_size=300)
    town.save(transfers)
    town.save(entries)
    moved = {entry.transfer_id: entry.amount for entry in entries if entry.amount > 0}
    for transfer in transfers:
        town.note("points.transferred", transfer, transfer.made_at, None, kind=transfer.kind, amount=moved[transfer.pk])


def _ask(book: Book) -> None:
    """Some who never spent were asked in spring; two said that they would rather not be."""
    town, rng = book.town, book.rng
    quiet = [person for person in town.volunteers[2:] if book.accounts.get(person.pk) is not None and person.pk not in book.spent]
    rng.shuffle(quiet)
    town.save(
        [
            SpendingCare(person=person, wants_none=n < 2, asked_at=None if n < 2 else town.now - rng.randint(30, 170) * DAY)
            for n, person in enumerate(quiet[:12])
        ]
    )
