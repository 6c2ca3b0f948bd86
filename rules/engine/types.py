"""The records the engine thinks in. Everything here is frozen and holds no behaviour beyond reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from rules.engine.records import record

Fact = Any
"""A JSON value: str, int, bool, None, or a list or map of them. Money is a decimal string."""


class Party(StrEnum):
    """Who does something, or who is awaited."""

    BUYER = "buyer"
    SELLER = "seller"
    PLATFORM = "platform"
    MARKETPLACE = "marketplace"
    """The outside system that reports facts (parcels, payouts). It is never awaited."""


class Stage(StrEnum):
    """Where a case stands. Exactly one at a time."""

    NEW = "NEW"
    WAIT_SELLER = "WAIT_SELLER"
    SELLER_REFUSED = "SELLER_REFUSED"
    WAIT_BUYER_RETURN = "WAIT_BUYER_RETURN"
    WAIT_SELLER_RECEIPT = "WAIT_SELLER_RECEIPT"
    WAIT_REPLACEMENT = "WAIT_REPLACEMENT"
    WAIT_BUYER_CHECK = "WAIT_BUYER_CHECK"
    INTERVENTION_REQUESTED = "INTERVENTION_REQUESTED"
    EVIDENCE = "EVIDENCE"
    SELLER_FOLLOWUP = "SELLER_FOLLOWUP"
    REVIEW = "REVIEW"
    RULED = "RULED"
    APPEAL_EVIDENCE = "APPEAL_EVIDENCE"
    RE_REVIEW = "RE_REVIEW"
    CLOSED = "CLOSED"


class DeadlineKind(StrEnum):
    """What happens at the due time. The order of members is the order among equals."""

    GATE = "gate"
    """A permission opens."""
    AUTO = "auto"
    """An outcome happens by itself."""
    WINDOW = "window"
    """A permission closes."""
    TARGET = "target"
    """Staff are alerted, in rungs; nothing happens to the parties."""
    NOTICE = "notice"
    """The awaited party is reminded."""


class DeadlineStatus(StrEnum):
    """The life of one deadline of one case."""

    PENDING = "pending"
    PAUSED = "paused"
    PASSED = "passed"
    CANCELLED = "cancelled"


@record
class DeadlineState:
    """One deadline of one case, as the journal left it."""

    name: str
    """The policy's name for it; a case has at most one of each name."""
    anchor: str
    """The anchor values it counts from, as text. It survives a step if and only if this is unchanged."""
    started_at: datetime
    """Where counting began: the anchor, or the moment of noticing when that was late."""
    due_at: datetime
    """The promised moment."""
    wakes_at: datetime
    """When settling must look: the due time, one microsecond later when the due time itself is still in time."""
    status: DeadlineStatus = DeadlineStatus.PENDING
    rung: int = 0
    """How far a target's ladder or a reminder's series has come."""
    paused_at: datetime | None = None
    pause_reason: str = ""
    stated: bool = False
    """The marketplace stated this due time itself; the minimum notice does not apply."""

    @property
    def pending(self) -> bool:
        return self.status is DeadlineStatus.PENDING

    def ended(self, status: DeadlineStatus) -> DeadlineState:
        """The same deadline, passed or cancelled. Every case that moves ends several, and `replace` is slow."""
        return DeadlineState(
            name=self.name, anchor=self.anchor, started_at=self.started_at, due_at=self.due_at, wakes_at=self.wakes_at,
            status=status, rung=self.rung, paused_at=self.paused_at, pause_reason=self.pause_reason,
            stated=self.stated,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedAction:
    """Something a party asked to have done as soon as it is allowed."""

    action: str
    party: Party
    actor: int | None
    data: Mapping[str, Fact]
    queued_at: datetime


@record
class CaseSnapshot:
    """All that the journal put into a case, and nothing else."""

    version: int = 0
    """The sequence of the last event."""
    stage: Stage = Stage.NEW
    outcome: str = ""
    """The coded outcome of the last closing; empty while the case never closed."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    deadlines: Mapping[str, DeadlineState] = field(default_factory=dict)
    queued: tuple[QueuedAction, ...] = ()
    recorded_at: datetime | None = None
    """When the last event was recorded; the next one is never recorded earlier."""


BLANK = CaseSnapshot()
"""The case before it was filed."""
