"""Signing in and out, one's own details, and what is kept about one."""

import datetime as dt
import ipaddress
import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.accounts import identity, queries, services
from liandong.accounts import sign_in as ways_in
from liandong.accounts.forms import CodeForm, IdNumberForm, NameForm, PasswordForm, PasswordSignInForm, PhoneForm, ProfileForm
from liandong.accounts.models import Account, Consent, SignInCode
from liandong.core import clock
from liandong.core.answers import add_refusal, form_page, safe_next, see_other
from liandong.core.errors import Refused, TooMany
from liandong.portal.queries import first_page_of

PENDING = "sign_in"  # {"phone", "next", "proved_at"} while somebody is on the way in
NEW_PHONE = "new_phone"
PROVED_FOR = dt.timedelta(minutes=10)
BEEN_HERE = "been_here"


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, as far as limits go: the address, or the /64 of an IPv6 one."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).split(",")[-1].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address) if parsed.version == 6 else str(parsed)


@login_not_required
@form_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """The phone, then a code; or user name and password for staff. `next` is where it goes on."""
    onward = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.user.is_authenticated:
        return see_other(onward or first_page_of(request.user.person))
    by_password = request.GET.get("how") == "password"
    if by_password:
        form: Any = PasswordSignInForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and (account := _by_password(request, form)):
            return _enter(request, account, onward)
    else:
        form = PhoneForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and _send(request, form, form.cleaned_data["phone"]):
            request.session[PENDING] = {"phone": form.cleaned_data["phone"], "next": onward}
            return see_other("accounts:code")
    return _form(request, "accounts/sign_in.html", form, next=onward, by_password=by_password, personas=_personas())


def _by_password(request: HttpRequest, form: PasswordSignInForm) -> Account | None:
    try:
        return ways_in.check_password(form.cleaned_data["login"], form.cleaned_data["password"], sent_from=address_of(request))
    except Refused as refused:
        _show(form, refused)
        return None


def _send(request: HttpRequest, form: Any, phone: str, *, purpose: str = SignInCode.Purpose.SIGN_IN) -> bool:
    try:
        services.request_code(phone, sent_from=address_of(request), purpose=purpose)
    except Refused as refused:
        _show(form, refused)
        return False
    return True


def _show(form: Any, refused: Refused) -> None:
    """The refusal at its field, or above the form when the form does not have that field."""
    add_refusal(form, refused)
    form.refusal = refused


def _form(request: HttpRequest, template: str, form: Any, *, refusal: Refused | None = None, **context: Any) -> HttpResponse:
    """The page: 422 for what was entered wrongly, 429 with the time to wait for what was tried too often."""
    refusal = refusal or getattr(form, "refusal", None)
    status = 429 if isinstance(refusal, TooMany) else 422 if refusal or (form.is_bound and form.errors) else 200
    response = render(request, template, {**context, "form": form, "refusal": refusal}, status=status)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


@login_not_required
@form_page
def code(request: HttpRequest) -> HttpResponse:
    """The code, with the name at the first sign-in."""
    pending = request.session.get(PENDING)
    if not pending:
        return see_other("accounts:sign_in")
    form = CodeForm(request.POST or None)
    refusal = None
    if "again" in request.POST:
        form = CodeForm()
        try:
            services.request_code(pending["phone"], sent_from=address_of(request))
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("A new code is on its way."))
            return see_other("accounts:code")
    elif request.method == "POST" and form.is_valid():
        try:
            ways_in.use_code(pending["phone"], form.cleaned_data["code"])
        except Refused as refused:
            _show(form, refused)
        else:
            request.session[PENDING] = {**pending, "proved_at": clock.now().isoformat()}
            return _open(request, name=form.cleaned_data.get("name", ""))
    if request.COOKIES.get(BEEN_HERE):
        form.fields.pop("name")
    return _form(request, "accounts/code.html", form, refusal=refusal, phone=pending["phone"], on_console=_on_console())


def _on_console() -> bool:
    """Without a gateway the code stands where the server runs; the page says so."""
    return settings.SMS_GATEWAY.endswith(".console")


@login_not_required
@form_page
def name(request: HttpRequest) -> HttpResponse:
    """The phone is proved and new: only the name is missing."""
    if not _proved(request):
        return see_other("accounts:sign_in")
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _open(request, name=form.cleaned_data["name"])
    return _form(request, "accounts/name.html", form)


def _proved(request: HttpRequest) -> bool:
    proved_at = request.session.get(PENDING, {}).get("proved_at")
    return bool(proved_at) and clock.now() - dt.datetime.fromisoformat(proved_at) < PROVED_FOR


def _open(request: HttpRequest, *, name: str) -> HttpResponse:
    """Enter with the proved phone, or ask for the name."""
    pending = request.session[PENDING]
    try:
        account = services.open_account_for_phone(pending["phone"], name=name)
    except services.NameNeeded:
        return see_other("accounts:name")
    except Refused as refused:
        form = NameForm({"name": name})
        form.is_valid()
        _show(form, refused)
        return _form(request, "accounts/name.html", form)
    return _enter(request, account, pending.get("next", ""))


def _enter(request: HttpRequest, account: Account, onward: str) -> HttpResponse:
    """Signed in under a new session key; what was pending is forgotten."""
    request.session.pop(PENDING, None)
    login(request, account)
    response = see_other(onward or first_page_of(account.person))
    response.set_cookie(BEEN_HERE, "1", max_age=365 * 24 * 3600, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Nothing of this person stays on the phone: no kept page, no list, no draft."""
    logout(request)
    response = see_other("portal:home")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _personas() -> list[Any]:
    if not settings.DEMO:
        return []
    from liandong.demo.queries import personas

    return personas()


@login_not_required
@require_POST
def persona(request: HttpRequest) -> HttpResponse:
    """Only in the demo town: look through the eyes of one of its people."""
    if not settings.DEMO:
        raise Http404
    wanted = next((item for item in _personas() if item.key == request.POST.get("persona")), None)
    if wanted is None:
        raise Http404
    logout(request)
    return _enter(request, wanted.person.account, safe_next(request, request.POST.get("next")))


@form_page
def profile(request: HttpRequest) -> HttpResponse:
    """My details."""
    account = request.user
    person = account.person
    first = {"name": person.name, "email": person.email, "birth_date": person.birth_date, "sex": person.sex, "language": account.language}
    form = ProfileForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_person(person, **form.cleaned_data, by=person)
        except Refused as refused:
            _show(form, refused)
        else:
            messages.success(request, _("Saved."))
            return see_other("accounts:profile")
    return _form(request, "accounts/profile.html", form, account=account, person=person)


@form_page
def phone(request: HttpRequest) -> HttpResponse:
    """A new phone for signing in: a code goes to the new one."""
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _send(request, form, form.cleaned_data["phone"], purpose=SignInCode.Purpose.CHANGE_PHONE):
        request.session[NEW_PHONE] = form.cleaned_data["phone"]
        return see_other("accounts:phone_code")
    return _form(request, "accounts/phone.html", form)


@form_page
def phone_code(request: HttpRequest) -> HttpResponse:
    new = request.session.get(NEW_PHONE)
    if not new:
        return see_other("accounts:phone")
    form = CodeForm(request.POST or None)
    del form.fields["name"]
    if request.method == "POST" and form.is_valid():
        try:
            services.change_phone(request.user, phone=new, code=form.cleaned_data["code"], by=request.user.person)
        except Refused as refused:
            _show(form, refused)
        else:
            del request.session[NEW_PHONE]
            request.session.cycle_key()
            messages.success(request, _("From now on you sign in with the new phone."))
            return see_other("accounts:profile")
    return _form(request, "accounts/phone_code.html", form, phone=new, on_console=_on_console())


@form_page
def password(request: HttpRequest) -> HttpResponse:
    """A password for signing in without a phone."""
    account = request.user
    form = PasswordForm(request.POST or None, ask_old=account.has_usable_password())
    if request.method == "POST" and form.is_valid():
        try:
            if "old" in form.fields:
                ways_in.check_password(account.username or account.phone, form.cleaned_data["old"], sent_from=address_of(request))
        except TooMany as refused:
            _show(form, refused)
        except Refused:
            form.add_error("old", _("This is not your password."))
        else:
            return _set_password(request, form)
    return _form(request, "accounts/password.html", form, account=account)


def _set_password(request: HttpRequest, form: PasswordForm) -> HttpResponse:
    account = request.user
    try:
        account = services.set_password(account, password=form.cleaned_data["password"], by=account.person)
    except Refused as refused:
        _show(form, refused)
        return _form(request, "accounts/password.html", form, account=account)
    update_session_auth_hash(request, account)
    messages.success(request, _("Saved. Everywhere else you are signed out."))
    return see_other("accounts:profile")


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about me and why, what I agreed to, and the way to take it all along."""
    person = request.user.person
    return render(request, "accounts/privacy.html", {"person": person, "account": request.user, "consents": queries.consents_of(person)})


@form_page
def id_number(request: HttpRequest) -> HttpResponse:
    """My identity number: given only when a rule asks for it."""
    person = request.user.person
    form = IdNumberForm(request.POST or None, initial={"kind": person.id_kind})
    if request.method == "POST" and form.is_valid():
        try:
            identity.give_id_number(person, **form.cleaned_data, by=person)
        except Refused as refused:
            _show(form, refused)
        else:
            messages.success(request, _("Kept encrypted. You can delete it at any time."))
            return see_other("accounts:privacy")
    return _form(request, "accounts/id_number.html", form, person=person)


@require_POST
def forget_id_number(request: HttpRequest) -> HttpResponse:
    identity.forget_id_number(request.user.person, by=request.user.person)
    messages.success(request, _("Your ID number is deleted."))
    return see_other("accounts:privacy")


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    consent = get_object_or_404(Consent, pk=pk, person=request.user.person)
    services.withdraw_consent(consent, by=request.user.person)
    messages.success(request, _("Withdrawn. It counts from now on."))
    return see_other("accounts:privacy")


@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """My data as a file that people and programs can read."""
    person = request.user.person
    services.record_export(person, by=person)
    text = json.dumps(queries.own_data(person), ensure_ascii=False, indent=1, default=str)
    return HttpResponse(
        text, content_type="application/json; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="liandong-{person.number}.json"'}
    )
