"""Verbs on messages: tell somebody, read, choose, and let one leave at most once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from liandong.accounts import throttle
from liandong.accounts.models import Account, Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.journal import services as journal
from liandong.notices import gateways, queries
from liandong.notices.kinds import Kind, kind_of
from liandong.notices.models import Channel, Delivery, Notice, Preference, Topic
from liandong.notices.permissions import can_read, can_set_preferences

QUIET_FROM, QUIET_TO = dt.time(21, 30), dt.time(8, 0)
SMS_A_DAY = 2
State = Delivery.State


@transaction.atomic
def notify(
    person: Person, *, kind: str, values: Mapping[str, Any] | None = None, url: str = "", once_key: str, urgent: bool = False
) -> Notice | None:
    """Tell a person something, once per `once_key`; None when it was told already.

    It stands in the inbox at once. SMS and e-mail leave by jobs of this transaction, as the kind and the person's preferences say, not between 21:30 and 8:00
    unless `urgent`. `values` fill the words; `url` is a path on this site.
    """
    what = kind_of(kind)
    read_at = None if queries.wanted(person, what.topic, Channel.IN_APP) else clock.now()
    notice, created = Notice.objects.get_or_create(
        person=person, once_key=once_key, defaults={"kind": kind, "topic": what.topic, "values": dict(values or {}), "url": url, "read_at": read_at}
    )
    if not created:
        return None
    for channel in _channels(person, what):
        _queue(notice, channel=channel, urgent=urgent)
    return notice


def _channels(person: Person, what: Kind) -> list[str]:
    security = what.topic == Topic.SECURITY
    possible = []
    if person.phone and (what.sms or security):
        possible.append(Channel.SMS)
    if person.email and (what.email or security):
        possible.append(Channel.EMAIL)
    return [channel for channel in possible if queries.wanted(person, what.topic, channel)]


def _queue(notice: Notice, *, channel: str, urgent: bool) -> None:
    from liandong.notices.reactions import deliver

    now = clock.now()
    moment = now if urgent or channel == Channel.EMAIL else after_quiet_hours(now)
    delivery = Delivery.objects.create(notice=notice, channel=channel, not_before_at=moment)
    task = deliver.configure(schedule_at=moment) if moment > now else deliver
    task.defer(delivery_id=delivery.pk, urgent=urgent)


def after_quiet_hours(moment: dt.datetime) -> dt.datetime:
    """The moment itself, or eight in the morning after it when it falls between 21:30 and 8:00."""
    local = timezone.localtime(moment)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return moment
    day = local.date() + dt.timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return dt.datetime.combine(day, QUIET_TO, tzinfo=timezone.get_current_timezone())


def deliver(delivery: Delivery, *, urgent: bool = False) -> Delivery:
    """Let one message leave. It is marked as being sent, and that is committed, before the gateway is called: whatever happens after, it never leaves twice."""
    claimed = _claim(delivery, urgent=urgent)
    if claimed is None:
        return delivery
    try:
        _send(claimed)
    except Exception as error:  # a gateway may fail in any way; the message is not tried again
        claimed.state, claimed.note = State.FAILED, f"{type(error).__name__}"
    else:
        claimed.state, claimed.sent_at = State.SENT, clock.now()
    claimed.save(update_fields=["state", "sent_at", "note"])
    return claimed


@transaction.atomic
def _claim(delivery: Delivery, *, urgent: bool) -> Delivery | None:
    row = Delivery.objects.select_for_update(of=["self"]).select_related("notice__person").get(pk=delivery.pk)
    if row.state != State.WAITING:
        return None
    if row.channel == Channel.SMS and not urgent and row.notice.topic != Topic.SECURITY:
        throttle.lock(f"sms:{row.notice.person_id}")
        start, end = clock.day_bounds(clock.today())
        today = Delivery.objects.filter(
            channel=Channel.SMS, notice__person=row.notice.person_id, state__in=[State.SENDING, State.SENT], sent_at__gte=start, sent_at__lt=end
        )
        if today.count() >= SMS_A_DAY:
            row.state, row.note = State.SKIPPED, "two a day"
            row.save(update_fields=["state", "note"])
            return None
    row.state, row.sent_at = State.SENDING, clock.now()
    row.save(update_fields=["state", "sent_at"])
    return row


def _send(delivery: Delivery) -> None:
    notice = delivery.notice
    person = notice.person
    account = Account.objects.filter(person=person).first()
    with translation.override(account.language if account else settings.LANGUAGE_CODE):
        title, body = queries.words_of(notice)
        link = f"{settings.SITE_URL}{notice.url}" if notice.url else ""
        if delivery.channel == Channel.SMS:
            import_string(settings.SMS_GATEWAY)(person.phone, " ".join(part for part in (_("[Liandong]"), title, body, link) if part))
            return
        why = _("You get this because of “%(topic)s”. You can change it under: Messages, Settings.") % {"topic": Topic(notice.topic).label}
        gateways.email(person.email, title, "\n\n".join(part for part in (body, link, why) if part))


@transaction.atomic
def mark_read(notice: Notice, *, by: Person) -> Notice:
    """Note when a message was opened. Reading is no act of the loop: nothing goes to the journal."""
    require(can_read(by, notice))
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=clock.now())
    return notice


@transaction.atomic
def mark_all_read(person: Person, *, by: Person) -> int:
    require(can_set_preferences(by, person))
    return Notice.objects.filter(person=person, read_at__isnull=True).update(read_at=clock.now())


@transaction.atomic
def set_preferences(person: Person, *, wanted: Iterable[str], by: Person | System) -> None:
    """Keep what a person wants: names of the switches that are on, as "topic.channel". Security stays on."""
    require(can_set_preferences(by, person))
    on = set(wanted)
    rows = []
    for _label, switches in queries.switches_of(person):
        rows += [Preference(person=person, topic=item.topic, channel=item.channel, wanted=item.name in on) for item in switches if not item.fixed]
    Preference.objects.bulk_create(rows, update_conflicts=True, unique_fields=["person", "topic", "channel"], update_fields=["wanted"])
    journal.record("preferences.set", on=person, after={"off": sorted(f"{row.topic}.{row.channel}" for row in rows if not row.wanted)}, by=by)


@transaction.atomic
def forget_person(person: Person) -> None:
    """The messages of somebody who leaves for good go with them."""
    Delivery.objects.filter(notice__person=person).delete()
    Notice.objects.filter(person=person).delete()
