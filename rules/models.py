"""What was published: policy versions and calendar editions. Both only ever grow."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock


class PolicyVersion(models.Model):
    """One published text of one pack. A case is pinned to the version it was opened under."""

    append_only = True

    pack = models.CharField(_("pack"), max_length=60)
    number = models.PositiveIntegerField(_("version"))
    platform = models.CharField(_("platform"), max_length=40)
    format = models.PositiveSmallIntegerField()
    source = models.TextField(_("source text"))
    """The pack's own text as its authors wrote it, without its ancestors."""
    document = models.TextField(_("resolved document"))
    """The canonical text, ancestors merged: what cases run under."""
    digest = models.CharField(max_length=64)
    effective_from = models.DateTimeField(_("effective from"))
    published_at = models.DateTimeField(_("published"), db_default=Clock(), editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    note = models.TextField(_("note"), blank=True)
    """Why this version was published, and on what source each changed number rests."""

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pack", "number"], name="rules_one_version_per_pack_and_number"),
        ]
        indexes: ClassVar = [models.Index(fields=["pack", "-effective_from"], name="rules_version_in_force")]

    def __str__(self) -> str:
        return f"{self.pack} {self.number}"


class CalendarEdition(models.Model):
    """One published edition of a country's working days. A correction is a new edition."""

    append_only = True

    country = models.CharField(_("country"), max_length=10)
    number = models.PositiveIntegerField(_("edition"))
    documents = models.TextField(_("documents"))
    """The years' documents, as one canonical text."""
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(_("published"), db_default=Clock(), editable=False)

    class Meta:
        verbose_name = _("calendar edition")
        verbose_name_plural = _("calendar editions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "number"], name="rules_one_edition_per_country_and_number"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.number}"
