"""What carriers told of parcels before anybody named their numbers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock
from disputes.models.cases import Case
from disputes.models.orders import Order


class KeptScan(models.Model):
    """One thing a carrier told of a parcel of an order, kept until a case of that order names the parcel's number.

    The first case that names it claims it, and keeps it; what nobody claims is forgotten in time.
    """

    class Status(models.TextChoices):
        SCANNED = "scanned", _("scanned")
        SIGNED = "signed", _("signed for")

    order = models.ForeignKey(Order, models.PROTECT, related_name="kept_scans", db_index=False)
    tracking = models.CharField(max_length=80)
    status = models.CharField(max_length=8, choices=Status)
    at = models.DateTimeField()
    """When it happened, as the carrier says."""
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    kept_at = models.DateTimeField(db_default=Clock(), editable=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    """The case that claimed it; null while none did."""
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "tracking", "status"], name="disputes_one_kept_scan_of_a_kind"),
            models.CheckConstraint(
                condition=Q(case__isnull=True, claimed_at__isnull=True)
                | Q(case__isnull=False, claimed_at__isnull=False),
                name="disputes_a_claimed_scan_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kept_at"], condition=Q(case__isnull=True), name="disputes_scans_to_forget"),
        ]

    def __str__(self) -> str:
        return f"{self.tracking} {self.status}"
