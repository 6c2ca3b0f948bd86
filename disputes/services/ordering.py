"""What concerns an order or its money rather than the course of a case: receipt periods and payouts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from contract.errors import Forbidden
from contract.idempotency import Call, Replay
from disputes.models import Order, OrderEvent, Payout
from disputes.selectors.access import CaseAccess, OrderAccess
from disputes.selectors.order_facts import order_policy, order_snapshot
from disputes.services.loading import LockedCase
from disputes.services.opening import lock_order, refusal_error
from disputes.services.rechecking import access_now, check_on_order
from disputes.services.refusing import fields_refused, refused
from disputes.services.writer import Answer, Done, Intent, act, one_transaction, tell_cases
from disputes.snapshot import canonical, moment_text, step_facts
from rules.engine.events import Event, Refusal, Step, Via
from rules.engine.orders import decide_on_order
from rules.engine.types import CaseSnapshot, Party

TEXT = "text"
WAITING = (Payout.Status.ORDERED, Payout.Status.FAILED)
"""Payouts the marketplace may still answer."""
REFERENCE = re.compile(r"[A-Za-z0-9_.:/#+=-]{1,120}")
"""A marketplace's number of a payment."""


def answer_payout(
    access: CaseAccess, *, succeeded: bool, payout: int | None = None, reason: str = "", reference: str = "",
    at: datetime | None = None, via: Via = Via.API, call: Call | None = None, answer: Answer | None = None,
) -> Done | Replay:  # fmt: skip
    """The marketplace answers an ordered payout, by its id; without one, the only payout that waits for an answer.

    A payout that failed waits on: it may be tried again. Only the platform's administrators speak for the marketplace.

    Raises Forbidden, FieldsRefused (a failure needs a reason; `not_a_reference`; `unknown_payout`; `which_payout` when
    several wait), ActionRefused (`no_payout_ordered`, `payout_already_answered`, `payout_cancelled`).
    """
    if access.party != Party.PLATFORM or "administrator" not in access.staff:
        raise Forbidden
    if not succeeded and not reason.strip():
        raise fields_refused([{"field": "reason", "code": "required"}])
    chosen = _payout_meant(access.case_id, payout)
    data = _named(chosen) if isinstance(chosen, Payout) else {}
    if reference:
        data["reference"] = _code(reference)
    why = [WhyUnpaid(payout_id=data["payout"], text=reason[:200])] if data.get("payout") and not succeeded else []
    intent = Intent(
        number=access.number, kind="payout_succeeded" if succeeded else "payout_failed", party=Party.MARKETPLACE,
        actor_id=access.user_id, data=data, via=via, at=at, records=why, check=_still_meant(access, payout, chosen),
    )  # fmt: skip
    return act(intent, call=call, answer=answer)


def _code(reference: str) -> str:
    """The marketplace's number of a payment goes into the journal, so it is a code. Raises FieldsRefused for words."""
    if not REFERENCE.fullmatch(reference):
        raise fields_refused([{"field": "reference", "code": "not_a_reference"}])
    return reference


def _named(payout: Payout) -> dict[str, Any]:
    """What the journal tells of the payout that was answered."""
    return {"payout": payout.pk, "refund": payout.refund, "payee": payout.payee, "amount": f"{payout.amount:.2f}"}


def _payout_meant(case_id: int, named: int | None) -> Payout | Exception:
    """The payout an answer is for, or why there is none."""
    payouts = {row.pk: row for row in Payout.objects.filter(case_id=case_id).order_by("pk")}
    waiting = [row for row in payouts.values() if row.status in WAITING]
    if named is None:
        if len(waiting) == 1:
            return waiting[0]
        return _several(waiting) if waiting else refused("no_payout_ordered")
    if named not in payouts:
        return fields_refused([{"field": "payout", "code": "unknown_payout"}])
    meant = payouts[named]
    if meant.status in WAITING:
        return meant
    return refused("payout_cancelled" if meant.status == Payout.Status.CANCELLED else "payout_already_answered")


def _several(waiting: list[Payout]) -> Exception:
    known = ", ".join(str(row.pk) for row in waiting)
    return fields_refused([{"field": "payout", "code": "which_payout", "data": {"payouts": known}}])


def _still_meant(
    access: CaseAccess, named: int | None, chosen: Payout | Exception
) -> Callable[[LockedCase, CaseSnapshot], None]:
    """Look again under the lock: another answer or another decision may have come first."""

    def check(case: LockedCase, snapshot: CaseSnapshot) -> None:
        if "administrator" not in access_now(access, case, stage=str(snapshot.stage)).staff:
            raise Forbidden
        now = _payout_meant(access.case_id, named)
        if isinstance(now, Exception):
            raise now
        if now != chosen:
            raise refused("payout_already_answered")

    return check


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyUnpaid:
    """The marketplace's words for a failure: kept with the payout, for the journal holds no free text."""

    payout_id: int
    text: str

    def save(self) -> None:
        Payout.objects.filter(pk=self.payout_id).update(reason=self.text)


def act_on_order(access: OrderAccess, action: str, *, actor_id: int, data: dict[str, Any] | None = None) -> OrderEvent:
    """Extend the receipt period (A12), ask the seller for more time, or grant it (A13): rules of the order's pack.

    An order has no place for texts, and its journal takes none: a pack's fields for them are neither asked nor kept.
    Raises ActionRefused with the code, and from when or until when it is possible; `not_your_action` for whoever is
    no longer the party they were.
    """
    with one_transaction():
        order, now = lock_order(access.order_id)
        check_on_order(access, order, user_id=actor_id)
        policy, calendar = order_policy(order, now)
        if action not in policy.order_actions:
            raise refused("not_offered", available_actions=[])
        asked = (name for name, field in policy.order_actions[action].fields.items() if field.type != TEXT)
        told = {name: data[name] for name in asked if data and name in data}
        event = Event(kind=action, party=Party(access.party), actor=actor_id, at=now, data=told)
        step = decide_on_order(policy, calendar, order_snapshot(order, policy), event, now=now)
        if isinstance(step, Refusal):
            raise refusal_error(step)
        return _write(order, step)


def _write(order: Order, step: Step) -> OrderEvent:
    told = orjson.loads(canonical(step_facts(step)))
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
