"""Lines of the dossier: written by a body, put right by later lines, never overwritten."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts import services as accounts
from liandong.accounts.models import Person
from liandong.accounts.permissions import Actor
from liandong.activities.models import Shift
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.dossier import permissions
from liandong.dossier.models import DossierEntry, HonourEntry, ServiceEvaluation, TrainingEntry
from liandong.journal import services as journal
from liandong.organizations.models import Organization
from liandong.recognition.models import ServiceRecord

NOUNS = {TrainingEntry: "training", HonourEntry: "honour", ServiceEvaluation: "evaluation"}
LONGEST_TRAINING_DAYS = 1100
MOST_AT_ONCE = 200


def said(value: str, longest: int, *, field: str, needed: bool = True) -> str:
    text = one_line(value, longest)
    if needed and not text:
        raise Refused(_("Please fill this in."), field=field)
    return text


def training_values(
    *, name: str, content: str, minutes: int | None, organizer_name: str, from_date: dt.date, to_date: dt.date | None
) -> dict[str, Any]:
    """The fields of article 8, checked: real minutes inside the days given, nothing in the future."""
    to_date = to_date or from_date
    if to_date < from_date:
        raise Refused(_("The end lies before the beginning."), field="to_date")
    if to_date > clock.today():
        raise Refused(_("This day lies in the future."), field="to_date")
    days = (to_date - from_date).days + 1
    if days > LONGEST_TRAINING_DAYS:
        raise Refused(_("This is longer than three years. Please check the days."), field="to_date")
    if not minutes or minutes < 1:
        raise Refused(_("Please say how long it took."), field="minutes")
    if minutes > days * 24 * 60:
        raise Refused(_("That is more than 24 hours a day. Please check the hours and the days."), field="minutes")
    return {
        "name": said(name, 80, field="name"),
        "content": said(content, 300, field="content"),
        "minutes": minutes,
        "organizer_name": said(organizer_name, 100, field="organizer_name"),
        "from_date": from_date,
        "to_date": to_date,
    }


def honour_values(*, name: str, honoured_on: dt.date, granted_by_name: str, is_government: bool) -> dict[str, Any]:
    """The fields of article 9."""
    if honoured_on > clock.today():
        raise Refused(_("This day lies in the future."), field="honoured_on")
    return {
        "name": said(name, 80, field="name"),
        "honoured_on": honoured_on,
        "granted_by_name": said(granted_by_name, 100, field="granted_by_name"),
        "is_government": is_government,
    }


def evaluation_values(*, grade: str, words: str) -> dict[str, Any]:
    """The fields of article 10. A grade that hurts says why."""
    if grade not in ServiceEvaluation.Grade.values:
        raise Refused(_("Please choose one of the answers."), field="grade")
    text = one_line(words, 200)
    if grade == ServiceEvaluation.Grade.POOR and len(text) < 4:
        raise Refused(_("Please say in a few words why, so that the volunteer can learn from it."), field="words")
    return {"grade": grade, "words": text}


@transaction.atomic
def write_training(
    people: Iterable[Person],
    *,
    organization: Organization,
    name: str,
    content: str,
    minutes: int | None,
    organizer_name: str,
    from_date: dt.date,
    to_date: dt.date | None = None,
    by: Actor,
) -> tuple[list[TrainingEntry], list[Person]]:
    """One training for many people at once. Returns the lines written, and those left out: who has this training of this day already, and the writer."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    require(permissions.can_write(by, organization))
    values = training_values(
        name=name, content=content, minutes=minutes, organizer_name=organizer_name or organization.name, from_date=from_date, to_date=to_date
    )
    wanted = {person.pk: person for person in people}
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise Refused(_("Choose at least one person, and at most %(n)s.") % {"n": MOST_AT_ONCE}, field="people")
    known = TrainingEntry.objects.counting().filter(person__in=wanted, name=values["name"], from_date=from_date).values_list("person", flat=True)
    skipped = {*known, *([by.pk] if isinstance(by, Person) else [])}
    entries = [
        write(TrainingEntry, person=person, organization=organization, values=values, by=by) for pk, person in wanted.items() if pk not in skipped
    ]
    return entries, [person for pk, person in wanted.items() if pk in skipped]


def write(model: type[DossierEntry], *, person: Person, organization: Organization | None, values: dict[str, Any], by: Actor, **more: Any) -> Any:
    """The line and its entry in the journal. Who may is asked by the verb around it."""
    entry = model(person=person, organization=organization, written_by=accounts.person_of(by), written_at=clock.now(), **values, **more)
    entry.save(force_insert=True)
    journal.record(f"{NOUNS[model]}.written", on=entry, after={"number": entry.number, "person": person.pk}, by=by)
    return entry


@transaction.atomic
def evaluate_shift(shift: Shift, *, grades: Mapping[int, tuple[str, str]], by: Actor) -> list[ServiceEvaluation]:
    """服务质量评价 of volunteers of one shift: {person's key: (grade, words)}. Only of those whose service is recorded; each once, later words are corrections."""
    Shift.objects.select_for_update(of=["self"]).get(pk=shift.pk)
    host = shift.activity.host
    require(permissions.can_write(by, host))
    records = {
        record.person_id: record for record in ServiceRecord.objects.counting().filter(shift=shift, person__in=grades).select_related("person")
    }
    done = set(ServiceEvaluation.objects.filter(shift=shift, person__in=grades).values_list("person", flat=True))
    written = []
    for pk, (grade, words) in grades.items():
        if pk in done or pk not in records or not permissions.can_write_for(by, host, pk):
            continue
        values = evaluation_values(grade=grade, words=words) | {
            "activity": shift.activity,
            "shift": shift,
            "activity_name": shift.activity.title,
            "evaluated_on": clock.today(),
        }
        written.append(write(ServiceEvaluation, person=records[pk].person, organization=host, values=values, by=by))
    if not written:
        raise Refused(_("Nobody left to evaluate in this shift."))
    return written


def _locked(entry: Any) -> Any:
    found = type(entry).objects.select_for_update(of=["self"]).select_related("organization__territory", "person").get(pk=entry.pk)
    if type(entry).objects.filter(corrects=found).exists():
        raise Refused(_("This line was put right already. Please open the newest one."))
    if found.is_withdrawn:
        raise Refused(_("This line was taken back."))
    return found


CHECKS: dict[type[DossierEntry], Any] = {TrainingEntry: training_values, HonourEntry: honour_values, ServiceEvaluation: evaluation_values}


@transaction.atomic
def correct_entry(entry: DossierEntry, *, reason: str, by: Actor, **values: Any) -> Any:
    """A new line that says what is right; the old one stays readable."""
    entry = _locked(entry)
    require(permissions.can_correct(by, entry))
    reason = said(reason, 200, field="reason")
    clean = CHECKS[type(entry)](**values)
    if all(getattr(entry, name) == value for name, value in clean.items()):
        raise Refused(_("Nothing was changed."))
    return _follow(entry, verb="corrected", reason=reason, by=by, **clean)


@transaction.atomic
def withdraw_entry(entry: DossierEntry, *, reason: str, by: Actor) -> Any:
    """The line counts no more; it and the reason stay."""
    entry = _locked(entry)
    require(permissions.can_correct(by, entry))
    reason = said(reason, 200, field="reason")
    return _follow(entry, verb="withdrawn", reason=reason, by=by, is_withdrawn=True)


def _follow(entry: Any, *, verb: str, reason: str, by: Actor, **changed: Any) -> Any:
    """The line that takes the place of this one: the same values but for what changed."""
    own = {"id", "number", "corrects", "is_withdrawn", "reason", "written_by", "written_at", "source", "source_number"}
    values = {field.name: getattr(entry, field.name) for field in entry._meta.concrete_fields if field.name not in own}
    made = type(entry)(corrects=entry, reason=reason, written_by=accounts.person_of(by), written_at=clock.now(), **values | changed)
    made.save(force_insert=True)
    journal.record(f"{NOUNS[type(entry)]}.{verb}", on=made, before={"number": entry.number}, after={"number": made.number}, reason=reason, by=by)
    return made
