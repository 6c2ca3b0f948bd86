"""What people are told, how it is brought to them, and how they want it. Written by the relay from the journal."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock


class Notification(models.Model):
    """One thing one person is told about one event of one case.

    It holds codes, amounts and moments; the words are found when it is read, in the reader's language. The case is
    named by its id without a foreign key: the relay must not lock rows that people are acting on.
    """

    class Role(models.TextChoices):
        BUYER = "buyer", _("Buyer")
        SELLER = "seller", _("Seller")
        PLATFORM = "platform", _("Platform")

    class Severity(models.TextChoices):
        LOW = "low", _("by the way")
        NORMAL = "normal", _("worth knowing")
        HIGH = "high", _("to be acted on")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False
    )
    case_id = models.BigIntegerField()
    number = models.CharField(_("case number"), max_length=30)
    sequence = models.PositiveIntegerField()
    """The event of the case it tells of."""
    kind = models.CharField(max_length=40)
    role = models.CharField(max_length=10, choices=Role)
    """As what the person is told; the same event reads differently to a buyer and to staff."""
    severity = models.CharField(max_length=10, choices=Severity)
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Clock(), editable=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "case_id", "sequence", "kind"], name="notifications_told_once_per_event_and_kind"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["recipient", "-id"], condition=models.Q(read_at__isnull=True), name="notifications_unread"
            ),
            models.Index(
                fields=["recipient", "-id"], condition=models.Q(read_at__isnull=False), name="notifications_seen"
            ),
            models.Index(fields=["case_id", "kind"], name="notifications_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Delivery(models.Model):
    """A notification on its way over one channel. It is sent at least once, always under the same message id."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("not sent")
        GIVEN_UP = "given_up", _("given up")

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=10, choices=Channel)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=200, unique=True)
    next_try_at = models.DateTimeField()
    """When it is due; while somebody sends it, when another may try."""
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "channel"], name="notifications_one_delivery_per_channel"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at", "id"], condition=models.Q(status="waiting"), name="notifications_to_be_sent"
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class Preference(models.Model):
    """How somebody wants to be told. Without a row: by e-mail, at any hour. The inbox cannot be switched off."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notification_preference"
    )
    email = models.BooleanField(_("E-mail"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")

    def __str__(self) -> str:
        return f"{self.user_id}"
