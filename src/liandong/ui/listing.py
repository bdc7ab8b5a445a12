"""Helpers for pages that are lists: links that keep the address, filters, order, pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest


@dataclass(frozen=True)
class Link:
    """A link in a row of links: chip, tab, segment, evidence, action."""

    label: Any
    href: str
    current: bool = False
    icon: str = ""
    count: Any = ""
    removable: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a table. `key` makes its head a link that sorts; numbers stand at the right."""

    label: Any
    key: str = ""
    number: bool = False


def with_query(request: HttpRequest, **changes: Any) -> str:
    """This address with some parameters changed; None or "" takes one away. Changing a filter goes back to page 1."""
    query = request.GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        elif isinstance(value, list):
            query.setlist(name, value)
        else:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def filter_links(request: HttpRequest, name: str, choices: Iterable[tuple[Any, Any]], *, any_label: Any = "", several: bool = False) -> list[Link]:
    """Chips for one parameter. `choices` are (value, label) or (value, label, count); `any_label` leads with "all"; `several` lets more than one be on."""
    chosen = request.GET.getlist(name)
    links = [Link(any_label, with_query(request, **{name: ""}), current=not chosen)] if any_label else []
    for value, label, *count in choices:  # type: ignore[misc, var-annotated]
        value, on = str(value), str(value) in chosen
        after = [item for item in chosen if item != value] + ([] if on else [value]) if several else ([] if on and not any_label else [value])
        links.append(Link(label, with_query(request, **{name: after or ""}), current=on, count=count[0] if count else ""))
    return links


def sort_link(request: HttpRequest, key: str) -> dict[str, str]:
    """Where a click on a head leads, and which way the column is sorted now."""
    now = request.GET.get("sort", "")
    state = "ascending" if now == key else "descending" if now == f"-{key}" else "none"
    return {"href": with_query(request, sort=f"-{key}" if now == key else key), "state": state}


def order(request: HttpRequest, *, allowed: Mapping[str, str], default: str) -> list[str]:
    """What to give to order_by: `allowed` maps a column's key to a field. Unknown keys fall back; the primary key makes the order total."""
    asked = request.GET.get("sort", "")
    name = asked.removeprefix("-")
    if name not in allowed:
        return [default, "-pk" if default.startswith("-") else "pk"]
    sign = "-" if asked.startswith("-") else ""
    return [sign + allowed[name], sign + "pk"]


def page(request: HttpRequest, rows: Any, *, size: int = 50) -> Page[Any]:
    """The page asked for; a number out of range gives the nearest one."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
