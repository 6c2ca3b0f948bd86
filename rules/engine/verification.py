"""Verification replay: the same events at the same moments under the same rules give the same steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from rules.engine.calendar import Calendar
from rules.engine.decide import apply, decide, settle
from rules.engine.events import Event, Refusal, Step, Via
from rules.engine.migrating import migrate
from rules.engine.pins import MIGRATED, Pin, Rules, RulesOf, pin_after, pin_before
from rules.engine.policy import Policy
from rules.engine.records import record
from rules.engine.types import BLANK, CaseSnapshot, DeadlineState
from rules.engine.windows import NOTICED

STEP_FIELDS = (
    "kind", "party", "at", "recorded_at", "actor", "via", "rule", "material", "data", "stage", "outcome", "facts",
    "anchors", "deadlines", "queued", "emissions",
)  # fmt: skip
DEADLINE_FIELDS = tuple(DeadlineState.__dataclass_fields__)


@record
class Mismatch:
    """The first place at which a history does not follow from its rules."""

    sequence: int
    """The event's number in its case, from 1."""
    field: str
    """The field of the step, dotted down to the part that differs: `deadlines.seller_answer.due_at`."""
    stored: str
    expected: str


def mismatch_of(
    start: Pin, rules_of: RulesOf, history: Sequence[Step], as_stored: Callable[[Step], Step]
) -> Mismatch | None:
    """The first difference between a history and its replay; None when there is none.

    External events are decided again at the moments they were recorded; steps of timers and of queued actions must
    come out by themselves. A migration is decided from the rules the case ran under to those it names, and what follows
    by the latter; `start` is what the case was opened under. `as_stored` gives a decided step as it reads after a
    journey through the journal. Raises what the engine and `rules_of` raise.
    """
    snapshot, position, pin, rules = BLANK, 0, start, rules_of(start)
    while position < len(history):
        recorded = history[position]
        if recorded.kind == MIGRATED:
            if pin_before(recorded) != pin:
                return _mismatch(position, "data.from", pin_before(recorded), pin)
            before, pin = rules, pin_after(recorded)
            rules = rules_of(pin)
            steps = _migrated_again(before, rules, snapshot, recorded)
        else:
            steps = _decided_again(rules.policy, rules.calendar, snapshot, history, position)
        if isinstance(steps, Refusal):
            return _mismatch(position, "kind", history[position].kind, f"refused: {steps.code}")
        if not steps:
            return _mismatch(position, "kind", history[position].kind, "nothing")
        for step in steps:
            if position == len(history):
                return _mismatch(position, "kind", "nothing", step.kind)
            stored = history[position]
            if stored != step and stored != (expected := as_stored(step)):
                return _mismatch(position, *first_differing(stored, expected))
            snapshot = apply(snapshot, step)
            position += 1
    return None


def event_of(step: Step) -> Event:
    """The event as it came in."""
    return Event(kind=step.kind, party=step.party, at=step.at, actor=step.actor, via=step.via, data=step.data)


def first_differing(stored: Step, expected: Step) -> tuple[str, Any, Any]:
    """The first field in which two different steps differ, dotted, with what it holds in each."""
    for name in STEP_FIELDS:
        one, other = getattr(stored, name), getattr(expected, name)
        if one != other:
            return _deeper(name, one, other)
    return "", stored, expected


def _deeper(name: str, one: Any, other: Any) -> tuple[str, Any, Any]:
    """The same difference, one level further down while both sides can be taken apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if one.get(key) != other.get(key):
                return _deeper(f"{name}.{key}", one.get(key), other.get(key))
    if isinstance(one, DeadlineState) and isinstance(other, DeadlineState):
        for field in DEADLINE_FIELDS:
            if getattr(one, field) != getattr(other, field):
                return f"{name}.{field}", getattr(one, field), getattr(other, field)
    return name, one, other


def _decided_again(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, history: Sequence[Step], position: int
) -> tuple[Step, ...] | Refusal:
    recorded = history[position]
    if recorded.via in (Via.TIMER, Via.QUEUE):
        until = noticed_at(history, position)
        return settle(policy, calendar, snapshot, now=recorded.recorded_at, until=until).steps
    result = decide(policy, calendar, snapshot, event_of(recorded), now=recorded.recorded_at)
    return result if isinstance(result, Refusal) else (result,)


def _migrated_again(
    before: Rules, after: Rules, snapshot: CaseSnapshot, recorded: Step
) -> tuple[Step, ...] | Refusal:  # fmt: skip
    result = migrate(before, after, snapshot, event_of(recorded), now=recorded.recorded_at)
    return result if isinstance(result, Refusal) else (result,)


def noticed_at(history: Sequence[Step], position: int) -> datetime | None:
    """The moment up to which a settlement went, because a freeze that began or ended then was noticed with it.

    None where it went as far as it was recorded.
    """
    for place in range(position, len(history)):
        step = history[place]
        if step.recorded_at != history[position].recorded_at:
            return None
        if step.via not in (Via.TIMER, Via.QUEUE):
            return step.at if step.kind in NOTICED else None
    return None


def _mismatch(position: int, field: str, stored: Any, expected: Any) -> Mismatch:
    return Mismatch(sequence=position + 1, field=field, stored=str(stored)[:2000], expected=str(expected)[:2000])
