"""Keys: rotated by two people, renewed by themselves when they run out, kept for ever as far as verifying goes."""

import datetime as dt

from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock, crypto
from liandong.core.actors import SCHEDULER
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.notices import services as notices
from liandong.recognition import permissions, queries
from liandong.recognition.credentials import signing
from liandong.recognition.models import SigningKey
from liandong.recognition.permissions import Actor

State = SigningKey.State
LASTS = dt.timedelta(days=730)
WARN_BEFORE = dt.timedelta(days=30)
_LOCK = 7_106_000_001


def active_signer() -> signing.Signer:
    """The key in use. There is always one: the first is made when it is needed, and so is the next when the secret that sealed the last is lost."""
    key = SigningKey.objects.filter(state=State.ACTIVE).first()
    private = _open(key) if key else ""
    if key and private:
        return signing.signer_of(key.number, private)
    return renew_key(lost=key)


@transaction.atomic
def renew_key(*, lost: SigningKey | None = None, by: Actor = SCHEDULER) -> signing.Signer:
    """The first key, or one in place of a key that ran out or cannot be opened. Journal: key.renewed."""
    _lock()
    key = SigningKey.objects.filter(state=State.ACTIVE).first()
    if key and key != lost and (private := _open(key)):  # somebody else was quicker
        return signing.signer_of(key.number, private)
    made = SigningKey(number=_next_number(), proposed_at=clock.now())
    return _put_in_use(made, instead_of=key, verb="key.renewed", by=by)


@transaction.atomic
def propose_key(*, reason: str, by: Actor) -> SigningKey:
    """Ask for a new key: a second person decides. Nothing changes until then. Journal: key.proposed. Tells the others who may decide."""
    require(permissions.can_keep_keys(by))
    _lock()
    if waiting := SigningKey.objects.filter(state=State.PROPOSED).first():
        return waiting
    reason = clean_words(reason)
    if not reason:
        raise Refused(_("Say why a new key is needed."), field="reason")
    key = SigningKey.objects.create(
        number=_next_number(), reason=reason[:200], proposed_by=by if isinstance(by, Person) else None, proposed_at=clock.now()
    )
    journal.record("key.proposed", on=key, after={"state": "proposed"}, reason=reason, by=by)
    for person in queries.key_keepers():
        if person != by:
            notices.notify(
                person, kind="key.proposed", values={"reason": key.reason}, url=reverse("recognition:keys"), once_key=f"key.proposed:{key.pk}"
            )
    return key


@transaction.atomic
def approve_key(key: SigningKey, *, by: Actor) -> SigningKey:
    """The second person agrees: the new key is made now and signs from here on; the old one only verifies. Journal: key.approved."""
    _lock()
    key = SigningKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    require(permissions.can_decide_key(by, key))
    if key.state == State.ACTIVE:
        return key
    require_transition(SigningKey.TRANSITIONS, key.state, State.ACTIVE)
    _put_in_use(key, instead_of=SigningKey.objects.filter(state=State.ACTIVE).first(), verb="key.approved", by=by)
    return key


@transaction.atomic
def refuse_key(key: SigningKey, *, by: Actor) -> SigningKey:
    """No new key. Also taken back by the one who proposed it. Journal: key.refused."""
    _lock()
    key = SigningKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    require(permissions.can_keep_keys(by))
    if key.state == State.REFUSED:
        return key
    require_transition(SigningKey.TRANSITIONS, key.state, State.REFUSED)
    key.state = State.REFUSED
    key.decided_by = by if isinstance(by, Person) and by.pk != key.proposed_by_id else None
    key.save(update_fields=["state", "decided_by"])
    journal.record("key.refused", on=key, before={"state": "proposed"}, after={"state": "refused"}, by=by)
    return key


def look_after_keys() -> None:
    """Daily: say thirty days before that a key runs out; make the next one when it has."""
    key = SigningKey.objects.filter(state=State.ACTIVE).first()
    if key is None or key.until_at is None:
        return
    if key.until_at <= clock.now():
        renew_key(lost=key)
        return
    if key.until_at - clock.now() <= WARN_BEFORE:
        for person in queries.key_keepers():
            notices.notify(
                person,
                kind="key.runs_out",
                values={"day": timezone.localtime(key.until_at).date().isoformat()},
                url=reverse("recognition:keys"),
                once_key=f"key.runs_out:{key.pk}",
            )


def _put_in_use(key: SigningKey, *, instead_of: SigningKey | None, verb: str, by: Actor) -> signing.Signer:
    at = clock.now()
    if instead_of is not None:
        instead_of.state, instead_of.retired_at, instead_of.private_sealed = State.RETIRED, at, ""
        instead_of.save(update_fields=["state", "retired_at", "private_sealed"])
    public, private = signing.new_pair()
    key.public_key, key.private_sealed = public, crypto.seal(private, place=_place(key))
    key.state, key.from_at, key.until_at = State.ACTIVE, at, at + LASTS
    if key.pk:
        key.decided_by = by if isinstance(by, Person) else None
    key.save()
    before = {"number": instead_of.number} if instead_of else None
    journal.record(verb, on=key, before=before, after={"number": key.number, "public_key": public}, by=by)
    return signing.signer_of(key.number, private)


def _open(key: SigningKey) -> str:
    try:
        return crypto.open_sealed(key.private_sealed, place=_place(key))
    except InvalidTag:
        return ""


def _place(key: SigningKey) -> str:
    return f"recognition.signing_key:{key.number}"


def _next_number() -> int:
    return (SigningKey.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
