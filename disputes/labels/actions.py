"""What people can do, as verbs for buttons; the fields that go with it; what must be confirmed."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise

ACTIONS: Mapping[str, Words] = {
    "file": _("Ask for a refund"),
    "accept": _("Agree to the request"),
    "refuse": _("Decline the request"),
    "refund_without_return": _("Refund without a return"),
    "edit_request": _("Change the request"),
    "propose": _("Propose a solution"),
    "accept_proposal": _("Accept a proposal"),
    "withdraw": _("Withdraw the request"),
    "request_intervention": _("Ask the platform to step in"),
    "cancel_queued": _("Do not ask for it any more"),
    "submit_exhibit": _("Submit evidence"),
    "withdraw_exhibit": _("Withdraw a piece of evidence"),
    "complete_evidence": _("Say that the evidence is complete"),
    "change_evidence_from": _("Change who gives evidence"),
    "set_return_address": _("Give the return address"),
    "ship_return": _("Enter the tracking number"),
    "correct_tracking": _("Correct the tracking number"),
    "confirm_return": _("Confirm the returned item"),
    "object_return": _("Object to the return"),
    "withdraw_objection": _("Withdraw the objection"),
    "extend_return_receipt": _("Ask for three more days"),
    "send_replacement": _("Send the replacement"),
    "confirm_replacement": _("Confirm the replacement"),
    "reject_replacement": _("Say what is wrong with the replacement"),
    "appeal": _("Ask for a second review"),
    "submit_appeal": _("Submit the second review"),
    "urge": _("Urge the platform"),
    "message": _("Write a message"),
    "record_external_escalation": _("Record a complaint outside the platform"),
    "admit": _("Admit"),
    "reject": _("Do not admit"),
    "step_in": _("Step in now"),
    "request_evidence": _("Ask for evidence"),
    "rule": _("Rule"),
    "approve_ruling": _("Approve the ruling"),
    "return_ruling": _("Send the ruling back"),
    "decide_appeal": _("Decide the second review"),
    "correct_ruling": _("Correct the ruling"),
    "order_second_review": _("Order a second review"),
    "admit_late_evidence": _("Admit late evidence"),
    "recuse": _("Recuse yourself"),
    "assign": _("Take the case"),
    "unassign": _("Give the case back"),
    "hand_over": _("Hand the case over"),
    "extend": _("Give more time"),
    "pause": _("Stop the clocks"),
    "resume": _("Let the clocks run again"),
    "note": _("Write an internal note"),
    "phone_note": _("Note a call"),
    "extend_receipt": _("Extend the receipt period"),
    "request_extension": _("Ask for longer protection"),
    "grant_extension": _("Grant longer protection"),
}

WITHDRAW_SECOND_REVIEW: Words = _("Withdraw the request for a second review")
"""What withdrawing is called once a case is ruled."""

FIELDS: Mapping[str, Words] = {
    "address": _("Return address"),
    "amount": _("Refund amount"),
    "arbitrator": _("Arbitrator"),
    "body": _("Where you complained"),
    "carrier": _("Carrier"),
    "clause": _("Rule cited"),
    "confirm": _("I have read this"),
    "deadline": _("Which time"),
    "decision": _("Decision"),
    "exhibit": _("Piece of evidence"),
    "exhibits": _("Evidence"),
    "false_evidence": _("Evidence is suspected to be false"),
    "false_evidence_by": _("False evidence by"),
    "filed_on": _("Date of the complaint"),
    "from": _("Who gives evidence"),
    "goods_received": _("Have you received the item?"),
    "hours": _("Hours"),
    "liable": _("Who is at fault"),
    "mode": _("How the clocks go on"),
    "offer": _("Whose proposal"),
    "outcome": _("Outcome"),
    "party": _("Whose"),
    "promise_ends": _("Delivery promised until"),
    "reason": _("Reason"),
    "reference": _("Their reference number"),
    "refusal": _("Reason for declining"),
    "reject_reason": _("Reason for not admitting"),
    "remedy": _("Solution"),
    "return_carrier": _("How it is sent"),
    "return_freight_by": _("Who pays the return shipping"),
    "reasons": _("Reasons both sides read"),
    "findings": _("Answers to the evidence"),
    "lines": _("Further amounts"),
    "seller_share": _("Seller's share in per cent"),
    "slot": _("What it shows"),
    "statement": _("Statement"),
    "text": pgettext_lazy("field", "Text"),
    "tracking": _("Tracking number"),
}

HELP: Mapping[str, Words] = {
    "statement": _(
        "Say when, which item, what is wrong and what you ask for; there is no need to describe the other side."
    ),
    "text": _("Both sides and the platform can read it."),
    "address": _("Name, phone number and full address; the buyer sees it."),
    "tracking": _("As printed on the receipt of the carrier."),
}

CHOICES: Mapping[str, Mapping[str, Words]] = {
    "decision": {"uphold": _("The ruling stands"), "change": _("The ruling is changed")},
    "offer": {
        "buyer": _("Buyer's proposal"), "seller": _("Seller's proposal"), "platform": _("Platform's proposal"),
    },
    "mode": {
        "moved": _("Moved by the time they stood still"), "lapse": _("As they were; what is past takes effect"),
        "fresh": _("Anew from now"),
    },
}  # fmt: skip

CONFIRMATIONS: Mapping[str, Words] = {
    "accept": _("The refund of %(amount)s follows from it and cannot be taken back."),
    "accept_proposal": _("Accepting settles the case; nothing can be negotiated afterwards."),
    "withdraw": _(
        "Withdrawing closes the request. If the seller promised to pay you outside the platform, nobody can help you"
        " get that money."
    ),
    "withdraw_shipped": _(
        "You have already sent the item back. If you withdraw now you may lose both the item and the money."
    ),
    "confirm_return": _("The refund of %(amount)s follows from it and cannot be taken back."),
    "confirm_replacement": _("The case closes; nothing can be claimed for this afterwards."),
    "refund_without_return": _("The refund of %(amount)s is paid and the buyer keeps the item."),
    "complete_evidence": _("You cannot add evidence in this round afterwards."),
    "submit_appeal": _("There is only one second review; its decision is final."),
}

DANGEROUS = frozenset(
    "withdraw refuse object_return reject reject_replacement refund_without_return withdraw_exhibit pause".split()
)
"""Actions that give something up or put something off."""

MAIN_BY_STAGE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("buyer", "SELLER_REFUSED"): ("request_intervention", "edit_request", "accept_proposal"),
    ("seller", "SELLER_REFUSED"): ("propose",),
    ("buyer", "WAIT_BUYER_RETURN"): ("ship_return",),
    ("seller", "WAIT_BUYER_RETURN"): ("set_return_address",),
    ("seller", "WAIT_SELLER"): ("accept", "refuse", "propose"),
    ("seller", "WAIT_SELLER_RECEIPT"): ("confirm_return", "object_return"),
    ("seller", "WAIT_REPLACEMENT"): ("send_replacement",),
    ("buyer", "WAIT_BUYER_CHECK"): ("confirm_replacement", "reject_replacement"),
    ("buyer", "EVIDENCE"): ("submit_exhibit", "complete_evidence"),
    ("seller", "EVIDENCE"): ("submit_exhibit", "complete_evidence"),
    ("seller", "SELLER_FOLLOWUP"): ("submit_exhibit", "complete_evidence"),
    ("buyer", "APPEAL_EVIDENCE"): ("submit_appeal",),
    ("seller", "APPEAL_EVIDENCE"): ("submit_appeal",),
    ("platform", "INTERVENTION_REQUESTED"): ("admit",),
    ("platform", "REVIEW"): ("rule",),
    ("platform", "RULED"): ("approve_ruling",),
    ("platform", "RE_REVIEW"): ("decide_appeal",),
}
"""What the one main button does while somebody is awaited: the first that is available."""


def action_name(code: str) -> str:
    return str(ACTIONS.get(code, code))


def field_name(code: str) -> str:
    return str(FIELDS.get(code, code))


def field_help(code: str) -> str:
    return str(HELP.get(code, ""))


def confirmation(code: str, amount: str = "") -> str:
    """What must be known before an action is taken; empty when nothing must."""
    words = str(CONFIRMATIONS.get(code, ""))
    return words % {"amount": amount} if "%(" in words else words
