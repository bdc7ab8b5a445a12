"""Profile and teams when two entries of one person become one."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from liandong.accounts.joining import hindrance, moves
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.volunteers import services
from liandong.volunteers.models import TeamMembership, VolunteerProfile


@hindrance
def two_sums_brought_along(person: Person, into: Person) -> Iterator[str]:
    brought = VolunteerProfile.objects.filter(person__in=[person, into], brought_minutes__gt=0).values_list("brought_minutes", "brought_source")
    if len(set(brought)) > 1:
        yield _(
            "Both entries brought hours along from elsewhere, and they differ. Put one of them right first, so that no hour is lost or counted twice."
        )


@moves(VolunteerProfile, TeamMembership)
def follow(person: Person, into: Person, by: Actor) -> int:
    profiles = VolunteerProfile.objects.filter(person=person).count()
    services.move_person(person, into=into)
    return profiles - VolunteerProfile.objects.filter(person=person).count()
