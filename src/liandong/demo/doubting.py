"""Hours that were added by hand, claims that wait, a rule that is trusted, and a week in which hours were forged. Which ones is known here only: `town.forged`."""

import datetime as dt
from random import Random
from typing import Any

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Attendance, Position, Shift, SignUp
from liandong.core import workdays
from liandong.core.search import vector
from liandong.demo.tools import DAY, HOUR
from liandong.journal.services import key_of
from liandong.points.models import PointsAccount, PointsEntry, PointsRule, PointsTransfer
from liandong.points.rules import points_for
from liandong.recognition import rules, services
from liandong.recognition.models import Backfill, ConfirmationRule, RecordAppeal, ServiceClaim, ServiceRecord

MINUTE = dt.timedelta(minutes=1)
FORGOT = [
    ("签到码没刷出来，人一直在", "签到表第 7 行有签名，组长看见"),
    ("手机没电，没法扫码", "合影里第二排，和社区对过"),
    ("临时来帮忙，没来得及报名", "现场两位组员证明，名单补签"),
    ("到场时网络断了", "纸质签到表已拍照留存"),
]
CLAIMS = [
    ("签到的时候手机没电了，活动结束才充上。", "旁边的组员可以作证。"),
    ("是邻居喊我来帮忙的，没来得及报名，从头干到尾。", "群里有合影，我在最左边。"),
    ("走的时候忘了签退，其实一直到收摊才走。", ""),
    ("扫码页面一直打不开，组长让我先进去。", "组长知道这件事。"),
]


def plant(town: Any) -> None:
    """After the year is there, before the journal is written."""
    rng = Random(f"{town.seed}-doubting")  # noqa: S311 -- repeatable on purpose
    made = _Hand(town, rng)
    street = town.streets[0]
    town.save([ConfirmationRule(version=1, territory=town.communities[0], min_confidence=80, max_minutes=240, min_records=2, reason="两年来没有一条被更正，先在这个社区试行", made_by=town.cast["hub"], made_at=town.now - 30 * DAY)])  # fmt: skip
    made.forgotten(street)
    made.forged_week(street)
    made.odd_but_true(street)
    made.write()
    made.claims(street)
    town.forged = made.forged
    town.say(f"{len(made.backfills)} back-filled, {len(made.forged)} forged")


def look(town: Any) -> None:
    """The nightly look, once the journal stands."""
    town.say(f"{services.scan()} findings to look at")


class _Hand:
    """Rows written by hand: each back-fill with its attendance, record and points."""

    def __init__(self, town: Any, rng: Random) -> None:
        self.town, self.rng, self.forged = town, rng, set[int]()
        self.backfills: list[tuple[Backfill, SignUp]] = []
        self.rule = PointsRule.objects.get(version=1)

    def code(self, length: int, prefix: str = "") -> str:
        made: str = self.town.code(length, prefix, rng=self.rng)
        return made

    def forgotten(self, street: Any) -> None:
        """Genuine ones: somebody who was marked absent had been there; written in office hours, decided by another."""
        town, rng = self.town, self.rng
        last = town.now - 3 * DAY
        rows = SignUp.objects.filter(
            state="absent", position__kind="volunteer", shift__ends_at__gt=town.now - 55 * DAY, shift__ends_at__lt=last - 5 * DAY, shift__activity__territory__parent=street
        )  # fmt: skip
        for row in rows.select_related("shift__activity__host", "shift__activity__venue", "shift__activity__leader", "position", "person").order_by(
            "pk"
        )[:7]:
            row.state = "confirmed"
            row.save(update_fields=["state"])
            reason, evidence = rng.choice(FORGOT)
            day = row.shift.ends_at.astimezone(town.zone).date() + rng.randint(1, 3) * DAY
            at = town.at(day, rng.randint(9, 17), rng.randint(0, 59))
            self.backfill(row, created_at=at, decided_at=at + rng.randint(3, 30) * HOUR, reason=reason, evidence=evidence)

    def forged_week(self, street: Any) -> None:
        """One phone for twelve, a crowd without a trace, hours sold and written at night, one person in two places."""
        town, rng = self.town, self.rng
        host = [body for body in town.social if body.territory_id == street.pk][-1]
        monday = town.today - 9 * DAY
        phone, day = f"{rng.getrandbits(64):016x}", monday + 3 * DAY
        shift = self.event(host, street, "楼道清洁日", town.at(day, 9), 2, capacity=14)
        start = shift.starts_at - 4 * MINUTE
        came = [start + n * dt.timedelta(seconds=17) for n in range(12)]
        self.forged |= self.attend(
            shift, self.free(street, day, 12), came, [shift.ends_at + n * MINUTE for n in range(12)], "venue_code", devices=[phone] * 12
        )
        day = monday + 4 * DAY
        shift = self.event(host, street, "绿色出行宣传", town.at(day, 14), 3, capacity=90)
        crowd = self.free(street, day, 80)
        self.forged |= self.attend(
            shift, crowd, [shift.starts_at + 8 * dt.timedelta(seconds=1)] * 80, [shift.ends_at] * 80, "ticket", out="shift_end"
        )
        night = town.at(monday + 5 * DAY, 23, 41)
        for n in range(3):
            day = monday + (n - 2) * DAY
            shift = self.event(host, street, "平安巡逻", town.at(day, 18), 5, capacity=8)
            position = Position.objects.get(shift=shift)
            for k, person in enumerate(self.free(street, day, 5)):
                row = SignUp(position=position, shift=shift, person=person, state="confirmed", sequence=k + 1, code=self.code(6), signed_up_at=night + (5 * n + k) * 2 * MINUTE, signed_up_by=town.staff[host.pk])  # fmt: skip
                town.save([row])
                self.forged.add(row.pk)
                at = row.signed_up_at
                self.backfill(row, created_at=at, decided_at=at + dt.timedelta(seconds=40 + k), reason="漏签补录", evidence="见群内接龙")
            Shift.objects.filter(pk=shift.pk).update(next_sequence=6)
        day = monday + 2 * DAY
        [twice] = self.free(street, day, 1)
        for title, hour in (("敬老院陪伴", 9), ("河道捡拾", 10)):
            shift = self.event(host, street, title, town.at(day, hour), 3, capacity=6)
            self.forged |= self.attend(shift, [twice], [shift.starts_at - 2 * MINUTE], [shift.ends_at], "venue_code")

    def odd_but_true(self, street: Any) -> None:
        """What looks strange and is right: somebody gave all of last week to the holiday care, a family shares one phone. It must not rank above the forged."""
        town, rng = self.town, self.rng
        host = [body for body in town.social if body.territory_id == street.pk][-2]
        phone, monday = f"{rng.getrandbits(64):016x}", town.today - (town.today.weekday() + 7) * DAY
        days = [monday + n * DAY for n in range(5)]
        free = [one for one in town.pool[street.pk][0] if one not in town.cast.values() and not any((one.pk, day) in town.busy for day in days)]
        helper = rng.choice(free)
        town.busy |= {(helper.pk, day) for day in days}
        for n, day in enumerate(days):
            shift = self.event(host, street, "假期托管班", town.at(day, 9), 7, capacity=6)
            people = [helper, *self.free(street, day, 4)]
            came = [shift.starts_at + rng.randint(-400, 200) * dt.timedelta(seconds=1) for _one in people]
            left = [shift.ends_at + rng.randint(-200, 400) * dt.timedelta(seconds=1) for _one in people]
            self.attend(shift, people, came, left, "venue_code", devices=["", *[phone if n == 0 else ""] * 4])

    def event(self, host: Any, street: Any, title: str, start: dt.datetime, hours: int, *, capacity: int) -> Shift:
        town, leader = self.town, self.town.staff[host.pk]
        community = town.in_street[street.pk][0]
        venue = town.venues_of[community.pk][0] if town.venues_of.get(community.pk) else None
        end, made_at = start + hours * HOUR, start - 2 * DAY
        activity = Activity(
            code=self.code(7), title=title, summary="", category="order", host=host, territory=community, venue=venue, place="" if venue else community.name, leader=leader,
            contact_name=leader.name, contact_phone="010-5555 0186", state="finished", first_starts_at=start, last_ends_at=end, created_by=leader, created_at=made_at,
            published_at=made_at, finished_at=end + 2 * HOUR, served_count=0, outcome="", search=vector(title, "", host.name, community.name),
        )  # fmt: skip
        town.save([activity])
        town.note("activity.published", activity, made_at, leader, state="published")
        shift = Shift(activity=activity, starts_at=start, ends_at=end, secret=f"{self.rng.getrandbits(128):032x}", closed_at=end + HOUR / 2)
        town.save([shift])
        town.save([Position(shift=shift, kind="volunteer", name="志愿者", capacity=capacity)])
        return shift

    def free(self, street: Any, day: dt.date, count: int) -> list[Person]:
        """People of the street with nothing else that day."""
        members = [one for one in self.town.pool[street.pk][0] if (one.pk, day) not in self.town.busy and one not in self.town.cast.values()]
        chosen = self.rng.sample(members, count)
        self.town.busy |= {(one.pk, day) for one in chosen}
        return chosen

    def attend(
        self,
        shift: Shift,
        people: list[Person],
        came: list[dt.datetime],
        left: list[dt.datetime],
        method: str,
        *,
        out: str = "",
        devices: list[str] | None = None,
    ) -> set[int]:
        town, leader = self.town, shift.activity.leader
        position = Position.objects.get(shift=shift)
        signed = [
            SignUp(position=position, shift=shift, person=one, state="confirmed", sequence=n + 1, code=self.code(6), signed_up_at=shift.starts_at - DAY, signed_up_by=one)
            for n, one in enumerate(people)
        ]  # fmt: skip
        town.save(signed)
        hand = leader if method == "ticket" else None
        town.save(
            [
                Attendance(
                    sign_up=row, in_at=start, in_method=method, in_by=hand or row.person, in_device=device, out_at=end, out_method=out or method, out_by=None if out else hand or row.person,
                )
                for row, start, end, device in zip(signed, came, left, devices or [""] * len(people), strict=True)
            ]
        )  # fmt: skip
        Shift.objects.filter(pk=shift.pk).update(next_sequence=len(signed) + 1)
        return {row.pk for row in signed}

    def backfill(self, row: SignUp, *, created_at: dt.datetime, decided_at: dt.datetime, reason: str, evidence: str) -> None:
        """One that was approved: proposed by the body, decided at the hub."""
        town, host = self.town, row.shift.activity.host
        start, end = row.shift.starts_at, row.shift.ends_at
        made = Backfill(
            number=self.code(7, "B"), person=row.person, organization=host, shift=row.shift, starts_at=start, ends_at=end, minutes=rules.whole_minutes(start, end), reason=reason,
            evidence=evidence, state="approved", created_by=town.staff[host.pk], created_at=created_at, decided_by=self.second(host), decided_at=decided_at,
        )  # fmt: skip
        self.backfills.append((made, row))

    def second(self, host: Any) -> Person:
        town = self.town
        street = host.territory if host.territory in town.streets else next(s for s in town.streets if host.territory.path.startswith(s.path))
        return town.staff[town.hubs[street.pk].pk]

    def write(self) -> None:
        """Attendances, records and points of the back-fills, in bulk."""
        town, rule = self.town, self.rule
        town.save([made for made, _row in self.backfills])
        town.save(
            [
                Attendance(sign_up=row, in_at=made.starts_at, in_method="correction", in_by=made.decided_by, out_at=made.ends_at, out_method="correction", out_by=made.decided_by, confirmed_at=made.decided_at)
                for made, row in self.backfills
            ]
        )  # fmt: skip
        records, transfers, entries = [], [], []
        for made, row in self.backfills:
            activity = row.shift.activity
            record = ServiceRecord(
                number=self.code(9, "R"), person=row.person, organization=activity.host, territory=activity.territory, activity=activity, shift=row.shift, position=row.position,
                sign_up=row, activity_name=activity.title, service_date=made.starts_at.astimezone(town.zone).date(), place=activity.venue.name if activity.venue else activity.place,
                content=row.position.name, category=activity.category, starts_at=made.starts_at, ends_at=made.ends_at, minutes=made.minutes, organizer_name=activity.host.name,
                leader_name=activity.leader.name, method="correction/correction", rule=rule, confirmed_by=made.decided_by, confirmed_at=made.decided_at, backfill=made,
            )  # fmt: skip
            points = points_for(made.minutes, rule, category=record.category, starts_at=record.starts_at, territory_id=record.territory_id)
            record.transfer = PointsTransfer(
                id=rules.transfer_id_of(record),
                kind="award",
                made_by=key_of(made.decided_by),
                made_at=made.decided_at,
                on_date=record.service_date,
                rule=rule,
            )
            transfers.append(record.transfer)
            records.append(record)
            if points:
                own = PointsAccount.objects.get_or_create(person=row.person, defaults={"kind": "person"})[0]
                issue = PointsAccount.objects.get_or_create(kind="issue", organization=activity.host, defaults={"floor": None})[0]
                entries += [
                    PointsEntry(transfer=record.transfer, account=issue, amount=-points),
                    PointsEntry(transfer=record.transfer, account=own, amount=points),
                ]
            town.note("backfill.proposed", made, made.created_at, made.created_by, number=made.number, minutes=made.minutes, state="waiting")
            town.note("backfill.approved", made, made.decided_at, made.decided_by, state="approved")
        town.save(transfers)
        town.save(entries)
        town.save(records)
        for record in records:
            town.note("service.confirmed", record, record.confirmed_at, record.confirmed_by, minutes=record.minutes, backfill=record.backfill.number)
        town.records += records

    def claims(self, street: Any) -> None:
        """A few that wait, one refused that went to the hub, one accepted that waits for its second person, and the volunteer's own."""
        town, rng = self.town, self.rng
        held = [
            row
            for row in town.rows
            if row[3]["over"] and row[0].territory.parent_id == street.pk and town.now - 14 * DAY < row[1].ends_at < town.now - DAY
        ]
        rng.shuffle(held)
        me = town.cast["volunteer"]
        own = [
            row
            for row in held
            if (me.pk, row[1].starts_at.astimezone(town.zone).date()) not in town.busy and any(p.kind == "volunteer" for p in row[2])
        ]
        if own:
            held.remove(own[0])
            held.insert(0, own[0])
        people = [me, None, None, None]
        for n, (activity, shift, positions, _plan) in enumerate(held[:4]):
            day = shift.starts_at.astimezone(town.zone).date()
            person = people[n] if people[n] is not None and (people[n].pk, day) not in town.busy else self.free(street, day, 1)[0]
            if not any(position.kind == "volunteer" for position in positions):
                continue
            said, proof = CLAIMS[n]
            at = max(shift.ends_at + rng.randint(2, 20) * HOUR, town.now - 4 * DAY)
            at = min(at, town.now - HOUR)
            claim = ServiceClaim(
                number=self.code(7, "Q"), person=person, made_by=person, organization=activity.host, shift=shift, starts_at=shift.starts_at, ends_at=shift.ends_at, words=said,
                evidence=proof, claimed_at=at, answer_due_at=workdays.after_workdays(at, 5),
            )  # fmt: skip
            if n == 3:
                claim.state, claim.answer, claim.answered_by = "accepted", "组长说在，等第二个人看一下。", town.staff[activity.host_id]
                claim.answered_at = town.now - HOUR / 2
            town.save([claim])
            town.note("claim.made", claim, at, person, state="open", shift=shift.pk, minutes=claim.minutes)
            if n == 3:
                waiting = Backfill(
                    number=self.code(7, "B"), person=person, organization=activity.host, shift=shift, claim=claim, starts_at=shift.starts_at, ends_at=shift.ends_at,
                    minutes=claim.minutes, reason=said, evidence="组长和另一位组员都说在场", created_by=town.staff[activity.host_id], created_at=claim.answered_at,
                )  # fmt: skip
                town.save([waiting])
                town.note(
                    "backfill.proposed",
                    waiting,
                    waiting.created_at,
                    waiting.created_by,
                    number=waiting.number,
                    minutes=waiting.minutes,
                    state="waiting",
                )
        self.open_ends(street, held[4:])
        self.said_to_be_wrong()

    def open_ends(self, street: Any, held: list[Any]) -> None:
        """The volunteer's claim that was refused, and hours that the agency wrote down and nobody has decided yet."""
        town = self.town
        volunteer, agency = town.cast["volunteer"], town.cast["agency"]
        for activity, shift, _positions, _plan in held:
            if (volunteer.pk, shift.starts_at.astimezone(town.zone).date()) in town.busy:
                continue
            at = min(shift.ends_at + 5 * HOUR, town.now - 2 * HOUR)
            claim = ServiceClaim(
                number=self.code(7, "Q"), person=volunteer, made_by=volunteer, organization=activity.host, shift=shift, starts_at=shift.starts_at, ends_at=shift.ends_at,
                words="路过搭了把手，帮着搬桌椅。", claimed_at=at, answer_due_at=workdays.after_workdays(at, 5), state="refused",
                answer="问过组长和组员，那天没有看到您，是不是记成了别的一场？", answered_by=town.staff[activity.host_id], answered_at=town.now - HOUR,
            )  # fmt: skip
            town.save([claim])
            town.note("claim.made", claim, at, volunteer, state="open", shift=shift.pk, minutes=claim.minutes)
            town.note("claim.refused", claim, claim.answered_at, claim.answered_by, state="refused")
            break
        ours = [row for row in town.rows if row[3]["over"] and row[0].host_id == town.social[0].pk and row[1].ends_at < town.now - DAY]
        if ours:
            _activity, shift, _positions, _plan = max(ours, key=lambda row: row[1].ends_at)
            person = self.free(street, shift.starts_at.astimezone(town.zone).date(), 1)[0]
            start, end = shift.starts_at, shift.ends_at
            waiting = Backfill(
                number=self.code(7, "B"), person=person, organization=town.social[0], shift=shift, starts_at=start, ends_at=end, minutes=rules.whole_minutes(start, end),
                reason="到场登记时漏了一位", evidence="纸质签到表第 12 行，照片已存", created_by=agency, created_at=town.now - 3 * HOUR,
            )  # fmt: skip
            town.save([waiting])
            town.note("backfill.proposed", waiting, waiting.created_at, agency, number=waiting.number, minutes=waiting.minutes, state="waiting")

    def said_to_be_wrong(self) -> None:
        """The volunteer's last record, short of the half hour of clearing up."""
        town, volunteer = self.town, self.town.cast["volunteer"]
        own = [record for record in town.records if record.person_id == volunteer.pk and record.corrects_id is None]
        record = max(own, key=lambda each: (each.service_date, each.pk))
        at = max(record.confirmed_at, town.now - 20 * HOUR)
        appeal = RecordAppeal(
            record=record,
            person=volunteer,
            words="收尾的半个小时没有算进去，组长可以作证。",
            appealed_at=at,
            answer_due_at=workdays.after_workdays(at, 3),
        )
        town.save([appeal])
        town.note("appeal.raised", appeal, at, volunteer, state="open", record=record.number)
