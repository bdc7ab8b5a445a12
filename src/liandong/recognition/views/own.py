"""One's own records and one record with its story."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts.models import Person
from liandong.activities.queries import evidence_of
from liandong.core import clock
from liandong.core.answers import carried_out, see_other, tried
from liandong.core.sheets import Sheet, sheets_file
from liandong.honours import queries as honours
from liandong.recognition import forms_hours, permissions, queries, services
from liandong.recognition.models import RecordAppeal, ServiceRecord
from liandong.recognition.views.shared import record_or_404
from liandong.ui import listing


@require_GET
def my_records(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    overview = queries.overview_of(person)
    asked = {name: request.GET.get(name, "") for name in ("year", "body", "kind")}
    text = request.GET.get("q", "").strip()[:40]
    rows = queries.found_among(queries.records_of(person), text=text, **asked)
    bodies = queries.bodies_of(person) if overview.count else []
    stars = honours.stars_of(overview.total_minutes, person=person)
    return render(
        request,
        "recognition/my_records.html",
        {
            "overview": overview,
            "stars": stars,
            "star_name": honours.star_name(stars),
            "star_line": honours.star_line(stars),
            "waiting": list(queries.waiting_of(person)[:10]),
            "page": listing.page(request, rows, size=20),
            "filter": forms_hours.RecordFilterForm(request.GET, years=[year.year for year in overview.years], bodies=bodies),
            "filtered": bool(text or any(asked.values())),
            "export_query": request.GET.urlencode(),
            "claims": list(queries.claims_of(person)[:50]),
            "certificates": list(queries.certificates_of(person)[:50]),
        },
    )


@require_GET
def my_records_file(request: HttpRequest) -> HttpResponse:
    """One's own records as an office file, narrowed like the list."""
    person = request.user.person
    asked = {name: request.GET.get(name, "") for name in ("year", "body", "kind")}
    records = queries.found_among(queries.records_of(person), text=request.GET.get("q", ""), **asked)
    heads = [
        _("Record number"), _("Day"), _("From"), _("To"), _("Minutes"), _("Activity"), _("What was done"), _("Kind of service"), _("Place"),
        _("Organised by"), _("How recorded"),
    ]  # fmt: skip
    rows = [
        [
            record.number,
            record.service_date.isoformat(),
            f"{timezone.localtime(record.starts_at):%H:%M}",
            f"{timezone.localtime(record.ends_at):%H:%M}",
            record.minutes,
            record.activity_name,
            record.content,
            record.get_category_display(),
            record.place,
            record.organizer_name,
            _("Withdrawn") if not record.minutes else _("Back-fill") if record.is_backfilled else _("By check-in"),
        ]
        for record in records[:20_000]
    ]
    notes = [
        (_("Back-fill"), _("Added by hand afterwards: with a reason, evidence and two people.")),
        (_("Minutes"), _("0 minutes: the record was withdrawn.")),
    ]
    name = f"{_('My service')}-{clock.today():%Y%m%d}"
    return sheets_file(name, Sheet(_("Records"), rows, heads, (30, 14)), Sheet(_("What it means"), notes))


@require_GET
def record(request: HttpRequest, number: str) -> HttpResponse:
    return _record_page(request, record_or_404(request, number), forms_hours.AppealForm())


def _record_page(request: HttpRequest, shown: ServiceRecord, form: forms_hours.AppealForm, *, status: int = 200) -> HttpResponse:
    person = request.user.person
    history = queries.history_of(shown)
    own = person.pk == shown.person_id
    attendance = getattr(shown.sign_up, "attendance", None)
    # a back-fill says itself who wrote it down and by what; only what was measured is weighed
    evidence = evidence_of([attendance]).get(attendance.pk) if attendance is not None and not shown.is_backfilled else None
    changed = shown.is_backfilled or (evidence is not None and any(part.kind == "corrected" for part in evidence.parts))
    appeals_made = list(shown.appeals.order_by("-id"))
    return render(
        request,
        "recognition/record.html",
        {
            "record": shown,
            "own": own,
            "name": shown.person.name if own else shown.person.masked_name,
            "latest": history[-1],
            "history": [(version, _who(version, reader=person)) for version in history],
            "attendance": attendance,
            "evidence": evidence,
            "backfill": _hands(shown, reader=person),
            "corrections": queries.attendance_corrections(shown) if changed else [],
            "points": queries.points_of(shown),
            "needs": queries.needs_behind(shown, person=person) if shown.activity.project_id else [],
            "appeals": appeals_made,
            "may_appeal": bool(permissions.can_appeal(person, shown))
            and history[-1] == shown
            and not any(each.state == RecordAppeal.State.OPEN for each in appeals_made),
            "minutes_note": _("%(n)s minutes") % {"n": shown.minutes},
            "may_correct": bool(permissions.can_correct(person, shown)) and history[-1] == shown,
            "form": form,
        },
        status=status,
    )


def _hands(shown: ServiceRecord, *, reader: Person) -> dict[str, Any] | None:
    """Who wrote a back-fill down and who decided it, masked; None for what was measured."""
    made = shown.backfill
    if made is None:
        return None
    hands = [_("You") if hand == reader else hand.masked_name for hand in (made.created_by, made.decided_by) if hand is not None]
    return {
        "row": made,
        "written_by": hands[0],
        "decided_by": hands[-1],
        "photo": bool(made.photo) and permissions.backfills_visible_to(reader).filter(pk=made.pk).exists(),
    }


def _who(version: ServiceRecord, *, reader: Person) -> str:
    """Who confirmed or corrected, masked; an import or a job by the name of its kind."""
    if version.confirmed_by is None:
        return _("Rule %(version)s") % {"version": version.confirmed_under.version} if version.confirmed_under else _("The system")
    return _("You") if version.confirmed_by == reader else version.confirmed_by.masked_name


@require_POST
def appeal_record(request: HttpRequest, number: str) -> HttpResponse:
    shown = record_or_404(request, number)
    form = forms_hours.AppealForm(request.POST)
    if form.is_valid() and carried_out(form, lambda: services.appeal_record(shown, **form.cleaned_data, by=request.user.person)):
        messages.success(request, _("We look into it and answer within three working days. The record stays as it is until then."))
        return see_other("recognition:record", number)
    return _record_page(request, shown, form, status=422)


@require_POST
def withdraw_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    appeal = get_object_or_404(RecordAppeal.objects.filter(person=request.user.person).select_related("record"), pk=pk)
    tried(request, lambda: services.withdraw_appeal(appeal, by=request.user.person), _("Taken back."))
    return see_other("recognition:record", appeal.record.number)
