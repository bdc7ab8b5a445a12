"""The books of the demo town: points given to caring pools and from them, family, a rule agreed and one proposed, months settled and digests published."""

import datetime as dt
import uuid
from random import Random
from typing import Any

from django.db import connection

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import SCHEDULER
from liandong.demo.tools import DAY
from liandong.journal.services import key_of
from liandong.organizations.models import Organization
from liandong.points import services
from liandong.points.models import FamilyTie, PointsAccount, PointsEntry, PointsReservation, PointsRule, PointsTransfer, PoolGrant

REASONS = ("独居，腿脚不便，常要人陪诊", "照顾失能老伴，难得出门", "刚做完手术，需要送餐", "视力不好，想要读报陪聊", "老两口都过八十，家电常坏")
GIFTS = ("给更需要的人", "", "祝爷爷奶奶们身体好", "", "一点心意")


def plant(town: Any) -> None:
    """After everything that brings points in and takes them out."""
    rng = Random(f"{town.seed}-books")  # noqa: S311 -- repeatable on purpose
    books = Books(town, rng)
    books.rules()
    books.families()
    books.gifts()
    books.grants()
    run = services.clear((town.today.replace(day=1) - DAY).replace(day=1), by=SCHEDULER)
    for line in [line for line in run.lines.order_by("pk") if line.creditor_id in town.staff][::2]:
        line.settled_at, line.settled_by = town.now, town.staff[line.creditor_id]
        line.save(update_fields=["settled_at", "settled_by"])
        town.note("points.line_settled", line, town.now, line.settled_by, amount=line.amount)
    months = services.publish_digests(today=town.today)
    town.say(f"{books.gift_count} gifts to caring pools, {books.grant_count} from them, {months} months of the ledger published")


class Books:
    def __init__(self, town: Any, rng: Random) -> None:
        self.town, self.rng = town, rng
        self.gift_count = self.grant_count = 0
        self.street = town.streets[0]
        self.homes: list[Organization] = [town.committees[c.pk] for c in town.in_street[self.street.pk]]

    def rules(self) -> None:
        """From the first of next month a richer rule for the street, agreed by two; one community's proposal waits."""
        town, hub = self.town, self.town.cast["hub"]
        first = clock.next_month(town.today)
        proposed = town.now - 12 * DAY
        shared = {"activity_cap_minutes": 480, "gift_month_limit": 60, "pool_alone_limit": 20, "pair_limit": 300, "expiry_months": 24}
        agreed = PointsRule.objects.create(
            version=2,
            territory=self.street,
            from_date=first,
            by_category={"elders": 150},
            night_percent=150,
            starter_points=4,
            source="建外街道志愿服务积分办法（试行）",
            proposed_by=hub,
            proposed_at=proposed,
            approved_at=proposed + 2 * DAY,
            **shared,
        )
        waits = PointsRule.objects.create(
            version=3,
            territory=self.homes[-1].territory,
            from_date=first,
            by_category={"elders": 200, "children": 150},
            night_percent=150,
            day_cap_points=24,
            starter_points=4,
            source="社区居民议事会决议",
            proposed_at=town.now - 2 * DAY,
            **shared,
        )
        for rule, at in ((agreed, proposed), (waits, town.now - 2 * DAY)):
            town.note("points_rule.proposed", rule, at, hub if rule is agreed else None, version=rule.version, from_date=str(rule.from_date))
        town.note("points_rule.approved", agreed, proposed + 2 * DAY, None, version=2)

    def families(self) -> None:
        """The volunteer's mother has said yes; somebody else asks the volunteer."""
        town = self.town
        me, mother, asks = town.cast["volunteer"], town.cast["resident"], town.cast["leader"]
        confirmed = FamilyTie.objects.create(
            person=me, relative=mother, state="confirmed", asked_at=town.now - 40 * DAY, confirmed_at=town.now - 39 * DAY
        )
        asked = FamilyTie.objects.create(person=asks, relative=me, asked_at=town.now - DAY)
        town.note("family.asked", confirmed, town.now - 40 * DAY, me, state="asked")
        town.note("family.confirmed", confirmed, town.now - 39 * DAY, mother, state="confirmed")
        town.note("family.asked", asked, town.now - DAY, asks, state="asked")
        source = services.account_of(me)
        source.refresh_from_db()
        if source.available >= 10:  # on its way: she may still take it back
            held = PointsReservation.objects.create(
                id=uuid.UUID(int=self.rng.getrandbits(128), version=4),
                kind="gift",
                source=source,
                target=services.account_of(mother),
                amount=10,
                words="给妈换次理发",
                until_at=town.now + dt.timedelta(minutes=10),
                at_end="completed",
                made_by=key_of(me),
                made_at=town.now,
            )
            town.note("points.reserved", held, town.now, me, kind="gift", amount=10)

    def gifts(self) -> None:
        """Some who have more than they use give to the pool of a community."""
        rng, town = self.rng, self.town
        pools = {home.pk: services.pool_of(home) for home in self.homes}
        rich = list(
            PointsAccount.objects.filter(kind="person", balance__gte=20, pending=0).exclude(person__in=list(town.cast.values())).order_by("pk")
        )
        transfers, entries = [], []
        for account in rng.sample(rich, min(len(rich), 28)):
            amount = rng.randint(4, account.balance // 2)
            at = town.at(town.today - rng.randint(2, 75) * DAY, rng.randint(9, 20))
            made = PointsTransfer(
                id=uuid.UUID(int=rng.getrandbits(128), version=4),
                kind="gift",
                words=rng.choice(GIFTS),
                made_by=f"accounts.person:{account.person_id}",
                made_at=at,
                on_date=at.date(),
            )
            pool = pools[rng.choice([*self.homes[:1] * 5, *self.homes]).pk]
            transfers.append(made)
            entries += [PointsEntry(transfer=made, account=account, amount=-amount), PointsEntry(transfer=made, account=pool, amount=amount)]
            town.note("points.transferred", made, at, None, kind="gift", amount=amount)
        town.save(transfers)
        town.save(entries)
        self.gift_count = len(transfers)

    def grants(self) -> None:
        """From the first community's pool to old people; one waits for a second person."""
        rng, town = self.rng, self.town
        home = self.homes[0]
        pool = services.pool_of(home)
        pool.refresh_from_db()
        worker = town.cast["community"]
        old = [person for person in town.residents[1:60] if person.pk != worker.pk]
        left, made = pool.balance, []
        for n, (person, reason) in enumerate(zip(rng.sample(old, min(len(old), 6)), (*REASONS, REASONS[0]), strict=False)):
            waits = n == 0
            amount = 24 if waits else rng.randint(6, 16)
            if amount > left:
                continue
            left -= amount
            made.append((person, reason, amount, town.now - (1 if waits else rng.randint(3, 60)) * DAY, waits))
        for person, reason, amount, at, waits in made:
            self._grant(home, pool, person, reason, amount, at, waits, worker)
        self.grant_count = len(made)

    def _grant(
        self, home: Organization, pool: PointsAccount, person: Person, reason: str, amount: int, at: dt.datetime, waits: bool, worker: Person
    ) -> None:
        town, target = self.town, services.account_of(person)
        by = None if waits else worker
        held = PointsReservation.objects.create(
            id=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            kind="pool",
            source=pool,
            target=target,
            amount=amount,
            until_at=at + 14 * DAY,
            made_by=key_of(by) if by else str(SCHEDULER),
            made_at=at,
        )
        grant = PoolGrant.objects.create(reservation=held, organization=home, person=person, reason=reason, needs_second=waits, proposed_by=by)
        town.note("points.reserved", held, at, by, kind="pool", amount=amount)
        town.note("points.granted", grant, at, by, amount=amount, needs_second=waits)
        if waits:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "update points_pointsreservation set state = 'completed', ended_by = made_by, ended_at = made_at, transfer_id = id where id = %s",
                [held.pk],
            )
        made = PointsTransfer.objects.create(id=held.pk, kind="pool", made_by=held.made_by, made_at=at, on_date=at.date())
        town.save([PointsEntry(transfer=made, account=pool, amount=-amount), PointsEntry(transfer=made, account=target, amount=amount)])
        town.note("points.transferred", made, at, by, kind="pool", amount=amount)
        town.note("points.completed", held, at, by, state="completed", amount=amount)
