"""Visits as a file; people stand masked."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.visits import permissions
from liandong.visits.models import FollowUp, Visit, VisitNote, Visitor

MOST_ROWS = 50_000


def headings(*, with_notes: bool) -> list[str]:
    names = [
        _("Number"), _("Visiting body"), _("Who is visited"), _("Place"), _("State"), _("Planned for"), _("Day of the visit"), _("Who went"), _("Promised"), _("Kept"),
    ]  # fmt: skip
    return [*names, _("Visit notes")] if with_notes else names


def rows_of(visits: QuerySet[Visit], *, person: Person, with_notes: bool) -> list[list[Any]]:
    """One line a visit. Notes stand only beside visits whose notes the person may read."""
    visits = visits.prefetch_related(
        Prefetch("visitors", Visitor.objects.select_related("person")), Prefetch("follow_ups", FollowUp.objects.order_by("due_date", "id"))
    )
    found = list(visits[:MOST_ROWS])
    words: dict[int, str] = {}
    if with_notes:
        kept = Visit.objects.filter(permissions.kept_by(person), pk__in=[visit.pk for visit in found]).values("pk")
        for note in VisitNote.objects.filter(visit__in=kept).exclude(version=VisitNote.DRAFT).order_by("version"):
            words[note.visit_id] = note.words
    return [_row(visit, words, with_notes=with_notes) for visit in found]


def _row(visit: Visit, words: dict[int, str], *, with_notes: bool) -> list[Any]:
    promises = visit.follow_ups.all()
    row = [
        visit.number,
        visit.host.name,
        visit.visited_organization.name if visit.visited_organization else visit.whom,
        visit.territory.name,
        str(visit.get_state_display()),
        visit.planned_date,
        visit.visited_on,
        _(", ").join(visitor.person.masked_name for visitor in visit.visitors.all()),
        "\n".join(promise.words for promise in promises),
        sum(promise.done_at is not None for promise in promises),
    ]
    return [*row, words.get(visit.pk, "")] if with_notes else row
