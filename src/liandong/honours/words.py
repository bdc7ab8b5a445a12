"""Stars in words. They never push."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liandong.honours.rules import Stars
from liandong.ui.words import hours


def star_name(level: int) -> str:
    """一星, 2 stars; says so before the first."""
    names = [_("No star yet"), _("1 star"), _("2 stars"), _("3 stars"), _("4 stars"), _("5 stars")]
    return names[level] if level < len(names) else ngettext("%(n)s star", "%(n)s stars", level) % {"n": level}


def star_line(stars: Stars) -> str:
    """How far the next star is, and that there is no hurry."""
    if stars.minutes_left is None or stars.next_level is None:
        return _("You have all the stars there are. Thank you.")
    return _("%(hours)s hours to the next star, “%(stars)s”. No hurry, do what suits you.") % {
        "hours": hours(stars.minutes_left),
        "stars": star_name(stars.next_level),
    }
