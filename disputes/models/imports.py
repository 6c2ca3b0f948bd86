"""What came in from the marketplaces, row by row."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock


class ImportRun(models.Model):
    """One import, with what became of each row."""

    format = models.CharField(_("format"), max_length=20)
    dry_run = models.BooleanField(_("dry run"), default=False)
    overdue = models.CharField(max_length=6, default="hold")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"), db_default=Clock(), editable=False)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=list)
    """Per row: row, pointer, kind, outside id, result, case number, errors with field and code."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-started_at"], name="disputes_newest_imports")]

    def __str__(self) -> str:
        return f"{self.format} {self.pk}"


class UnmappedReason(models.Model):
    """A reason in a marketplace's own words that no table maps yet; such cases open as OTHER."""

    platform = models.CharField(max_length=40)
    text = models.CharField(max_length=200)
    first_seen_at = models.DateTimeField(db_default=Clock(), editable=False)
    times_seen = models.PositiveIntegerField(default=1)
    mapped_to = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "text"], name="disputes_one_unmapped_reason"),
        ]

    def __str__(self) -> str:
        return self.text
