"""Refunds of the native and CSV formats."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, get_args

from disputes.feeds.gathering import missing_facts
from disputes.feeds.hints import pack_hint
from disputes.feeds.native_orders import (
    GOODS_TYPES,
    PACKS,
    SELLER_TYPES,
    STATUSES,
    read_currency,
    read_person,
    read_platform,
)
from disputes.feeds.reading import Row
from disputes.feeds.reasons import reason_code
from disputes.feeds.records import (
    JournalRecord,
    LineRecord,
    OrderRecord,
    Party,
    Platform,
    ProposalRecord,
    RefundRecord,
    Stage,
)

STAGES: Final[dict[str, Stage]] = {stage: stage for stage in get_args(Stage)}
PARTIES: Final[dict[str, Party]] = {party: party for party in get_args(Party)}
PHASES: Final[dict[str, Literal["onsale", "aftersale"]]] = {"onsale": "onsale", "aftersale": "aftersale"}
REMEDIES: Final = {
    name: name
    for name in (
        "refund_only",
        "return_and_refund",
        "partial_refund",
        "refund_keep_goods",
        "exchange",
        "repair",
        "send_again",
        "replacement_card",
    )
}
NOT_MONEY: Final = frozenset({"exchange", "repair", "send_again", "replacement_card"})
OUTCOMES: Final = {
    name: name
    for name in (
        "refunded",
        "refunded_by_agreement",
        "refunded_by_silence",
        "refunded_after_return",
        "exchanged",
        "expired",
        "withdrawn",
        "shipped",
        "denied",
        "ruled_refund",
        "ruled_partial",
        "ruled_no_refund",
        "cancelled",
        "return_not_sent",
        "imported",
    )
}
REFUND_FIELDS: Final = frozenset(
    "platform refund_id aliases order_id line_id buyer_id buyer_nick seller_id seller_nick title stage outcome settled"
    " closed_at requested currency second_amount second_currency maximum reason remedy goods_received quantity"
    " created_at modified_at description due_at phase order_status promise_ends_at order_paid goods_type seller_type"
    " pack proposals journal".split()
)
PROPOSAL_FIELDS: Final = frozenset(
    "id owner remedy amount currency created_at modified_at accepted_by_buyer_at accepted_by_seller_at reached_at"
    " content".split()
)
JOURNAL_FIELDS: Final = frozenset("action party at content goods_received attachments".split())


def read_refund(row: Row) -> RefundRecord:
    """One refund; whether it runs or has finished follows from its stage."""
    platform = read_platform(row)
    stage = row.choice("stage", STAGES)
    for name in ("stage", "remedy"):
        row.require(name)
    finished = stage == "CLOSED"
    goods_type, remedy = row.choice("goods_type", GOODS_TYPES), row.choice("remedy", REMEDIES) or ""
    reason = row.text("reason")
    code, needs_mapping = reason_code(platform, reason, gift_card=goods_type == "gift_card")
    order = _told_order(row, platform)
    modified_at = row.moment("modified_at")
    requested = row.required_money("requested", positive=not finished and remedy not in NOT_MONEY)
    record = RefundRecord(
        row=row.number,
        pointer=row.pointer,
        platform=platform,
        outside_id=row.required_identifier("refund_id"),
        aliases=row.texts("aliases"),
        order_outside_id=order.outside_id,
        line_outside_id=order.lines[0].outside_id,
        status="finished" if finished else "running",
        raw_status=stage or "",
        stage=stage or "CLOSED",
        outcome=_outcome(row) if finished else "",
        settled=row.money("settled") if finished else None,
        closed_at=_closed_at(row) if finished else None,
        requested=requested,
        currency=order.currency,
        second_amount=row.money("second_amount"),
        second_currency=row.text("second_currency", limit=3),
        maximum=None if finished else _maximum(row, requested),
        reason_raw=reason,
        reason_code=code,
        needs_mapping=needs_mapping,
        remedy=remedy,
        goods_received=row.flag("goods_received"),
        quantity=order.lines[0].quantity,
        created_at=order.created_at,
        modified_at=modified_at if modified_at is not None and modified_at > order.created_at else None,
        description=row.text("description", limit=20_000),
        stated_deadline=None if finished else row.moment("due_at"),
        phase=row.choice("phase", PHASES) or "",
        proposals=tuple(_proposal(found, order.currency) for found in row.children("proposals")),
        journal=tuple(sorted(map(_entry, row.children("journal")), key=lambda entry: entry.at)),
        pack_hint=order.lines[0].pack_hint,
        order=order,
    )
    return replace(record, missing_facts=missing_facts(record))


def _outcome(row: Row) -> str:
    return row.choice("outcome", OUTCOMES) or "imported"


def _closed_at(row: Row) -> datetime:
    """A finished row says when it ended, else when it last changed, else when it was made."""
    return row.moment("closed_at") or row.moment("modified_at") or row.required_moment("created_at")


def _maximum(row: Row, requested: Decimal) -> Decimal | None:
    maximum = row.money("maximum")
    if maximum is not None and requested > maximum:
        row.refuse("requested", "above_maximum", maximum=str(maximum), requested=str(requested))
    return maximum


def _told_order(row: Row, platform: Platform) -> OrderRecord:
    """The order as the refund tells it; paid is what the row says, else at least what is asked back."""
    order_id = row.required_identifier("order_id")
    paid = row.money("order_paid") or row.money("requested")
    seller_type = row.choice("seller_type", SELLER_TYPES) or ("B" if row.value("platform") == "tmall" else "")
    goods_type = row.choice("goods_type", GOODS_TYPES)
    status = row.choice("order_status", STATUSES)
    line = LineRecord(
        outside_id=row.identifier("line_id") or order_id,
        title=row.text("title"),
        quantity=row.count("quantity"),
        paid=paid,
        status=status,
        goods_type=goods_type,
        seller_type=seller_type,
        pack_hint=row.choice("pack", PACKS) or pack_hint(platform, seller_type=seller_type, goods_type=goods_type),
    )
    return OrderRecord(
        row=row.number,
        pointer=row.pointer,
        platform=platform,
        outside_id=order_id,
        buyer=read_person(row, "buyer"),
        seller=read_person(row, "seller"),
        status=status,
        currency=read_currency(row),
        paid=paid,
        created_at=row.required_moment("created_at"),
        promise_ends_at=row.moment("promise_ends_at"),
        lines=(line,),
    )


def _proposal(row: Row, currency: str) -> ProposalRecord:
    row.refuse_unknown(PROPOSAL_FIELDS)
    return ProposalRecord(
        outside_id=row.required_identifier("id"),
        owner=_party(row, "owner"),
        remedy=row.choice("remedy", REMEDIES) or "refund_only",
        amount=row.money("amount"),
        currency=row.text("currency", limit=3) or currency,
        created_at=row.required_moment("created_at"),
        modified_at=row.moment("modified_at"),
        accepted_by_buyer_at=row.moment("accepted_by_buyer_at"),
        accepted_by_seller_at=row.moment("accepted_by_seller_at"),
        reached_at=row.moment("reached_at"),
        content=row.text("content", limit=20_000),
    )


def _entry(row: Row) -> JournalRecord:
    row.refuse_unknown(JOURNAL_FIELDS)
    return JournalRecord(
        action=row.required_text("action", limit=64),
        party=_party(row, "party"),
        at=row.required_moment("at"),
        content=row.text("content", limit=20_000),
        goods_received=row.flag("goods_received"),
        attachments=row.texts("attachments"),
    )


def _party(row: Row, name: str) -> Party:
    row.require(name)
    return row.choice(name, PARTIES) or "platform"
