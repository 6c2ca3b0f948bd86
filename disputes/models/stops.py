"""When automatic outcomes of a pack were stopped, by whom and why, and who let them happen again."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock


class AutomaticStop(models.Model):
    """Nothing happens by itself in the cases of a pack while its row is open. Only a second person ends it."""

    pack = models.CharField(_("pack"), max_length=60)
    reason = models.TextField(_("reason"))
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(db_default=Clock(), editable=False)
    resumed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pack"], condition=Q(resumed_at__isnull=True), name="disputes_one_open_stop_per_pack"
            ),
            models.CheckConstraint(
                condition=Q(resumed_at__isnull=True, resumed_by__isnull=True)
                | (Q(resumed_at__isnull=False, resumed_by__isnull=False) & ~Q(resumed_by=F("stopped_by"))),
                name="disputes_a_second_person_resumes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.stopped_at:%Y-%m-%d %H:%M}"
