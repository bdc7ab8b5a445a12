"""What rewards do, as jobs, when something has happened; and what time does."""

from typing import Any

from django.urls import reverse
from procrastinate.contrib.django import app

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.text import one_line
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.notices.services import notify
from liandong.organizations.models import Right
from liandong.organizations.queries import hub_people, people_with
from liandong.points import queries as points
from liandong.rewards import queries
from liandong.rewards.models import Redemption, Reward, SpendingCare
from liandong.rewards.services import caring, taking

BACK = {"voucher.ran_out": "reward.ran_out", "voucher.given_back": "reward.returned", "voucher.refunded": "reward.refunded"}


def _tell(person: Person | None, entry: Entry, *, kind: str, url: str, values: dict[str, Any]) -> None:
    if person is not None and person.pk != entry.by_person:
        notify(person, kind=kind, values=values, url=url, once_key=f"entry:{entry.pk}")


def page_of(redemption: Redemption) -> str:
    return reverse("rewards:voucher", args=[redemption.pk])


@react("reward.redeemed")
def tell_of_taking(entry: Entry) -> None:
    """A service: those who offer it hear that somebody would like it."""
    redemption = queries.redemptions().get(pk=entry.on_key)
    if redemption.need is None:
        return
    for person in people_with(redemption.reward.host, Right.CLAIM_NEEDS):
        _tell(
            person, entry, kind="reward.wanted", url=reverse("needs:desk", args=[redemption.need.number]), values={"title": redemption.reward.title}
        )


@react(*BACK)
def tell_of_points_back(entry: Entry) -> None:
    redemption = queries.redemptions().get(pk=entry.on_key)
    values = {"title": redemption.reward.title, "points": redemption.points, "reason": redemption.reason}
    _tell(redemption.person, entry, kind=BACK[entry.verb], url=page_of(redemption), values=values)


@react("voucher.used")
def tell_of_use(entry: Entry) -> None:
    redemption = queries.redemptions().get(pk=entry.on_key)
    giver = redemption.given_by or redemption.reward.host
    _tell(redemption.person, entry, kind="reward.arrived", url=page_of(redemption), values={"title": redemption.reward.title, "giver": giver.label})


@react("reward.offered", "reward.edited")
def tell_hub_of_offer(entry: Entry) -> None:
    reward = queries.in_full().get(pk=entry.on_key)
    if entry.after.get("state") != Reward.State.WAITING or entry.before.get("state") == Reward.State.WAITING:
        return
    values = {"title": reward.title, "host": reward.host.label, "points": reward.points}
    for person in hub_people(reward.territory, Right.VET_ORGANIZATIONS):
        _tell(person, entry, kind="reward.waiting", url=reverse("rewards:reward", args=[reward.number]), values=values)


@react("reward.let_in", "reward.declined")
def tell_of_decision(entry: Entry) -> None:
    reward = queries.in_full().get(pk=entry.on_key)
    values = {"title": reward.title, "words": reward.decision_words}
    _tell(reward.proposed_by, entry, kind=entry.verb, url=reverse("rewards:reward", args=[reward.number]), values=values)


@react("need.confirmed", "need.done", "need.declined", "need.withdrawn")
def follow_needs(entry: Entry) -> None:
    """A service is where its need is: confirmed pays the giver, refused or taken back returns the points."""
    for redemption in queries.services_of(entry.on_key):
        taking.follow_need(redemption)


@react("spending.asked")
def ask_kindly(entry: Entry) -> None:
    care = SpendingCare.objects.select_related("person").get(pk=entry.on_key)
    values = {"points": points.available_of(care.person), "titles": one_line("、".join(entry.after["titles"]), 120)}
    notify(care.person, kind="reward.care", values=values, url=reverse("rewards:mine"), once_key=f"entry:{entry.pk}")


@app.periodic(cron="5 * * * *", periodic_id="rewards_hourly")
@app.task(name="liandong.rewards_hourly", queueing_lock="rewards_hourly")
def hourly(timestamp: int = 0) -> None:
    """Vouchers run out, services nobody called undone are paid, and whose voucher holds until tonight hears of it, once."""
    taking.run_out()
    taking.settle_services()
    for redemption in queries.running_out(on=clock.today()):
        notify(
            redemption.person,
            kind="reward.running_out",
            values={"title": redemption.reward.title},
            url=page_of(redemption),
            once_key=f"reward.running_out:{redemption.pk}",
        )


@app.periodic(cron="30 1 * * 3", periodic_id="rewards_care")  # UTC: Wednesdays at 9:30 in China
@app.task(name="liandong.rewards_care", queueing_lock="rewards_care")
def care(timestamp: int = 0) -> None:
    caring.ask_all()
