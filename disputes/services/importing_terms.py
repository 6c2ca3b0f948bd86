"""A refund row in the engine's words: what `adopt` and `moved_outside` are told. Nothing is looked up here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from disputes.feeds import ProposalRecord, RefundRecord
from disputes.snapshot import moment_text

ANSWERED: Final = frozenset(
    {"SELLER_REFUSED", "WAIT_BUYER_RETURN", "WAIT_SELLER_RECEIPT", "INTERVENTION_REQUESTED", "EVIDENCE", "REVIEW"}
)
"""Where a case only stands after the seller spoke, or after somebody stepped in."""
WITH_PLATFORM: Final = frozenset({"INTERVENTION_REQUESTED", "EVIDENCE", "REVIEW"})
RETURNING: Final = frozenset({"WAIT_BUYER_RETURN", "WAIT_SELLER_RECEIPT"})

ENTERED: Final[Mapping[str, tuple[str, ...]]] = {
    "WAIT_SELLER": (),
    "SELLER_REFUSED": ("refused",),
    "WAIT_BUYER_RETURN": ("settled", "return_agreed", "address_shown"),
    "WAIT_SELLER_RECEIPT": ("settled", "return_agreed", "address_shown", "tracking_entered"),
    "INTERVENTION_REQUESTED": ("intervention_requested",),
    "EVIDENCE": ("intervention_requested", "evidence_requested"),
    "REVIEW": ("intervention_requested", "review_started"),
    "CLOSED": ("closed",),
}
"""The anchors that being in a stage implies; a row tells only when it last changed, so they all have that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the engine is told of a row."""

    stage: str
    outcome: str
    facts: dict[str, Any]
    anchors: dict[str, str]
    told: dict[str, Any]
    """The row's own state in a few words, by which the next import sees whether anything changed."""

    def data(self, **more: Any) -> dict[str, Any]:
        """The event's data."""
        own = {"stage": self.stage, "facts": self.facts, "anchors": self.anchors, "told": self.told}
        return {**own, **({"outcome": self.outcome} if self.outcome else {}), **more}


def terms_of(refund: RefundRecord, reason: str, *, statement: str | None, version: int = 1) -> Terms:
    """The row's terms: `reason` is the code its reason opens under, `statement` the id of the description's message,
    `version` the request's."""
    moved_at = moved(refund)
    anchors = dict.fromkeys(("stage_entered", *ENTERED[refund.stage]), moved_at)
    anchors |= {"first_requested": refund.created_at, "last_requested": refund.requested_at}
    return Terms(
        stage=refund.stage, outcome=refund.outcome,
        facts=_request(refund, reason, statement, version) | _procedure(refund, version) | _ending(refund),
        anchors={name: moment_text(at) for name, at in anchors.items()}, told=told_of(refund),
    )  # fmt: skip


def moved(refund: RefundRecord) -> datetime:
    """When the row last moved, as far as it tells."""
    if refund.closed_at is not None:
        return refund.closed_at
    if refund.stage == "WAIT_SELLER":
        return refund.requested_at
    return max([refund.requested_at, *(entry.at for entry in refund.journal)])


def told_of(refund: RefundRecord) -> dict[str, Any]:
    """What a repeated import is compared by."""
    return {
        "status": refund.raw_status, "stage": refund.stage, "outcome": refund.outcome, "remedy": refund.remedy,
        "amount": str(refund.requested), "reason": refund.reason_raw, "modified": _text(refund.modified_at),
        "due": _text(refund.stated_deadline), "intervention": refund.intervention_status,
        "proposals": len(refund.proposals), "entries": len(refund.journal),
    }  # fmt: skip


def says_more(refund: RefundRecord, before: Mapping[str, Any]) -> bool:
    """Whether the row tells anything that differs from what was told before; calls differ in what they leave out."""
    return any(value not in (None, "", 0) and value != before.get(name) for name, value in told_of(refund).items())


def _text(at: datetime | None) -> str | None:
    return moment_text(at) if at else None


def _request(refund: RefundRecord, reason: str, statement: str | None, version: int) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "reason": reason, "remedy": refund.remedy, "amount": str(refund.requested), "request_version": version,
        "buyer_offer": {"remedy": refund.remedy, "amount": str(refund.requested), "version": version},
    }  # fmt: skip
    if refund.goods_received is not None:
        facts["goods_received"] = refund.goods_received
    if statement:
        facts["buyer_offer"]["statement"] = statement
    return facts | _offers(refund)


def _offers(refund: RefundRecord) -> dict[str, Any]:
    """The standing proposals of the other two sides, which a party may still accept."""
    if refund.status == "finished":
        return {}
    found: dict[str, Any] = {}
    for proposal in sorted(refund.proposals, key=lambda each: each.created_at):
        amount = amount_in(refund, proposal)
        if proposal.owner != "buyer" and amount is not None:
            name = f"{proposal.owner}_offer"
            version = found.get(name, {}).get("version", 0) + 1
            found[name] = {"remedy": proposal.remedy, "amount": str(amount), "version": version}
    return found


def amount_in(refund: RefundRecord, proposal: ProposalRecord) -> Decimal | None:
    """A proposal's amount in the currency of the request; None when it is told in no currency we can compare."""
    if proposal.currency == refund.currency:
        return proposal.amount
    if proposal.second_currency == refund.currency:
        return proposal.second_amount
    same_as_asked = proposal.amount == refund.second_amount and proposal.currency == refund.second_currency
    return refund.requested if same_as_asked and proposal.amount is not None else None


def _procedure(refund: RefundRecord, version: int) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if refund.stage in ANSWERED:
        facts |= {"answered_version": version, "first_answered": True}
    if refund.stage in RETURNING:
        facts |= {
            "agreed_remedy": refund.remedy,
            "agreed_amount": str(refund.requested),
            "agreed_with": "buyer",
            "return_address": True,
        }
        facts |= {"exchange_leg": True} if refund.remedy in ("exchange", "repair") else {}
    if refund.stage == "WAIT_SELLER_RECEIPT":
        facts |= {"return_tracking": True}
    if refund.stage in WITH_PLATFORM:
        facts |= {"intervention_by": "buyer"}
    if refund.stage == "EVIDENCE":
        facts |= {"evidence_from": "both", "evidence_round": 1}
    return facts


def _ending(refund: RefundRecord) -> dict[str, Any]:
    """What a finished row paid, and whether it was ruled: a ruled line is not disputed again.

    `first_closed` is not told, so that no window of ours opens on what ended elsewhere.
    """
    facts: dict[str, Any] = {"ruled": True} if refund.outcome.startswith("ruled_") else {}
    if refund.settled:
        facts |= {"paid_amount": str(refund.settled), "payout": "succeeded"}
    return facts
