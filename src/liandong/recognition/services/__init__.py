"""The verbs of recognition. One module per noun; import them from here."""

from liandong.recognition.services.appeals import answer_appeal, appeal_record
from liandong.recognition.services.certificates import issue_certificate, revoke_certificate
from liandong.recognition.services.records import Confirmation, confirm_service, confirm_shift, correct_record, withdraw_record

__all__ = [
    "Confirmation",
    "answer_appeal",
    "appeal_record",
    "confirm_service",
    "confirm_shift",
    "correct_record",
    "issue_certificate",
    "revoke_certificate",
    "withdraw_record",
]
