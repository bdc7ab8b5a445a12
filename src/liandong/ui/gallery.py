"""What the gallery shows: made-up people and figures."""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from liandong.core import clock
from liandong.ui import words
from liandong.ui.listing import Column, Link, filter_links, with_query
from liandong.ui.roster import Chip, Cover, CoverRow, Grid, GridRow


def roster_example() -> Grid:
    """Two people, two shifts: placed and locked, would like, cannot, free; one place is missing."""
    rows = [
        GridRow("王*兰", "2.5 / 5", [Chip("王*兰 9:00 登记", "#", "登记", 2, locked=True), Chip("王*兰 13:30", "#", state="wish")]),
        GridRow("刘*", "5 / 5", [Chip("刘* 9:00 安全", "#", "安全", 4), Chip("刘* 13:30", "#", state="away")], is_full=True),
    ]
    cover = [CoverRow("登记引导", "1", [Cover(1, 1, "1 / 1"), Cover(0, 1, "0 / 1")])]
    return Grid(_("Roster"), _("2 people"), [("12月5日", 2)], ["9:00–11:30", "13:30–16:00"], rows, cover, [("登记", 2), ("安全", 4)])


class ExampleForm(forms.Form):
    name = forms.CharField(max_length=50)
    people = forms.IntegerField(required=False, min_value=0, max_value=9)
    phone = forms.CharField()
    code = forms.CharField(required=False)
    words = forms.CharField(widget=forms.Textarea, max_length=200, required=False)
    day = forms.DateField(widget=forms.DateInput)
    time = forms.TimeField(widget=forms.TimeInput, required=False)
    community = forms.ChoiceField()
    kind = forms.ChoiceField(widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)
    satisfied = forms.ChoiceField(widget=forms.RadioSelect)
    agreed = forms.BooleanField()
    photo = forms.FileField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "name": _("What shall we call you"), "people": _("How many people come"), "phone": _("Mobile phone"), "code": _("Code from the message"), "words": _("In your words"),
            "day": _("Which day"), "time": _("What time"), "community": _("Which community"), "kind": _("How do you want to come"), "topics": _("What is it about"),
            "satisfied": _("Were you satisfied"), "agreed": _("I agree that my phone number is used to send the code"), "photo": _("A photo"),
        }  # fmt: skip
        for name, label in labels.items():
            self.fields[name].label = label
        self.choose("community", [("b", "北郎东社区"), ("y", "永安里社区"), ("g", "光华里社区")])
        self.choose("kind", [("p", _("Bring an appliance")), ("v", _("Help at the desk"))])
        self.choose("topics", [("h", _("Housing")), ("c", _("Children")), ("e", _("Elderly people"))])
        self.choose("satisfied", [("4", _("Very satisfied")), ("3", _("Satisfied")), ("2", _("So-so")), ("1", _("Not satisfied"))])

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class ExamplePaginator(Paginator):
    """Eighteen pages of nothing."""

    count = 884  # type: ignore[assignment]


def context(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    bound = ExampleForm({"name": "李晓雯", "people": "2", "phone": "138 1234 567", "kind": "p", "satisfied": "4", "topics": ["h"]})
    bound.add_error("phone", _("One digit is missing; please give all 11 digits"))
    for name in ("day", "agreed", "community"):
        bound.errors.pop(name, None)
    bound.add_error("day", _("Please choose a day"))
    months = [_("Dec"), *(f"{n}" for n in range(1, 11)), _("Nov")]
    return {
        "example": ExampleForm(initial={"name": "李晓雯", "people": 2, "kind": "p", "satisfied": "4", "topics": ["h"], "day": today}),
        "wrong": bound,
        "tomorrow": today + dt.timedelta(days=1),
        "later": dt.datetime.combine(today + dt.timedelta(days=6), dt.time(14), tzinfo=timezone.get_current_timezone()),
        "columns": [Column(_("Volunteer"), "name"), Column(_("Arrived and left"), "at"), Column(_("Minutes stayed"), "minutes", number=True), Column(_("State of the row"))],
        "records": [
            ("李*雯", "14:02–16:31", "149", _("Confirmed"), "success", True),
            ("张*明", "13:55–16:40", "165", _("To confirm"), "info", True),
            ("欧阳**", "14:10–", "–", _("Not checked out"), "warn", False),
            ("陈*", "14:00–16:30", "150", _("Disputed"), "danger", False),
        ],
        "page": ExamplePaginator(range(900), 50).page(4),
        "when_chips": filter_links(request, "when", [("weekend", _("Weekend")), ("evening", _("Evening")), ("free", _("No experience needed"))], several=True),
        "removable": [Link("永安里", with_query(request, community=""), removable=True)],
        "periods": [Link(_("This month"), "#", current=True), Link(_("This quarter"), "#"), Link(_("This year"), "#")],
        "tab_links": [Link(_("First part"), "#", current=True), Link(_("Second part"), "#", count=12), Link(_("Rows of records"), "#")],
        "chain_steps": [(_("Asked for"), "done"), (_("Taken on"), "done"), (_("Matched up"), "now"), (_("Under way"), "next"), (_("Follow-up"), "next")],
        "form_steps": [_("Say it"), _("Choose a place"), _("Look it over"), _("Publish")],
        "hosts": [("北郎东社区居委会", _("gives the room, invites neighbours"), "home"), ("禾木科技工会", _("brings 12 employees"), "users"), ("暖邻社工事务所", _("plans it and keeps it safe"), "clipboard-text")],
        "funnel": [
            {"label": _("Asked for"), "count": 312, "href": "#"},
            {"label": _("Matched up"), "count": 241, "href": "#", "median": _("3.2 d")},
            {"label": _("Made a project"), "count": 148, "href": "#", "median": _("8 d")},
            {"label": _("Held an activity"), "count": 131, "href": "#", "median": _("12 d")},
            {"label": _("It got done"), "count": 118, "href": "#", "median": _("6 d")},
        ],
        "months": months,
        "hours": [3120, 3380, 2260, 3060, 3660, 3900, 4030, 3780, 3300, 4180, 4540, 4862],
        "hours_before": [2800, 3000, 2010, 2740, 3130, 3430, 3380, 3260, 3010, 3560, 3820, 4312],
        "ratings": [(_("Very satisfied"), 24), (_("Satisfied"), 11), (_("So-so"), 2), (_("Not satisfied"), 1)],
        "heat_columns": [words.weekday(dt.date(2024, 1, day)) for day in range(1, 8)],
        "heat_rows": [("8–10", [(level % 5, level * 7, "") for level in range(7)]), ("10–12", [(4 - level % 5, 40 - level, "") for level in range(7)])],
        "groups": [{"label": _("Elderly people"), "count": 44}, {"label": _("Children"), "count": None, "hidden": "<5"}, {"label": _("Housing"), "count": 5}],
        "roster": roster_example(),
        "weekly": [2, 3, 3, 4, 4, 5, 6, 6, 7, 8, 9, 9],
        "positions": [
            {"value": "1", "title": _("Help desk"), "note": _("No experience needed, somebody shows you"), "left": 5, "capacity": 6},
            {"value": "2", "title": _("Repairs"), "note": _("You can use a multimeter"), "left": 3, "capacity": 8},
            {"value": "3", "title": _("Bring an appliance"), "note": _("At most 2 pieces each"), "left": 12, "capacity": 40},
            {"value": "4", "title": _("Safety officer"), "note": _("Electrician's certificate"), "left": 0, "capacity": 1, "waiting": 2},
            {"value": "5", "title": _("Visit the workshop"), "left": 12, "capacity": 12, "by_draw": True},
        ],
        "today_actions": [Link(_("Check in"), "#", icon="scan"), Link(_("Way there"), "#", icon="navigation"), Link(_("Cannot come"), "#", icon="x")],
        "evidence": [Link(_("63 check-ins"), "#", icon="scan"), Link(_("8 photos"), "#", icon="photo")],
        "swatches": ["primary", "link", "success", "warn", "danger", "accent", "tint-primary", "tint-link", "tint-success", "tint-warn", "tint-danger", "tint-accent", "text", "text-2", "text-3", "control", "raised", "ground"],
        "contact": [(_("Organizer"), "北郎东社区居委会"), (_("Contact"), "周敏")],
        "kind_notes": {"p": _("2 pieces each, 12 places left"), "v": _("Nothing to know beforehand, 5 places left")},
        "today_lines": [_("Help desk"), "北郎东社区活动站 1 层"],
        "activity_labels": [_("Volunteering"), _("Good for the first time")],
        "care_phone": "010-5555 0186",
    }  # fmt: skip
