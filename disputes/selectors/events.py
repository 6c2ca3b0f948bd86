"""The rows of the journal, and which of them a reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from disputes.labels.history import STAFF_ONLY
from disputes.models import CaseEvent
from rules.engine.types import Party, Stage

FIELDS = (
    "sequence",
    "kind",
    "at",
    "recorded_at",
    "party",
    "actor_id",
    "via",
    "rule",
    "material",
    "stage",
    "outcome",
    "facts",
)
OF_STAFF = frozenset("arbitrator first_arbitrator ruled_by approved_by asked_by recused".split())
"""Facts that name people of the platform."""
PENDING_RULINGS = frozenset({"rule", "correct_ruling"})
OF_ONE_SIDE = frozenset({"queue_action", "cancel_queued"})
"""What one side asks for in advance is not the other's business."""

OF_FEEDS = frozenset({"feed_stalled", "feed_returned"})
"""Nothing to the parties where no clock of their case stood still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """One event of the journal, as stored."""

    sequence: int
    kind: str
    at: datetime
    recorded_at: datetime
    party: str
    actor_id: int | None
    via: str
    rule: str
    material: bool
    stage: str
    outcome: str
    facts: Mapping[str, Any]

    @property
    def data(self) -> Mapping[str, Any]:
        """What the event itself carried."""
        found: Mapping[str, Any] = self.facts.get("data", {})
        return found

    @property
    def by_itself(self) -> bool:
        return self.via == "timer"


def events_of(case_id: int, *, after: int = 0, limit: int | None = None) -> list[EventRecord]:
    """Events of a case in order, beginning after a sequence."""
    rows = CaseEvent.objects.filter(case_id=case_id, sequence__gt=after).order_by("sequence").values_list(*FIELDS)
    return [_record(row) for row in (rows[:limit] if limit else rows)]


def _record(row: tuple[Any, ...]) -> EventRecord:
    values = dict(zip(FIELDS, row, strict=True))
    values["at"], values["recorded_at"] = values["at"].astimezone(UTC), values["recorded_at"].astimezone(UTC)
    return EventRecord(**values)


def may_see(event: EventRecord, viewer: str) -> bool:
    """Staff see everything; parties neither internal matters nor a ruling that waits for a second person."""
    if viewer == Party.PLATFORM:
        return True
    if event.kind in OF_FEEDS and not event.facts.get("deadlines"):
        return False
    return not is_internal(event.kind, event.stage) and (event.kind not in OF_ONE_SIDE or event.party == viewer)


def is_internal(kind: str | None, stage: str | None) -> bool:
    """Whether an event and its words are the platform's alone."""
    return kind in STAFF_ONLY or (kind in PENDING_RULINGS and stage == Stage.RULED)
