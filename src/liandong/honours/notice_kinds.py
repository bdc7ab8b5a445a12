"""Messages about stars, awards, thanks."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

_THANKS = _("Thank you for the hours you have given.")
register("star.reached", topic=Topic.RECORD, title=_("You have reached star level %(level)s"), body=_THANKS)
register("star.named", topic=Topic.RECORD, title=_("You have reached “%(name)s”"), body=_THANKS)
register(
    "star.fell",
    topic=Topic.RECORD,
    title=_("Star level %(level)s was taken back"),
    body=_("A record was put right and the hours no longer reach it. If that is wrong, object to the record."),
)
register(
    "star_rule.agreed",
    topic=Topic.WORK,
    title=_("The star rule set “%(name)s” is agreed"),
    body=_("It holds from %(from_date)s. Stars once reached stay."),
    email=False,
)
register("star_rule.refused", topic=Topic.WORK, title=_("The star rule set “%(name)s” was not agreed"), body=_("Reason: %(reason)s"), email=False)
register(
    "nomination.made",
    topic=Topic.RECORD,
    title=_("You have been proposed for “%(award)s”"),
    body=_("Open it to read why. If you would rather not, one tap takes you off."),
)
register(
    "nomination.to_endorse",
    topic=Topic.WORK,
    title=_("A nomination for “%(award)s” waits for the word of your community"),
    body=_("Read it and say whether it is true."),
    email=False,
)
register("nomination.taken_off", topic=Topic.RECORD, title=_("Your nomination for “%(award)s” does not go on"), body=_("Reason: %(reason)s"))
register(
    "award.to_grant",
    topic=Topic.WORK,
    title=_("“%(award)s” waits for a second person"),
    body=_("The notice is over and every objection is answered. Read the list and grant it."),
)
register(
    "honour.granted",
    topic=Topic.RECORD,
    title=_("You are honoured: “%(award)s”"),
    body=_("Congratulations. The certificate is ready, and you decide whether it shows on the wall."),
)
register("honour.withdrawn", topic=Topic.RECORD, title=_("The honour “%(award)s” was withdrawn"), body=_("Reason: %(reason)s"))
register(
    "objection.answered", topic=Topic.CHANGE, title=_("Your objection about “%(award)s” is answered"), body=_("The answer: %(answer)s"), email=False
)
register(
    "thanks.reached",
    topic=Topic.RECORD,
    title=_("Somebody you served says thank you"),
    body=_("Open it to read the words. Who wrote them stays unsaid."),
)
