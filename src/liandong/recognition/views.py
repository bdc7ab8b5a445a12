"""Pages of recognition: my records, points and certificates for people; hours to confirm and appeals for staff; the public check of a certificate."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liandong.accounts.models import Person
from liandong.activities import permissions as activity_permissions
from liandong.activities.models import Activity, Shift, SignUp
from liandong.core import clock, ids
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import whole_number
from liandong.organizations.models import Organization
from liandong.recognition import forms, limits, paper, permissions, queries, rules, services, words
from liandong.recognition.models import Certificate, RecordAppeal, ServiceRecord
from liandong.ui import listing
from liandong.ui.listing import Column
from liandong.ui.words import day_short, hours

LANGUAGES = {"en", "zh-hans"}
VERIFY = paper.VERIFY


def _see_other(name: str, *arguments: Any) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse(f"recognition:{name}", args=arguments)})


def _add_refusal(form: Any, refusal: Refused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.reason))


# For people


@require_GET
def my_records(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    overview = queries.overview_of(person)
    return render(
        request,
        "recognition/my_records.html",
        {
            "overview": overview,
            "star_name": words.star_name(overview.stars.level),
            "star_line": words.star_line(overview.stars),
            "waiting": list(queries.waiting_of(person)[:10]),
            "page": listing.page(request, queries.records_of(person), size=20),
            "certificates": list(queries.certificates_of(person)[:5]),
        },
    )


@require_GET
def points(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    return render(
        request,
        "recognition/points.html",
        {
            "balance": queries.balance_of(person),
            "rule": queries.rule_on(clock.today()),
            "page": _with_words(listing.page(request, queries.statement_of(person), size=30)),
        },
    )


def _with_words(page: Page[Any]) -> Page[Any]:
    """Each entry says what it added and what there was afterwards."""
    for entry in page.object_list:
        entry.signed = f"{entry.amount:+d}".replace("-", "−")
        entry.after = _("then %(balance)s") % {"balance": entry.running}
        record = entry.transfer.record
        entry.line = (
            _("%(hours)s hours") % {"hours": hours(record.minutes)} if record and not record.corrects_id else entry.transfer.get_kind_display()
        )
    return page


def _record_or_404(request: HttpRequest, number: str) -> ServiceRecord:
    return get_object_or_404(
        permissions.records_visible_to(request.user.person).select_related(
            "person", "organization__territory", "activity__project", "shift", "sign_up__attendance", "rule", "corrects"
        ),
        number=number,
    )


@require_GET
def record(request: HttpRequest, number: str) -> HttpResponse:
    return _record_page(request, _record_or_404(request, number), forms.AppealForm())


def _record_page(request: HttpRequest, shown: ServiceRecord, form: forms.AppealForm, *, status: int = 200) -> HttpResponse:
    person = request.user.person
    history = queries.history_of(shown)
    own = person.pk == shown.person_id
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
            "attendance": getattr(shown.sign_up, "attendance", None),
            "corrections": queries.attendance_corrections(shown),
            "points": queries.points_of(shown),
            "needs": queries.needs_behind(shown, person=person),
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


def _who(version: ServiceRecord, *, reader: Person) -> str:
    """Who confirmed or corrected, masked; an import or a job by the name of its kind."""
    if version.confirmed_by is None:
        return _("The system")
    return _("You") if version.confirmed_by == reader else version.confirmed_by.masked_name


@require_POST
def appeal_record(request: HttpRequest, number: str) -> HttpResponse:
    shown = _record_or_404(request, number)
    form = forms.AppealForm(request.POST)
    if form.is_valid():
        try:
            services.appeal_record(shown, words=form.cleaned_data["words"], by=request.user.person)
        except Refused as refusal:
            _add_refusal(form, refusal)
        else:
            messages.success(request, _("We look into it and answer within three working days. The record stays as it is until then."))
            return _see_other("record", number)
    return _record_page(request, shown, form, status=422)


# Certificates


def _certified_person(request: HttpRequest) -> Person:
    """Oneself, or with ?person=number a volunteer of one's own body: somebody who has no phone, say."""
    number = request.GET.get("person", "")
    if not number or number == request.user.person.number:
        return request.user.person
    visible = permissions.records_to_certify(request.user.person)
    return get_object_or_404(Person, number=number, pk__in=visible.values("person"))


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_new(request: HttpRequest) -> HttpResponse:
    person, by = _certified_person(request), request.user.person
    slice_of = None if person == by else permissions.records_to_certify(by).filter(person=person)  # a body sees what it recorded itself
    form = forms.CertificateForm(request.POST or None, person=person, bodies=None if slice_of is None else slice_of.values("organization"))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = services.issue_certificate(
                person, from_date=values["from_date"], to_date=values["to_date"], organization=values["organization"], by=by
            )
        except Refused as refusal:
            _add_refusal(form, refusal)
        else:
            return _see_other("certificate", made.code)
    records = queries.records_between(person) if slice_of is None else queries.records_between(person).filter(pk__in=slice_of)
    return render(
        request,
        "recognition/certificate_new.html",
        {
            "form": form,
            "person": person,
            "own": person == by,
            "minutes": queries.hours_of(person),
            "count": records.count(),
            "several": len(form.fields["organization"].queryset) > 1,  # type: ignore[attr-defined]
            "disputed": queries.disputed_in(records),
        },
        status=422 if request.method == "POST" else 200,
    )


def _certificate_or_404(request: HttpRequest, code: str) -> Certificate:
    return get_object_or_404(permissions.certificates_visible_to(request.user.person).select_related("person", "issuer__territory"), code=code)


def _language(request: HttpRequest) -> str:
    """The paper is Chinese unless English is asked for."""
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else "zh-hans"


@require_GET
def own_certificate(request: HttpRequest, code: str) -> HttpResponse:
    return _certificate_page(request, _certificate_or_404(request, code), forms.RevokeForm())


def _certificate_page(request: HttpRequest, shown: Certificate, form: forms.RevokeForm, *, status: int = 200) -> HttpResponse:
    language = _language(request)
    images = reverse("recognition:certificate_image", args=[shown.code])
    return render(
        request,
        "recognition/certificate.html",
        {
            "certificate": shown,
            "own": shown.person_id == request.user.person.pk,
            "language": language,
            "image": f"{images}?language={language}",
            "pdf_href": f"{reverse('recognition:certificate_pdf', args=[shown.code])}?language={language}",
            "verify_path": paper.verify_path(shown.code),
            "may_revoke": bool(permissions.can_revoke(request.user.person, shown)) and shown.state != Certificate.State.REVOKED,
            "form": form,
        },
        status=status,
    )


@require_GET
def certificate_pdf(request: HttpRequest, code: str) -> HttpResponse:
    shown = _certificate_or_404(request, code)
    name = _("certificate of volunteer service") + f" {shown.code}.pdf"
    disposition = content_disposition_header(as_attachment="download" in request.GET, filename=name)
    return HttpResponse(
        paper.pdf_of(shown, language=_language(request)), content_type="application/pdf", headers={"Content-Disposition": disposition or ""}
    )


@require_GET
def certificate_image(request: HttpRequest, code: str) -> HttpResponse:
    """The pages as pictures, for a long press in a chat program that shows no PDF."""
    pages = paper.images_of(_certificate_or_404(request, code), language=_language(request))
    asked = request.GET.get("page", "1")
    number = whole_number(asked)
    if number is None or not 1 <= number <= len(pages):
        raise Http404
    return HttpResponse(pages[number - 1], content_type="image/png")


@require_POST
def revoke_certificate(request: HttpRequest, code: str) -> HttpResponse:
    shown = _certificate_or_404(request, code)
    require(permissions.can_revoke(request.user.person, shown))
    form = forms.RevokeForm(request.POST)
    if form.is_valid():
        try:
            services.revoke_certificate(shown, reason=form.cleaned_data["reason"], by=request.user.person)
        except Refused as refusal:
            _add_refusal(form, refusal)
        else:
            messages.success(request, _("The certificate is revoked. Whoever checks it reads why."))
            return _see_other("certificate", shown.code)
    return _certificate_page(request, shown, form, status=422)


# For everybody: is this certificate true?


@login_not_required
@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Type a number. It leads to the page of the certificate."""
    form = forms.VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect(paper.verify_path(form.cleaned_data["code"]))
    return render(request, "recognition/verify.html", {"form": form, "verify_action": VERIFY}, status=422 if form.is_bound else 200)


@login_not_required
@require_GET
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody who holds the paper may know: valid, replaced or revoked, masked name, hours, issuer, date. A wrong number is 404, too many of them 429."""
    if limits.is_guessing(request):
        answer = render(request, "429.html", status=429)
        answer.headers["Retry-After"] = str(limits.WINDOW_SECONDS)
        return answer
    shown = queries.certificate_by_code(ids.clean_code(code))
    if shown is None:
        limits.count_wrong(request)
        return render(
            request,
            "recognition/verify.html",
            {"form": forms.VerifyForm(initial={"code": code[:40]}), "wrong": code[:40], "verify_action": VERIFY},
            status=404,
        )
    reader = request.user.person if request.user.is_authenticated else None
    is_open = permissions.certificates_visible_to(reader).filter(pk=shown.pk).exists()
    return render(
        request,
        "recognition/verify_certificate.html",
        {"certificate": shown, "name": shown.person.masked_name, "span": queries.span_of(shown), "is_open": is_open},
    )


# The desk


@require_GET
def to_confirm(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    text = request.GET.get("q", "").strip()
    rows = queries.shifts_to_confirm(person, text=text)
    hosts = Organization.objects.filter(pk__in={row.host_id for row in rows}).order_by("pinyin", "id")
    form = forms.ToConfirmForm(request.GET, organizations=hosts)
    host = form.cleaned_data["organization"] if form.is_valid() else None
    page = listing.page(request, [row for row in rows if host is None or row.host_id == host.pk])
    return render(
        request,
        "recognition/to_confirm.html",
        {
            "page": page,
            "rows": [(row, shift, *_due(shift)) for row, shift in queries.with_shifts(page.object_list)],
            "form": form,
            "filtered": bool(host or text),
            "columns": [
                _("Activity"),
                _("Host"),
                _("Shift"),
                Column(_("To confirm"), number=True),
                Column(_("Not checked out"), number=True),
                _("Confirm by"),
            ],
            "appeals": permissions.appeals_visible_to(person).filter(state=RecordAppeal.State.OPEN).count(),
        },
    )


def _due(shift: Shift) -> tuple[str, str]:
    """(words, tone): until when a shift must be confirmed, or how late that is."""
    found = queries.clock_of(shift)
    if found.state != "late":
        return day_short(found.due_at), "warn" if found.state == "soon" else ""
    days = (clock.now() - found.due_at).days + 1
    return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}, "danger"


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_shift(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    shift = get_object_or_404(Shift.objects.select_related("activity__host__territory").filter(activity__in=_desk_activities(person)), pk=pk)
    refused: list[Any] = []
    if request.method == "POST":
        require(permissions.can_confirm_shift(person, shift))
        chosen = [key for value in request.POST.getlist("sign_up") if (key := whole_number(value)) is not None]
        done = services.confirm_shift(shift, sign_ups=list(SignUp.objects.filter(pk__in=chosen[:1000], shift=shift)), by=person)
        if done.records:
            count = len(done.records)
            messages.success(
                request, ngettext("%(n)s service confirmed, points are in.", "%(n)s services confirmed, points are in.", count) % {"n": count}
            )
            for sign_up, reason in done.refused:
                messages.warning(request, f"{sign_up.person.masked_name}: {reason}")
            return _see_other("confirm_shift", pk)
        refused = [(sign_up.person.masked_name, reason) for sign_up, reason in done.refused] or [("", _("Choose at least one person."))]
    rows, due = queries.rows_of_shift(shift), queries.clock_of(shift)
    return render(
        request,
        "recognition/confirm_shift.html",
        {
            "shift": shift,
            "activity": shift.activity,
            "rows": rows,
            "ready": sum(row.state == "ready" for row in rows),
            "decision": permissions.can_confirm_shift(person, shift),
            "me": person,
            "refused": refused,
            "due": due,
            "due_tone": "danger" if due.state == "late" else "warn",
            "columns": [_("Name"), _("Came and left"), Column(_("Minutes"), number=True), _("How known"), _("State"), _("Action")],
        },
        status=422 if request.method == "POST" else 200,
    )


def _desk_activities(person: Person) -> QuerySet[Activity]:
    return Activity.objects.filter(activity_permissions.worked_on_by(person))


@require_http_methods(["GET", "HEAD", "POST"])
def correct_record(request: HttpRequest, number: str) -> HttpResponse:
    shown = _record_or_404(request, number)
    person = request.user.person
    require(permissions.can_correct(person, shown))
    form = forms.CorrectForm(request.POST or None, initial={"minutes": shown.minutes})
    if request.method == "POST" and form.is_valid():
        try:
            new = services.correct_record(shown, minutes=form.cleaned_data["minutes"], reason=form.cleaned_data["reason"], by=person)
        except Refused as refusal:
            _add_refusal(form, refusal)
        else:
            messages.success(request, _("Put right. The volunteer was told, the old record stays readable."))
            return _see_other("record", new.number)
    longest = rules.whole_minutes(shown.shift.starts_at, shown.shift.ends_at)
    return render(
        request,
        "recognition/correct_record.html",
        {
            "record": shown,
            "form": form,
            "hint": _("Now %(minutes)s. Up to %(longest)s, as long as the shift was; 0 withdraws the record.")
            % {"minutes": shown.minutes, "longest": longest},
            "appeals": list(shown.appeals.filter(state=RecordAppeal.State.OPEN)),
            "certificates": Certificate.objects.filter(lines__record=shown, state=Certificate.State.VALID).count(),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    rows = queries.open_appeals(permissions.appeals_visible_to(person))
    return render(
        request,
        "recognition/appeals.html",
        {
            "page": listing.page(request, rows),
            "now": clock.now(),
            "columns": [_("What they say"), _("Volunteer"), _("Record"), Column(_("Minutes"), number=True), _("Answer by"), _("Action")],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    appeal = get_object_or_404(
        permissions.appeals_visible_to(person).select_related("record__organization__territory", "person", "answered_by"), pk=pk
    )
    form = forms.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_appeal(appeal, words=form.cleaned_data["words"], by=person)
        except Refused as refusal:
            _add_refusal(form, refusal)
        else:
            messages.success(request, _("Answered. The volunteer was told."))
            return _see_other("appeals")
    return render(
        request,
        "recognition/answer_appeal.html",
        {"appeal": appeal, "record": appeal.record, "form": form},
        status=422 if request.method == "POST" else 200,
    )
