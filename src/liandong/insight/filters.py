"""What a figure is asked for: when, where, for whom. The same filters travel from the figure to its rows and into its file."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from liandong.insight.spans import Span
from liandong.organizations.models import Organization, Territory
from liandong.volunteers.models import Team

HOST, MEMBERS = "host", "members"


@dataclass(frozen=True)
class Filters:
    """`side` says what an organisation filter means: HOST, what the body organised; MEMBERS, what its people did, wherever they did it.

    `is_public`: the whole site as anybody may see it, without rows about persons.
    """

    span: Span
    territory: Territory | None = None
    organization: Organization | None = None
    team: Team | None = None
    side: str = HOST
    is_public: bool = False

    def over(self, span: Span) -> "Filters":
        return replace(self, span=span)

    def query(self, **changes: Any) -> str:
        """The filters as the query part of an address."""
        values: dict[str, Any] = {"period": self.span.key}
        if self.is_public:
            values["scope"] = "all"
        if self.territory is not None:
            values["territory"] = self.territory.pk
        if self.organization is not None:
            values["organization"] = self.organization.slug
        if self.side != HOST:
            values["side"] = self.side
        if self.team is not None:
            values["team"] = self.team.pk
        values |= changes
        return urlencode({key: value for key, value in values.items() if value not in (None, "")})

    def words(self) -> list[tuple[str, str]]:
        """The filters in words, for the page and for the sheet that explains a file."""
        rows = [(_("Period"), self.span.label)]
        if self.territory is not None:
            rows.append((_("Territory"), self.territory.name))
        if self.organization is not None:
            rows.append((_("Organisation"), self.organization.name))
            rows.append((_("Counted"), _("What its people did, wherever they did it") if self.side == MEMBERS else _("What the body organised")))
        if self.team is not None:
            rows.append((_("Team"), self.team.name))
        if not (self.territory or self.organization or self.team):
            rows.append((_("Territory"), _("All")))
        return rows
