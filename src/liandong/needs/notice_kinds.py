"""Messages about needs: to those who asked, and to those who answer for them."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

# To the asking side.
register("need.taken", topic=Topic.NEED, title=_("Somebody is taking care of “%(title)s”"), body=_("%(organization)s has taken it over."))
register("need.answered", topic=Topic.NEED, title=_("An answer to “%(title)s”"), body=_("%(words)s"), sms=True)
register("need.declined", topic=Topic.NEED, title=_("“%(title)s” cannot be done"), body=_("%(words)s"), sms=True)
register(
    "need.merged", topic=Topic.NEED, title=_("“%(title)s” was joined with another need"), body=_("Others asked the same. Follow it there: %(into)s")
)
register("need.planned", topic=Topic.NEED, title=_("“%(title)s” became a project"), body=_("You can see on its page who brings what."))
register(
    "need.activated", topic=Topic.NEED, title=_("An activity for “%(title)s” is open"), body=_("Look at its page: when, where, and how to come.")
)
register("need.done", topic=Topic.NEED, title=_("“%(title)s” is done. Is that so?"), body=_("Tell us with one tap: done, or not yet."), sms=True)
register("need.unplanned", topic=Topic.NEED, title=_("The project for “%(title)s” was called off"), body=_("We are looking for another way."))
# To those who answer for it.
register("need.submitted", topic=Topic.WORK, title=_("New need: %(title)s"), body=_("%(place)s. Answer before %(due_at)s."), email=False)
register("need.due", topic=Topic.WORK, title=_("Answer “%(title)s” before %(due_at)s"), body=_("%(place)s. The person who asked sees the clock too."))
register(
    "need.overdue",
    topic=Topic.WORK,
    title=_("Overdue: “%(title)s”"),
    body=_("An answer was due %(due_at)s. The person who asked sees that it is late."),
)
register("need.withdrawn", topic=Topic.WORK, title=_("“%(title)s” was taken back"), body=_("Please stop working on it."))
register("need.objected", topic=Topic.WORK, title=_("A step of “%(title)s” is not right"), body=_("%(words)s. Answer before %(due_at)s."))
register("need.confirmed", topic=Topic.WORK, title=_("“%(title)s” is done, says the person who asked"), body=_("Thank you."), email=False)

# Between the two sides of a wish; neither is named.
register(
    "wish.offered",
    topic=Topic.NEED,
    title=_("Somebody would like to fulfil “%(title)s”"),
    body=_("Have a look: would you like to meet, or rather not? Both are fine."),
)
register(
    "wish.agreed",
    topic=Topic.NEED,
    title=_("About “%(title)s”: the other side would like to meet"),
    body=_("Name and phone are shown to both when you agree too."),
)
register(
    "wish.met", topic=Topic.NEED, title=_("About “%(title)s”: you can reach each other now"), body=_("Name and phone stand on the page of the wish.")
)
register(
    "wish.declined",
    topic=Topic.NEED,
    title=_("About “%(title)s”: rather without meeting"),
    body=_("That has nothing to do with you. The wish can still be fulfilled: the community hands it over. Thank you."),
)
register(
    "wish.offer_withdrawn",
    topic=Topic.NEED,
    title=_("“%(title)s” waits for somebody again"),
    body=_("Whoever offered cannot do it after all. We keep looking."),
)
register(
    "wish.moved_up",
    topic=Topic.NEED,
    title=_("It is your turn for “%(title)s”"),
    body=_("You offered to fulfil this wish; nobody stands before you any more."),
)
