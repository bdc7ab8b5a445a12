"""Verbs on places, bodies, belonging and roles."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liandong.accounts import services as accounts
from liandong.accounts import throttle
from liandong.accounts.models import Consent, Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Conflict, Refused, TooMany
from liandong.core.numbers import clean_number, problem_of_uscc
from liandong.core.pinyin import pinyin_of
from liandong.core.text import clean_words, fold
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.organizations import queries
from liandong.organizations.models import Membership, Organization, Role, RoleGrant, Territory
from liandong.organizations.permissions import (
    can_change_state,
    can_create_organization,
    can_edit_organization,
    can_grant,
    can_keep_memberships,
    can_keep_territories,
    can_merge,
    can_register_person,
    can_reveal,
    forget_grants,
)

Actor = Person | System

REVEALS_AN_HOUR = 30
RESERVED_SLUGS = {"new", "person", "places", "roles", "memberships"}
PRIVATE_FIELDS = {"contact_name", "contact_phone"}


# Places


@transaction.atomic
def create_territory(*, name: str, level: str, parent: Territory | None, code: str = "", from_date: dt.date | None = None, by: Actor) -> Territory:
    """A new place inside another one. A place without a parent is made by the system only."""
    if parent is not None:
        require(can_keep_territories(by, parent))
        _require_below(level, parent)
    name = _required(name, "name", 60)
    if Territory.objects.filter(parent=parent, name=name, to_date__isnull=True).exists():
        raise Refused(_("There is a place of this name already."), field="name")
    territory = Territory(name=name, level=level, parent=parent, code=fold(code), from_date=from_date)
    territory.save()
    journal.record("territory.created", on=territory, after={"name": name, "level": level}, by=by)
    return territory


def _require_below(level: str, parent: Territory) -> None:
    order = Territory.Level.values
    if level not in order or order.index(level) <= order.index(parent.level):
        raise Refused(_("This level does not fit inside the place above."), field="level")


@transaction.atomic
def rename_territory(territory: Territory, *, name: str, by: Actor) -> Territory:
    territory = Territory.objects.select_for_update().get(pk=territory.pk)
    require(can_keep_territories(by, territory))
    name = _required(name, "name", 60)
    if Territory.objects.filter(parent_id=territory.parent_id, name=name, to_date__isnull=True).exclude(pk=territory.pk).exists():
        raise Refused(_("There is a place of this name already."), field="name")
    before, territory.name = territory.name, name
    territory.save(update_fields=["name", "pinyin"])
    journal.record("territory.renamed", on=territory, before={"name": before}, after={"name": name}, by=by)
    return territory


@transaction.atomic
def close_territory(territory: Territory, *, to_date: dt.date | None = None, by: Actor) -> Territory:
    """The place ends. What was earned there stays there; it can be chosen no more. Refused while open places lie inside it."""
    territory = Territory.objects.select_for_update().get(pk=territory.pk)
    require(can_keep_territories(by, territory))
    if territory.to_date:
        return territory
    if Territory.objects.filter(parent=territory, to_date__isnull=True).exists():
        raise Refused(_("Close the places inside it first."))
    territory.to_date = to_date or clock.today()
    territory.save(update_fields=["to_date"])
    journal.record("territory.closed", on=territory, after={"to_date": territory.to_date}, by=by)
    return territory


# Bodies


@transaction.atomic
def create_organization(
    *,
    name: str,
    kind: str,
    territory: Territory,
    short_name: str = "",
    slug: str = "",
    parent: Organization | None = None,
    uscc: str = "",
    staff_count: int | None = None,
    intro: str = "",
    address: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    by: Actor,
) -> Organization:
    """Admit a body to the hub: it may work at once."""
    require(can_create_organization(by, territory))
    values = _clean(name=name, short_name=short_name, uscc=uscc, intro=intro, address=address, contact_name=contact_name, contact_phone=contact_phone)
    _require_free(values)
    if kind not in Organization.Kind.values:
        raise Refused(_("Please choose one of the answers."), field="kind")
    organization = Organization(
        kind=kind,
        territory=territory,
        parent=parent,
        slug=slug or _free_slug(values["short_name"] or values["name"]),
        staff_count=_staff_count(staff_count),
        **values,
    )
    _save(organization)
    journal.record("organization.created", on=organization, after={"name": organization.name, "kind": kind, "territory": territory.pk}, by=by)
    return organization


@transaction.atomic
def edit_organization(
    organization: Organization, *, seen: dict[str, Any] | None = None, territory: Territory | None = None, by: Actor, **values: Any
) -> Organization:
    """Change what a body says about itself. `seen`: the values the form was opened with; another's change since then is a Conflict."""
    organization = Organization.objects.select_for_update(of=["self"]).select_related("territory").get(pk=organization.pk)
    require(can_edit_organization(by, organization))
    if territory is not None and territory.pk != organization.territory_id:
        require(can_create_organization(by, territory))
        values["territory"] = territory
    values = {**values, **_clean(**{field: value for field, value in values.items() if field in _LIMITS})}
    if "staff_count" in values:
        values["staff_count"] = _staff_count(values["staff_count"])
    for field, old in (seen or {}).items():
        now = getattr(organization, field)
        if str(now) != str(old) and str(now) != str(values.get(field, now)):
            raise Conflict(_("Somebody else changed this in the meantime."), mine=values[field], theirs=now)
    _require_free(values, but=organization)
    changed = [field for field, value in values.items() if getattr(organization, field) != value]
    before = {field: getattr(organization, field) for field in changed}
    for field in changed:
        setattr(organization, field, values[field])
    if changed:
        _save(organization, update_fields=[*changed, "pinyin"])
        journal.record(
            "organization.edited", on=organization, before=_plain(before), after=_plain({field: values[field] for field in changed}), by=by
        )
    return organization


_LIMITS = {"name": 100, "short_name": 30, "uscc": 18, "intro": 4000, "address": 200, "contact_name": 50, "contact_phone": 30}


def _staff_count(value: int | None) -> int | None:
    """None where it is not known; a body without anybody is none."""
    if value is not None and not 1 <= value <= 1_000_000:
        raise Refused(_("Between 1 and 1,000,000, please."), field="staff_count")
    return value


def _clean(**values: str) -> dict[str, str]:
    clean = {field: clean_words(value) if field == "intro" else fold(value) for field, value in values.items()}
    if "name" in clean:
        _required(clean["name"], "name", 100)
    if "uscc" in clean:
        clean["uscc"] = clean_number(clean["uscc"])
        if clean["uscc"] and (problem := problem_of_uscc(clean["uscc"])):
            raise Refused(problem, field="uscc")
    for field, value in clean.items():
        if len(value) > _LIMITS[field]:
            raise Refused(_("At most %(n)s characters, please.") % {"n": _LIMITS[field]}, field=field)
    return clean


def _required(value: str, field: str, limit: int) -> str:
    value = fold(value)
    if not value:
        raise Refused(_("Please enter a name."), field=field)
    if len(value) > limit:
        raise Refused(_("At most %(n)s characters, please.") % {"n": limit}, field=field)
    return value


def _require_free(values: dict[str, Any], *, but: Organization | None = None) -> None:
    others = Organization.objects.exclude(pk=but.pk) if but else Organization.objects.all()
    if values.get("name") and others.filter(name=values["name"]).exists():
        raise Refused(_("There is a body of this name already."), field="name")
    if values.get("uscc") and others.filter(uscc=values["uscc"]).exists():
        raise Refused(_("There is a body with this credit code already."), field="uscc")


def _save(organization: Organization, **options: Any) -> None:
    """Two who enter the same name at the same moment: the second is refused, not broken."""
    try:
        with transaction.atomic():
            organization.save(**options)
    except IntegrityError as error:
        raise Refused(_("There is a body of this name already."), field="name") from error


def _free_slug(name: str) -> str:
    stem = pinyin_of(name)[:40] or "org"
    taken = RESERVED_SLUGS | set(Organization.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))) if slug not in taken)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {field: "changed" if field in PRIVATE_FIELDS else getattr(value, "pk", value) for field, value in values.items()}


@transaction.atomic
def change_state(organization: Organization, *, state: str, reason: str = "", by: Actor) -> Organization:
    """Admit, suspend or close a body."""
    organization = Organization.objects.select_for_update(of=["self"]).select_related("territory").get(pk=organization.pk)
    require(can_change_state(by, organization))
    require_transition(Organization.TRANSITIONS, organization.state, state)
    before, organization.state = organization.state, state
    organization.save(update_fields=["state"])
    journal.record("organization.state_changed", on=organization, before={"state": before}, after={"state": state}, reason=reason, by=by)
    return organization


# Belonging


@transaction.atomic
def add_membership(
    organization: Organization,
    *,
    person: Person,
    kind: str,
    department: str = "",
    staff_number: str = "",
    is_union_member: bool | None = None,
    from_date: dt.date | None = None,
    by: Actor,
) -> Membership:
    """The person belongs to the body from now on. An open membership of the same kind is kept as it is, empty fields filled in."""
    require(can_keep_memberships(by, organization))
    if kind not in Membership.Kind.values:
        raise Refused(_("Please choose one of the answers."), field="kind")
    details = {"department": fold(department)[:60], "staff_number": fold(staff_number)[:40], "is_union_member": is_union_member}
    membership, created = Membership.objects.get_or_create(
        organization=organization, person=person, kind=kind, to_date=None, defaults={"from_date": from_date or clock.today(), **details}
    )
    if created:
        journal.record("membership.added", on=membership, after={"organization": organization.pk, "person": person.pk, "kind": kind}, by=by)
        return membership
    filled = [field for field, value in details.items() if value not in ("", None) and getattr(membership, field) in ("", None)]
    for field in filled:
        setattr(membership, field, details[field])
    if filled:
        membership.save(update_fields=filled)
        journal.record("membership.filled_in", on=membership, after={"fields": filled}, by=by)
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, to_date: dt.date | None = None, by: Actor) -> Membership:
    """The last day of belonging; yesterday unless said otherwise, so that the body sees the person no more from now on."""
    membership = Membership.objects.select_for_update(of=["self"]).select_related("organization__territory").get(pk=membership.pk)
    require(can_keep_memberships(by, membership.organization))
    if membership.to_date is not None:
        return membership
    membership.to_date = max(to_date or _yesterday(), membership.from_date)
    membership.save(update_fields=["to_date"])
    journal.record("membership.ended", on=membership, after={"to_date": membership.to_date}, by=by)
    return membership


def _yesterday() -> dt.date:
    return clock.today() - dt.timedelta(days=1)


@transaction.atomic
def register_person(
    organization: Organization,
    *,
    name: str,
    phone: str = "",
    birth_date: dt.date | None = None,
    sex: str = "",
    id_number: str = "",
    kind: str = Membership.Kind.RESIDENT,
    consent: bool = False,
    by: Actor,
) -> Person:
    """代办: enter somebody who cannot do it alone, with their consent, as belonging to the body. The person known already is joined, not doubled."""
    require(can_register_person(by, organization))
    if not consent:
        raise Refused(_("Please ask the person and tick that they agree."), field="consent")
    person = accounts.register_person(name=name, phone=phone, birth_date=birth_date, sex=sex, id_number=id_number, by=by)
    add_membership(organization, person=person, kind=kind, by=by)
    accounts.give_consent(person, purpose=Consent.Purpose.PROXY, words=organization.name, through=accounts.person_of(by), by=by)
    return person


@transaction.atomic
def reveal(person: Person, *, field: str, reason: str, by: Actor) -> str:
    """One full value of a person who belongs to the body, for a reason, kept in the journal (not the value). At most 30 an hour by one person."""
    require(can_reveal(by, person))
    return record_reveal(person, field=field, reason=reason, by=by)


@transaction.atomic
def record_reveal(person: Person, *, field: str, reason: str, by: Actor) -> str:
    """The rule and the record of a reveal. Who may is asked by the verb that calls it: here, or in an app above."""
    reason = fold(reason)
    if field not in queries.REVEALABLE:
        raise Refused(_("Please choose one of the answers."), field="field")
    if len(reason) < 2:
        raise Refused(_("Please say why you need it."), field="reason")
    refuse_many_reveals(by=by)
    journal.record("person.revealed", on=person, after={"field": field}, reason=reason, by=by)
    return queries.full_value(person, field)


def refuse_many_reveals(*, by: Actor) -> None:
    """Called by every verb that shows a full value, in its transaction: at most 30 an hour by one person, whatever page they stand on."""
    throttle.lock(f"reveal:{journal.key_of(by)}")
    if queries.reveals_in_last_hour(by) >= REVEALS_AN_HOUR:
        raise TooMany(_("Too many values were shown in one hour. Please wait."), seconds=3600)


@transaction.atomic
def merge_person(person: Person, *, into: Person, by: Actor) -> Person:
    """Join two entries of one person; memberships and roles move here, the rest follows by the journal."""
    require(can_merge(by, person, into))
    accounts.merge_person(person, into=into, by=by)
    held = set(Membership.objects.filter(person=into, to_date__isnull=True).values_list("organization_id", "kind"))
    for membership in Membership.objects.select_for_update().filter(person=person):
        if membership.to_date is None and (membership.organization_id, membership.kind) in held:
            membership.to_date = max(_yesterday(), membership.from_date)
        membership.person = into
        membership.save(update_fields=["person", "to_date"])
    for grant in RoleGrant.objects.select_for_update().filter(person=person, to_date__isnull=True):
        same = RoleGrant.objects.filter(
            person=into, role=grant.role, organization=grant.organization_id, territory=grant.territory_id, to_date__isnull=True
        )
        grant.person, grant.to_date = into, _yesterday() if same.exists() else None
        grant.save(update_fields=["person", "to_date"])
    return into


# Roles


@transaction.atomic
def grant_role(
    person: Person,
    *,
    role: str,
    organization: Organization | None = None,
    territory: Territory | None = None,
    from_date: dt.date | None = None,
    to_date: dt.date | None = None,
    by: Actor,
) -> RoleGrant:
    """Give a role on a body or a place. Nobody gives more than they hold there. Given twice, it is one."""
    if role not in Role.values:
        raise Refused(_("Please choose one of the answers."), field="role")
    _lock_scope(organization, territory)
    forget_grants(by)  # they may have ended while we waited
    require(can_grant(by, role, organization=organization, territory=territory))
    from_date = from_date or clock.today()
    if to_date and to_date < from_date:
        raise Refused(_("The end lies before the beginning."), field="to_date")
    same = {"person": person, "role": role, "organization": organization, "territory": territory}
    if held := RoleGrant.objects.filter(**same, to_date__isnull=True).first():
        return held
    grant = RoleGrant.objects.create(**same, from_date=from_date, to_date=to_date, granted_by=accounts.person_of(by))
    forget_grants(person)
    journal.record("role.granted", on=person, after={"role": role, "on": journal.key_of(grant.place), "from": from_date, "to": to_date}, by=by)
    return grant


@transaction.atomic
def end_role(grant: RoleGrant, *, by: Actor) -> RoleGrant:
    """The role ends at once: its last day was yesterday. The last manager of a body or place stays."""
    _lock_scope(grant.organization, grant.territory)
    forget_grants(by)
    grant = RoleGrant.objects.select_for_update(of=["self"]).select_related("organization__territory", "territory", "person").get(pk=grant.pk)
    require(can_grant(by, grant.role, organization=grant.organization, territory=grant.territory))
    if grant.to_date is not None and grant.to_date < clock.today():
        return grant
    if grant.role in (Role.ORG_MANAGER, Role.HUB_MANAGER) and not _other_managers(grant):
        raise Refused(_("This is the last manager. Appoint another one first."))
    grant.to_date = _yesterday()
    grant.save(update_fields=["to_date"])
    for person in (grant.person, by):
        forget_grants(person)
    journal.record("role.ended", on=grant.person, after={"role": grant.role, "on": journal.key_of(grant.place)}, by=by)
    return grant


def _lock_scope(organization: Organization | None, territory: Territory | None) -> None:
    if organization is not None:
        Organization.objects.select_for_update().get(pk=organization.pk)
    elif territory is not None:
        Territory.objects.select_for_update().get(pk=territory.pk)


def _other_managers(grant: RoleGrant) -> bool:
    today = clock.today()
    return (
        RoleGrant.objects.filter(
            Q(to_date__isnull=True) | Q(to_date__gte=today),
            role=grant.role,
            organization=grant.organization,
            territory=grant.territory,
            from_date__lte=today,
        )
        .exclude(pk=grant.pk)
        .exclude(person=grant.person)
        .exists()
    )
