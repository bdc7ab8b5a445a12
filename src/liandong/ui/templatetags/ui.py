"""The components. Keyword-only arguments: a misspelt or missing one fails when the template is parsed. Calls: docs/components.md, seen at /ui/."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms import widgets as w
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from liandong.ui import bundle, charts, words
from liandong.ui.listing import Column, Link, sort_link, with_query

register = template.Library()

TONES = {"primary": "check", "success": "check", "info": "info-circle", "warn": "clock", "danger": "alert-triangle", "neutral": "", "draft": ""}
BANNER_ICONS = {"success": "check", "info": "info-circle", "warn": "alert-triangle", "danger": "alert-triangle", "primary": "clock"}
BUTTON_TONES = {"primary", "plain", "danger", "link"}


@cache
def icon_names() -> frozenset[str]:
    return frozenset(re.findall(r'symbol id="([^"]+)"', (bundle.STATIC / "icons.svg").read_text(encoding="utf-8")))


def known(value: str, allowed: Iterable[str], what: str) -> str:
    """The value, if it is one the style sheet knows."""
    if value not in allowed:
        raise template.TemplateSyntaxError(f"unknown {what}: {value!r}; one of {', '.join(sorted(allowed))}")
    return value


def draw(name: str, **values: Any) -> SafeString:
    return SafeString(get_template(f"ui/components/{name}.html").render(values))


# Small parts


@register.simple_tag
def icon(name: str, *, label: str = "", size: str = "") -> SafeString:
    """An icon beside a word; alone only with a label."""
    known(name, icon_names(), "icon (add it to scripts/vendor_icons.py)")
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon{}" {}><use href="{}#{}"/></svg>', f" icon-{size}" if size else "", role, static("ui/icons.svg"), name)


@register.simple_tag
def mark() -> SafeString:
    """Three rings on one chain: the site's mark."""
    return mark_safe(
        '<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="5.6" r="3.4"/><circle cx="5.2" cy="17.4" r="3.4"/>'
        '<circle cx="18.8" cy="17.4" r="3.4"/><path d="M10.3 8.6 6.9 14.4M13.7 8.6l3.4 5.8M8.6 17.4h6.8"/></svg>'
    )


@register.simple_tag
def tag(label: Any, *, tone: str = "neutral", icon: str | None = None) -> SafeString:
    """A status in words, with an icon, never by colour alone."""
    known(tone, TONES, "tone")
    picture = TONES[tone] if icon is None else icon
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, _icon(picture), label)


def _icon(name: str) -> SafeString:
    return icon(name) if name else mark_safe("")


@register.inclusion_tag("ui/components/button.html")
def button(
    *,
    label: Any,
    tone: str = "primary",
    href: str = "",
    type: str = "submit",  # noqa: A002
    name: str = "",
    value: Any = "",
    icon: str = "",
    busy: str = "",
    small: bool = False,
    wide: bool = False,
    form: str = "",
    disabled: bool = False,
    behaviour: str = "",
    about: str = "",
) -> dict[str, Any]:
    """A verb. One primary a page. `about` finishes the accessible name where many buttons say the same."""
    return dict(locals(), tone=known(tone, BUTTON_TONES, "button tone"), busy=busy or _("%(verb)s…") % {"verb": label})


@register.inclusion_tag("ui/components/post_button.html", takes_context=True)
def post_button(
    context: Context,
    *,
    action: str,
    label: Any,
    tone: str = "plain",
    icon: str = "",
    busy: str = "",
    small: bool = False,
    wide: bool = False,
    name: str = "",
    value: Any = "",
    next: str = "",  # noqa: A002
    about: str = "",
) -> dict[str, Any]:
    """A form that is nothing but a button: a POST of one verb."""
    return {**{key: item for key, item in locals().items() if key != "context"}, "csrf_token": context.get("csrf_token")}


@register.simple_block_tag
def buttons(content: SafeString, *, fill: bool = False) -> SafeString:
    """A row of buttons; `fill` shares the width."""
    return format_html('<div class="buttons{}">{}</div>', " buttons-fill" if fill else "", content)


@register.simple_tag
def back_link(*, href: str, label: Any) -> SafeString:
    """The way back: for the app bar's `back` block or above a desk title."""
    return format_html('<a class="back" href="{}">{}<span>{}</span></a>', href, icon("chevron-left"), label)


@register.simple_block_tag
def more(content: SafeString, *, summary: Any, open: bool = False) -> SafeString:  # noqa: A002
    """Something folded away."""
    return format_html(
        '<details class="more"{}><summary>{}{}</summary><div class="more-body">{}</div></details>',
        mark_safe(" open") if open else "", icon("chevron-right"), summary, content,
    )  # fmt: skip


# Containers


@register.simple_block_tag
def card(
    content: SafeString,
    *,
    title: Any = "",
    note: Any = "",
    action_label: Any = "",
    action_href: str = "",
    flush: bool = False,
    tone: str = "",
    id: str = "",  # noqa: A002
    level: int = 2,
    segments: Iterable[Link] = (),
) -> SafeString:
    """A section: full-bleed white on the phone, a framed card on the desk. `flush` for tables and cells that touch the edge."""
    if tone:
        known(tone, {"primary", "danger", "warn"}, "card tone")
    return draw("card", **locals())


@register.simple_block_tag
def grid(content: SafeString, *, columns: str = "2") -> SafeString:
    """Cards beside one another on the desk, below one another on the phone: "2", "3", "4", "wide-narrow", "aside"."""
    known(columns, {"2", "3", "4", "wide-narrow", "aside"}, "grid")
    return format_html('<div class="grid grid-{}">{}</div>', columns, content)


@register.simple_block_tag
def cells(content: SafeString, *, label: Any = "") -> SafeString:
    """A list of cells."""
    return format_html('<ul class="cells"{}>{}</ul>', format_html(' aria-label="{}"', label) if label else "", content)


@register.inclusion_tag("ui/components/cell.html")
def cell(
    *,
    title: Any,
    note: Any = "",
    href: str = "",
    icon: str = "",
    tile: dt.date | dt.datetime | None = None,
    value: Any = "",
    value_note: Any = "",
    tag: Any = "",
    tag_tone: str = "neutral",
    action_label: Any = "",
    action_href: str = "",
    strong: bool = False,
    tone: str = "",
) -> dict[str, Any]:
    """A row of a list, 56 to 72 high."""
    return dict(locals())


@register.simple_block_tag
def facts(content: SafeString) -> SafeString:
    """When, where, who: the first things a person asks of an activity."""
    return format_html('<ul class="facts">{}</ul>', content)


@register.inclusion_tag("ui/components/fact.html")
def fact(*, icon: str, title: Any, note: Any = "", action_label: Any = "", action_href: str = "") -> dict[str, Any]:
    """One of the facts: icon, the fact, a line about it, one link."""
    return dict(locals())


FACT_STATES = ("proved", "known", "unproved", "missing", "contradicted")


@register.simple_block_tag
def fact_tiles(content: SafeString) -> SafeString:
    """What is there, side by side."""
    return format_html('<ul class="fact-tiles">{}</ul>', content)


@register.inclusion_tag("ui/components/fact_tile.html")
def fact_tile(*, icon: str, title: Any, note: Any, state: str, href: str = "") -> dict[str, Any]:
    """One thing that is there, and how sure that is: proved (green), known (grey), unproved (dashed), missing (amber), contradicted (amber, dashed). `note` says it in words."""
    if state not in FACT_STATES:
        raise ValueError(f"{state!r} is none of {FACT_STATES}")
    return dict(locals())


@register.inclusion_tag("ui/components/activity_card.html")
def activity_card(
    *,
    title: Any,
    href: str,
    when: Any,
    where: Any = "",
    host: Any = "",
    left: int | None = None,
    left_unit: Any = "",
    status: Any = "",
    status_tone: str = "primary",
    labels: Iterable[Any] = (),
    note: Any = "",
    reason: Any = "",
) -> dict[str, Any]:
    """An activity in a list: when and where first, the number left is the only large figure. `reason`: why it is suggested."""
    return dict(locals())


@register.inclusion_tag("ui/components/today_card.html")
def today_card(
    *,
    when: Any,
    countdown: Any = "",
    title: Any,
    lines: Iterable[Any] = (),
    code: str = "",
    url: str = "",
    href: str = "",
    actions: Iterable[Link] = (),
) -> dict[str, Any]:
    """Today's activity with its code: the only framed card with a green ground. `actions` are Links with icons."""
    return {**locals(), "qr": charts.qr(url) if url else ""}


@register.simple_block_tag
def stats(content: SafeString) -> SafeString:
    """A strip of figures."""
    return format_html('<dl class="stats">{}</dl>', content)


@register.inclusion_tag("ui/components/stat.html")
def stat(*, label: Any, value: Any, unit: Any = "", href: str = "", note: Any = "", note_tone: str = "") -> dict[str, Any]:
    """A figure; with `href` it is underlined and opens its rows."""
    return dict(locals())


@register.simple_block_tag
def quote(content: SafeString, *, title: Any = "", by: Any = "", href: str = "", action: Any = "") -> SafeString:
    """Somebody's words, with the warm edge."""
    return draw("quote", **locals())


@register.simple_block_tag
def banner(
    content: SafeString, *, tone: str = "info", title: Any = "", action_label: Any = "", action_href: str = "", icon: str = "", live: bool = False
) -> SafeString:
    """A message on the page: success, info, warn, danger, primary (a promise)."""
    known(tone, BANNER_ICONS, "banner tone")
    return draw("banner", **{**locals(), "icon": icon or BANNER_ICONS[tone]})


@register.inclusion_tag("ui/components/empty_state.html")
def empty_state(
    *,
    title: Any,
    text: Any = "",
    icon: str = "inbox",
    action_label: Any = "",
    action_href: str = "",
    example_label: Any = "",
    example_href: str = "",
    tone: str = "",
) -> dict[str, Any]:
    """Nothing here: what it is for and the one action. Also for filtered-empty, error and no right (tone="danger")."""
    return dict(locals())


@register.inclusion_tag("ui/components/notice.html")
def notice(*, title: Any, text: Any = "", when: Any = "", href: str = "", icon: str = "bell", unread: bool = False) -> dict[str, Any]:
    """A message in the list of messages, inside cells."""
    return dict(locals())


@register.inclusion_tag("ui/components/alert_row.html")
def alert_row(
    *,
    tag: Any,
    tone: str = "neutral",
    icon: str | None = None,
    text: Any,
    strong: Any = "",
    due: Any = "",
    due_tone: str = "",
    action_label: Any = "",
    action_href: str = "",
) -> dict[str, Any]:
    """What needs a hand: tag, sentence, time, one verb. Inside cells."""
    return dict(locals())


@register.inclusion_tag("ui/components/waiting_row.html")
def waiting_row(*, title: Any, note: Any = "", missing: Any = "", days: int, limit: int = 30, longest: int = 0, href: str = "") -> dict[str, Any]:
    """A need that waits and the piece it lacks; bar by days, brown from `limit` on. Inside cells."""
    return {**locals(), "percent": charts.percent(days, longest or max(limit, days)), "late": days >= limit, "value": words.days(days)}


@register.inclusion_tag("ui/components/persona_card.html", takes_context=True)
def persona_card(
    context: Context, *, name: str, role: Any, organization: Any = "", note: Any = "", action: str, value: Any, field: str = "persona"
) -> dict[str, Any]:
    """A person of the demo whose eyes one may borrow: one POST."""
    return {**{key: item for key, item in locals().items() if key != "context"}, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def avatar(name: str) -> SafeString:
    letters = "".join(part[0] for part in name.split())[:2].upper() if name.isascii() else name[:1]
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', letters)


@register.inclusion_tag("ui/components/date_tile.html")
def date_tile(*, date: dt.date | dt.datetime) -> dict[str, Any]:
    """Month over day."""
    local = words.local_date(date)
    return {"month": words.month(local), "day": local.day}


@register.inclusion_tag("ui/components/masked.html")
def masked(*, value: Any, kind: str = "", reveal_href: str = "", note: Any = "", about: str = "") -> dict[str, Any]:
    """A masked value with 显示, or why not. kind: name, phone, id (masks here), or "" when the value comes masked."""
    known(kind, {"", "name", "phone", "id"}, "mask")
    return {**locals(), "value": words.mask(value, kind)}


@register.inclusion_tag("ui/components/code_panel.html")
def code_panel(*, code: str, url: str = "", label: Any = "", note: Any = "", big: bool = False, image: str = "", more: Any = "") -> dict[str, Any]:
    """A code as text beside its QR. `image`: the address of the QR as a picture, which a long press saves; `more`: a line below."""
    return {**locals(), "code": words.spaced_code(code), "qr": "" if image else charts.qr(url or code)}


@register.simple_tag
def qr(*, data: str, label: Any = "") -> SafeString:
    """A QR code as inline SVG."""
    return format_html('<span class="qr-frame" role="img" aria-label="{}">{}</span>', label or _("QR code"), charts.qr(data))


@register.simple_block_tag
def result(content: SafeString, *, tone: str = "success", title: Any, hero: Any = "", note: Any = "") -> SafeString:
    """The answer to a check-in: success (solid), pending (dashed), warn (square with triangle), danger (octagon with cross)."""
    known(tone, {"success", "pending", "warn", "danger"}, "result tone")
    return draw("result", **{**locals(), "icon": {"success": "check", "pending": "check", "warn": "alert-triangle", "danger": "x"}[tone]})


@register.inclusion_tag("ui/components/job_progress.html")
def job_progress(
    *, done: int, total: int, seconds_left: int | None = None, href: str, finished: bool = False, noun: Any = "", note: Any = ""
) -> dict[str, Any]:
    """A job: bar with n of m, time left. Asks `href` again every two seconds (htmx, or reload without script) until finished."""
    return {**locals(), "percent": charts.percent(done, total), "left": words.seconds(seconds_left) if seconds_left is not None else ""}


# Steps and time


@register.inclusion_tag("ui/components/chain.html")
def chain(*, steps: Iterable[Any], label: Any = "") -> dict[str, Any]:
    """The short chain of a need. Steps: (label, "done" | "now" | "next")."""
    return {"steps": list(steps), "label": label or _("Progress")}


@register.inclusion_tag("ui/components/step_line.html")
def step_line(*, steps: Iterable[Any], current: int) -> dict[str, Any]:
    """Where a form with three or more pages stands; `current` counts from 1."""
    rows = [{"label": label, "number": n, "state": "done" if n < current else "now" if n == current else "next"} for n, label in enumerate(steps, 1)]
    return {"steps": rows}


@register.simple_block_tag
def timeline(content: SafeString) -> SafeString:
    """The journey: solid to the last proved step, dashed ahead."""
    return format_html('<ol class="timeline">{}</ol>', content)


@register.simple_block_tag
def timeline_step(
    content: SafeString, *, title: Any, at: Any = "", state: str = "done", icon: str = "check", links: Iterable[Link] = ()
) -> SafeString:
    """A step: verb, date, one or two short lines, evidence links. state: done, now, next (dashed)."""
    known(state, {"done", "now", "next"}, "step state")
    return draw("timeline_step", **locals())


@register.inclusion_tag("ui/components/hosts.html")
def hosts(*, items: Iterable[Any]) -> dict[str, Any]:
    """Who does it together. Items: (name, what they bring, icon)."""
    return {"items": list(items)}


# Charts (server-made, no script)


@register.simple_tag
def meter(*, value: float, max: float = 100, tone: str = "primary", label: Any = "", thin: bool = False) -> SafeString:  # noqa: A002
    """A bar without a number of its own; give `label` when no text beside it says the same."""
    return charts.meter(
        charts.percent(value, max), tone=known(tone, {"primary", "warn", "danger", "neutral"}, "meter tone"), label=str(label), thin=thin
    )


@register.inclusion_tag("ui/components/meter_figure.html")
def meter_figure(*, value: float, max: float, text: Any = "", href: str = "", tone: str = "primary") -> dict[str, Any]:  # noqa: A002
    """A figure with a small bar before it, for a cell of a table."""
    return {**locals(), "percent": charts.percent(value, max), "text": text or words.thousands(value)}


@register.inclusion_tag("ui/components/bar.html")
def bar(*, label: Any, value: float, max: float, text: Any = "", href: str = "", tone: str = "primary", note: Any = "") -> dict[str, Any]:  # noqa: A002
    """One labelled bar of a list of bars (wrap in `bars`)."""
    return {**locals(), "percent": charts.percent(value, max), "text": text or words.thousands(value)}


@register.simple_block_tag
def bars(content: SafeString, *, definition: Any = "", table_href: str = "") -> SafeString:
    """Bars with their definition line and the way to the table."""
    return draw("bars", **locals())


@register.inclusion_tag("ui/components/funnel.html")
def funnel(*, steps: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Where things stop. Steps: {"label", "count", "href", "median"}; shares and the worst step are worked out here."""
    return {"steps": charts.funnel_steps(list(steps))}


@register.inclusion_tag("ui/components/line_chart.html")
def line_chart(
    *,
    title: Any,
    labels: Iterable[Any],
    values: Iterable[float],
    compare: Iterable[float] = (),
    value_label: Any = "",
    compare_label: Any = "",
    unit: Any = "",
) -> dict[str, Any]:
    """A line over time, dashed line for the comparison, last values named at the right."""
    return charts.line(
        title=title, labels=list(labels), values=list(values), compare=list(compare), value_label=value_label, compare_label=compare_label, unit=unit
    )


@register.simple_tag
def spark(*, values: Iterable[float], label: Any = "") -> SafeString:
    """A line small enough for a table cell, last value named."""
    return charts.spark(list(values), label=str(label))


@register.inclusion_tag("ui/components/segment_bars.html")
def segment_bars(*, items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """How many of each group, side by side: {"label", "count", "hidden", "title"}; where `count` is None the words of `hidden` stand over a dashed box."""
    return {"items": charts.segment_bars(list(items))}


@register.simple_tag
def steps_meter(*, share: float, steps: int = 5, label: Any = "") -> SafeString:
    """A share in a few steps; give `label` when no text beside it says the same."""
    return charts.steps_meter(share, steps=steps, label=str(label))


@register.inclusion_tag("ui/components/heat_grid.html")
def heat_grid(*, label: Any, columns: Iterable[Any], rows: Iterable[Any], shows_numbers: bool = False) -> dict[str, Any]:
    """How full each cell of a week is. Rows (name, [(level 0 to 4, number or None, the level in words)]); numbers are drawn only where they may be said."""
    return dict(locals())


@register.inclusion_tag("ui/components/ratio_bar.html")
def ratio_bar(
    *, parts: Iterable[Any], answered: int, asked: int, share: int | None = None, low: int | None = None, high: int | None = None, note: Any = ""
) -> dict[str, Any]:
    """Satisfaction: parts (label, count) from best to worst, always with n of N and the interval in percent."""
    return {**locals(), "parts": charts.ratio_parts(list(parts))}


# Tables and lists


@register.inclusion_tag("ui/components/roster_grid.html")
def roster_grid(*, grid: Any) -> dict[str, Any]:
    """People by shifts with chips, and what each position lacks below: a `liandong.ui.roster.Grid`."""
    return {"grid": grid}


@register.simple_tag
def gap_bar(*, value: float, bound: float, start: float, left: Any, right: Any) -> SafeString:
    """How far a plan is from the best there can be. `left` says where the axis starts, `right` the two numbers; the rest up to the bound is in amber."""
    share = 100.0 if bound <= start else max(0.0, min(100.0, 100 * (value - start) / (bound - start)))
    return format_html(
        '<svg class="gap-bar" aria-hidden="true"><rect width="100%" height="10" rx="3"/><rect class="on" width="{}%" height="10" rx="3"/></svg>'
        '<p class="gap-ends"><span>{}</span><span>{}</span></p>',
        f"{share:.1f}", left, right,
    )  # fmt: skip


@register.simple_block_tag(takes_context=True)
def table(
    context: Context,
    content: SafeString,
    *,
    label: Any,
    columns: Iterable[Any] = (),
    empty: Any = "",
    select: str = "",
    compact: bool = False,
    keep: bool = False,
) -> SafeString:
    """Rows are plain <tr><td>…</td></tr>; each cell learns its column's label, so that a row becomes a card on the phone (unless `keep`).

    columns: Column or plain words. `select`: name of a checkbox column placed first in each row by the caller.
    """
    columns = [column if isinstance(column, Column) else Column(column) for column in columns]
    request = context.get("request")
    heads = [
        {
            "label": column.label,
            "number": column.number,
            "key": column.key,
            "sort": sort_link(request, column.key) if column.key and request else None,
        }
        for column in columns
    ]
    offset = 1 if select else 0
    return draw(
        "table",
        label=label,
        heads=heads,
        rows=_named_cells(content, columns, offset),
        select=select,
        compact=compact,
        keep=keep,
        empty=empty,
        has_rows="<tr" in content,
    )


SHORT = 12  # characters that are never broken into two lines: a date, a name, a state


def _named_cells(content: str, columns: list[Column], offset: int) -> SafeString:
    """Gives each <td> its column's label and alignment, and says which are short."""
    place = 0

    def named(match: re.Match[str]) -> str:
        nonlocal place
        if match[0].startswith("<tr"):
            place = -offset
            return match[0]
        place += 1
        if place < 1 or place > len(columns):
            return match[0]
        column = columns[place - 1]
        number = ' data-number=""' if column.number else ""
        inside = content[match.end() : content.find(f"</{match[1]}", match.end())].partition(">")[2]
        short = ' data-short=""' if len(strip_tags(inside).strip()) <= SHORT else ""
        return f'<{match[1]} data-label="{conditional_escape(column.label)}"{number}{short}'

    return mark_safe(re.sub(r"<tr\b|<(t[dh])\b", named, content))  # noqa: S308 - the content was escaped when it was rendered


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: Context, *, page: Page, noun: Any = "") -> dict[str, Any]:
    """Numbers and next; keeps the query string."""
    request = context["request"]
    numbers = [
        {"number": n, "href": with_query(request, page=n) if isinstance(n, int) else "", "current": n == page.number}
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "noun": noun,
        "numbers": numbers if page.paginator.num_pages > 1 else [],
        "previous": with_query(request, page=page.number - 1) if page.has_previous() else "",
        "next": with_query(request, page=page.number + 1) if page.has_next() else "",
    }


@register.inclusion_tag("ui/components/chips.html")
def chips(*, items: Iterable[Link], label: Any, clear_href: str = "") -> dict[str, Any]:
    """Filters as links that keep the state in the address. Items from `listing.filter_links`."""
    return {"items": list(items), "label": label, "clear_href": clear_href}


@register.inclusion_tag("ui/components/tabs.html")
def tabs(*, items: Iterable[Link], label: Any) -> dict[str, Any]:
    """Second level of navigation."""
    return {"items": list(items), "label": label}


@register.inclusion_tag("ui/components/segmented.html")
def segmented(*, items: Iterable[Link], label: Any) -> dict[str, Any]:
    """Two to four views of the same thing."""
    return {"items": list(items), "label": label}


@register.inclusion_tag("ui/components/search_box.html", takes_context=True)
def search_box(
    context: Context, *, label: Any, name: str = "q", action: str = "", placeholder: Any = "", shortcut: bool = False, keep: bool = True
) -> dict[str, Any]:
    """A search that keeps the other filters of the address."""
    request = context.get("request")
    hidden = (
        [(key, value) for key, values in request.GET.lists() if key not in {name, "page"} for value in values]
        if request and keep and not action
        else []
    )
    return {
        **{key: item for key, item in locals().items() if key != "context"},
        "value": request.GET.get(name, "") if request and (not action or action == request.path) else "",
    }


@register.simple_block_tag
def toolbar(content: SafeString) -> SafeString:
    """Filters and search above a list."""
    return format_html('<div class="toolbar">{}</div>', content)


@register.simple_block_tag
def key_values(content: SafeString, *, items: Iterable[Any] = ()) -> SafeString:
    """Names and values: items (label, value) and any `pair` inside."""
    rows = format_html_join("", '<div class="pair"><dt>{}</dt><dd>{}</dd></div>', ((item[0], item[1]) for item in items))
    return format_html('<dl class="pairs">{}{}</dl>', rows, content)


@register.simple_block_tag
def pair(content: SafeString, *, label: Any, action_label: Any = "", action_href: str = "") -> SafeString:
    """One name and value with an action at the end (换, 不是我)."""
    link = (
        format_html('<a class="pair-action" href="{}">{}<span class="hidden"> {}</span></a>', action_href, action_label, label) if action_href else ""
    )
    return format_html('<div class="pair"><dt>{}</dt><dd>{}</dd>{}</div>', label, content, format_html("<dd>{}</dd>", link) if link else "")


# Forms


# What Django says of any field, in our Chinese.
OF_ANY_FIELD = (
    gettext_lazy("This field is required."),
    gettext_lazy("Ensure this value is greater than or equal to %(limit_value)s."),
    gettext_lazy("Ensure this value is less than or equal to %(limit_value)s."),
)


@register.inclusion_tag("ui/components/error_summary.html")
def error_summary(form: BaseForm, *, focus: bool = True) -> dict[str, Any]:
    """All errors on top, the same words as at the field, focused when the page opens. Before words that could be about any field stands its label."""
    anywhere = {str(words) for words in OF_ANY_FIELD}
    rows = [{"text": text, "href": ""} for text in form.non_field_errors()] if form.is_bound else []
    for bound in form if form.is_bound else ():
        rows += [
            {"text": f"{str(bound.label).rstrip('?？')}{_(': ')}{text}" if str(error.message) in anywhere else text, "href": "#" + _first_id(bound)}
            for text, error in zip(bound.errors, bound.errors.as_data(), strict=True)
        ]
    return {"errors": rows, "focus": focus}


def _first_id(bound: BoundField) -> str:
    grouped = isinstance(bound.field.widget, w.RadioSelect | w.CheckboxSelectMultiple)
    return f"{bound.auto_id}_0" if grouped else bound.id_for_label or bound.auto_id


KINDS = {
    "text",
    "textarea",
    "select",
    "radio",
    "checks",
    "chips",
    "checkbox",
    "stepper",
    "date",
    "time",
    "datetime",
    "phone",
    "code",
    "file",
    "smileys",
    "password",
}
BY_WIDGET: list[tuple[type[w.Widget], str]] = [
    (w.CheckboxSelectMultiple, "checks"), (w.RadioSelect, "radio"), (w.Select, "select"), (w.CheckboxInput, "checkbox"), (w.Textarea, "textarea"), (w.PasswordInput, "password"),
    (w.FileInput, "file"), (w.DateTimeInput, "datetime"), (w.DateInput, "date"), (w.TimeInput, "time"),
]  # fmt: skip
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "phone": {"inputmode": "tel", "autocomplete": "tel", "maxlength": "20"},
    "code": {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6", "class": "input input-code"},
    "stepper": {"inputmode": "numeric", "class": "input"},
    "date": {"type": "date"},
    "time": {"type": "time"},
    "datetime": {"type": "datetime-local"},
    "textarea": {"rows": 4},
}
DJANGO_ROWS = "10"  # of a Textarea to which nobody gave rows
FORMATS = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}


@register.inclusion_tag("ui/components/field.html")
def field(
    bound: BoundField,
    *,
    hint: Any = "",
    optional: bool | None = None,
    kind: str = "",
    label: Any = "",
    notes: dict[Any, Any] | None = None,
    unit: Any = "",
    width: str = "",
    count: bool = False,
    autosubmit: bool = False,
) -> dict[str, Any]:
    """A form field with label, hint and error. The kind follows the widget; say it for stepper, phone, code, smileys, chips.

    notes: second line of radio and check cards by value. width: "short" or "half". count: characters left under a textarea.
    """
    if not isinstance(bound, BoundField):
        raise template.TemplateSyntaxError("field: give it a form field, as form.name; that name is not in the form")
    widget = bound.field.widget
    kind = known(kind or next((name for cls, name in BY_WIDGET if isinstance(widget, cls)), "text"), KINDS, "field kind")
    hint = hint or bound.help_text
    described = [f"{bound.auto_id}_hint"] if hint else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes: dict[str, Any] = {"class": "input", **ATTRIBUTES.get(kind, {}), "aria-describedby": " ".join(described) or None}
    if kind in FORMATS and hasattr(widget, "format"):
        widget.format = FORMATS[kind]
    if kind == "phone":
        widget.input_type = "tel"
    elif kind in {"date", "time", "datetime"}:
        widget.input_type = attributes.pop("type")
    attributes = {
        key: value
        for key, value in attributes.items()
        if value is not None and (key not in widget.attrs or key == "class" or (key == "rows" and widget.attrs[key] == DJANGO_ROWS))
    }
    if count and bound.field.max_length:  # type: ignore[attr-defined]
        attributes["data-behaviour"] = "count"
    if autosubmit:
        attributes["data-behaviour"] = "autosubmit"
    options = []
    if kind in {"radio", "checks", "chips", "smileys"}:
        options = [
            {"tag": option.tag(), "label": option.choice_label, "note": (notes or {}).get(option.data["value"], ""), "id": option.id_for_label}
            for option in bound
            if option.data["value"] != ""
        ]
    return {
        "field": bound,
        "kind": kind,
        "hint": hint,
        "label": label or bound.label,
        "optional": not bound.field.required if optional is None else optional,
        "options": options,
        "unit": unit,
        "width": width,
        "errors": bound.errors,
        "id": bound.auto_id,
        "control": bound.as_widget(attrs=attributes) if not options else "",
    }


@register.simple_block_tag
def fields(content: SafeString, *, legend: Any = "", hint: Any = "", columns: bool = False) -> SafeString:
    """A group of fields; `columns` puts two beside each other on the desk."""
    return draw("fields", **locals())


@register.simple_block_tag
def form_actions(content: SafeString, *, note: Any = "") -> SafeString:
    """The end of a form: one primary button, then the rest."""
    return format_html('<div class="form-actions">{}{}</div>', content, format_html('<p class="note">{}</p>', note) if note else "")


@register.inclusion_tag("ui/components/positions.html")
def positions(*, name: str, items: Iterable[dict[str, Any]], value: Any = "", legend: Any = "", note: Any = "") -> dict[str, Any]:
    """Positions as full-width radio rows.

    items: {"value", "title", "note", "left", "capacity", "waiting", "closed"}; a full one (left 0) stays open for the queue.
    """
    rows = [{**item, "checked": str(item["value"]) == str(value)} for item in items]
    return {"name": name, "items": rows, "legend": legend, "note": note}


@register.simple_block_tag
def dock(content: SafeString, *, note: Any = "", title: Any = "", text: Any = "", icon: str = "shield-check") -> SafeString:
    """The bar at the bottom with one solid button; title and text repeat the choice."""
    return draw("dock", **locals())


@register.simple_block_tag
def sheet(content: SafeString, *, id: str, title: Any, open: bool = False) -> SafeString:  # noqa: A002
    """A sheet from the bottom (a dialog on the desk), opened by a link to #id, without script too."""
    return draw("sheet", **locals())


@register.inclusion_tag("ui/components/display_switch.html", takes_context=True)
def display_switch(context: Context, *, parts: str = "language theme care", plain: bool = False) -> dict[str, Any]:
    """Language, theme and care: each a POST that works without script."""
    request = context.get("request")
    return {
        "parts": parts.split(),
        "plain": plain,
        "next": request.get_full_path() if request else "/",
        "csrf_token": context.get("csrf_token"),
        "care": context.get("care", False),
        "theme": context.get("display_theme", "auto"),
        "english": (get_language() or "").startswith("en"),
    }


# Words


register.filter("day", words.day)
register.filter("day_short", words.day_short)
register.filter("full_day", words.full_day)
register.filter("full_month", words.full_month)
register.filter("clock", words.clock)
register.filter("when", words.when)
register.filter("until", words.until)
register.filter("ago", words.ago)
register.filter("time_range", words.time_range)
register.filter("hours", words.hours)
register.filter("yuan", words.yuan)
register.filter("thousands", words.thousands)
register.filter("days", words.days)
register.filter("said", words.said)
register.filter("spaced_code", words.spaced_code)


@register.filter
def mask_name(value: Any) -> str:
    return words.mask(value, "name")


@register.filter
def mask_phone(value: Any) -> str:
    return words.mask(value, "phone")
