"""Actions on an order without a case: the same guards and effects, no stage and no deadline.

An order's snapshot is the fold of its own events: its facts and anchors, always before any case. Decision 10.2.20.
"""

from __future__ import annotations

from datetime import datetime

from rules.engine.calendar import Calendar
from rules.engine.checking import check, ends_at, refuse_guard
from rules.engine.draft import Draft
from rules.engine.errors import UnknownEvent
from rules.engine.events import Allowed, Available, Event, Refusal, Step, Unavailable
from rules.engine.policy import ActionRule, Policy
from rules.engine.running import finish, run_branches
from rules.engine.types import CaseSnapshot, Party


def decide_on_order(
    policy: Policy, calendar: Calendar, order: CaseSnapshot, event: Event, *, now: datetime
) -> Step | Refusal:
    """What this event does to an order, or why it may not happen. `apply` gives the order after it.

    Raises UnknownEvent for an action the policy does not know.
    """
    rule = policy.order_actions.get(event.kind)
    if rule is None:
        raise UnknownEvent(event.kind)
    draft = Draft(policy, calendar, order, event, now)
    refusal = check(draft, rule)
    if refusal is not None:
        return refusal
    draft.rule = rule.provenance.ids[0] if rule.provenance.ids else ""
    run_branches(draft, rule.branches)
    return finish(draft, material=rule.material)


def allowed_on_order(
    policy: Policy, calendar: Calendar, order: CaseSnapshot, party: Party, *, now: datetime
) -> Allowed:
    """What a party may do to an order now and until when; for the rest why not, and from when."""
    available: list[Available] = []
    unavailable: list[Unavailable] = []
    for rule in policy.order_actions.values():
        if party not in rule.by:
            continue
        draft = Draft(policy, calendar, order, Event(kind=rule.name, party=party, at=now), now)
        refusal = _standing_refusal(draft, rule)
        if refusal is None:
            available.append(Available(action=rule.name, until=ends_at(draft, rule), fields=tuple(rule.fields)))
        else:
            unavailable.append(_unavailable(rule, refusal))
    return Allowed(available=tuple(available), unavailable=tuple(unavailable))


def _standing_refusal(draft: Draft, rule: ActionRule) -> Refusal | None:
    failed = (guard for guard in rule.guards if not guard.needs_event and not guard.test(draft))
    return next((refuse_guard(draft, rule, guard) for guard in failed), None)


def _unavailable(rule: ActionRule, refusal: Refusal) -> Unavailable:
    return Unavailable(
        action=rule.name, code=refusal.code, data=refusal.data, available_from=refusal.available_from,
        available_until=refusal.available_until,
    )  # fmt: skip
