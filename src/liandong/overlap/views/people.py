"""Whom an activity is for: a list that is turned into digests while it is read."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, SignUp
from liandong.core.answers import form_page, see_other
from liandong.core.decision import require
from liandong.core.errors import Refused, TooMany
from liandong.imports import reading
from liandong.imports.problems import text_for
from liandong.organizations.models import Membership
from liandong.overlap import digests, permissions, queries, services
from liandong.overlap.forms import ListForm
from liandong.overlap.views.load import find_worked_on, reader


@form_page
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Only how many people the list holds is shown, to the body that put it in."""
    activity = find_worked_on(request, code)
    require(permissions.can_keep_list(reader(request), activity))
    form = ListForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                found = _read(form, activity)
                kept = services.keep_list(activity, people=found.people, by=reader(request))
            except Refused as refused:
                form.add_error("text" if form.cleaned_data["source"] == "paste" else None, ValidationError(str(refused.reason)))
                status = 429 if isinstance(refused, TooMany) else 422
            else:
                messages.success(request, _told(kept.people_count, found.skipped))
                return see_other("overlap:people", activity.code)
        else:
            status = 422
    context = {
        "activity": activity,
        "form": form,
        "kept": queries.list_of(activity),
        "least": digests.LEAST,
        "overlaps": queries.overlaps_of(activity, person=reader(request)) if status == 200 else None,
    }
    return render(request, "overlap/people.html", context, status=status)


def _told(count: int, skipped: int) -> str:
    words = ngettext("Kept: %(n)s person, as encrypted marks only.", "Kept: %(n)s people, as encrypted marks only.", count) % {"n": count}
    if skipped:
        words += " " + ngettext(
            "%(n)s line without a phone, ID number or day of birth was left out.",
            "%(n)s lines without a phone, ID number or day of birth were left out.",
            skipped,
        ) % {"n": skipped}
    return words


def _read(form: ListForm, activity: Activity) -> digests.Reading:
    values = form.cleaned_data
    if values["source"] == "paste":
        return digests.read_text(values["text"])
    if values["source"] == "file":
        return _read_file(values["file"])
    if values["source"] == "members":
        ids = Membership.objects.filter(organization=activity.host, to_date__isnull=True).exclude(kind=Membership.Kind.STAFF).values("person")
    else:
        ids = SignUp.objects.filter(
            shift__activity=activity, position__kind=Position.Kind.PARTICIPANT, state__in=(SignUp.State.CONFIRMED, SignUp.State.WAITING)
        ).values("person")
    found = digests.Reading()
    for person in Person.objects.filter(pk__in=ids, merged_into__isnull=True).order_by("pk")[: digests.MOST]:
        known = digests.digests_of(name=person.name, phone=person.phone, birth_date=person.birth_date)
        if known:
            found.people.append(known)
        else:
            found.skipped += 1
    return found


def _read_file(upload: Any) -> digests.Reading:
    """Read outside this process, in a folder that is gone a moment later."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "list", Path(folder) / "rows"
        with open(source, "wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        try:
            sheets = reading.convert(source, target)
        except reading.Unreadable as trouble:
            raise Refused(text_for(trouble.code, trouble.values_), field="file") from trouble
        return digests.read_lines(cells for sheet in sheets for _number, cells in reading.rows(target, sheet))


@require_POST
def delete_people(request: HttpRequest, code: str) -> HttpResponse:
    activity = find_worked_on(request, code)
    services.delete_list(activity, by=reader(request))
    messages.success(request, _("Deleted. Nothing of the list is left."))
    return see_other("overlap:people", activity.code)
