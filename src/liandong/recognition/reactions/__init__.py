"""What recognition does by itself. One module per noun."""

from liandong.recognition.reactions import certificates, records  # noqa: F401 - register their jobs
