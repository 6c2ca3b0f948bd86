"""Refunds as Taobao's open platform answers them: `taobao.refund.get` and `taobao.refunds.receive.get`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from disputes.feeds.gathering import missing_facts
from disputes.feeds.hints import pack_hint
from disputes.feeds.reading import Row
from disputes.feeds.reasons import reason_code
from disputes.feeds.records import LineRecord, OrderRecord, OrderStatus, RefundRecord, Stage
from disputes.feeds.taobao_orders import person, trade_status

STAGE: Final[dict[str, Stage]] = {
    "WAIT_SELLER_AGREE": "WAIT_SELLER",
    "SELLER_REFUSE_BUYER": "SELLER_REFUSED",
    "WAIT_BUYER_RETURN_GOODS": "WAIT_BUYER_RETURN",
    "WAIT_SELLER_CONFIRM_GOODS": "WAIT_SELLER_RECEIPT",
    "CLOSED": "CLOSED",
    "SUCCESS": "CLOSED",
}
RETURN_LEG: Final = frozenset({"WAIT_BUYER_RETURN", "WAIT_SELLER_RECEIPT"})

STAGE_OF_INTERVENTION: Final[dict[int, Stage]] = {
    2: "INTERVENTION_REQUESTED",
    3: "REVIEW",
    5: "REVIEW",
    10: "EVIDENCE",
    11: "REVIEW",
}
"""`cs_status` values under which the platform is at work, whatever the refund's own line says (platform-rules 1.1)."""
DECIDED_INTERVENTION: Final = frozenset({4, 6, 8, 9})
"""Staff have decided. A refund line that still negotiates then waits for the platform to carry it out: no clock of a
party may run against what was decided. A return leg on the other hand is what was decided."""
INTERVENTION_WITHDRAWN, SUPPORTS_BUYER, SUPPORTS_SELLER = 7, 8, 9
INTERVENTIONS: Final = {str(value): value for value in range(12)}

REMEDY: Final = {
    "REFUND": "refund_only",
    "REFUND_AND_RETURN": "return_and_refund",
    "TMALL_EXCHANGE": "exchange",
    "TAOBAO_EXCHANGE": "exchange",
    "REPAIR": "repair",
    "RESHIPPING": "send_again",
    "OTHERS": "refund_only",
}
MONEY_REMEDIES: Final = frozenset({"refund_only", "return_and_refund", ""})

GOODS_RECEIVED: Final = {
    "BUYER_NOT_RECEIVED": False,
    "BUYER_RECEIVED": True,
    "BUYER_RETURNED_GOODS": True,
    "SELLER_RECEIVED": True,
}
GOODS_IN_HAND: Final = tuple(word for word, received in GOODS_RECEIVED.items() if received)
PHASES: Final[dict[str, Literal["onsale", "aftersale"]]] = {"onsale": "onsale", "aftersale": "aftersale"}


def read_refund(row: Row) -> RefundRecord:
    """One refund with the order it tells of; `missing_facts` names what our rule would need besides."""
    raw_status = row.required_text("status", limit=64)
    line_stage = row.choice("status", STAGE) or "CLOSED"
    intervention = row.choice("cs_status", INTERVENTIONS)
    remedy = _remedy(row, line_stage)
    reason = row.text("reason")
    code, needs_mapping = reason_code("taobao", reason)
    created_at, modified_at = _times(row)
    finished = line_stage == "CLOSED"
    record = RefundRecord(
        row=row.number,
        pointer=row.pointer,
        platform="taobao",
        outside_id=row.required_identifier("refund_id"),
        order_outside_id=row.required_identifier("tid"),
        line_outside_id=row.identifier("oid") or row.identifier("tid"),
        status="finished" if finished else "running",
        raw_status=raw_status,
        stage=_stage(line_stage, intervention),
        outcome=_outcome(row, raw_status, intervention, remedy) if finished else "",
        settled=_settled(row, raw_status),
        closed_at=(row.moment("end_time") or modified_at or created_at) if finished else None,
        requested=row.required_money("refund_fee", positive=not finished and remedy in MONEY_REMEDIES),
        currency="CNY",
        reason_raw=reason,
        reason_code=code,
        needs_mapping=needs_mapping,
        remedy=remedy,
        goods_received=_goods_received(row, line_stage),
        quantity=row.count("num"),
        created_at=created_at,
        modified_at=modified_at,
        description=row.text("desc", limit=20_000),
        stated_deadline=None if finished else _stated_deadline(row),
        phase=_phase(row),
        intervention_status=intervention,
        pack_hint="tmall" if row.value("dispute_type") == "TMALL_EXCHANGE" else None,
        order=_told_order(row, line_stage, created_at),
    )
    return replace(record, missing_facts=missing_facts(record))


def _times(row: Row) -> tuple[datetime, datetime | None]:
    """Creation, and the last change when it came later."""
    created_at, modified_at = row.required_moment("created"), row.moment("modified")
    return created_at, modified_at if modified_at is not None and modified_at > created_at else None


def _stage(line_stage: Stage, intervention: int | None) -> Stage:
    """Taobao keeps two lines of status; whoever is at work last decides whose turn it is."""
    if line_stage == "CLOSED" or intervention is None:
        return line_stage
    if intervention in DECIDED_INTERVENTION and line_stage not in RETURN_LEG:
        return "REVIEW"
    return STAGE_OF_INTERVENTION.get(intervention, line_stage)


def _remedy(row: Row, stage: Stage) -> str:
    """What is asked; empty when neither the type nor the goods' way tells it."""
    told = row.choice("dispute_type", REMEDY)
    if told is not None:
        return told
    returns = row.flag("has_good_return")
    if returns or stage in RETURN_LEG:
        return "return_and_refund"
    return "refund_only" if returns is False or stage == "CLOSED" else ""


def _goods_received(row: Row, stage: Stage) -> bool | None:
    told = row.choice("good_status", GOODS_RECEIVED)
    return True if told is None and stage in RETURN_LEG else told


def _phase(row: Row) -> Literal["onsale", "aftersale", ""]:
    return row.choice("refund_phase", PHASES) or ""


def _stated_deadline(row: Row) -> datetime | None:
    """`refund_remind_timeout` holds one due time for whatever state the refund is in."""
    timeout = row.child("refund_remind_timeout")
    if timeout is None or timeout.flag("exist_timeout") is False:
        return None
    return timeout.moment("timeout")


def _settled(row: Row, raw_status: str) -> Decimal | None:
    if raw_status == "SUCCESS":
        return row.money("refund_fee")
    return Decimal("0.00") if raw_status == "CLOSED" else None


def _outcome(row: Row, raw_status: str, intervention: int | None, remedy: str) -> str:
    """How a finished refund ended, as far as its row tells; a closed one rarely says why."""
    if raw_status == "CLOSED":
        return {INTERVENTION_WITHDRAWN: "withdrawn", SUPPORTS_SELLER: "ruled_no_refund"}.get(
            intervention or 0, "imported"
        )
    if remedy == "exchange":
        return "exchanged"
    if intervention == SUPPORTS_BUYER:
        return "ruled_partial" if row.money("payment") else "ruled_refund"
    return "refunded_after_return" if remedy == "return_and_refund" else "refunded"


def _told_order(row: Row, stage: Stage, created_at: datetime) -> OrderRecord:
    """The order as the refund tells it. On a refund `payment` is what the seller keeps: paid = refunded + kept."""
    paid = _paid(row)
    outside_id = row.identifier("tid")
    status = _order_status(row, stage)
    line = LineRecord(
        outside_id=row.identifier("oid") or outside_id,
        title=row.text("title"),
        quantity=row.count("num"),
        unit_price=row.money("price"),
        paid=paid,
        status=status,
        product_id=row.identifier("num_iid"),
        sku=row.text("sku"),
        pack_hint=pack_hint("taobao"),
    )
    return OrderRecord(
        row=row.number,
        pointer=row.pointer,
        platform="taobao",
        outside_id=outside_id,
        buyer=person(row, "buyer_nick"),
        seller=person(row, "seller_nick"),
        status=status,
        currency="CNY",
        paid=paid,
        created_at=created_at,
        lines=(line,),
    )


def _paid(row: Row) -> Decimal | None:
    refunded, kept, total = row.money("refund_fee"), row.money("payment"), row.money("total_fee")
    if refunded is None:
        return None
    if kept is not None:
        return refunded + kept
    return max(refunded, total or refunded)


def _order_status(row: Row, stage: Stage) -> OrderStatus | None:
    """The row's own word, else what its other words imply; None when they leave it open."""
    told = trade_status(row, "order_status")
    if told is not None:
        return told
    if row.value("refund_phase") == "aftersale":
        return "completed"
    travelled = stage in RETURN_LEG or row.value("good_status") in GOODS_IN_HAND or row.value("has_good_return") is True
    return "shipped" if travelled else None
