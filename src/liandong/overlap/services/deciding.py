"""What an overlap means, said by somebody: it stays said until one of the two plans changes."""

from collections.abc import Sequence
from itertools import combinations

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.journal import services as journal
from liandong.organizations.models import Organization
from liandong.overlap import permissions, queries
from liandong.overlap.models import OverlapDecision
from liandong.projects.models import Project

Actor = Person | System
Thing = Activity | Project


@transaction.atomic
def decide(
    thing: Thing, *, others: Sequence[Thing], kind: str, words: str = "", organization: Organization | None = None, by: Actor
) -> list[OverlapDecision]:
    """Said for the body that runs `thing` about it and each of the others; the hub (`organization` None) says it about all of them among one another.

    An overlap that goes on although it is known needs a few words why.
    """
    things = [_locked(each) for each in sorted((thing, *others), key=queries.key_of)]
    for each in things if organization is None else [thing]:
        require(permissions.can_decide(by, each))
    words = one_line(words, 200)
    if kind not in (OverlapDecision.Kind.DIFFERENT, OverlapDecision.Kind.ACCEPTED):
        raise Refused(_("Choose what it is."), field="kind")
    if kind == OverlapDecision.Kind.ACCEPTED and not words:
        raise Refused(_("Say in a few words why both take place."), field="words")
    pairs = [pair for pair in combinations(things, 2) if organization is None or queries.key_of(thing) in map(queries.key_of, pair)]
    if not pairs or len({queries.key_of(each) for each in things}) < len(things):
        raise Refused(_("It is the same one."))
    return [note_decision(one, other, kind=kind, words=words, organization=organization, by=by) for one, other in pairs]


def note_decision(thing: Thing, other: Thing, *, kind: str, words: str = "", organization: Organization | None, by: Actor) -> OverlapDecision:
    first, second = sorted((thing, other), key=queries.key_of)
    activities = [each for each in (first, second) if isinstance(each, Activity)]
    projects = [each for each in (first, second) if isinstance(each, Project)]
    decision = OverlapDecision.objects.create(
        pair=queries.pair_of(queries.key_of(first), queries.key_of(second)),
        activity=activities[0] if activities else None,
        other_activity=activities[1] if activities[1:] else None,
        project=projects[0] if projects else None,
        other_project=projects[1] if projects[1:] else None,
        organization=organization,
        kind=kind,
        words=words,
        fingerprint=queries.fingerprint_of(first, second),
        decided_by=by if isinstance(by, Person) else None,
        decided_at=clock.now(),
    )
    journal.record("overlap.decided", on=thing, after={"pair": decision.pair, "kind": kind}, by=by)
    return decision


@transaction.atomic
def ask_hub(thing: Thing, *, by: Actor) -> None:
    """Another body plans something alike and has not shown it yet: the hub, which sees both, is asked to bring them together."""
    thing = _locked(thing)
    require(permissions.can_decide(by, thing))
    if not queries.overlaps_of(thing, person=by if isinstance(by, Person) else None).hidden:
        raise Refused(_("Nobody else plans something alike any more."))
    journal.record("overlap.hub_asked", on=thing, after={"thing": queries.key_of(thing)}, by=by)


def _locked(thing: Thing) -> Thing:
    if isinstance(thing, Activity):
        return Activity.objects.select_for_update(of=("self",)).select_related("host__territory", "territory", "venue").get(pk=thing.pk)
    return Project.objects.select_for_update(of=("self",)).select_related("lead__territory", "territory").get(pk=thing.pk)
