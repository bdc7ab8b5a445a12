"""What stands on one's own page, in few queries: today, next, records, needs, what waits for an answer."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liandong.accounts.models import Person
from liandong.activities import queries as activities
from liandong.activities.models import SignUp
from liandong.appointments import queries as appointments
from liandong.bookings import queries as bookings
from liandong.core import clock
from liandong.evaluation.models import RatingInvitation
from liandong.honours.queries import stars_of
from liandong.honours.rules import Stars
from liandong.matching import queries as matching
from liandong.matching.models import SuggestionChoice
from liandong.matching.words import suggestions as suggestion_words
from liandong.needs.models import Introduction, Need, NeedAnswer
from liandong.notices.models import Notice
from liandong.points.models import PointsAccount
from liandong.portal.rows import one
from liandong.portal.workspaces import address
from liandong.recognition.models import ServiceRecord
from liandong.surveys import queries as surveys
from liandong.surveys.models import Survey
from liandong.ui import words
from liandong.ui.listing import Link
from liandong.visits.models import Visit
from liandong.volunteers.models import VolunteerProfile

LONGEST_SAID = 40


def greeting() -> str:
    hour = timezone.localtime(clock.now()).hour
    if hour < 5:
        return _("good night")
    if hour < 11:
        return _("good morning")
    if hour < 13:
        return pgettext("around noon", "good day")
    return _("good afternoon") if hour < 18 else _("good evening")


@dataclass(frozen=True)
class Facts:
    """The numbers of a person: all of them from one query."""

    minutes: int
    brought_minutes: int
    points: int  # those that may be spent now
    unread: int
    is_volunteer: bool
    upcoming: int
    stars: Stars
    offers: int = 0
    was_visited: bool = False
    roster: int | None = None
    invitation: int | None = None
    without_profile: bool = False
    appointment_at: dt.datetime | None = None
    booking_at: dt.datetime | None = None

    @property
    def shown_minutes(self) -> int:
        return self.minutes + self.brought_minutes


def facts_of(person: Person) -> Facts:
    upcoming = SignUp.objects.filter(person=person, state__in=[SignUp.State.CONFIRMED, SignUp.State.WAITING], shift__ends_at__gt=clock.now())
    found = (
        Person.objects.filter(pk=person.pk)
        .annotate(
            minutes=one(ServiceRecord.objects.counting().filter(person=person), "sum", "minutes"),
            points=one(PointsAccount.objects.filter(person=person), "sum", F("balance") - F("pending")),
            brought=one(VolunteerProfile.objects.filter(person=person), "sum", "brought_minutes"),
            is_volunteer=Exists(VolunteerProfile.objects.filter(person=person)),
            unread=one(Notice.objects.filter(person=person, read_at__isnull=True), "count"),
            upcoming=one(upcoming, "count"),
            offers=one(Introduction.objects.filter(giver=person).exclude(state=Introduction.State.WITHDRAWN), "count"),
            roster=Subquery(matching.open_questions(person).values("roster")[:1]),
            invitation=Subquery(matching.open_invitations(person).values("pk")[:1]),
            without_profile=Exists(SuggestionChoice.objects.filter(person=person, is_without_profile=True)),
            was_visited=Exists(Visit.objects.filter(visited_person=person).exclude(state=Visit.State.CANCELLED)),
            booking_at=Subquery(bookings.next_of(person).values("starts_at")[:1]),
            appointment_at=Subquery(appointments.ahead_of(person).values("starts_at")[:1]),
        )
        .values(
            "minutes",
            "points",
            "brought",
            "unread",
            "is_volunteer",
            "upcoming",
            "offers",
            "was_visited",
            "roster",
            "invitation",
            "without_profile",
            "appointment_at",
            "booking_at",
        )
        .get()
    )
    minutes = found["minutes"] + found["brought"]
    return Facts(
        found["minutes"],
        found["brought"],
        found["points"],
        found["unread"],
        found["is_volunteer"],
        found["upcoming"],
        stars_of(minutes, person=person),
        found["offers"],
        found["was_visited"],
        found["roster"],
        found["invitation"],
        found["without_profile"],
        found["appointment_at"],
        found["booking_at"],
    )


@dataclass(frozen=True)
class Today:
    """The card of today's place."""

    sign_up: SignUp
    when: str
    countdown: str
    lines: list[str]
    url: str
    actions: list[Link]


def today_card(sign_up: SignUp) -> Today:
    shift, activity = sign_up.shift, sign_up.shift.activity
    attendance = getattr(sign_up, "attendance", None)
    begun = shift.starts_at <= clock.now()
    if attendance is not None:
        countdown = _("checked in %(time)s") % {"time": words.clock(attendance.in_at)}
    else:
        countdown = _("under way") if begun else words.until(shift.starts_at)
    ticket = address("activities:ticket", sign_up.code)
    actions = [Link(_("Check out") if attendance is not None else _("Check in"), ticket, icon="scan")]
    if where := way_to(activity):
        actions.append(Link(_("Directions"), where, icon="navigation"))
    if attendance is None and (cancel := address("activities:cancel_sign_up", sign_up.code)):
        actions.append(Link(_("Cannot come"), cancel, icon="x"))
    return Today(
        sign_up,
        f"{pgettext('day', 'Today')} {words.time_range(shift.starts_at, shift.ends_at)}",
        countdown,
        [sign_up.position.name, place_of(sign_up)],
        settings.SITE_URL + ticket,
        actions,
    )


def place_of(sign_up: SignUp) -> str:
    activity = sign_up.shift.activity
    return f"{activity.venue.name if activity.venue else activity.place} {sign_up.shift.spot}".strip()


def way_to(activity: Any) -> str:
    """A map app opened by its own address; only with a place to go to."""
    venue = activity.venue
    if venue is not None and venue.latitude is not None and venue.longitude is not None:
        return f"geo:{venue.latitude},{venue.longitude}?q={venue.latitude},{venue.longitude}({venue.name})"
    return address("activities:activity", activity.code) + "#place" if venue or activity.place else ""


@dataclass(frozen=True)
class Next:
    sign_up: SignUp
    note: str
    href: str


def next_rows(person: Person, *, limit: int = 3) -> list[Next]:
    rows = []
    for sign_up in activities.next_of(person)[:limit]:
        shift = sign_up.shift
        tail = _("number %(n)s in the queue") % {"n": sign_up.place_in_queue} if sign_up.state == SignUp.State.WAITING else place_of(sign_up)
        if sign_up.is_in_draw:
            tail = _("in the draw")
        note = _("%(weekday)s %(time)s, %(tail)s") % {
            "weekday": words.weekday(words.local_date(shift.starts_at)),
            "time": words.clock(shift.starts_at),
            "tail": tail,
        }
        rows.append(Next(sign_up, note, address("activities:ticket", sign_up.code)))
    return rows


@dataclass(frozen=True)
class MyNeed:
    """A need with the sentence that says what happens now and by when we answer."""

    need: Need
    line: str
    steps: list[tuple[str, str]]
    promise: str
    by_date: dt.date | None
    after: str
    href: str
    tone: str


def needs_of(person: Person, *, limit: int = 2) -> tuple[list[MyNeed], int]:
    """The newest needs somebody asked that are open or were done lately, and how many there are in all."""
    promised = NeedAnswer.objects.filter(need=OuterRef("pk"), promised_date__isnull=False).order_by("-answered_at").values("promised_date")
    said = NeedAnswer.objects.filter(need=OuterRef("pk")).order_by("-answered_at").values("words")
    rows = (
        Need.objects.filter(asker=person)
        .exclude(state__in=[Need.State.WITHDRAWN, Need.State.MERGED])
        .select_related("claimed_by", "handler")
        .annotate(promised=Subquery(promised[:1]), said=Subquery(said[:1]))
        .order_by("-submitted_at", "-id")
    )
    recent = list(rows[: limit + 1])
    recent.sort(key=lambda need: (need.state not in Need.OPEN_STATES, -need.submitted_at.timestamp()))
    return [my_need(need) for need in recent[:limit]], len(recent)


def my_need(need: Need) -> MyNeed:
    asked = _("asked on %(day)s") % {"day": words.day_short(need.submitted_at)}
    who = " ".join(part for part in (need.claimed_by.label if need.claimed_by else "", need.handler.masked_name if need.handler else "") if part)
    line = _("%(asked)s, taken on by %(who)s") % {"asked": asked, "who": who} if who and need.claimed_at else asked
    promise, by_date, after = promise_of(need)
    tone = "success" if need.state in {Need.State.DONE, Need.State.CONFIRMED} else "info" if need.state == Need.State.DECLINED else "primary"
    return MyNeed(need, line, chain_of(need), promise, by_date, after, address("needs:need", need.number), tone)


def chain_of(need: Need) -> list[tuple[str, str]]:
    reached = {
        Need.State.SUBMITTED: 0,
        Need.State.ACCEPTED: 0,
        Need.State.CLAIMED: 1,
        Need.State.MATCHED: 2,
        Need.State.PLANNED: 2,
        Need.State.ACTIVE: 3,
        Need.State.DONE: 4,
        Need.State.CONFIRMED: 5,
        Need.State.DECLINED: 0,
    }[Need.State(need.state)]
    labels = [
        pgettext("step", "Asked"),
        pgettext("step", "Taken on"),
        pgettext("step", "Matched"),
        pgettext("step", "Under way"),
        pgettext("step", "Looked back"),
    ]
    # The step at hand is the one after the last that is proved.
    now = reached + 1 if need.state != Need.State.CONFIRMED else 5
    now = {Need.State.ACTIVE: 3, Need.State.DONE: 4}.get(Need.State(need.state), now)
    return [(label, "done" if place < now else "now" if place == now else "next") for place, label in enumerate(labels)]


def promise_of(need: Need) -> tuple[str, dt.date | None, str]:
    """(what happens now, the day by which we answer, how the sentence ends)."""
    state = need.state
    if state == Need.State.DONE:
        return need.closing_words or _("It is done."), None, _("Was it as you wanted?")
    if state == Need.State.CONFIRMED:
        return need.closing_words or _("It is done."), None, ""
    if state == Need.State.DECLINED:
        return need.closing_words, None, ""
    due = need.answer_due_at if need.answered_at is None else None
    by_date = getattr(need, "promised", None) or (words.local_date(due) if due else None)
    if by_date is not None and by_date < clock.today():
        return _("Our answer is late. We are sorry and have reminded those in charge."), None, ""
    now = {
        Need.State.SUBMITTED: _("We have received it."),
        Need.State.ACCEPTED: _("We are looking for somebody who takes it on."),
        Need.State.CLAIMED: _("We are looking for hands and a place."),
        Need.State.MATCHED: _("Partners are found; a plan is being made."),
        Need.State.PLANNED: _("A project is set up."),
        Need.State.ACTIVE: _("It is under way."),
    }[Need.State(state)]
    said = getattr(need, "said", None) or ""
    return said if 0 < len(said) <= LONGEST_SAID else now, by_date, _("we will answer you.") if by_date else ""


def ratings_wanted(person: Person, *, limit: int = 2) -> list[tuple[str, str]]:
    """(title, address) of what the person can still say a word about."""
    rows = (
        RatingInvitation.objects.filter(sign_up__person=person, is_answered=False, asked_at__gte=clock.now() - dt.timedelta(days=30))
        .select_related("activity", "sign_up")
        .order_by("-asked_at")[:limit]
    )
    return [(row.activity.title, href) for row in rows if (href := address("evaluation:rate", row.sign_up.code))]


def surveys_near(person: Person, *, limit: int = 2) -> list[Survey]:
    """Surveys that ask where the person belongs; one query."""
    return list(surveys.open_surveys_for(person)[:limit])


@dataclass(frozen=True)
class Suggested:
    """A place that suits, with its reason in words."""

    activity: int
    title: str
    note: str
    href: str
    starts_at: dt.datetime


def suggested(person: Person, *, without_profile: bool, limit: int = 3) -> list[Suggested]:
    """The first of what suits somebody, or of what comes next when they do not want their profile used; two queries."""
    if without_profile:
        rows = [(place, "") for place in matching.nearest_in_time()[:limit]]
    else:
        rows = [(one.place, suggestion_words.line(one.reasons)) for one in matching.suggestions_for(person)[0][:limit]]
    return [
        Suggested(
            place.activity,
            place.title,
            line or _("%(weekday)s %(time)s") % {"weekday": words.weekday(words.local_date(place.starts_at)), "time": words.clock(place.starts_at)},
            f"{address('activities:activity', place.code)}?shift={place.shift}&position={place.position}",
            place.starts_at,
        )
        for place, line in rows
    ]
