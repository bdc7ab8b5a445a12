"""Ways in: a code sent to the phone, and a password for staff. Written here because tries must count even when the sign-in is refused."""

import datetime as dt
import secrets

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from liandong.accounts import throttle
from liandong.accounts.models import Account, FailedSignIn, SignInCode
from liandong.core import clock, crypto
from liandong.core.errors import Refused, TooMany
from liandong.core.text import fold, normalize_phone

CODE_LIFE = dt.timedelta(minutes=5)
TRIES = 5
MINUTE, HOUR, DAY = 60, 3600, 86_400
PER_PHONE = ((MINUTE, 1), (HOUR, 5), (DAY, 10))
PER_ADDRESS = ((MINUTE, 10), (HOUR, 40), (DAY, 200))
EVERYWHERE = ((HOUR, 2000),)
PASSWORD_WINDOW = 15 * MINUTE
PER_LOGIN_FROM_ADDRESS, PER_LOGIN, PER_SENDER = 5, 20, 30


def require_phone(phone: str) -> str:
    normal = normalize_phone(phone)
    if not normal:
        raise Refused(_("Please enter a mobile number of 11 digits."), field="phone")
    return normal


def request_code(phone: str, *, sent_from: str, purpose: str = SignInCode.Purpose.SIGN_IN) -> None:
    """Send a new six-digit code; older ones die. The answer says nothing about whether the phone is known.

    At most 1 a minute, 5 an hour, 10 a day to one phone, and a budget for the address that asks: TooMany. Counted before the message leaves.
    """
    phone = require_phone(phone)
    code = f"{secrets.randbelow(1_000_000):06}"
    with transaction.atomic():
        throttle.lock(f"code:{phone}", f"code-from:{sent_from}")
        now = clock.now()
        codes = SignInCode.objects
        _limit(codes.filter(phone=phone), PER_PHONE, now)
        if sent_from:
            _limit(codes.filter(sent_from=sent_from), PER_ADDRESS, now)
        _limit(codes.all(), EVERYWHERE, now)
        codes.create(
            phone=phone, purpose=purpose, code_hash=_hash(phone, purpose, code), sent_from=sent_from, sent_at=now, expires_at=now + CODE_LIFE
        )
    text = _("Your Liandong code is %(code)s. It holds for 5 minutes. Tell nobody.") % {"code": code}
    try:
        import_string(settings.SMS_GATEWAY)(phone, text)
    except OSError as error:
        raise Refused(_("The message could not be sent. Please try again in a minute."), field="phone") from error


def _limit(rows, limits: tuple[tuple[int, int], ...], now: dt.datetime) -> None:
    for seconds, most in limits:
        times = list(rows.filter(sent_at__gt=now - dt.timedelta(seconds=seconds)).order_by("-sent_at").values_list("sent_at", flat=True)[:most])
        if len(times) >= most:
            wait = seconds - (now - times[-1]).total_seconds()
            raise TooMany(_("Codes were asked for too often. Please wait and try again."), seconds=int(wait) + 1)


def _hash(phone: str, purpose: str, code: str) -> str:
    return crypto.keyed_hash(f"{purpose}:{phone}:{code}", purpose="sign-in-code")


def use_code(phone: str, code: str, *, purpose: str = SignInCode.Purpose.SIGN_IN) -> None:
    """Take the newest code of the phone: once, within five minutes, in at most five tries, which count whatever happens after. Refused when it is wrong."""
    phone = require_phone(phone)
    code = "".join(character for character in fold(code) if character.isdigit())
    right = False
    with transaction.atomic():
        sent = SignInCode.objects.select_for_update().filter(phone=phone, purpose=purpose).order_by("-sent_at", "-id").first()
        now = clock.now()
        alive = sent is not None and sent.used_at is None and sent.expires_at > now
        dead = sent is not None and sent.tries >= TRIES
        if sent and alive and not dead:
            right = secrets.compare_digest(sent.code_hash, _hash(phone, purpose, code))
            sent.tries += 1
            sent.used_at = now if right else None
            sent.save(update_fields=["tries", "used_at"])
    if sent and alive and dead:
        raise TooMany(_("Too many wrong codes. Please ask for a new one."), seconds=int((sent.sent_at - now).total_seconds()) + MINUTE, field="code")
    if not right:
        raise Refused(_("This code is wrong or too old. Check it, or ask for a new one."), field="code")


def check_password(login: str, password: str, *, sent_from: str) -> Account:
    """The account for a user name or phone and its password. Failures are counted per name and per address; unknown names cost the same time."""
    login = normalize_phone(login) or fold(login)
    keys = {key: crypto.keyed_hash(key, purpose="failed-sign-in") for key in (f"{login}@{sent_from}", f"{login}@", f"@{sent_from}")}
    limits = dict(zip(keys.values(), (PER_LOGIN_FROM_ADDRESS, PER_LOGIN, PER_SENDER), strict=True))
    with transaction.atomic():
        throttle.lock(*keys.values())
        now = clock.now()
        since = now - dt.timedelta(seconds=PASSWORD_WINDOW)
        for key, most in limits.items():
            times = list(FailedSignIn.objects.filter(key=key, failed_at__gt=since).order_by("-failed_at").values_list("failed_at", flat=True)[:most])
            if len(times) >= most:
                raise TooMany(
                    _("Too many wrong passwords. Please wait and try again."), seconds=PASSWORD_WINDOW - int((now - times[-1]).total_seconds())
                )
        account = Account.objects.filter(phone=login).first() or Account.objects.filter(username=login).first()
        if account is None:
            make_password(password)
        elif account.check_password(password) and account.is_active:
            return account
        FailedSignIn.objects.bulk_create([FailedSignIn(key=key, failed_at=now) for key in limits])
    raise Refused(_("User name or password is wrong."), field="password")


def clear_old(*, days: int = 2) -> int:
    """Codes and failures older than any window are of no more use."""
    before = clock.now() - dt.timedelta(days=days)
    codes, _detail = SignInCode.objects.filter(sent_at__lt=before).delete()
    failures, _detail = FailedSignIn.objects.filter(failed_at__lt=before).delete()
    return codes + failures
