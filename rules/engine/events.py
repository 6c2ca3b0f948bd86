"""What comes into the engine and what goes out of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rules.engine.records import record
from rules.engine.types import CaseSnapshot, DeadlineState, Fact, Party, QueuedAction, Stage


class Via(StrEnum):
    """The way an event came."""

    PAGE = "page"
    API = "api"
    IMPORT = "import"
    QUEUE = "queue"
    TIMER = "timer"
    SYSTEM = "system"


@record
class Event:
    """Something somebody did, or a fact that became known."""

    kind: str
    """An action or fact of the policy, or one of the engine's own (see `builtin`)."""
    party: Party
    at: datetime
    """When it happened. For a fact from outside this may be long before it is recorded."""
    actor: int | None = None
    """The person's id; None for the marketplace and for timers."""
    via: Via = Via.PAGE
    data: Mapping[str, Fact] = field(default_factory=dict)


@record
class Emission:
    """Something the surrounding system must write in the same transaction."""

    name: str
    data: Mapping[str, Fact] = field(default_factory=dict)


@record
class Step:
    """One decided change. `apply` needs nothing else, and the journal keeps all of it."""

    kind: str
    party: Party
    at: datetime
    recorded_at: datetime
    actor: int | None = None
    via: Via = Via.PAGE
    rule: str = ""
    """The row id of the rule that fired or allowed it."""
    material: bool = True
    """Whether a stale version held by the other side must be refused because of it."""
    data: Mapping[str, Fact] = field(default_factory=dict)
    stage: Stage
    outcome: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """New values; None removes the fact."""
    anchors: Mapping[str, datetime | None] = field(default_factory=dict)
    deadlines: Mapping[str, DeadlineState] = field(default_factory=dict)
    """Every deadline that changed, in its new state; a cancelled one leaves the snapshot."""
    queued: tuple[QueuedAction, ...] | None = None
    """The whole queue after this step, or None when it did not change."""
    emissions: tuple[Emission, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One field of an event that cannot be taken as it is."""

    field: str
    code: str
    data: Mapping[str, Fact] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an event was not taken. A value, not an exception: the settlement before it stays."""

    code: str
    action: str
    stage: Stage
    data: Mapping[str, Fact] = field(default_factory=dict)
    available_from: datetime | None = None
    available_until: datetime | None = None
    problems: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """An action a party may take now."""

    action: str
    until: datetime | None
    """When the permission ends by itself; None when no deadline ends it."""
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """An action of this stage a party may not take now, and why."""

    action: str
    code: str
    data: Mapping[str, Fact] = field(default_factory=dict)
    available_from: datetime | None = None
    available_until: datetime | None = None
    queueable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The answer to «what may this party do?», the same for page, API and engine."""

    available: tuple[Available, ...]
    unavailable: tuple[Unavailable, ...]


@record
class Settlement:
    """A case with every passed deadline applied."""

    snapshot: CaseSnapshot
    steps: tuple[Step, ...]
