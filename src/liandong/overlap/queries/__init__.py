"""Everything read about overlaps."""

from liandong.overlap.plans import key_of, pair_of
from liandong.overlap.queries.ground import Alarm, alarms_for, alarms_on, things_of, where_of
from liandong.overlap.queries.hosting import co_hostings_of, joint_instead_of, list_of, proposals_for, shares_of, waiting_answers
from liandong.overlap.queries.meeting import Found, Overlaps, fingerprint_of, overlaps_of, overlaps_of_plan

__all__ = [
    "Alarm",
    "Found",
    "Overlaps",
    "alarms_for",
    "alarms_on",
    "co_hostings_of",
    "fingerprint_of",
    "joint_instead_of",
    "key_of",
    "list_of",
    "overlaps_of",
    "overlaps_of_plan",
    "pair_of",
    "proposals_for",
    "shares_of",
    "things_of",
    "waiting_answers",
    "where_of",
]
