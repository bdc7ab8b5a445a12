"""A station: a venue where somebody who works outside may sit down, and what its host has agreed to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person
from liandong.core import clock, ids
from liandong.venues.models import Venue


def new_station_number() -> str:
    return ids.short_code(5)


class Kind(models.TextChoices):
    """The love station, and the five kinds of station in a building. One place may be several."""

    LOVE = "love", _("Love station")
    PARTY = "party", _("Party service station")
    UNION = "union", _("Union service station")
    YOUTH = "youth", _("Youth league service station")
    WOMEN = "women", _("Women's service station")
    COMMUNITY = "community", _("Community service station")


class Subject(models.TextChoices):
    """What a fact of a station is about: the door, or one thing that is there. Kept in this order in lists."""

    DOOR = "door", _("Open as its hours say")
    WATER = "water", _("Hot water")
    TOILET = "toilet", _("Toilet")
    SEAT = "seat", _("Seats")
    MICROWAVE = "microwave", _("Microwave")
    MEAL = "meal", _("Hot meal")
    CHARGING = "charging", _("Charging")
    FIRST_AID = "first_aid", _("First-aid box")
    AIR = "air", _("Cool in summer, warm in winter")
    WIFI = "wifi", _("Wi-Fi")
    TOOLS = "tools", _("Umbrellas and tools")
    BOOKS = "books", _("Books")
    HAIRCUT = "haircut", _("Haircuts")
    MOTHERS = "mothers", _("Room for mothers")

    @property
    def icon(self) -> str:
        return ICONS[self]


ICONS: dict[str, str] = {
    Subject.DOOR: "door",
    Subject.WATER: "mug",
    Subject.TOILET: "friends",
    Subject.SEAT: "armchair",
    Subject.MICROWAVE: "microwave",
    Subject.MEAL: "bowl-chopsticks",
    Subject.CHARGING: "plug",
    Subject.FIRST_AID: "first-aid-kit",
    Subject.AIR: "air-conditioning",
    Subject.WIFI: "wifi",
    Subject.TOOLS: "umbrella",
    Subject.BOOKS: "book",
    Subject.HAIRCUT: "scissors",
    Subject.MOTHERS: "baby-carriage",
}
AMENITIES = [choice for choice in Subject.choices if choice[0] != "door"]


class Station(models.Model):
    """One station: a venue of kind STATION, its host, its state. States: planned 筹备中 -> open 开放 <-> paused 暂停; closed 已关闭 is the end.

    Name, address, hours, coordinates and host are the venue's. `facts` say what is there.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("station", "Being prepared")
        OPEN = "open", pgettext_lazy("station", "Open")
        PAUSED = "paused", pgettext_lazy("station", "Paused")
        CLOSED = "closed", pgettext_lazy("station", "Closed for good")

    TRANSITIONS = {"planned": ("open", "closed"), "open": ("paused", "closed"), "paused": ("open", "closed"), "closed": ()}

    class Entry(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody")
        OUTDOOR = "outdoor", _("People who work outdoors")
        BUILDING = "building", _("People of the building")

    number = models.CharField(max_length=8, unique=True, default=new_station_number, editable=False)
    venue = models.OneToOneField(Venue, on_delete=models.PROTECT, related_name="+")
    kinds = ArrayField(models.CharField(max_length=10, choices=Kind.choices), default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    state_words = models.CharField(max_length=200, blank=True)  # why it is paused or closed
    entry = models.CharField(max_length=10, choices=Entry.choices, default=Entry.EVERYBODY)
    entry_words = models.CharField(max_length=120, blank=True)
    contact = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kinds__len__gte=1), name="stations_station_has_kind"),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_on__isnull=False) | (~models.Q(state="closed") & models.Q(closed_on__isnull=True)),
                name="stations_station_closed_has_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["open", "paused"]) | models.Q(opened_on__isnull=False), name="stations_station_open_has_day"
            ),
            models.CheckConstraint(condition=~models.Q(state__in=["paused", "closed"]) | ~models.Q(state_words=""), name="stations_station_says_why"),
        ]
        indexes = [models.Index(fields=["state"], name="stations_station_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open_to_visits(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def kind_labels(self) -> list[str]:
        return [str(Kind(kind).label) for kind in self.kinds]


class StationAgreement(models.Model):
    """What the host gives and the hub has agreed to, in one version. Both sides agree by name; an agreed version replaces the one before."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("agreement", "Waiting for the other side")
        AGREED = "agreed", pgettext_lazy("agreement", "Agreed by both")
        DECLINED = "declined", pgettext_lazy("agreement", "Declined")
        ENDED = "ended", pgettext_lazy("agreement", "Ended")

    TRANSITIONS = {"proposed": ("agreed", "declined"), "agreed": ("ended",), "declined": (), "ended": ()}

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    gives = models.CharField(max_length=300)
    words = models.TextField(max_length=3000, blank=True)
    from_date = models.DateField()
    review_date = models.DateField()
    host_agreed_at = models.DateTimeField(null=True, blank=True)
    host_agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hub_agreed_at = models.DateTimeField(null=True, blank=True)
    hub_agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    declined_words = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["station", "version"], name="stations_agreement_version"),
            models.UniqueConstraint(fields=["station"], condition=models.Q(state="agreed"), name="stations_agreement_one_in_force"),
            models.UniqueConstraint(fields=["station"], condition=models.Q(state="proposed"), name="stations_agreement_one_waits"),
            models.CheckConstraint(condition=models.Q(review_date__gt=models.F("from_date")), name="stations_agreement_dates"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["agreed", "ended"]) | models.Q(host_agreed_at__isnull=False, hub_agreed_at__isnull=False),
                name="stations_agreement_by_both",
            ),
        ]
        indexes = [models.Index(fields=["review_date"], condition=models.Q(state="agreed"), name="stations_agreement_review")]

    def __str__(self) -> str:
        return f"{self.station} {self.version}"

    @property
    def is_lapsed(self) -> bool:
        return self.state == self.State.AGREED and self.review_date < clock.today()

    @property
    def waits_for_host(self) -> bool:
        return self.state == self.State.PROPOSED and self.host_agreed_at is None
