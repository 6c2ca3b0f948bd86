"""How a finished AliExpress issue ended, as far as its solutions and its process list tell."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from disputes.feeds.aliexpress_parts import Log
from disputes.feeds.records import ProposalRecord


def settled_solution(solutions: tuple[ProposalRecord, ...], log: Log, raw_status: str) -> ProposalRecord | None:
    """The solution that was carried out, if the row tells which."""
    if raw_status == "canceled_issue":
        return None
    reached = [found for found in solutions if _was_reached(found)]
    if reached:
        return max(reached, key=lambda found: found.reached_at or found.created_at)
    winner = log.winner or ("buyer" if raw_status == "SELLER_RESPONSE_ISSUE_TIMEOUT" else None)
    candidates = [found for found in solutions if found.owner == winner]
    return max(candidates, key=lambda found: found.created_at, default=None)


def _was_reached(solution: ProposalRecord) -> bool:
    """Agreed or imposed, and not taken back since (`reach_cancle`)."""
    if solution.raw_status == "reach_cancle":
        return False
    return bool(solution.reached_at or solution.reached_by) or solution.raw_status in ("reached", "perform")


def outcome_of(raw_status: str, settled: ProposalRecord | None, request: ProposalRecord) -> str:
    if raw_status == "canceled_issue":
        return "withdrawn"
    if settled is None:
        return "imported"
    if settled.reached_by == "seller_reponse_timeout" or raw_status == "SELLER_RESPONSE_ISSUE_TIMEOUT":
        return "refunded_by_silence"
    if settled.reached_by == "platform_arbitrate" or (settled.owner == "platform" and not settled.reached_by):
        return _ruled(settled, request)
    return "refunded_by_agreement"


def _ruled(settled: ProposalRecord, request: ProposalRecord) -> str:
    """A ruling in full, in part or against the buyer; compared in a currency both sides are told in."""
    amount, asked = settled.amount, request.amount
    if settled.currency != request.currency or amount is None:
        amount, asked = settled.second_amount or settled.amount, request.second_amount
    if amount == 0:
        return "ruled_no_refund"
    if amount is None or asked is None:
        return "imported"
    return "ruled_refund" if amount >= asked else "ruled_partial"


def paid_back(settled: ProposalRecord | None, request: ProposalRecord, raw_status: str) -> Decimal | None:
    """What was paid back, in the request's currency; the request's own amount when the local amounts are the same."""
    if settled is None:
        return Decimal("0.00") if raw_status == "canceled_issue" else None
    if settled.currency == request.currency:
        return settled.amount
    same = (settled.amount, settled.currency) == (request.second_amount, request.second_currency)
    return request.amount if same else None


def closed_at(log: Log, created_at: datetime) -> datetime:
    return log.entries[-1].at if log.entries else created_at
