"""What a passed deadline does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.engine.calendar import Calendar
from rules.engine.clock import due_at
from rules.engine.draft import Draft
from rules.engine.events import Event, Step, Via
from rules.engine.policy import DeadlineRule, Policy
from rules.engine.reconciling import next_reminder, notice
from rules.engine.running import finish, run_branches
from rules.engine.types import CaseSnapshot, DeadlineKind, DeadlineState, DeadlineStatus, Party

KINDS = {
    DeadlineKind.AUTO: "lapsed", DeadlineKind.GATE: "gate_opened", DeadlineKind.WINDOW: "window_closed",
    DeadlineKind.TARGET: "target_passed", DeadlineKind.NOTICE: "reminder_due",
}  # fmt: skip
"""The journal's word for each kind of passed deadline."""


def lapse(policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, name: str, *, now: datetime) -> Step:
    """The step that records the passing of one deadline, due at its own time and noticed `now`."""
    rule, state = policy.deadlines[name], snapshot.deadlines[name]
    event = Event(
        kind=KINDS[rule.kind], party=Party.PLATFORM, at=state.due_at, via=Via.TIMER,
        data={"deadline": name, "rung": state.rung},
    )  # fmt: skip
    draft = Draft(policy, calendar, snapshot, event, max(now, state.due_at))
    draft.rule = rule.provenance.ids[0] if rule.provenance.ids else name
    draft.put(state.ended(DeadlineStatus.PASSED))
    _EFFECTS[rule.kind](draft, rule, state)
    return finish(draft, material=rule.kind in (DeadlineKind.AUTO, DeadlineKind.WINDOW))


def _auto(draft: Draft, rule: DeadlineRule, state: DeadlineState) -> None:
    run_branches(draft, rule.lapse)


def _window(draft: Draft, rule: DeadlineRule, state: DeadlineState) -> None:
    return None


def _gate(draft: Draft, rule: DeadlineRule, state: DeadlineState) -> None:
    """A gate noticed late keeps the expiry behind it away until there was time to use it."""
    if not draft.noticed_late:
        return
    for other in tuple(draft.deadlines.values()):
        killer = draft.policy.deadlines[other.name]
        if killer.kind is not DeadlineKind.AUTO or not other.pending or killer.party != rule.party:
            continue
        due = draft.now + notice(draft, other.started_at, other.due_at)
        if other.due_at < due:
            draft.put(replace(other, due_at=due, wakes_at=killer.wakes(due)))


def _target(draft: Draft, rule: DeadlineRule, state: DeadlineState) -> None:
    """Climb the ladder: the lead is told first, then administrators and parties, again and again."""
    term = rule.term(draft)
    if state.rung == 0 and term.maximum is not None:
        draft.emit("alert_lead", {"deadline": rule.name})
        base, length = state.started_at, term.maximum
    else:
        draft.emit("alert_administrator", {"deadline": rule.name})
        draft.set("platform_late", True)
        base, length = max(state.due_at, draft.now if draft.noticed_late else state.due_at), term.length
    due = due_at(base, length, zone=draft.policy.zone, calendar=draft.calendar)
    if state.rung > 0 or term.maximum is None:
        draft.emit("new_date_told", {"deadline": rule.name, "due_at": due.isoformat()})
    draft.put(replace(state, rung=state.rung + 1, due_at=due, wakes_at=due))


def _notice(draft: Draft, rule: DeadlineRule, state: DeadlineState) -> None:
    parent = draft.deadlines.get(rule.reminds_of)
    if parent is None or not parent.pending:
        return
    upcoming = next_reminder(draft, rule, parent, after=draft.now, first=state.rung + 1)
    if upcoming is not None:
        draft.put(upcoming)


_EFFECTS = {
    DeadlineKind.AUTO: _auto, DeadlineKind.GATE: _gate, DeadlineKind.WINDOW: _window,
    DeadlineKind.TARGET: _target, DeadlineKind.NOTICE: _notice,
}  # fmt: skip
