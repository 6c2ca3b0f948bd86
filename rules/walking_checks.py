"""What must hold at every moment of every case, whatever anybody does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rules.engine.calendar import Calendar
from rules.engine.decide import allowed, decide, settle
from rules.engine.draft import Draft, as_money
from rules.engine.events import Event, Refusal, Settlement, Step, Via
from rules.engine.policy import Policy
from rules.engine.soundness_states import awaited
from rules.engine.types import CaseSnapshot, DeadlineKind, DeadlineState, DeadlineStatus, Party, Stage

_RULINGS = ("correct_ruling", "decide_appeal", "approve_ruling", "accept_proposal")


class WalkFailed(Exception):
    """Something that must always hold did not. `story` lists the events that led there."""

    def __init__(self, problem: str, story: tuple[str, ...]) -> None:
        super().__init__("\n  ".join((problem, *story)))
        self.problem = problem
        self.story = story


def check_settled(
    policy: Policy, calendar: Calendar, before: CaseSnapshot, settlement: Settlement, *, now: datetime
) -> None:
    """Nothing overdue is left, settling again does nothing, and settling twice on the way arrives at the same place."""
    after = settlement.snapshot
    overdue = [state.name for state in after.deadlines.values() if state.pending and state.wakes_at <= now]
    assert not overdue, f"still pending after settling: {overdue}"
    assert not settle(policy, calendar, after, now=now).steps, "settling twice takes further steps"
    if before.recorded_at is None or not settlement.steps or _late(policy, settlement.steps):
        return
    halfway = settle(policy, calendar, before, now=before.recorded_at + (now - before.recorded_at) / 2)
    again = settle(policy, calendar, halfway.snapshot, now=now)
    ends = [(end.stage, end.outcome) for end in (again.snapshot, after)]
    assert ends[0] == ends[1], "a sweep on the way changes the end"


def _late(policy: Policy, steps: Iterable[Step]) -> bool:
    return any(step.recorded_at - step.at > policy.late_tolerance for step in steps)


def check_step(policy: Policy, calendar: Calendar, before: CaseSnapshot, step: Step, after: CaseSnapshot) -> None:
    """One step keeps promise 7: what starts late leaves its time, what runs does not move."""
    assert step.recorded_at >= (before.recorded_at or step.recorded_at), "recorded before the last event"
    event = Event(kind=step.kind, party=step.party, at=step.at, actor=step.actor, via=step.via, data=step.data)
    draft = Draft(policy, calendar, after, event, step.recorded_at)
    for state in step.deadlines.values():
        earlier = before.deadlines.get(state.name)
        if state.status is not DeadlineStatus.PENDING:
            continue
        if earlier is not None and earlier.pending and earlier.anchor == state.anchor:
            _check_unmoved(policy, step, earlier, state)
        elif earlier is None or earlier.anchor != state.anchor:
            _check_started(policy, draft, step, state)


def _check_unmoved(policy: Policy, step: Step, earlier: DeadlineState, state: DeadlineState) -> None:
    kind = policy.deadlines[state.name].kind
    if kind in (DeadlineKind.TARGET, DeadlineKind.NOTICE):
        return
    assert state.due_at >= earlier.due_at, f"{state.name} was shortened while running"
    silent = step.kind in ("window_closed", "target_passed", "reminder_due")
    news = step.party is Party.MARKETPLACE and step.kind != "adopt"
    assert not news or state.due_at == earlier.due_at, f"{state.name} was moved by news from outside"
    assert not silent or state.due_at == earlier.due_at, f"{state.name} was moved by {step.kind}"


def _check_started(policy: Policy, draft: Draft, step: Step, state: DeadlineState) -> None:
    rule = policy.deadlines[state.name]
    lateness = step.recorded_at - step.at
    if lateness <= policy.late_tolerance or rule.kind in (DeadlineKind.NOTICE, DeadlineKind.TARGET):
        return
    if step.via in (Via.TIMER, Via.QUEUE) and rule.party != "platform" and rule.anchor_value(draft) == step.at:
        whole = rule.due(draft, step.recorded_at)
        assert state.due_at >= whole, f"{state.name} started late and is shorter than its length"
    if rule.kind is DeadlineKind.AUTO and (step.party is Party.MARKETPLACE or step.via in (Via.TIMER, Via.QUEUE)):
        start = rule.anchor_value(draft) or state.started_at
        least = min(policy.minimum_notice, max(rule.due(draft, start) - start, timedelta()))
        assert state.due_at >= step.recorded_at + least, f"{state.name} leaves less than the minimum notice"


def check_case(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, steps: Sequence[Step], *, now: datetime
) -> None:
    """The case always says whose turn it is and what happens by itself; money goes out once."""
    if snapshot.stage is Stage.CLOSED:
        assert snapshot.outcome, "closed without an outcome"
        assert not snapshot.queued, "closed with queued actions"
    else:
        _check_turn(policy, calendar, snapshot, now)
    _check_money(snapshot, steps)


def _check_turn(policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, now: datetime) -> None:
    draft = Draft(policy, calendar, snapshot, Event(kind="look", party=Party.PLATFORM, at=now), now)
    who = awaited(draft)
    live = (DeadlineStatus.PENDING, DeadlineStatus.PAUSED)
    kinds = {policy.deadlines[state.name].kind for state in snapshot.deadlines.values() if state.status in live}
    if who == "platform":
        assert DeadlineKind.TARGET in kinds, f"{snapshot.stage}: the platform is awaited and no target runs"
    else:
        assert who != "none", f"{snapshot.stage}: nobody is awaited"
        assert DeadlineKind.AUTO in kinds, f"{snapshot.stage}: {who} is awaited and nothing happens by itself"


def _check_money(snapshot: CaseSnapshot, steps: Sequence[Step]) -> None:
    refunds = [emission for step in steps for emission in step.emissions if emission.name == "refund"]
    corrections = sum(step.kind in _RULINGS for step in steps)
    assert len(refunds) <= 1 + corrections, "refunded more than once"
    maximum = as_money(snapshot.facts.get("maximum"))
    for refund in refunds:
        amount = as_money(refund.data.get("amount"))
        assert amount is not None, "a refund without an amount"
        assert maximum is None or amount <= maximum, "refunded more than the maximum"


def check_offers(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, tries: Sequence[Event], *, now: datetime
) -> None:
    """What is offered is accepted with valid fields; what is not offered is refused for the reason given."""
    for party in (Party.BUYER, Party.SELLER, Party.PLATFORM):
        for actor in sorted({event.actor for event in tries if event.party is party and event.actor is not None}):
            offer = allowed(policy, calendar, snapshot, party, now=now, actor=actor)
            mine = [event for event in tries if event.party is party and event.actor == actor]
            for available in offer.available:
                results = [decide(policy, calendar, snapshot, e, now=now) for e in mine if e.kind == available.action]
                accepted = any(isinstance(result, Step) for result in results)
                assert accepted or not results, f"{party} is offered {available.action} and refused: {results[-1:]}"
            for missing in offer.unavailable:
                for event in (event for event in mine if event.kind == missing.action):
                    result = decide(policy, calendar, snapshot, event, now=now)
                    assert isinstance(result, Refusal), f"{party} may not {missing.action} and could"
                    assert result.code == missing.code or _asks_the_event(policy, missing.action), (
                        f"{missing.action} is not offered for {missing.code} and refused for {result.code}"
                    )


def _asks_the_event(policy: Policy, action: str) -> bool:
    return any(guard.needs_event for guard in policy.actions[action].guards)
