"""The caring pool of a body: what is in it, giving from it, the second person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.accounts.models import Person
from liandong.accounts.queries import with_number
from liandong.core import clock
from liandong.core.answers import add_refusal, form_answer, form_page, see_other, tried
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations.models import Organization, Right
from liandong.organizations.permissions import may_anywhere, people_visible_to
from liandong.points import permissions, queries, services
from liandong.points.forms import GrantForm
from liandong.points.models import PointsAccount, PointsReservation, PoolGrant
from liandong.ui import listing
from liandong.ui.listing import Column


@require_safe
def pools(request: HttpRequest) -> HttpResponse:
    """My bodies and what is in their pools; with one body, straight to it."""
    person = request.user.person
    require(may_anywhere(person, Right.SIGN_COMPACT))
    mine = permissions.pools_with(person)
    if len(few := list(mine[:2])) == 1:
        return see_other("points:pool", few[0].slug)
    accounts = PointsAccount.objects.filter(kind=PointsAccount.Kind.POOL, organization__in=mine).select_related("organization__territory")
    page = listing.page(request, accounts.order_by("-balance", "id"))
    waiting = queries.grants_waiting(person).select_related("organization", "reservation")
    context = {
        "page": page,
        "waiting": list(waiting[:20]),
        "columns": [Column(_("Body")), Column(_("Place")), Column(_("In the pool"), number=True), Column(_("Waiting to be given"), number=True)],
    }
    return render(request, "points/pools.html", context)


@form_page
def pool(request: HttpRequest, slug: str) -> HttpResponse:
    person = request.user.person
    body = get_object_or_404(Organization.objects.select_related("territory"), slug=slug, state=Organization.State.ACTIVE)
    require(permissions.can_give_from_pool(person, body))
    form = GrantForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (who := _found(form, person)) is not None:
        given = form.cleaned_data
        try:
            grant = services.give_from_pool(given["key"], organization=body, person=who, amount=given["amount"], reason=given["reason"], by=person)
        except Refused as refused:
            add_refusal(form, Refused(refused.reason, field="number" if refused.field == "person" else refused.field))
        else:
            if grant.needs_second:
                messages.info(request, _("It waits for a second person of your body."))
            else:
                messages.success(request, _("Given: %(points)s points. They are told.") % {"points": given["amount"]})
            return see_other("points:pool", slug)
    account = PointsAccount.objects.filter(kind=PointsAccount.Kind.POOL, organization=body).first()
    page = listing.page(request, queries.grants_of(body), size=20)
    return form_answer(
        request,
        "points/pool.html",
        form,
        body=body,
        account=account,
        page=page,
        rows=[(grant, _decision(person, grant)) for grant in page],
        columns=[Column(_("Day")), Column(_("Who gets it")), Column(_("What for")), Column(_("Points"), number=True), Column(_("State"))],
        alone=queries.rule_on(clock.today(), body.territory).pool_alone_limit,
        inflow=queries.entries_of(account).filter(amount__gt=0)[:5] if account else [],
    )


def _decision(person: Person, grant: PoolGrant) -> str:
    """What the reader can do about a grant: decide, only wait, or nothing."""
    if grant.reservation.state != PointsReservation.State.PENDING:
        return ""
    return "decide" if permissions.can_decide_grant(person, grant) else "wait"


def _found(form: GrantForm, person: Person) -> Person | None:
    found = with_number(people_visible_to(person), form.cleaned_data["number"])
    if len(found) != 1:
        form.add_error(
            "number",
            _("Several people have this phone. Use the number on their card.")
            if found
            else _("Your body does not know this person. Register them first."),
        )
        return None
    return found[0]


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    grant = get_object_or_404(PoolGrant.objects.select_related("organization"), pk=pk, organization__in=permissions.pools_with(person))
    agree = request.POST.get("decision") == "agree"
    reason = "" if agree else _("Not now")
    said = _("Given. They are told.") if agree else _("Not given. The points are in the pool again.")
    tried(request, lambda: services.decide_grant(grant, agree=agree, reason=reason, by=person), said)
    return see_other("points:pool", grant.organization.slug)
