"""Asking how it was, and taking the answer without keeping who gave it."""

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.activities.models import Position, SignUp
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.evaluation import permissions, queries
from liandong.evaluation.models import Rating, RatingInvitation
from liandong.evaluation.permissions import Actor
from liandong.journal import services as journal
from liandong.notices import services as notices

ANONYMOUS = System("rating")


@transaction.atomic
def invite(sign_up: SignUp, *, by: Actor) -> RatingInvitation | None:
    """Ask somebody who took part, once. None when there is nobody to ask: not there, still there, staff. Journal: rating.asked."""
    if not permissions.is_asked(sign_up):
        return None
    activity = sign_up.shift.activity
    invitation, created = RatingInvitation.objects.get_or_create(sign_up=sign_up, defaults={"activity": activity, "asked_at": clock.now()})
    if created:
        journal.record("rating.asked", on=sign_up, by=by)
        notices.notify(
            sign_up.person,
            kind="rating.asked",
            values={"activity": activity.title},
            url=reverse("evaluation:rate", args=[sign_up.code]),
            once_key=f"rating.asked:{sign_up.pk}",
        )
    return invitation


@transaction.atomic
def rate(invitation: RatingInvitation, *, score: int, words: str = "", by: Actor) -> bool:
    """Take one anonymous answer: True when it was taken, False when this invitation was answered before (nothing is kept then).

    What is kept knows the activity, the side, the day and a random number; nothing leads to the person. Refuses after 30 days.
    Journal: rating.given on the activity, by nobody.
    """
    invitation = RatingInvitation.objects.select_for_update(of=("self",)).select_related("sign_up__position", "activity").get(pk=invitation.pk)
    require(permissions.can_rate(by, invitation))
    if invitation.is_answered:
        return False
    if invitation.asked_at < clock.now() - queries.OPEN_FOR:
        raise Refused(_("This question has closed: answers are taken for 30 days. Thank you all the same."))
    if score not in Rating.Score.values:
        raise Refused(_("Choose one of the four faces."), field="score")
    invitation.is_answered = True
    invitation.save(update_fields=["is_answered"])
    served = invitation.sign_up.position.kind == Position.Kind.PARTICIPANT
    Rating.objects.create(
        activity=invitation.activity,
        side=Rating.Side.SERVED if served else Rating.Side.SERVING,
        score=score,
        words=clean_words(words)[:300],
        rated_date=clock.today(),
    )
    journal.record("rating.given", on=invitation.activity, by=ANONYMOUS)
    return True


_SHUFFLE = """
    with gone as (delete from evaluation_rating where rated_date between %s and %s returning *)
    insert into evaluation_rating (id, activity_id, side, score, words, rated_date)
    select id, activity_id, side, score, words, rated_date from gone order by id
"""
_SHUFFLE_ANSWERED = "update evaluation_ratinginvitation set is_answered = true where is_answered and asked_at >= %s"


@transaction.atomic
def shuffle_ratings() -> None:
    """Write yesterday's answers anew in the order of their random ids, and the answered invitations with them.

    PostgreSQL keeps with each row which transaction wrote it and where it lies; an answer and its invitation are written together. Afterwards all of them
    come from this one transaction. Today's are left for tomorrow.
    """
    yesterday = clock.today() - queries.ONE_DAY
    with connection.cursor() as cursor:
        cursor.execute(_SHUFFLE, [yesterday - queries.OPEN_FOR, yesterday])
        cursor.execute(_SHUFFLE_ANSWERED, [clock.now() - queries.OPEN_FOR - queries.ONE_DAY])
