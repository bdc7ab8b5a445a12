"""For those who check the people of an activity: who fits a position, and asking them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.accounts.models import Person
from liandong.activities import permissions as activities
from liandong.activities.models import Activity, Position
from liandong.core import clock
from liandong.core.answers import form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.matching import permissions, queries, services
from liandong.matching.views.load import reader
from liandong.matching.words import rosters as words
from liandong.matching.words import suggestions as suggestion_words
from liandong.ui import listing

PAGE_SIZE = 25


def find_position(request: HttpRequest, pk: int) -> Position:
    """A volunteers' position of an activity one works on."""
    rows = Position.objects.filter(
        kind=Position.Kind.VOLUNTEER, shift__activity__in=Activity.objects.filter(activities.worked_on_by(reader(request)))
    ).select_related("shift__activity__host__territory", "shift__activity__territory__parent")
    position = get_object_or_404(rows, pk=pk)
    require(permissions.can_invite(reader(request), position.shift.activity))
    return position


@form_page
def find_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Volunteers who fit, the best first; tick and ask. What they answered stands beside, as numbers only."""
    person, position = reader(request), find_position(request, pk)
    if request.method == "POST":
        return _ask(request, person, position)
    required, skills = queries.skills_asked(position)
    wanted = [name for name in request.GET.getlist("skill") if name in skills]
    any_time = bool(request.GET.get("any"))
    rows = queries.who_fits(
        position, by=person, required=[*required, *wanted], skills=skills, any_time=any_time, text=request.GET.get("q", "").strip()[:40]
    )
    is_open = position.shift.starts_at > clock.now() and position.shift.activity.state == Activity.State.PUBLISHED
    page = listing.page(request, rows.values(*queries.FIELDS) if is_open else [], size=PAGE_SIZE)
    found = queries.found_on(list(page.object_list), position, skills=skills)
    beside = queries.positions_beside(position)
    left = next((one.left for one in beside if one.pk == position.pk), 0)  # type: ignore[attr-defined]
    context = {
        "position": position,
        "shift": position.shift,
        "activity": position.shift.activity,
        "page": page,
        "found": [(one, suggestion_words.line(one.reasons, own=False, most=3)) for one in found],
        "counts": queries.counts_of(position),
        "left_words": ngettext("%(n)s still needed", "%(n)s still needed", left) % {"n": left} if left else _("Full"),
        "left_tone": "warn" if left else "success",
        "beside": [_link(one, one.name, position) for one in beside if one.shift_id == position.shift_id],
        "later": [
            _link(one, _("%(shift)s, %(position)s") % {"shift": words.shift_words(one.shift), "position": one.name}, position)
            for one in beside
            if one.shift_id != position.shift_id
        ],
        "skills": listing.filter_links(request, "skill", [(name, name) for name in skills if name not in required], any_label=_("All"))
        if len(skills) > len(required)
        else [],
        "times": [
            listing.Link(_("Free then"), listing.with_query(request, any=""), current=not any_time),
            listing.Link(_("Whenever they have time"), listing.with_query(request, any="1"), current=any_time),
        ],
        "required": words.skills_words(required),
        "columns": [listing.Column(_("Name")), listing.Column(_("Why")), listing.Column(_("Last asked"))],
        "is_open": is_open,
    }  # fmt: skip
    return render(request, "matching/find_people.html", context)


def _link(one: Position, label: str, here: Position) -> listing.Link:
    return listing.Link(label, reverse("matching:find_people", args=[one.pk]), current=one.pk == here.pk, count=one.left)  # type: ignore[attr-defined]


def _ask(request: HttpRequest, person: Person, position: Position) -> HttpResponse:
    ids = {key for value in request.POST.getlist("ids") if (key := whole_number(value)) is not None}
    people = list(Person.objects.filter(pk__in=ids, merged_into__isnull=True))
    try:
        done = services.invite(position, people=people, by=person)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        text = ngettext("%(n)s person was asked.", "%(n)s people were asked.", done.asked) % {"n": done.asked}
        if done.left_alone:
            text += " " + ngettext(
                "%(n)s was left alone: busy meanwhile, or asked often enough.",
                "%(n)s were left alone: busy meanwhile, or asked often enough.",
                done.left_alone,
            ) % {"n": done.left_alone}
        messages.success(request, text)
    return see_other(request.get_full_path())
