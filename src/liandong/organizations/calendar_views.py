"""The page of working days: what is counted, and the notice of a new year."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from liandong.core import clock, workdays
from liandong.core.answers import add_refusal, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.organizations import calendar as days
from liandong.organizations.models import CalendarDay
from liandong.organizations.permissions import can_keep_calendar
from liandong.ui.listing import Link


class NoticeForm(forms.Form):
    free = forms.CharField(
        label=gettext_lazy("Days off"),
        widget=forms.Textarea(attrs={"rows": 7}),
        required=False,
        help_text=gettext_lazy("One holiday a line, such as 2027-02-06 ~ 2027-02-12 Spring Festival"),
    )
    worked = forms.CharField(
        label=gettext_lazy("Weekends worked in exchange"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=gettext_lazy("One day a line, such as 2027-02-14"),
    )
    source = forms.CharField(
        label=gettext_lazy("Notice"), max_length=200, error_messages={"required": gettext_lazy("Please say which notice these days come from.")}
    )


@form_page
def calendar(request: HttpRequest) -> HttpResponse:
    """The year's free weekdays and worked weekends, with where each comes from; below, the notice of another year."""
    by = request.user.person  # type: ignore[union-attr]
    require(can_keep_calendar(by))
    form = NoticeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = days.enter_calendar(**form.cleaned_data, by=by)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("%(n)s days entered. Every deadline counts with them from now on.") % {"n": len(rows)})
            return see_other(reverse("organizations:calendar") + f"?year={rows[-1].calendar_date.year}")
    this = clock.today().year
    year = whole_number(request.GET.get("year", "")) or this
    year = min(max(year, workdays.FIRST_YEAR), this + 2)
    return form_answer(
        request,
        "organizations/calendar.html",
        form,
        year=year,
        years=[Link(str(one), f"?year={one}", current=one == year) for one in range(this - 1, this + 3)],
        days=days.year_of(year),
        is_announced=workdays.is_announced(year),
        columns=[_("Day"), _("Counts as"), _("Occasion"), _("Source"), _("Actions")],
        last_year=workdays.LAST_YEAR,
    )


@require_POST
def remove_day(request: HttpRequest, pk: int) -> HttpResponse:
    by = request.user.person  # type: ignore[union-attr]
    require(can_keep_calendar(by))
    row = get_object_or_404(CalendarDay, pk=pk)
    year = row.calendar_date.year
    days.remove_calendar_day(row, by=by)
    messages.success(request, _("Removed."))
    return see_other(reverse("organizations:calendar") + f"?year={year}")
