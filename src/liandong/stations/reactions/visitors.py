"""What time does to visits and shelves: secrets of the day destroyed, reservations freed, food cleared, loans reminded of."""

import datetime as dt

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.core import clock
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.notices.services import notify
from liandong.stations.models import ShelfItem, ShelfTaking
from liandong.stations.queries import shelf as reading
from liandong.stations.services import shelf, visits


@app.periodic(cron="1 16 * * *", periodic_id="visit_tokens")  # UTC: one minute past midnight in China
@app.task(name="liandong.visits_forget", queueing_lock="visits_forget")
def forget_visitors(timestamp: int = 0) -> None:
    visits.destroy_tokens()


@app.periodic(cron="*/10 * * * *", periodic_id="shelf")
@app.task(name="liandong.shelf_tidy", queueing_lock="shelf_tidy")
def tidy_shelves(timestamp: int = 0) -> None:
    shelf.free_unfetched()
    shelf.clear_expired()


@app.periodic(cron="10 1 * * *", periodic_id="shelf_loans")  # UTC: 9:10 in China
@app.task(name="liandong.shelf_loans", queueing_lock="shelf_loans")
def remind_of_loans(timestamp: int = 0) -> None:
    remind(today=clock.today())


def remind(*, today: dt.date) -> int:
    """Each hears of a loan at most three times: the day before, when it is late, and a week after that."""
    told = 0
    for taking in reading.loans_to_remind(today=today):
        assert taking.due_on is not None
        assert taking.person is not None
        late = (today - taking.due_on).days
        kind = "shelf.loan_due" if late < 0 else "shelf.loan_late"
        values = {"name": taking.item.name, "place": taking.item.station.venue.name, "due_date": taking.due_on.isoformat()}
        turn = "before" if late < 0 else "late" if late < 7 else "week"
        told += notify(taking.person, kind=kind, values=values, url=reverse("stations:mine"), once_key=f"{kind}:{taking.pk}:{turn}") is not None
    return told


@react("shelf.offered", "shelf.reserved")
def tell_the_host(entry: Entry) -> None:
    """Something waits for a tap."""
    item = ShelfItem.objects.select_related("station__venue", "station__contact").get(pk=entry.on_key)
    if item.station.contact is None:
        return
    kind = "shelf.offered" if entry.verb == "shelf.offered" else "shelf.reserved"
    url = reverse("stations:shelf", kwargs={"number": item.station.number})
    notify(item.station.contact, kind=kind, values={"name": item.name, "place": item.station.venue.name}, url=url, once_key=f"{kind}:{entry.pk}")


@react("shelf.put", "shelf.declined")
def tell_who_brought_it(entry: Entry) -> None:
    item = ShelfItem.objects.select_related("station__venue", "brought_by").get(pk=entry.on_key)
    if item.brought_by is None:
        return
    kind = "shelf.taken_in" if entry.verb == "shelf.put" else "shelf.not_taken_in"
    notify(
        item.brought_by,
        kind=kind,
        values={"name": item.name, "place": item.station.venue.name},
        url=reverse("stations:mine"),
        once_key=f"{kind}:{item.pk}",
    )


@react("shelf.freed")
def tell_that_it_is_free_again(entry: Entry) -> None:
    """The day is over, or the thing left the shelf."""
    taking = ShelfTaking.objects.select_related("item__station__venue", "person").filter(pk=entry.after.get("taking")).first()
    if taking is None or taking.person is None:
        return
    values = {"name": taking.item.name, "place": taking.item.station.venue.name}
    notify(taking.person, kind="shelf.freed", values=values, url=reverse("stations:mine"), once_key=f"shelf.freed:{taking.pk}")
