"""Pages of recognition: records and certificates for people; hours to confirm and appeals for staff; the public check of a certificate."""
