"""What somebody wants to be suggested, and what not."""

import datetime as dt

from django.db import transaction

from liandong.accounts.models import Person
from liandong.activities.models import Activity
from liandong.core import clock
from liandong.core.decision import require
from liandong.journal import services as journal
from liandong.matching import permissions
from liandong.matching.models import SuggestionChoice, SuggestionRefusal
from liandong.matching.services.ground import Actor

What = SuggestionRefusal.What
QUIET_MONTHS = 2


@transaction.atomic
def refuse_suggestion(activity: Activity, *, what: str = What.ACTIVITY, by: Person) -> SuggestionRefusal:
    """Not this again: the activity and what repeats it; its kind or its host only when the person says so. The same again gives the same row."""
    what = What(what)
    values = {
        "activity": activity if what == What.ACTIVITY else None,
        "category": activity.category if what == What.CATEGORY else "",
        "organization": activity.host if what == What.ORGANIZATION else None,
    }
    row, created = SuggestionRefusal.objects.get_or_create(person=by, what=what, **values, defaults={"refused_at": clock.now()})
    if created:
        journal.record("suggestion.refused", on=row, after={"what": str(what)}, by=by)
    return row


@transaction.atomic
def take_back_refusal(refusal: SuggestionRefusal, *, by: Actor) -> None:
    """It may come again."""
    row = SuggestionRefusal.objects.select_for_update().filter(pk=refusal.pk).first()
    if row is None:
        return
    require(permissions.can_take_back(by, row))
    journal.record("suggestion.refusal_taken_back", on=row, before={"what": row.what}, by=by)
    row.delete()


def _choice(person: Person) -> SuggestionChoice:
    SuggestionChoice.objects.get_or_create(person=person, defaults={"chosen_at": clock.now()})
    return SuggestionChoice.objects.select_for_update().get(person=person)


@transaction.atomic
def choose_profile(person: Person, *, is_used: bool, by: Actor) -> SuggestionChoice:
    """Whether what is known about somebody may be used to suggest things to them, and to find them when people are looked for."""
    require(permissions.can_choose(by, person))
    row = _choice(person)
    if row.is_without_profile == is_used:
        row.is_without_profile, row.chosen_at = not is_used, clock.now()
        row.save(update_fields=["is_without_profile", "chosen_at"])
        journal.record("suggestion.profile_chosen", on=row, after={"is_used": is_used}, by=by)
    return row


@transaction.atomic
def choose_quiet(person: Person, *, is_quiet: bool, by: Actor) -> SuggestionChoice:
    """Nobody asks by name for two months, or again from now on."""
    require(permissions.can_choose(by, person))
    row = _choice(person)
    until = _months_on(clock.today(), QUIET_MONTHS) if is_quiet else None
    if row.quiet_until_date != until:
        row.quiet_until_date, row.chosen_at = until, clock.now()
        row.save(update_fields=["quiet_until_date", "chosen_at"])
        journal.record("suggestion.quiet_chosen", on=row, after={"until": str(until or "")}, by=by)
    return row


def _months_on(day: dt.date, months: int) -> dt.date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(day.day, last))
