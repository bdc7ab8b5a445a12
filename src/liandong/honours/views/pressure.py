"""Was anybody pressed to take part? The answer, and the hub's counts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.core.answers import carried_out, see_other
from liandong.core.decision import require
from liandong.honours import permissions
from liandong.honours.forms import PressureForm
from liandong.honours.queries import pressure as queries
from liandong.honours.services import pressure
from liandong.honours.views.load import tabs
from liandong.honours.views.own import mine_page
from liandong.organizations.models import Right
from liandong.organizations.permissions import places_with
from liandong.ui.listing import Column


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    form = PressureForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        if carried_out(
            form, lambda: pressure.answer_pressure(was_pressed=values["was_pressed"] == "yes", source=values["source"], by=request.user.person)
        ):
            messages.success(request, _("Thank you. Nobody can tell that it was you."))
            return see_other("honours:mine")
    return mine_page(request, pressure_form=form, status=422)


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(permissions.can_see_pressure(person))
    context = {
        "tabs_inside": tabs("pressure", person),
        "signals": queries.signals(places_with(person, Right.CONFIRM_SERVICE)),
        "fewest": queries.FEWEST,
        "columns": [
            Column(_("Half year")),
            Column(_("Street")),
            Column(_("People who answered"), number=True),
            Column(_("Told that they must"), number=True),
            Column(_("By whom")),
        ],
    }
    return render(request, "honours/pressure.html", context)
