"""Events every policy understands: talk, holds, queueing, taking over imported cases, payouts, staffing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from rules.engine.checking import check_queued
from rules.engine.draft import Draft
from rules.engine.events import Emission, FieldProblem, Refusal, Step
from rules.engine.freezing import freeze, thaw
from rules.engine.holding import feed_returned, feed_stalled, let_go, pause, pause_states, refused, resume
from rules.engine.reconciling import FROZEN, HELD, STOPPED, reconcile
from rules.engine.running import finish
from rules.engine.types import DeadlineKind, DeadlineState, Party, QueuedAction, Stage

Builtin = Callable[[Draft], Step | Refusal]


def seed_order(draft: Draft) -> None:
    """Put what the order says into a case that is being opened: the snapshot knows only what its events tell."""
    order = draft.event.data.get("order") or {}
    for name, value in (order.get("facts") or {}).items():
        draft.set(name, value)
    for name, moment in (order.get("anchors") or {}).items():
        draft.mark(name, datetime.fromisoformat(moment))


def _only(*parties: Party) -> Callable[[Builtin], Builtin]:
    """Refuse the event for everybody else."""

    def wrap(inner: Builtin) -> Builtin:
        def run(draft: Draft) -> Step | Refusal:
            if draft.event.party not in parties:
                return refused(draft, "not_your_action")
            if draft.before.stage is Stage.NEW and draft.event.kind != "adopt":
                return refused(draft, "not_in_this_stage")
            return inner(draft)

        return run

    return wrap


@_only(Party.BUYER, Party.SELLER, Party.PLATFORM)
def told(draft: Draft) -> Step | Refusal:
    """Something was said; nothing moves."""
    return finish(draft, material=False)


@_only(Party.PLATFORM)
def noted(draft: Draft) -> Step | Refusal:
    """The platform wrote something down; nothing moves."""
    return finish(draft, material=False)


@_only(Party.BUYER, Party.SELLER)
def queue_action(draft: Draft) -> Step | Refusal:
    """Keep an action until it becomes possible. Settling tries it at once."""
    name = str(draft.event.data.get("action", ""))
    rule = draft.policy.actions.get(name)
    if rule is None or not rule.queueable or draft.event.party not in rule.by:
        return refused(draft, "not_queueable")
    if draft.stage is Stage.CLOSED or draft.stage not in _queue_stages(draft, name):
        return refused(draft, "not_in_this_stage")
    if any(item.action == name and item.party is draft.event.party for item in draft.before.queued):
        return refused(draft, "already_queued")
    refusal = check_queued(draft, rule, draft.event.data.get("data") or {})
    if refusal is not None:
        return refusal
    entry = QueuedAction(
        action=name, party=draft.event.party, actor=draft.event.actor, queued_at=draft.event.at,
        data=draft.event.data.get("data") or {},
    )  # fmt: skip
    draft.queued = (*draft.before.queued, entry)
    return finish(draft, material=False)


def _queue_stages(draft: Draft, name: str) -> frozenset[Stage]:
    """Where the action may wait: its own stages, and waiting for the seller, who must answer first."""
    return draft.policy.actions[name].stages | {Stage.WAIT_SELLER}


@_only(Party.BUYER, Party.SELLER)
def cancel_queued(draft: Draft) -> Step | Refusal:
    name = str(draft.event.data.get("action", ""))
    left = tuple(
        item for item in draft.before.queued
        if item.party is not draft.event.party or (name and item.action != name)
    )  # fmt: skip
    if left == draft.before.queued:
        return refused(draft, "nothing_queued")
    draft.queued = left
    return finish(draft, material=False)


@_only(Party.PLATFORM)
def extend(draft: Draft) -> Step | Refusal:
    """Give more time for one running deadline: `deadline` and `hours` (at least one), with a `note`."""
    name, hours = str(draft.event.data.get("deadline", "")), draft.event.data.get("hours")
    state = draft.deadlines.get(name)
    if state is None or not state.pending or draft.policy.deadlines[name].kind is DeadlineKind.NOTICE:
        running = [s.name for s in draft.deadlines.values() if s.pending and not s.name.endswith(".reminder")]
        return refused(
            draft, "invalid_fields", FieldProblem(field="deadline", code="unknown_choice", data={"choices": running})
        )
    if isinstance(hours, bool) or not isinstance(hours, int) or not 1 <= hours <= 24 * 365:
        return refused(draft, "invalid_fields", FieldProblem(field="hours", code="not_a_number"))
    due = state.due_at + timedelta(hours=hours)
    draft.put(replace(state, due_at=due, wakes_at=draft.policy.deadlines[name].wakes(due)))
    return finish(draft, material=True)


@_only(Party.MARKETPLACE)
def payout_succeeded(draft: Draft) -> Step | Refusal:
    return _payout(draft, "succeeded")


@_only(Party.MARKETPLACE)
def payout_failed(draft: Draft) -> Step | Refusal:
    return _payout(draft, "failed")


def _payout(draft: Draft, result: str) -> Step | Refusal:
    """The answer to a payout of the case; one that says `refund: false` carries something else than the refund."""
    if draft.event.data.get("refund") is False:
        return finish(draft, material=False)
    if draft.facts.get("payout") not in ("ordered", "failed"):
        return refused(draft, "no_payout_ordered")
    draft.set("payout", result)
    draft.set("payout_reference", draft.event.data.get("reference"))
    if result == "succeeded":
        draft.set("received_amount", draft.facts.get("paid_amount"))
    return finish(draft, material=False)


@_only(Party.PLATFORM)
def assign(draft: Draft) -> Step | Refusal:
    """Give the case to an arbitrator (`arbitrator`, a person's id)."""
    draft.set("arbitrator", draft.event.data.get("arbitrator"))
    return finish(draft, material=False)


@_only(Party.PLATFORM)
def unassign(draft: Draft) -> Step | Refusal:
    """The case goes back to the queue, whatever the event names."""
    draft.set("arbitrator", None)
    return finish(draft, material=False)


@_only(Party.PLATFORM)
def recuse(draft: Draft) -> Step | Refusal:
    """Whoever has the case gives it back for good: `recused` remembers everybody who may not have it again."""
    person = draft.facts.get("arbitrator") or draft.event.actor
    draft.set("recused", sorted({*draft.facts.get("recused", ()), person}))
    draft.set("arbitrator", None)
    return finish(draft, material=False)


@_only(Party.MARKETPLACE)
def adopt(draft: Draft) -> Step | Refusal:
    """Take over a case that already ran elsewhere.

    `order` and `facts`, `anchors` say what is known, `stage` where it stands, `stated` the due times the
    marketplace named itself, `frozen` the freeze that is going on. What is past on arrival is held, unless `overdue`
    is `lapse` or `fresh`.
    """
    if draft.before.stage is not Stage.NEW:
        return refused(draft, "not_in_this_stage")
    seed_order(draft)
    step = _take_over(draft)
    return (
        step if draft.stage is Stage.CLOSED else replace(step, emissions=(*step.emissions, Emission(name="hold_order")))
    )


@_only(Party.MARKETPLACE)
def moved_outside(draft: Draft) -> Step | Refusal:
    """Follow a marketplace on which an adopted case goes on: a new stage with its terms and times, or its end.

    `data` is that of `adopt` without the order. What runs is derived anew. No money is ordered: what was paid,
    the marketplace has paid.
    """
    if draft.before.stage is Stage.CLOSED:
        return refused(draft, "not_in_this_stage")
    for name in tuple(draft.deadlines):
        draft.cancel(name)
    if draft.facts.get("held") != STOPPED:
        draft.set("held", None)
    draft.queued = () if draft.before.queued else None
    step = _take_over(draft)
    if draft.stage is not Stage.CLOSED or draft.facts.get("payout"):
        return step
    return replace(step, emissions=(*step.emissions, Emission(name="release_order")))


def _take_over(draft: Draft) -> Step:
    data = draft.event.data
    seed_order_from(draft, data)
    if "frozen" in data:
        draft.set("frozen", data["frozen"])
    draft.enter(Stage(data["stage"]))
    draft.outcome = str(data.get("outcome", ""))
    draft.rule = "import"
    _adopt_deadlines(draft, data.get("stated") or {})
    if draft.stage is not Stage.CLOSED:
        _hold_if_overdue(draft, str(data.get("overdue") or "hold"))
    return draft.step(material=True)


def seed_order_from(draft: Draft, data: Mapping[str, Any]) -> None:
    for name, value in (data.get("facts") or {}).items():
        draft.set(name, value)
    for name, moment in (data.get("anchors") or {}).items():
        draft.mark(name, datetime.fromisoformat(moment))
    if draft.facts.get("buyer_offer") is None and data.get("stage") != Stage.CLOSED:
        terms = {"remedy": draft.facts.get("remedy"), "amount": draft.facts.get("amount")}
        draft.set("buyer_offer", {**terms, "version": draft.facts.get("request_version", 1)})


def _adopt_deadlines(draft: Draft, stated: Mapping[str, str]) -> None:
    """Start what the policy declares, without notice periods, then take the stated due times as they are."""
    if "stage_entered" not in draft.anchors:
        draft.mark("stage_entered", draft.event.at)
    draft.event = replace(draft.event, at=draft.now)
    reconcile(draft)
    for name, moment in stated.items():
        if name in draft.deadlines:
            due = datetime.fromisoformat(moment)
            wakes = draft.policy.deadlines[name].wakes(due)
            draft.put(replace(draft.deadlines[name], due_at=due, wakes_at=wakes, stated=True))
    reconcile(draft)


def _hold_if_overdue(draft: Draft, mode: str) -> None:
    running = tuple(state for state in draft.deadlines.values() if state.pause_reason != FROZEN)
    autos = [s for s in running if draft.policy.deadlines[s.name].kind is DeadlineKind.AUTO]
    overdue = [state for state in autos if state.wakes_at <= draft.now]
    if overdue and mode == "hold":
        draft.set("held", HELD)
        pause_states(draft, running, HELD)
    elif overdue and mode == "fresh":
        for state in running:
            draft.put(let_go(draft, state, "fresh"))
    elif mode != "lapse":
        _give_notice(draft, autos)


def _give_notice(draft: Draft, autos: list[DeadlineState]) -> None:
    """What is nearly due on arrival leaves the minimum notice, unless the marketplace stated the time."""
    for state in autos:
        rule = draft.policy.deadlines[state.name]
        due = draft.now + min(draft.policy.minimum_notice, state.due_at - state.started_at)
        if not state.stated and state.due_at < due:
            draft.put(replace(state, due_at=due, wakes_at=rule.wakes(due)))


BUILTINS: Mapping[str, Builtin] = {
    "message": told, "note": noted, "phone_note": noted, "record_external_escalation": told,
    "queue_action": queue_action, "cancel_queued": cancel_queued, "pause": _only(Party.PLATFORM)(pause),
    "resume": _only(Party.PLATFORM)(resume), "feed_stalled": _only(Party.PLATFORM)(feed_stalled),
    "feed_returned": _only(Party.PLATFORM)(feed_returned), "freeze": _only(Party.PLATFORM)(freeze),
    "thaw": _only(Party.PLATFORM)(thaw), "extend": extend,
    "payout_succeeded": payout_succeeded, "payout_failed": payout_failed, "assign": assign, "unassign": unassign,
    "hand_over": assign, "recuse": recuse, "adopt": adopt, "moved_outside": moved_outside,
}  # fmt: skip
