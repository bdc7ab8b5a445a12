"""Places for tests."""

import itertools
from typing import Any

from liandong.organizations.models import Organization
from liandong.organizations.tests import factories as bodies
from liandong.venues.models import Venue

_next = itertools.count(1)


def venue(*, host: Organization | None = None, **values: Any) -> Venue:
    host = host or bodies.organization()
    return Venue.objects.create(host=host, territory=host.territory, **{"name": f"活动室{next(_next)}", "address": "北郎东里 3 号楼 1 层", **values})
