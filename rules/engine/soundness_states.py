"""The states an exploration finds, and the questions asked of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rules.engine.calendar import Calendar
from rules.engine.draft import Draft
from rules.engine.events import Event
from rules.engine.policy import DeadlineRule, Policy
from rules.engine.types import CaseSnapshot, DeadlineKind, Party, Stage


@dataclass(slots=True, kw_only=True)
class State:
    """One situation, with the first way found to it."""

    number: int
    snapshot: CaseSnapshot
    now: datetime
    came_from: int | None
    """The state before; None for a case just filed."""
    event: str
    """What led here."""
    filed_at: datetime
    awaited: str = "none"
    staff_due: datetime | None = None
    """When the last of the targets running here passes its maximum."""
    silent: int | None = None
    """The state time alone leads to."""
    waited: timedelta = timedelta()
    """How long that takes."""
    staff: list[int] = field(default_factory=list)
    """The states the platform's own actions lead to."""
    runaway: bool = False

    @property
    def stage(self) -> Stage:
        return self.snapshot.stage


@dataclass(slots=True, kw_only=True)
class Space:
    """Everything explored."""

    policy: Policy
    """The whole policy, with targets and reminders."""
    plain: Policy
    """The policy without them."""
    calendar: Calendar
    states: list[State] = field(default_factory=list)


def looking(space: Space, snapshot: CaseSnapshot, now: datetime) -> Draft:
    """A draft only to ask questions of."""
    return Draft(space.policy, space.calendar, snapshot, Event(kind="look", party=Party.PLATFORM, at=now), now)


def awaited(draft: Draft) -> str:
    """Who is awaited: buyer, seller, both, platform or none."""
    rule = draft.policy.stages.get(draft.stage)
    return next((party for when, party in rule.awaits if when(draft)), "none") if rule else "none"


def running_targets(draft: Draft) -> Iterator[DeadlineRule]:
    """The targets the policy declares for this situation."""
    for rule in draft.policy.by_stage[draft.stage]:
        if rule.kind is DeadlineKind.TARGET and rule.when(draft) and rule.anchor_value(draft) is not None:
            yield rule


def staff_maximum(draft: Draft) -> datetime | None:
    """When the last running target passes its maximum; None without a target."""
    moments = []
    for rule in running_targets(draft):
        start, term = rule.anchor_value(draft), rule.term(draft)
        length = term.maximum or term.length
        at_most = replace(rule, terms=(replace(term, length=length),))
        moments.append(at_most.due(draft, start or draft.now))
    return max(moments, default=None)
