"""A body has its e-seal registered: the picture of a seal that was made elsewhere, its number, and a second person who agrees."""

import base64
import datetime as dt
import hashlib
import struct
import zlib
from pathlib import Path

import typst
from cryptography import x509
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock, paper
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.organizations.models import Organization
from liandong.recognition import permissions, queries
from liandong.recognition.models import RegisteredSeal
from liandong.recognition.permissions import Actor

State = RegisteredSeal.State
LARGEST_PICTURE = 400_000
LARGEST_CHAIN = 20_000
LARGEST_SIDE = 2_000
PICTURE = Path(paper.__file__).parent.parent / "recognition" / "paper" / "picture.typ"
_PNG = b"\x89PNG\r\n\x1a\n"


@transaction.atomic
def register_seal(
    organization: Organization,
    *,
    name: str,
    number: str,
    authority: str,
    picture: bytes,
    chain: str = "",
    expires_on: dt.date | None = None,
    by: Actor,
) -> RegisteredSeal:
    """Hand in a registered e-seal: it waits for a second person. Refuses what is no PNG, and a seal without a registration. Journal: seal.registered."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    require(permissions.can_register_seal(by, organization))
    name, number, authority = one_line(name, 60), one_line(number, 60), one_line(authority, 100)
    for field, value in (("name", name), ("number", number), ("authority", authority)):
        if not value:
            raise Refused(_("A registered seal has a name, a number and an authority that registered it."), field=field)
    if expires_on and expires_on < clock.today():
        raise Refused(_("This seal has run out already."), field="expires_on")
    if RegisteredSeal.objects.filter(organization=organization, state=State.PROPOSED).exists():
        raise Refused(_("Another seal of this body waits for its second person. Decide on that one first."))
    seal = RegisteredSeal.objects.create(
        organization=organization,
        name=name,
        number=number,
        authority=authority,
        chain=_chain(chain),
        expires_on=expires_on,
        picture=(clean := _clean_picture(picture)),
        digest=hashlib.sha256(clean).hexdigest(),
        proposed_by=by if isinstance(by, Person) else None,
        proposed_at=clock.now(),
    )
    journal.record("seal.registered", on=seal, after={"number": number, "sha256": seal.digest}, by=by)
    for person in queries.who_can_confirm(organization):
        if person != by:
            notices.notify(
                person,
                kind="seal.registered",
                values={"body": organization.name, "name": name},
                url=reverse("recognition:seals"),
                once_key=f"seal.registered:{seal.pk}",
            )
    return seal


@transaction.atomic
def approve_seal(seal: RegisteredSeal, *, by: Actor) -> RegisteredSeal:
    """The second person agrees: this seal is in use from now on, the one before no longer. Journal: seal.approved."""
    seal = _lock(seal)
    require(permissions.can_decide_seal(by, seal))
    if seal.state == State.ACTIVE:
        return seal
    require_transition(RegisteredSeal.TRANSITIONS, seal.state, State.ACTIVE)
    for earlier in RegisteredSeal.objects.select_for_update().filter(organization=seal.organization, state=State.ACTIVE):
        _retire(earlier, by=by)
    _decide(seal, State.ACTIVE, by=by)
    journal.record("seal.approved", on=seal, before={"state": "proposed"}, after={"state": "active"}, by=by)
    return seal


@transaction.atomic
def refuse_seal(seal: RegisteredSeal, *, by: Actor) -> RegisteredSeal:
    """Not approved, or taken back by the one who handed it in. Journal: seal.refused."""
    seal = _lock(seal)
    require(permissions.can_register_seal(by, seal.organization))
    if seal.state == State.REFUSED:
        return seal
    require_transition(RegisteredSeal.TRANSITIONS, seal.state, State.REFUSED)
    _decide(seal, State.REFUSED, by=by)
    journal.record("seal.refused", on=seal, before={"state": "proposed"}, after={"state": "refused"}, by=by)
    return seal


@transaction.atomic
def retire_seal(seal: RegisteredSeal, *, by: Actor) -> RegisteredSeal:
    """Out of use at once, by one person: a lost seal cannot wait. What carries it keeps it. Journal: seal.retired."""
    seal = _lock(seal)
    require(permissions.can_register_seal(by, seal.organization))
    if seal.state == State.RETIRED:
        return seal
    require_transition(RegisteredSeal.TRANSITIONS, seal.state, State.RETIRED)
    _retire(seal, by=by)
    return seal


def _retire(seal: RegisteredSeal, *, by: Actor) -> None:
    seal.state, seal.retired_at = State.RETIRED, clock.now()
    seal.save(update_fields=["state", "retired_at"])
    journal.record("seal.retired", on=seal, before={"state": "active"}, after={"state": "retired"}, by=by)


def _decide(seal: RegisteredSeal, state: str, *, by: Actor) -> None:
    seal.state, seal.decided_at = state, clock.now()
    seal.decided_by = by if isinstance(by, Person) and by.pk != seal.proposed_by_id else None
    seal.save(update_fields=["state", "decided_at", "decided_by"])


def _lock(seal: RegisteredSeal) -> RegisteredSeal:
    return RegisteredSeal.objects.select_for_update(of=("self",)).select_related("organization__territory").get(pk=seal.pk)


def _chain(text: str) -> str:
    """A PEM certificate chain, if given: it must be one."""
    text = text.strip()
    if not text:
        return ""
    if len(text) > LARGEST_CHAIN:
        raise Refused(_("The certificate chain is too long."), field="chain")
    try:
        x509.load_pem_x509_certificates(text.encode())
    except ValueError as error:
        raise Refused(_("This is no certificate chain in PEM form."), field="chain") from error
    return text


def _clean_picture(picture: bytes) -> bytes:
    """The same picture, read and written anew, so that nothing but a picture is kept."""
    if len(picture) > LARGEST_PICTURE:
        raise Refused(_("The picture is larger than 400 kB."), field="picture")
    whole, width, height = _read_png(picture)
    if not (50 <= width <= LARGEST_SIDE and 50 <= height <= LARGEST_SIDE):
        raise Refused(_("The picture should be between 50 and 2,000 dots wide and high."), field="picture")
    try:
        return paper.pictures(PICTURE, {"picture": _as_svg(whole, width, height), "width": width, "height": height}, ppi=72)[0]
    except typst.TypstError as error:
        raise Refused(_("Bring the seal as a PNG picture."), field="picture") from error


def _read_png(picture: bytes) -> tuple[bytes, int, int]:
    """(the picture up to its end, width, height): every part with the sum it says, the dots neither missing nor endless."""
    refused = Refused(_("Bring the seal as a PNG picture."), field="picture")
    if not picture.startswith(_PNG) or picture[12:16] != b"IHDR" or len(picture) < 33:
        raise refused
    width, height = struct.unpack(">II", picture[16:24])
    dots, place = zlib.decompressobj(), len(_PNG)
    while place + 12 <= len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        body, end = picture[place + 4 : place + 8 + length], place + 12 + length
        if end > len(picture) or struct.pack(">I", zlib.crc32(body)) != picture[end - 4 : end]:
            raise refused
        if body[:4] == b"IDAT":
            try:
                dots.decompress(body[4:], 8 * LARGEST_SIDE * LARGEST_SIDE)
            except zlib.error as error:
                raise refused from error
            if dots.unconsumed_tail:
                raise refused
        if body[:4] == b"IEND":
            if not dots.eof:
                raise refused
            return picture[:end], width, height
        place = end
    raise refused


def _as_svg(picture: bytes, width: int, height: int) -> str:
    code = base64.b64encode(picture).decode()
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" href="data:image/png;base64,{code}"/></svg>'
