"""Messages about rewards: to those who take, to those who give, to the hub."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "reward.running_out",
    topic=Topic.REMINDER,
    title=_("“%(title)s” holds until tonight"),
    body=_("After that the points come back to you by themselves."),
)
register(
    "reward.ran_out",
    topic=Topic.RECORD,
    title=_("%(points)s points are yours again"),
    body=_("“%(title)s” was not fetched in time. Nothing is lost."),
)
register(
    "reward.returned", topic=Topic.RECORD, title=_("%(points)s points are yours again"), body=_("“%(title)s” will not take place. Nothing is lost.")
)
register("reward.refunded", topic=Topic.RECORD, title=_("%(points)s points are yours again"), body=_("“%(title)s” was taken back: %(reason)s"))
register(
    "reward.arrived",
    topic=Topic.RECORD,
    title=_("Done: “%(title)s”"),
    body=_("Your points went to %(giver)s. You have given much; this was for you."),
    email=False,
)
register(
    "reward.wanted",
    topic=Topic.WORK,
    title=_("Somebody would like “%(title)s”"),
    body=_("A volunteer lets something be done for themselves. You offer it: would you take it over?"),
    sms=True,
)
register(
    "reward.waiting", topic=Topic.WORK, title=_("New offer for points: %(title)s"), body=_("%(host)s offers it for %(points)s points. Have a look.")
)
register("reward.let_in", topic=Topic.WORK, title=_("“%(title)s” is in the catalogue"), body=_("People can take it now."), email=False)
register("reward.declined", topic=Topic.WORK, title=_("“%(title)s” was not taken in"), body=_("%(words)s"))
register(
    "reward.care",
    topic=Topic.RECORD,
    title=_("You have given so much. May something be done for you?"),
    body=_("You have %(points)s points. Near you there is: %(titles)s. No hurry, and no need to. You can switch this off on the page."),
)
