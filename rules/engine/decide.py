"""The engine's four questions: decide, apply, settle, allowed. Pure: no clock, no database, no language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast

from rules.engine.builtin import BUILTINS, seed_order
from rules.engine.calendar import Calendar
from rules.engine.checking import check, ends_at, refuse_guard
from rules.engine.draft import Draft
from rules.engine.errors import SettleRunaway, UnknownEvent
from rules.engine.events import Allowed, Available, Event, Refusal, Settlement, Step, Unavailable, Via
from rules.engine.freezing import end_of_freeze, thaws_at
from rules.engine.lapsing import lapse
from rules.engine.policy import ActionRule, Policy
from rules.engine.running import finish, run_branches
from rules.engine.types import CaseSnapshot, DeadlineKind, DeadlineState, DeadlineStatus, Party, QueuedAction, Stage

Value = TypeVar("Value")

MOST_STEPS = 32
"""A sound policy settles in far fewer; more means a loop, and the case is parked."""

_KIND_ORDER = {kind: position for position, kind in enumerate(DeadlineKind)}


def decide(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, event: Event, *, now: datetime
) -> Step | Refusal:
    """What this event does to a settled case, or why it may not happen.

    The snapshot must be settled at `now`. Raises UnknownEvent for a kind the policy does not know.
    """
    draft = Draft(policy, calendar, snapshot, event, now)
    builtin = BUILTINS.get(event.kind)
    if builtin is not None:
        return builtin(draft)
    rule = policy.actions.get(event.kind)
    if rule is None:
        raise UnknownEvent(event.kind)
    if snapshot.stage is Stage.NEW:
        seed_order(draft)
    refusal = check(draft, rule)
    if refusal is not None:
        return refusal
    return _carry_out(draft, rule)


def _carry_out(draft: Draft, rule: ActionRule) -> Step:
    draft.rule = rule.provenance.ids[0] if rule.provenance.ids else ""
    run_branches(draft, rule.branches)
    return finish(draft, material=rule.material)


def apply(snapshot: CaseSnapshot, step: Step) -> CaseSnapshot:
    """The case after a step. Needs nothing but the step, so the journal alone rebuilds every case."""
    deadlines = {**snapshot.deadlines, **step.deadlines}
    return CaseSnapshot(
        version=snapshot.version + 1, stage=step.stage, outcome=step.outcome,
        facts=_patched(snapshot.facts, step.facts), anchors=_patched(snapshot.anchors, step.anchors),
        deadlines={n: state for n, state in deadlines.items() if state.status is not DeadlineStatus.CANCELLED},
        queued=snapshot.queued if step.queued is None else step.queued, recorded_at=step.recorded_at,
    )  # fmt: skip


def _patched(known: Mapping[str, Value], told: Mapping[str, Value | None]) -> Mapping[str, Value]:
    """What is known with what is told, where None takes something away."""
    patched = {**known, **told}
    if None in told.values():
        return {name: value for name, value in patched.items() if value is not None}
    return cast("dict[str, Value]", patched)


def settle(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, *, now: datetime, until: datetime | None = None
) -> Settlement:
    """Apply every deadline that has passed, in due order, and every queued action at the moment it became possible.

    With `until`, only what had passed by then: something that happened at that moment is to follow. Raises
    SettleRunaway after MOST_STEPS steps.
    """
    steps: list[Step] = []
    horizon = now if until is None else min(until, now)

    def take(step: Step) -> None:
        nonlocal snapshot
        snapshot = apply(snapshot, step)
        steps.append(step)

    def take_queued(at: datetime) -> None:
        for step in _queued_steps(policy, calendar, snapshot, at=at, now=now) if snapshot.queued else ():
            take(step)

    take_queued(min(snapshot.recorded_at or now, now))
    while (step := _next_step(policy, calendar, snapshot, horizon, now)) is not None:
        take(step)
        take_queued(step.at)
        if len(steps) > MOST_STEPS:
            raise SettleRunaway(f"more than {MOST_STEPS} steps in stage {snapshot.stage}")
    if horizon == now:
        take_queued(now)
    return Settlement(snapshot=snapshot, steps=tuple(steps))


def _next_step(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, until: datetime, now: datetime
) -> Step | None:
    """The passing of the deadline to apply next, or the end of a freeze that comes before it; None when nothing is due.
    """
    state, thaws = next_due(policy, snapshot, until), thaws_at(snapshot)
    if thaws is not None and thaws <= until and (state is None or thaws <= state.due_at):
        return end_of_freeze(policy, calendar, snapshot, thaws, now=now)
    return lapse(policy, calendar, snapshot, state.name, now=now) if state else None


def next_due(policy: Policy, snapshot: CaseSnapshot, now: datetime) -> DeadlineState | None:
    """The pending deadline to apply next: earliest due; among equals by kind, then in the pack's order."""
    due = [state for state in snapshot.deadlines.values() if state.pending and state.wakes_at <= now]
    return min(due, key=lambda state: _due_order(policy, state), default=None)


def _due_order(policy: Policy, state: DeadlineState) -> tuple[datetime, int, int]:
    rule = policy.deadlines[state.name]
    return state.due_at, _KIND_ORDER[rule.kind], rule.position


def _queued_steps(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, *, at: datetime, now: datetime
) -> Iterator[Step]:
    """Steps of queued actions that are possible now; each is taken out of the queue by its own step."""
    for queued in snapshot.queued:
        if queued not in snapshot.queued:
            continue
        step = _try_queued(policy, calendar, snapshot, queued, at=at, now=now)
        if step is not None:
            snapshot = apply(snapshot, step)
            yield step


def _try_queued(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, queued: QueuedAction, *, at: datetime, now: datetime
) -> Step | None:
    event = Event(kind=queued.action, party=queued.party, actor=queued.actor, at=at, via=Via.QUEUE, data=queued.data)
    result = decide(policy, calendar, snapshot, event, now=now)
    if isinstance(result, Refusal):
        return None
    left = tuple(other for other in (result.queued or snapshot.queued) if other != queued)
    return replace(result, queued=left if result.stage is not Stage.CLOSED else ())


def allowed(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, party: Party, *, now: datetime, actor: int | None = None
) -> Allowed:
    """What a party may do now and until when; for the other actions of this stage why not, and from when."""
    available, unavailable = [], []
    for rule in policy.actions.values():
        if party not in rule.by or snapshot.stage not in rule.stages or rule.hidden:
            continue
        draft = Draft(policy, calendar, snapshot, _asking(rule, party, actor, now), now)
        refusal = _standing_refusal(draft, rule)
        if refusal is None:
            available.append(Available(action=rule.name, until=ends_at(draft, rule), fields=tuple(rule.fields)))
        elif refusal.code != "not_your_action":
            unavailable.append(_unavailable(rule, refusal))
    return Allowed(available=tuple(available), unavailable=tuple(unavailable))


def _asking(rule: ActionRule, party: Party, actor: int | None, now: datetime) -> Event:
    return Event(kind=rule.name, party=party, actor=actor, at=now)


def _standing_refusal(draft: Draft, rule: ActionRule) -> Refusal | None:
    for guard in rule.guards:
        if not guard.needs_event and not guard.test(draft):
            return refuse_guard(draft, rule, guard)
    return None


def _unavailable(rule: ActionRule, refusal: Refusal) -> Unavailable:
    return Unavailable(
        action=rule.name, code=refusal.code, data=refusal.data, available_from=refusal.available_from,
        available_until=refusal.available_until, queueable=rule.queueable,
    )  # fmt: skip
