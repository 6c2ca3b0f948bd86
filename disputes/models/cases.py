"""The case, its deadlines, its journal, and what waits to be told. Written by the writer alone."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.clock import Clock

HOT = {"autovacuum_vacuum_scale_factor": "0.02", "autovacuum_vacuum_cost_delay": "0", "fillfactor": "85"}
"""Tables whose index entries die in bursts; a stale index makes the claim slow."""


class Case(models.Model):
    """One dispute. Every column below `opened_at` is derived from the journal by the writer."""

    storage_parameters: ClassVar = HOT

    number = models.CharField(_("case number"), max_length=30, unique=True)
    platform = models.CharField(_("platform"), max_length=40)
    pack = models.CharField(_("pack"), max_length=60)
    # Every move of a case renews every index entry of its row, so there is none that no list and no search asks for.
    policy = models.ForeignKey("rules.PolicyVersion", models.PROTECT, related_name="+", db_index=False)
    calendar = models.ForeignKey("rules.CalendarEdition", models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("disputes.Order", models.PROTECT, related_name="cases", db_index=False)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cases_as_buyer", db_index=False)
    shop = models.ForeignKey("accounts.Shop", models.PROTECT, related_name="cases", db_index=False)
    opened_at = models.DateTimeField(_("opened"))

    version = models.PositiveIntegerField()
    """The sequence of the last event; a deferred foreign key ties it to the journal."""
    stage = models.CharField(_("stage"), max_length=30)
    outcome = models.CharField(_("outcome"), max_length=30, blank=True)
    waiting_on = models.CharField(max_length=10)
    buyer_due_at = models.DateTimeField(null=True)
    """Null when it is not the buyer's turn; so for the other two."""
    seller_due_at = models.DateTimeField(null=True)
    platform_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """The time in the sentence over the door."""
    wake_at = models.DateTimeField(null=True)
    """A hint: when settling must look next. The truth is in the deadlines."""
    retry_at = models.DateTimeField(null=True)
    """A parked case is left alone until then."""
    reason = models.CharField(max_length=40)
    remedy = models.CharField(max_length=30)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    maximum = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    arbitrator_id = models.BigIntegerField(null=True)
    held = models.CharField(max_length=40, blank=True)
    closed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    facts = models.JSONField()
    anchors = models.JSONField()
    queued = models.JSONField(default=list)
    head_digest = models.BinaryField()

    class Meta:
        verbose_name = _("dispute case")
        verbose_name_plural = _("dispute cases")
        indexes: ClassVar = [
            models.Index(fields=["wake_at", "id"], condition=models.Q(wake_at__isnull=False), name="disputes_wake"),
            # Lists: each has its cases in its order within one stage, or one platform, and holds no other.
            models.Index(
                fields=["buyer", "buyer_due_at", "id"],
                condition=models.Q(buyer_due_at__isnull=False),
                name="disputes_buyer_due",
            ),
            models.Index(fields=["buyer", "id"], name="disputes_buyer_newest"),
            models.Index(
                fields=["shop", "stage", "seller_due_at", "id"],
                condition=models.Q(seller_due_at__isnull=False),
                name="disputes_seller_due",
            ),
            models.Index(
                fields=["shop", "stage", "id"],
                condition=models.Q(seller_due_at__isnull=True) & ~models.Q(stage="CLOSED"),
                name="disputes_seller_idle",
            ),
            models.Index(fields=["shop", "stage", "id"], name="disputes_seller_newest"),
            models.Index(
                fields=["platform", "platform_due_at", "id"],
                condition=models.Q(platform_due_at__isnull=False),
                name="disputes_platform_list",
            ),
            models.Index(
                fields=["platform", "platform_due_at", "id"],
                condition=models.Q(platform_due_at__isnull=False, arbitrator_id__isnull=True),
                name="disputes_platform_unassigned",
            ),
            models.Index(
                fields=["platform", "stage", "platform_due_at", "id"],
                condition=models.Q(platform_due_at__isnull=False),
                name="disputes_platform_stage_due",
            ),
            models.Index(fields=["platform", "stage", "id"], name="disputes_platform_newest"),
            models.Index(
                fields=["arbitrator_id", "stage", "platform_due_at", "id"],
                condition=models.Q(arbitrator_id__isnull=False) & ~models.Q(stage="CLOSED"),
                name="disputes_arbitrator_open",
            ),
            models.Index(fields=["order"], name="disputes_cases_of_order"),
        ]

    def __str__(self) -> str:
        return self.number


class Deadline(models.Model):
    """One deadline of one case in its latest state."""

    storage_parameters: ClassVar = HOT

    case = models.ForeignKey(Case, models.CASCADE, related_name="deadlines", db_index=False)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    party = models.CharField(max_length=10)
    rule = models.CharField(max_length=20, blank=True)
    anchor = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    wakes_at = models.DateTimeField()
    status = models.CharField(max_length=10)
    rung = models.PositiveSmallIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=40, blank=True)
    stated = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "name"], name="disputes_one_deadline_per_case_and_name"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["wakes_at", "case"], condition=models.Q(status="pending"), name="disputes_pending_deadlines"
            ),
            models.Index(
                fields=["pause_reason", "case"], condition=models.Q(status="paused"), name="disputes_paused_deadlines"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class CaseEvent(models.Model):
    """One step of one case: the journal, and the only source of the case's rows."""

    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    """When it happened or was due."""
    recorded_at = models.DateTimeField()
    """When it was noticed and written: the exact `now` the engine was given."""
    party = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=10)
    rule = models.CharField(max_length=20, blank=True)
    material = models.BooleanField()
    stage = models.CharField(max_length=30)
    outcome = models.CharField(max_length=30, blank=True)
    facts = models.JSONField()
    """The event's own data and every change it made; see `disputes.snapshot`."""
    digest = models.BinaryField()
    """SHA-256 over the previous event's digest and this event's canonical text."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "sequence"], name="disputes_one_event_per_sequence"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.sequence} {self.kind}"


class PendingRelay(models.Model):
    """Events nobody was told about yet. The row vanishes in the transaction that tells."""

    storage_parameters: ClassVar = HOT

    event_id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case_id", "sequence"], name="disputes_relay_order")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.sequence}"


class StuckCase(models.Model):
    """A case that could not be decided: left alone until `retry_at`, and shown to administrators."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="stuck")
    reason = models.CharField(max_length=120)
    detail = models.TextField()
    attempts = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    retry_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id}: {self.reason}"


class CaseAlias(models.Model):
    """What a marketplace calls a case: the key by which an import is idempotent."""

    platform = models.CharField(max_length=40)
    outside_id = models.CharField(max_length=100)
    case = models.ForeignKey(Case, models.CASCADE, related_name="aliases")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "outside_id"], name="disputes_one_case_per_alias"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.outside_id}"


class SweepRecord(models.Model):
    """One sweeper's last signs of life; liveness is judged by it."""

    sweeper = models.CharField(max_length=60, primary_key=True)
    last_at = models.DateTimeField(db_default=Clock())
    last_moved_at = models.DateTimeField(null=True)
    cases_moved = models.BigIntegerField(default=0)
    hints_repaired = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.sweeper
