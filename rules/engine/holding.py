"""Holding a case: its clocks stand still until somebody of the platform lets them run again."""

from __future__ import annotations

from dataclasses import replace

from rules.engine import clock
from rules.engine.draft import Draft
from rules.engine.events import FieldProblem, Refusal, Step
from rules.engine.reconciling import HELD, STOPPED
from rules.engine.running import finish
from rules.engine.types import DeadlineKind, DeadlineState, DeadlineStatus


def refused(draft: Draft, code: str, *problems: FieldProblem) -> Refusal:
    return Refusal(code=code, action=draft.event.kind, stage=draft.stage, problems=problems)


def pause(draft: Draft) -> Step | Refusal:
    """Stop the case's clocks (`kinds` names which; all by default) until somebody resumes them.

    Automatic outcomes of a whole pack are stopped by a `stop` of its own, which only the house can name. That also
    holds a case in which none runs yet: those that start later stand still too.
    """
    reason = str(draft.event.data.get("reason") or "held_by_platform")
    if reason == STOPPED and "stop" not in draft.event.data:
        return refused(draft, "invalid_fields", FieldProblem(field="reason", code="unknown_choice"))
    kinds = {DeadlineKind(kind) for kind in draft.event.data.get("kinds") or list(DeadlineKind)}
    chosen = [s for s in draft.deadlines.values() if s.pending and draft.policy.deadlines[s.name].kind in kinds]
    held = draft.facts.get("held")
    if held not in (None, STOPPED) or held == reason:
        return refused(draft, "already_paused")
    if not chosen and STOPPED not in (held, reason):
        return refused(draft, "nothing_runs")
    draft.set("held", reason)
    pause_states(draft, chosen, reason)
    return finish(draft, material=True)


def pause_states(draft: Draft, states: list[DeadlineState], reason: str) -> None:
    for state in states:
        draft.put(replace(state, status=DeadlineStatus.PAUSED, paused_at=draft.event.at, pause_reason=reason))


def resume(draft: Draft) -> Step | Refusal:
    """Let the clocks run again: moved by the time paused, as they were (`lapse`), or anew from now (`fresh`)."""
    mode = str(draft.event.data.get("mode") or "moved")
    if mode not in ("moved", "lapse", "fresh"):
        problem = FieldProblem(field="mode", code="unknown_choice", data={"choices": ["moved", "lapse", "fresh"]})
        return refused(draft, "invalid_fields", problem)
    if not draft.facts.get("held"):
        return refused(draft, "not_paused")
    if draft.facts["held"] == STOPPED and "stop" not in draft.event.data:
        return refused(draft, STOPPED)
    if draft.facts["held"] == HELD and mode == "moved":
        problem = FieldProblem(field="mode", code="required", data={"choices": ["lapse", "fresh"]})
        return refused(draft, "invalid_fields", problem)
    draft.set("held", None)
    for state in tuple(draft.deadlines.values()):
        if state.status is DeadlineStatus.PAUSED:
            draft.put(resumed(draft, state, mode))
    return finish(draft, material=True)


def resumed(draft: Draft, state: DeadlineState, mode: str) -> DeadlineState:
    rule = draft.policy.deadlines[state.name]
    due, start = state.due_at, state.started_at
    if mode == "fresh":
        start = draft.event.at
        due = rule.due(draft, start)
    elif mode == "moved" and state.paused_at is not None:
        due = clock.resume(
            state.due_at, state.started_at, rule.term(draft).length, state.paused_at, draft.event.at,
            zone=draft.policy.zone, calendar=draft.calendar,
        )  # fmt: skip
    return replace(
        state, status=DeadlineStatus.PENDING, paused_at=None, pause_reason="", started_at=start, due_at=due,
        wakes_at=rule.wakes(due), stated=state.stated and mode != "fresh",
    )  # fmt: skip
