"""Verbs on volunteers and their teams."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liandong.accounts.models import Person
from liandong.core import clock
from liandong.core.actors import System
from liandong.core.decision import require
from liandong.core.errors import Refused
from liandong.core.text import clean_words, fold
from liandong.core.transitions import require_transition
from liandong.journal import services as journal
from liandong.organizations import services as organizations
from liandong.organizations.models import Organization, Territory
from liandong.volunteers.models import Skill, Team, TeamMembership, VolunteerProfile
from liandong.volunteers.permissions import can_appoint_leader, can_create_team, can_join, can_leave, can_manage_team, can_register, can_reveal

Actor = Person | System
State = VolunteerProfile.State


@transaction.atomic
def register_volunteer(
    person: Person,
    *,
    residence: Territory | None = None,
    skills: Iterable[Skill] = (),
    availability: Iterable[str] = (),
    availability_note: str = "",
    intro: str = "",
    registered_on: dt.date | None = None,
    by: Actor,
) -> VolunteerProfile:
    """The person is a volunteer from now on. Registered before: what was empty is filled in, and who had left is back."""
    Person.objects.select_for_update().get(pk=person.pk)
    require(can_register(by, person))
    details = _clean(availability=availability, availability_note=availability_note, intro=intro)
    profile, created = VolunteerProfile.objects.get_or_create(
        person=person, defaults={"residence": residence, "registered_on": registered_on or clock.today(), **details}
    )
    if created:
        profile.skills.set(skills)
        journal.record("volunteer.registered", on=profile, after={"person": person.pk}, by=by)
        return profile
    changed = [field for field, value in {"residence": residence, **details}.items() if value and not getattr(profile, field)]
    for field in changed:
        setattr(profile, field, {"residence": residence, **details}[field])
    if profile.state == State.LEFT:
        profile.state = State.ACTIVE
        changed.append("state")
    if changed:
        profile.save(update_fields=changed)
        journal.record("volunteer.filled_in", on=profile, after={"fields": changed}, by=by)
    profile.skills.add(*skills)
    return profile


@transaction.atomic
def edit_volunteer(
    profile: VolunteerProfile,
    *,
    residence: Territory | None,
    skills: Iterable[Skill],
    availability: Iterable[str],
    availability_note: str = "",
    intro: str = "",
    by: Actor,
) -> VolunteerProfile:
    profile = VolunteerProfile.objects.select_for_update(of=["self"]).select_related("person").get(pk=profile.pk)
    require(can_register(by, profile.person))
    new = {"residence": residence, **_clean(availability=availability, availability_note=availability_note, intro=intro)}
    changed = [field for field, value in new.items() if getattr(profile, field) != value]
    for field in changed:
        setattr(profile, field, new[field])
    profile.save(update_fields=[*changed, "state"])
    profile.skills.set(skills)
    journal.record("volunteer.edited", on=profile, after={"fields": changed}, by=by)
    return profile


def _clean(*, availability: Iterable[str], availability_note: str, intro: str) -> dict[str, object]:
    slots = [slot for slot in VolunteerProfile.Slot.values if slot in set(availability)]
    note, intro = fold(availability_note), clean_words(intro)
    for field, value, limit in (("availability_note", note, 100), ("intro", intro, 300)):
        if len(value) > limit:
            raise Refused(_("At most %(n)s characters, please.") % {"n": limit}, field=field)
    return {"availability": slots, "availability_note": note, "intro": intro}


@transaction.atomic
def reveal(profile: VolunteerProfile, *, field: str, reason: str, by: Actor) -> str:
    """One full value of a volunteer, for a reason, recorded and limited like every other one."""
    require(can_reveal(by, profile))
    return organizations.record_reveal(profile.person, field=field, reason=reason, by=by)


@transaction.atomic
def change_state(profile: VolunteerProfile, *, state: str, by: Actor) -> VolunteerProfile:
    """Take a break, come back, leave. Volunteering is voluntary: no reason is asked."""
    profile = VolunteerProfile.objects.select_for_update(of=["self"]).select_related("person").get(pk=profile.pk)
    require(can_register(by, profile.person))
    require_transition(VolunteerProfile.TRANSITIONS, profile.state, state)
    before, profile.state = profile.state, state
    profile.save(update_fields=["state"])
    journal.record("volunteer.state_changed", on=profile, before={"state": before}, after={"state": state}, by=by)
    return profile


@transaction.atomic
def create_team(
    *,
    name: str,
    organization: Organization,
    territory: Territory | None = None,
    leader: Person | None = None,
    intro: str = "",
    founded_on: dt.date | None = None,
    by: Actor,
) -> Team:
    """A new team of a body; its leader is its first member."""
    require(can_create_team(by, organization))
    name = fold(name)
    if not name or len(name) > 60:
        raise Refused(_("Please enter a name of at most 60 characters."), field="name")
    team = Team(name=name, organization=organization, territory=territory or organization.territory, intro=clean_words(intro), founded_on=founded_on)
    _save(team)
    journal.record("team.created", on=team, after={"name": name, "organization": organization.pk}, by=by)
    if leader is not None:
        appoint_leader(team, person=leader, by=by)
        team.refresh_from_db()
    return team


def _save(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise Refused(_("This organisation has a team of this name already."), field="name") from error


@transaction.atomic
def edit_team(team: Team, *, name: str, intro: str = "", state: str = "", by: Actor) -> Team:
    team = _locked(team)
    require(can_manage_team(by, team))
    name = fold(name)
    if not name or len(name) > 60:
        raise Refused(_("Please enter a name of at most 60 characters."), field="name")
    before = {"name": team.name, "state": team.state}
    if state and state != team.state:
        require_transition(Team.TRANSITIONS, team.state, state)
        team.state = state
    team.name, team.intro = name, clean_words(intro)
    _save(team)
    journal.record("team.edited", on=team, before=before, after={"name": team.name, "state": team.state}, by=by)
    return team


@transaction.atomic
def join_team(team: Team, *, person: Person, from_date: dt.date | None = None, by: Actor) -> TeamMembership:
    """A member from now on; joined twice it is one. Whoever joins a team is a volunteer."""
    team = _locked(team)
    require(can_join(by, team, person))
    if team.state != Team.State.ACTIVE:
        raise Refused(_("This team takes nobody at the moment."))
    membership, created = TeamMembership.objects.get_or_create(
        team=team, person=person, to_date=None, defaults={"from_date": from_date or clock.today()}
    )
    if created:
        profile, new = VolunteerProfile.objects.get_or_create(person=person, defaults={"registered_on": clock.today()})
        if new:
            journal.record("volunteer.registered", on=profile, after={"person": person.pk}, by=by)
        journal.record("team.joined", on=team, after={"person": person.pk}, by=by)
    return membership


@transaction.atomic
def leave_team(team: Team, *, person: Person, by: Actor) -> None:
    """Ends the membership; the last day was yesterday, or today for who joined today. A leader hands over first."""
    team = _locked(team)
    require(can_leave(by, team, person))
    if team.leader_id == person.pk:
        raise Refused(_("The team needs a leader. Appoint another one first."))
    membership = TeamMembership.objects.filter(team=team, person=person, to_date__isnull=True).first()
    if membership is None:
        return
    membership.to_date = max(clock.today() - dt.timedelta(days=1), membership.from_date)
    membership.save(update_fields=["to_date"])
    journal.record("team.left", on=team, after={"person": person.pk}, by=by)


@transaction.atomic
def appoint_leader(team: Team, *, person: Person, by: Actor) -> Team:
    """Lead the team; who is no member yet becomes one."""
    team = _locked(team)
    require(can_appoint_leader(by, team))
    join_team(team, person=person, by=by)
    before, team.leader = team.leader_id, person
    team.save(update_fields=["leader"])
    journal.record("team.leader_appointed", on=team, before={"leader": before}, after={"leader": person.pk}, by=by)
    return team


def _locked(team: Team) -> Team:
    return Team.objects.select_for_update(of=["self"]).select_related("organization__territory", "territory").get(pk=team.pk)


@transaction.atomic
def move_person(person: Person, *, into: Person) -> None:
    """When two entries of one person are joined: profile and teams go along, hours brought along too. Done twice it changes nothing more."""
    teams = {row.team_id: row for row in TeamMembership.objects.filter(person=into, to_date__isnull=True)}
    for row in TeamMembership.objects.select_for_update().filter(person=person):
        if row.to_date is None and row.team_id in teams:
            row.to_date = max(clock.today() - dt.timedelta(days=1), row.from_date)
        row.person = into
        row.save(update_fields=["person", "to_date"])
    Team.objects.filter(leader=person).update(leader=into)
    profile, kept = (VolunteerProfile.objects.filter(person=one).first() for one in (person, into))
    if profile and kept is None:
        profile.person = into
        profile.save(update_fields=["person"])
    elif profile and kept and profile.brought_minutes:
        if not kept.brought_minutes:
            kept.brought_minutes, kept.brought_source = profile.brought_minutes, profile.brought_source
            kept.save(update_fields=["brought_minutes", "brought_source"])
        profile.brought_minutes = 0
        profile.save(update_fields=["brought_minutes"])


@transaction.atomic
def forget_person(person: Person) -> None:
    """The volunteer's part of an erasure: teams are left, the profile says nothing any more. A leader hands over first."""
    for membership in TeamMembership.objects.filter(person=person, to_date__isnull=True).select_related("team"):
        leave_team(membership.team, person=person, by=person)
    profile = VolunteerProfile.objects.filter(person=person).first()
    if profile is not None:
        profile.skills.clear()
        profile.state, profile.residence, profile.availability = State.LEFT, None, []
        profile.political_status = profile.availability_note = profile.intro = ""
        profile.save()
        journal.record("volunteer.forgotten", on=profile, by=person)


@transaction.atomic
def ensure_skills(names: Iterable[str]) -> list[Skill]:
    """The skills of these names, made where they are new."""
    wanted = sorted({fold(name)[:30] for name in names if fold(name)})
    Skill.objects.bulk_create([Skill(name=name) for name in wanted], ignore_conflicts=True)
    return list(Skill.objects.filter(name__in=wanted).order_by("name"))
