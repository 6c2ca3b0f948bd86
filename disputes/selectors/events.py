"""The rows of the journal, and who reads what was written and handed in: pages, interface and search ask here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
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
OF_STAFF = frozenset("arbitrator first_arbitrator ruled_by approved_by asked_by recused run".split())
"""Facts that name people of the platform."""
PENDING_RULINGS = frozenset({"rule", "correct_ruling"})
OF_ONE_SIDE = frozenset({"queue_action", "cancel_queued"})
"""What one side asks for in advance is not the other's business."""

OF_CLOCKS = frozenset("feed_stalled feed_returned freeze thaw".split())
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


class Readers(StrEnum):
    """Who reads something of a case."""

    BOTH = "both"
    """Both sides and the platform."""
    SIDE = "side"
    """The side it is from, and the platform."""
    OWN = "own"
    """The side it is from, and nobody else."""
    PLATFORM = "platform"
    """The platform alone."""

    def include(self, viewer: str, *, party: str) -> bool:
        """Whether a viewer is among them, of something that is from `party`."""
        if viewer == Party.PLATFORM:
            return self is not Readers.OWN
        return self is Readers.BOTH or (viewer == party and self is not Readers.PLATFORM)


def readers_of_text(kind: str, event: str | None, stage: str | None, *, happened: bool = False) -> Readers:
    """Who reads a text of this kind that came with an event: what came late, its own side and the platform.

    What comes after its time is "kept as a message; platform customer service can see it and decides whether to take
    it into account": that is what its author is told, whatever it was meant to be. So the other side hears nothing of
    it, and need not answer it. Evidence is shown to both once the platform takes it in, and then the other side has
    its time to answer (decision 10.1.6): from then on its words are those of the exhibit (`readers_of_exhibit`).

    What a side asks for in advance becomes the other's business when it `happened`.
    """
    if kind == "note" or is_internal(event, stage):
        return Readers.PLATFORM
    return Readers.SIDE if kind == "late" or (event in OF_ONE_SIDE and not happened) else Readers.BOTH


def readers_of_exhibit(status: str) -> Readers:
    """Who reads an exhibit and its words, by the same rule: late or taken back, its own side and the platform."""
    if status == "draft":
        return Readers.OWN
    return Readers.BOTH if status == "submitted" else Readers.SIDE


def may_see(event: EventRecord, viewer: str) -> bool:
    """Staff see everything; parties neither internal matters nor a ruling that waits for a second person.

    That something came late is told to those who read it (`readers_of_text`).
    """
    if viewer == Party.PLATFORM:
        return True
    if event.kind in OF_CLOCKS and not event.facts.get("deadlines"):
        return False
    kind = "late" if event.data.get("late") else ""
    return readers_of_text(kind, event.kind, event.stage).include(viewer, party=event.party)


def is_internal(kind: str | None, stage: str | None) -> bool:
    """Whether an event and its words are the platform's alone."""
    return kind in STAFF_ONLY or (kind in PENDING_RULINGS and stage == Stage.RULED)
