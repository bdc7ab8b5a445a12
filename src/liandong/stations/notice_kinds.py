"""Messages about stations, to hosts, inspectors and the hub."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "station.reported",
    topic=Topic.WORK,
    title=_("%(station)s: %(what)s?"),
    body=_("Somebody who was there says so. Look, and answer with one tap."),
    sms=True,
)
register(
    "station.unanswered",
    topic=Topic.WORK,
    title=_("%(station)s has not answered: %(what)s"),
    body=_("Visitors reported it %(days)s days ago. Call the host, or go and look."),
)
register(
    "station.supply_expiring", topic=Topic.WORK, title=_("%(what)s expires on %(date)s"), body=_("At %(station)s. Replace it before."), email=False
)
register(
    "station.supply_expired",
    topic=Topic.WORK,
    title=_("%(what)s has expired"),
    body=_("At %(station)s. Until it is replaced people read that it is missing."),
)
register(
    "station.agreement_proposed",
    topic=Topic.WORK,
    title=_("The agreement of %(station)s waits for you"),
    body=_("Read it, then agree or say why not."),
)
register("station.agreement_agreed", topic=Topic.WORK, title=_("The agreement of %(station)s holds"), body=_("Both sides have agreed."), email=False)
register(
    "station.agreement_declined",
    topic=Topic.WORK,
    title=_("The agreement of %(station)s was declined"),
    body=_("The words of the other side stand beside it."),
)
register(
    "station.agreement_due",
    topic=Topic.WORK,
    title=_("The agreement of %(station)s is to be looked at again by %(date)s"),
    body=_("Talk about it, and propose the next version."),
    email=False,
)
register(
    "station.agreement_lapsed",
    topic=Topic.WORK,
    title=_("The agreement of %(station)s has lapsed"),
    body=_("It was to be looked at again by %(date)s."),
)
register(
    "station.round_planned",
    topic=Topic.WORK,
    title=_("A round for you: %(title)s"),
    body=_("By %(due_date)s. Open it at the door of the first station."),
)
register(
    "station.round_due",
    topic=Topic.WORK,
    title=_("The round %(title)s is due on %(due_date)s"),
    body=_("Some stations have not been looked at."),
    email=False,
)
register(
    "station.round_overdue",
    topic=Topic.WORK,
    title=_("The round %(title)s is late"),
    body=_("It was due on %(due_date)s. Walk it, move it, or call it off."),
)
register("station.fault_late", topic=Topic.WORK, title=_("%(station)s: something has been broken for a week"), body=_("See to it, or say who does."))
register(
    "shelf.loan_due",
    topic=Topic.REMINDER,
    title=_("Please bring back %(name)s by %(due_date)s"),
    body=_("Lent at %(place)s."),
)
register("shelf.loan_late", topic=Topic.REMINDER, title=_("%(name)s was due back on %(due_date)s"), body=_("Others wait for it at %(place)s."))
register(
    "shelf.freed",
    topic=Topic.CHANGE,
    title=_("%(name)s is not kept for you any more"),
    body=_("At %(place)s. Look whether there is one left."),
    email=False,
)
register("shelf.taken_in", topic=Topic.RECORD, title=_("%(name)s is on the shelf"), body=_("Thank you, from %(place)s."))
register(
    "shelf.not_taken_in",
    topic=Topic.CHANGE,
    title=_("%(name)s was not taken in"),
    body=_("%(place)s has no room for it. Thank you all the same."),
    email=False,
)
register(
    "shelf.offered", topic=Topic.WORK, title=_("Somebody brings %(name)s"), body=_("For the shelf of %(place)s. One tap takes it in."), email=False
)
register("shelf.reserved", topic=Topic.WORK, title=_("%(name)s was reserved"), body=_("At %(place)s. Keep one for 24 hours."), email=False)
register(
    "station.inspected",
    topic=Topic.WORK,
    title=_("%(station)s was inspected: %(number)s not in order"),
    body=_("It stands among the repairs. Say who sees to it."),
    email=False,
)
