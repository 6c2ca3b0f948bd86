"""The one mutable thing in the engine: a step while it is being decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from rules.engine.calendar import Calendar
from rules.engine.events import Emission, Event, Step, Via
from rules.engine.types import CaseSnapshot, DeadlineState, DeadlineStatus, Fact, Party, QueuedAction, Stage

if TYPE_CHECKING:
    from rules.engine.policy import Policy


class Draft:
    """A snapshot with changes written beside it.

    `facts` and `anchors` are copies to read from; `changed_facts` and `changed_anchors` remember what
    the step will tell. It lives for one call of `decide` and is thrown away.
    """

    __slots__ = (
        "policy", "calendar", "before", "event", "now", "facts", "anchors", "deadlines", "stage", "outcome",
        "changed_facts", "changed_anchors", "changed_deadlines", "queued", "emissions", "rule",
    )  # fmt: skip

    def __init__(self, policy: Policy, calendar: Calendar, before: CaseSnapshot, event: Event, now: datetime) -> None:
        self.policy = policy
        self.calendar = calendar
        self.before = before
        self.event = event
        self.now = now
        self.facts: dict[str, Fact] = dict(before.facts)
        self.anchors: dict[str, datetime] = dict(before.anchors)
        self.deadlines: dict[str, DeadlineState] = dict(before.deadlines)
        self.stage = before.stage
        self.outcome = before.outcome
        self.changed_facts: dict[str, Fact] = {}
        self.changed_anchors: dict[str, datetime | None] = {}
        self.changed_deadlines: dict[str, DeadlineState] = {}
        self.queued: tuple[QueuedAction, ...] | None = None
        self.emissions: list[Emission] = []
        self.rule = ""

    @property
    def noticed_late(self) -> bool:
        """Whether a timer or a queued action is recorded later than the policy tolerates."""
        if self.event.via not in (Via.TIMER, Via.QUEUE):
            return False
        return self.now - self.event.at > self.policy.late_tolerance

    @property
    def moment(self) -> datetime:
        """When permissions are judged: a queued action by the moment it became possible, everything else now."""
        return self.event.at if self.event.via is Via.QUEUE else self.now

    @property
    def past_fact(self) -> bool:
        """Whether the event is news about something that happened longer ago than the policy tolerates."""
        return self.event.party is Party.MARKETPLACE and self.now - self.event.at > self.policy.late_tolerance

    def set(self, name: str, value: Fact) -> None:
        if self.facts.get(name) == value and (name in self.facts) == (value is not None):
            return
        self.changed_facts[name] = value
        if value is None:
            self.facts.pop(name, None)
        else:
            self.facts[name] = value

    def mark(self, name: str, at: datetime | None) -> None:
        if self.anchors.get(name) == at:
            return
        self.changed_anchors[name] = at
        if at is None:
            self.anchors.pop(name, None)
        else:
            self.anchors[name] = at

    def put(self, state: DeadlineState) -> None:
        """Write a deadline in its new state; a cancelled one no longer runs."""
        self.changed_deadlines[state.name] = state
        if state.status is DeadlineStatus.CANCELLED:
            self.deadlines.pop(state.name, None)
        else:
            self.deadlines[state.name] = state

    def cancel(self, name: str) -> None:
        self.put(self.deadlines[name].ended(DeadlineStatus.CANCELLED))

    def emit(self, name: str, data: Mapping[str, Fact] | None = None) -> None:
        self.emissions.append(Emission(name=name, data=data or {}))

    def enter(self, stage: Stage) -> None:
        self.stage = stage

    def money(self, name: str) -> Decimal | None:
        """A fact read as an amount; None when it is missing or no number."""
        return as_money(self.facts.get(name))

    def step(self, *, material: bool = True) -> Step:
        event = self.event
        return Step(
            kind=event.kind, party=event.party, at=event.at, recorded_at=self.now, actor=event.actor, via=event.via,
            rule=self.rule, material=material, data=event.data, stage=self.stage, outcome=self.outcome,
            facts=self.changed_facts, anchors=self.changed_anchors, deadlines=self.changed_deadlines,
            queued=self.queued, emissions=tuple(self.emissions),
        )  # fmt: skip


def as_money(value: Fact) -> Decimal | None:
    """A decimal string as an amount, or None."""
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
