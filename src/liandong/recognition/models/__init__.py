"""What service is worth: records by law, certificates. Append-only where it counts."""

from liandong.recognition.models.certificates import Certificate, CertificateLine, new_certificate_code
from liandong.recognition.models.records import RecordAppeal, ServiceRecord, ServiceRecordQuerySet, new_record_number

__all__ = [
    "Certificate",
    "CertificateLine",
    "RecordAppeal",
    "ServiceRecord",
    "ServiceRecordQuerySet",
    "new_certificate_code",
    "new_record_number",
]
