"""Which deadlines run: declared by the policy, derived after every step, never started by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from rules.engine import clock
from rules.engine.draft import Draft
from rules.engine.effects import elapsed
from rules.engine.policy import DeadlineRule
from rules.engine.types import DeadlineKind, DeadlineState, DeadlineStatus

HELD = "overdue_on_arrival"
STOPPED = "automatic_stopped"
"""The reason of a hold that keeps automatic outcomes alone from happening: everybody goes on and may act."""
STALLED = "feed_stalled"
"""What the reason of a deadline begins with that waits for a feed; the feed's name follows after a colon."""
FROZEN = "frozen"
"""The reason of a deadline that stands still because its platform suspends its clocks for a while."""


def reconcile(draft: Draft) -> None:
    """Make the running deadlines those the policy declares for the draft's stage, facts and anchors.

    A running deadline survives if and only if its anchor values are unchanged.
    """
    _end_what_no_longer_applies(draft)
    for rule in draft.policy.by_stage[draft.stage]:
        if not rule.reminds_of and rule.when(draft):
            _start_if_new(draft, rule)
    if "feeds_stalled" in draft.facts:
        follow_feeds(draft)
    if "frozen" in draft.facts:
        _follow_freeze(draft)
    for rule in draft.policy.by_stage[draft.stage]:
        if rule.reminds_of:
            _follow_reminded(draft, rule)


def _end_what_no_longer_applies(draft: Draft) -> None:
    for name in tuple(draft.deadlines):
        rule = draft.policy.deadlines[name]
        if draft.stage not in rule.stages or not rule.when(draft) or rule.anchor_value(draft) is None:
            _remember_promise(draft, rule)
            draft.cancel(name)


def _remember_promise(draft: Draft, rule: DeadlineRule) -> None:
    """Keep the end of a window that was promised longer than its anchor says, for when it opens again (promise 6)."""
    if rule.kind is not DeadlineKind.WINDOW:
        return
    state, due = draft.deadlines[rule.name], rule.due_from_anchor(draft)
    if due is not None and state.due_at > due:
        told = {"anchor": state.anchor, "due_at": state.due_at.isoformat()}
        draft.set("windows_promised", {**draft.facts.get("windows_promised", {}), rule.name: told})


def _not_before_promised(draft: Draft, rule: DeadlineRule, signature: str, due: datetime) -> datetime:
    """The end of a window, never sooner than it was promised when it opened from the same moment before."""
    promised = draft.facts.get("windows_promised", {}).get(rule.name)
    if promised is None or promised["anchor"] != signature:
        return due
    return max(due, datetime.fromisoformat(promised["due_at"]))


def _start_if_new(draft: Draft, rule: DeadlineRule) -> None:
    signature = rule.signature(draft)
    running = draft.deadlines.get(rule.name)
    start = rule.anchor_value(draft)
    if start is None or (running is not None and running.anchor == signature):
        return
    state, reason = started(draft, rule, start, signature), why_it_stands_still(draft, rule)
    if reason and reason != FROZEN:
        state = paused(state, draft.now, reason)
    draft.put(state)


def started(draft: Draft, rule: DeadlineRule, start: datetime, signature: str) -> DeadlineState:
    """A deadline as this step starts it.

    Noticed late, a party's time runs from the moment of noticing; an automatic outcome started by an
    old fact leaves at least the policy's minimum notice.
    """
    late = draft.noticed_late
    if late and rule.party != "platform" and start == draft.event.at:
        start = draft.now
    due = rule.due(draft, start)
    if rule.kind is DeadlineKind.AUTO and (draft.past_fact or (late and start != draft.now)):
        due = max(due, draft.now + notice(draft, start, due))
    due = _not_before_promised(draft, rule, signature, due)
    return DeadlineState(name=rule.name, anchor=signature, started_at=start, due_at=due, wakes_at=rule.wakes(due))


def notice(draft: Draft, start: datetime, due: datetime) -> timedelta:
    """The least warning before an automatic outcome: the policy's, or the deadline's own length if shorter."""
    return min(draft.policy.minimum_notice, max(due - start, timedelta()))


def why_it_stands_still(draft: Draft, rule: DeadlineRule) -> str:
    """The reason a deadline may not run now: the hold of its case, else a freeze, else its feed; empty when it may."""
    held = draft.facts.get("held")
    if held and (held != STOPPED or rule.kind is DeadlineKind.AUTO):
        return str(held)
    if rule.kind in (draft.facts.get("frozen") or {}).get("kinds", ()):
        return FROZEN
    return f"{STALLED}:{rule.feed}" if rule.waits_for_feed(draft) else ""


def follow_feeds(draft: Draft) -> bool:
    """Pause what relies on a stalled feed, and let go what no longer does; whether that changed anything."""
    changed = False
    for state in tuple(draft.deadlines.values()):
        rule = draft.policy.deadlines[state.name]
        waited = state.pause_reason.startswith(STALLED)
        if not rule.feed or waited == rule.waits_for_feed(draft) or not (waited or state.pending):
            continue
        after, reason = resumed(draft, state, "moved") if waited else state, why_it_stands_still(draft, rule)
        if reason == FROZEN:
            draft.put(replace(state, pause_reason=reason))
        else:
            draft.put(paused(after, draft.now, reason) if reason else after)
        changed = True
    return changed


def _follow_freeze(draft: Draft) -> None:
    """Let what runs stand still with its platform, whether it ran before or began meanwhile."""
    for state in tuple(draft.deadlines.values()):
        if state.pending and why_it_stands_still(draft, draft.policy.deadlines[state.name]) == FROZEN:
            still = _frozen(draft, state)
            if still is not state:
                draft.put(still)


def _frozen(draft: Draft, state: DeadlineState) -> DeadlineState:
    """A deadline that stands still with its platform: from the beginning of the freeze, or its own if that is later.

    What was due before is over and is not held up, nor what only begins when the clocks run again. Where more time was
    given than its length, so that enough is left from now, it stands still from now.
    """
    told, rule = draft.facts["frozen"], draft.policy.deadlines[state.name]
    since = max(datetime.fromisoformat(told["since"]), state.started_at)
    is_new = draft.before.deadlines.get(state.name) != state
    if is_new and not state.stated and state.due_at > rule.due(draft, state.started_at):
        since = max(since, draft.now)
    if state.wakes_at <= since or since >= datetime.fromisoformat(told["until"]):
        return state
    return paused(state, since, FROZEN)


def paused(state: DeadlineState, at: datetime, reason: str) -> DeadlineState:
    return replace(state, status=DeadlineStatus.PAUSED, paused_at=at, pause_reason=reason)


def resumed(draft: Draft, state: DeadlineState, mode: str, at: datetime | None = None) -> DeadlineState:
    """A paused deadline as it runs on: moved by the time paused, as it was (`lapse`), or anew from now (`fresh`).

    It was paused until now, or until `at` where that was noticed later.
    """
    rule = draft.policy.deadlines[state.name]
    due, start = state.due_at, state.started_at
    if mode == "fresh":
        start = draft.now
        due = rule.due(draft, start)
    elif mode == "moved" and state.paused_at is not None:
        due = clock.resume(
            state.due_at, state.started_at, rule.term(draft).length, state.paused_at,
            at or draft.now, zone=draft.policy.zone, calendar=draft.calendar,
        )  # fmt: skip
    return replace(
        state, status=DeadlineStatus.PENDING, paused_at=None, pause_reason="", started_at=start, due_at=due,
        wakes_at=rule.wakes(due), stated=state.stated and mode != "fresh",
    )  # fmt: skip


def _follow_reminded(draft: Draft, rule: DeadlineRule) -> None:
    """Keep a reminder in step with the deadline it belongs to."""
    parent = draft.deadlines.get(rule.reminds_of)
    running = draft.deadlines.get(rule.name)
    if parent is None or not parent.pending:
        if running is not None:
            draft.cancel(rule.name)
        return
    signature = f"{parent.anchor}@{parent.due_at.isoformat()}"
    if running is not None and running.anchor == signature:
        return
    upcoming = next_reminder(draft, rule, parent, after=draft.now, first=0)
    if upcoming is not None:
        draft.put(replace(upcoming, anchor=signature))
    elif running is not None:
        draft.cancel(rule.name)


def next_reminder(
    draft: Draft, rule: DeadlineRule, parent: DeadlineState, *, after: datetime, first: int
) -> DeadlineState | None:
    """The first reminder from rung `first` on that lies after the given moment and before the due time."""
    moments = reminder_moments(rule, parent)
    for rung in range(first, len(moments)):
        if after < moments[rung] < parent.due_at:
            return DeadlineState(
                name=rule.name, anchor=f"{parent.anchor}@{parent.due_at.isoformat()}", started_at=parent.started_at,
                due_at=moments[rung], wakes_at=moments[rung], rung=rung,
            )  # fmt: skip
    return None


def reminder_moments(rule: DeadlineRule, parent: DeadlineState) -> tuple[datetime, ...]:
    """All reminder times of a running deadline, in order."""
    whole = parent.due_at - parent.started_at
    moments = []
    for text in rule.reminders:
        if text.endswith("%"):
            moments.append(parent.started_at + whole * int(text[:-1]) / 100)
        else:
            moments.append(parent.due_at - elapsed(text[1:]))
    return tuple(sorted(moments))
