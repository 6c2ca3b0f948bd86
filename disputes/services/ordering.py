"""What concerns an order or its money rather than the course of a case: receipt periods and payouts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contract.errors import Forbidden
from contract.idempotency import Call, Replay
from disputes.errors import ActionRefused, FieldsRefused
from disputes.models import Order, OrderEvent
from disputes.selectors.access import CaseAccess, OrderAccess
from disputes.services.opening import lock_order
from disputes.services.writer import Answer, Done, Intent, act, one_transaction, tell_cases
from disputes.snapshot import moment_text
from rules.engine.events import Via
from rules.engine.types import Party
from rules.selectors import version_in_force


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
        raise FieldsRefused.of([{"field": "reason", "code": "required"}])
    data = {name: text for name, text in (("reason", reason[:200]), ("reference", reference[:120])) if text}
    kind = "payout_succeeded" if succeeded else "payout_failed"
    intent = Intent(
        number=access.number, kind=kind, party=Party.MARKETPLACE, actor_id=access.user_id, data=data, via=via, at=at
    )
    return act(intent, call=call, answer=answer)


ORDER_ACTIONS = {"extend_receipt": "seller", "request_extension": "buyer", "grant_extension": "seller"}


def act_on_order(access: OrderAccess, action: str, *, actor_id: int) -> OrderEvent:
    """Extend the receipt period (A12), ask the seller for more time (A13), or grant it.

    Conditions come from the pack's `settings` (`receipt_extension_*`). Raises ActionRefused.
    """
    if ORDER_ACTIONS.get(action) != access.party:
        raise ActionRefused("not_your_action", available_actions=[])
    with one_transaction():
        order, now = lock_order(access.order_id)
        _check(order, action, now)
        event = OrderEvent.objects.create(
            order=order, kind=action, at=now, recorded_at=now, actor_id=actor_id, facts=_facts(order, action)
        )
        if action in ("extend_receipt", "grant_extension"):
            _move_receipt(order, action, now)
    return event


def _settings(order: Order) -> dict[str, Any]:
    pack = order.lines.values_list("pack", flat=True).first()
    return dict(version_in_force(str(pack)).policy.settings)


def _check(order: Order, action: str, now: datetime) -> None:
    settings, ends = _settings(order), order.receipt_ends_at
    done = set(OrderEvent.objects.filter(order=order).values_list("kind", flat=True))
    if not settings.get("receipt_extension_days"):
        raise ActionRefused("not_offered", available_actions=[])
    if ends is None or ends <= now:
        raise ActionRefused("receipt_period_over", available_actions=[])
    if action == "grant_extension" and "request_extension" not in done:
        raise ActionRefused("nobody_asked", available_actions=[])
    if action in done:
        raise ActionRefused("already_extended", available_actions=[])
    if action == "extend_receipt":
        _check_extension(order, settings, ends, now)


def _check_extension(order: Order, settings: dict[str, Any], ends: datetime, now: datetime) -> None:
    """A12: once, when fewer than so many days are left and the destination is a slow country."""
    left = timedelta(days=int(settings.get("receipt_extension_when_days_left", 5)))
    if order.destination not in (settings.get("slow_countries") or []):
        raise ActionRefused("not_a_slow_country", available_actions=[])
    if ends - now >= left:
        raise ActionRefused("too_early", available_from=(ends - left).isoformat(), available_actions=[])


def _facts(order: Order, action: str) -> dict[str, Any]:
    ends = order.receipt_ends_at
    return {"receipt_ends_at": moment_text(ends)} if ends else {}


def _move_receipt(order: Order, action: str, now: datetime) -> None:
    days = int(_settings(order).get("receipt_extension_days", 0))
    assert order.receipt_ends_at is not None
    order.receipt_ends_at += timedelta(days=days)
    order.updated_at = now
    order.save(update_fields=["receipt_ends_at", "updated_at"])
    running = list(order.cases.exclude(stage="CLOSED").values_list("pk", flat=True))
    tell_cases(running, kind="receipt_extended", at=now, data={"receipt_ends": moment_text(order.receipt_ends_at)})
