"""Messages of rosters, invitations, draws, packages and turns."""

from django.utils.translation import gettext_lazy as _

from liandong.notices.kinds import register
from liandong.notices.models import Topic

register(
    "roster.asked",
    topic=Topic.SIGN_UP,
    title=_("You are on the roster: %(title)s"),
    body=_("%(shifts)s. Can you come? Please say so by %(due)s; if not, it is easy to change."),
    sms=True,
)
register(
    "roster.ask_again",
    topic=Topic.SIGN_UP,
    title=_("Can you come? %(title)s"),
    body=_("You have not answered yet. Please say yes or no by %(due)s, so that somebody else can be asked in time."),
)
register(
    "roster.late",
    topic=Topic.WORK,
    title=_("Not answered in time: %(title)s"),
    body=_("%(n)s people on the roster have not answered. Better call them."),
)
register(
    "roster.solved",
    topic=Topic.WORK,
    title=_("The roster is calculated: %(title)s"),
    body=_("%(covered)s of %(required)s places are filled."),
    email=False,
)
register(
    "roster.declined",
    topic=Topic.WORK,
    title=_("A place on the roster is free again: %(title)s"),
    body=_("%(when)s, %(position)s. The roster page proposes who could step in."),
)
register(
    "position.invited",
    topic=Topic.SIGN_UP,
    title=_("%(host)s asks whether you could help: %(title)s"),
    body=_("%(starts_at)s, %(position)s. No is fine too, and nobody asks why."),
    sms=True,
)

# Draws
register(
    "draw.to_plan",
    topic=Topic.WORK,
    title=_("The draw is announced: %(title)s"),
    body=_("The list closes %(closes_at)s. Check the time, and name a public number that will be added."),
    email=False,
)
register(
    "draw.to_hold",
    topic=Topic.WORK,
    title=_("The list is closed, please draw: %(title)s"),
    body=_("As soon as the public number is known, enter it and draw. Everybody who entered then hears of it."),
)
register(
    "draw.won",
    topic=Topic.SIGN_UP,
    title=_("Drawn, you have a place: %(title)s"),
    body=_("%(starts_at)s, %(place)s, %(position)s. If you cannot come, please give the place back."),
    sms=True,
)
register(
    "draw.lost",
    topic=Topic.SIGN_UP,
    title=_("Not drawn this time: %(title)s"),
    body=_("You are number %(place_in_queue)s on the waiting list for %(position)s. In the next draw you have %(tickets)s tickets."),
)
register(
    "package.piece_asked",
    topic=Topic.WORK,
    title=_("Has %(organization)s got this? %(piece)s"),
    body=_("“%(need)s” only lacks this piece. If you can give it, put it on your list."),
    email=False,
)
register(
    "match_run.finished",
    topic=Topic.WORK,
    title=_("The packages are calculated: %(place)s"),
    body=_("%(met)s of %(needs)s needs can be met together."),
    email=False,
)

# Turns
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
