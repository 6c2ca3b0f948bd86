"""Names of codes: stages, outcomes, parties, goods, statuses. A pack's own labels win where it has them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise
Table = Mapping[str, Words]

STAGES: Table = {
    "NEW": _("Being filed"),
    "WAIT_SELLER": _("Waiting for the seller"),
    "SELLER_REFUSED": _("Declined by the seller, waiting for the buyer"),
    "WAIT_BUYER_RETURN": _("Waiting for the return"),
    "WAIT_SELLER_RECEIPT": _("Waiting for the seller to confirm the return"),
    "WAIT_REPLACEMENT": _("Waiting for the seller to send the replacement"),
    "WAIT_BUYER_CHECK": _("Waiting for the buyer to check the replacement"),
    "INTERVENTION_REQUESTED": _("Platform intervention asked for, being checked"),
    "EVIDENCE": _("Evidence period"),
    "SELLER_FOLLOWUP": _("Waiting for the seller's evidence"),
    "REVIEW": _("Being decided by the platform"),
    "RULED": _("Ruling being checked by a second person"),
    "APPEAL_EVIDENCE": _("Waiting for evidence for the second review"),
    "RE_REVIEW": _("Second review by the platform"),
    "CLOSED": _("Closed"),
}
STAGES_BY_AWAITED: Mapping[tuple[str, str], Words] = {
    ("WAIT_BUYER_RETURN", "seller"): _("Waiting for the return address"),
    ("SELLER_REFUSED", "both"): _("Being negotiated by both sides"),
    ("EVIDENCE", "buyer"): _("Waiting for the buyer's evidence"),
    ("EVIDENCE", "seller"): _("Waiting for the seller's evidence"),
    ("EVIDENCE", "both"): _("Waiting for both sides' evidence"),
    ("APPEAL_EVIDENCE", "buyer"): _("Waiting for the buyer's evidence for the second review"),
    ("APPEAL_EVIDENCE", "seller"): _("Waiting for the seller's evidence for the second review"),
}
"""Names of a stage where they depend on who is awaited."""

OUTCOMES: Table = {
    "refunded": _("Refund without return"),
    "refunded_by_agreement": _("Refund as agreed"),
    "refunded_by_silence": _("Refund because the time ran out"),
    "refunded_after_return": _("Refund after the return"),
    "exchanged": _("Replacement received"),
    "expired": _("Closed because the time ran out"),
    "withdrawn": _("Withdrawn by the buyer"),
    "shipped": _("Closed because the item was shipped"),
    "denied": _("Refund closed"),
    "ruled_refund": _("In favour of the buyer"),
    "ruled_partial": _("In favour of the buyer in part"),
    "ruled_no_refund": _("In favour of the seller"),
    "cancelled": _("Closed because no evidence was given"),
    "return_not_sent": _("Closed because nothing was sent back"),
    "in_transit_received": _("Closed because the item was received"),
    "imported": _("Closed at the marketplace"),
}
RULING_OUTCOMES: Table = {
    "buyer_refund_only": _("In favour of the buyer: refund only"),
    "buyer_return_and_refund": _("In favour of the buyer: return and refund"),
    "buyer_partial_refund": _("In favour of the buyer: partial refund"),
    "buyer_exchange": _("In favour of the buyer: replacement"),
    "seller": _("In favour of the seller"),
    "shared": _("Shared liability"),
    "not_admitted": _("Not admitted"),
}
REMEDIES: Table = {
    "refund_only": _("Refund only"),
    "return_and_refund": _("Return and refund"),
    "partial_refund": _("Partial refund"),
    "refund_keep_goods": _("Refund, keep the goods"),
    "exchange": _("Exchange"),
    "repair": _("Repair"),
    "send_again": _("Send again"),
    "replacement_card": _("Replacement card"),
}
PARTIES: Table = {
    "buyer": _("Buyer"),
    "seller": _("Seller"),
    "both": _("Both sides"),
    "platform": _("Platform customer service"),
    "marketplace": _("The marketplace"),
    "clock": _("Clock"),
    "none": _("Nobody"),
}
LIABLE: Table = {
    "buyer": _("Buyer at fault"),
    "seller": _("Seller at fault"),
    "shared": _("Shared liability"),
    "platform": _("Platform at fault"),
    "carrier": _("Carrier at fault"),
    "none": _("Nobody at fault"),
    "": _("Nobody at fault"),
}
REASON_GROUPS: Table = {
    "not_received": _("The item has not come"),
    "shipping": _("Shipping"),
    "not_as_described": _("The item is not as described"),
    "gift_card": _("Gift cards and codes"),
    "money": _("Price and shipping cost"),
    "agreement": _("Agreed with the seller"),
    "own_choice": _("Your own decision"),
    "excluded": _("Other reasons"),
    "other": _("Other reasons"),
}
"""What kinds of reasons are listed under."""
BURDENS: Table = {
    "buyer": _("You will be asked to show evidence; have photos or recordings ready."),
    "seller": _("The seller has to prove the opposite; your evidence still helps."),
    "both": _("Both sides will be asked for evidence."),
    "none": _("No evidence is needed; the seller decides."),
}
GOODS: Table = {
    "general": _("General goods"),
    "virtual": _("Virtual goods"),
    "gift_card": _("Gift card"),
    "fresh": _("Fresh goods"),
    "live": _("Live goods"),
    "custom_made": _("Made to order"),
    "newspaper": _("Newspapers and magazines"),
    "second_hand": _("Second-hand goods"),
    "": _("General goods"),
}
PLATFORMS: Table = {
    "taobao": _("Taobao"),
    "tmall": _("Tmall"),
    "xianyu": _("Xianyu"),
    "aliexpress": _("AliExpress"),
}
HOLDS: Table = {
    "overdue_on_arrival": _("Its time had passed when it was imported"),
    "held_by_platform": _("Held by the platform"),
    "payment_dispute": _("A payment dispute is running"),
    "technical": _("A technical problem"),
    "legal_hold": _("A legal hold"),
    "automatic_stopped": _("Automatic outcomes are stopped by the platform"),
    "frozen": _("The platform's clocks stand still for a while"),
    "feed_stalled:orders": _("The marketplace's order data do not arrive"),
    "feed_stalled:parcels": _("The marketplace's parcel data do not arrive"),
}
FEEDS: Table = {"orders": _("order data"), "parcels": _("parcel data")}
HOLDS_OF_ONE_CASE = ("held_by_platform", "payment_dispute", "technical", "legal_hold")
"""Why somebody of the platform may hold a case."""
CARRIERS: Table = {"express": _("Express"), "post": _("Post"), "overseas": _("International mail")}
LEGS: Table = {"return": pgettext_lazy("parcel", "Return"), "replacement": pgettext_lazy("parcel", "Replacement")}
ORDER_STATUSES: Table = {
    "unshipped": _("Not shipped"),
    "shipped": _("Shipped"),
    "completed": _("Completed"),
    "closed": pgettext_lazy("order", "Closed"),
}
ORDER_EVENTS: Table = {
    "hold": _("The order's clocks stand still while a dispute is open"),
    "release": _("The order's clocks run again"),
    "extend_receipt": _("The seller extended the receipt period"),
    "request_extension": _("The buyer asked for longer protection"),
    "grant_extension": _("The seller granted longer protection"),
}
PAYOUTS: Table = {
    "ordered": _("Refund in progress"),
    "succeeded": _("Refunded"),
    "failed": _("The refund did not go through; the marketplace will try again"),
    "cancelled": _("Payout taken back"),
}
PAYMENTS: Table = {
    "ordered": _("Shipping cost or compensation being paid"),
    "succeeded": _("Shipping cost or compensation paid"),
    "failed": _("The payment did not go through; the marketplace will try again"),
    "cancelled": _("Payout taken back"),
}
"""Payouts beside the refund."""
EXHIBITS: Table = {
    "draft": _("Draft, not submitted"),
    "submitted": _("Submitted"),
    "late": _("Came after the evidence period"),
    "withdrawn": _("Withdrawn"),
}
MESSAGES: Table = {
    "statement": _("Statement"),
    "message": _("Message"),
    "late": _("Came late, kept as a message"),
    "note": _("Internal note"),
    "phone": _("Note of a call"),
}
RULINGS: Table = {"first": _("First review"), "correction": _("Correction"), "appeal": _("Second review")}
RULING_STATUSES: Table = {
    "awaiting": _("Waits for a second person"),
    "in_force": _("In force"),
    "returned": _("Sent back"),
    "replaced": _("Replaced"),
}
RULING_LINES: Table = {
    "refund": _("Refund"),
    "outbound_freight": _("Outbound shipping cost"),
    "return_freight": _("Return shipping cost"),
    "compensation": _("Compensation"),
}
APPEALS: Table = {
    "draft": _("Being prepared"),
    "submitted": _("Submitted"),
    "lapsed": _("Timed out"),
    "withdrawn": _("Withdrawn"),
    "upheld": _("The ruling stands"),
    "changed": _("The ruling was changed"),
}
STEPS: Table = {
    "filed": _("Filed"),
    "seller": _("Seller's answer"),
    "return": _("Return of the item"),
    "replacement": _("Replacement sent"),
    "intervention": _("Platform intervention"),
    "evidence": _("Evidence"),
    "ruling": _("Ruling"),
    "second_review": _("Second review asked for"),
    "closed": _("Closed"),
}
KINDS: Table = {
    "auto": _("Happens by itself"),
    "window": _("Closes"),
    "gate": _("Opens"),
    "target": _("Promised by the platform"),
    "notice": _("Reminder"),
}
CONFIDENCE: Table = {
    "seed": _("stated by the platform"),
    "A": _("stated by the platform"),
    "B": _("from several sources"),
    "C": _("from a single source"),
    "sdk": _("from the platform's interface"),
    "assumed": _("assumed"),
}
TABS: Table = {
    "all": _("All"),
    "mine": _("To do"),
    "running": _("In progress"),
    "closed": pgettext_lazy("cases", "Closed"),
    "unassigned": _("To be claimed"),
    "due_today": _("Due today"),
    "evidence": _("Waiting for evidence"),
    "second_review": _("Second review"),
    "lapses_soon": _("Due within 24 hours"),
    "to_prove": _("To give evidence"),
    "to_receive": _("Returns to confirm"),
    "waiting": _("Waiting for others"),
    "intervention": _("Platform intervention"),
}


def name_of(table: Table, code: str) -> str:
    """The name of a code; a code nobody named stands for itself."""
    return str(table.get(code, code))


def stage_name(stage: str, waiting_on: str) -> str:
    """The name of a stage, by whom it waits for."""
    return str(STAGES_BY_AWAITED.get((stage, waiting_on)) or STAGES.get(stage, stage))


def pack_words(labels: Mapping[str, str] | None, language: str, fallback: str = "") -> str:
    """A document's own label in the reader's language (`zh` or `en` in documents)."""
    found = labels or {}
    return found.get("zh" if language.lower().startswith("zh") else "en") or fallback
