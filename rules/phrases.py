"""What the words of a pack are called in a sentence: moments, lengths, conditions, consequences.

A phrase is the middle of a sentence, so it begins small; `rules.wording` puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

Words = str | Promise
Phrases = Mapping[str, Words]

AMOUNTS: Phrases = {
    "minutes": ngettext_lazy("%(count)d minute", "%(count)d minutes", "count"),
    "hours": ngettext_lazy("%(count)d hour", "%(count)d hours", "count"),
    "days": ngettext_lazy("%(count)d day", "%(count)d days", "count"),
    "calendar_days": ngettext_lazy("%(count)d calendar day", "%(count)d calendar days", "count"),
    "working_days": ngettext_lazy("%(count)d working day", "%(count)d working days", "count"),
    "business_hours": ngettext_lazy("%(count)d business hour", "%(count)d business hours", "count"),
    "business_minutes": ngettext_lazy("%(count)d business minute", "%(count)d business minutes", "count"),
    "ordinal_days": ngettext_lazy("day %(count)d", "day %(count)d", "count"),
}
"""How long, by the unit it is counted in."""

UNITS: Phrases = {
    "minutes": _("minutes"),
    "hours": _("hours"),
    "days": _("days of 24 hours"),
    "calendar_days": _("calendar days (to midnight)"),
    "working_days": _("working days"),
    "business_hours": _("business hours"),
    "business_minutes": _("business minutes"),
    "ordinal_days": _("days, the first counted as day 1"),
}

MOMENTS: Phrases = {
    "first_requested": pgettext_lazy("moment", "the first request"),
    "last_requested": pgettext_lazy("moment", "the latest request"),
    "refused": pgettext_lazy("moment", "the seller's refusal"),
    "return_agreed": pgettext_lazy("moment", "the agreement on the return"),
    "address_shown": pgettext_lazy("moment", "the return address being given"),
    "tracking_entered": pgettext_lazy("moment", "the tracking number being entered"),
    "intervention_requested": pgettext_lazy("moment", "the request for platform intervention"),
    "admitted": pgettext_lazy("moment", "the admission of the request"),
    "buyer_completed": pgettext_lazy("moment", "the buyer's evidence being complete"),
    "seller_completed": pgettext_lazy("moment", "the seller's evidence being complete"),
    "evidence_requested": pgettext_lazy("moment", "the request for evidence"),
    "late_evidence_admitted": pgettext_lazy("moment", "the admission of late evidence"),
    "review_started": pgettext_lazy("moment", "the start of the review"),
    "objected": pgettext_lazy("moment", "the objection to the return"),
    "ruled": pgettext_lazy("moment", "the ruling"),
    "settled": pgettext_lazy("moment", "the agreement"),
    "appealed": pgettext_lazy("moment", "the second review being asked for"),
    "buyer_appealed": pgettext_lazy("moment", "the buyer asking for a second review"),
    "seller_appealed": pgettext_lazy("moment", "the seller asking for a second review"),
    "appeal_submitted": pgettext_lazy("moment", "the evidence for the second review being submitted"),
    "first_closed": pgettext_lazy("moment", "the case being closed for the first time"),
    "closed": pgettext_lazy("moment", "the case being closed"),
    "stage_entered": pgettext_lazy("moment", "the start of this step"),
    "replacement_sent": pgettext_lazy("moment", "the replacement being sent"),
    "replacement_signed": pgettext_lazy("moment", "the replacement being signed for"),
    "return_scanned": pgettext_lazy("moment", "the carrier's first scan of the return"),
    "return_signed": pgettext_lazy("moment", "the return being signed for"),
    "paid": pgettext_lazy("moment", "the payment"),
    "booked": pgettext_lazy("moment", "the meeting being booked"),
    "shipped": pgettext_lazy("moment", "the shipping"),
    "completed": pgettext_lazy("moment", "the completion of the order"),
    "received": pgettext_lazy("moment", "the confirmation of receipt"),
    "carrier_signed": pgettext_lazy("moment", "the parcel being signed for"),
    "promise_ends": pgettext_lazy("moment", "the end of the promised delivery time"),
    "receipt_ends": pgettext_lazy("moment", "the end of the receipt period"),
    "liability_from": pgettext_lazy("moment", "the end of the second review"),
    "held": pgettext_lazy("moment", "the clocks being stopped"),
    "second_person_asked": pgettext_lazy("moment", "the second person being asked"),
    "urged": pgettext_lazy("moment", "the last urging"),
    "transit_left": pgettext_lazy("moment", "the reason ceasing to be “in transit”"),
}
"""What a length is counted from."""

CONDITIONS: Phrases = {
    "absent:arbitrator": _("nobody at the platform has picked the case up"),
    "absent:return_address": _("no return address has been given"),
    "agreed_remedy:replacement_card": _("a replacement card was agreed"),
    "anchored:liability_from": _("a second review has ended"),
    "anchored:promise_ends": _("a delivery time was promised"),
    "anchored:replacement_signed": _("the replacement was signed for"),
    "anchored:return_scanned": _("the carrier has scanned the return"),
    "anchored:transit_left": _("the reason was “in transit” before"),
    "anchored:urged": _("the platform has been urged"),
    "buyer_appeal:draft": _("the buyer is preparing a second review"),
    "seller_appeal:draft": _("the seller is preparing a second review"),
    "buyer_filed:true": _("the buyer has submitted evidence"),
    "code_viewed:true": _("the card code has been viewed"),
    "counts_against_seller:true": _("the ruling counts against the seller"),
    "delivery:automatic": _("the goods are delivered automatically"),
    "delivery:pick_up": _("the goods are picked up"),
    "delivery:recharge": _("the goods are a direct top-up"),
    "evidence_from:buyer": _("only the buyer was asked"),
    "evidence_from:buyer|both": _("the buyer was asked, alone or with the seller"),
    "first_answered:true": _("the seller has answered once"),
    "liability_counted:true": _("the liability already counts"),
    "objection:true": _("the seller objects to the return"),
    "present:late_evidence": _("late evidence was admitted"),
    "present:return_address": _("the return address has been given"),
    "present:return_stage": _("the evidence was asked for in between"),
    "reason:GC_BUYER_REASON": _("the reason lies with the buyer"),
    "reason:IN_TRANSIT": _("the reason is “in transit”"),
    "reason_is:burden:buyer": _("the buyer must prove the reason"),
    "reason_is:group:not_received": _("the reason is that the item did not come"),
    "receipt_dispute:true": _("the dispute is about the return received"),
    "remedy:replacement_card": _("a replacement card was asked for"),
    "remedy:return_and_refund": _("return and refund was asked for"),
    "remedy:return_and_refund|exchange|repair|send_again|replacement_card": _(
        "a return or a replacement was asked for"
    ),
    "replacement_rejected:true": _("the replacement was rejected"),
    "return_carrier:overseas": _("the return is sent from abroad"),
    "return_carrier:post": _("the return is sent by post"),
    "return_stage:INTERVENTION_REQUESTED": _("the preliminary review asked for it"),
    "ruled:true": _("the platform has ruled"),
    "scan_reminded:true": _("the buyer has been reminded"),
    "settled_again:true": _("the parties have settled after the ruling"),
    "setting:refund_needs_return_scan:false": _("the pack asks for no carrier scan"),
    "setting:silence_on_return_request:return_agreed": _("the pack lets silence agree to the return"),
    "shipped:false": _("the item has not been shipped"),
    "shipped:true": _("the item has been shipped"),
    "shipping_carrier:ems": _("the item was sent by EMS"),
    "shipping_carrier:express": _("the item was sent by express"),
    "shipping_carrier:post": _("the item was sent by post"),
}
"""When something applies, by the condition's word and value."""

AT_MOST: Words = _("the promised delivery time is %(limit)s days or less")
"""The one condition that compares: the promised time with a limit."""

FEEDS: Phrases = {
    "orders": _("paused while the marketplace's order data do not arrive"),
    "parcels": _("paused while the marketplace's parcel data do not arrive"),
}
"""When an automatic outcome stands still, by the feed it relies on."""

OMISSIONS: Phrases = {
    "unshipped_response": _("the seller does not answer"),
    "seller_response": _("the seller does not answer"),
    "buyer_after_refusal": _("the buyer does nothing about the refusal"),
    "return_address": _("the seller gives no return address"),
    "return_shipping": _("the buyer does not send the item back"),
    "return_scan": _("the carrier shows no scan of the return"),
    "return_receipt": _("the seller neither confirms nor objects to the returned item"),
    "replacement_sending": _("the seller does not send the replacement"),
    "replacement_check": _("the buyer says nothing about the replacement"),
    "replacement_scan": _("the replacement is not signed for"),
    "evidence": _("the evidence asked for is not complete"),
    "seller_followup": _("the seller does not answer the buyer's evidence"),
    "appeal_evidence_buyer": _("the buyer submits no evidence for the second review"),
    "appeal_evidence_seller": _("the seller submits no evidence for the second review"),
    "preliminary_admission": _("the platform does not examine the request"),
    "platform_steps_in": _("the case is not settled"),
    "platform_steps_in_after_transit": _("the case is not settled"),
    "in_transit_steps_in": _("the case is not settled"),
    "auto_confirm": _("the buyer does not confirm receipt"),
    "unpaid_close": _("the seller does not ship"),
    "meeting_booking": _("the booked meeting is not paid"),
    "buyer": _("the buyer does nothing"),
    "seller": _("the seller does nothing"),
    "both": _("the parties do nothing"),
    "platform": _("the platform does nothing"),
}
"""What has not been done when an automatic deadline passes, by deadline; else by whose time runs."""

PERMISSIONS: Phrases = {
    "aftersale_window": _("the buyer can ask for a refund or a return"),
    "no_reason_right": _("the buyer can return the item without a reason"),
    "live_evidence": _("the buyer can show that live goods arrived dead"),
    "fresh_evidence": _("the buyer can show that fresh goods arrived spoiled"),
    "late_evidence_answer": _("the parties can answer late evidence"),
    "appeal_window": _("the parties can ask for a second review"),
    "latest_filing": _("the buyer can file a dispute"),
    "earliest_filing": _("the buyer can file a dispute about an item that has not come"),
    "receipt_period": _("the buyer can wait for the item"),
    "protection_request_ends": _("the buyer can ask for longer protection"),
    "protection_request": _("the buyer can ask for longer protection"),
    "receipt_extension": _("the seller can extend the receipt period"),
    "intervention_gate": _("the buyer can ask the platform to step in"),
    "escalation_opens": _("the buyer can ask the platform to step in"),
    "in_transit_gate": _("the buyer can ask the platform to step in about an item in transit"),
    "urge_opens": _("the parties can urge the platform"),
    "urge_again": _("the parties can urge the platform again"),
    "buyer": _("the buyer can act"),
    "seller": _("the seller can act"),
    "both": _("the parties can act"),
    "platform": _("the platform can act"),
}
"""What a window closes or a gate opens, by deadline; else by party."""

TASKS: Phrases = {
    "opinion": _("decide"),
    "pick_up": _("pick the case up"),
    "second_person": _("check the ruling by a second person"),
    "appeal_decision": _("decide the second review"),
    "objection_taken_up": _("take up the objection to the return"),
    "preliminary_review": _("examine the request"),
    "refund_arrival": _("have the refund arrive at the buyer's bank"),
    "": _("act"),
}
"""What the platform aims to do, by deadline."""

CONSEQUENCES: Phrases = {
    "refunded": _("the agreed refund is paid"),
    "refunded_by_silence": _("the requested refund is paid"),
    "refunded_by_agreement": _("the agreed refund is paid"),
    "refunded_after_return": _("the agreed refund is paid"),
    "return_not_sent": _("the request is closed without a refund"),
    "expired": _("the request is closed without a refund"),
    "cancelled": _("the case is closed without a refund"),
    "exchanged": _("the replacement counts as accepted and the case is closed"),
    "REVIEW": _("the platform decides on what has been submitted"),
    "SELLER_FOLLOWUP": _("the seller is given time to answer the evidence"),
    "INTERVENTION_REQUESTED": _("the preliminary review goes on"),
    "EVIDENCE": _("evidence is asked for"),
    "CLOSED": _("the case is closed"),
    "ask_buyer_again": _("the buyer is asked for the tracking number again"),
    "count_liability": _("the seller's liability counts in the dispute rate"),
    "settle": _("the request counts as agreed and is carried out"),
    "evidence_over": _("the platform decides on what has been submitted"),
    "next_in_appeal": _("the preparation for the second review lapses"),
    "admitted": _("the request is admitted and evidence is asked for"),
    "auto_confirm": _("receipt counts as confirmed"),
    "unpaid_close": _("the order is closed and the payment returned"),
    "meeting_booking": _("the booking lapses"),
    "": _("the case goes on by itself"),
}
"""What happens by itself: by outcome, stage, order to the surrounding system, route, or clock of an order."""
