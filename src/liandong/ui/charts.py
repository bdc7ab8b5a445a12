"""Charts as inline SVG: no script, no style attribute; places in percent so that a chart fits any width and keeps its type size."""

import io
import math
from collections.abc import Sequence
from typing import Any

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from liandong.ui.words import thousands


def percent(value: float, maximum: float) -> float:
    """A share of the maximum between 0 and 100, one decimal."""
    return round(min(max(float(value) / float(maximum), 0), 1) * 100, 1) if maximum else 0.0


def meter(share: float, *, tone: str = "primary", label: str = "", thin: bool = False) -> SafeString:
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="meter{}" {}><rect class="track" width="100%" height="100%"/><rect class="fill fill-{}" width="{}%" height="100%"/></svg>',
        " meter-thin" if thin else "", role, tone, share,
    )  # fmt: skip


def qr(data: str) -> SafeString:
    return mark_safe(segno.make(data, error="m", micro=False).svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S308 - paths only


def qr_png(data: str) -> bytes:
    """A QR as a plain picture, which a long press saves."""
    picture = io.BytesIO()
    segno.make(data, error="m", micro=False).save(picture, kind="png", scale=10, border=3)
    return picture.getvalue()


def funnel_steps(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Adds to each step its width, the share of the step before that came so far, and marks the worst passage."""
    first = max((step["count"] for step in steps), default=0)
    rows, shares = [], []
    for place, step in enumerate(steps):
        before = steps[place - 1]["count"] if place else 0
        share = round(100 * step["count"] / before) if before else None
        rows.append({"href": "", "median": "", **step, "percent": percent(step["count"], first), "share": share, "text": thousands(step["count"])})
        shares += [share] if share is not None else []
    worst = min(shares, default=None)
    for row in rows:
        row["worst"] = worst is not None and worst < 100 and row["share"] == worst and not any(r.get("worst") for r in rows)
    return rows


def ratio_parts(parts: Sequence[Any]) -> list[dict[str, Any]]:
    """Places of the parts of one bar, best first, in percent with a gap left by the style sheet."""
    total = sum(count for _label, count in parts)
    rows, start = [], 0.0
    for number, (label, count) in enumerate(parts, 1):
        width = 100 * count / total if total else 0
        rows.append({"label": label, "count": count, "x": round(start, 2), "width": round(width, 2), "number": number})
        start += width
    return rows


def nice_top(value: float) -> float:
    """The next round number an axis can end at, divisible by two."""
    if value <= 2:
        return 2
    size = 10 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * size >= value)


def points(values: Sequence[float], top: float, bottom: float = 0) -> list[tuple[float, float]]:
    span = (top - bottom) or 1
    gap = 100 / (len(values) - 1) if len(values) > 1 else 0
    return [(round(n * gap, 2), round(100 - 100 * (value - bottom) / span, 2)) for n, value in enumerate(values)]


def path(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def line(
    *, title: Any, labels: list[Any], values: list[float], compare: list[float], value_label: Any, compare_label: Any, unit: Any
) -> dict[str, Any]:
    top = nice_top(max([*values, *compare, 0]))
    # Before the first comparison there was nothing to compare with, which is not the same as none.
    known = next((n for n, value in enumerate(compare) if value), len(compare))
    main, other = points(values, top), points(compare, top)[known:]
    value_y = main[-1][1] if main else 0
    compare_y = other[-1][1] if other else 0
    # The two names at the right keep 34 of the 170 units apart.
    named_y = max(min(value_y, 100), 4)
    named_compare = max(compare_y, named_y + 21) if other else 0
    if named_compare > 92:
        named_compare, named_y = 92, min(named_y, 71)
    sparse = any(len(str(label)) > 2 and str(label).isascii() for label in labels)
    ticks = [
        {"x": x, "label": label, "minor": bool(sparse and len(labels) > 6 and (len(labels) - 1 - n) % 2)}
        for n, ((x, _y), label) in enumerate(zip(main, labels, strict=False))
    ]
    return {
        "title": title, "ticks": ticks, "path": path(main), "compare_path": path(other), "dots": main[:-1], "last": main[-1] if main else None,
        "top": thousands(int(top)), "middle": thousands(top / 2 if top < 4 else int(top / 2)), "named_y": named_y, "named_compare": named_compare, "value_label": value_label,
        "compare_label": compare_label, "value": thousands(values[-1]) if values else "", "compare": thousands(compare[-1]) if compare else "", "unit": unit,
        "rows": [(label, thousands(value), thousands(compare[n]) if known <= n < len(compare) else "") for n, (label, value) in enumerate(zip(labels, values, strict=False))],
    }  # fmt: skip


def spark(values: list[float], *, label: str) -> SafeString:
    if not values:
        return mark_safe("")
    places = points(values, max(values) or 1, min(0, *values))
    last = places[-1]
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<span class="spark"><svg {}><svg viewBox="0 0 100 100" preserveAspectRatio="none"><polyline points="{}"/></svg><circle cx="{}%" cy="{}%" r="3"/></svg><b>{}</b></span>',
        role, path(places), last[0], last[1], thousands(values[-1]),
    )  # fmt: skip


BAR_HEIGHT = 30


def segment_bars(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Heights of small bars side by side; the largest is as high as there is room."""
    top = max((item["count"] for item in items if item["count"] is not None), default=0)
    rows = []
    for item in items:
        height = max(round((BAR_HEIGHT - 2) * item["count"] / top), 2) if item["count"] and top else 2
        rows.append({"title": item["label"], **item, "height": height, "y": BAR_HEIGHT - height})
    return rows


def steps_meter(share: float, *, steps: int, label: str) -> SafeString:
    """Some steps of so many, for a share between 0 and 1."""
    on, gap = round(min(max(share, 0), 1) * steps), 4
    width = (76 - gap * (steps - 1)) / steps
    boxes = "".join(
        f'<rect x="{n * (width + gap):.1f}" width="{width:.1f}" height="6" rx="2"{" class=" + chr(34) + "on" + chr(34) if n < on else ""}/>'
        for n in range(steps)
    )
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="steps-meter" viewBox="0 0 76 6" {}>{}</svg>', role, mark_safe(boxes))  # noqa: S308 - numbers only
