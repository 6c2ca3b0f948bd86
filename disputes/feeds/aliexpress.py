"""AliExpress disputes as `aliexpress.issue.detail.get` answers them.

Times are US Pacific with daylight saving, without a zone. Amounts come twice: `refund_money` in the buyer's currency
and `refund_money_post` in the settlement currency. Misspelt words (`seller_reponse_timeout`, `reach_cancle`) are the
platform's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from disputes.feeds.aliexpress_endings import closed_at, outcome_of, paid_back, settled_solution
from disputes.feeds.aliexpress_parts import SOLUTIONS, Log, money_with_currency, read_log, read_solutions
from disputes.feeds.gathering import Gatherer, missing_facts
from disputes.feeds.reading import PACIFIC, Manner, Row
from disputes.feeds.reasons import reason_code
from disputes.feeds.records import (
    LineRecord,
    OrderRecord,
    OutsidePerson,
    ParseError,
    ProposalRecord,
    RefundRecord,
    Stage,
)
from disputes.feeds.values import escape, kind_of, shown

MANNER: Final = Manner(zone=PACIFIC)
ENVELOPES: Final = ("aliexpress_issue_detail_get_response", "result", "result_object", "error_response")
ISSUE_FIELDS: Final = frozenset(
    {"issue_status", "process_dto_list", "buyer_solution_list", "issue_reason_id", "parent_order_id"}
)
DEEPEST: Final = 8

STAGE_OF_STATUS: Final[dict[str, Stage]] = {
    "processing": "WAIT_SELLER",
    "canceled_issue": "CLOSED",
    "finish": "CLOSED",
    "WAIT_SELLER_CONFIRM_REFUND": "WAIT_SELLER",
    "SELLER_REFUSE_REFUND": "SELLER_REFUSED",
    "WAIT_BUYER_SEND_GOODS": "WAIT_BUYER_RETURN",
    "WAIT_SELLER_RECEIVE_GOODS": "WAIT_SELLER_RECEIPT",
    "ARBITRATING": "REVIEW",
    "SELLER_RESPONSE_ISSUE_TIMEOUT": "CLOSED",
}
"""The API's words and the older interface's; `processing` is looked into further."""
RETURN_STAGES: Final[dict[str, Stage]] = {
    "wait_buyer_send_goods": "WAIT_BUYER_RETURN",
    "wait_buyer_return": "WAIT_BUYER_RETURN",
    "wait_seller_receive_goods": "WAIT_SELLER_RECEIPT",
    "wait_seller_receive": "WAIT_SELLER_RECEIPT",
}
"""`reverse_detail_status` while goods travel back."""
ARBITRATIONS: Final = frozenset(
    {"buyer_initiate_arbitration", "seller_initiate_arbitration", "platform_initiate_arbitration"}
)


def gather(payload: object, gatherer: Gatherer) -> None:
    """Read every issue of the payload: one answer, its inside, or a list of them.

    Raises ParseError `unknown_shape` or `platform_refused` for the payload as a whole, like the Taobao reader.
    """
    if not isinstance(payload, Mapping | list):
        raise ParseError("unknown_shape", format="aliexpress", seen=kind_of(payload))
    _gather(payload, "", gatherer, 0)


def _gather(found: object, pointer: str, gatherer: Gatherer, depth: int) -> None:
    if isinstance(found, list) and depth < DEEPEST:
        for index, item in enumerate(found):
            _gather(item, f"{pointer}/{index}", gatherer, depth + 1)
    elif isinstance(found, Mapping) and depth < DEEPEST:
        _gather_mapping(found, pointer, gatherer, depth)
    else:
        gatherer.refuse(gatherer.next_number(), pointer, "not_an_object", seen=kind_of(found))


def _gather_mapping(found: Mapping[str, object], pointer: str, gatherer: Gatherer, depth: int) -> None:
    envelope = next((name for name in ENVELOPES if isinstance(found.get(name), Mapping | list)), None)
    if not ISSUE_FIELDS.isdisjoint(found):
        row = Row(found, number=gatherer.next_number(), pointer=pointer, manner=MANNER)
        gatherer.add_refund(row, read_issue)
    elif envelope is not None and envelope != "error_response":
        _gather(found[envelope], f"{pointer}/{escape(envelope)}", gatherer, depth + 1)
    else:
        _refuse_answer(found, pointer, gatherer, "platform_refused" if envelope else "unknown_shape")


def _refuse_answer(found: Mapping[str, object], pointer: str, gatherer: Gatherer, code: str) -> None:
    """An answer without an issue alone is no payload; one among others is one bad row."""
    seen = shown(", ".join(str(name) for name in found))
    if not pointer:
        raise ParseError(code, format="aliexpress", seen=seen)
    gatherer.refuse(gatherer.next_number(), pointer, code, seen=seen)


def read_issue(row: Row) -> RefundRecord:
    """One issue; its request is the buyer's own solution, its journal the process list turned oldest first."""
    solutions = tuple(found for name, owner in SOLUTIONS for found in read_solutions(row, name, owner))
    log = read_log(row)
    request = _request(row, solutions)
    raw_status = row.required_text("issue_status", limit=64)
    stage = _stage(row, solutions, log)
    finished = stage == "CLOSED"
    created_at = row.required_moment("gmt_create")
    issue_id, aliases = _keys(row, log)
    reason = _reason(row)
    code, needs_mapping = reason_code("aliexpress", reason)
    settled = settled_solution(solutions, log, raw_status) if finished else None
    record = RefundRecord(
        row=row.number,
        pointer=row.pointer,
        platform="aliexpress",
        outside_id=issue_id,
        aliases=aliases,
        order_outside_id=row.identifier("parent_order_id") or row.required_identifier("order_id"),
        line_outside_id=row.required_identifier("order_id"),
        status="finished" if finished else "running",
        raw_status=raw_status,
        stage=stage,
        outcome=outcome_of(raw_status, settled, request) if finished else "",
        settled=paid_back(settled, request, raw_status) if finished else None,
        closed_at=closed_at(log, created_at) if finished else None,
        requested=request.amount or Decimal("0.00"),
        currency=request.currency,
        second_amount=request.second_amount,
        second_currency=request.second_currency,
        maximum=None if finished else _maximum(row, request),
        reason_raw=reason,
        reason_code=code,
        needs_mapping=needs_mapping,
        remedy=request.remedy,
        goods_received=log.goods_received,
        quantity=row.count("quantity"),
        created_at=created_at,
        modified_at=_edited_at(solutions, request),
        description=request.content or log.first_words,
        proposals=solutions,
        journal=log.entries,
        pack_hint="aliexpress",
        order=_told_order(row, request, created_at),
    )
    return replace(record, missing_facts=missing_facts(record))


def _keys(row: Row, log: Log) -> tuple[str, tuple[str, ...]]:
    """The issue's id as solutions and log name it; the top-level `id` is an alias (platform-rules 10.2, item 23)."""
    told = row.identifier("issue_id") or log.issue_id
    for name, _ in SOLUTIONS:
        told = told or next((found.identifier("issue_id") for found in row.children(name, "solution_api_dto")), "")
    alias = row.identifier("id")
    if not told and not alias:
        row.refuse("issue_id", "missing")
    return told or alias, (alias,) if alias and told and alias != told else ()


def _request(row: Row, solutions: tuple[ProposalRecord, ...]) -> ProposalRecord:
    """The buyer's standing solution: the default one, else the newest."""
    own = [found for found in solutions if found.owner == "buyer"]
    if own:
        request = max(own, key=lambda found: (found.is_default, found.modified_at or found.created_at))
        if not request.amount and row.value("issue_status") == "processing":
            row.refuse("buyer_solution_list", "money_not_positive")
        return request
    row.refuse("buyer_solution_list", "missing")
    return ProposalRecord(
        outside_id="",
        owner="buyer",
        remedy="refund_only",
        amount=None,
        currency="USD",
        created_at=row.required_moment("gmt_create"),
    )


def _stage(row: Row, solutions: tuple[ProposalRecord, ...], log: Log) -> Stage:
    """Whose turn it is; `processing` says little: returned goods come first, then the platform, then the answer."""
    stage = row.choice("issue_status", STAGE_OF_STATUS) or "CLOSED"
    if row.value("issue_status") != "processing":
        return stage
    returning = RETURN_STAGES.get(row.text("reverse_detail_status", limit=64).lower())
    if returning is not None:
        return returning
    if log.has(ARBITRATIONS) or any(found.owner == "platform" for found in solutions):
        return "REVIEW"
    return "SELLER_REFUSED" if _seller_answered(solutions, log) else "WAIT_SELLER"


def _seller_answered(solutions: tuple[ProposalRecord, ...], log: Log) -> bool:
    """The seller has refused or countered what the buyer asks now."""
    asked = max((found.modified_at or found.created_at for found in solutions if found.owner == "buyer"), default=None)
    answers = [found.modified_at or found.created_at for found in solutions if found.owner == "seller"]
    answers += [entry.at for entry in log.entries if entry.party == "seller" and "refuse" in entry.action]
    return asked is not None and any(answer >= asked for answer in answers)


def _edited_at(solutions: tuple[ProposalRecord, ...], request: ProposalRecord) -> datetime | None:
    """When the buyer changed what was asked; putting up the first solution is no change."""
    several = sum(found.owner == "buyer" and not found.outside_id.startswith("-") for found in solutions) > 1
    if request.modified_at is not None and request.modified_at > request.created_at:
        return request.modified_at
    return request.created_at if several and not request.is_default else None


def _maximum(row: Row, request: ProposalRecord) -> Decimal | None:
    """The platform's cap in the request's currency, which a running request may not exceed."""
    maximum, currency = money_with_currency(row, "refund_money_max", "refund_money_max_currency", "USD")
    if maximum is None or currency != request.currency:
        maximum, currency = money_with_currency(row, "refund_money_max_local", "refund_money_max_local_currency", "USD")
    if maximum is None or currency != request.currency:
        return None
    if request.amount is not None and request.amount > maximum:
        row.refuse("refund_money_max", "above_maximum", maximum=str(maximum), requested=str(request.amount))
    return maximum


def _reason(row: Row) -> str:
    """The reason in words where a call gives words, else its number."""
    name = row.first_told("issue_reason", "reason_english", "reason_chinese", "reason", "issue_reason_id")
    return row.text("issue_reason_id") if row.value(name) is None else row.text(name)


def _told_order(row: Row, request: ProposalRecord, created_at: datetime) -> OrderRecord:
    """The order as the issue tells it. Issues are asked only about shipped goods (A0), and never name the seller."""
    buyer = row.required_text("buyer_login_id", limit=64)
    price, currency = money_with_currency(row, "product_price", "product_price_currency", request.currency)
    told_in_full = price is not None and (currency != request.currency or price >= (request.amount or 0))
    paid = price if told_in_full else request.amount
    line = LineRecord(
        outside_id=row.identifier("order_id"),
        title=row.text("product_name"),
        quantity=row.count("quantity"),
        paid=paid,
        status="shipped",
        product_id=row.identifier("product_id"),
        pack_hint="aliexpress",
    )
    seller = row.text("seller_login_id", limit=64)
    return OrderRecord(
        row=row.number,
        pointer=row.pointer,
        platform="aliexpress",
        outside_id=row.identifier("parent_order_id") or row.identifier("order_id"),
        buyer=OutsidePerson(outside_id=buyer, nick=buyer),
        seller=OutsidePerson(outside_id=seller, nick=seller) if seller else None,
        status="shipped",
        currency=currency or request.currency,
        paid=paid,
        created_at=created_at,
        lines=(line,),
    )
