"""Pages of recognition: records and certificates for people; hours to confirm and appeals for staff; the public check of a certificate."""

from liandong.recognition.views.certificates import certificate_image, certificate_new, certificate_pdf, own_certificate, revoke_certificate
from liandong.recognition.views.confirming import confirm_shift, to_confirm
from liandong.recognition.views.own import appeal_record, my_records, record
from liandong.recognition.views.putting_right import answer_appeal, appeals, correct_record
from liandong.recognition.views.verifying import certificate, verify

__all__ = [
    "answer_appeal",
    "appeal_record",
    "appeals",
    "certificate",
    "certificate_image",
    "certificate_new",
    "certificate_pdf",
    "confirm_shift",
    "correct_record",
    "my_records",
    "own_certificate",
    "record",
    "revoke_certificate",
    "to_confirm",
    "verify",
]
