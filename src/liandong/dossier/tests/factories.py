"""What dossiers are written with."""

import base64
import datetime as dt

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")  # one point
TRAINING = {
    "name": "急救员培训",
    "content": "心肺复苏与止血包扎",
    "minutes": 180,
    "organizer_name": "街道红十字会",
    "from_date": dt.date(2026, 5, 16),
    "to_date": dt.date(2026, 5, 16),
}
