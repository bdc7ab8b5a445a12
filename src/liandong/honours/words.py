"""Stars in words. They never push."""

from django.utils.translation import gettext as _

from liandong.honours.models import StarRule
from liandong.honours.rules import Stars
from liandong.ui.words import hours


def level_name(level: int, rule: StarRule) -> str:
    """The name the rule set gives, else 一星, 2 stars; says so before the first."""
    if name := rule.name_of(level):
        return name
    if level > len(rule.star_hours):
        return _("Medal %(n)s") % {"n": level - len(rule.star_hours)}
    names = [_("No star"), _("1 star"), _("2 stars"), _("3 stars"), _("4 stars"), _("5 stars")]
    return names[level] if level < len(names) else _("%(n)s stars") % {"n": level}


def star_name(stars: Stars) -> str:
    """三星级志愿者, 铜质奖章."""
    return level_name(stars.level, stars.rule)


def star_line(stars: Stars) -> str:
    """How far the next star is, and that there is no hurry."""
    if stars.minutes_left is None or stars.next_level is None:
        return _("You have all the stars there are. Thank you.")
    return _("%(hours)s hours to the next star, “%(stars)s”. No hurry, do what suits you.") % {
        "hours": hours(stars.minutes_left),
        "stars": level_name(stars.next_level, stars.rule),
    }
