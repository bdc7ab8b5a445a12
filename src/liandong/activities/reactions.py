"""The jobs of activities: reminders, closing shifts after their end, a word to the leader. Each may run again without harm."""

import datetime as dt

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.activities import queries, services
from liandong.activities.models import Activity, Shift
from liandong.core import actors, clock
from liandong.core.errors import Refused
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.notices.services import notify


@app.periodic(cron="*/5 * * * *", periodic_id="close")
@app.task(name="liandong.activities.close_shifts", queueing_lock="close_shifts")
def close_shifts(timestamp: int) -> None:
    """Half an hour after the end of a shift."""
    for shift in queries.shifts_to_close(after=services.CLOSES):
        try:
            services.close_shift(shift)
        except Refused:  # the shift was moved between reading and locking
            continue


@app.periodic(cron="*/10 * * * *", periodic_id="remind")
@app.task(name="liandong.activities.remind", queueing_lock="remind")
def remind(timestamp: int) -> None:
    """A day and two hours before."""
    for hours, field in ((24, "day_reminder_at"), (2, "soon_reminder_at")):
        for shift in queries.shifts_to_remind(within=dt.timedelta(hours=hours), field=field):
            services.remind_shift(shift, field=field)


@react("shift.closed")
def ask_leader_to_finish(entry: Entry) -> None:
    """When the last shift is closed, its leader is asked for the outcome."""
    shift = Shift.objects.select_related("activity__leader").get(pk=entry.on.split(":")[1])
    activity = shift.activity
    if activity.state != Activity.State.PUBLISHED or activity.leader is None or activity.shifts.filter(closed_at__isnull=True).exists():
        return
    notify(
        activity.leader,
        kind="activities.to_finish",
        values={"title": activity.title},
        url=reverse("activities:manage", args=[activity.code]),
        once_key=f"activity.to_finish:{activity.pk}",
    )


@react("suspension.made")
def give_back_places(entry: Entry) -> None:
    """Who is suspended does not keep places until then; the next on each list moves up. Each under the locks of its own shift."""
    suspension = queries.suspensions_at(clock.now()).filter(pk=entry.on_key).first()
    if suspension is None:
        return
    for row in queries.places_until(suspension):
        try:
            services.cancel_sign_up(row, reason=suspension.reason, by=actors.SCHEDULER)
        except Refused:  # came in the meantime
            continue


@react("booking.declined", "booking.lapsed", "booking.cancelled", "booking.released")
def tell_of_lost_room(entry: Entry) -> None:
    """Who leads an activity hears when its room is gone, unless the activity itself let go of it."""
    shift = Shift.objects.filter(booking=entry.on_key).select_related("activity__leader", "booking__room").first()
    if shift is None or shift.booking is None or shift.booking.holds or shift.activity.leader is None:
        return
    notify(
        shift.activity.leader,
        kind="activities.room_gone",
        values={"title": shift.activity.title, "room": shift.booking.room.name, "starts_at": shift.starts_at.isoformat()},
        url=reverse("activities:edit", args=[shift.activity.code]),
        once_key=f"activities.room_gone:{entry.pk}",
    )
