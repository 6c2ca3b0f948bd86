"""Ledger and payouts of cases that were ruled: reading what is owed and what was paid, writing what closes the gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from disputes.services.balancing import Line, Ordered, Plan, plan
from rules.engine.events import Step

if TYPE_CHECKING:
    from disputes.services.writing import Change

RULINGS = """
SELECT u.id::text, u.kind, l.kind, l.payer, l.payee, l.amount
FROM disputes_ruling u LEFT JOIN disputes_rulingline l ON l.ruling_id = u.id AND l.kind <> 'refund' AND l.amount > 0
WHERE u.case_id = %(case)s AND (u.status = 'in_force' OR u.id = %(coming)s::uuid) ORDER BY l.id
"""
"""What the ruling in force, and the one that comes into force, order beyond the refund."""
PAYOUTS = """
SELECT id, payer, payee, amount, status = 'succeeded', refund FROM disputes_payout
WHERE case_id = %s AND status <> 'cancelled' ORDER BY id
"""
INSERT_ENTRY = """
INSERT INTO disputes_ledgerentry (case_id, sequence, position, kind, payer, payee, amount, currency, basis, at,
    recorded_at)
VALUES (%(case)s, %(sequence)s, %(position)s, %(kind)s, %(payer)s, %(payee)s, %(amount)s, %(currency)s, %(basis)s,
    %(at)s, %(recorded_at)s)
"""
CANCEL = "UPDATE disputes_payout SET status = 'cancelled', answered_at = %s WHERE id = ANY(%s)"
ORDER = """
INSERT INTO disputes_payout (case_id, sequence, amount, currency, payer, payee, refund, status, reason, reference,
    ordered_at)
VALUES (%(case)s, %(sequence)s, %(amount)s, %(currency)s, %(payer)s, %(payee)s, %(refund)s, 'ordered', '', '',
    %(recorded_at)s)
"""
MOVES_MONEY = frozenset({"refund", "settle_difference", "cancel_payout"})
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """The lines beyond the refund, by ruling."""

    in_force: tuple[Line, ...]
    coming: tuple[Line, ...]
    coming_kind: str
    """first, correction or appeal; empty when no ruling comes into force."""


def was_ruled(change: Change) -> bool:
    """Whether a ruling was ever made in the case: then each step starts from what was ordered and paid before."""
    return bool(change.after.facts.get("first_arbitrator") or change.case.snapshot.facts.get("first_arbitrator"))


def coming_into_force(change: Change, step: Step) -> str | None:
    """The id of the ruling this step puts into force."""
    if step.anchors.get("ruled"):
        return change.after.facts.get("ruling")
    return step.facts.get("ruling") if step.kind == "decide_appeal" else None


def pay(change: Change, sequence: int, step: Step) -> None:
    """Write what a step of a case that was ruled orders: nothing for most steps."""
    coming = coming_into_force(change, step)
    if moves_money(coming, step):
        rulings = _rulings(change.case.id, coming)
        planned = planned_for(change, sequence, step, rulings, _payouts(change.case.id))
        _write(change, sequence, step, planned, coming_kind=rulings.coming_kind)


def moves_money(coming: str | None, step: Step) -> bool:
    """Whether a step of a case that was ruled may order or take back anything."""
    return bool(coming) or step.kind == "correct_ruling" or bool(MOVES_MONEY & {item.name for item in step.emissions})


def planned_for(change: Change, sequence: int, step: Step, rulings: Rulings, payouts: Sequence[Ordered]) -> Plan:
    """What a step orders, given the rulings and the payouts there were before it."""
    return plan(*_owed(change, sequence, step, rulings), payouts)


def _owed(change: Change, sequence: int, step: Step, rulings: Rulings) -> tuple[list[Line], list[Line]]:
    """What was owed before the step and what is owed after it. While a correction waits, nothing is owed."""
    refund_before = _refund_before(change, sequence)
    refund_after = _amount(step.facts["paid_amount"]) if "paid_amount" in step.facts else refund_before
    before = [] if rulings.coming_kind == "correction" else list(rulings.in_force)
    after = list(rulings.coming) if rulings.coming_kind else list(rulings.in_force)
    if step.kind == "correct_ruling":
        after = []
    return [*_refund(refund_before), *before], [*_refund(refund_after), *after]


def _refund_before(change: Change, sequence: int) -> Decimal:
    """The refund ordered before the step of this number."""
    owed = change.case.snapshot.facts.get("paid_amount")
    for earlier in change.steps[: sequence - change.case.snapshot.version - 1]:
        owed = earlier.facts.get("paid_amount", owed)
    return _amount(owed)


def _amount(value: Any) -> Decimal:
    return Decimal(str(value)) if value else ZERO


def _refund(amount: Decimal) -> list[Line]:
    return [Line(kind="refund", payer="seller", payee="buyer", amount=amount)] if amount > 0 else []


def _rulings(case_id: int, coming: str | None) -> Rulings:
    with connection.cursor() as cursor:
        cursor.execute(RULINGS, {"case": case_id, "coming": coming})
        rows = cursor.fetchall()
    return Rulings(
        in_force=tuple(_lines(row for row in rows if row[0] != coming)),
        coming=tuple(_lines(row for row in rows if row[0] == coming)),
        coming_kind=next((row[1] for row in rows if row[0] == coming), ""),
    )


def _lines(rows: Iterable[Sequence[Any]]) -> Iterable[Line]:
    for _ruling, _its_kind, kind, payer, payee, amount in rows:
        if kind:
            yield Line(kind=kind, payer=payer, payee=payee, amount=amount)


def _payouts(case_id: int) -> list[Ordered]:
    with connection.cursor() as cursor:
        cursor.execute(PAYOUTS, [case_id])
        return [
            Ordered(id=number, payer=payer, payee=payee, amount=amount, paid=paid, refund=refund)
            for number, payer, payee, amount, paid, refund in cursor.fetchall()
        ]


def _write(change: Change, sequence: int, step: Step, planned: Plan, *, coming_kind: str) -> None:
    shared: dict[str, Any] = {
        "case": change.case.id, "sequence": sequence, "currency": change.case.currency, "at": step.at,
        "recorded_at": step.recorded_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for position, entry in enumerate(planned.entries):
            basis = basis_of(step, entry, coming_kind)
            cursor.execute(INSERT_ENTRY, {**shared, **asdict(entry), "position": position, "basis": basis})
        if planned.cancelled:
            cursor.execute(CANCEL, [step.recorded_at, list(planned.cancelled)])
        for order in planned.orders:
            cursor.execute(ORDER, {**shared, **asdict(order)})


def basis_of(step: Step, entry: Line, coming_kind: str) -> str:
    """What an entry rests on: the ruling, its correction, a second review, or what was agreed or asked for."""
    if step.kind == "correct_ruling" or (entry.kind == "reversal" and coming_kind == "correction"):
        return "correction"
    names = {item.name for item in step.emissions}
    if coming_kind == "appeal" or names & {"settle_difference", "cancel_payout"}:
        return "second_review"
    if entry.kind == "refund":
        return next((str(item.data["basis"]) for item in step.emissions if item.name == "refund"), "ruled")
    return "ruled"
