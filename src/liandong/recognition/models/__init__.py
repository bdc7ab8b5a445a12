"""What service is worth: records by law, certificates. Append-only where it counts."""

from liandong.recognition.models.batches import CertificateBatch, CertificateBatchItem
from liandong.recognition.models.certificates import (
    Certificate,
    CertificateLine,
    CertificateRequest,
    CertificateShare,
    SealedPaper,
    new_certificate_code,
)
from liandong.recognition.models.claims import Backfill, ServiceClaim
from liandong.recognition.models.keys import SigningKey
from liandong.recognition.models.records import RecordAppeal, ServiceRecord, ServiceRecordQuerySet, new_record_number
from liandong.recognition.models.seals import RegisteredSeal
from liandong.recognition.models.trust import ConfirmationRule, Outlier, OutlierLine

__all__ = [
    "Backfill",
    "Certificate",
    "CertificateBatch",
    "CertificateBatchItem",
    "CertificateLine",
    "CertificateRequest",
    "CertificateShare",
    "ConfirmationRule",
    "Outlier",
    "OutlierLine",
    "RecordAppeal",
    "RegisteredSeal",
    "SealedPaper",
    "ServiceClaim",
    "ServiceRecord",
    "ServiceRecordQuerySet",
    "SigningKey",
    "new_certificate_code",
    "new_record_number",
]
