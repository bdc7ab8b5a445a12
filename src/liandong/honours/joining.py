"""Stars when two entries of one person become one; honours, nominations and thanks follow by their key."""

from django.utils.translation import gettext as _

from liandong.accounts.joining import follow, moves
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.core import clock
from liandong.honours.models import StarGrant


@moves(StarGrant)
def follow_stars(person: Person, into: Person, by: Actor) -> int:
    """A level that both have counts once. The other one stays where it was, taken back with the reason, and nobody is told that it fell."""
    fallen = StarGrant.objects.filter(withdraws__isnull=False).values("withdraws")
    standing = StarGrant.objects.filter(withdraws__isnull=True).exclude(pk__in=fallen)
    kept = {row.level: row for row in standing.filter(person=into)}
    for row in standing.filter(person=person):
        if row.level in kept:
            StarGrant.objects.create(
                person=person, rule=row.rule, level=row.level, needed_minutes=row.needed_minutes, minutes=0, granted_at=clock.now(), withdraws=row,
                reason=_("Entered twice: the star counts once."),
            )  # fmt: skip
    stays = StarGrant.objects.filter(withdraws__person=person, reason=_("Entered twice: the star counts once."))
    rows = StarGrant.objects.filter(person=person).exclude(pk__in=stays.values("pk")).exclude(pk__in=stays.values("withdraws"))
    return follow(rows, "person", into=into)
