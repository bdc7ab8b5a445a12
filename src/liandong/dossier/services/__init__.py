"""Everything written into dossiers, by noun."""

from liandong.dossier.services.claims import answer_claim, claim, withdraw_claim
from liandong.dossier.services.entries import correct_entry, evaluate_shift, withdraw_entry, write_training
from liandong.dossier.services.erasing import erase_person
from liandong.dossier.services.transfers import agree, ask_transfer, note_paper, refuse_transfer

__all__ = [
    "agree",
    "answer_claim",
    "ask_transfer",
    "claim",
    "correct_entry",
    "erase_person",
    "evaluate_shift",
    "note_paper",
    "refuse_transfer",
    "withdraw_claim",
    "withdraw_entry",
    "write_training",
]
