"""Everything read about dossiers."""

from liandong.dossier.queries.due import Due, evaluations_due, evaluations_to_remind, rows_of_shift
from liandong.dossier.queries.people import Dossier, bodies_of, dossier_of, missing_of, open_transfers_of, people_of, transfers

__all__ = [
    "Dossier",
    "Due",
    "bodies_of",
    "dossier_of",
    "evaluations_due",
    "evaluations_to_remind",
    "missing_of",
    "open_transfers_of",
    "people_of",
    "rows_of_shift",
    "transfers",
]
