"""Verbs on the wall: show, take down. Only by the word of the one it is about."""

from django.db import transaction
from django.utils.translation import gettext as _

from liandong.accounts import services as accounts
from liandong.accounts.models import Consent, Person
from liandong.core import clock
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import one_line
from liandong.honours import permissions
from liandong.honours.models import Honour, StarGrant, WallEntry
from liandong.honours.rules import is_minor
from liandong.journal import services as journal
from liandong.organizations.models import Territory
from liandong.volunteers.queries import street_of


@transaction.atomic
def show(
    thing: Honour | StarGrant, *, name_form: str = WallEntry.NameForm.MASKED, nickname: str = "", is_adult: bool = False, by: Person
) -> WallEntry:
    """Show this honour, or this star, on the wall under this form of the name. Again with another form: the earlier entry ends. Minors never. Journal: wall.shown."""
    require(permissions.can_show(by, thing))
    person = thing.person
    if person is not None:
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        _refuse_minor(person, is_adult=is_adult)
    if isinstance(thing, Honour):
        thing = Honour.objects.select_related("award__territory").get(pk=thing.pk)
        if thing.state != Honour.State.VALID:
            raise Refused(_("This honour was withdrawn."))
        territory: Territory | None = thing.award.territory
    else:
        if thing.withdraws_id is not None or StarGrant.objects.filter(withdraws=thing).exists():
            raise Refused(_("This star was taken back."))
        territory = street_of(thing.person)
    nickname = one_line(nickname, 20)
    if person is None:
        name_form, nickname = WallEntry.NameForm.FULL, ""
    if name_form == WallEntry.NameForm.NICKNAME and len(nickname) < 2:
        raise Refused(_("Write the name that shall stand there."), field="nickname")
    given = {"honour": thing} if isinstance(thing, Honour) else {"grant": thing}
    WallEntry.objects.filter(**given, withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
    if person is not None:
        accounts.give_consent(person, purpose=Consent.Purpose.PUBLISH, words=_("Honour wall, by my own choice"), by=by)
    entry = WallEntry.objects.create(
        **given,
        territory=territory,
        name_form=name_form,
        nickname=nickname if name_form == WallEntry.NameForm.NICKNAME else "",
        agreed_by=by,
        agreed_at=clock.now(),
    )
    journal.record("wall.shown", on=entry, after={"name_form": name_form}, by=by)
    return entry


@transaction.atomic
def take_down(thing: Honour | StarGrant, *, by: Person) -> None:
    """Off the wall, at once. Journal: wall.taken_down."""
    require(permissions.can_show(by, thing))
    given = {"honour": thing} if isinstance(thing, Honour) else {"grant": thing}
    for entry in WallEntry.objects.select_for_update().filter(**given, withdrawn_at__isnull=True):
        entry.withdrawn_at = clock.now()
        entry.save(update_fields=["withdrawn_at"])
        journal.record("wall.taken_down", on=entry, after={"withdrawn_at": entry.withdrawn_at}, by=by)


def _refuse_minor(person: Person, *, is_adult: bool) -> None:
    if is_minor(person.birth_date, clock.today()):
        raise Refused(_("People under 18 are not shown on the wall."))
    if person.birth_date is None and not is_adult:
        raise Refused(_("Please say that you are 18 or older."), field="is_adult")
