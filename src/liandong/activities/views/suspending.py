"""Whom a body keeps from its activities for a time: the list, one more, and letting somebody come again."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liandong.accounts.models import Person
from liandong.accounts.queries import with_number
from liandong.activities import permissions, queries, services
from liandong.activities.forms import ReasonForm, SuspendForm
from liandong.activities.models import Suspension
from liandong.activities.views.load import reader
from liandong.core.answers import carried_out, see_other, tried
from liandong.organizations.models import Membership, Organization, Right
from liandong.organizations.permissions import organizations_with, worked_in_by
from liandong.ui import listing

BODIES_SHOWN = 300


def suspensions(request: HttpRequest) -> HttpResponse:
    """The suspensions of one body; without a name the first that the person keeps."""
    by = reader(request)
    assert by is not None
    body = _body(by, request.GET.get("organization", ""))
    form, status = SuspendForm(request.POST or None, initial={"who": request.GET.get("who", "")[:30]}), 200
    if request.method == "POST":
        if form.is_valid() and (person := _found(form)) and carried_out(form, lambda: _suspend(form, person, body, by)):
            messages.success(request, _("Suspended. The person has been told; their places until then are given back."))
            return see_other(_address(body))
        status = 422
    page = listing.page(request, queries.suspensions_of(body, text=request.GET.get("q", "")[:50]))
    for row in page.object_list:
        row.form = ReasonForm(prefix=f"lift-{row.pk}") if row.is_in_force and permissions.can_suspend(by, body, row.person) else None
    bodies = list(organizations_with(by, Right.MANAGE_PEOPLE)[:BODIES_SHOWN])
    context = {
        "body": body,
        "bodies": bodies if len(bodies) > 1 else [],
        "form": form,
        "page": page,
        "columns": [_("Name"), _("Until"), _("Reason"), _("Suspended by"), _("State"), _("Action")],
        "filtered": bool(request.GET.get("q")),
        "opened": bool(form.errors or request.GET.get("who")),
    }
    return render(request, "activities/suspensions.html", context, status=status)


def _body(by: Person, slug: str) -> Organization:
    """A body whose people the reader keeps: the one asked for, else their own, else the first. What they do not keep is not there."""
    kept = worked_in_by(by, Right.MANAGE_PEOPLE).select_related("territory")
    if slug:
        return get_object_or_404(kept, slug=slug)
    own = Membership.objects.filter(person=by, to_date__isnull=True, organization=OuterRef("pk"))
    body = kept.annotate(is_own=Exists(own)).order_by("-is_own", "pinyin", "pk").first()
    if body is None:
        raise Http404
    return body


def _address(body: Organization) -> str:
    return f"{reverse('activities:suspensions')}?organization={body.slug}"


def _found(form: SuspendForm) -> Person | None:
    """The one person with this number or phone; else an error of the form."""
    found = with_number(Person.objects.all(), form.cleaned_data["who"])
    if len(found) != 1:
        form.add_error("who", _("Several people have this phone. Use the volunteer number.") if found else _("Nobody has this number."))
    return found[0] if len(found) == 1 else None


def _suspend(form: SuspendForm, person: Person, body: Organization, by: Person) -> Suspension:
    return services.suspend(person, organization=body, reason=form.cleaned_data["reason"], until_date=form.cleaned_data["until_date"], by=by)


@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    by = reader(request)
    assert by is not None
    rows = Suspension.objects.select_related("organization__territory", "person")
    row = get_object_or_404(rows.filter(organization__in=worked_in_by(by, Right.MANAGE_PEOPLE)), pk=pk)
    reason = request.POST.get(f"lift-{row.pk}-reason", "")
    tried(request, lambda: services.lift_suspension(row, reason=reason, by=by), _("Lifted. The person has been told."))
    return see_other(_address(row.organization))
