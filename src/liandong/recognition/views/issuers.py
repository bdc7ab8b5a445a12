"""What foreign software asks to verify a credential: who the issuers are, with which keys they sign, and which certificates no longer hold. No signing in, no cookies, any origin."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from liandong.core import memory
from liandong.organizations.models import Organization
from liandong.recognition import queries, wallet
from liandong.recognition.credentials import signing

OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
MOST_LISTS = 10_000


@login_not_required
@require_GET
def site_did(request: HttpRequest) -> HttpResponse:
    return _document(wallet.did_document())


@login_not_required
@require_GET
def issuer_did(request: HttpRequest, slug: str) -> HttpResponse:
    return _document(wallet.did_document(get_object_or_404(Organization, slug=slug).slug))


@login_not_required
@require_GET
def status_list(request: HttpRequest, slug: str, part: int) -> HttpResponse:
    """The corrections list of a body."""
    if part > MOST_LISTS:
        raise Http404
    issuer = get_object_or_404(Organization, slug=slug)
    text = memory.for_a_minute(f"status-list:{issuer.pk}:{part}", lambda: wallet.status_list(issuer, part))
    return HttpResponse(text, content_type="application/vc+jwt", headers=OPEN | {"Cache-Control": "public, max-age=60"})


@login_not_required
@require_GET
def public_key(request: HttpRequest, number: int) -> HttpResponse:
    """One key as a PEM file."""
    key = get_object_or_404(queries.keys().exclude(public_key=""), number=number)
    return HttpResponse(signing.pem(key.public_key), content_type="application/x-pem-file", headers=OPEN)


def _document(content: dict[str, Any]) -> HttpResponse:
    return JsonResponse(content, content_type="application/did+json", headers=OPEN)
