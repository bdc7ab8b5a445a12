"""Components are told apart from typing mistakes, and show what they were given."""

import datetime as dt

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from liandong.ui import listing
from liandong.ui.gallery import roster_example
from liandong.ui.listing import Column
from liandong.ui.templatetags import ui


def drawn(source: str, **context) -> str:
    with translation.override("en"):
        return Template(source).render(Context(context))


MISSPELT = [
    '{% tag "Open" tonne="primary" %}',
    '{% button lable="Sign up" %}',
    '{% cell name="x" %}',
    '{% card titel="x" %}{% endcard %}',
    '{% stat label="x" %}',
    "{% pagination pages=page %}",
    '{% field form.name hnit="x" %}',
    "{% table columns=columns %}{% endtable %}",
]


@pytest.mark.parametrize("source", MISSPELT)
def test_a_misspelt_or_missing_argument_fails_when_the_template_is_parsed(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)


@pytest.mark.parametrize("source", ['{% icon "calender" %}', '{% tag "Open" tone="green" %}', '{% button label="x" tone="blue" %}'])
def test_an_unknown_icon_or_tone_fails(source):
    with pytest.raises(TemplateSyntaxError):
        drawn(source)


def test_a_field_that_the_form_has_not_fails():
    with pytest.raises(TemplateSyntaxError):
        drawn("{% field form.nothing %}", form=forms.Form())


def test_user_text_is_escaped_in_every_place():
    evil = '<script>"&'
    sources = [
        "{% tag x %}",
        "{% card title=x note=x %}{{ x }}{% endcard %}",
        "{% cell title=x note=x value=x href=x %}",
        "{% stat label=x value=x %}",
        "{% quote by=x %}{{ x }}{% endquote %}",
        "{% table label=x columns=columns %}<tr><td>{{ x }}</td></tr>{% endtable %}",
        "{% alert_row tag=x text=x strong=x %}",
        "{% code_panel code=x label=x %}",
        "{% avatar x %}",
        "{% key_values items=items %}{% pair label=x %}{{ x }}{% endpair %}{% endkey_values %}",
        "{% positions name=x items=positions %}",
        "{{ x|said }}",
    ]
    for source in sources:
        assert "<script" not in drawn(source, x=evil, columns=[Column(evil)], items=[(evil, evil)], positions=[{"value": evil, "title": evil}]), (
            source
        )


def test_every_cell_of_a_row_knows_its_column():
    columns = [Column("Name"), Column("Minutes", number=True)]
    html = drawn('{% table label="Records" columns=columns %}<tr><td>A</td><td class="x">5</td></tr>{% endtable %}', columns=columns)
    assert '<tr><td data-label="Name" data-short="">A</td><td data-label="Minutes" data-number="" data-short="" class="x">5</td></tr>' in html


def test_the_checkbox_column_has_no_label():
    html = drawn(
        '{% table label="Records" columns=columns select="ids" %}<tr><td class="select">x</td><td>A long enough text</td></tr>{% endtable %}',
        columns=["Name"],
    )
    assert '<tr><td class="select">x</td><td data-label="Name">A long enough text</td></tr>' in html


class Person(forms.Form):
    name = forms.CharField(label="Name")
    kind = forms.ChoiceField(label="Kind", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])
    day = forms.DateField(label="Day", widget=forms.DateInput, required=False)


def test_the_error_summary_says_the_words_of_the_field_or_names_it_and_leads_to_it():
    form = Person({"kind": "z"})
    with translation.override("en"):
        rows = ui.error_summary(form)["errors"]
    assert rows == [
        {"text": "Name: This field is required.", "href": "#id_name"},
        {"text": "Select a valid choice. z is not one of the available choices.", "href": "#id_kind_0"},
    ]


def test_an_untouched_form_has_no_error_summary():
    assert drawn("{% error_summary form %}", form=Person()).strip() == ""


def test_a_field_ties_label_hint_and_error_together():
    html = drawn('{% field form.name hint="As in your papers" %}', form=Person({}))
    assert '<label class="label" for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html


def test_a_field_that_is_not_required_says_optional():
    assert "(optional)" in drawn("{% field form.day %}", form=Person())
    assert "(optional)" not in drawn("{% field form.name %}", form=Person())


def test_a_date_field_speaks_the_format_browsers_need():
    html = drawn("{% field form.day %}", form=Person(initial={"day": dt.date(2026, 11, 28)}))
    assert 'type="date"' in html
    assert 'value="2026-11-28"' in html


def test_no_component_writes_a_style_or_a_script():
    for name in (ui.bundle.STATIC.parents[1] / "templates").rglob("*.html"):
        text = name.read_text(encoding="utf-8")
        assert " style=" not in text, name
        assert "<script>" not in text, name
        assert "onclick" not in text, name


def request(query: str = ""):
    return RequestFactory().get(f"/people/?{query}")


def test_a_changed_filter_keeps_the_others_and_goes_back_to_page_one():
    assert listing.with_query(request("state=open&page=3&q=a"), state="done") == "/people/?state=done&q=a"
    assert listing.with_query(request("state=open&q=a"), state=None) == "/people/?q=a"
    assert listing.with_query(request("state=open&q=a"), page=2) == "/people/?state=open&q=a&page=2"


def test_filter_links_switch_on_and_off():
    choices = [("open", "Open"), ("done", "Done")]
    links = listing.filter_links(request("state=open"), "state", choices)
    assert [(link.href, link.current) for link in links] == [("/people/", True), ("/people/?state=done", False)]
    links = listing.filter_links(request("state=open"), "state", choices, several=True)
    assert [link.href for link in links] == ["/people/", "/people/?state=open&state=done"]


def test_order_takes_only_columns_it_knows():
    allowed = {"name": "pinyin"}
    assert listing.order(request("sort=-name"), allowed=allowed, default="-created_at") == ["-pinyin", "-pk"]
    assert listing.order(request("sort=password"), allowed=allowed, default="-created_at") == ["-created_at", "-pk"]


def test_pagination_keeps_the_query_and_a_page_out_of_range_is_the_last():
    context = Context({"request": request("q=a&page=99"), "page": listing.page(request("page=99"), range(120))})
    shown = ui.pagination(context, page=context["page"])
    assert context["page"].number == 3
    assert shown["previous"] == "/people/?q=a&page=2"
    assert shown["next"] == ""
    assert [entry["number"] for entry in shown["numbers"]] == [1, 2, 3]


def test_one_page_needs_no_numbers():
    page = Paginator(range(5), 50).page(1)
    assert ui.pagination(Context({"request": request()}), page=page)["numbers"] == []


def test_a_funnel_names_its_worst_passage_once():
    steps = ui.charts.funnel_steps([{"label": n, "count": c} for n, c in (("a", 100), ("b", 50), ("c", 25), ("d", 24))])
    assert [(step["share"], step["worst"], step["percent"]) for step in steps] == [
        (None, False, 100.0),
        (50, True, 50.0),
        (50, False, 25.0),
        (96, False, 24.0),
    ]


def test_charts_stand_empty_and_zero_data():
    assert ui.charts.funnel_steps([]) == []
    assert [part["width"] for part in ui.charts.ratio_parts([("a", 0), ("b", 0)])] == [0, 0]
    assert ui.charts.line(title="", labels=[], values=[], compare=[], value_label="", compare_label="", unit="")["path"] == ""
    assert ui.charts.percent(3, 0) == 0


def test_a_roster_grid_says_in_words_what_its_chips_show_and_marks_only_what_is_missing():
    html = drawn("{% roster_grid grid=grid %}", grid=roster_example())
    assert html.count("roster-short") == 1
    assert html.count("roster-cell") == 4
    assert '<span class="hidden">王*兰 9:00 登记</span>' in html


def test_a_gap_bar_fills_the_share_of_its_own_axis():
    html = drawn('{% gap_bar value=950 bound=1000 start=900 left="from 900" right="950 of 1000" %}')
    assert 'class="on" width="50.0%"' in html


def test_a_position_by_draw_says_how_many_places_there_are_not_how_many_are_left():
    html = drawn("{% positions name='position' items=items %}", items=[{"value": "1", "title": "x", "left": 12, "capacity": 12, "by_draw": True}])
    assert (html.count("<b>12</b> places"), html.count("by draw"), html.count("left")) == (1, 1, 0)


def test_a_fact_tile_says_in_words_and_looks_how_sure_it_is():
    html = drawn('{% fact_tiles %}{% fact_tile icon="mug" title="Hot water" note="16 days" state="unproved" %}{% endfact_tiles %}')
    assert (html.count("fact-tile fact-unproved"), html.count("Hot water"), html.count("16 days")) == (1, 1, 1)
    with pytest.raises(ValueError, match="green"):
        drawn('{% fact_tile icon="mug" title="Hot water" note="" state="green" %}')
