"""Pages of recognition: records and certificates for people; hours to confirm and appeals for staff; the public check of a certificate."""

from liandong.recognition.views.certificates import (
    certificate_image,
    certificate_new,
    certificate_pdf,
    own_certificate,
    revoke_certificate,
    seal_certificate,
)
from liandong.recognition.views.confirming import confirm_shift, to_confirm
from liandong.recognition.views.issuers import issuer_did, public_key, site_did, status_list
from liandong.recognition.views.issuing import (
    batch,
    batch_file,
    batches,
    certificate_requests,
    decide_key,
    decide_request,
    decide_seal,
    issued,
    keys,
    resume_batch,
    seal_picture,
    seals,
)
from liandong.recognition.views.own import appeal_record, my_records, record
from liandong.recognition.views.putting_right import answer_appeal, appeals, correct_record
from liandong.recognition.views.showing import credential, end_share, show_certificate
from liandong.recognition.views.verifying import certificate, check, shared, verify

__all__ = [
    "answer_appeal",
    "appeal_record",
    "appeals",
    "batch",
    "batch_file",
    "batches",
    "certificate",
    "certificate_image",
    "certificate_new",
    "certificate_pdf",
    "certificate_requests",
    "check",
    "confirm_shift",
    "correct_record",
    "credential",
    "decide_key",
    "decide_request",
    "decide_seal",
    "end_share",
    "issued",
    "issuer_did",
    "keys",
    "my_records",
    "own_certificate",
    "public_key",
    "record",
    "resume_batch",
    "revoke_certificate",
    "seal_certificate",
    "seal_picture",
    "seals",
    "shared",
    "show_certificate",
    "site_did",
    "status_list",
    "to_confirm",
    "verify",
]
