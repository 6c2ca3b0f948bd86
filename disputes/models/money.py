"""Money and metrics: entries that are only ever added to, and the payouts ordered from the marketplace."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from disputes.models.cases import Case


class LedgerEntry(models.Model):
    """Money that is owed from somebody to somebody because of a step. Reversals are new entries."""

    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="ledger")
    sequence = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=30)
    """refund, reversal, outbound_freight, return_freight, compensation."""
    payer = models.CharField(max_length=12)
    payee = models.CharField(max_length=12)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    basis = models.CharField(max_length=30)
    """requested, agreed, ruled, second_review, correction."""
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "sequence", "position"], name="disputes_one_ledger_entry_per_step"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="disputes_ledger_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class Payout(models.Model):
    """A payout ordered from the marketplace, and its answer."""

    class Status(models.TextChoices):
        ORDERED = "ordered", _("refund in progress")
        SUCCEEDED = "succeeded", _("refunded")
        FAILED = "failed", _("payout failed")
        CANCELLED = "cancelled", _("cancelled")

    case = models.ForeignKey(Case, models.PROTECT, related_name="payouts")
    sequence = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    payer = models.CharField(max_length=12)
    payee = models.CharField(max_length=12, default="buyer")
    status = models.CharField(max_length=10, choices=Status, default=Status.ORDERED)
    refund = models.BooleanField(default=True, db_default=True)
    """Whether it is the refund itself, so that its answer is the refund's; the others carry shipping costs,
    compensation, or what a later decision gives back."""
    reason = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    ordered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "sequence", "payer", "payee", "refund"], name="disputes_one_payout_per_step_and_pair"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["status", "id"], condition=~models.Q(status="succeeded"), name="disputes_open_payouts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.status}"


class MetricEntry(models.Model):
    """That a case counts, or no longer counts, in a shop's figures. Nothing is barred by it yet."""

    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="metrics")
    sequence = models.PositiveIntegerField()
    shop_id = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    """liability, violation."""
    change = models.SmallIntegerField()
    """+1 counted, -1 taken back."""
    at = models.DateTimeField()
    """When it takes effect; the month of the platform's threshold is this moment's, in the pack's zone."""
    recorded_at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "sequence", "kind", "change"], name="disputes_one_metric_entry_per_step_and_change"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["shop_id", "at"], name="disputes_metrics_of_shop")]

    def __str__(self) -> str:
        return f"{self.kind} {self.change:+d}"
