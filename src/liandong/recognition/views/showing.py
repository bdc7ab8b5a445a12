"""The bearer shows a certificate: a link with a part of it, a credential for a wallet."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.core import clock
from liandong.core.answers import carried_out, form_answer, form_page, see_other
from liandong.core.decision import require
from liandong.recognition import permissions, queries, services, wallet
from liandong.recognition.forms_certificates import FileForm, ShowForm
from liandong.recognition.models import Certificate, CertificateShare
from liandong.recognition.paper import share_path, share_url
from liandong.recognition.views.shared import certificate_or_404, language_of


@form_page
def show_certificate(request: HttpRequest, code: str) -> HttpResponse:
    shown = certificate_or_404(request, code)
    require(permissions.can_share(request.user.person, shown))
    form = ShowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if carried_out(form, lambda: services.share_certificate(shown, **form.cleaned_data, by=request.user.person)):
            messages.success(request, _("The link is ready. Copy it below."))
            return see_other("recognition:show_certificate", shown.code)
    now = clock.now()
    shares = list(queries.shares_of(shown)[:40])
    return form_answer(
        request,
        "recognition/show_certificate.html",
        form,
        certificate=shown,
        holds=shown.state == Certificate.State.VALID,
        open=[(share, share_url(share), share_path(share)) for share in shares if share.ended_at is None and share.expires_at > now],
        over=[share for share in shares if share.ended_at is not None or share.expires_at <= now],
        file_form=FileForm(auto_id="file_%s"),
    )


@require_POST
def end_share(request: HttpRequest, code: str, share: int) -> HttpResponse:
    shown = certificate_or_404(request, code)
    services.end_share(get_object_or_404(queries.shares_of(shown), pk=share), by=request.user.person)
    messages.success(request, _("The link shows nothing more."))
    return see_other("recognition:show_certificate", shown.code)


@require_GET
def credential(request: HttpRequest, code: str) -> HttpResponse:
    """A file for a wallet or for foreign software, with no more in it than the bearer ticked."""
    shown = certificate_or_404(request, code)
    require(permissions.can_share(request.user.person, shown))
    form, shows = request.GET.get("form", next(iter(wallet.FORMS))), request.GET.get("shows", "hours")
    if form not in wallet.FORMS or shows not in CertificateShare.Shows.values or shown.state != Certificate.State.VALID:
        raise Http404
    kind, ending = wallet.FORMS[form]
    text = wallet.credential(shown, form=form, shows=shows, name="name" in request.GET, language=language_of(request))
    disposition = content_disposition_header(as_attachment=True, filename=f"{shown.code}.{ending}")
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers={"Content-Disposition": disposition or ""})
