"""The table of what administrators do; part of this app's models."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from contract.clock import Clock


class AdministratorAction(models.Model):
    """One thing an administrator did that is written down nowhere else."""

    append_only = True

    kind = models.CharField(max_length=30)
    """A code of whoever does it; `studio.audit.words` has the words."""
    platform = models.CharField(max_length=40, blank=True)
    """Whose administrators may read it; empty: those of every platform."""
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """Whom it was done to."""
    subject = models.CharField(max_length=200, blank=True)
    """What else it was done to, by the name people know it by; never anything about a person."""
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """Null for imports and for what operators do by command."""
    at = models.DateTimeField(db_default=Clock(), editable=False)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="accounts_newest_actions")]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id or self.subject}"
