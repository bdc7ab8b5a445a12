"""The desk of certificates: what was issued, what waits for a second person, everybody of a body at once, seals, keys."""

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.core import clock, ids
from liandong.core.answers import add_refusal, carried_out, form_answer, form_page, see_other, tried
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.organizations.models import Right
from liandong.organizations.permissions import organizations_with
from liandong.recognition import permissions, queries, services
from liandong.recognition.forms_certificates import BatchForm, KeyForm, SealForm
from liandong.recognition.models import Certificate, CertificateBatch, CertificateRequest, RegisteredSeal, SigningKey
from liandong.recognition.services.batches import file_of, print_file_of
from liandong.ui import listing
from liandong.ui.listing import Column


@require_GET
def issued(request: HttpRequest) -> HttpResponse:
    """Certificates issued by the bodies one confirms for."""
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    rows = permissions.certificates_to_look_after(person).select_related("person", "issuer").order_by("-issued_at", "-id")
    text = request.GET.get("q", "").strip()
    if text:
        found = Q(person_name__icontains=text) | Q(person__pinyin__istartswith=text) | Q(person__number=text.upper())
        code = ids.clean_code(text)
        rows = rows.filter(found | Q(code__startswith=code) if len(code) >= 4 and text.isascii() else found)
    state = request.GET.get("state", "")
    if state in Certificate.State.values:
        rows = rows.filter(state=state)
    page = listing.page(request, rows)
    return render(
        request,
        "recognition/issued.html",
        {
            "page": page,
            "filtered": bool(text or state),
            "chips": listing.filter_links(request, "state", Certificate.State.choices, any_label=_("All")),
            "columns": [_("Number"), _("Volunteer"), _("Issued by"), Column(_("Hours"), number=True), _("Issued on"), _("State")],
            "waiting": permissions.requests_visible_to(person).filter(state=CertificateRequest.State.OPEN).count(),
            "keeps_keys": bool(permissions.can_keep_keys(person)),
            "keeps_seals": bool(organizations_with(person, Right.SIGN_COMPACT)[:1]),
        },
    )


@require_GET
def certificate_requests(request: HttpRequest) -> HttpResponse:
    """Seals and revocations that wait for a second person, and what was decided lately."""
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    rows = permissions.requests_visible_to(person).select_related(
        "certificate__person", "certificate__issuer__territory", "asked_by", "decided_by", "seal"
    )
    return render(
        request,
        "recognition/certificate_requests.html",
        {
            "waiting": [
                (each, bool(permissions.can_decide(person, each)), bool(permissions.can_ask_about(person, each.certificate)))
                for each in rows.filter(state=CertificateRequest.State.OPEN).order_by("asked_at", "id")[:50]
            ],
            "decided": rows.exclude(state=CertificateRequest.State.OPEN).order_by("-decided_at")[:20],
        },
    )


@require_POST
def decide_request(request: HttpRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(permissions.requests_visible_to(request.user.person).select_related("certificate"), pk=pk)
    if request.POST.get("answer") == "approve":
        tried(request, lambda: services.approve_request(asked, by=request.user.person), _("Agreed: it is done."))
    else:
        words = request.POST.get("words", "")
        tried(request, lambda: services.refuse_request(asked, answer=words, by=request.user.person), _("It stays as it was."))
    return see_other("recognition:certificate_requests")


@form_page
def batches(request: HttpRequest) -> HttpResponse:
    """Certificates for everybody of a body: start, and what was made."""
    person = request.user.person
    require(permissions.can_confirm_anything(person))
    form = BatchForm(
        request.POST if request.method == "POST" else None,
        bodies=organizations_with(person, Right.CONFIRM_SERVICE),
        initial={"organization": request.GET.get("organization")},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = services.start_batch(values["organization"], from_date=values["from_date"], to_date=values["to_date"], by=person)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return see_other("recognition:batch", made.pk)
    rows = permissions.batches_visible_to(person).select_related("organization", "asked_by").order_by("-id")
    return form_answer(
        request,
        "recognition/batches.html",
        form,
        page=listing.page(request, rows, size=20),
        columns=[_("Issued by"), _("Time of service"), Column(_("Volunteers"), number=True), _("Started"), _("State")],
    )


def _batch_or_404(request: HttpRequest, pk: int) -> CertificateBatch:
    return get_object_or_404(permissions.batches_visible_to(request.user.person).select_related("organization__territory"), pk=pk)


@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _batch_or_404(request, pk)
    spent = (clock.now() - shown.asked_at).total_seconds()
    done = shown.state == CertificateBatch.State.DONE
    return render(
        request,
        "recognition/batch.html",
        {
            "batch": shown,
            "seconds_left": int(spent / shown.done * (shown.total - shown.done)) if shown.done else None,
            "problems": list(shown.items.exclude(problem="").select_related("person")[:50]),
            "made": shown.items.filter(printed_at__isnull=False).count(),
            "size": file_of(shown).stat().st_size / 1e6 if done and file_of(shown).is_file() else None,
            "can_print": done and print_file_of(shown).is_file(),
        },
    )


@require_GET
def batch_file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file of single certificates, or with `?print` all of them in one PDF, opened to print."""
    shown = _batch_or_404(request, pk)
    to_print = "print" in request.GET
    path = print_file_of(shown) if to_print else file_of(shown)
    if shown.state != CertificateBatch.State.DONE or not path.is_file():
        raise Http404
    name = f"{shown.organization.name}-{timezone.localtime(shown.asked_at):%Y%m%d}{path.suffix}"
    disposition = content_disposition_header(as_attachment=not to_print, filename=name)
    kind = "application/pdf" if to_print else "application/zip"
    return FileResponse(path.open("rb"), content_type=kind, headers={"Content-Disposition": disposition or ""})


@require_POST
def resume_batch(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _batch_or_404(request, pk)
    services.resume_batch(shown, by=request.user.person)
    return see_other("recognition:batch", shown.pk)


@form_page
def seals(request: HttpRequest) -> HttpResponse:
    """Registered e-seals of one's bodies; hand in another one."""
    person = request.user.person
    bodies = organizations_with(person, Right.SIGN_COMPACT)
    if not bodies[:1]:
        require(permissions.can_register_anything(person))
    form = SealForm(request.POST if request.method == "POST" else None, request.FILES or None, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        body, picture = values.pop("organization"), values.pop("picture").read(services.LARGEST_PICTURE + 1)
        if carried_out(form, lambda: services.register_seal(body, picture=picture, **values, by=person)):
            messages.success(request, _("Handed in. A second person compares it with the original and agrees."))
            return see_other("recognition:seals")
    rows = permissions.seals_visible_to(person).select_related("organization__territory", "proposed_by", "decided_by").defer("picture", "chain")
    waiting = rows.filter(state=RegisteredSeal.State.PROPOSED).order_by("id")[:20]
    return form_answer(
        request,
        "recognition/seals.html",
        form,
        waiting=[(seal, bool(permissions.can_decide_seal(person, seal))) for seal in waiting],
        page=listing.page(request, rows.exclude(state=RegisteredSeal.State.PROPOSED).order_by("state", "-id"), size=20),
    )


@require_GET
def seal_picture(request: HttpRequest, pk: int) -> HttpResponse:
    seal = get_object_or_404(permissions.seals_visible_to(request.user.person), pk=pk)
    return HttpResponse(bytes(seal.picture), content_type="image/png")


@require_POST
def decide_seal(request: HttpRequest, pk: int) -> HttpResponse:
    seal = get_object_or_404(permissions.seals_visible_to(request.user.person), pk=pk)
    verbs = {"approve": services.approve_seal, "refuse": services.refuse_seal, "retire": services.retire_seal}
    verb = verbs.get(request.POST.get("answer", ""))
    if verb is None:
        raise Http404
    tried(request, lambda: verb(seal, by=request.user.person), _("Done."))
    return see_other("recognition:seals")


@form_page
def keys(request: HttpRequest) -> HttpResponse:
    """The keys that certificates are signed with; two people put a new one in use."""
    person = request.user.person
    require(permissions.can_keep_keys(person))
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.propose_key(**form.cleaned_data, by=person)):
            messages.success(request, _("Proposed. A second person decides."))
            return see_other("recognition:keys")
    rows = list(queries.keys()[:50])
    waiting = next((key for key in rows if key.state == SigningKey.State.PROPOSED), None)
    active = next((key for key in rows if key.state == SigningKey.State.ACTIVE), None)
    left = active.until_at - clock.now() if active and active.until_at else None
    return form_answer(
        request,
        "recognition/keys.html",
        form,
        waiting=waiting,
        may_decide=bool(waiting and permissions.can_decide_key(person, waiting)),
        active=active,
        days_left=left.days if left else None,
        soon=left is not None and left <= services.WARN_BEFORE,
        keys=[key for key in rows if key.public_key],
        columns=[_("Key"), _("State"), _("Signs from"), _("Signs until"), _("Put in use by"), _("Public key")],
    )


@require_POST
def decide_key(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user.person
    require(permissions.can_keep_keys(person))
    key = get_object_or_404(SigningKey, pk=pk)
    if request.POST.get("answer") == "approve":
        tried(request, lambda: services.approve_key(key, by=person), _("The new key signs from now on. Everything signed before keeps holding."))
    else:
        tried(request, lambda: services.refuse_key(key, by=person), _("The key stays as it is."))
    return see_other("recognition:keys")
