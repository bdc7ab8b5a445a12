"""My messages, and which of them I want."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.core.answers import form_page, safe_next, see_other
from liandong.notices import queries, services
from liandong.notices.kinds import is_known, kind_of
from liandong.notices.models import Channel
from liandong.notices.permissions import visible_to
from liandong.ui import listing


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Unread first."""
    person = request.user.person
    page = listing.page(request, queries.inbox(person), size=20)
    rows = []
    for notice in page:
        title, body = queries.words_of(notice)
        icon = kind_of(notice.kind).icon if is_known(notice.kind) else "bell"
        rows.append({"notice": notice, "title": title, "body": body, "icon": icon})
    return render(request, "notices/inbox.html", {"rows": rows, "page": page, "unread": queries.unread_count(person)})


@require_GET
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks the message as read, which harms nobody, and goes where it leads."""
    notice = get_object_or_404(visible_to(request.user.person), pk=pk)
    services.mark_read(notice, by=request.user.person)
    if not notice.url:
        title, body = queries.words_of(notice)
        return render(request, "notices/notice.html", {"notice": notice, "title": title, "body": body})
    return see_other(safe_next(request, notice.url, default="/notices/"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    services.mark_all_read(request.user.person, by=request.user.person)
    return see_other("notices:inbox")


@form_page
def preferences(request: HttpRequest) -> HttpResponse:
    """One switch per topic and channel."""
    person = request.user.person
    if request.method == "POST":
        services.set_preferences(person, wanted=request.POST.getlist("on"), by=person)
        messages.success(request, _("Saved."))
        return see_other("notices:preferences")
    return render(
        request, "notices/preferences.html", {"person": person, "table": queries.switches_of(person), "channels": [_("Inbox"), *Channel.labels[1:]]}
    )
