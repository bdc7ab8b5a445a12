"""The one-tap rating, and what came of all ratings of an activity."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from liandong.activities import queries as activities
from liandong.activities.models import Activity
from liandong.core.answers import form_page
from liandong.core.errors import Refused
from liandong.evaluation import forms, permissions, queries, services


@form_page
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody else's invitation does not exist. Answered, the page says thank you, also to the second press."""
    person = request.user.person
    invitation = queries.invitation_for(code)
    if invitation is None or not permissions.can_rate(person, invitation):
        raise Http404
    form = forms.RatingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.rate(invitation, score=form.cleaned_data["score"], words=form.cleaned_data["words"], by=person)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal.reason))
        else:
            return HttpResponse(status=303, headers={"Location": reverse("evaluation:rate", args=[code])})
    context = {
        "invitation": invitation,
        "activity": invitation.activity,
        "form": form,
        "least": queries.LEAST,
        "closed": queries.is_closed(invitation),
    }
    return render(request, "evaluation/rate.html", context, status=422 if request.method == "POST" else 200)


@login_not_required
@require_GET
def activity(request: HttpRequest, code: str) -> HttpResponse:
    """What people thought of an activity, for everybody who may see it."""
    person = request.user.person if request.user.is_authenticated else None
    shown = get_object_or_404(activities.activities_visible_to(person), code=code)
    found = queries.satisfaction_of(Activity.objects.filter(pk=shown.pk))
    missing = queries.LEAST - found.answered
    too_few = ngettext(
        "%(answered)s of %(asked)s answered. Shown from %(least)s answers on, so that nobody can be picked out: %(missing)s more.",
        "%(answered)s of %(asked)s answered. Shown from %(least)s answers on, so that nobody can be picked out: %(missing)s more.",
        missing,
    ) % {"answered": found.answered, "asked": found.asked, "least": queries.LEAST, "missing": missing}
    context = {"activity": shown, "found": found, "too_few": too_few, "words": queries.words_about(shown, side=found.side), "least": queries.LEAST}
    return render(request, "evaluation/activity.html", context)
