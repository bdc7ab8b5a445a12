"""Jobs of draws: announcing, closing, telling who runs it and who entered."""

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.activities.models import Activity, SignUp
from liandong.activities.queries import with_place_in_queue
from liandong.activities.services import place_of
from liandong.core.errors import Refused
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.matching import queries, services
from liandong.matching.models import Draw
from liandong.notices.services import notify


@react("activity.published", "activity.repeated")
def announce_draws(entry: Entry) -> None:
    """Of the activity that was published, or of its copies."""
    codes = entry.after.get("codes")
    rows = Activity.objects.filter(code__in=codes) if codes else Activity.objects.filter(pk=entry.on_key)
    for activity in rows.filter(places_by=Activity.PlacesBy.DRAW, state=Activity.State.PUBLISHED):
        services.announce_draw(activity)


@react("activity.edited")
def keep_draw_before_start(entry: Entry) -> None:
    row = Draw.objects.filter(activity=entry.on_key, state=Draw.State.OPEN).first()
    if row is not None:
        services.keep_before_start(row)


@app.periodic(cron="*/5 * * * *", periodic_id="draws")
@app.task(name="liandong.matching_close_draws", queueing_lock="matching_close_draws")
def close_draws(timestamp: int = 0) -> None:
    for row in queries.draws_to_close():
        try:
            services.close_draw(row)
        except Refused:  # called off between reading and locking
            continue


@react("draw.announced", "draw.closed")
def tell_who_runs_the_draw(entry: Entry) -> None:
    """Announced: choose day and public number. Closed: draw."""
    row = Draw.objects.select_related("activity__leader", "activity__created_by").get(pk=entry.on_key)
    activity = row.activity
    if activity.state != Activity.State.PUBLISHED or row.state == Draw.State.DRAWN:
        return
    values = {"title": activity.title, "closes_at": row.closes_at.isoformat(), "rule": row.public_rule}
    kind = "draw.to_plan" if entry.verb == "draw.announced" else "draw.to_hold"
    for who in {person.pk: person for person in (activity.leader, activity.created_by) if person is not None}.values():
        notify(who, kind=kind, values=values, url=reverse("matching:run_draw", args=[activity.code]), once_key=f"{kind}:{row.pk}")


@react("draw.drawn")
def tell_results(entry: Entry) -> None:
    """Everybody who entered hears of it; who got nothing also how many tickets they have next time."""
    row = Draw.objects.select_related("activity__venue").get(pk=entry.on_key)
    activity = row.activity
    waiting = SignUp.objects.filter(shift__activity=activity, state__in=(SignUp.State.CONFIRMED, SignUp.State.WAITING)).exclude(slip="")
    entries = list(with_place_in_queue(waiting).select_related("person", "position", "shift"))
    tickets = queries.tickets_of({queries.one_person(one.person) for one in entries})
    for one in entries:
        values = {
            "title": activity.title,
            "position": one.position.name,
            "starts_at": one.shift.starts_at.isoformat(),
            "place": place_of(activity),
            "place_in_queue": str(one.place_in_queue),  # type: ignore[attr-defined]
            "tickets": str(tickets[queries.one_person(one.person)]),
        }
        kind = "draw.won" if one.state == SignUp.State.CONFIRMED else "draw.lost" if one.drawn_rank else "activities.waiting"
        notify(one.person, kind=kind, values=values, url=reverse("activities:ticket", args=[one.code]), once_key=f"draw:{row.pk}:{one.pk}")
