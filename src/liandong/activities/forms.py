"""Forms of activities."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liandong.accounts.models import Person
from liandong.activities import queries
from liandong.activities.models import Activity, Position, Shift
from liandong.activities.services import PositionPlan, ShiftPlan, room_of
from liandong.activities.services.dividing import LONGEST, divided, stretches_of
from liandong.activities.services.ground import OLDEST
from liandong.bookings.forms import RoomField
from liandong.core import clock
from liandong.core.errors import Refused
from liandong.needs.models import Category, Segment
from liandong.organizations.models import Membership, Organization, RoleGrant
from liandong.venues.models import Room, Venue


class SignUpForm(forms.Form):
    """Which position of the shift."""

    position = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, shift: Shift, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shift = shift

    def chosen(self) -> Position | None:
        """The open position asked for; None for anything else."""
        if not self.is_valid() or self.cleaned_data.get("position") is None:
            return None
        position = Position.objects.filter(pk=self.cleaned_data["position"], shift=self.shift, kind__in=queries.OPEN_KINDS).first()
        if position is not None:
            position.shift = self.shift
        return position


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required


class VenueField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Venue) -> str:  # type: ignore[override]
        return f"{obj.name}（{obj.address}）"


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return f"{obj.masked_name} {obj.phone[-4:] if obj.phone else obj.number}"


class ActivityForm(forms.Form):
    """What, where, who. Shifts and positions are formsets beside it."""

    title = forms.CharField(label=_("Title of the activity"), max_length=80)
    host = forms.ModelChoiceField(label=_("Hosted by"), queryset=Organization.objects.none())
    category = forms.ChoiceField(label=_("Kind of activity"), choices=Category.choices)
    segment = forms.ChoiceField(label=_("Whom it is for"), choices=[("", _("Everybody")), *Segment.choices], required=False)
    summary = forms.CharField(label=_("What people do"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    risks = forms.CharField(label=_("Risks and what to bring"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    venue = VenueField(label=_("Venue"), queryset=Venue.objects.none(), required=False)
    room = RoomField(label=_("Room"), required=False)
    place = forms.CharField(label=_("Place in words"), max_length=200, required=False)
    leader = PersonField(label=_("Leader"), queryset=Person.objects.none(), required=False)
    contact_name = forms.CharField(label=_("Contact"), max_length=50, required=False)
    contact_phone = forms.CharField(label=_("Contact phone"), max_length=30, required=False)
    is_good_first_time = forms.BooleanField(label=_("Good for a first time"), required=False)
    cancel_until_hours = forms.IntegerField(
        label=_("Hours before the start until which cancelling troubles nobody"), min_value=0, max_value=240, initial=18
    )
    places_by = forms.ChoiceField(label=_("How places go"), choices=Activity.PlacesBy.choices, required=False, widget=forms.RadioSelect)
    places_minutes = forms.IntegerField(label=_("Divide into places of how many minutes"), min_value=5, max_value=LONGEST, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, hosts: Iterable[Organization], host: Organization | None, leader: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts = list(hosts)
        self.fields["host"].queryset = Organization.objects.filter(pk__in=[each.pk for each in hosts]).order_by("pinyin")  # type: ignore[attr-defined]
        host = host or (hosts[0] if hosts else None)
        self.fields["venue"].queryset = venues_for(hosts)  # type: ignore[attr-defined]
        self.fields["room"].offer(rooms_near(hosts, also=self.initial.get("room")), empty=_("No room"))  # type: ignore[attr-defined]
        self.fields["leader"].queryset = leaders_for(hosts, leader)  # type: ignore[attr-defined]
        if len(hosts) == 1:
            self.fields["host"].widget = forms.HiddenInput()
            self.initial.setdefault("host", hosts[0].pk)

    def clean_places_by(self) -> str:
        return self.cleaned_data["places_by"] or self.initial.get("places_by") or Activity.PlacesBy.ORDER

    def clean_places_minutes(self) -> int | None:
        minutes: int | None = self.cleaned_data["places_minutes"]
        if minutes and self.cleaned_data.get("room"):
            raise forms.ValidationError(_("Short places and a room of ours do not go together. Book the room for the whole time by itself."))
        return minutes

    def changes(self) -> dict[str, Any]:
        """The values as the verbs take them."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"host", "version", "places_minutes"}}


def venues_for(hosts: Iterable[Organization]) -> QuerySet[Venue]:
    """Open venues in the streets of these bodies."""
    query = Q(pk__in=[])
    for path in {"/".join(host.territory.path.split("/")[:5]) for host in hosts}:
        query |= Q(territory__path__startswith=path)
    return Venue.objects.filter(query | Q(host__in=[host.pk for host in hosts]), is_open=True).order_by("name", "pk")


def rooms_near(hosts: Iterable[Organization], *, also: int | None = None) -> QuerySet[Room]:
    """Rooms in use at these places, and the one that the activity has already."""
    near = Q(is_open=True, venue__is_open=True, venue__in=venues_for(hosts))
    rows = Room.objects.select_related("venue").filter(near | Q(pk=also))
    return rows.order_by("venue__name", "venue", "name")[:300]


def leaders_for(hosts: Iterable[Organization], also: Person | None) -> QuerySet[Person]:
    """Those who work for these bodies or hold a role in them; of a single body its employees too."""
    ids = [host.pk for host in hosts]
    kinds = ("staff", "employee") if len(ids) == 1 else ("staff",)
    today = clock.today()
    members = Membership.objects.filter(organization__in=ids, to_date__isnull=True, kind__in=kinds).values("person")
    roles = RoleGrant.objects.filter(Q(to_date__isnull=True) | Q(to_date__gte=today), organization__in=ids).values("person")
    return Person.objects.filter(Q(pk__in=members) | Q(pk__in=roles) | Q(pk=also.pk if also else None), merged_into__isnull=True).order_by(
        "pinyin", "pk"
    )


class ShiftForm(forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    date = forms.DateField(label=_("Day"), widget=forms.DateInput)
    start = forms.TimeField(label=_("From"), widget=forms.TimeInput)
    end = forms.TimeField(label=_("To"), widget=forms.TimeInput)
    spot = forms.CharField(label=_("Room or table"), max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("date") and not 2000 <= values["date"].year <= 2199:
            self.add_error("date", _("Please check the day."))
        if values.get("start") and values.get("end") and values["start"] == values["end"]:
            self.add_error("end", _("A shift ends after it starts."))
        return values

    def plan(self, positions: list[PositionPlan]) -> ShiftPlan:
        """An end before the start lies on the next day."""
        values, zone = self.cleaned_data, timezone.get_current_timezone()
        start = dt.datetime.combine(values["date"], values["start"], tzinfo=zone)
        end = dt.datetime.combine(values["date"], values["end"], tzinfo=zone)
        if end < start:
            end += dt.timedelta(days=1)
        return ShiftPlan(start, end, positions, values["spot"], values.get("pk"))


class PositionForm(forms.Form):
    was = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Position"), max_length=40)
    kind = forms.ChoiceField(
        label=_("Who stands there"),
        choices=[(Position.Kind.VOLUNTEER, _("Volunteer")), (Position.Kind.PARTICIPANT, _("Participant")), (Position.Kind.STAFF, _("Staff"))],
    )
    capacity = forms.IntegerField(label=_("How many people"), min_value=1, max_value=5000)
    min_age = forms.IntegerField(label=_("Youngest age"), min_value=0, max_value=OLDEST, required=False)
    note = forms.CharField(label=_("Short note"), max_length=120, required=False)

    def clean_min_age(self) -> int:
        return self.cleaned_data["min_age"] or 0


MOST_SHIFTS = 60
ShiftFormSet = forms.formset_factory(ShiftForm, extra=0, can_delete=True, max_num=MOST_SHIFTS, absolute_max=MOST_SHIFTS)
PositionFormSet = forms.formset_factory(PositionForm, extra=0, can_delete=True, max_num=30, absolute_max=30)


def initial_of(activity: Activity) -> dict[str, Any]:
    names = (
        "title",
        "category",
        "segment",
        "summary",
        "risks",
        "place",
        "contact_name",
        "contact_phone",
        "is_good_first_time",
        "cancel_until_hours",
        "places_by",
    )
    return {name: getattr(activity, name) for name in names} | {
        "host": activity.host_id,
        "venue": activity.venue_id,
        "leader": activity.leader_id,
        "version": activity.version,
        "room": room.pk if (room := room_of(activity)) else None,
    }


def undivided_rows(shifts: Iterable[Shift], *, later: dt.timedelta) -> list[dict[str, Any]]:
    """For a new activity like an earlier one with short places: its stretches, to be divided again."""
    rows = [(timezone.localtime(start + later), timezone.localtime(end + later), spot) for start, end, spot in stretches_of(shifts)]
    return [{"pk": None, "date": start.date(), "start": start.time(), "end": end.time(), "spot": spot} for start, end, spot in rows]


def shift_rows(shifts: Iterable[Shift], *, later: dt.timedelta = dt.timedelta(0), keep: bool = True) -> list[dict[str, Any]]:
    rows = []
    for shift in shifts:
        start, end = timezone.localtime(shift.starts_at + later), timezone.localtime(shift.ends_at + later)
        rows.append({"pk": shift.pk if keep else None, "date": start.date(), "start": start.time(), "end": end.time(), "spot": shift.spot})
    return rows


def position_rows(shifts: Iterable[Shift], *, keep: bool = True) -> list[dict[str, Any]]:
    """The positions of all shifts by name: shifts share them."""
    rows: dict[str, dict[str, Any]] = {}
    for shift in shifts:
        for row in shift.positions.all():
            rows.setdefault(
                row.name,
                {
                    "was": row.name if keep else "",
                    "name": row.name,
                    "kind": row.kind,
                    "capacity": row.capacity,
                    "min_age": row.min_age,
                    "note": row.note,
                },
            )
    return list(rows.values())


def plans(shifts: Any, positions: Any, *, activity: Activity | None = None, places_minutes: int | None = None) -> list[ShiftPlan]:
    """What the two formsets say. A row that was there keeps its rows in the database, found by its former name, and only the positions that it has;
    new stretches are divided into places of so many minutes where that is asked for."""
    rows = [form.cleaned_data for form in positions.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
    known: dict[tuple[int, str], int] = {}
    if activity is not None:
        known = {(shift_id, name): pk for pk, shift_id, name in Position.objects.filter(shift__activity=activity).values_list("pk", "shift", "name")}
    with_positions = {shift_id for shift_id, _name in known}
    result: list[ShiftPlan] = []
    for form in shifts.forms:
        if not form.cleaned_data or form.cleaned_data.get("DELETE"):
            continue
        shift_id = form.cleaned_data.get("pk")
        plan = form.plan(
            [
                PositionPlan(
                    row["kind"],
                    row["name"],
                    row["capacity"],
                    row["note"],
                    known.get((shift_id, row["was"])) if shift_id else None,
                    min_age=row["min_age"],
                )
                for row in rows
                if shift_id not in with_positions or not row["was"] or (shift_id, row["was"]) in known
            ]
        )
        result += divided(plan, minutes=places_minutes) if places_minutes else [plan]
    if len(result) > MOST_SHIFTS:
        raise Refused(_("At most %(n)s places in one activity. Make them longer, or set up two.") % {"n": MOST_SHIFTS}, field="places_minutes")
    return result


class SuspendForm(forms.Form):
    who = forms.CharField(label=_("Volunteer number or phone"), max_length=30)
    until_date = forms.DateField(label=_("Until, that day included"), widget=forms.DateInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class FindForm(forms.Form):
    who = forms.CharField(label=_("Name, full phone or number"), max_length=50)


class SignUpForForm(forms.Form):
    """For somebody else, as staff."""

    person = forms.CharField(widget=forms.HiddenInput)
    position = forms.ModelChoiceField(label=_("Position"), queryset=Position.objects.none(), widget=forms.RadioSelect, empty_label=None)
    allow_clash = forms.BooleanField(label=_("Both are possible, although the times overlap"), required=False)
    reason = forms.CharField(label=_("Why both are possible"), max_length=200, required=False)

    def __init__(self, *args: Any, shift: Shift, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].queryset = shift.positions.order_by("order", "pk")  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    code = forms.CharField(label=_("6-letter code"), max_length=200)
    act = forms.ChoiceField(choices=[("in", _("Check in")), ("out", _("Check out"))], required=False)
    nonce = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class CorrectForm(forms.Form):
    in_at = forms.DateTimeField(label=_("Check-in time"), widget=forms.DateTimeInput)
    out_at = forms.DateTimeField(label=_("Check-out time"), required=False, widget=forms.DateTimeInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class RepeatForm(forms.Form):
    weeks = forms.IntegerField(label=_("How many times more"), min_value=1, max_value=52, initial=4)
    every = forms.TypedChoiceField(
        label=_("How far apart"),
        choices=[(1, _("Every week")), (2, _("Every 2 weeks")), (4, _("Every 4 weeks"))],
        coerce=int,
        required=False,
        empty_value=1,
    )


class FinishForm(forms.Form):
    outcome = forms.CharField(label=_("What came of it"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    served_count = forms.IntegerField(label=_("How many people were served"), min_value=0, max_value=1_000_000)
    served_note = forms.CharField(label=_("How they were counted"), max_length=200, required=False)
