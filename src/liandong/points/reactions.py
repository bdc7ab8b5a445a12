"""What the ledger does as jobs: end what was kept back, welcome points, expiry, settling, digests, and telling people."""

import datetime as dt
import uuid

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import SCHEDULER
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.notices.services import notify
from liandong.points import services
from liandong.points.models import PointsReservation, TransferKind


@app.periodic(cron="* * * * *", periodic_id="points_end")
@app.task(name="liandong.points_end", queueing_lock="points_end")
def end_reservations(timestamp: int = 0) -> None:
    services.end_due(by=SCHEDULER)


@app.periodic(cron="30 0 * * *", periodic_id="points_daily")  # UTC: 8:30 in China
@app.task(name="liandong.points_daily", queueing_lock="points_daily")
def daily(timestamp: int = 0) -> None:
    """Warn before points expire; let those expire whose day has come."""
    today = clock.today()
    services.warn_of_expiry(today=today)
    services.expire(today=today, by=SCHEDULER)


@app.periodic(cron="0 19 * * *", periodic_id="points_monthly")  # UTC: 3:00 in China; on other days than the first there is nothing left to do
@app.task(name="liandong.points_monthly", queueing_lock="points_monthly")
def monthly(timestamp: int = 0) -> None:
    """Settle the month that is over and publish the digest."""
    today = clock.today()
    services.clear((today.replace(day=1) - dt.timedelta(days=1)).replace(day=1), by=SCHEDULER)
    services.publish_digests(today=today)


@react("volunteer.registered")
def welcome(entry: Entry) -> None:
    """Welcome points where the rule gives some."""
    if person := Person.objects.filter(pk=entry.after.get("person"), merged_into__isnull=True).first():
        services.grant_starter(person, by=SCHEDULER)


@react("points.completed")
def tell_of_gift(entry: Entry) -> None:
    """Somebody was given points: by family, or from a caring pool."""
    row = (
        PointsReservation.objects.filter(pk=uuid.UUID(entry.on.rpartition(":")[2]), target__person__isnull=False)
        .select_related("target__person", "source__person", "source__organization")
        .first()
    )
    if row is None or row.target.person is None or row.kind not in (TransferKind.GIFT, TransferKind.POOL):
        return
    giver = row.source.person.name if row.source.person else row.source.organization.label if row.source.organization else ""
    kind = "points.gift" if row.kind == TransferKind.GIFT else "points.pool_gift"
    notify(row.target.person, kind=kind, values={"name": giver, "points": row.amount}, url=reverse("points:mine"), once_key=f"{kind}:{row.pk}")
