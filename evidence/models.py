"""The vault's tables. All but the heads only grow: rows are written once and never change."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.inspection.findings import DOCUMENT, IMAGE, TEXT, VIDEO


class StoredFile(models.Model):
    """One receipt of a file. Two receipts of the same bytes are two rows over one place in the store."""

    append_only = True

    class Kind(models.TextChoices):
        IMAGE = IMAGE, _("picture")
        VIDEO = VIDEO, _("video")
        DOCUMENT = DOCUMENT, _("document")
        TEXT = TEXT, _("text")

    #: Ordered by time of receipt (RFC 9562, version 7).
    id = models.UUIDField(primary_key=True, editable=False)
    #: Of the original bytes, computed while they came in; hexadecimal.
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    kind = models.CharField(max_length=10, choices=Kind)
    #: By content.
    media_type = models.CharField(max_length=50)
    #: What the sender said: the name cleaned for display, the type as given. Neither decides anything.
    name = models.CharField(max_length=120)
    declared_type = models.CharField(max_length=100, blank=True)
    storage_key = models.CharField(max_length=80)
    received_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        indexes: ClassVar = [models.Index(fields=["sha256"], name="evidence_file_sha256")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="evidence_file_is_not_empty"),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="evidence_file_sha256_is_one"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Inspection(models.Model):
    """What the child process found in a file, also in one that was refused and is not kept."""

    append_only = True

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    #: None when the file was refused.
    file = models.OneToOneField(StoredFile, null=True, on_delete=models.PROTECT, related_name="inspection")
    verdict = models.CharField(max_length=10, choices=Verdict)
    #: Code of the refusal; empty when accepted.
    reason = models.CharField(max_length=40, blank=True)
    #: The refusal's numbers, or the remarks about an accepted file.
    detail = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    name = models.CharField(max_length=120)
    #: Empty when the content was not recognised.
    media_type = models.CharField(max_length=50, blank=True)
    width = models.PositiveIntegerField(null=True, help_text=_("pixels"))
    height = models.PositiveIntegerField(null=True, help_text=_("pixels"))
    frames = models.PositiveIntegerField(null=True)
    pages = models.PositiveIntegerField(null=True)
    duration_ms = models.PositiveBigIntegerField(null=True, help_text=_("milliseconds"))
    inspected_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(verdict="accepted", file__isnull=False, reason="")
                | (models.Q(verdict="refused", file__isnull=True) & ~models.Q(reason="")),
                name="evidence_inspection_accepts_or_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict}"


class Derivative(models.Model):
    """Something people see instead of the original: re-encoded, without its metadata, always rebuildable."""

    append_only = True

    class Variant(models.TextChoices):
        PREVIEW = "preview", _("preview")
        THUMBNAIL = "thumbnail", _("thumbnail")

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="derivatives")
    variant = models.CharField(max_length=10, choices=Variant)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    width = models.PositiveIntegerField(help_text=_("pixels"))
    height = models.PositiveIntegerField(help_text=_("pixels"))
    #: Program and version that drew it, so that it can be drawn again.
    tool = models.CharField(max_length=80)
    storage_key = models.CharField(max_length=80)
    derived_at = models.DateTimeField()

    class Meta:
        verbose_name = _("derivative")
        verbose_name_plural = _("derivatives")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "variant", "sha256"], name="evidence_derivative_is_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} of {self.file_id}"


class CustodyEvent(models.Model):
    """One touch of a file. Each carries a digest over the one before it, so a change shows."""

    append_only = True

    class Action(models.TextChoices):
        RECEIVED = "received", _("received")
        DERIVED = "derived", _("preview made")
        VIEWED = "viewed", _("viewed")
        DOWNLOADED = "downloaded", _("downloaded")
        VERIFIED = "verified", _("verified")
        FOUND_DAMAGED = "found_damaged", _("found damaged")

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="custody_events")
    #: Counts from 1 within the file.
    sequence = models.PositiveIntegerField()
    action = models.CharField(max_length=20, choices=Action)
    #: None when the machine did it by itself.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)
    #: SHA-256 over the previous digest and this event's own fields; hexadecimal.
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("custody event")
        verbose_name_plural = _("custody events")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "sequence"], name="evidence_custody_has_no_double_step"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="evidence_custody_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.sequence} {self.action}"


class CustodyHead(models.Model):
    """Where a file's custody log ends, so that entries taken off its end are missed."""

    file = models.OneToOneField(StoredFile, models.PROTECT, primary_key=True, related_name="custody_head")
    sequence = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("end of a custody log")
        verbose_name_plural = _("ends of custody logs")

    def __str__(self) -> str:
        return f"{self.file_id} {self.sequence}"
