"""Giving the places of an activity in an order that was drawn. The draw itself lies above, in `matching`."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.activities import permissions
from liandong.activities.models import Activity, SignUp
from liandong.activities.services.ground import Actor, lock_activity, lock_shifts
from liandong.activities.services.signing_up import move_up
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.journal import services as journal


@transaction.atomic
def give_places(activity: Activity, *, order: Mapping[int, Sequence[str]], by: Actor) -> list[SignUp]:
    """Once only: who waits gets a rank by the slips of each position in the order handed in, then the places go out; who was not drawn waits behind.

    Gives those who got a place. It tells nobody: the verb above knows what to say to whom.
    """
    activity = lock_activity(activity)
    shifts = lock_shifts(activity)
    require(permissions.can_manage(by, activity))
    if activity.places_by != Activity.PlacesBy.DRAW or activity.state != Activity.State.PUBLISHED:
        raise Refused(_("There are no places to draw here."))
    if activity.drawn_at is not None:
        raise Refused(_("The places have been drawn already."))
    rank_of = {(position, slip): rank for position, slips in order.items() for rank, slip in enumerate(slips, 1)}
    waiting = list(SignUp.objects.filter(shift__in=shifts, state=SignUp.State.WAITING).exclude(slip=""))
    ranked = [row for row in waiting if (row.position_id, row.slip) in rank_of]
    for row in ranked:
        row.drawn_rank = rank_of[row.position_id, row.slip]
    SignUp.objects.bulk_update(ranked, ["drawn_rank"], batch_size=1_000)
    activity.drawn_at = clock.now()
    activity.save(update_fields=["drawn_at"])
    given = move_up(shifts, activity=activity, quietly=True)
    journal.record("activity.drawn", on=activity, after={"entries": len(ranked), "places": len(given)}, by=by)
    return given
