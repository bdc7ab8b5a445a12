"""For a volunteer: what suits me, what I do not want again, who asks me by name."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liandong.activities.models import Activity, SignUp
from liandong.core import clock
from liandong.core.answers import see_other
from liandong.core.text import whole_number
from liandong.matching import fit, queries, services
from liandong.matching.models import Invitation, SuggestionRefusal
from liandong.matching.views.load import reader
from liandong.matching.words import suggestions as suggestion_words
from liandong.organizations.models import Territory
from liandong.ui import listing, words

PAGE_SIZE = 10
INVITED = 3


@require_safe
def for_me(request: HttpRequest) -> HttpResponse:
    """Free places that suit me, each with its reason; without my profile the next ones in time, the same for everybody."""
    person = reader(request)
    choice = queries.choice_of(person)
    without = choice is not None and choice.is_without_profile
    over, street = 0, None
    rows: list[tuple[fit.Place, str]]
    if without:
        chosen = whole_number(request.GET.get("street", ""))
        street = Territory.objects.filter(pk=chosen, level=Territory.Level.STREET).first() if chosen else None
        rows = [(place, "") for place in queries.nearest_in_time(street=street)]
    else:
        found, over = queries.suggestions_for(person)
        rows = [(one.place, suggestion_words.line(one.reasons)) for one in found]
    page = listing.page(request, rows, size=PAGE_SIZE)
    refused = whole_number(request.GET.get("refused", ""))
    context = {
        "page": page,
        "cards": cards_of(list(page.object_list)),
        "without": without,
        "streets": listing.filter_links(request, "street", streets, any_label=_("All")) if without and len(streets := queries.streets()) > 1 else [],
        "over": over,
        "invitations": list(queries.open_invitations(person)[:INVITED]),
        "undo": SuggestionRefusal.objects.filter(pk=refused, person=person).first() if refused and not without else None,
        "choice": choice,
        "is_quiet": choice is not None and choice.is_quiet_on(clock.today()),
    }
    return render(request, "matching/for_me.html", context)


def cards_of(rows: list[tuple[fit.Place, str]]) -> list[dict[str, Any]]:
    activities = queries.with_activities([place for place, _line in rows])
    return [
        {
            "activity": activities[place.activity],
            "place": place,
            "line": line,
            "href": f"{reverse('activities:activity', args=[activities[place.activity].code])}?{urlencode({'shift': place.shift, 'position': place.position})}",
        }
        for place, line in rows
        if place.activity in activities
    ]


@require_POST
def refuse(request: HttpRequest) -> HttpResponse:
    """Not this again."""
    rows = Activity.objects.filter(state=Activity.State.PUBLISHED).select_related("host")
    activity = get_object_or_404(rows, code=request.POST.get("activity", "").upper()[:8])
    what = request.POST.get("what", "")
    row = services.refuse_suggestion(
        activity, what=what if what in SuggestionRefusal.What.values else SuggestionRefusal.What.ACTIVITY, by=reader(request)
    )
    return see_other(f"{reverse('matching:for_me')}?refused={row.pk}")


@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    """What I said no to, to take back at any time."""
    return render(request, "matching/refused.html", {"page": listing.page(request, queries.refusals_of(reader(request)), size=20)})


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    person = reader(request)
    row = get_object_or_404(SuggestionRefusal, pk=pk, person=person)
    services.take_back_refusal(row, by=person)
    messages.success(request, _("It may come again."))
    return see_other("matching:refused" if request.POST.get("next") == "refused" else "matching:for_me")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """The two switches: with or without my profile, invitations or quiet."""
    person = reader(request)
    if (profile := request.POST.get("profile")) in ("used", "unused"):
        services.choose_profile(person, is_used=profile == "used", by=person)
        messages.success(
            request,
            _("From now on suggestions suit what you told us.")
            if profile == "used"
            else _("From now on nothing about you is used. Everybody sees this same list."),
        )
    if (quiet := request.POST.get("quiet")) in ("on", "off"):
        services.choose_quiet(person, is_quiet=quiet == "on", by=person)
        messages.success(request, _("Nobody asks you by name for two months.") if quiet == "on" else _("You can be asked again."))
    return see_other("matching:for_me")


# Asked by name


def find_invitation(request: HttpRequest, pk: int) -> Invitation:
    rows = Invitation.objects.filter(person=reader(request)).select_related("position__shift__activity__host", "position__shift__activity__venue")
    return get_object_or_404(rows, pk=pk)


@require_safe
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody asks whether I could help: yes leads to the sign-up, no is one tap."""
    row = find_invitation(request, pk)
    shift, activity = row.position.shift, row.position.shift.activity
    own = SignUp.objects.filter(shift=shift, person=row.person_id).exclude(state=SignUp.State.CANCELLED).first()
    context = {
        "row": row,
        "shift": shift,
        "activity": activity,
        "own": own,
        "when_note": words.time_range(shift.starts_at, shift.ends_at),
        "is_over": shift.starts_at <= clock.now() or activity.state != Activity.State.PUBLISHED,
        "yes_href": f"{reverse('activities:sign_up', args=[shift.pk])}?{urlencode({'position': row.position_id})}",
    }
    return render(request, "matching/invitation.html", context)


@require_POST
def decline_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_invitation(request, pk)
    services.decline_invitation(row, by=reader(request))
    messages.success(request, _("Thank you for saying so. Nobody asks why."))
    return see_other("matching:invitation", row.pk)
