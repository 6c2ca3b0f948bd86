"""Rulings with their lines and answers, and the second reviews of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from disputes.models.records import Exhibit, Message, Record


class Ruling(Record):
    """A decision with reasons: the first one, a correction of it, or the one of a second review."""

    class Kind(models.TextChoices):
        FIRST = "first", _("first")
        CORRECTION = "correction", _("correction")
        APPEAL = "appeal", _("second review")

    class Status(models.TextChoices):
        AWAITING = "awaiting", _("awaits a second person")
        IN_FORCE = "in_force", _("in force")
        RETURNED = "returned", _("returned")
        REPLACED = "replaced", _("replaced")

    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=10, choices=Status)
    arbitrator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second_person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=30)
    upheld = models.BooleanField(null=True)
    """For a second review: whether the first ruling stands."""
    remedy = models.CharField(max_length=30, blank=True)
    liable = models.CharField(max_length=12)
    seller_share = models.PositiveSmallIntegerField(default=0)
    clause = models.CharField(max_length=60, blank=True)
    reasons = models.TextField()
    false_evidence_by = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return f"{self.outcome} ({self.status})"


class RulingLine(models.Model):
    """An amount somebody pays to somebody."""

    class Kind(models.TextChoices):
        REFUND = "refund", _("refund")
        OUTBOUND_FREIGHT = "outbound_freight", _("outbound shipping cost")
        RETURN_FREIGHT = "return_freight", _("return shipping cost")
        COMPENSATION = "compensation", _("compensation")

    ruling = models.ForeignKey(Ruling, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=20, choices=Kind)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    payer = models.CharField(max_length=12)
    payee = models.CharField(max_length=12)
    clause = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="disputes_ruling_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Finding(models.Model):
    """What a ruling says about one exhibit."""

    ruling = models.ForeignKey(Ruling, models.CASCADE, related_name="findings")
    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="findings")
    answer = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ruling", "exhibit"], name="disputes_one_answer_per_exhibit"),
        ]

    def __str__(self) -> str:
        return self.answer[:60]


class Appeal(Record):
    """One party's request for a second review."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        SUBMITTED = "submitted", _("submitted")
        LAPSED = "lapsed", _("timed out")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UPHELD = "upheld", _("ruling upheld")
        CHANGED = "changed", _("ruling changed")

    party = models.CharField(max_length=12)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    statement = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "party"], name="disputes_appeals_of_party")]

    def __str__(self) -> str:
        return self.party
