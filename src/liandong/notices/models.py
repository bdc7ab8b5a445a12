"""Messages to people: one door, several channels, each message at most once."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liandong.accounts.models import Person


class Channel(models.TextChoices):
    IN_APP = "app", _("In Liandong")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")


class Topic(models.TextChoices):
    SIGN_UP = "sign_up", _("Sign-ups and waiting list")
    REMINDER = "reminder", _("Reminders")
    CHANGE = "change", _("Changes and cancellations")
    RECORD = "record", _("Hours, points and certificates")
    NEED = "need", _("My needs")
    WORK = "work", _("Work waiting for me")
    SECURITY = "security", _("Security")


class Notice(models.Model):
    """One message to one person. The words are made from `kind` and `values` in the reader's language when it is read."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    topic = models.CharField(max_length=20, choices=Topic.choices)
    values = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    once_key = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "once_key"], name="notices_notice_once")]
        indexes = [models.Index(fields=["person", "-created_at"], name="notices_notice_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.person}"


class Delivery(models.Model):
    """A notice on its way through one channel outside Liandong."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", pgettext_lazy("message", "Sent")
        FAILED = "failed", pgettext_lazy("message", "Failed")
        SKIPPED = "skipped", _("Not sent")

    TRANSITIONS = {"waiting": ("sending", "skipped"), "sending": ("sent", "failed"), "sent": (), "failed": (), "skipped": ()}

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    not_before_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="notices_delivery_once")]
        indexes = [models.Index(fields=["state", "not_before_at"], name="notices_delivery_due")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Preference(models.Model):
    """A person's choice for a topic and a channel; absent means the default of the topic."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=20, choices=Topic.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "topic", "channel"], name="notices_preference_once")]

    def __str__(self) -> str:
        return f"{self.topic} {self.channel} {self.wanted}"
