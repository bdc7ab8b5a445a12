"""The register of honours at the hub, and withdrawing one by two."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liandong.core.answers import carried_out, see_other
from liandong.core.decision import require
from liandong.honours import permissions
from liandong.honours.forms import ReasonForm
from liandong.honours.queries import honours as queries
from liandong.honours.services import withdrawing
from liandong.honours.views.load import honour_or_404, require_hub, tabs
from liandong.honours.views.own import honour_page
from liandong.ui import listing
from liandong.ui.listing import Column


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require_hub(person)
    words, state = request.GET.get("q", ""), request.GET.get("state", "")
    page = listing.page(request, queries.register(person, words=words, state=state))
    states = [("valid", pgettext("honour", "Valid")), ("asked", _("Withdrawal asked")), ("withdrawn", pgettext("honour", "Withdrawn"))]
    context = {
        "tabs_inside": tabs("register", person),
        "page": page,
        "states": listing.filter_links(request, "state", states, any_label=_("All")),
        "narrowed": bool(words or state),
        "columns": [Column(_("Honour")), Column(_("Given to")), Column(_("Given by")), Column(_("Day")), Column(_("State"))],
    }
    return render(request, "honours/register.html", context)


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """The first asks with a reason; the second decides."""
    person = request.user.person
    shown = honour_or_404(request, code)
    require(permissions.can_keep_award(person, shown.award))
    form = ReasonForm(request.POST, auto_id="id_reason_%s")
    answer = request.POST.get("answer", "")
    if answer in ("agree", "keep"):
        form.fields["reason"].required = False
        if form.is_valid() and carried_out(form, lambda: withdrawing.decide_withdrawal(shown, agree=answer == "agree", by=person)):
            messages.success(request, _("Withdrawn. Whoever checks it reads why.") if answer == "agree" else _("The honour stands."))
            return see_other("honours:honour", shown.code)
    elif form.is_valid() and carried_out(form, lambda: withdrawing.ask_to_withdraw(shown, reason=form.cleaned_data["reason"], by=person)):
        messages.success(request, _("A second person has to agree. Until then it stands."))
        return see_other("honours:honour", shown.code)
    return honour_page(request, shown, reason_form=form, status=422)
