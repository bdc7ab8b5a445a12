"""The doors to the outside. settings.SMS_GATEWAY names one: a function (phone, text) that raises OSError when the message surely did not leave."""

import json
import sys
import urllib.request
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage


def console(phone: str, text: str) -> None:
    """For development: the message is printed where the server runs."""
    sys.stdout.write(f"\n  SMS to {phone}: {text}\n\n")
    sys.stdout.flush()


def http(phone: str, text: str) -> None:
    """POST of {"phone", "text"} as JSON to settings.SMS_URL, with settings.SMS_KEY as bearer. Any answer but 2xx is a failure."""
    if not settings.SMS_URL.startswith(("https://", "http://")):
        raise OSError("LIANDONG_SMS_URL is not a web address")
    request = urllib.request.Request(  # noqa: S310 - the address is the operator's own setting
        settings.SMS_URL,
        data=json.dumps({"phone": phone, "text": text}, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {settings.SMS_KEY}"},
    )
    with _opener.open(request, timeout=5) as answer:
        answer.read(4096)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us elsewhere is not our gateway."""

    def redirect_request(self, *_anything: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def email(address: str, subject: str, text: str) -> None:
    EmailMessage(subject=" ".join(subject.split()), body=text, to=[address]).send()
