"""Clocks that stand still: of a case that is held, or of outcomes whose feed does not arrive, until they may run on.

Whatever stopped a clock first keeps it, and none of the reasons, a freeze among them, lets go what another one keeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from rules.engine.draft import Draft
from rules.engine.events import FieldProblem, Refusal, Step
from rules.engine.freezing import with_freezes
from rules.engine.reconciling import (
    FROZEN,
    HELD,
    STALLED,
    STOPPED,
    follow_feeds,
    paused,
    resumed,
    why_it_stands_still,
)
from rules.engine.running import finish
from rules.engine.types import DeadlineKind, DeadlineState, DeadlineStatus, Stage
from rules.engine.vocabulary import FEEDS


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
    stands_still = any(name in draft.facts for name in ("feeds_stalled", "frozen"))
    if not chosen and STOPPED not in (held, reason) and not stands_still:
        return refused(draft, "nothing_runs")
    draft.set("held", reason)
    pause_states(draft, chosen, reason)
    return finish(draft, material=True)


def pause_states(draft: Draft, states: Iterable[DeadlineState], reason: str) -> None:
    for state in states:
        draft.put(paused(state, draft.now, reason))


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
            draft.put(let_go(draft, state, mode))
    draft.set("frozen_while_held", None)
    return finish(draft, material=True)


def let_go(draft: Draft, state: DeadlineState, mode: str) -> DeadlineState:
    """A deadline whose case is not held any more. One that waits for its feed, or the end of a freeze, stands still.

    Whatever stopped it first counts: where the hold did, `moved` gives back the time from its beginning, `lapse` only
    what the feed has been away or the platform's clocks stood still, `fresh` a whole new length.
    """
    waits = why_it_stands_still(draft, draft.policy.deadlines[state.name])
    if not waits:
        return resumed(draft, with_freezes(draft, state, None) if mode == "lapse" else state, mode)
    if mode == "fresh":
        return paused(resumed(draft, state, mode), draft.now, waits)
    if state.pause_reason == waits:
        return state
    if mode == "lapse" and state.paused_at is not None:
        since = _stands_still_since(draft, waits)
        return paused(with_freezes(draft, state, since), max(state.paused_at, since), waits)
    return replace(state, pause_reason=waits)


def _stands_still_since(draft: Draft, reason: str) -> datetime:
    """Since when the feed has been away, or the platform's clocks have stood still."""
    if reason == FROZEN:
        return datetime.fromisoformat(draft.facts["frozen"]["since"])
    return datetime.fromisoformat(draft.facts["feeds_stalled"][reason.removeprefix(f"{STALLED}:")])


def feed_stalled(draft: Draft) -> Step | Refusal:
    """A `feed` no longer arrives: automatic outcomes that rely on it stand still, those that start later too."""
    feed, stalled = str(draft.event.data.get("feed", "")), draft.facts.get("feeds_stalled") or {}
    if feed not in FEEDS:
        problem = FieldProblem(field="feed", code="unknown_choice", data={"choices": sorted(FEEDS)})
        return refused(draft, "invalid_fields", problem)
    if feed in stalled or draft.stage is Stage.CLOSED:
        return refused(draft, "already_paused" if feed in stalled else "not_in_this_stage")
    draft.set("feeds_stalled", {**stalled, feed: draft.now.isoformat()})
    return finish(draft, material=follow_feeds(draft))


def feed_returned(draft: Draft) -> Step | Refusal:
    """The `feed` arrives again, or no longer counts: what waited for it runs on, unless a hold keeps it."""
    stalled = dict(draft.facts.get("feeds_stalled") or {})
    if stalled.pop(str(draft.event.data.get("feed", "")), None) is None:
        return refused(draft, "not_paused")
    draft.set("feeds_stalled", stalled or None)
    return finish(draft, material=follow_feeds(draft))
