"""What concerns an order or its money rather than the course of a case: receipt periods and payouts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contract.errors import Forbidden
from contract.idempotency import Call, Replay
from disputes.models import Order, OrderEvent, Payout
from disputes.selectors.access import CaseAccess, OrderAccess
from disputes.selectors.order_facts import order_policy, order_snapshot
from disputes.services.opening import lock_order, refusal_error
from disputes.services.refusing import fields_refused, refused
from disputes.services.writer import Answer, Done, Intent, act, one_transaction, tell_cases
from disputes.snapshot import moment_text, step_facts
from rules.engine.events import Event, Refusal, Step, Via
from rules.engine.orders import decide_on_order
from rules.engine.types import Party


def answer_payout(
    access: CaseAccess, *, succeeded: bool, reason: str = "", reference: str = "", at: datetime | None = None,
    via: Via = Via.API, call: Call | None = None, answer: Answer | None = None,
) -> Done | Replay:  # fmt: skip
    """The marketplace answers an ordered payout. Only the platform's administrators speak for it.

    Raises Forbidden, FieldsRefused (a failure needs a reason), ActionRefused (`no_payout_ordered`).
    """
    if access.party != Party.PLATFORM or "administrator" not in access.staff:
        raise Forbidden
    if not succeeded and not reason.strip():
        raise fields_refused([{"field": "reason", "code": "required"}])
    data: dict[str, Any] = {"reference": reference[:120]} if reference else {}
    if Payout.objects.filter(case_id=access.case_id, status__in=("ordered", "failed")).exists():
        data["beyond_refund"] = True
    kind = "payout_succeeded" if succeeded else "payout_failed"
    intent = Intent(
        number=access.number, kind=kind, party=Party.MARKETPLACE, actor_id=access.user_id, data=data, via=via, at=at,
        records=[] if succeeded else [WhyUnpaid(case_id=access.case_id, text=reason[:200])],
    )  # fmt: skip
    return act(intent, call=call, answer=answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyUnpaid:
    """The marketplace's words for a failure: kept with the payouts, for the journal holds no free text."""

    case_id: int
    text: str

    def save(self) -> None:
        Payout.objects.filter(case_id=self.case_id, status__in=("ordered", "failed")).update(reason=self.text)


def act_on_order(access: OrderAccess, action: str, *, actor_id: int, data: dict[str, Any] | None = None) -> OrderEvent:
    """Extend the receipt period (A12), ask the seller for more time, or grant it (A13): rules of the order's pack.

    Raises ActionRefused with the code, and from when or until when it is possible.
    """
    with one_transaction():
        order, now = lock_order(access.order_id)
        policy, calendar = order_policy(order, now)
        if action not in policy.order_actions:
            raise refused("not_offered", available_actions=[])
        event = Event(kind=action, party=Party(access.party), actor=actor_id, at=now, data=data or {})
        step = decide_on_order(policy, calendar, order_snapshot(order, policy), event, now=now)
        if isinstance(step, Refusal):
            raise refusal_error(step)
        return _write(order, step)


def _write(order: Order, step: Step) -> OrderEvent:
    told = step_facts(step)
    event = OrderEvent.objects.create(
        order=order, kind=step.kind, at=step.at, recorded_at=step.recorded_at, actor_id=step.actor, facts=told
    )
    ends = step.anchors.get("receipt_ends")
    if ends:
        order.receipt_ends_at, order.updated_at = ends, step.recorded_at
        order.save(update_fields=["receipt_ends_at", "updated_at"])
        running = list(order.cases.exclude(stage="CLOSED").values_list("pk", flat=True))
        tell_cases(running, kind="receipt_extended", at=step.at, data={"receipt_ends": moment_text(ends)})
    return event
