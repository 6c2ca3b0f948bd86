"""What administrators do to many cases at once: what was asked, which cases it is about, what came of each."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock
from disputes.models.cases import Case


class BulkRun(models.Model):
    """One thing done to a set of cases that was fixed when it was confirmed."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waits")
        RUNNING = "running", _("Runs")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")

    UNFINISHED = (State.QUEUED, State.RUNNING)

    kind = models.CharField(max_length=20)
    """A code of `disputes.services.bulk_kinds`."""
    filters = models.JSONField()
    """The query as `disputes.selectors.bulk.CaseQuery` writes it: a case that no longer fits it is left alone."""
    parameters = models.JSONField(default=dict)
    """What is done, as the kind checked it."""
    reason = models.TextField(_("reason"))
    """Why, in the words of who asked; for the platform's eyes."""
    platforms = models.JSONField()
    """Codes of the platforms of its cases: whoever administers all of them sees the run."""
    of_run = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by", db_index=False)
    """The run whose cases this one takes up again."""
    via = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    total = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    """How many cases have each result; those that wait are not counted."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(db_default=Clock(), editable=False)
    started_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    """The last sign of life of whoever works on it."""
    finished_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state__in=["queued", "running"]), name="disputes_bulk_waiting"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["finished", "cancelled"], finished_at__isnull=False),
                name="disputes_a_bulk_run_that_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class BulkResult(models.Model):
    """One case of a run, and what came of it."""

    class Result(models.TextChoices):
        WAITING = "", _("Not done yet")
        DONE = "done", _("Done")
        ALREADY = "already", _("Was so already")
        REFUSED = "refused", _("Refused by its rules")
        CHANGED = "changed", _("Changed since it was chosen")
        FAILED = "failed", _("Failed")

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="results", db_index=False)
    position = models.PositiveIntegerField()
    """The most urgent case first."""
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    code = models.CharField(max_length=60, blank=True)
    """Why it was refused; words are made of it for each reader."""
    told = models.JSONField(default=dict)
    """Which due times moved (`moved`), or what went wrong (`error`)."""
    sequence = models.PositiveIntegerField(null=True)
    """The event that did it; with the case it names one of the journal."""
    at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["run", "result", "position"], name="disputes_bulk_results")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "case"], name="disputes_one_result_per_case_and_run"),
            models.CheckConstraint(
                condition=Q(result="done", sequence__isnull=False) | (~Q(result="done") & Q(sequence__isnull=True)),
                name="disputes_what_was_done_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.position} {self.result}"
