"""Messages about turns."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register("turn.given", topic=Topic.WORK, title=_("Your turn to host: %(name)s"), body=_("Dates new to you: %(count)s, the first on %(first_date)s."))
register(
    "turn.soon",
    topic=Topic.REMINDER,
    title=_("You host on %(turn_date)s: %(name)s"),
    body=_("The hand-over pack says what is needed and what the last hosts did."),
)
register(
    "turn.to_agree",
    topic=Topic.REMINDER,
    title=_("Can you host on %(turn_date)s? %(name)s"),
    body=_("Please say yes, or propose a swap to another host."),
)
register(
    "turn.notes",
    topic=Topic.REMINDER,
    title=_("A few words for the next host: %(name)s"),
    body=_("How was %(turn_date)s? Say that it took place, and what the next one should know."),
)
register(
    "turn.swap_asked",
    topic=Topic.WORK,
    title=_("%(who)s would like to exchange dates: %(name)s"),
    body=_("You would take %(their_date)s, they your %(your_date)s. Nothing changes before you agree."),
)
register(
    "turn.swap_agreed",
    topic=Topic.WORK,
    title=_("%(who)s agrees to the swap: %(name)s"),
    body=_("You now host on %(new_date)s instead of %(old_date)s."),
)
register(
    "turn.swap_declined",
    topic=Topic.WORK,
    title=_("%(who)s cannot swap: %(name)s"),
    body=_("Your date stays %(old_date)s; you may ask another host. %(words)s"),
)
register("turn.pause_asked", topic=Topic.WORK, title=_("%(who)s asks for a pause: %(name)s"), body=_("From %(from_date)s to %(to_date)s."))
register(
    "turn.paused",
    topic=Topic.WORK,
    title=_("Your pause is agreed: %(name)s"),
    body=_("No turns from %(from_date)s to %(to_date)s; they come back later."),
)
register("turn.pause_declined", topic=Topic.WORK, title=_("The pause is not possible: %(name)s"), body=_("%(words)s"))
