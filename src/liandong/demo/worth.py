"""Records, points, ratings and messages of the demo town."""

import datetime as dt
import uuid
from typing import Any

from django.db import connection
from django.urls import reverse

from liandong.accounts.models import Person
from liandong.demo import words
from liandong.demo.coming import Coming
from liandong.demo.tools import DAY, HOUR
from liandong.evaluation.models import Rating, RatingInvitation
from liandong.journal.services import key_of
from liandong.notices.models import Notice, Topic
from liandong.points.models import PointsAccount, PointsEntry, PointsRule, PointsTransfer
from liandong.points.rules import points_for
from liandong.recognition import rules
from liandong.recognition.models import ServiceRecord


class Worth(Coming):
    """Records, points, ratings and messages of the demo town."""

    def make_records(self) -> None:
        rng = self.rng
        rule = PointsRule.objects.get(version=1)
        records: list[ServiceRecord] = []
        for sign_up, attendance, activity, shift, position in self.attended:
            if position.kind != "volunteer":
                continue
            age = (self.now - shift.ends_at).days
            if activity.pk in self.to_confirm or (age < 6 and rng.random() < 0.75) or (age < 12 and rng.random() < 0.12):
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
                    place=activity.venue.name,
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
                    confirmed_at=min(self.at_the_desk(shift.ends_at + dt.timedelta(days=rng.uniform(0.1, 4))), self.now),
                )
            )
        owners = sorted({record.person_id for record in records})
        accounts = dict(zip(owners, self.save([PointsAccount(kind="person", person_id=owner) for owner in owners]), strict=True))
        hosts = sorted({record.organization_id for record in records})
        issued = dict(zip(hosts, self.save([PointsAccount(kind="issue", organization_id=host, floor=None) for host in hosts]), strict=True))
        transfers, entries = [], []
        for record in records:
            points = points_for(record.minutes, rule)
            transfer = PointsTransfer(
                id=rules.transfer_id_of(record),
                kind="award",
                made_by=key_of(self.staff[record.organization_id]),
                made_at=record.confirmed_at,
                on_date=record.service_date,
                rule=rule,
            )
            transfers.append(transfer)
            record.transfer = transfer
            if points:
                entries += [
                    PointsEntry(transfer=transfer, account=issued[record.organization_id], amount=-points),
                    PointsEntry(transfer=transfer, account=accounts[record.person_id], amount=points),
                ]
        self.save(transfers)
        self.save(entries)
        self.save(records)
        for record in records:
            earned = points_for(record.minutes, rule)
            self.note("service.confirmed", record, record.confirmed_at, self.staff[record.organization_id], minutes=record.minutes, points=earned)
        self.confirm_attendances()
        self.records = records
        self.say(f"{len(records)} service records, {sum(r.minutes for r in records) // 60} hours")

    def at_the_desk(self, moment: dt.datetime) -> dt.datetime:
        """The same moment, or where that is before nine or after six, one within the next hours of work."""
        local = moment.astimezone(self.zone)
        if 9 <= local.hour < 18:
            return moment
        return local.replace(hour=9 + local.hour % 9) + dt.timedelta(days=1 if local.hour >= 18 else 0)

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

    def make_notices(self) -> None:
        """What the people whom a visitor may become find in their inbox."""
        volunteer, resident, worker = self.cast["volunteer"], self.cast["resident"], self.cast["community"]
        notices: list[Notice] = []

        def tell(person: Person, kind: str, topic: str, url: str, key: Any, at: dt.datetime, **values: Any) -> None:
            read_at = self.now if at < self.now - 6 * DAY else None
            notices.append(
                Notice(person=person, kind=kind, topic=topic, values=values, url=url, once_key=f"{kind}:{key}", created_at=at, read_at=read_at)
            )

        for sign_up, activity in self.coming:
            tell(
                volunteer,
                "activities.signed_up",
                Topic.SIGN_UP,
                reverse("activities:ticket", args=[sign_up.code]),
                sign_up.pk,
                sign_up.signed_up_at,
                title=activity.title,
                starts_at=activity.first_starts_at.isoformat(),
                place=activity.venue.name,
                position=sign_up.position.name,
            )
        for record in sorted((r for r in self.records if r.person_id == volunteer.pk), key=lambda r: r.confirmed_at)[-4:]:
            points = points_for(record.minutes, record.rule)
            url = reverse("recognition:record", args=[record.number])
            tell(volunteer, "service.confirmed", Topic.RECORD, url, record.number, record.confirmed_at, activity=record.activity_name, minutes=record.minutes, points=points)  # fmt: skip
        need = self.story_need
        tell(resident, "need.done", Topic.NEED, reverse("needs:need", args=[need.number]), need.pk, need.done_at, title=need.title)
        for late in [n for n in self.needs if n.handler == worker and n.is_overdue][:3]:
            tell(worker, "need.overdue", Topic.WORK, reverse("needs:need", args=[late.number]), late.pk, late.answer_due_at, title=late.title, due_at=late.answer_due_at.isoformat())  # fmt: skip
        self.save(notices)
