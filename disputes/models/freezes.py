"""When a platform suspends its clocks: from when to when, which of them, why, and who said so."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock


class Freeze(models.Model):
    """A planned window in which clocks of a platform, or of one of its packs, stand still.

    Windows of one pack never overlap. What was planned is never changed; whoever ends it early, or calls it off before
    it begins, leaves their name.
    """

    platform = models.CharField(_("platform"), max_length=40)
    pack = models.CharField(_("pack"), max_length=60, blank=True)
    """Empty for every pack of the platform."""
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    automatic = models.BooleanField(_("automatic outcomes"))
    parties = models.BooleanField(_("periods of the parties"))
    """What closes, or opens, to a party; what opens stands still only together with automatic outcomes."""
    staff = models.BooleanField(_("targets of the platform"))
    reason_zh = models.CharField(_("reason in Chinese"), max_length=200)
    reason_en = models.CharField(_("reason in English"), max_length=200)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    planned_at = models.DateTimeField(db_default=Clock(), editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+")
    """Who ended it before its time; at `ended_at`, which is not after its beginning where it was called off."""
    ended_at = models.DateTimeField(null=True)
    told = models.BooleanField(default=False)
    """Whether every running case stands still: those that begin later ask for themselves."""
    finished = models.BooleanField(default=False)
    """Whether it is over and every case runs on: nobody has to look at it any more."""

    class Meta:
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        indexes: ClassVar = [
            models.Index(fields=["begins_at"], condition=Q(finished=False), name="disputes_freezes_to_follow"),
            models.Index(fields=["platform", "-begins_at"], name="disputes_freezes_of_platform"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="disputes_a_freeze_takes_time"),
            models.CheckConstraint(
                condition=Q(automatic=True) | Q(parties=True) | Q(staff=True), name="disputes_a_freeze_stops_something"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False, ended_at__lt=F("ends_at")),
                name="disputes_a_freeze_ended_early_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack or self.platform} {self.begins_at:%Y-%m-%d %H:%M}"

    @property
    def over_at(self) -> datetime:
        """When it ends, or ended."""
        return self.ended_at or self.ends_at

    @property
    def called_off(self) -> bool:
        return self.ended_at is not None and self.ended_at <= self.begins_at
