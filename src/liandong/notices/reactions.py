"""Jobs of the messages: each delivery leaves at most once; changes to a way in are told at once."""

from procrastinate.contrib.django import app

from liandong.accounts import sign_in
from liandong.accounts.models import Person
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.notices import services
from liandong.notices.models import Delivery


@app.task(name="liandong.deliver", queue="messages")
def deliver(delivery_id: int, urgent: bool = False) -> None:
    if delivery := Delivery.objects.filter(pk=delivery_id).first():
        services.deliver(delivery, urgent=urgent)


@react("account.password_set", "account.phone_changed")
def tell_of_changed_way_in(entry: Entry) -> None:
    person = Person.objects.get(pk=int(entry.on.split(":")[1]))
    services.notify(person, kind=entry.verb, once_key=f"entry:{entry.pk}", urgent=True)


@app.periodic(cron="40 3 * * *", periodic_id="clear_old_codes")
@app.task(name="liandong.clear_old_codes", queueing_lock="clear_old_codes")
def clear_old_codes(timestamp: int) -> None:
    sign_in.clear_old()
