"""Reading for suggestions: places that are free, what is known about one person, and the list without knowing anything."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from liandong.accounts.models import Person
from liandong.activities.models import Activity, Position, SignUp
from liandong.activities.queries import closed_to
from liandong.core import clock
from liandong.matching import fit, rules
from liandong.matching.models import Invitation, Roster, SuggestionChoice, SuggestionRefusal
from liandong.matching.problems.rosters import slot_at
from liandong.organizations.models import Territory
from liandong.organizations.permissions import in_force
from liandong.volunteers.models import TeamMembership, VolunteerProfile

AHEAD = dt.timedelta(days=28)
LOOKED_AT = 3_000  # places
MOST = 60  # suggestions
YEAR = dt.timedelta(days=365)
VOLUNTEER = Position.Kind.VOLUNTEER
CONFIRMED, WAITING = SignUp.State.CONFIRMED, SignUp.State.WAITING


@dataclass
class Shown:
    """A row of the list: the place and why. `line` is empty without a profile."""

    activity: Activity
    place: fit.Place
    line: str = ""


def choice_of(person: Person) -> SuggestionChoice | None:
    return SuggestionChoice.objects.filter(person=person).first()


def free_places(*, within: str = "") -> QuerySet[Position]:
    """Volunteers' places still free in the coming weeks, the nearest in time first, with `left`. `within`: the path of a territory."""
    taken = SignUp.objects.filter(position=OuterRef("pk"), state=CONFIRMED).order_by().values("position").annotate(n=Count("pk")).values("n")
    rows = Position.objects.filter(
        kind=VOLUNTEER, shift__activity__state=Activity.State.PUBLISHED, shift__starts_at__gt=clock.now(), shift__starts_at__lte=clock.now() + AHEAD
    )
    if within:
        rows = rows.filter(shift__activity__territory__path__startswith=within)
    rows = rows.annotate(left=F("capacity") - Coalesce(Subquery(taken, output_field=IntegerField()), Value(0)))
    return rows.filter(left__gt=0).order_by("shift__starts_at", "pk")


def places_of(rows: QuerySet[Position]) -> list[fit.Place]:
    """With the skills that the newest plan of the activity asks for in the position. One query."""
    asked = Roster.objects.filter(activity=OuterRef("shift__activity")).exclude(state=Roster.State.WITHDRAWN).order_by("-pk").values("skills")[:1]
    found = rows.annotate(asks=Subquery(asked)).values_list(
        "pk", "name", "note", "shift_id", "shift__starts_at", "shift__ends_at", "shift__activity_id", "shift__activity__category",
        "shift__activity__host_id", "shift__activity__territory__path", "shift__activity__is_good_first_time", "left", "shift__activity__title",
        "shift__activity__code", "asks",
    )  # fmt: skip
    return [
        fit.Place(
            pk,
            name,
            note,
            shift,
            start,
            end,
            slot_at(start),
            activity,
            category,
            host,
            path,
            first,
            left,
            title,
            code,
            tuple((asks or {}).get(name, ())),
        )
        for pk, name, note, shift, start, end, activity, category, host, path, first, left, title, code, asks in found
    ]


def known_of(person: Person) -> tuple[fit.Known, list[dict[str, Any]], bool]:
    """(what may count, what they refused, whether they are a volunteer at work). One query, which gives nothing for those who do not want
    their profile used; own sign-ups decide clashes and load, nothing about coming or not coming."""
    now = clock.now()
    profile = VolunteerProfile.objects.filter(person=OuterRef("pk"), state=VolunteerProfile.State.ACTIVE)
    skills = VolunteerProfile.skills.through.objects.filter(volunteerprofile__person=OuterRef("pk"))
    own = SignUp.objects.filter(person=OuterRef("pk"))
    coming = own.filter(state__in=(CONFIRMED, WAITING), shift__ends_at__gt=fit.week_of(now)[0])
    came = own.filter(position__kind=VOLUNTEER, attendance__isnull=False, shift__starts_at__gt=now - YEAR)
    refused = SuggestionRefusal.objects.filter(person=OuterRef("pk"))
    teams = TeamMembership.objects.filter(in_force(), person=person).values("team")
    mates = TeamMembership.objects.filter(in_force(), team__in=teams).exclude(person=person).values("person")
    going = SignUp.objects.filter(person__in=mates, position__kind=VOLUNTEER, state=CONFIRMED, shift__starts_at__gt=now)
    row = (
        Person.objects.filter(~Exists(SuggestionChoice.objects.filter(person=OuterRef("pk"), is_without_profile=True)), pk=person.pk)
        .values(
            home=Subquery(profile.values("residence__path")[:1]),
            slots=Subquery(profile.values("availability")[:1]),
            skills=ArraySubquery(skills.values("skill__name")),
            coming=ArraySubquery(
                coming.values(
                    json=JSONObject(
                        activity="shift__activity", starts="shift__starts_at", ends="shift__ends_at", kind="position__kind", state="state"
                    )
                )
            ),
            came=ArraySubquery(came.values("shift__activity__category")),
            asked=ArraySubquery(Invitation.objects.filter(person=OuterRef("pk")).values("position__shift__activity")),
            refused=ArraySubquery(
                refused.values(
                    json=JSONObject(what="what", activity="activity", series="activity__series", category="category", organization="organization")
                )
            ),
            mates=ArraySubquery(going.values("shift__activity")),
        )
        .first()
    )
    if row is None:
        return fit.Known(), [], False
    spans = [(one, (dt.datetime.fromisoformat(one["starts"]), dt.datetime.fromisoformat(one["ends"]))) for one in row["coming"]]
    known = fit.Known(
        home=row["home"] or "",
        skills=frozenset(row["skills"]),
        slots=frozenset(row["slots"] or ()),
        served=Counter(row["came"]),
        services=len(row["came"]),
        busy=[span for one, span in spans if one["state"] == CONFIRMED],
        serving=[span for one, span in spans if one["kind"] == VOLUNTEER and one["state"] == CONFIRMED],
        mates=frozenset(row["mates"]),
    )
    mine = {*(one["activity"] for one in row["coming"]), *row["asked"]}
    refusals = [*row["refused"], *({"what": "mine", "activity": key} for key in mine)]
    return known, refusals, row["slots"] is not None


def without_refused(rows: QuerySet[Position], refusals: Sequence[dict[str, Any]]) -> QuerySet[Position]:
    """An activity that was refused never comes again, nor what repeats it; a kind or a body only when they were named. What one goes to or was asked for is no suggestion."""
    activities = [one["activity"] for one in refusals if one["what"] in ("activity", "mine")]
    series = [one["series"] for one in refusals if one["what"] == "activity" and one["series"]]
    categories = [one["category"] for one in refusals if one["what"] == "category"]
    bodies = [one["organization"] for one in refusals if one["what"] == "organization"]
    query = Q()
    if activities:
        query |= Q(shift__activity__in=activities)
    if series:
        query |= Q(shift__activity__series__isnull=False, shift__activity__series__in=series)
    if categories:
        query |= Q(shift__activity__category__in=categories)
    if bodies:
        query |= Q(shift__activity__host__in=bodies)
    return rows.exclude(query) if query else rows


def district_path(home: str) -> str:
    """The path two steps above: a home in a community is looked around in its district."""
    steps = home.strip("/").split("/")
    return f"/{'/'.join(steps[:-2])}/" if len(steps) > 2 else f"/{steps[0]}/" if steps[0] else ""


def suggestions_for(person: Person) -> tuple[list[fit.Suggestion], int]:
    """What suits somebody and is open to them, the best first, and how many were left out for the weekly limit. Two queries."""
    known, refusals, is_volunteer = known_of(person)
    if not is_volunteer:
        return [], 0
    rows = without_refused(free_places(within=district_path(known.home)).exclude(closed_to(person)), refusals)
    found, over = fit.rank(places_of(rows[:LOOKED_AT]), known, weekly_minutes=rules.rule_on(clock.today()).weekly_minutes)
    return found[:MOST], over


def nearest_in_time(*, street: Territory | None = None) -> list[fit.Place]:
    """The next free places, one of each activity: the same list for everybody. Nothing about anybody is read. One query."""
    places: dict[int, fit.Place] = {}
    for place in places_of(free_places(within=street.path if street else "")[: MOST * 5]):
        places.setdefault(place.activity, place)
    return list(places.values())[:MOST]


def with_activities(places: Sequence[fit.Place]) -> dict[int, Activity]:
    rows = Activity.objects.filter(pk__in=[place.activity for place in places]).select_related("host", "venue").defer("search")
    return {row.pk: row for row in rows}


def streets() -> list[tuple[int, str]]:
    """Where something is coming up: to choose from without being known."""
    rows = Territory.objects.filter(level=Territory.Level.STREET, to_date__isnull=True).order_by("pinyin", "pk")
    return list(rows.values_list("pk", "name")[:30])


def refusals_of(person: Person) -> QuerySet[SuggestionRefusal]:
    return SuggestionRefusal.objects.filter(person=person).select_related("activity", "organization").order_by("-refused_at", "-pk")
