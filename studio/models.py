"""What the studio keeps of its own: runs of the rule lab, and the differences they found."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock


class LabRun(models.Model):
    """One replay over many cases: what was asked, how far it is, and what it came to."""

    class Kind(models.TextChoices):
        VERIFICATION = "verification", _("Verification replay")
        COUNTERFACTUAL = "counterfactual", _("What-if replay")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waits")
        RUNNING = "running", _("Runs")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=20, choices=Kind)
    rules = models.CharField(max_length=200, blank=True)
    """Which rules, in words for people: a version, a draft, or a document somebody brought."""
    document = models.TextField(blank=True)
    """The canonical text of the rules a counterfactual run asks about."""
    document_digest = models.CharField(max_length=64, blank=True)
    platforms = models.JSONField(default=list)
    """Codes of the platforms whose cases are replayed; empty for all."""
    pack = models.CharField(max_length=60, blank=True)
    opened_from = models.DateTimeField(null=True)
    opened_until = models.DateTimeField(null=True)
    """Left out itself."""
    status = models.CharField(max_length=10, blank=True)
    """open, closed or empty."""
    zone = models.CharField(max_length=60)
    """Whose days are counted."""
    as_of = models.DateTimeField()
    """Journals are read as they were then, and deadlines pass until then: a run repeated gives the same."""
    last_id = models.BigIntegerField()
    """No case after this one is looked at."""
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    at_id = models.BigIntegerField(default=0)
    """The last case that is done: whoever takes the run up goes on behind it."""
    totals = models.JSONField(default=dict)
    """As `studio.lab.replaying.Tally` keeps them."""
    seconds = models.FloatField(default=0)
    """Time worked, without waiting."""
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Clock())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """None for the nightly verification."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(state__in=["queued", "running"]), name="studio_lab_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class LabDifference(models.Model):
    """The first point of difference of one case of a run."""

    run = models.ForeignKey(LabRun, models.CASCADE, related_name="differences", db_index=False)
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=30)
    bucket = models.CharField(max_length=20)
    sequence = models.PositiveIntegerField()
    cause = models.CharField(max_length=20)
    subject = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    """How much more would be refunded; null where nobody can know."""
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "bucket", "case_id"], name="studio_one_difference_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.bucket}"
