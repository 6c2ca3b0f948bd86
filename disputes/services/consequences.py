"""Money, metrics and order clocks: the rows a step orders beyond the case itself, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection

from disputes.services.following import follow_records
from disputes.services.paying import pay, was_ruled
from rules.engine.events import Emission, Step

if TYPE_CHECKING:
    from disputes.services.writing import Change

Row = dict[str, Any]

INSERT_LEDGER = """
INSERT INTO disputes_ledgerentry (case_id, sequence, position, kind, payer, payee, amount, currency, basis, at,
    recorded_at)
SELECT case_id, sequence, position, kind, payer, payee, amount, currency, basis, at, recorded_at
FROM json_to_recordset(%s::json) AS r(case_id bigint, sequence int, position int, kind text, payer text, payee text,
    amount numeric, currency text, basis text, at timestamptz, recorded_at timestamptz)
"""
INSERT_PAYOUTS = """
INSERT INTO disputes_payout (case_id, sequence, amount, currency, payer, payee, status, reason, reference, ordered_at)
SELECT case_id, sequence, amount, currency, payer, payee, 'ordered', '', '', recorded_at
FROM json_to_recordset(%s::json) AS r(case_id bigint, sequence int, amount numeric, currency text, payer text,
    payee text, recorded_at timestamptz)
"""
INSERT_METRICS = """
INSERT INTO disputes_metricentry (case_id, sequence, shop_id, kind, change, at, recorded_at, facts)
SELECT case_id, sequence, shop_id, kind, change, at, recorded_at, facts
FROM json_to_recordset(%s::json) AS r(case_id bigint, sequence int, shop_id bigint, kind text, change int,
    at timestamptz, recorded_at timestamptz, facts jsonb)
"""
INSERT_ORDER_EVENTS = """
INSERT INTO disputes_orderevent (order_id, kind, at, recorded_at, actor_id, case_id, case_sequence, facts)
SELECT order_id, kind, at, recorded_at, actor_id, case_id, sequence, '{}'
FROM json_to_recordset(%s::json) AS r(order_id bigint, kind text, at timestamptz, recorded_at timestamptz,
    actor_id bigint, case_id bigint, sequence int)
"""
ANSWER_PAYOUT = """
UPDATE disputes_payout SET status = %(status)s, reference = %(reference)s, answered_at = %(at)s,
    reason = CASE WHEN %(status)s = 'failed' THEN reason ELSE '' END
WHERE id = %(payout)s AND case_id = %(case)s
"""


def write_consequences(changes: Sequence[Change]) -> None:
    """Write what the steps of changed cases ordered. Tables nobody needs are not touched."""
    told = [(change, sequence, step) for change in changes for sequence, step in _numbered(change)]
    _insert(INSERT_LEDGER, told, _ledger)
    _insert(INSERT_PAYOUTS, told, _payouts)
    _insert(INSERT_METRICS, told, _metrics)
    _insert(INSERT_ORDER_EVENTS, told, _order_events)
    for change, sequence, step in told:
        _follow(change, sequence, step)


def _numbered(change: Change) -> Iterable[tuple[int, Step]]:
    return enumerate(change.steps, start=change.case.snapshot.version + 1)


def _insert(statement: str, told: list[tuple[Any, int, Step]], build: Callable[..., Iterable[Row]]) -> None:
    rows = [
        {**_when(change, sequence, step), **row}
        for change, sequence, step in told
        for position, emission in enumerate(step.emissions)
        for row in build(change, position, emission)
    ]
    if rows:
        _execute(statement, [orjson.dumps(rows).decode()])


def _when(change: Change, sequence: int, step: Step) -> Row:
    return {
        "case_id": change.case.id, "sequence": sequence, "at": step.at,
        "recorded_at": step.recorded_at, "actor_id": step.actor, "currency": change.case.currency,
        "shop_id": change.case.shop_id, "order_id": change.case.order_id,
    }  # fmt: skip


def _ledger(change: Change, position: int, emission: Emission) -> Iterable[Row]:
    """A refund is the seller's to bear. Cases that were ruled are `paying`'s: there one step builds on another."""
    if emission.name == "refund" and not was_ruled(change):
        yield refund_entry(position, emission)


def refund_entry(position: int, emission: Emission) -> Row:
    """The ledger's entry of a refund nobody ruled on."""
    return {"position": position, "kind": "refund", "basis": emission.data["basis"], **_refund(emission)}


def _payouts(change: Change, position: int, emission: Emission) -> Iterable[Row]:
    if emission.name == "refund" and not was_ruled(change):
        yield _refund(emission)


def _refund(emission: Emission) -> Row:
    return {"payer": "seller", "payee": "buyer", "amount": emission.data["amount"]}


def _metrics(change: Change, position: int, emission: Emission) -> Iterable[Row]:
    changes = {"count_liability": 1, "uncount_liability": -1}
    if emission.name in changes:
        facts = {"reason": change.after.facts.get("reason"), "seller_share": change.after.facts.get("seller_share")}
        yield {"kind": "liability", "change": changes[emission.name], "facts": facts}


def _order_events(change: Change, position: int, emission: Emission) -> Iterable[Row]:
    if emission.name in ("hold_order", "release_order"):
        yield {"kind": emission.name.removesuffix("_order")}


def _follow(change: Change, sequence: int, step: Step) -> None:
    """Rows that change their state with a step: payouts answered, rulings in force, second reviews timed out."""
    if step.kind in ("payout_succeeded", "payout_failed"):
        _execute(ANSWER_PAYOUT, _answer(change, step))
    if was_ruled(change):
        pay(change, sequence, step)
    follow_records(change, sequence, step)


def _answer(change: Change, step: Step) -> Row:
    return {
        "status": step.kind.removeprefix("payout_"), "payout": step.data.get("payout"), "case": change.case.id,
        "reference": step.data.get("reference") or "", "at": step.at,
    }  # fmt: skip


def _execute(statement: str, values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
