"""The verbs of recognition. One module per noun; import them from here."""

from liandong.recognition.services.appeals import answer_appeal, appeal_record, escalate_appeal, withdraw_appeal
from liandong.recognition.services.backfills import accept_claim, approve_backfill, propose_backfill, refuse_backfill, withdraw_backfill
from liandong.recognition.services.batches import resume_batch, start_batch
from liandong.recognition.services.certificates import forget_bearer, issue_certificate
from liandong.recognition.services.claims import appeal_claim, claim_service, forget_words, refuse_claim, to_hub, withdraw_claim
from liandong.recognition.services.deadlines import alert_of_shares, escalate_overdue, warn_of_deadlines
from liandong.recognition.services.keys import WARN_BEFORE, approve_key, propose_key, refuse_key, renew_key
from liandong.recognition.services.records import (
    Confirmation,
    confirm_service,
    confirm_shift,
    correct_record,
    refuse_impossible,
    withdraw_record,
)
from liandong.recognition.services.requests import approve_request, ask_revocation, ask_seal, refuse_request
from liandong.recognition.services.scanning import decide_outlier, hold_ratings, scan
from liandong.recognition.services.seals import LARGEST_PICTURE, approve_seal, refuse_seal, register_seal, retire_seal
from liandong.recognition.services.shares import count_opening, end_share, share_certificate
from liandong.recognition.services.trust import confirm_inside_rules, set_rule

__all__ = [
    "LARGEST_PICTURE",
    "WARN_BEFORE",
    "Confirmation",
    "accept_claim",
    "alert_of_shares",
    "answer_appeal",
    "appeal_claim",
    "appeal_record",
    "approve_backfill",
    "approve_key",
    "approve_request",
    "approve_seal",
    "ask_revocation",
    "ask_seal",
    "claim_service",
    "confirm_inside_rules",
    "confirm_service",
    "confirm_shift",
    "correct_record",
    "count_opening",
    "decide_outlier",
    "end_share",
    "escalate_appeal",
    "escalate_overdue",
    "forget_bearer",
    "forget_words",
    "hold_ratings",
    "issue_certificate",
    "propose_backfill",
    "propose_key",
    "refuse_backfill",
    "refuse_claim",
    "refuse_impossible",
    "refuse_key",
    "refuse_request",
    "refuse_seal",
    "register_seal",
    "renew_key",
    "resume_batch",
    "retire_seal",
    "scan",
    "set_rule",
    "share_certificate",
    "start_batch",
    "to_hub",
    "warn_of_deadlines",
    "withdraw_appeal",
    "withdraw_backfill",
    "withdraw_claim",
    "withdraw_record",
]
