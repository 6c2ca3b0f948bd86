"""A platform that suspends its clocks for a while (F6): what a freeze does to one case, and its end.

Both happen at the window's own moments, however late they are noticed. The fact `frozen` names the freeze that is
going on, from when to when, and the kinds of deadlines that stand still; the end comes by itself, as a timer does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.engine.calendar import Calendar
from rules.engine.draft import Draft
from rules.engine.events import Event, FieldProblem, Refusal, Step, Via
from rules.engine.policy import Policy
from rules.engine.reconciling import FROZEN, STALLED, STOPPED, paused, resumed, why_it_stands_still
from rules.engine.running import finish
from rules.engine.types import CaseSnapshot, DeadlineState, Party

FREEZE = "freeze"
THAW = "thaw"


def freeze(draft: Draft) -> Step | Refusal:
    """Deadlines of the given `kinds` stand still from `since` until `until`, those that start meanwhile too.

    The event happens at `since`, or now in a case that began later. Only the house can name the `freeze`.
    """
    data = draft.event.data
    if "freeze" not in data:
        problem = FieldProblem(field="freeze", code="required")
        return Refusal(code="invalid_fields", action=draft.event.kind, stage=draft.stage, problems=(problem,))
    if "frozen" in draft.facts:
        return Refusal(code="already_paused", action=draft.event.kind, stage=draft.stage)
    draft.set("frozen", {name: data[name] for name in ("freeze", "since", "until", "kinds")})
    return finish(draft, material=False)


def thaw(draft: Draft) -> Step | Refusal:
    """The freeze is over: what stood still runs on, moved by that time, unless something else keeps it."""
    told = draft.facts.get("frozen")
    if told is None:
        return Refusal(code="not_paused", action=draft.event.kind, stage=draft.stage)
    draft.set("frozen", None)
    if draft.facts.get("held") not in (None, STOPPED):
        window = {"since": told["since"], "until": draft.event.at.isoformat(), "kinds": told["kinds"]}
        draft.set("frozen_while_held", [*draft.facts.get("frozen_while_held", ()), window])
    for state in tuple(draft.deadlines.values()):
        if state.pause_reason == FROZEN:
            draft.put(_thawed(draft, state))
    return finish(draft, material=False)


def _thawed(draft: Draft, state: DeadlineState) -> DeadlineState:
    """A deadline that its freeze lets go. What a stop or a feed keeps is moved by the whole time when that ends."""
    reason = why_it_stands_still(draft, draft.policy.deadlines[state.name])
    if reason == STOPPED or reason.startswith(STALLED):
        return replace(state, pause_reason=reason)
    at = max(draft.event.at, state.paused_at or draft.event.at)
    after = resumed(draft, state, "moved", at)
    return paused(after, at, reason) if reason else after


def thaws_at(snapshot: CaseSnapshot) -> datetime | None:
    """When the freeze that is going on ends by itself; None when there is none."""
    told = snapshot.facts.get("frozen")
    return datetime.fromisoformat(told["until"]) if told else None


def end_of_freeze(policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, at: datetime, *, now: datetime) -> Step:
    """The step that records the end of a freeze, at its own time and noticed `now`."""
    told = snapshot.facts["frozen"]
    event = Event(kind=THAW, party=Party.PLATFORM, at=at, via=Via.TIMER, data={"freeze": told["freeze"]})
    step = thaw(Draft(policy, calendar, snapshot, event, now))
    assert isinstance(step, Step), "a freeze that goes on can end"
    return step


def with_freezes(draft: Draft, state: DeadlineState, until: datetime | None) -> DeadlineState:
    """A held deadline, not yet let go, that gets back what its platform's clocks stood still meanwhile.

    Needed where it is otherwise due as it was. Freezes count up to `until`, if that is given.
    """
    kind = draft.policy.deadlines[state.name].kind
    for window in draft.facts.get("frozen_while_held", ()):
        since = max(datetime.fromisoformat(window["since"]), state.paused_at or draft.now)
        end = min(datetime.fromisoformat(window["until"]), until or draft.now)
        if kind in window["kinds"] and since < end:
            state = replace(resumed(draft, replace(state, paused_at=since), "moved", end), paused_at=state.paused_at)
    return state
