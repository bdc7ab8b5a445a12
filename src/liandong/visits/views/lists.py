"""Lists: visits, what was promised, the file to take away."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.answers import see_other
from liandong.core.decision import require
from liandong.core.sheets import Sheet, sheets_file
from liandong.organizations.models import Right
from liandong.organizations.permissions import holds_anywhere, may_anywhere
from liandong.ui import listing
from liandong.ui.listing import Column, Link
from liandong.visits import files, permissions, queries, services
from liandong.visits.forms import KeptForm
from liandong.visits.models import FollowUp
from liandong.visits.views.load import TONES


def tabs(current: str, person: Person) -> list[Link]:
    pages = [("list", pgettext("pages of visits", "Visits")), ("plan", _("Visiting plan")), ("follow_ups", _("Promises"))]
    if not holds_anywhere(person, Right.CLAIM_NEEDS):
        pages.pop(1)
    return [Link(label, reverse(f"visits:{name}"), current=name == current) for name, label in pages]


def filters_of(request: HttpRequest) -> queries.Filters:
    asked = request.GET
    return queries.Filters(asked.get("q", ""), asked.get("scope", ""), asked.get("state", ""), asked.get("kind", ""))


def views_of_needs() -> list[Link]:
    """Back to the needs, which visits bring in."""
    return [Link(_("Needs list"), reverse("needs:inbox")), Link(_("Visits"), reverse("visits:list"), current=True)]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Visits of my work; for everybody else the visits made to them."""
    person = request.user.person
    if not holds_anywhere(person, Right.SEE_WORK):
        page = listing.page(request, queries.to_me(person), size=20)
        return render(request, "visits/to_me.html", {"page": page, "today": clock.today()})
    page = listing.page(request, queries.visits(person, filters_of(request)))
    counts = queries.counts(person)
    states = [
        ("due", _("Due within a week"), counts["due"]),
        ("overdue", _("Overdue"), counts["overdue"]),
        ("planned", pgettext("visit", "Planned"), counts["planned"]),
        ("done", pgettext("visit", "Visited"), counts["done"]),
        ("cancelled", pgettext("visit", "Called off")),
    ]
    narrowed = [name for name in ("q", "scope", "state", "kind") if request.GET.get(name)]
    context = {
        "page": page,
        "tabs_inside": tabs("list", person),
        "views": views_of_needs(),
        "rows": [(visit, TONES[visit.state]) for visit in page],
        "columns": [
            Column(_("Who is visited")),
            Column(_("State")),
            Column(_("Day")),
            Column(_("Visiting body")),
            Column(_("In charge")),
            Column(_("Place")),
            Column(_("Open promises"), number=True),
        ],
        "states": listing.filter_links(request, "state", states, any_label=_("All")),
        "scopes": listing.filter_links(
            request, "scope", [("mine", _("Mine")), ("ours", _("My organisation's")), ("to_us", _("To us"))], any_label=_("All I see")
        ),
        "kinds": listing.filter_links(request, "kind", [("bodies", _("Organisations")), ("homes", _("Homes and people"))], any_label=_("All")),
        "narrowed": narrowed,
        "counts": counts,
        "can_plan": holds_anywhere(person, Right.CLAIM_NEEDS),
        "can_export": holds_anywhere(person, Right.EXPORT),
        "can_export_notes": holds_anywhere(person, Right.EXPORT) and holds_anywhere(person, Right.REVEAL_PERSONAL),
        "query": request.GET.urlencode(),
    }
    return render(request, "visits/list.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, as a file. Notes only with the right, and only of visits whose notes the reader may read."""
    person = request.user.person
    require(may_anywhere(person, Right.EXPORT))
    with_notes = bool(request.GET.get("notes"))
    if with_notes:
        require(may_anywhere(person, Right.REVEAL_PERSONAL))
    rows = files.rows_of(queries.visits(person, filters_of(request)), person=person, with_notes=with_notes)
    services.note_export(rows=len(rows), with_notes=with_notes, by=person)
    heads = files.headings(with_notes=with_notes)
    return sheets_file(f"visits-{clock.today():%Y%m%d}", Sheet(_("Visits"), rows, heads, (*[18] * 10, 60)))


@require_safe
def follow_ups(request: HttpRequest) -> HttpResponse:
    """What was promised, by its day, with a button to say that it is kept."""
    return _follow_ups(request)


def _follow_ups(request: HttpRequest, *, form: KeptForm | None = None, pk: int = 0) -> HttpResponse:
    person, asked = request.user.person, request.GET
    page = listing.page(request, queries.follow_ups(person, scope=asked.get("scope", ""), state=asked.get("state", "")))
    states = [("overdue", _("Overdue")), ("done", _("Kept")), ("all", _("All"))]
    rows: list[tuple[FollowUp, bool, Any]] = [
        (row, row.done_at is None and bool(permissions.can_finish_follow_up(person, row)), KeptForm(auto_id=f"id_{row.pk}_%s")) for row in page
    ]
    context = {
        "page": page,
        "tabs_inside": tabs("follow_ups", person),
        "rows": rows,
        "columns": [Column(_("What was promised")), Column(_("To whom")), Column(_("By when")), Column(_("In charge")), Column(_("Actions"))],
        "states": listing.filter_links(request, "state", states, any_label=_("Still open")),
        "scopes": listing.filter_links(request, "scope", [("mine", _("Mine"))], any_label=_("All I see")),
        "narrowed": [name for name in ("scope", "state") if asked.get(name)],
    }
    return render(request, "visits/follow_ups.html", context)


@require_POST
def finish_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    rows = queries.follow_ups(person, state="all")
    follow_up = get_object_or_404(rows, pk=pk)
    form = KeptForm(request.POST)
    result = form.cleaned_data["result"] if form.is_valid() else ""
    services.finish_follow_up(follow_up, result=result, by=person)
    messages.success(request, _("Noted as kept. Those you visited can read it."))
    if request.POST.get("back") == "visit":
        return see_other("visits:visit", follow_up.visit.number)
    return see_other("visits:follow_ups")
