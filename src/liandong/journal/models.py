"""The journal: one entry per verb, append-only, sealed in a chain."""

from django.db import models
from django.db.models.functions import Now

PERSON = "accounts.person:"  # how `by` begins where a person acted


class Entry(models.Model):
    """Who did what to what, with the old and the new values. Written by `journal.services.record` inside the verb's own transaction.

    `by` and `on` are keys such as `accounts.person:12` or `system:waitlist`: the journal stands below every app and knows none of them.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    verb = models.CharField(max_length=60)
    by = models.CharField(max_length=80)
    on = models.CharField(max_length=80)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["on", "id"], name="journal_entry_on"),
            models.Index(fields=["by", "id"], name="journal_entry_by"),
            models.Index(fields=["verb", "at"], name="journal_entry_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.on}"

    @property
    def on_key(self) -> int:
        """The primary key of what it was done to."""
        return int(self.on.rpartition(":")[2])

    @property
    def by_person(self) -> int | None:
        """The primary key of the person who did it, None where a part of Liandong acted by itself."""
        return int(self.by.rpartition(":")[2]) if self.by.startswith(PERSON) else None


class Seal(models.Model):
    """A digest over all entries up to `last_entry_id` and the seal before: a changed, removed or inserted entry breaks it."""

    last_entry_id = models.BigIntegerField(unique=True)
    entry_count = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.last_entry_id} {self.digest[:12]}"
