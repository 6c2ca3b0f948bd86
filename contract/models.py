"""The tables of the contract: the offset of a movable clock, answers kept for repeated requests, signs of life."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from contract.clock import Clock


class ClockOffset(models.Model):
    """How far the movable clock stands from the true time; at most one row, none meaning not at all."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ahead_by = models.DurationField(default=timedelta)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "contract_clock_offset"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="contract_clock_offset_has_one_row"),
        ]

    def __str__(self) -> str:
        return f"frozen at {self.frozen_at}" if self.frozen_at else f"ahead by {self.ahead_by}"


class IdempotencyKey(models.Model):
    """The first answer to a request that named a key, kept to be given again to its repetitions.

    The user is a plain number: this app stands below accounts and knows nobody.
    """

    user_id = models.BigIntegerField()
    route = models.CharField(max_length=255)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    answer_status = models.PositiveSmallIntegerField()
    answer_body = models.TextField()
    answer_headers = models.JSONField(default=dict)
    refusal = models.CharField(max_length=120, blank=True, db_default="", default="")
    """The kind of error, by its place in the code, where the first answer was a refusal; the body is what it says."""
    created_at = models.DateTimeField(db_default=Clock(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user_id", "route", "key"], name="contract_one_answer_per_user_route_and_key"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="contract_idempotency_age")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class ProgramSign(models.Model):
    """What one long-running program has left last; see ``contract.signs``. Liveness is judged by it."""

    storage_parameters: ClassVar = {"fillfactor": "50"}

    instance = models.CharField(max_length=120, primary_key=True)
    """``name@host``."""
    program = models.CharField(max_length=60)
    signs = models.BigIntegerField(default=0)
    """Grows with every sign of life."""
    works = models.BigIntegerField(default=0)
    """Grows with every task, batch or round that was finished."""
    last_at = models.DateTimeField(db_default=Clock())
    worked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.instance
