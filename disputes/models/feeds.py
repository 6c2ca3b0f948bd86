"""Feeds that marketplaces send again and again, and how long each has been silent while somebody listened."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Feed(models.Model):
    """One kind of news of one platform. There is a row from the first time an administrator switches it on.

    Silence is counted only while somebody watches, so the house's own downtime is none.
    """

    class Kind(models.TextChoices):
        ORDERS = "orders", _("orders")
        PARCELS = "parcels", _("parcels")

    platform = models.CharField(_("platform"), max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    is_on = models.BooleanField(_("switched on"), default=False)
    switched_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    """Who switched it on or off last, at `switched_at`."""
    switched_at = models.DateTimeField()
    fresh_at = models.DateTimeField(null=True)
    """When an import last brought it; null while none did since the row is there."""
    silent_for = models.DurationField(default=timedelta)
    """How long nothing came, of the time somebody watched."""
    watched_at = models.DateTimeField()
    """Until when that is counted."""
    stale_since = models.DateTimeField(null=True)
    """When it was noticed to be stale; null while it is not."""
    followed = models.BooleanField(default=True)
    """Whether every case has been told of the present state."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "kind"], name="disputes_one_feed_of_a_kind"),
            models.CheckConstraint(
                condition=Q(stale_since__isnull=True) | Q(is_on=True), name="disputes_only_a_feed_that_is_on_is_stale"
            ),
            models.CheckConstraint(condition=Q(silent_for__gte=timedelta()), name="disputes_no_feed_spoke_tomorrow"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.kind}"
